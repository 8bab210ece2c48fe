"""Being paid by name, for whoever wants that more than staying unknown."""

from collections.abc import Mapping
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.identities.errors import IdentityError, NobodyNamed, NothingLeft, WrongField
from tipline.identities.record import IdentityRecord
from tipline.mailbox.awards import award_now
from tipline.mailbox.payee import be_paid_by_name, can_be_paid_by_name, may_be_named
from tipline.public.form_keys import ExpiredForm
from tipline.public.mailbox.blueprint import mailboxes
from tipline.public.mailbox.codes import PAGE_TOO_OLD
from tipline.public.mailbox.reach import issued_for
from tipline.public.mailbox.visit import Visit, this_visit, typed_text
from tipline.public.uploads.body import FORM_FIELD

_FIELDS: Final = ("name", "contact", "safely")
_ADDRESS: Final = "/notice/name"


@mailboxes.get(_ADDRESS)
def payee() -> ResponseReturnValue:
    return _payee_page(this_visit(), dict.fromkeys(_FIELDS, ""))


@mailboxes.post(_ADDRESS, endpoint="be_paid_by_name")
def leave_payee() -> ResponseReturnValue:
    """Store whom to pay, and give the vouchers up."""
    visit = this_visit()
    typed = {field: typed_text(field) for field in _FIELDS}
    try:
        issued = issued_for(visit)
        record = _checked(visit, typed)
        be_paid_by_name(visit.mailbox, record, issued.code.raw, visit.use.keeper, visit.use.intake())
    except ExpiredForm:
        return _payee_page(visit, typed, gettext(PAGE_TOO_OLD)), 400
    except IdentityError as error:
        field = error.field if isinstance(error, WrongField) else _FIELDS[0]
        told = {"field": "", "heading": gettext(error.heading)} if error.heading else {"field": field}
        page = _payee_page(visit, typed, gettext(error.sentence), token=request.form[FORM_FIELD], **told)
        return page, 422
    return redirect(url_for("mailbox.payee", sent=1), 303)


def _checked(visit: Visit, typed: Mapping[str, str]) -> IdentityRecord:
    try:
        return IdentityRecord.checked(typed, visit.use.clock.today())
    except NothingLeft as error:
        raise NobodyNamed from error  # one of the fields is not enough here


def _payee_page(
    visit: Visit,
    typed: Mapping[str, str],
    error: str = "",
    *,
    field: str = _FIELDS[0],
    token: str = "",
    heading: str = "",
) -> str:
    use = visit.use.intake()
    with use.database.reading() as session:
        award = award_now(session, visit.mailbox, use.log)
    return render_template(
        "mailbox/payee.html",
        award=award,
        offered=can_be_paid_by_name(use.directory) and may_be_named(award, use),
        has_sent="sent" in request.args and not error,
        token=token or visit.use.form_keys.issue(visit.mailbox.tip),
        typed=typed,
        kept="\n\n".join(text for text in typed.values() if text.strip()),
        error=error,
        wrong=field,
        heading=heading,
    )
