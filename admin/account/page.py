"""What the account's page shows."""

from dataclasses import dataclass

from admin.account.passkeys import passkey_address
from admin.sessions.service import SessionRow
from admin.visit import Visit
from crypto.keys import fingerprint
from tipline.ids import UnitId
from tipline.roster import Member


@dataclass(frozen=True)
class AccountPage:
    """A member's own account. `other_units` are those that they may still declare.

    `passkey_host` is the host that passkeys are made for, "" where there is none; `passkey_here` says whether
    the page was opened under it.
    """

    fingerprint: str
    sessions: tuple[SessionRow, ...]
    this_session: str
    conflicts: tuple[UnitId, ...]
    other_units: tuple[UnitId, ...]
    passkey_host: str
    passkey_here: bool
    registrars: tuple[tuple[str, str], ...]


def account_page(visit: Visit, host: str) -> AccountPage:
    """The page of the member who opens it, at this host."""
    member = visit.member
    stands_for = {member.unit, *member.conflicts}
    address = passkey_address(visit, host)
    return AccountPage(
        fingerprint=fingerprint(member.recipient, member.signing_key),
        sessions=tuple(visit.services.sessions.of(member.id)),
        this_session=visit.session.public_id,
        conflicts=tuple(sorted(member.conflicts)),
        other_units=tuple(UnitId(unit) for unit in visit.roster.units if unit not in stands_for),
        passkey_host=address.host,
        passkey_here=address.is_here,
        registrars=_registrars(visit),
    )


def _registrars(visit: Visit) -> tuple[tuple[str, str], ...]:
    """Who may sign the removal of a passkey with the member: id and name."""
    others: list[Member] = [
        other for other in visit.roster.members.values() if other.is_registrar and other.id != visit.member.id
    ]
    names = visit.services.accounts.names([other.id for other in others])
    return tuple(sorted((other.id, names.get(other.id, other.id)) for other in others))
