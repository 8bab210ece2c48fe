"""What a site asks with and is answered with. What the keeper granted is made by `AdminKeeper` alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from crypto.policies import Route
from tipline.keeper_client.frames import to_text
from tipline.tips.case_file import CaseFile
from tipline.tips.moves import CaseState

Row = tuple[int, bytes, bytes]
"""(index, salt of 32 bytes, encoded entry); of a forgotten one (index, leaf hash of 32 bytes, nothing)."""


@dataclass(frozen=True)
class SlipRequest:
    """A slip as it is stored, the kind of its item, and the reporter's signature over it (empty: none)."""

    slip: bytes
    kind: str
    claim_signature: bytes = b""

    def to_frame(self) -> dict[str, str]:
        """As it stands in a question."""
        signature = to_text(self.claim_signature)
        return {"slip": to_text(self.slip), "kind": self.kind, "claim_signature": signature}


@dataclass(frozen=True)
class Appended:
    """A logged statement. `record` is the keeper's signed record, for types that have one.

    `records` has for each tip (32 hex digits) that stands otherwise now what its reporter may know of it.
    """

    index: int
    record: bytes = b""
    records: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class CardGroup:
    """A card key under a desk's lock: group (32 hex digits), excluded units, inner slip.

    `epoch` is the desk's key that the lock is for.
    """

    group: str
    excluded: tuple[str, ...]
    epoch: int
    inner: bytes = field(repr=False)


@dataclass(frozen=True)
class Listing:
    """A logged list: the card keys that the member may hold, and by item (hex) the cards' inner slips.

    `routes` has for each of these cards the latest route of its tip.
    """

    index: int
    groups: tuple[CardGroup, ...]
    inner: Mapping[str, bytes] = field(repr=False)
    routes: Mapping[str, Route] = field(repr=False)


@dataclass(frozen=True)
class TipView:
    """Where the log says that a tip stands: the latest route's desks and excluded units, and its case.

    `claim` is the reporter's raw claim key, which every slip of the tip names; empty for one that nobody saw.
    """

    desks: tuple[str, ...]
    excluded: tuple[str, ...]
    case: CaseFile
    claim: bytes = b""

    @property
    def state(self) -> CaseState:
        """The state, which is the case's."""
        return self.case.state


@dataclass(frozen=True)
class Looked:
    """What the keeper stated by itself: how many of each type, and the records of tips that changed."""

    stated: Mapping[str, int]
    records: Mapping[str, bytes]


@dataclass(frozen=True)
class ExpiringTips:
    """Closed tips (32 hex digits) that may go, with the last day for which they were kept.

    `last` is where the next question begins; empty when there are no more.
    """

    tips: tuple[tuple[str, date], ...]
    last: str


@dataclass(frozen=True)
class EntryPage:
    """Entries in order, and a checkpoint that covers them."""

    rows: tuple[Row, ...]
    checkpoint: bytes
