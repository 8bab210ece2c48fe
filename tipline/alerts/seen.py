"""An entry as the rules see it, and what a look has before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final, Self

from crypto.statements import Entry
from tipline.keeper_client.reasons import Reason
from tipline.lookups.facets import UNREADABLE, facets_of, tips_of
from tipline.roster.freshness import is_joint
from tipline.roster.rules import KEEPER

READ: Final = "read"
UNPROVEN: Final = frozenset(
    (Reason.MALFORMED, Reason.TOO_LARGE, Reason.BAD_SIGNATURE, Reason.UNKNOWN_MEMBER, Reason.REMOVED_MEMBER)
)
"""Refused before it was known that the signers had signed: it is held against nobody."""


@dataclass(frozen=True)
class Seen:
    """One entry.

    Attributes:
        at: when the keeper logged it, `said` the time that the statement itself names; Unix seconds.
        signers: members who are known to have signed; none for the keeper's own, and where nobody knows.
        tip: the one tip that it names (32 hex digits), or empty.
        reason: why it was refused; empty when it was done.
        target: the state that a move leads to; empty for other types.
        joint: whether several signed it, one after the other.
    """

    index: int
    at: int
    said: int
    type: str
    signers: tuple[str, ...] = ()
    desk: str = ""
    tip: str = ""
    reason: str = ""
    target: str = ""
    joint: bool = False

    @classmethod
    def of(cls, index: int, entry: Entry) -> Self:
        """The entry at an index."""
        facets, body = facets_of(entry), entry.statement.body
        # What the keeper logged as a digest names nobody but who is known to have signed it.
        is_known = entry.reason not in UNPROVEN or facets.type == UNREADABLE
        proven = facets.signers if is_known else ()
        target = body.get("to") if facets.type == "move" else ""
        tips = tips_of(entry)
        return cls(
            index=index,
            at=entry.at,
            said=body["at"],
            type=facets.type,
            signers=tuple(one for one in proven if one and one != KEEPER),
            desk=facets.desk,
            tip=next(iter(tips)) if len(tips) == 1 else "",
            reason=entry.reason,
            target=target if isinstance(target, str) else "",
            joint=is_joint(body),
        )

    @property
    def member(self) -> str:
        """Who signed first; empty where nobody is known to have."""
        return self.signers[0] if self.signers else ""

    @property
    def day(self) -> date:
        """The UTC day on which it was logged."""
        return datetime.fromtimestamp(self.at, UTC).date()

    @property
    def is_reading(self) -> bool:
        """Whether a tip was opened."""
        return self.type == READ and not self.reason and bool(self.tip and self.member)


@dataclass(frozen=True)
class Turn:
    """From one entry on a tip is a member's; nobody's when `member` is empty."""

    index: int
    at: int
    member: str


@dataclass(frozen=True)
class Window:
    """What one look has before it, everything in the order of the log.

    Attributes:
        new: entries that no look had before.
        before: readings, refusals and requests for identities of the time before, for as long as a rule
            looks back.
        last_acts: when each member last signed something before `new` (Unix seconds).
        turns: by tip, whose it was from when on.
        steps: by tip, its moves to waiting for more and its pauses, those in `new` among them.
    """

    new: Sequence[Seen]
    before: Sequence[Seen] = ()
    last_acts: Mapping[str, int] = field(default_factory=dict)
    turns: Mapping[str, Sequence[Turn]] = field(default_factory=dict)
    steps: Mapping[str, Sequence[Seen]] = field(default_factory=dict)

    def behind(self, last: int) -> "Window":
        """The same, but for what stands at an index or before it."""
        return replace(
            self,
            new=[one for one in self.new if one.index > last],
            before=[one for one in self.before if one.index > last],
            steps={tip: [one for one in steps if one.index > last] for tip, steps in self.steps.items()},
        )
