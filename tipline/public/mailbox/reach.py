"""A name, or how to reach the reporter: apart from the report, and not to be read here again."""

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.identities.errors import IdentityError, NoCustodians, WrongField
from tipline.identities.record import FIELDS, IdentityRecord
from tipline.mailbox.identity import custodians_of, kept_since, leave_identity
from tipline.public.form_keys import ExpiredForm, IssuedForm
from tipline.public.mailbox.blueprint import mailboxes
from tipline.public.mailbox.codes import PAGE_TOO_OLD
from tipline.public.mailbox.visit import Visit, this_case, this_visit, typed_text
from tipline.public.uploads.body import FORM_FIELD

_FIRST = FIELDS[0]


@mailboxes.get("/reach")
def reach() -> ResponseReturnValue:
    return _reach_page(this_visit(), dict.fromkeys(FIELDS, ""))


@mailboxes.post("/reach")
def leave_name() -> ResponseReturnValue:
    return _leave_name(this_visit())


@mailboxes.get("/protection/reach")
def reach_in_case() -> ResponseReturnValue:
    return _reach_page(this_case(), dict.fromkeys(FIELDS, ""))


@mailboxes.post("/protection/reach")
def leave_name_in_case() -> ResponseReturnValue:
    return _leave_name(this_case())


def _leave_name(visit: Visit) -> ResponseReturnValue:
    typed = {field: typed_text(field) for field in FIELDS}
    try:
        issued = issued_for(visit)
        record = IdentityRecord.checked(typed, visit.use.clock.today())
        leave_identity(visit.mailbox, record, issued.code.raw, visit.use.intake())
    except ExpiredForm:
        return _reach_page(visit, typed, gettext(PAGE_TOO_OLD)), 400
    except IdentityError as error:
        field = error.field if isinstance(error, WrongField) else _FIRST
        token = request.form[FORM_FIELD]
        return _reach_page(visit, typed, gettext(error.sentence), field=field, token=token), 422
    return redirect(url_for("mailbox.reach_in_case" if visit.is_case else "mailbox.reach", sent=1), 303)


def is_offered(visit: Visit) -> bool:
    """Whether a name can be left: it takes people who hold its second lock.

    Raises:
        BadDirectory: the keeper signed none.
    """
    return custodians_of(visit.use.book.current()) is not None


def issued_for(visit: Visit) -> IssuedForm:
    """The form that was sent: the same one with the same words brings nothing twice.

    Raises:
        ExpiredForm: it is too old, or another mailbox's.
    """
    issued = visit.use.form_keys.open(request.form.get(FORM_FIELD, ""))
    if issued.tip != visit.mailbox.tip:
        raise ExpiredForm
    return issued


def _reach_page(
    visit: Visit, typed: Mapping[str, str], error: str = "", *, field: str = _FIRST, token: str = ""
) -> str:
    with visit.use.database.reading() as session:
        since = kept_since(session, visit.mailbox)
    return render_template(
        "mailbox/reach.html",
        is_case=visit.is_case,
        offered=is_offered(visit),
        not_yet=NoCustodians.sentence,
        since=since,
        has_sent="sent" in request.args and since is not None and not error,
        token=token or visit.use.form_keys.issue(visit.mailbox.tip),
        typed=typed,
        kept="\n\n".join(text for text in typed.values() if text.strip()),
        error=error,
        wrong=field,
    )
