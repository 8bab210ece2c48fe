"""What the keeper knows beside its tables: the roster, recent nonces, how much each member asked.

`Memory` changes only after a commit succeeded; a `Draft` is what a batch would make of it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from crypto.errors import BadProof
from crypto.statements import Statement
from tipline.ids import AUDITORS
from tipline.keeper.asked import Asked
from tipline.keeper.digests.buckets import BucketHashes, Changed
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.seal import NO_CHANGES, RowSeal, with_change
from tipline.keeper.errors import Refusal
from tipline.keeper.heads import Stopped
from tipline.keeper.log import Growth, Head
from tipline.keeper.pins import Pins
from tipline.keeper_client.reasons import Reason
from tipline.lookups.filters import Filter
from tipline.roster import Roster
from tipline.roster.freshness import FRESH_SECONDS, JOINT_SECONDS

NONCE_SECONDS: Final = 3_600 + 300
"""How long a nonce is kept: the clock may be set back by an hour (`kept_time.LEAP`) meanwhile."""
JOINT_NONCE_SECONDS: Final = JOINT_SECONDS + NONCE_SECONDS
GRANT_SECONDS: Final = 600
MAX_ENTRIES: Final = 20_000
"""Entries that one member may ask for in `GRANT_SECONDS` without asking for all: a hundred pages."""
_MINUTE: Final = 60

Value = TypeVar("Value")


@dataclass(frozen=True)
class Grant:
    """Entries that may be handed out until a moment of the keeper's clock.

    Under an audit or an export those from `first` to before `stop`; under a reading those about `tip`; under
    an audit with a filter the newest `most` (None: all) that fit it, from `top` downwards. They go to
    `member`, for as long as they hold `desk`; under an export to the operator. `view` is the page that an
    audit with a filter is for.
    """

    first: int
    stop: int
    until: int
    member: str
    desk: str = ""
    tip: bytes = b""
    filter: Filter | None = None
    top: int = 0
    most: int | None = None
    view: str = ""


@dataclass
class Memory:
    """What holds after the last commit. Only the writer changes it.

    Others may read `roster` and `grants`, and rows under `hashes` (`tipline.keeper.snapshots`).
    """

    roster: Roster
    head: Head
    last_at: int
    changes: bytes = NO_CHANGES
    """The digest of the entries that make the roster."""
    hashes: BucketHashes = field(default_factory=BucketHashes)
    changed_rows: str = ""
    """Where the stored rows are not those that were sealed with this head: the table; empty when they are."""
    nonces: dict[str, int] = field(default_factory=dict)
    joint_nonces: dict[str, int] = field(default_factory=dict)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    entries: dict[str, tuple[int, int]] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    forgotten: int = 0
    """Nonces that were taken before this moment may be forgotten; joint ones, `JOINT_SECONDS` earlier."""

    def adopt(self, draft: "Draft", head: Head) -> None:
        """Take over what a batch has made durable."""
        self.roster, self.head, self.last_at = draft.roster, head, draft.at
        self.changes = draft.changes
        if draft.rows_anew is not None:
            self.hashes, self.changed_rows = draft.rows_anew, ""
        elif draft.stored_rows is not None:
            self.hashes.adopt(draft.stored_rows)
        self.nonces.update(draft.nonces)
        self.joint_nonces.update(draft.joint_nonces)
        self.counts.update(draft.counts)
        self.entries.update(draft.entries)
        self.grants.update(draft.grants)
        _drop_oldest(self.grants, lambda grant: grant.until < draft.now)
        if draft.keeps_nonces:
            return
        self.forgotten = max(self.forgotten, draft.now - NONCE_SECONDS)
        _drop_oldest(self.nonces, lambda seen: seen < self.forgotten)
        _drop_oldest(self.joint_nonces, lambda seen: seen < self.forgotten - JOINT_SECONDS)


def _drop_oldest(entries: dict[str, Value], is_over: Callable[[Value], bool]) -> None:
    """Drop what is over from the front: a dictionary keeps the order of arrival."""
    while entries:
        first = next(iter(entries))
        if not is_over(entries[first]):
            return
        del entries[first]


def _knows_no_head(_size: int, _root: bytes) -> None:
    raise BadProof("no log is at hand")


def day_of(moment: int) -> date:
    """The UTC day of a moment in Unix seconds."""
    return datetime.fromtimestamp(moment, UTC).date()


class Draft:
    """The state as one batch makes it, request by request."""

    def __init__(self, memory: Memory, connection: Connection, now: int) -> None:
        self._memory = memory
        self.connection = connection
        self.now = now
        # Entries never go back in time, even when the machine's clock does.
        self.at = max(now, memory.last_at)
        self.roster = memory.roster
        self.growth = Growth(memory.head)
        self.rows = Rows(connection, memory.hashes)
        self.stored_rows: Changed | None = None  # their digests, once they are written
        self.rows_anew: BucketHashes | None = None  # those of all rows, where they were taken anew
        self.pins = Pins(connection, self.rows)
        self.nonces: dict[str, int] = {}
        self.joint_nonces: dict[str, int] = {}
        self.counts: dict[str, tuple[int, int]] = {}
        self.entries: dict[str, tuple[int, int]] = {}
        self.grants: dict[str, Grant] = {}
        # For an acknowledgement: why the keeper stopped, and whether the log holds a head (or BadProof).
        # While the clock may be set back, no nonce is forgotten.
        self.stopped: Stopped | None = None
        self.keeps_nonces = False
        self.check_contains: Callable[[int, bytes], None] = _knows_no_head
        # Whether a leaf stands at an index of the stored log (or BadProof).
        self.check_leaf: Callable[[int, bytes], None] = _knows_no_head

    @property
    def today(self) -> date:
        """The UTC day of this batch."""
        return day_of(self.now)

    @property
    def stored(self) -> int:
        """How many entries were stored before this batch."""
        return self._memory.head.size

    @property
    def changes(self) -> bytes:
        """The digest of the entries that make the roster, those of this batch among them."""
        changes = self._memory.changes
        for index, leaf in self.growth.changes:
            changes = with_change(changes, index, leaf)
        return changes

    def load_pins(self, batch: Iterable[Asked]) -> None:
        """Read at once what the batch will ask for."""
        opened = [slip.policy for asked in batch for slip in asked.slips if slip is not None]
        self.pins.load(
            (bytes.fromhex(policy.tip) for policy in opened),
            (bytes.fromhex(policy.item) for policy in opened),
        )

    def seal(self, by: RowSeal, checkpoint: bytes, turn: int = 0) -> bytes:
        """The seal of the rows under a signed checkpoint; empty while rows stand that were changed."""
        if self.rows_anew is not None:
            root = self.rows_anew.root
        elif self._memory.changed_rows:
            return b""
        else:
            root = self.stored_rows.root if self.stored_rows else self._memory.hashes.root
        return by.make(checkpoint, root, self.changes, turn)

    def count(self, who: str) -> int:
        """Count one request; how many this minute, this one included."""
        minute = self.now // _MINUTE
        then, number = self.counts.get(who) or self._memory.counts.get(who, (minute, 0))
        number = number + 1 if then == minute else 1
        self.counts[who] = (minute, number)
        return number

    def take_entries(self, who: str, number: int) -> None:
        """Count entries that a member asks for.

        Raises:
            Refusal: too-many.
        """
        window = self.now // GRANT_SECONDS
        then, taken = self.entries.get(who) or self._memory.entries.get(who, (window, 0))
        taken = number + (taken if then == window else 0)
        if taken > MAX_ENTRIES:
            raise Refusal(Reason.TOO_MANY)
        self.entries[who] = (window, taken)

    def use_nonce(self, nonce: str, signed_at: int, *, joint: bool = False) -> None:
        """Take a nonce, for as long as a statement of one signer, or of several, may come.

        Raises:
            Refusal: replayed; stale, where the clock went back so far that the nonce may be forgotten.
        """
        # It may have been taken at a clock that was as far behind the signer's as is allowed.
        if signed_at < self._memory.forgotten + FRESH_SECONDS - (JOINT_SECONDS if joint else 0):
            raise Refusal(Reason.STALE)
        known = (self.nonces, self.joint_nonces, self._memory.nonces, self._memory.joint_nonces)
        if any(nonce in seen for seen in known):
            raise Refusal(Reason.REPLAYED)
        (self.joint_nonces if joint else self.nonces)[nonce] = self.now

    def grant(self, statement: Statement) -> None:
        """Let entries be handed out for a while under a statement that is done now."""
        self.grants[statement.digest] = grant_of(statement.body, self.growth.next_index, self.now)


def grant_of(body: Mapping[str, Any], index: int, at: int) -> Grant:
    """What a done audit, export or reading lets out."""
    until, member = at + GRANT_SECONDS, body["by"][0]
    if body["type"] == "read":
        return Grant(0, 0, until, member, body["desk"], bytes.fromhex(body["tip"]))
    if "filter" in body:
        asked, alone = Filter.from_fields(body["filter"]), body["type"] == "audit"
        top, most = (body["first"], body["count"]) if alone else (index, None)
        view = body.get("view", "")
        return Grant(0, 0, until, member, AUDITORS, filter=asked, top=top, most=most, view=view)
    if body["type"] == "audit":
        return Grant(body["first"], body["first"] + body["count"], until, member, AUDITORS)
    # All entries, itself included.
    return Grant(0, index + 1, until, member, AUDITORS if body["type"] == "audit-all" else "")
