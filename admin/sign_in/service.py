"""Signing in: the account opens, and its keys are the ones that the roster knows."""

from collections.abc import Callable, Mapping

from admin.heads.found import roster_or_found
from admin.services import Services
from admin.sessions.token import SessionToken
from admin.sign_in.errors import ManySignIns, PasskeyRefused, WrongSignIn
from crypto.assertions import Passkey
from crypto.errors import CryptoError
from tipline.accounts.errors import SignInFailed, TooBusy, WrongAccountKeys
from tipline.accounts.types import UnlockedMember
from tipline.roster import Member, Roster


def unlock_member(services: Services, name: str, password: str, otp: str, source: str) -> UnlockedMember:
    """Open the account of an active member by password and one-time code.

    The keeper is asked first, so that no one-time code is spent while it is away. While it is stopped, those
    whom this site knew may come in: there is one page for them.

    Raises:
        TooManyTries: of this name or source.
        ManySignIns: as many as may wait for their turn are waiting.
        WrongSignIn: anything else that is wrong with what was typed.
        KeeperError: the keeper does not answer.
    """
    member, _ = _unlocked(services, name, source, lambda: services.accounts.unlock(name, password, otp))
    return member


def begin_with_passkey(
    services: Services, name: str, password: str, source: str
) -> tuple[SessionToken, Passkey]:
    """Check a password, and keep the sign-in until the member's passkey has answered the token's challenge.

    Raises:
        WrongSignIn: the name or password is wrong, or the member has no passkey.
        TooManyTries, ManySignIns, KeeperError: as `unlock_member`.
    """
    member, known = _unlocked(
        services, name, source, lambda: services.accounts.unlock_for_passkey(name, password)
    )
    if known.passkey is None:
        raise WrongSignIn
    return services.sign_ins.begin(member), known.passkey


def finish_with_passkey(services: Services, pending: str, answer: Mapping[str, str]) -> UnlockedMember:
    """The member of a sign-in under way, whose passkey, as the roster knows it now, has answered.

    Raises:
        PasskeyRefused: it has not, or the sign-in waited too long or was used.
        KeeperError: the keeper does not answer.
    """
    roster = roster_or_found(services.keeper)
    try:
        token = SessionToken.parse(pending)
        member = services.sign_ins.take(token)
        passkey = check_keys(member, roster).passkey
        if passkey is None:
            raise PasskeyRefused
        passkey.verify(answer, token.challenge)
    except (ValueError, SignInFailed, WrongAccountKeys, CryptoError) as error:
        raise PasskeyRefused from error
    services.accounts.seen(member.id)
    return member


def check_keys(member: UnlockedMember, roster: Roster) -> Member:
    """Compare an account's keys with the roster's, and give the member as the roster knows them.

    Raises:
        WrongAccountKeys: the roster knows no such active member, or other keys.
    """
    known = roster.members.get(member.id)
    if known is None or not known.active:
        raise WrongAccountKeys
    if (
        known.signing_key != member.seed.signing_key.public
        or known.recipient != member.seed.identity.recipient
    ):
        raise WrongAccountKeys
    return known


def _unlocked(
    services: Services, name: str, source: str, unlock: Callable[[], UnlockedMember]
) -> tuple[UnlockedMember, Member]:
    try:
        with services.throttle.trying(name, source):
            roster = roster_or_found(services.keeper)
            member = unlock()
            return member, check_keys(member, roster)
    except (SignInFailed, WrongAccountKeys) as error:
        raise WrongSignIn from error
    except TooBusy as error:
        raise ManySignIns from error
