"""A case for somebody of the family: under a code of its own, which is handed to them."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.protection.asking import Group
from tipline.public.form_keys import ExpiredForm, IssuedForm
from tipline.public.language import language
from tipline.public.mailbox.blueprint import mailboxes
from tipline.public.mailbox.codes import PAGE_TOO_OLD
from tipline.public.mailbox.visit import Visit, this_case
from tipline.public.protection.forms import MESSAGE, AskForm
from tipline.public.protection.page import choices
from tipline.public.uploads.body import FORM_FIELD
from tipline.tips.errors import NobodyMayRead, RouteChanged, TipError, TooManyUnits
from tipline.tips.submission import submit_tip


@mailboxes.get("/protection/relative")
def relative() -> ResponseReturnValue:
    return _relative_page(this_case(), AskForm(text_field=MESSAGE))


@mailboxes.post("/protection/relative")
def ask_for_relative() -> ResponseReturnValue:
    visit = this_case()
    form = AskForm.read(request.form, visit.use.book.current(), of=Group.RELATIVE)
    try:
        issued = visit.use.form_keys.open(request.form.get(FORM_FIELD, ""))
    except ExpiredForm:
        return _relative_page(visit, form, gettext(PAGE_TOO_OLD)), 400
    if form.errors:
        return _relative_page(visit, form, token=request.form[FORM_FIELD]), 422
    try:
        return _handed_page(visit, form, issued), 201
    except TipError as error:
        return _refused(visit, form, error), 422


def relative_again(notice: str) -> str:
    """The form with everything that was typed, around a sentence.

    Raises:
        MailboxError: the mailbox is not open, or is none of a case.
    """
    visit = this_case()
    form = AskForm.read(request.form, visit.use.book.current(), of=Group.RELATIVE)
    return _relative_page(visit, form.with_errors({}), notice, token=request.form.get(FORM_FIELD, ""))


def _handed_page(visit: Visit, form: AskForm, issued: IssuedForm) -> str:
    """Store the case, and show the code that is to be handed over.

    Raises:
        TipError: it was not stored, and its sentence says why.
    """
    draft = form.draft(language(), of=visit.mailbox.tip.hex(), for_another=True)
    sending = submit_tip(draft, issued.code, issued.tip, (), visit.use.intake())
    # No redirect: a code never enters an address, a cookie or a log.
    return render_template(
        "protection/handed.html",
        code=issued.code.reveal(),
        token=request.form[FORM_FIELD],
        sending=sending,
        urgent=form.danger,
    )


def _refused(visit: Visit, form: AskForm, error: TipError) -> str:
    if isinstance(error, RouteChanged):
        return _relative_page(visit, form, gettext(error.sentence))
    field = "exclude" if isinstance(error, TooManyUnits | NobodyMayRead) else MESSAGE
    return _relative_page(visit, form.with_errors({field: error.sentence}), token=request.form[FORM_FIELD])


def _relative_page(visit: Visit, form: AskForm, notice: str = "", *, token: str = "") -> str:
    return render_template(
        "protection/relative.html",
        form=form,
        notice=notice,
        token=token or visit.use.form_keys.issue(),
        **choices(),
    )
