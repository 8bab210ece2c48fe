"""Opening one file of a tip as a stream, after its own logged reading."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from admin.readings.errors import NotWhatWasSealed, refusal
from admin.readings.reader import Reader
from admin.readings.sealed import digest_of
from admin.readings.service import Signs, reading
from crypto.errors import CryptoError
from tipline.ids import ItemId, TipId
from tipline.keeper_client import AdminKeeper, Refused, SlipRequest
from tipline.sealing.opening import open_file
from tipline.tips.purposes import Purpose


@dataclass(frozen=True)
class SealedFile:
    """A stored file of a tip with one desk's slip."""

    tip: TipId
    item: ItemId
    claim_signature: bytes
    slip: bytes


@dataclass(frozen=True)
class OpenFile:
    """A file's name, bytes, and type by its content.

    Iterating raises CannotOpen where the sealed file was cut or altered.
    """

    name: str = field(repr=False)
    pieces: Iterator[bytes] = field(repr=False)
    media_type: str


def read_file(
    file: SealedFile, source: BinaryIO, reader: Reader, purpose: Purpose, keeper: AdminKeeper, sign: Signs
) -> OpenFile:
    """Open a file after the keeper has logged who reads it and why.

    The statement names the hash of the bytes that are there, so a file that was
    swapped or cut is refused before the first byte leaves.

    Raises:
        AdminError: the reading was refused, or the file is not what was sealed.
        KeeperError: nothing was proved to be logged.
    """
    digest = digest_of(source)
    source.seek(0)
    fields = reading(file.tip, reader, purpose, [{"item": file.item.hex(), "hash": digest}])
    try:
        release = keeper.release(sign("read", fields), [SlipRequest(file.slip, "file", file.claim_signature)])
    except Refused as refused:
        raise refusal(refused.reason) from refused
    try:
        key = reader.open_slip(release.inner[0])
        header, pieces = open_file(source, key, tip=file.tip, item=file.item)
    except CryptoError as error:
        raise NotWhatWasSealed from error
    return OpenFile(header.name, pieces, header.media_type)
