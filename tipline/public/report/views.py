"""The report form and the page with the code."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.public.forgery import csrf_token
from tipline.public.language import language
from tipline.public.pages.spliced import SplicedPages
from tipline.public.report.body import ReportBody, UploadProblem
from tipline.public.report.forms import ReportForm
from tipline.public.report.page import empty_form, form_page
from tipline.public.services import services
from tipline.tips.errors import NobodyMayRead, RouteChanged, TipError, TooManyUnits
from tipline.tips.submission import Sending, submit_tip
from tipline.words import mark

reports = Blueprint("report", __name__)
spliced = SplicedPages()

FORM_EXPIRED = mark(
    "This page had been open for too long, so nothing was sent yet. Everything you typed is still here. "
    "Please press Send again."
)
UPLOAD_SENTENCES = {
    UploadProblem.TOO_MANY: mark(
        "Nothing was sent yet: there were more than 10 files. Please choose at most 10."
    ),
    UploadProblem.TOO_LARGE: mark(
        "Nothing was sent yet: the files were larger than 500 MB together. "
        "Please choose fewer, or send the report without them and say that you have more."
    ),
    UploadProblem.NOT_STORED: mark(
        "Nothing was sent yet: the files could not be stored just now. "
        "Please try again, or send the report without files."
    ),
}


@reports.get("/report")
def new() -> ResponseReturnValue:
    use = services()
    return spliced.page("form", use.book.current().version, empty_form, (csrf_token(), use.form_keys.issue()))


@reports.post("/report")
def submit() -> ResponseReturnValue:
    use = services()
    form = ReportForm.read(request.form, use.book.current())
    body = report_body()
    if body.problem in UPLOAD_SENTENCES:
        status = 503 if body.problem is UploadProblem.NOT_STORED else 413
        return form_page(form, notice=gettext(UPLOAD_SENTENCES[body.problem])), status
    if body.issued is None:
        return form_page(form, notice=gettext(FORM_EXPIRED)), 400
    if form.errors or body.is_cut:
        return form_page(form), 422
    draft, issued = form.draft(language()), body.issued
    try:
        sending = submit_tip(draft, issued.code, issued.tip, body.files, use.intake())
    except RouteChanged as error:
        return form_page(form, notice=gettext(error.sentence), fresh=True), 422
    except TipError as error:
        field = "exclude" if isinstance(error, TooManyUnits | NobodyMayRead) else "description"
        return form_page(form.with_errors({field: error.sentence})), 422
    body.keep()
    # No redirect: a code never enters an address, a cookie or a log.
    return received_page(issued.code.reveal(), sending), 201


def received_page(code: str, sending: Sending) -> str:
    """The page with the code."""

    def render(gaps: Sequence[str]) -> str:
        return render_template("report/received.html", code=gaps[0], sending=sending)

    return spliced.page(f"received-{sending}", services().book.current().version, render, (code,))


def report_body() -> ReportBody:
    """What came with this report."""
    body = getattr(request, "body", None)
    if not isinstance(body, ReportBody):
        raise TypeError("the site was not made by create_app")
    return body
