"""What the person of a case tells: that something happened, whether they agree, that they object."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.mailbox.protection import AGREES, NO, YES, agreement
from tipline.mailbox.thread import own_messages
from tipline.mailbox.writing import add_incident, add_message, add_notice
from tipline.public.mailbox.blueprint import mailboxes
from tipline.public.mailbox.visit import Visit, case_now, this_case, typed_text
from tipline.public.protection.forms import MESSAGE, AskForm
from tipline.public.protection.page import choices
from tipline.public.protection.words import SENT_CONSENT, SENT_INCIDENT
from tipline.tips.errors import NoCaseObjectionNow, TipError
from tipline.tips.topics import Topic
from tipline.words import mark

CHOOSE = mark("Please choose one of the two.")


@mailboxes.get("/protection/incident")
def incident() -> ResponseReturnValue:
    visit = this_case()
    asking, _ = case_now(visit.use, visit.mailbox)
    return _incident_page(AskForm(text_field=MESSAGE, group=asking.group))


@mailboxes.post("/protection/incident")
def send_incident() -> ResponseReturnValue:
    visit = this_case()
    asking, _ = case_now(visit.use, visit.mailbox)
    form = AskForm.read(request.form, visit.use.book.current(), of=asking.group, asks=False)
    if form.errors:
        return _incident_page(form), 422
    answers = {"harms": " ".join(form.kinds), "danger": YES if form.danger else ""}
    answers = {name: answer for name, answer in answers.items() if answer}
    try:
        add_incident(visit.mailbox, form.text, answers, visit.use.intake(), danger=form.danger)
    except TipError as error:
        return _incident_page(form.with_errors({MESSAGE: error.sentence})), 422
    return redirect(url_for("mailbox.protection", sent=SENT_INCIDENT), 303)


@mailboxes.get("/protection/consent")
def consent() -> ResponseReturnValue:
    return _consent_page(this_case())


@mailboxes.post("/protection/consent")
def agree() -> ResponseReturnValue:
    visit, answer = this_case(), request.form.get(AGREES, "")
    if answer not in (YES, NO):
        return _consent_page(visit, gettext(CHOOSE)), 422
    add_notice(visit.mailbox, Topic.CONSENT, "", visit.use.intake(), answers={AGREES: answer})
    return redirect(url_for("mailbox.protection", sent=SENT_CONSENT), 303)


@mailboxes.get("/protection/objection")
def case_objection() -> ResponseReturnValue:
    return _objection_page(this_case())


@mailboxes.post("/protection/objection")
def object_in_case() -> ResponseReturnValue:
    visit, text = this_case(), typed_text(MESSAGE)
    try:
        if not case_now(visit.use, visit.mailbox)[1].may_object(visit.use.clock.today()):
            raise NoCaseObjectionNow
        add_message(visit.mailbox, text, visit.use.intake(), topic=Topic.OBJECTION)
    except TipError as error:
        return _objection_page(visit, typed=text, error=gettext(error.sentence)), 422
    return redirect(url_for("mailbox.protection", sent=1), 303)


def _incident_page(form: AskForm) -> str:
    return render_template("protection/incident.html", form=form, notice="", **choices())


def _consent_page(visit: Visit, error: str = "") -> str:
    asking, _ = case_now(visit.use, visit.mailbox)
    with visit.use.database.reading() as session:
        own = own_messages(session, visit.mailbox, visit.use.log)
    return render_template("protection/consent.html", agrees=agreement(asking, own), error=error)


def _objection_page(visit: Visit, *, typed: str = "", error: str = "") -> str:
    _, standing = case_now(visit.use, visit.mailbox)
    return render_template(
        "protection/objection.html",
        until=standing.objection_until if standing.may_object(visit.use.clock.today()) else None,
        not_now=NoCaseObjectionNow.sentence,
        typed=typed,
        error=error,
    )
