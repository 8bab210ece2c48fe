"""Replacing the code, and closing the mailbox for good."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.mailbox.codes import close_for_good, replace_code
from tipline.mailbox.errors import UnknownCode
from tipline.public.form_keys import ExpiredForm, IssuedForm
from tipline.public.form_state import FormState
from tipline.public.headers import clear_site_data
from tipline.public.mailbox.blueprint import mailboxes
from tipline.public.mailbox.cookies import forget_cookie
from tipline.public.mailbox.visit import Visit, session_token, this_visit
from tipline.public.uploads.body import FORM_FIELD, STATE_FIELD
from tipline.tips.errors import NotSure
from tipline.words import mark

PAGE_TOO_OLD = mark("This page was too old, and nothing was changed. Please press the button again.")

_REPLACES = "replaces"


@mailboxes.get("/code")
def new_code() -> ResponseReturnValue:
    return _code_page(this_visit())


@mailboxes.post("/code")
def change_code() -> ResponseReturnValue:
    """Put the form's code into force. Sending the same form again shows the same code."""
    visit = this_visit()
    try:
        issued = _issued_for(visit)
    except ExpiredForm:
        return _code_page(visit, error=gettext(PAGE_TOO_OLD)), 400
    if issued.code.raw != visit.code.raw:
        visit = _replace(visit, issued)
    # No redirect: a code never enters an address, a cookie or a log.
    return render_template("mailbox/new_code.html", code=visit.code.reveal(), token=request.form[FORM_FIELD])


@mailboxes.get("/close")
def close() -> ResponseReturnValue:
    this_visit()
    return render_template("mailbox/close.html", error="")


@mailboxes.post("/close")
def close_mailbox() -> ResponseReturnValue:
    visit = this_visit()
    if "sure" not in request.form:
        return render_template("mailbox/close.html", error=gettext(NotSure.sentence)), 422
    close_for_good(visit.mailbox, visit.code, visit.use.intake())
    visit.use.sessions.end(session_token(visit.use))
    response = make_response(render_template("mailbox/closed.html"))
    forget_cookie(response, visit.use.settings)
    clear_site_data(response)
    return response


def _code_page(visit: Visit, error: str = "") -> str:
    keys = visit.use.form_keys
    token = keys.issue(visit.mailbox.tip)
    state = FormState({_REPLACES: visit.code.locator_hash.hex()})
    return render_template(
        "mailbox/code.html", token=token, state=keys.seal_state(keys.open(token), state), error=error
    )


def _issued_for(visit: Visit) -> IssuedForm:
    """The code of the form that was sent.

    A form is good for replacing the one code that was in force when its page was made: an old page that
    is sent again must not put back a code that was replaced since.

    Raises:
        ExpiredForm: it is too old, or was made to replace another code.
    """
    keys = visit.use.form_keys
    issued = keys.open(request.form.get(FORM_FIELD, ""))
    replaces = keys.open_state(issued, request.form.get(STATE_FIELD, "")).answers.get(_REPLACES)
    if issued.code.raw != visit.code.raw and replaces != visit.code.locator_hash.hex():
        raise ExpiredForm
    return issued


def _replace(visit: Visit, issued: IssuedForm) -> Visit:
    """Replace the code, and take the session along; the visit as it is then.

    Raises:
        MailboxGone: another page has replaced the code meanwhile.
    """
    use = visit.use
    try:
        with use.database.writing() as session:
            replace_code(session, visit.mailbox, visit.code, issued.code)
            # Before the row is durable: should this end here, the old code still opens the mailbox, and
            # whoever presses twice finds the session under the new one as soon as the old one is gone.
            use.sessions.change_code(session_token(use), issued.code)
    except UnknownCode:
        return this_visit()
    return Visit(use, issued.code, visit.mailbox)
