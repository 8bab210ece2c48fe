"""The mailbox: sign in with the code, see whether there is news, read, write back, leave."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from crypto.tracking_codes import MistypedCode, TrackingCode
from tipline.mailbox.disclosures import told_disclosures
from tipline.mailbox.errors import MailboxError, SignedOut, UnknownCode
from tipline.mailbox.thread import find_mailbox, replies
from tipline.mailbox.writing import add_message
from tipline.public.headers import clear_site_data
from tipline.public.mailbox import additions, codes, filing, reach  # noqa: F401  # their views register themselves
from tipline.public.mailbox.blueprint import mailboxes
from tipline.public.mailbox.cookies import cookie_name, forget_cookie, set_cookie
from tipline.public.mailbox.messages import thread_page
from tipline.public.mailbox.visit import kept_text, this_visit, typed_text
from tipline.public.services import services
from tipline.tips.errors import TipError

__all__ = ["mailboxes"]


@mailboxes.get("")
def door() -> ResponseReturnValue:
    """Say whether there is news, or ask for the code."""
    try:
        visit = this_visit()
    except SignedOut:
        return render_template("mailbox/door.html", typed="", error="", wrong=())
    with visit.use.database.reading() as session:
        seen = visit.mailbox.read_up_to
        news = any(
            find(session, visit.mailbox, visit.use.log, after=seen) for find in (replies, told_disclosures)
        )
    return render_template("mailbox/news.html", news=news)


@mailboxes.post("")
def sign_in() -> ResponseReturnValue:
    use = services()
    typed = request.form.get("code", "")
    try:
        code = TrackingCode.parse(typed)
        with use.database.reading() as session:
            find_mailbox(session, code)
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
    return thread_page(this_visit())


@mailboxes.post("/open")
def open_messages() -> ResponseReturnValue:
    """The button behind "new message"; reading itself is an address that may be opened again."""
    return redirect(url_for("mailbox.messages"), 303)


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


def _fits_alone(group: str) -> bool:
    """Whether a group is right in itself: when it is named all the same, another claims its place."""
    try:
        TrackingCode.parse(group)
    except MistypedCode as error:
        return not error.groups
    return True
