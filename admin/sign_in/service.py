"""Signing in: the account opens, and its keys are the ones that the roster knows."""

from admin.sign_in.errors import TooManyTries, WrongSignIn
from admin.sign_in.throttle import Throttle
from tipline.accounts.errors import SignInFailed, WrongAccountKeys
from tipline.accounts.service import Accounts
from tipline.accounts.types import UnlockedMember
from tipline.keeper_client import AdminKeeper
from tipline.roster import Roster


def unlock_member(
    name: str,
    password: str,
    otp: str,
    *,
    source: str,
    accounts: Accounts,
    keeper: AdminKeeper,
    throttle: Throttle,
) -> UnlockedMember:
    """Open the account of an active member.

    The keeper is asked first, so that no one-time code is spent while it is away.

    Raises:
        TooManyTries: of this name or source.
        WrongSignIn: anything else that is wrong with what was typed.
        KeeperError: the keeper does not answer.
    """
    if not throttle.allows(name, source):
        raise TooManyTries
    roster = keeper.roster()
    try:
        member = accounts.unlock(name, password, otp)
        check_keys(member, roster)
    except (SignInFailed, WrongAccountKeys) as error:
        raise WrongSignIn from error
    throttle.forget(name, source)
    return member


def check_keys(member: UnlockedMember, roster: Roster) -> None:
    """Compare an account's keys with the roster's.

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
