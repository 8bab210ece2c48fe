"""Reading a tip: its text and its thread, with what is not genuine left shut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from admin.readings.errors import NotWhatWasSealed
from admin.readings.reader import Reader
from admin.readings.sealed import REPORTED, SealedItem, check_claim, check_sent, recorded
from admin.readings.service import ReadItems, Signs, read_items
from crypto.errors import CryptoError
from crypto.keys import VerifyKey
from crypto.notes import NoteVerifier
from crypto.statements import Statement
from tipline.accused.record import AccusedPerson, AccusedRecord
from tipline.ids import ItemId, TipId
from tipline.keeper_client import AdminKeeper
from tipline.routing import Route
from tipline.sealing.opening import Opened
from tipline.tips.answers import FileEntry, Message, TipText
from tipline.tips.purposes import Purpose

THREAD_KINDS = ("text", "message", "reply", "note")
ACCUSED = "accused"
"""The names of those whom a tip accuses: read with the thread, so that they can be hidden in it."""


@dataclass(frozen=True)
class ThreadEntry:
    """One entry of the thread; without its message when it is not genuine."""

    item: ItemId
    kind: str
    day: date
    message: Message | None = field(repr=False)


@dataclass(frozen=True)
class TipReading:
    """A tip as a reader sees it, and where the reading stands in the log.

    `statement` is the reading's own, where the reading opened nothing but text and thread. `accused` are
    those whose names were marked; `admin.accused.hiding` takes them out of what a page shows.
    """

    index: int
    route: Route
    text: TipText = field(repr=False)
    thread: tuple[ThreadEntry, ...] = field(repr=False)
    statement: Statement | None = field(default=None, repr=False)
    accused: tuple[AccusedPerson, ...] = field(default=(), repr=False)

    @property
    def left_shut(self) -> int:
        """How many entries are not genuine."""
        return sum(entry.message is None for entry in self.thread)

    @property
    def files(self) -> tuple[tuple[str, date | None, FileEntry], ...]:
        """The files that the text names, then those of later messages, each (kind, day, file).

        The text's have no day: it holds a moment, which is for rewards alone.
        """
        first = (("text", None, file) for file in self.text.files)
        later = (
            (entry.kind, entry.day, file)
            for entry in self.thread
            if entry.message
            for file in entry.message.files
        )
        return (*first, *later)


def read_tip(
    tip: TipId,
    items: Sequence[SealedItem],
    reader: Reader,
    purpose: Purpose,
    keeper: AdminKeeper,
    sign: Signs,
    log_key: NoteVerifier,
) -> TipReading:
    """Read text, messages and replies of a tip, as one logged reading.

    A row written by hand must not keep a tip from being read: when the keeper
    refuses the whole for what one item holds, each is read by itself, and what
    is refused again is left shut.

    Raises:
        AdminError: the reading was refused, or the text itself is not what was sealed.
        KeeperError: nothing was proved to be logged.
    """
    genuine = recorded(items, log_key)
    try:
        readings = [(genuine, read_items(tip, genuine, reader, purpose, keeper, sign))]
    except NotWhatWasSealed:
        readings = _one_by_one(tip, genuine, reader, purpose, keeper, sign)
    opened = {item.id: one for some, read in readings for item, one in zip(some, read.opened, strict=True)}
    last = readings[-1][1]
    return replace(as_read(items, opened, last.index, last.route, log_key), statement=last.statement)


def as_read(
    items: Sequence[SealedItem],
    opened: Mapping[ItemId, Opened],
    index: int,
    route: Route,
    log_key: NoteVerifier,
) -> TipReading:
    """A tip from those of its items that a logged reading opened; the others are left shut.

    Raises:
        NotWhatWasSealed: the text is not among them, or not what was sealed.
    """
    first = _first_text(items)
    if first.id not in opened:
        raise NotWhatWasSealed
    text = _decode_text(first, opened[first.id], log_key)
    claim = VerifyKey(text.claim)
    names = _accused(items, opened)
    rest = (item for item in items if item.id != first.id and item.id not in names)
    thread = tuple(_entry(item, opened.get(item.id), claim) for item in rest)
    accused = tuple(person for people in names.values() for person in people)
    return TipReading(index, route, text, thread, accused=accused)


def _one_by_one(
    tip: TipId,
    items: Sequence[SealedItem],
    reader: Reader,
    purpose: Purpose,
    keeper: AdminKeeper,
    sign: Signs,
) -> list[tuple[tuple[SealedItem, ...], ReadItems]]:
    readings: list[tuple[tuple[SealedItem, ...], ReadItems]] = []
    for item in items:
        try:
            readings.append(((item,), read_items(tip, [item], reader, purpose, keeper, sign)))
        except NotWhatWasSealed:
            if item.kind == "text":
                raise
    return readings


def _first_text(items: Sequence[SealedItem]) -> SealedItem:
    for item in items:
        if item.kind == "text":
            return item
    raise NotWhatWasSealed


def _decode_text(item: SealedItem, opened: Opened, log_key: NoteVerifier) -> TipText:
    try:
        text = TipText.decode(opened.content.reveal())
        check_sent(item, VerifyKey(text.claim), log_key)
    except CryptoError as error:
        raise NotWhatWasSealed from error
    return text


def _accused(
    items: Sequence[SealedItem], opened: Mapping[ItemId, Opened]
) -> dict[ItemId, tuple[AccusedPerson, ...]]:
    """Whose names each genuine item of names holds; a row that somebody put beside it takes nothing away."""
    found = {}
    for item in items:
        if item.kind == ACCUSED and item.id in opened:
            try:
                found[item.id] = AccusedRecord.decode(opened[item.id].content.reveal(), item.tip).people
            except CryptoError:
                continue
    return found


def _entry(item: SealedItem, opened: Opened | None, claim: VerifyKey) -> ThreadEntry:
    shut = ThreadEntry(item.id, item.kind, item.day, None)
    if opened is None or item.kind == "text":  # a tip has one text; a second was put there by hand
        return shut
    try:
        if item.kind in REPORTED:
            check_claim(item, claim)
        message = Message.decode(opened.content.reveal())
    except CryptoError:
        return shut
    return ThreadEntry(item.id, item.kind, message.day, message)
