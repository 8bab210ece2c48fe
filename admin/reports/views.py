"""/log/reports."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.errors import NotFound
from admin.log.choice import find_tip_id
from admin.log.errors import NoSuchHandle
from admin.log.listing import everybody
from admin.permissions import Permission, requires
from admin.reports.errors import NoSuchFile, ReportsError
from admin.reports.months import MonthReport, all_months, month_report, sign_month
from admin.reports.papers import FORMS, SPOKEN, paper
from admin.reports.tips import TipReport, tip_report
from admin.reports.words import SUMS, sentence
from admin.transfers.letter import spoken
from admin.visit import this_visit

pages = Blueprint("reports", __name__)


@pages.get("/log/reports")
@requires(Permission.AUDIT)
def show() -> ResponseReturnValue:
    """The months that are over, and the way to a tip's report."""
    visit, typed = this_visit(), request.args.get("tip", "").strip()
    problem = None
    if typed:
        try:
            return redirect(f"/log/reports/tips/{find_tip_id(visit, typed)}", 303)
        except NoSuchHandle as error:
            problem = error
    page = render_template("reports.html", months=all_months(visit), typed=typed, problem=problem)
    return page, problem.status if problem else 200


@pages.get("/log/reports/tips/<tip>")
@requires(Permission.AUDIT)
def tip(tip: str) -> ResponseReturnValue:
    """Who knew of a tip since when."""
    visit = this_visit()
    return render_template(
        "report_tip.html", report=_tip(tip), sentence=sentence, members=everybody(visit), spoken=SPOKEN
    )


@pages.post("/log/reports/tips/<tip>")
@requires(Permission.AUDIT)
def tip_paper(tip: str) -> ResponseReturnValue:
    """The same as a file."""
    with spoken(_language()):
        report = _tip(tip)
        return paper(this_visit(), "report_tip_paper.html", f"tip-{report.handle}", _form(), report)


@pages.get("/log/reports/months/<month>")
@requires(Permission.AUDIT)
def month(month: str) -> ResponseReturnValue:
    """The figures of a month."""
    return _month(month_report(this_visit(), month))


@pages.post("/log/reports/months/<month>")
@requires(Permission.AUDIT)
def sign(month: str) -> ResponseReturnValue:
    """Sign them."""
    report = month_report(this_visit(), month)
    try:
        sign_month(this_visit(), report, request.form.get("shown", ""))
    except ReportsError as error:
        return _month(report, error)
    return redirect(f"/log/reports/months/{report.month}?done=report-signed", 303)


@pages.post("/log/reports/months/<month>/paper")
@requires(Permission.AUDIT)
def month_paper(month: str) -> ResponseReturnValue:
    """The figures as a file."""
    with spoken(_language()):
        report = month_report(this_visit(), month)
        return paper(this_visit(), "report_month_paper.html", f"month-{report.month}", _form(), report)


def _tip(text: str) -> TipReport:
    visit = this_visit()
    try:
        return tip_report(visit, find_tip_id(visit, text))
    except NoSuchHandle as error:
        raise NotFound from error


def _language() -> str:
    """The language of a file; the first, where none is named that is offered: then `_form` refuses."""
    language = request.form.get("letter_language", "")
    return language if language in SPOKEN else SPOKEN[0]


def _form() -> str:
    """The kind of a file.

    Raises:
        NoSuchFile: it, or the language, is not offered. What does not exist was refused before.
    """
    form = request.form.get("form", "")
    if form not in FORMS or request.form.get("letter_language") not in SPOKEN:
        raise NoSuchFile
    return form


def _month(report: MonthReport, error: ReportsError | None = None) -> ResponseReturnValue:
    page = render_template("report_month.html", report=report, sums=SUMS, spoken=SPOKEN, error=error)
    return page, error.status if error else 200
