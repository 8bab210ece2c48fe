"""/sign-in, /sign-in/passkey and /sign-out."""

from flask import Blueprint, Response, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from admin.errors import AdminError
from admin.headers import allow_script
from admin.permissions import Permission, requires
from admin.services import Services
from admin.sessions.cookie import clear_cookie, cookie_of, set_cookie
from admin.sign_in.errors import SignInError, WrongSignIn
from admin.sign_in.service import begin_with_passkey, finish_with_passkey, unlock_member
from crypto.assertions import PARTS, url_text
from tipline.accounts.types import UnlockedMember

pages = Blueprint("sign_in", __name__)

FIELDS = ("name", "password", "otp")
MAX_FIELD = 1024
"""Characters: a password of any length would be stretched at this site's cost."""


@pages.get("/sign-in")
@requires(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    """The form."""
    return render_template("sign_in.html", name="", problem=None)


@pages.post("/sign-in")
@requires(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Check what was typed and open a session; without a code, ask for the passkey first."""
    services: Services = g.services
    name, password, otp = (request.form.get(field, "") for field in FIELDS)
    source = request.remote_addr or ""
    if not (name and password) or max(map(len, (name, password, otp))) > MAX_FIELD:
        raise WrongSignIn
    if otp:
        return _enter(services, unlock_member(services, name.strip(), password, otp, source))
    token, passkey = begin_with_passkey(services, name.strip(), password, source)
    allow_script()
    return render_template(
        "sign_in_passkey.html",
        pending=token.reveal(),
        challenge=url_text(token.challenge),
        passkey=passkey,
        parts=PARTS,
    )


@pages.post("/sign-in/passkey")
@requires(Permission.PUBLIC)
def passkey() -> ResponseReturnValue:
    """Open a session, once the passkey has answered."""
    services: Services = g.services
    answer = {part: request.form.get(part, "") for part in PARTS}
    return _enter(services, finish_with_passkey(services, request.form.get("pending", ""), answer))


@pages.post("/sign-out")
@requires(Permission.PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End the session of the cookie; works while the keeper is away."""
    services: Services = g.services
    services.sessions.end(cookie_of(request, secure=services.settings.secure_cookies))
    session.clear()
    response: Response = redirect("/sign-in", 303)  # type: ignore[assignment]
    clear_cookie(response, secure=services.settings.secure_cookies)
    return response


@pages.errorhandler(SignInError)
def refuse(error: AdminError) -> ResponseReturnValue:
    """The form again, with the one sentence; the password does not come back."""
    name = request.form.get("name", "")[:MAX_FIELD]
    return render_template("sign_in.html", name=name, problem=error.sentence), error.status


def _enter(services: Services, member: UnlockedMember) -> ResponseReturnValue:
    """A session under a new token, in place of the one that this browser had."""
    old = cookie_of(request, secure=services.settings.secure_cookies)
    if old:
        services.sessions.end(old)
    token = services.sessions.start(member)
    session.clear()  # a new token for forms, too
    response = redirect("/", 303)
    set_cookie(response, token, secure=services.settings.secure_cookies)
    return response
