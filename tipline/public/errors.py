"""Every error becomes a page in the visitor's language; a report's text comes back with it."""

from collections.abc import Callable, Mapping
from typing import Final

from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from tipline.directory.errors import BadDirectory
from tipline.mailbox.errors import DamagedMailbox, MailboxError
from tipline.public.behind import leads_away
from tipline.public.guided.moves import screen_again
from tipline.public.language import choose_language
from tipline.public.limits import WINDOW_SECONDS
from tipline.public.mailbox.filing import case_files_again, files_again
from tipline.public.mailbox.protection import mailbox_ask_again
from tipline.public.mailbox.relatives import relative_again
from tipline.public.mailbox.visit import kept_text
from tipline.public.pages.errors import ERRORS
from tipline.public.protection.page import ask_again
from tipline.public.redeem.views import redeem_again
from tipline.public.report.page import form_again
from tipline.public.uploads.body import upload_body_or_none
from tipline.words import mark

# A report may be stored by the time its page fails, so this must not say that it is not.
WENT_WRONG = mark(
    "Something went wrong here just now. Everything you typed is still here, and nothing is stored twice."
)
PRESS_AGAIN = mark("Please wait a moment and press the button again.")
TOO_OFTEN = mark("Too many reports came from your connection in the last minute. Please wait one minute.")
TOO_MANY_TRIES = mark(
    "Too many tries came from your connection in the last minute. Nothing is locked, and nothing is lost."
)
FORM_EXPIRED = mark("This page had been open for too long, so nothing was sent yet.")

FORMS_THAT_COME_BACK: Mapping[str, Callable[[str], str]] = {
    "report.submit": form_again,
    "guided.step": screen_again,
    "mailbox.add_files": files_again,
    "mailbox.add_files_in_case": case_files_again,
    "protection.submit": ask_again,
}
"""By endpoint, what makes a form's page again around a sentence."""

FORMS_WITHOUT_FILES: Mapping[str, Callable[[str], str]] = {
    "mailbox.ask_for_protection": mailbox_ask_again,
    "mailbox.ask_for_relative": relative_again,
    "redeem.step": redeem_again,
}
"""The same for forms that bring no files: they are small, and read when too many came."""

COMES_BACK_ALWAYS: Final = frozenset(("redeem.step",))
"""Of these the ones that come back whatever went wrong: what was typed there is long, and nowhere else."""

_BEFORE_THE_BODY = (
    400,
    429,
)  # the limits, and the check of where the form came from: its files are not taken


_UNREAD = (403, 429)
"""Another site sent it, and the visitor has not typed it; or a body too many is under way."""


def init_errors(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(SQLAlchemyError, unavailable)
    app.register_error_handler(OSError, unavailable)
    app.register_error_handler(BadDirectory, unavailable)
    app.register_error_handler(DamagedMailbox, unavailable)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """An HTTP error, our own or the framework's."""
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()
    if status == 429:
        sentence = TOO_MANY_TRIES if request.endpoint in COMES_BACK_ALWAYS else TOO_OFTEN
        response = make_response(_answer(429, sentence))
        response.headers["Retry-After"] = str(WINDOW_SECONDS)
        return response
    if isinstance(error, CSRFError):
        return _answer(400, FORM_EXPIRED)
    if status == 500:
        return _answer(500, WENT_WRONG)
    return error_page(status)


def unavailable(_: Exception) -> ResponseReturnValue:
    """The database, the disk or the directory is not at hand."""
    return _answer(503, WENT_WRONG)


def error_page(status: int) -> ResponseReturnValue:
    """The page of an error."""
    choose_language()
    words = ERRORS.get(status) or ERRORS[400 if status < 500 else 500]
    page = render_template(
        "pages/error.html",
        heading=gettext(words.heading),
        advice=gettext(words.advice),
        kept="" if status in _UNREAD else kept_text(),
    )
    return page, status


def _answer(status: int, sentence: str) -> ResponseReturnValue:
    """The form with its text and files, when one met the error that can come back; else the error's page."""
    endpoint = request.endpoint or ""
    small = FORMS_WITHOUT_FILES.get(endpoint) if status == 429 or endpoint in COMES_BACK_ALWAYS else None
    again, body = FORMS_THAT_COME_BACK.get(endpoint), upload_body_or_none()
    if body is not None and status in _BEFORE_THE_BODY:
        body.refuse_files()
    try:
        if away := leads_away():
            return away
        if small is not None:
            return small(f"{gettext(sentence)} {gettext(PRESS_AGAIN)}"), status
        if again is None or body is None:
            return error_page(status)
        return again(f"{gettext(sentence)} {gettext(PRESS_AGAIN)}"), status
    except (BadDirectory, MailboxError, SQLAlchemyError, HTTPException, OSError):
        return error_page(status)
