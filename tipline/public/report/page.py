"""The report form's page, filled in or with placeholders for its two tokens."""

from collections.abc import Sequence

from flask import render_template, request
from flask_babel import gettext

from tipline.public.forgery import csrf_token
from tipline.public.language import unit_language
from tipline.public.report.forms import ReportForm
from tipline.public.services import services
from tipline.public.uploads.body import FORM_FIELD, UploadBody, upload_body_or_none
from tipline.public.uploads.listing import NO_FILES, FileList, listed
from tipline.tips.wording import CATEGORY_WORDS, OFFICIAL_WORDS
from tipline.words import mark

END_IS_MISSING = mark(
    "What you typed is too long to come back whole: the end of it is missing below. "
    "Please compare it with your own copy and shorten it."
)


def form_page(form: ReportForm, *, notice: str = "", fresh: bool = False, asks: bool = False) -> str:
    """The form with everything that was typed, and the files that wait.

    A sealed field that still opens comes back as it is: the tip may be stored
    already, and sending the form again must find it; unless a `fresh` one is due.

    Args:
        asks: nothing is wanted but a look at the files.
    """
    body = upload_body_or_none()
    if body and body.is_cut:
        notice = f"{notice} {gettext(END_IS_MISSING)}".strip()
    token, state, files = sealed_fields(body, fresh=fresh)
    return render_form(
        form,
        notice=notice,
        tokens=(csrf_token(), token, state),
        files=files,
        asks=asks and bool(files.waiting),
    )


def sealed_fields(body: UploadBody | None, *, fresh: bool) -> tuple[str, str, FileList]:
    """The `form` field, the `state` field where files wait, and the list of them."""
    keys = services().form_keys
    if body is None or body.issued is None:
        return keys.issue(), "", NO_FILES
    token = request.form[FORM_FIELD]
    if fresh:
        token = keys.issue()
        body.carry_over(keys.open(token))
    state = body.hold()
    return token, keys.seal_state(body.issued, state) if state.uploads else "", listed(body)


def form_again(notice: str) -> str:
    """The page of a form whose sending failed for a reason that is not in its answers."""
    form = ReportForm.read(request.form, services().book.current())
    return form_page(form.with_errors({}), notice=notice)


def empty_form(tokens: Sequence[str]) -> str:
    """An empty form around two tokens: the CSRF token, then the sealed field."""
    return render_form(ReportForm(), notice="", tokens=(*tokens, ""), files=NO_FILES)


def render_form(
    form: ReportForm, *, notice: str, tokens: Sequence[str], files: FileList, asks: bool = False
) -> str:
    """The form's page. The tokens are the CSRF token, the sealed field, and the sealed list of files."""
    csrf, token, state = tokens
    return render_template(
        "report/form.html",
        form=form,
        notice=notice,
        token=token,
        csrf=csrf,
        state=state,
        files=files,
        asks=asks,
        units=services().book.current().units_in_order,
        unit_language=unit_language(),
        categories=list(CATEGORY_WORDS.items()),
        officials=list(OFFICIAL_WORDS.items()),
    )
