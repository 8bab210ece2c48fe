"""The mailbox: sign in with the code, see whether there is news, read, write back, leave."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from crypto.tracking_codes import MistypedCode, TrackingCode
from tipline.mailbox.errors import MailboxError, SignedOut, UnknownCode
from tipline.mailbox.thread import Reply, Sent, find_mailbox, remember_read, replies, sent
from tipline.mailbox.writing import add_message
from tipline.public.mailbox.cookies import cookie_name, forget_cookie, set_cookie
from tipline.public.services import Services, services
from tipline.tips.errors import TipError

mailboxes = Blueprint("mailbox", __name__, url_prefix="/mailbox")


@mailboxes.get("")
def door() -> ResponseReturnValue:
    """Say whether there is news, or ask for the code."""
    use = services()
    try:
        code = _code(use)
    except SignedOut:
        return render_template("mailbox/door.html", typed="", error="", wrong=())
    with use.database.reading() as session:
        mailbox = find_mailbox(session, code)
        news = bool(replies(session, mailbox, use.log, after=mailbox.read_up_to))
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
    return _thread(services())


@mailboxes.post("/open")
def open_messages() -> ResponseReturnValue:
    """The button behind "new message"; reading itself is an address that may be opened again."""
    return redirect(url_for("mailbox.messages"), 303)


@mailboxes.post("/messages")
def write() -> ResponseReturnValue:
    use = services()
    text = request.form.get("message", "").replace("\r\n", "\n")
    code = _code(use)
    with use.database.reading() as session:
        mailbox = find_mailbox(session, code)
    try:
        add_message(mailbox, text, use.intake())
    except TipError as error:
        return _thread(use, typed=text, error=gettext(error.sentence)), 422
    return redirect(url_for("mailbox.messages", sent=1), 303)


@mailboxes.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    use = services()
    use.sessions.end(request.cookies.get(cookie_name(use.settings), ""))
    response = redirect(url_for("pages.home"), 303)
    forget_cookie(response, use.settings)
    return response


@mailboxes.errorhandler(MailboxError)
def closed(error: MailboxError) -> ResponseReturnValue:
    """The session ended, or its tip is gone: the door again, with the reason."""
    page = render_template("mailbox/door.html", typed="", error=gettext(error.sentence), wrong=())
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


def _code(use: Services) -> TrackingCode:
    """The code of this visitor's session.

    Raises:
        SignedOut: there is none.
    """
    return use.sessions.resume(request.cookies.get(cookie_name(use.settings), ""))


def _thread(use: Services, *, typed: str = "", error: str = "") -> str:
    own_asked = "own" in request.args
    with use.database.reading() as session:
        mailbox = find_mailbox(session, _code(use))
        from_desks = replies(session, mailbox, use.log)
        own = sent(session, mailbox, with_text=own_asked)
    newest = from_desks[-1].position if from_desks else -1
    if newest > mailbox.read_up_to:
        with use.database.writing() as session:
            remember_read(session, mailbox, newest)
    entries: list[Reply | Sent] = [*from_desks, *own]
    entries.sort(key=lambda entry: entry.position)
    return render_template(
        "mailbox/messages.html",
        entries=entries,
        replies={reply.position for reply in from_desks},
        unread_after=mailbox.read_up_to,
        own_asked=own_asked,
        has_sent="sent" in request.args,
        typed=typed,
        error=error,
    )
