"""Taking a confirmation, and asking for it before a marked view runs."""

from dataclasses import replace

from flask import Request

from admin.confirming.errors import TooManyConfirmations, WrongConfirmation
from admin.confirming.look import CONFIRMED, FIELD, PageLook
from admin.confirming.mark import Asks
from admin.sign_in.errors import TooManyTries
from admin.visit import Visit
from tipline.accounts.errors import ConfirmationNeeded, SignInFailed

PASSWORD = f"{FIELD}password"
OTP = f"{FIELD}otp"
MAX_FIELD = 1024
"""Characters, as at the sign-in."""


def with_second_look(visit: Visit, request: Request) -> Visit:
    """The visit, with a member who is asked before they sign what is sensitive.

    A password and code in the form are checked here, whatever the form is for.

    Raises:
        WrongConfirmation, TooManyConfirmations: they are wrong, or too many were.
        TooBusy: as many as may wait for their password to be checked are waiting.
    """
    form = request.form if request.method == "POST" else {}
    if form.get(PASSWORD):
        visit = _confirmed(visit, form[PASSWORD], form.get(OTP, ""), request.remote_addr or "")
    session = visit.session
    look = PageLook(session, visit.roster, form, request.path, visit.services.clock.unix())
    return replace(visit, session=replace(session, member=replace(session.member, look=look)))


def ask_first(visit: Visit, whom: Asks | None) -> None:
    """Ask before a marked view runs.

    Raises:
        ConfirmationNeeded: its member is to confirm by password and code, and did not lately.
    """
    if whom is None or (whom is Asks.WHO_HAS_NO_PASSKEY and visit.member.passkey is not None):
        return
    if not _is_fresh(visit):
        raise ConfirmationNeeded


def what_is_asked(visit: Visit, signed: bool = True) -> str:
    """What a sensitive step will ask of this visit's member: "passkey", "code", or "" for nothing more.

    Args:
        signed: whether it signs a statement, over which a passkey can answer.
    """
    if signed and visit.member.passkey is not None:
        return "passkey"
    return "" if _is_fresh(visit) else "code"


def _is_fresh(visit: Visit) -> bool:
    look = visit.session.member.look
    return isinstance(look, PageLook) and look.is_fresh


def _confirmed(visit: Visit, password: str, otp: str, source: str) -> Visit:
    """The visit of a session that remembers, from now on, when password and code were confirmed."""
    services, member = visit.services, visit.session.member
    if max(len(password), len(otp)) > MAX_FIELD:
        raise WrongConfirmation
    try:
        with services.throttle.trying(member.name, source):
            services.accounts.unlock(member.name, password, otp)
    except SignInFailed as error:
        raise WrongConfirmation from error
    except TooManyTries as error:
        raise TooManyConfirmations from error
    now = services.clock.unix()
    services.sessions.hold(visit.session, lambda held: {**held, CONFIRMED: now})
    return replace(visit, session=replace(visit.session, held={**visit.session.held, CONFIRMED: now}))
