"""The report form's page, filled in or with placeholders for its two tokens."""

from collections.abc import Sequence

from flask import render_template, request
from flask_babel import gettext

from tipline.public.forgery import csrf_token
from tipline.public.language import unit_language
from tipline.public.report.body import ReportBody
from tipline.public.report.forms import ReportForm
from tipline.public.services import services
from tipline.tips.wording import CATEGORY_WORDS, OFFICIAL_WORDS
from tipline.words import mark

END_IS_MISSING = mark(
    "What you typed is too long to come back whole: the end of it is missing below. "
    "Please compare it with your own copy and shorten it."
)


def form_page(form: ReportForm, *, notice: str = "", fresh: bool = False) -> str:
    """The form with everything that was typed.

    A sealed field that still opens comes back as it is: the tip may be stored
    already, and sending the form again must find it; unless a `fresh` one is due.
    """
    body = getattr(request, "body", None)
    known = isinstance(body, ReportBody) and body.issued and not fresh
    token = request.form["form"] if known else services().form_keys.issue()
    if isinstance(body, ReportBody) and body.is_cut:
        notice = f"{notice} {gettext(END_IS_MISSING)}".strip()
    return render_form(form, notice=notice, token=token, csrf=csrf_token())


def empty_form(tokens: Sequence[str]) -> str:
    """An empty form around two tokens: the CSRF token, then the sealed field."""
    csrf, token = tokens
    return render_form(ReportForm(), notice="", token=token, csrf=csrf)


def render_form(form: ReportForm, *, notice: str, token: str, csrf: str) -> str:
    """The form's page."""
    return render_template(
        "report/form.html",
        form=form,
        notice=notice,
        token=token,
        csrf=csrf,
        units=services().book.current().units_in_order,
        unit_language=unit_language(),
        categories=list(CATEGORY_WORDS.items()),
        officials=list(OFFICIAL_WORDS.items()),
    )
