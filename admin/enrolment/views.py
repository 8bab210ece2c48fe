"""/enrol/<token>: two short pages on the person's own device, then the fingerprint to read aloud."""

import segno
from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from admin.enrolment.errors import ChoicesDiffer, EnrolmentError, LostPlace, WeakChoice
from admin.enrolment.service import Enrolments, Prepared, read_token
from admin.enrolment.token import LinkToken
from admin.permissions import Permission, requires
from admin.services import Services

pages = Blueprint("enrolment", __name__)

MAX_FIELD = 1024
"""Characters: a password of any length would be stretched at this site's cost."""


def enrolments(services: Services) -> Enrolments:
    """The enrolments of this site."""
    return Enrolments(services.database, services.accounts, services.clock)


@pages.get("/enrol/<text>")
@requires(Permission.PUBLIC)
def show(text: str) -> ResponseReturnValue:
    """Whom the link is for, and the question for a password."""
    return _password_page(read_token(text))


@pages.post("/enrol/<text>")
@requires(Permission.PUBLIC)
def go_on(text: str) -> ResponseReturnValue:
    """The next page, or the same with what must be put right."""
    token = read_token(text)
    field = request.form.get("made", "")
    try:
        if field:
            return _confirm(token, field)
        return _code_page(enrolments(g.services).prepare(token, _password(token)))
    except (WeakChoice, ChoicesDiffer, LostPlace) as error:
        return _password_page(token, error)


def _password(token: LinkToken) -> str:
    enrolments(g.services).name_of(token)  # a link that is none says nothing about passwords
    password, again = request.form.get("password", ""), request.form.get("again", "")
    if len(password) > MAX_FIELD:
        raise WeakChoice
    if password != again:
        raise ChoicesDiffer
    return password


def _confirm(token: LinkToken, field: str) -> ResponseReturnValue:
    use = enrolments(g.services)
    name = use.name_of(token)
    try:
        fingerprint = use.confirm(token, field, request.form.get("otp", ""))
    except LostPlace:
        raise
    except EnrolmentError as error:
        return _code_page(use.again(token, field), error)
    return render_template("enrol_done.html", name=name, groups=fingerprint.split()), 201


def _password_page(token: LinkToken, error: EnrolmentError | None = None) -> ResponseReturnValue:
    name = enrolments(g.services).name_of(token)
    return render_template("enrol.html", name=name, error=error), error.status if error else 200


def _code_page(prepared: Prepared, error: EnrolmentError | None = None) -> ResponseReturnValue:
    drawn = segno.make(prepared.otp_uri, error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff")
    secret = prepared.otp_secret
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    page = render_template(
        "enrol_code.html",
        # Drawn from letters and digits that this site made: nothing in it was typed by anybody.
        square=Markup(drawn),  # noqa: S704
        groups=groups,
        uri=prepared.otp_uri,
        field=prepared.field,
        error=error,
    )
    return page, error.status if error else 200
