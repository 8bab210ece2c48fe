"""Every error becomes a page in the visitor's language; a report's text comes back with it."""

from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from tipline.directory.errors import BadDirectory
from tipline.mailbox.errors import DamagedMailbox
from tipline.public.language import choose_language
from tipline.public.limits import WINDOW_SECONDS
from tipline.public.pages.errors import ERRORS
from tipline.public.report.body import ReportBody
from tipline.public.report.forms import ReportForm
from tipline.public.report.page import form_page
from tipline.public.services import services
from tipline.words import mark

NOT_STORED = mark("This could not be stored just now. Nothing was lost: everything you typed is still here.")
PRESS_AGAIN = mark("Please wait a moment and press Send again.")
TOO_OFTEN = mark("Too many reports came from your connection in the last minute. Please wait one minute.")
FORM_EXPIRED = mark("This page had been open for too long, so nothing was sent yet.")


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
        response = make_response(_answer(429, TOO_OFTEN))
        response.headers["Retry-After"] = str(WINDOW_SECONDS)
        return response
    if isinstance(error, CSRFError):
        return _answer(400, FORM_EXPIRED)
    if status == 500:
        return _answer(500, NOT_STORED)
    return error_page(status)


def unavailable(_: Exception) -> ResponseReturnValue:
    """The database, the disk or the directory is not at hand."""
    return _answer(503, NOT_STORED)


def error_page(status: int) -> ResponseReturnValue:
    """The page of an error."""
    choose_language()
    words = ERRORS.get(status) or ERRORS[400 if status < 500 else 500]
    page = render_template("pages/error.html", heading=gettext(words.heading), advice=gettext(words.advice))
    return page, status


def _answer(status: int, sentence: str) -> ResponseReturnValue:
    """The report form with its text, when a report met the error; else the error's page."""
    body = getattr(request, "body", None)
    if not isinstance(body, ReportBody):
        return error_page(status)
    body.refuse_files()
    try:
        form = ReportForm.read(request.form, services().book.current()).with_errors({})
    except (BadDirectory, SQLAlchemyError, HTTPException, OSError):
        return error_page(status)
    return form_page(form, notice=f"{gettext(sentence)} {gettext(PRESS_AGAIN)}"), status
