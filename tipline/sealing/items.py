"""Sealing an item: text in memory, files as a stream.

Inside the age file: the canonical header, a line feed, the content, padding.
The header binds tip, item and kind, because age has no associated data.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from crypto import age, padding
from crypto.canonical import encode
from crypto.keys import Identity, Recipient, SigningKey
from crypto.policies import IDENTITY
from tipline.ids import ItemId, TipId, new_item_id
from tipline.sealing.audience import (
    Audience,
    NewSlip,
    claim_message,
    write_identity_slips,
    write_slips,
)

FLOORS = {"card": padding.CARD_FLOOR, "file": padding.FILE_FLOOR}
FORMAT = 1


@dataclass(frozen=True)
class ItemHeader:
    """The first line inside a sealed item. Name and media type are a file's."""

    kind: str
    tip: TipId
    item: ItemId
    name: str = ""
    media_type: str = ""

    def encode(self) -> bytes:
        """The header's line, with its line feed."""
        fields = {"v": FORMAT, "kind": self.kind, "tip": self.tip.hex(), "item": self.item.hex()}
        if self.name or self.media_type:
            fields |= {"name": self.name, "type": self.media_type}
        return encode(fields) + b"\n"


@dataclass(frozen=True)
class NewItem:
    """A sealed item that is not stored yet; `sealed` is None when its bytes went to a file.

    `digest` is the SHA-256 of the sealed bytes.
    """

    id: ItemId
    tip: TipId
    kind: str
    digest: bytes
    sealed: bytes | None
    slips: tuple[NewSlip, ...]
    claim_signature: bytes = b""


def seal_item(
    kind: str,
    tip: TipId,
    content: bytes,
    *,
    audience: Audience | None,
    reporter: Recipient | None = None,
    claim: SigningKey | None = None,
    day: date | None = None,
) -> NewItem:
    """Seal one item to a fresh key pair, and to the reporter's where they may read it.

    Args:
        audience: who gets slips; None for what only the reporter reads.
        claim: the reporter's claim key, for what the reporter sends.
        day: the UTC day of a message, which claim key and policies bind; None for any other kind.
    """
    item = new_item_id()
    item_key = Identity.generate()
    data = padding.pad(ItemHeader(kind, tip, item).encode() + content, FLOORS.get(kind, padding.TEXT_FLOOR))
    recipients = [item_key.recipient] if audience else []
    if reporter:
        recipients.append(reporter)
    sealed = age.seal(data, recipients)
    digest = hashlib.sha256(sealed).digest()
    slips = write_slips(tip, item, kind, digest, item_key, audience, day) if audience else ()
    return NewItem(item, tip, kind, digest, sealed, slips, _claimed(claim, tip, item, digest, kind, day))


def seal_identity(
    item: ItemId,
    tip: TipId,
    content: bytes,
    *,
    audience: Audience,
    custodians: Recipient,
    claim: SigningKey | None = None,
) -> NewItem:
    """Seal who somebody is, to its item key alone: with their code, a reporter cannot open it again.

    Args:
        item: the item's id; the same content under the same id is the same sending.
        custodians: the key of the desk without which no desk of the audience opens it.
        claim: the reporter's claim key, for what the reporter sends.
    """
    item_key = Identity.generate()
    data = padding.pad(ItemHeader(IDENTITY, tip, item).encode() + content, padding.TEXT_FLOOR)
    sealed = age.seal(data, [item_key.recipient])
    digest = hashlib.sha256(sealed).digest()
    slips = write_identity_slips(tip, item, digest, item_key, audience, custodians)
    return NewItem(item, tip, IDENTITY, digest, sealed, slips, _claimed(claim, tip, item, digest, IDENTITY))


class Sink(Protocol):
    """Where sealed bytes go."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""


@dataclass(frozen=True, repr=False)
class SealedFile:
    """A file that lies sealed somewhere, and what is needed to write its slips.

    Until they are written, `key_seed` (32 bytes) is all that opens it. `digest` is the SHA-256 of the
    sealed bytes, `size` the file's own length in bytes, without header and padding, `hidden` what became of
    its hidden data (`tipline.cleaning.types.HiddenData`; "" where nobody looked).
    """

    item: ItemId
    tip: TipId
    key_seed: bytes
    digest: bytes
    name: str
    size: int
    media_type: str
    hidden: str = ""

    def item_for(self, audience: Audience, claim: SigningKey) -> NewItem:
        """The file as an item with its slips, written last."""
        return NewItem(
            self.item,
            self.tip,
            "file",
            self.digest,
            None,
            write_slips(self.tip, self.item, "file", self.digest, Identity(self.key_seed), audience),
            _claimed(claim, self.tip, self.item, self.digest, "file"),
        )


class FileSealer:
    """Seals a file while it arrives; the item key stays in this object until the file ends."""

    def __init__(self, sink: Sink, tip: TipId, name: str, media_type: str) -> None:
        self.item = new_item_id()
        self._tip = tip
        self._name = name
        self._media_type = media_type
        self._size = 0
        self._key = Identity.generate()
        self._hashing = _HashingSink(sink)
        self._writer = age.SealingWriter(self._hashing, [self._key.recipient])
        header = ItemHeader("file", tip, self.item, name, media_type).encode()
        self._header_size = len(header)
        self._writer.write(header)

    def write(self, data: bytes) -> None:
        """Seal the next bytes of the file."""
        self._size += len(data)
        self._writer.write(data)

    def finish(self) -> SealedFile:
        """End the file with its padding."""
        for piece in padding.tail(self._header_size + self._size, padding.FILE_FLOOR):
            self._writer.write(piece)
        self._writer.finish()
        return SealedFile(
            item=self.item,
            tip=self._tip,
            key_seed=self._key.seed,
            digest=self._hashing.digest(),
            name=self._name,
            size=self._size,
            media_type=self._media_type,
        )


class _HashingSink:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self._sink.write(data)
        return len(data)

    def digest(self) -> bytes:
        return self._hash.digest()


def _claimed(
    claim: SigningKey | None, tip: TipId, item: ItemId, digest: bytes, kind: str, day: date | None = None
) -> bytes:
    return claim.sign(claim_message(tip, item, digest, kind, day)) if claim else b""
