"""What a site asks with and is answered with. What the keeper granted is made by `AdminKeeper` alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crypto.policies import Route

Row = tuple[int, bytes, bytes]
"""(index, salt of 32 bytes, encoded entry)."""


@dataclass(frozen=True)
class SlipRequest:
    """A slip as it is stored, the kind of its item, and the reporter's signature over it (empty: none)."""

    slip: bytes
    kind: str
    claim_signature: bytes = b""


@dataclass(frozen=True)
class Appended:
    """A logged statement. `record` is the keeper's signed record, for types that have one."""

    index: int
    record: bytes = b""


@dataclass(frozen=True)
class CardGroup:
    """A card key under a desk's lock: group (32 hex digits), excluded units, inner slip."""

    group: str
    excluded: tuple[str, ...]
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
    """Where the log says that a tip stands: state, and the latest route's desks and excluded units."""

    state: str
    desks: tuple[str, ...]
    excluded: tuple[str, ...]


@dataclass(frozen=True)
class EntryPage:
    """Entries in order, and a checkpoint that covers them."""

    rows: tuple[Row, ...]
    checkpoint: bytes
