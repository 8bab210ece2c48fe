"""The lists of members and desks: what the log says, with the names of the accounts that fit it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from crypto.keys import fingerprint
from tipline.accounts.models import Account
from tipline.accounts.service import name_digest
from tipline.members.types import DeskRow, MemberRow
from tipline.roster import Desk, Member, Roster

DORMANT_DAYS: Final = 60


def member_row(
    member: Member, account: Account | None, roster: Roster, today: date, days: int = DORMANT_DAYS
) -> MemberRow:
    """A line of the list; `days` without a visit make somebody dormant."""
    fits = account is not None and name_digest(account.name_salt, account.name) == member.name_digest
    seen = account.last_seen_on if account is not None else None
    return MemberRow(
        id=member.id,
        name=account.name if account is not None and fits else "",
        unit=member.unit,
        past_units=member.past_units,
        conflicts=member.conflicts,
        roles=tuple(sorted(member.roles)),
        desks=tuple(sorted(member.desks)),
        until=dict(member.until),
        leads=tuple(sorted(desk.id for desk in roster.desks.values() if desk.lead == member.id)),
        awaiting=tuple(sorted(member.awaiting)),
        passkey=member.passkey is not None,
        last_seen_on=seen,
        dormant=member.active and (seen is None or today - seen > timedelta(days=days)),
        active=member.active,
        fingerprint=fingerprint(member.recipient, member.signing_key),
    )


def desk_rows(desks: Mapping[str, Desk], roster: Roster) -> list[DeskRow]:
    """All desks, by id."""
    return [
        DeskRow(
            id=desk.id,
            names=desk.names,
            reads=desk.reads,
            epoch=desk.epoch,
            lead=desk.lead,
            holders=tuple(holder.id for holder in roster.holders(desk.id)),
            stale=desk.stale,
        )
        for _, desk in sorted(desks.items())
    ]
