"""The questions of the nightly list: handing over what is held, fetching notes, forgetting what is over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from crypto.errors import CryptoError
from crypto.notes import NoteVerifier, open_json
from crypto.statements import Statement
from tipline.inventory.kinds import COUNTS, RECEIPT
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import read_bytes
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.frames import to_text
from tipline.keeper_client.log_keys import LogKeys
from tipline.keeper_client.types import SlipRequest


@dataclass(frozen=True)
class StoredItem:
    """An item as it is stored: ids of 16 bytes, SHA-256 of the sealed bytes as they were just read."""

    item: bytes
    tip: bytes
    digest: bytes
    kind: str


@dataclass(frozen=True)
class Night:
    """What one list said, and the entry that says it.

    `altered`: what the keeper remembered of the list before was not what that had left.
    """

    day: date
    index: int
    count: int
    missing: int
    changed: int
    unvouched: int
    altered: bool


@dataclass(frozen=True)
class HarmedItem:
    """An item that is not as it was accepted.

    `what` is `missing`, `changed` or `unvouched`, `tip` 32 hex digits; `found` is None for what is looked at
    anew each night.
    """

    what: str
    tip: str
    kind: str
    found: date | None


@dataclass(frozen=True)
class HeldReport:
    """The latest nights, the newest first, and what is missing or changed."""

    nights: tuple[Night, ...]
    items: tuple[HarmedItem, ...]


@dataclass(frozen=True)
class MailboxNotes:
    """Two notes that the keeper signed for the mailbox of a tip (16 bytes)."""

    tip: bytes
    receipt: bytes
    counts: bytes


class HeldItems:
    """What the keeper is told of held items, and what it answers. Errors are those of `AdminKeeper`."""

    def __init__(self, connections: Connections, keys: LogKeys) -> None:
        self._connections = connections
        self._keys = keys

    def begin(self) -> tuple[str, date]:
        """Begin a run, in the place of any before it: its name, and the keeper's day (UTC)."""
        answer = self._connections.ask({"op": "inventory-begin"})
        return _text(answer, "run"), _day(answer.get("day"))

    def hand_over(self, run: str, piece: Sequence[StoredItem]) -> frozenset[bytes]:
        """Hand over a piece, in the order of ids and behind all before; which items ask for their slips."""
        items = [[one.item.hex(), one.tip.hex(), one.digest.hex(), one.kind] for one in piece]
        asked = self._connections.ask({"op": "inventory-piece", "run": run, "items": items}).get("ask")
        try:
            found = frozenset(map(bytes.fromhex, asked))  # type: ignore[arg-type]  # checked by what follows
        except (TypeError, ValueError) as error:
            raise KeeperLied("the answer names no items") from error
        if not found <= {one.item for one in piece}:
            raise KeeperLied("the answer asks for other items")
        return found

    def vouch(self, run: str, slips: Sequence[SlipRequest]) -> None:
        """Send slips of items that the keeper does not know yet."""
        frames = [
            {"slip": to_text(one.slip), "kind": one.kind, "claim_signature": to_text(one.claim_signature)}
            for one in slips
        ]
        self._connections.ask({"op": "inventory-slips", "run": run, "slips": frames})

    def end(self, run: str) -> Night:
        """End a run: what the list of today says."""
        return _night(self._connections.ask({"op": "inventory-end", "run": run}))

    def notes(self) -> Iterator[Sequence[MailboxNotes]]:
        """Notes for all mailboxes, as of the last list, page by page."""
        after: list[str] = []
        while True:
            page = self._connections.ask({"op": "receipts", "after": after}).get("notes")
            if not isinstance(page, list):
                raise KeeperLied("the answer holds no notes")
            if not page:
                return
            found = self._keys.following(partial(_read_notes, page, self._keys.verifier))
            if after and found[0].tip.hex() <= after[0]:
                raise KeeperLied("the answer holds other notes than were asked for")
            yield found
            after = [found[-1].tip.hex()]

    def report(self, audit: Statement) -> HeldReport:
        """The nights and what is harmed, under an audit statement that was logged before."""
        answer = self._connections.ask({"op": "inventory", "statement": audit.digest})
        try:
            nights = tuple(_night(dict(one)) for one in answer["nights"])
            items = tuple(
                HarmedItem(str(what), str(tip), str(kind), _day(day) if day else None)
                for what, tip, kind, day in answer["lines"]
            )
        except (KeyError, TypeError, ValueError) as error:
            raise KeeperLied("the answer is no report") from error
        return HeldReport(nights, items)

    def forget(self) -> int:
        """Have statements forgotten whose time is over; how many statements the keeper made of it."""
        made = 0
        while stated := self._connections.ask({"op": "forget"}).get("stated"):
            if not isinstance(stated, dict) or stated.keys() != {"forget"}:
                raise KeeperLied("the answer does not say what was stated")
            made += 1
        return made


def _read_notes(page: Sequence[object], log_key: NoteVerifier) -> list[MailboxNotes]:
    return [_notes(one, log_key) for one in page]


def _notes(value: object, log_key: NoteVerifier) -> MailboxNotes:
    if not isinstance(value, list) or len(value) != 3 or not isinstance(value[0], str):
        raise KeeperLied("the answer holds no notes")
    tip, receipt, counts = value[0], read_bytes(value[1]), read_bytes(value[2])
    for note, kind in ((receipt, RECEIPT), (counts, COUNTS)):
        try:
            fields = open_json(note, log_key)
        except CryptoError as error:
            raise KeeperLied("a note is not signed by the log") from error
        wanted = {"type": kind, "log": log_key.name, "tip": tip}
        if {name: fields.get(name) for name in wanted} != wanted:
            raise KeeperLied("a note is of something else")
    return MailboxNotes(bytes.fromhex(tip), receipt, counts)


def _night(fields: Mapping[str, Any]) -> Night:
    numbers = {name: fields.get(name) for name in ("index", "count", "missing", "changed", "unvouched")}
    altered = fields.get("altered")
    if not all(type(number) is int for number in numbers.values()) or type(altered) is not bool:
        raise KeeperLied("the answer holds no list")
    return Night(day=_day(fields.get("day")), altered=altered, **numbers)  # type: ignore[arg-type]  # looked at


def _text(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str):
        raise KeeperLied("an answer lacks a field")
    return value


def _day(value: object) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise KeeperLied("an answer names no day") from error
