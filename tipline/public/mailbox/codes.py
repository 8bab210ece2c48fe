"""Replacing the code, and closing the mailbox for good."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.mailbox.awards import award_now
from tipline.mailbox.codes import close_all, replace_codes
from tipline.mailbox.doors import Doors, open_doors
from tipline.mailbox.errors import UnknownCode
from tipline.public.form_keys import ExpiredForm, IssuedForm
from tipline.public.form_state import FormState
from tipline.public.headers import clear_site_data
from tipline.public.mailbox.blueprint import mailboxes
from tipline.public.mailbox.cookies import forget_cookie
from tipline.public.mailbox.visit import session_token, these_doors
from tipline.public.services import Services, services
from tipline.public.uploads.body import FORM_FIELD, STATE_FIELD
from tipline.tips.errors import NotSure
from tipline.words import mark

PAGE_TOO_OLD = mark("This page was too old, and nothing was changed. Please press the button again.")

_REPLACES = "replaces"


@mailboxes.get("/code")
def new_code() -> ResponseReturnValue:
    return _code_page(these_doors())


@mailboxes.post("/code")
def change_code() -> ResponseReturnValue:
    """Put the form's code into force. Sending the same form again shows the same code."""
    doors = these_doors()
    try:
        issued = _issued_for(doors)
    except ExpiredForm:
        return _code_page(doors, error=gettext(PAGE_TOO_OLD)), 400
    if issued.code.raw != doors.code.raw:
        doors = _replace(services(), doors, issued)
    # No redirect: a code never enters an address, a cookie or a log.
    return render_template("mailbox/new_code.html", code=doors.code.reveal(), token=request.form[FORM_FIELD])


@mailboxes.get("/close")
def close() -> ResponseReturnValue:
    return _close_page(these_doors())


@mailboxes.post("/close")
def close_mailbox() -> ResponseReturnValue:
    use, doors = services(), these_doors()
    if "sure" not in request.form:
        return _close_page(doors, error=gettext(NotSure.sentence)), 422
    close_all(doors, use.intake())
    use.sessions.end(session_token(use))
    response = make_response(render_template("mailbox/closed.html"))
    forget_cookie(response, use.settings)
    clear_site_data(response)
    return response


def _close_page(doors: Doors, error: str = "") -> str:
    use = services()
    with use.database.reading() as session:
        award = award_now(session, doors.tip, use.log) if doors.tip else None
    today = use.clock.today()
    return render_template(
        "mailbox/close.html",
        error=error,
        has_tip=doors.tip is not None,
        has_case=doors.case is not None,
        award_waits=award is not None and award.is_open(today),
        has_vouchers=award is not None and award.collected is not None and today <= award.collected.last_day,
    )


def _code_page(doors: Doors, error: str = "") -> str:
    keys = services().form_keys
    token = keys.issue(doors.mailbox.tip)
    state = FormState({_REPLACES: doors.code.locator_hash.hex()})
    return render_template(
        "mailbox/code.html", token=token, state=keys.seal_state(keys.open(token), state), error=error
    )


def _issued_for(doors: Doors) -> IssuedForm:
    """The code of the form that was sent.

    A form is good for replacing the one code that was in force when its page was made: an old page that
    is sent again must not put back a code that was replaced since.

    Raises:
        ExpiredForm: it is too old, or was made to replace another code.
    """
    keys = services().form_keys
    issued = keys.open(request.form.get(FORM_FIELD, ""))
    replaces = keys.open_state(issued, request.form.get(STATE_FIELD, "")).answers.get(_REPLACES)
    if issued.code.raw != doors.code.raw and replaces != doors.code.locator_hash.hex():
        raise ExpiredForm
    return issued


def _replace(use: Services, doors: Doors, issued: IssuedForm) -> Doors:
    """Replace the code, and take the session along; what it opens then.

    Raises:
        MailboxGone: another page has replaced the code meanwhile.
    """
    try:
        with use.database.writing() as session:
            replace_codes(session, open_doors(session, doors.code, use.log), issued.code)
            # Before the row is durable: should this end here, the old code still opens the mailbox, and
            # whoever presses twice finds the session under the new one as soon as the old one is gone.
            use.sessions.change_code(session_token(use), issued.code)
    except UnknownCode:
        pass
    return these_doors()
