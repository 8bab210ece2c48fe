"""The report form, and the step that confirms a code."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.public.forgery import csrf_token
from tipline.public.report.confirming import confirmed_page
from tipline.public.report.forms import ReportForm
from tipline.public.report.page import empty_form, form_page
from tipline.public.report.sending import send_report, spliced
from tipline.public.services import services
from tipline.public.uploads.body import UploadProblem, upload_body
from tipline.public.uploads.wording import FILES_ARE_GONE, LOOK_AT_FILES, PROBLEM_WORDS
from tipline.tips.errors import NobodyMayRead, RouteChanged, TipError, TooManyUnits
from tipline.words import mark

reports = Blueprint("report", __name__)

FORM_EXPIRED = mark(
    "This page had been open for too long, so nothing was sent yet. Everything you typed is still here. "
    "Please press Send again."
)


@reports.get("/report")
def new() -> ResponseReturnValue:
    use = services()
    return spliced.page("form", use.book.current().version, empty_form, (csrf_token(), use.form_keys.issue()))


@reports.post("/report")
def submit() -> ResponseReturnValue:
    form = ReportForm.read(request.form, services().book.current())
    body = upload_body()
    if body.problem in PROBLEM_WORDS:
        status = 503 if body.problem is UploadProblem.NOT_STORED else 413
        return form_page(form, notice=gettext(PROBLEM_WORDS[body.problem])), status
    if body.issued is None:
        return form_page(form, notice=gettext(FORM_EXPIRED)), 400
    if form.errors or body.is_cut:
        return form_page(form), 422
    if body.must_ask:
        notice = gettext(FILES_ARE_GONE if body.lost_state else LOOK_AT_FILES)
        return form_page(form, notice=notice, asks=True), 422 if body.refused or body.lost_state else 200
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
