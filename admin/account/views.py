"""/account."""

from flask import Blueprint, redirect, render_template, request
from flask import session as form_session
from flask.typing import ResponseReturnValue

from admin.account.errors import AccountStepError
from admin.account.page import account_page
from admin.account.passkeys import FIELDS, read_new, require_address
from admin.account.service import add_passkey, change_password, declare_conflicts, give_up_passkey
from admin.confirming.mark import sensitive
from admin.headers import allow_script
from admin.permissions import Permission, requires
from admin.sessions.cookie import set_cookie
from admin.visit import this_visit
from crypto.assertions import ALGORITHMS, url_text
from crypto.randomness import random_bytes

pages = Blueprint("account", __name__)


@pages.get("/account")
@requires(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    """The account of whoever opens it."""
    return _page()


@pages.post("/account/password")
@requires(Permission.SIGNED_IN)
def password() -> ResponseReturnValue:
    """A new password, and a new session in place of all there were."""
    visit = this_visit()
    token = change_password(visit, request.form, request.remote_addr or "")
    form_session.clear()
    response = redirect("/account?done=password", 303)
    set_cookie(response, token, secure=visit.services.settings.secure_cookies)
    return response


@pages.post("/account/sessions")
@requires(Permission.SIGNED_IN)
def end_sessions() -> ResponseReturnValue:
    """End one session of one's own, or, where none is named, all others."""
    visit = this_visit()
    named = request.form.get("session", "")
    if named:
        visit.services.sessions.end_one(visit.member.id, named)
    else:
        visit.services.sessions.end_others(visit.session)
    return redirect("/account?done=sessions", 303)


@pages.post("/account/conflicts")
@requires(Permission.SIGNED_IN)
def conflicts() -> ResponseReturnValue:
    """Units that one must not judge."""
    declare_conflicts(this_visit(), request.form.getlist("units"))
    return redirect("/account?done=conflicts", 303)


@pages.post("/account/passkey/new")
@requires(Permission.SIGNED_IN)
@sensitive
def new_passkey() -> ResponseReturnValue:
    """The page on which the browser makes a passkey.

    Nobody checks this challenge: that the passkey works, its first answer shows (`add_passkey`).
    """
    visit = this_visit()
    host = require_address(visit, _host())
    allow_script()
    return render_template(
        "passkey_new.html",
        visit=visit,
        host=host,
        challenge=url_text(random_bytes(32)),
        user=url_text(visit.member.id.encode()),
        algorithms=" ".join(map(str, ALGORITHMS)),
        fields=FIELDS,
    )


@pages.post("/account/passkey")
@requires(Permission.SIGNED_IN)
@sensitive
def passkey() -> ResponseReturnValue:
    """Take what the browser made; the page that follows asks the new passkey for its first answer."""
    visit = this_visit()
    add_passkey(visit, read_new(request.form, require_address(visit, _host())))
    return redirect("/account?done=passkey", 303)


@pages.post("/account/passkey/remove")
@requires(Permission.SIGNED_IN)
@sensitive
def remove_passkey() -> ResponseReturnValue:
    """Ask a registrar to take the passkey out of the roster."""
    give_up_passkey(this_visit(), request.form.get("registrar", ""))
    return redirect("/account?done=passkey-asked", 303)


@pages.errorhandler(AccountStepError)
def refuse(error: AccountStepError) -> ResponseReturnValue:
    """The page again, with the sentence on top; no password comes back."""
    return _page(error), error.status


def _page(problem: AccountStepError | None = None) -> str:
    visit = this_visit()
    return render_template(
        "account.html", visit=visit, page=account_page(visit, _host()), problem=problem, chosen=_chosen()
    )


def _chosen() -> list[str]:
    return request.form.getlist("units")


def _host() -> str:
    """The host that the browser asked for, without its port."""
    return request.host.partition(":")[0] if not request.host.startswith("[") else request.host
