"""Protection out of a mailbox: asking for it, and once it was asked for, the case's own mailbox."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.mailbox.asking import ask_for_protection as ask_once
from tipline.mailbox.writing import add_message, add_notice
from tipline.protection.asking import Group
from tipline.public.form_keys import ExpiredForm
from tipline.public.language import language
from tipline.public.mailbox.blueprint import mailboxes
from tipline.public.mailbox.case_page import case_page
from tipline.public.mailbox.codes import PAGE_TOO_OLD
from tipline.public.mailbox.visit import Visit, these_doors, this_case, this_visit, typed_text
from tipline.public.protection.forms import MESSAGE, AskForm
from tipline.public.protection.page import NOWHERE, choices
from tipline.public.protection.words import SENT_WELL
from tipline.public.uploads.body import FORM_FIELD
from tipline.routing import has_protection
from tipline.tips.errors import NobodyMayRead, RouteChanged, TipError, TooManyUnits
from tipline.tips.topics import Topic
from tipline.words import mark

ASKED_BEFORE = mark(
    "You have asked before, and who must not see that stays as it is. Nothing was sent now. "
    "To change it, please write to the protection desk: go to “Your protection”."
)


@mailboxes.get("/protection")
def protection() -> ResponseReturnValue:
    doors = these_doors()
    if doors.case is None:
        return _asking_page(this_visit(), AskForm(text_field=MESSAGE))
    return case_page(this_case())


@mailboxes.post("/protection")
def ask_for_protection() -> ResponseReturnValue:
    visit = this_visit()
    form = AskForm.read(request.form, visit.use.book.current(), of=Group.REPORTER)
    try:
        issued = visit.use.form_keys.open(request.form.get(FORM_FIELD, ""))
    except ExpiredForm:
        return _asking_page(visit, form, gettext(PAGE_TOO_OLD)), 400
    if form.errors:
        return _asking_page(visit, form, token=request.form[FORM_FIELD]), 422
    try:
        ask_once(visit.doors, form.draft(language()), issued.tip, visit.use.intake())
    except TipError as error:
        return _refused(visit, form, error), 422
    return redirect(url_for("mailbox.protection", sent=1), 303)


@mailboxes.post("/protection/messages")
def write_in_case() -> ResponseReturnValue:
    visit, text = this_case(), typed_text(MESSAGE)
    try:
        add_message(visit.mailbox, text, visit.use.intake())
    except TipError as error:
        return case_page(visit, typed=text, error=gettext(error.sentence)), 422
    return redirect(url_for("mailbox.protection", sent=1), 303)


@mailboxes.post("/protection/well")
def well() -> ResponseReturnValue:
    """One press: the person is well."""
    visit = this_case()
    add_notice(visit.mailbox, Topic.WELL, "", visit.use.intake())
    return redirect(url_for("mailbox.protection", sent=SENT_WELL), 303)


def mailbox_ask_again(notice: str) -> str:
    """The form with everything that was typed, around a sentence.

    Raises:
        MailboxError: the mailbox is not open.
    """
    visit = this_visit()
    form = AskForm.read(request.form, visit.use.book.current(), of=Group.REPORTER)
    return _asking_page(visit, form.with_errors({}), notice, token=request.form.get(FORM_FIELD, ""))


def _refused(visit: Visit, form: AskForm, error: TipError) -> str:
    token = request.form[FORM_FIELD]
    if isinstance(error, RouteChanged):
        return _asking_page(visit, form, gettext(ASKED_BEFORE), token=token)
    field = "exclude" if isinstance(error, TooManyUnits | NobodyMayRead) else MESSAGE
    return _asking_page(visit, form.with_errors({field: error.sentence}), token=token)


def _asking_page(visit: Visit, form: AskForm, notice: str = "", *, token: str = "") -> str:
    """The form; where nobody protects people, that and what to do instead."""
    is_here = has_protection(visit.use.book.current())
    return render_template(
        "protection/ask.html",
        form=form,
        notice=notice,
        is_here=is_here,
        nowhere=NOWHERE,
        kept=form.text,
        token=token or visit.use.form_keys.issue(),
        **choices(),
    )
