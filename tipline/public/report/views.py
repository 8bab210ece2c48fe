"""The report form, and the step that confirms a code."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.public.forgery import csrf_token
from tipline.public.report.confirming import confirmed_page
from tipline.public.report.forms import ReportForm
from tipline.public.report.page import empty_form, form_page
from tipline.public.report.sending import send_report, spliced
from tipline.public.report.stops import stop_of
from tipline.public.services import services
from tipline.public.uploads.body import upload_body
from tipline.tips.errors import NobodyMayRead, RouteChanged, TipError, TooManyUnits

reports = Blueprint("report", __name__)


@reports.get("/report")
def new() -> ResponseReturnValue:
    use = services()
    return spliced.page("form", use.book.current().version, empty_form, (csrf_token(), use.form_keys.issue()))


@reports.post("/report")
def submit() -> ResponseReturnValue:
    form = ReportForm.read(request.form, services().book.current())
    body = upload_body()
    stop = stop_of(body, has_errors=bool(form.errors))
    if stop:
        return form_page(form, notice=stop.notice, asks=stop.asks), stop.status
    return _sent(form)


@reports.post("/report/confirm")
def confirm() -> ResponseReturnValue:
    return confirmed_page(request.form)


def _sent(form: ReportForm) -> ResponseReturnValue:
    try:
        return send_report(form, upload_body())
    except RouteChanged as error:
        return form_page(form, notice=gettext(error.sentence), fresh=True), 422
    except TipError as error:
        field = "exclude" if isinstance(error, TooManyUnits | NobodyMayRead) else "description"
        return form_page(form.with_errors({field: error.sentence})), 422
