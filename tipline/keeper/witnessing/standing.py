"""Whether enough witnesses have countersigned of late, by the policy that stands in the log."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from tipline.keeper.errors import Refusal
from tipline.keeper.state import Draft
from tipline.keeper.witnessing.proven import last_proven
from tipline.keeper_client.reasons import Reason
from tipline.roster import Roster

ACKNOWLEDGED_SECONDS: Final = 72 * 3600
"""How long reading goes on after two people have said that it shall, without witnesses."""
_HOUR: Final = 3600


@dataclass(frozen=True)
class Standing:
    """Which witnesses of a policy are late, and whether too few are not."""

    late: tuple[str, ...]
    below_quorum: bool


def standing_of(connection: Connection, roster: Roster, now: int) -> Standing:
    """How the witnesses of the policy stand at a moment. A new policy gives each of them its time."""
    policy = roster.witnesses
    earliest = now - policy.alarm_hours * _HOUR
    if policy.since >= earliest:
        return Standing((), below_quorum=False)
    known = last_proven(connection, roster, now)
    in_time = {name for name, note in known.items() if note.at >= earliest}
    late = tuple(one.name for one in policy.witnesses if one.name not in in_time)
    return Standing(late, below_quorum=len(policy.witnesses) - len(late) < policy.quorum)


def is_acknowledged(roster: Roster, now: int) -> bool:
    """Whether two people have let reading go on without witnesses, for this moment."""
    return now < roster.unwitnessed_since + ACKNOWLEDGED_SECONDS


def is_stopped(connection: Connection, roster: Roster, now: int) -> bool:
    """Whether nothing is read at this moment, for want of witnesses."""
    policy = roster.witnesses
    if not policy.stop or is_acknowledged(roster, now):
        return False
    return standing_of(connection, roster, now).below_quorum


def require_witnessed(draft: Draft) -> None:
    """Refuse what reads, where the policy says so and too few witnesses have countersigned.

    Raises:
        Refusal: unwitnessed.
    """
    if is_stopped(draft.connection, draft.roster, draft.now):
        raise Refusal(Reason.UNWITNESSED)
