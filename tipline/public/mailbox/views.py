"""The mailbox: sign in with the code, see whether there is news, read, write back, leave."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from crypto.tracking_codes import MistypedCode, TrackingCode
from tipline.mailbox.asking import tell_of_case
from tipline.mailbox.doors import open_doors
from tipline.mailbox.errors import MailboxError, SignedOut, UnknownCode
from tipline.mailbox.writing import add_message
from tipline.public.headers import clear_site_data
from tipline.public.mailbox import (  # noqa: F401  # their views register themselves
    additions,
    codes,
    filing,
    incidents,
    payee,
    protection,
    reach,
    relatives,
    rewards,
)
from tipline.public.mailbox.blueprint import mailboxes
from tipline.public.mailbox.cookies import cookie_name, forget_cookie, set_cookie
from tipline.public.mailbox.messages import thread_page
from tipline.public.mailbox.visit import (
    OtherDoor,
    has_news,
    kept_text,
    these_doors,
    this_visit,
    typed_text,
)
from tipline.public.services import services
from tipline.tips.errors import TipError

__all__ = ["mailboxes"]


@mailboxes.get("")
def door() -> ResponseReturnValue:
    """Say whether there is news, or ask for the code."""
    try:
        doors = these_doors()
    except SignedOut:
        return render_template("mailbox/door.html", typed="", error="", wrong=())
    news = any(has_news(services(), each) for each in (doors.tip, doors.case) if each)
    return render_template("mailbox/news.html", news=news)


@mailboxes.post("")
def sign_in() -> ResponseReturnValue:
    use = services()
    typed = request.form.get("code", "")
    try:
        code = TrackingCode.parse(typed)
        with use.database.reading() as session:
            open_doors(session, code, use.log)
    except MistypedCode as error:
        page = render_template(
            "mailbox/door.html",
            typed=typed,
            error="mistyped",
            wrong=error,
            claimed_twice=any(_fits_alone(group) for group in error.groups),
        )
        return page, 422
    except UnknownCode as error:
        return render_template("mailbox/door.html", typed=typed, error=gettext(error.sentence), wrong=()), 422
    response = redirect(url_for("mailbox.door"), 303)
    set_cookie(response, use.settings, use.sessions.start(code))
    return response


@mailboxes.get("/messages")
def messages() -> ResponseReturnValue:
    visit = this_visit()
    # Not at the case's page: there the next thing written is often the case's.
    tell_of_case(visit.doors, visit.use.intake())
    return thread_page(visit)


@mailboxes.post("/open")
def open_messages() -> ResponseReturnValue:
    """The button behind "new message"; reading itself is an address that may be opened again."""
    has_tip = these_doors().tip is not None
    return redirect(url_for("mailbox.messages" if has_tip else "mailbox.protection"), 303)


@mailboxes.post("/messages")
def write() -> ResponseReturnValue:
    visit, text = this_visit(), typed_text("message")
    try:
        add_message(visit.mailbox, text, visit.use.intake())
    except TipError as error:
        return thread_page(visit, typed=text, error=gettext(error.sentence)), 422
    return redirect(url_for("mailbox.messages", sent=1), 303)


@mailboxes.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    use = services()
    use.sessions.end(request.cookies.get(cookie_name(use.settings), ""))
    response = redirect(url_for("pages.leave"), 303)
    forget_cookie(response, use.settings)
    clear_site_data(response)
    return response


@mailboxes.errorhandler(MailboxError)
def closed(error: MailboxError) -> ResponseReturnValue:
    """The session ended, or its tip is gone: the door again, with the reason."""
    page = render_template(
        "mailbox/door.html", typed="", error=gettext(error.sentence), wrong=(), kept=kept_text()
    )
    response = make_response(page, 403 if isinstance(error, SignedOut) else 503)
    forget_cookie(response, services().settings)
    return response


@mailboxes.errorhandler(OtherDoor)
def other_door(_: OtherDoor) -> ResponseReturnValue:
    """The page makes no sense for what the code opens; this one does."""
    return redirect(url_for("mailbox.protection"), 303)


def _fits_alone(group: str) -> bool:
    """Whether a group is right in itself: when it is named all the same, another claims its place."""
    try:
        TrackingCode.parse(group)
    except MistypedCode as error:
        return not error.groups
    return True
