"""Asking for protection without a mailbox: witnesses, officers, relatives, reporters without their code."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.public.protection.forms import AskForm
from tipline.public.protection.page import ask_page, send_request
from tipline.public.report.stops import stop_of
from tipline.public.services import services
from tipline.public.uploads.body import upload_body
from tipline.tips.errors import NobodyMayRead, RouteChanged, TipError, TooManyUnits

protections = Blueprint("protection", __name__)


@protections.get("/protection")
def new() -> ResponseReturnValue:
    return ask_page(AskForm())


@protections.post("/protection")
def submit() -> ResponseReturnValue:
    form = AskForm.read(request.form, services().book.current())
    stop = stop_of(upload_body(), has_errors=bool(form.errors))
    if stop:
        return ask_page(form, notice=stop.notice, asks=stop.asks), stop.status
    try:
        return send_request(form, upload_body())
    except RouteChanged as error:
        return ask_page(form, notice=gettext(error.sentence), fresh=True), 422
    except TipError as error:
        field = "exclude" if isinstance(error, TooManyUnits | NobodyMayRead) else form.text_field
        return ask_page(form.with_errors({field: error.sentence})), 422
