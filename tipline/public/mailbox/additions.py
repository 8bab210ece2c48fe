"""What a reporter adds after the first report: answers, a threat, an objection, a withdrawal."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.mailbox.repeats import answered_names
from tipline.mailbox.writing import add_answers, add_message, add_notice
from tipline.public.mailbox.blueprint import mailboxes
from tipline.public.mailbox.forms import AnswersForm
from tipline.public.mailbox.reach import is_offered
from tipline.public.mailbox.visit import Visit, standing_now, this_visit, typed_text
from tipline.public.mailbox.words import SENT_THREAT, SENT_WITHDRAWAL
from tipline.tips.errors import NoObjectionNow, TipError
from tipline.tips.topics import GROUPS, Group, Topic, group_of


@mailboxes.get("/add")
def add() -> ResponseReturnValue:
    """The groups of questions, with a mark at those that have answers: the answers stay shut."""
    visit = this_visit()
    with visit.use.database.reading() as session:
        names = answered_names(session, visit.mailbox, visit.use.log)
    answered = {group.id for group in GROUPS if names & {question.name for question in group.questions}}
    return render_template(
        "mailbox/add.html",
        groups=GROUPS,
        answered=answered,
        has_sent="sent" in request.args,
        name_offered=is_offered(visit),
    )


@mailboxes.get("/add/<name>")
def group(name: str) -> ResponseReturnValue:
    this_visit()
    return render_template("mailbox/group.html", group=_group(name), form=AnswersForm(), error="")


@mailboxes.post("/add/<name>")
def answer(name: str) -> ResponseReturnValue:
    visit, asked = this_visit(), _group(name)
    form = AnswersForm.read(request.form, asked)
    if form.errors:
        return render_template("mailbox/group.html", group=asked, form=form, error=""), 422
    try:
        add_answers(visit.mailbox, form.answers, visit.use.intake())
    except TipError as error:
        page = render_template("mailbox/group.html", group=asked, form=form, error=gettext(error.sentence))
        return page, 422
    return redirect(url_for("mailbox.add", sent=1), 303)


@mailboxes.get("/threat")
def threat() -> ResponseReturnValue:
    this_visit()
    return render_template("mailbox/threat.html", typed="", error="")


@mailboxes.post("/threat")
def send_threat() -> ResponseReturnValue:
    visit, text = this_visit(), typed_text("message")
    try:
        add_message(visit.mailbox, text, visit.use.intake(), topic=Topic.THREAT)
    except TipError as error:
        return render_template("mailbox/threat.html", typed=text, error=gettext(error.sentence)), 422
    return redirect(url_for("mailbox.messages", sent=SENT_THREAT), 303)


@mailboxes.get("/objection")
def objection() -> ResponseReturnValue:
    return _objection_page(this_visit())


@mailboxes.post("/objection")
def object_to() -> ResponseReturnValue:
    visit, text = this_visit(), typed_text("message")
    try:
        if not standing_now(visit).may_object(visit.use.clock.today()):
            raise NoObjectionNow
        add_message(visit.mailbox, text, visit.use.intake(), topic=Topic.OBJECTION)
    except TipError as error:
        return _objection_page(visit, typed=text, error=gettext(error.sentence)), 422
    return redirect(url_for("mailbox.messages", sent=1), 303)


@mailboxes.get("/withdraw")
def withdraw() -> ResponseReturnValue:
    this_visit()
    return render_template("mailbox/withdraw.html", typed="", error="")


@mailboxes.post("/withdraw")
def send_withdrawal() -> ResponseReturnValue:
    visit, text = this_visit(), typed_text("message")
    try:
        add_notice(visit.mailbox, Topic.WITHDRAWAL, text, visit.use.intake())
    except TipError as error:
        return render_template("mailbox/withdraw.html", typed=text, error=gettext(error.sentence)), 422
    return redirect(url_for("mailbox.messages", sent=SENT_WITHDRAWAL), 303)


def _objection_page(visit: Visit, *, typed: str = "", error: str = "") -> str:
    standing = standing_now(visit)
    return render_template(
        "mailbox/objection.html",
        until=standing.objection_until if standing.may_object(visit.use.clock.today()) else None,
        not_now=NoObjectionNow.sentence,
        typed=typed,
        error=error,
    )


def _group(name: str) -> Group:
    found = group_of(name)
    return found if found is not None else abort(404)
