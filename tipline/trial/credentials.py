"""The trial's file of passwords: it exists in a trial only, and only this account may read it (0600)."""

import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from tipline.accounts.models import Account
from tipline.accounts.service import OTP_SECONDS, OTP_WINDOW, one_time_codes
from tipline.clock import Clock
from tipline.database import Database
from tipline.instance.folders import write_secret
from tipline.instance.founders import Founder
from tipline.settings import Settings
from tipline.trial.errors import NoSuchPerson, NotATrial, NoTrial

TRIAL_FILE = "trial.json"

Kept = TypeVar("Kept")


@dataclass(frozen=True, repr=False)
class TrialMember:
    """One of the trial's people. `otp_secret` is base32; `unit` an identifier with its English name."""

    id: str
    name: str
    password: str
    otp_secret: str
    unit: str
    desks: tuple[str, ...]
    roles: tuple[str, ...]

    def __repr__(self) -> str:
        return f"TrialMember({self.name!r})"


@dataclass(frozen=True, repr=False)
class SignIn:
    """What somebody needs to sign in now; the one-time code was not used yet."""

    name: str
    password: str
    otp: str
    unit: str
    desks: tuple[str, ...]

    def fields(self) -> dict[str, Any]:
        """What a program is told."""
        return asdict(self)

    def __repr__(self) -> str:
        return f"SignIn({self.name!r})"


def keep_credentials(data: Path, founders: Sequence[Founder]) -> None:
    """Write the passwords of a trial that is being made."""
    members = [
        TrialMember(f.id, f.plan.name, f.password, f.otp_secret, f.plan.unit, f.plan.desks, f.plan.roles)
        for f in founders
    ]
    text = json.dumps({"members": [asdict(member) for member in members]}, indent=2)
    write_secret(data / TRIAL_FILE, text.encode() + b"\n")


def read_credentials(settings: Settings) -> list[TrialMember]:
    """The trial's people.

    Raises:
        NotATrial: this instance is a real one.
        NoTrial: the file is gone or unreadable.
    """
    return read_trial_file(settings, lambda kept: [_member(fields) for fields in kept["members"]])


def read_trial_file(settings: Settings, read: Callable[[Mapping[str, Any]], list[Kept]]) -> list[Kept]:
    """What `read` takes out of a trial's file.

    Raises:
        NotATrial: this instance is a real one.
        NoTrial: the file is gone or unreadable.
    """
    if not settings.trial:
        raise NotATrial(f"The instance in {settings.data} is not a trial: nobody keeps its passwords.")
    path = settings.data / TRIAL_FILE
    try:
        return read(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoTrial(
            f"{path} cannot be read. Remove {settings.data} and run `tipline trial` for a new one."
        ) from error


def sign_ins(settings: Settings, clock: Clock, names: Sequence[str] = ()) -> list[SignIn]:
    """For each of the trial's people a one-time code that was not used yet; waits where both near ones were.

    Args:
        names: only these people; everybody when it is empty.

    Raises:
        TrialError: there is no trial here, or nobody of that name.
    """
    members = [member for member in read_credentials(settings) if not names or member.name in names]
    if unknown := set(names) - {member.name for member in members}:
        raise NoSuchPerson(f'Nobody in this trial is called "{min(unknown)}".')
    used = _last_steps(settings)
    # The present step's code is accepted for one step more, the next one's for two: none expires at once.
    latest = max(used.get(member.id, 0) for member in members) + 1
    while clock.unix() // OTP_SECONDS + OTP_WINDOW < latest:
        time.sleep(1)
    present = clock.unix() // OTP_SECONDS
    return [_sign_in(member, max(present, used.get(member.id, 0) + 1)) for member in members]


def _sign_in(member: TrialMember, step: int) -> SignIn:
    codes = one_time_codes(base64.b32decode(member.otp_secret))
    return SignIn(member.name, member.password, codes.generate_otp(step), member.unit, member.desks)


def _last_steps(settings: Settings) -> dict[str, int]:
    database = Database(settings.database_url)
    try:
        with database.reading() as session:
            return {
                row.member_id: row.last_step
                for row in session.execute(select(Account.member_id, Account.last_step))
            }
    finally:
        database.dispose()


def _member(fields: dict[str, Any]) -> TrialMember:
    return TrialMember(**{**fields, "desks": tuple(fields["desks"]), "roles": tuple(fields["roles"])})
