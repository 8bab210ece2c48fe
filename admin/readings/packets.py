"""Reading a whole tip, its files too, for a packet that leaves the house: one statement names every item."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import BinaryIO

from admin.readings.errors import NotWhatWasSealed, refusal
from admin.readings.files import SealedFile
from admin.readings.reader import Reader
from admin.readings.sealed import SealedItem, digest_of, recorded
from admin.readings.service import Signs, reading
from admin.readings.thread import TipReading, as_read, read_tip
from crypto.errors import CryptoError
from crypto.keys import Identity
from crypto.notes import NoteVerifier
from tipline.ids import ItemId, TipId
from tipline.keeper_client import AdminKeeper, Refused, Release, SlipRequest
from tipline.sealing.opening import Opened, open_file, open_item
from tipline.tips.purposes import Purpose

PURPOSE = Purpose.VERIFICATION


@dataclass(frozen=True)
class StoredFile:
    """A file of a tip with one desk's slip, and its sealed bytes, open for as long as the packet is made."""

    file: SealedFile
    source: BinaryIO = field(repr=False)


@dataclass(frozen=True, repr=False)
class CheckedFile:
    """A file that was opened once from end to end.

    `size` is in bytes, `digest` the hex SHA-256 of what it holds, as its sender sent it.
    """

    item: ItemId
    name: str
    size: int
    digest: str
    _source: BinaryIO
    _key: Identity
    _tip: TipId

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, from the start."""
        self._source.seek(0)
        _, pieces = open_file(self._source, self._key, tip=self._tip, item=self.item)
        return pieces


@dataclass(frozen=True)
class PacketReading:
    """A tip with its files, and how many files were left shut because they are not what was sealed."""

    read: TipReading
    files: tuple[CheckedFile, ...] = field(repr=False)
    files_shut: int


def read_packet(
    tip: TipId,
    items: Sequence[SealedItem],
    files: Sequence[StoredFile],
    reader: Reader,
    keeper: AdminKeeper,
    sign: Signs,
    log_key: NoteVerifier,
) -> PacketReading:
    """Open text, thread and files of a tip, after the keeper has logged one statement that names them all.

    A row written by hand must not keep a tip from being handed on: when the keeper refuses the whole for what
    one item holds, thread and files are read apart, and what is refused again is left shut.

    Raises:
        AdminError: the reading was refused, or the text itself is not what was sealed.
        KeeperError: nothing was proved to be logged.
    """
    ask = partial(_ask, tip, reader, keeper, sign)
    genuine = recorded(items, log_key)
    try:
        release = ask(genuine, files)
        opened = _open(tip, genuine, release, reader)
        checked = [
            _check(tip, file, reader, inner)
            for file, inner in zip(files, release.inner[len(genuine) :], strict=True)
        ]
    except NotWhatWasSealed:
        read = read_tip(tip, items, reader, PURPOSE, keeper, sign, log_key)
        apart = tuple(file for each in files for file in _apart(tip, each, reader, ask))
        return PacketReading(read, apart, len(files) - len(apart))
    return PacketReading(
        as_read(items, opened, release.index, release.route, log_key), tuple(checked), files_shut=0
    )


def _ask(
    tip: TipId,
    reader: Reader,
    keeper: AdminKeeper,
    sign: Signs,
    items: Sequence[SealedItem],
    files: Sequence[StoredFile],
) -> Release:
    named = [item.named for item in items]
    named += [{"item": each.file.item.hex(), "hash": _digest(each.source)} for each in files]
    requests = [SlipRequest(item.slip, item.kind, item.claim_signature) for item in items]
    requests += [SlipRequest(each.file.slip, "file", each.file.claim_signature) for each in files]
    try:
        return keeper.release(sign("read", reading(tip, reader, PURPOSE, named)), requests)
    except Refused as refused:
        raise refusal(refused.reason) from refused


def _digest(source: BinaryIO) -> str:
    source.seek(0)
    return digest_of(source)


def _open(tip: TipId, items: Sequence[SealedItem], release: Release, reader: Reader) -> dict[ItemId, Opened]:
    try:
        return {
            item.id: open_item(item.sealed, reader.open_slip(inner), kind=item.kind, tip=tip, item=item.id)
            for item, inner in zip(items, release.inner[: len(items)], strict=True)
        }
    except CryptoError as error:
        raise NotWhatWasSealed from error


def _check(tip: TipId, stored: StoredFile, reader: Reader, inner: bytes) -> CheckedFile:
    size, digest = 0, sha256()
    try:
        key = reader.open_slip(inner)
        stored.source.seek(0)
        header, pieces = open_file(stored.source, key, tip=tip, item=stored.file.item)
        for piece in pieces:
            size += len(piece)
            digest.update(piece)
    except CryptoError as error:
        raise NotWhatWasSealed from error
    return CheckedFile(stored.file.item, header.name, size, digest.hexdigest(), stored.source, key, tip)


def _apart(tip: TipId, stored: StoredFile, reader: Reader, ask: "partial[Release]") -> Iterator[CheckedFile]:
    try:
        yield _check(tip, stored, reader, ask([], [stored]).inner[0])
    except NotWhatWasSealed:
        return
