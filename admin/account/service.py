"""Steps on one's own account: the statement first, then the rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from admin.account.errors import (
    NoRegistrar,
    NoUnitChosen,
    PasswordsDiffer,
    PasswordTooWeak,
    StepRefused,
    TooManyPasswordTries,
    WrongOldPassword,
)
from admin.sessions.token import SessionToken
from admin.sign_in.errors import TooManyTries
from admin.visit import Visit
from crypto.assertions import Passkey
from tipline.accounts.errors import SignInFailed, WeakPassword
from tipline.ids import MemberId
from tipline.members.errors import ChangeRefused
from tipline.proposals.errors import ProposalError
from tipline.roster.sensitive import PASSKEY

MAX_FIELD = 1024
"""Characters, as at the sign-in."""


def change_password(visit: Visit, form: Mapping[str, str], source: str) -> SessionToken:
    """Wrap the seed under a new password, and end every session; the token is that of a new one.

    Raises:
        AccountStepError: what is wrong with what was typed.
        TooBusy: as many as may wait for their password to be checked are waiting.
    """
    old, otp, new, again = (form.get(field, "") for field in ("old", "otp", "new", "again"))
    if new != again:
        raise PasswordsDiffer
    if max(map(len, (old, otp, new))) > MAX_FIELD:
        raise WrongOldPassword
    services, name = visit.services, visit.session.member.name
    try:
        with services.throttle.trying(name, source):
            member = services.accounts.change_password(name, old, otp, new)
    except TooManyTries as error:
        raise TooManyPasswordTries from error
    except WeakPassword as error:
        raise PasswordTooWeak from error
    except SignInFailed as error:
        raise WrongOldPassword from error
    services.sessions.end_all(member.id)
    return services.sessions.start(member)


def declare_conflicts(visit: Visit, units: Sequence[str]) -> None:
    """State units whose tips the member must not judge; it binds at once.

    Raises:
        NoUnitChosen: there is none to add.
        StepRefused: the keeper refuses.
    """
    known = visit.roster.units.keys() - {visit.member.unit, *visit.member.conflicts}
    add = sorted(known & set(units))
    if not add:
        raise NoUnitChosen
    _state(visit, "conflicts", {"member": visit.member.id, "add": add})


def add_passkey(visit: Visit, passkey: Passkey) -> None:
    """Put the member's first passkey into the roster, with its own answer over that.

    Raises:
        SecondLookNeeded: password and code, then the passkey's answer.
        StepRefused: the keeper refuses.
    """
    _state(visit, PASSKEY, {"member": visit.member.id, "passkey": passkey.fields()})


def give_up_passkey(visit: Visit, registrar: str) -> None:
    """Sign that the member's passkey goes; it goes when the registrar has signed too.

    Raises:
        NoRegistrar: this is no other registrar.
        SecondLookNeeded: password and code.
    """
    other = visit.roster.members.get(MemberId(registrar))
    if other is None or not other.is_registrar:
        raise NoRegistrar
    fields = {"member": visit.member.id, "passkey": {}}
    try:
        visit.services.proposals.propose(PASSKEY, fields, visit.session.member, other.id)
    except ProposalError as error:
        raise NoRegistrar from error


def _state(visit: Visit, kind: str, fields: Mapping[str, Any]) -> None:
    try:
        visit.services.members.carry_out(visit.sign(kind, fields))
    except ChangeRefused as error:
        raise StepRefused from error
