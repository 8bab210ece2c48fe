"""Vouchers: 32 random bytes under a blind signature of the mint, worth a fixed value to whoever has them.

Message, salt and blinding factor come from the reporter's first tracking code, so nothing needs to be
kept: with the code and the mint's answer the voucher can be made again. Each depends on the key as well:
a key shown to one person alone could not be passed off as the common one.

A voucher is carried as one line, in characters that a QR code packs tightly (ISO/IEC 18004, alphanumeric)::

    TIPLINE-VOUCHER:2026:5000:<672 characters of base32: message, signature, 4 bytes of checksum>
"""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from crypto.blind_rsa import Blinding, MintPublicKey
from crypto.errors import BadFormat, BadSignature, CryptoError
from crypto.hidden import Hidden
from crypto.keys import derive

MESSAGE_LENGTH: Final = 32
CHECKSUM_LENGTH: Final = 4
MOST_TYPED: Final = 20_000  # characters; more is no voucher, whatever stands around it
_BODY_LENGTH: Final = (MESSAGE_LENGTH + MintPublicKey.length() + CHECKSUM_LENGTH) * 8 // 5
BEGIN: Final = "TIPLINE-VOUCHER:"
_HEAD: Final = re.compile(r"([0-9]{4}):([1-9][0-9]{0,8}):")
_BODY: Final = re.compile(r"[A-Z2-7]*")
_TAIL: Final = re.compile(r"[A-Z2-7]{200}")  # no sentence goes on so long without a sign


class VoucherError(CryptoError):
    """A voucher that cannot be taken."""


class NotAVoucher(VoucherError, BadFormat):
    """Nothing in the text looks like a voucher."""


class CutVoucher(VoucherError, BadFormat):
    """The beginning or the end is missing."""


class MistypedVoucher(VoucherError, BadFormat):
    """A character is wrong, or there are too many."""


class SeveralVouchers(VoucherError, BadFormat):
    """There is more than one voucher in the text."""


class ForeignVoucher(VoucherError, BadSignature):
    """It is whole, but this mint did not sign it."""


@dataclass(frozen=True, repr=False)
class VoucherSeed(Hidden):
    """A voucher before the mint signed it: its message, and what the mint is shown of it."""

    year: int
    value: int
    message: bytes
    blinding: Blinding

    def finish(self, blind_signature: bytes, key: MintPublicKey) -> "Voucher":
        """Take the blinding off what the mint answered.

        Raises:
            BadFormat: the answer is no number below the key's modulus.
            BadSignature: it is no signature of this key over this message.
        """
        signature = key.finalize(self.message, blind_signature, self.blinding.inverse)
        return Voucher(self.year, self.value, self.message, signature)


def derive_voucher(
    root: bytes, award: int, year: int, value: int, number: int, key: MintPublicKey
) -> VoucherSeed:
    """The voucher that belongs to a code, an award and a number; the same each time.

    Args:
        root: the 16 bytes of the tip's first tracking code.
        number: 0 for the first voucher of this value in the award, then 1 and so on.
        key: of this year and value.
    """
    fingerprint = hashlib.sha256(key.n_hex.encode("ascii")).hexdigest()
    info = f"tipline/voucher/{award}/{year}/{value}/{number}/{fingerprint}"
    message = derive(root, f"{info}/message", MESSAGE_LENGTH)
    blinding = key.blind(
        message,
        derive(root, f"{info}/salt", key.SALT_LENGTH),
        lambda attempt: derive(root, f"{info}/factor/{attempt}", key.length()),
    )
    return VoucherSeed(year, value, message, blinding)


@dataclass(frozen=True, repr=False)
class Voucher(Hidden):
    """A voucher: whoever has it can fetch its value.

    Attributes:
        year, value: which of the mint's keys signed it; the value in yuan.
        message: 32 bytes; `signature` is the key's over them.
    """

    year: int
    value: int
    message: bytes
    signature: bytes

    @property
    def spent(self) -> bytes:
        """SHA-256 of the message: what is stored of a voucher, 32 bytes."""
        return hashlib.sha256(self.message).digest()

    def check(self, key: MintPublicKey) -> None:
        """Check the mint's signature.

        Raises:
            ForeignVoucher: it is not this key's.
        """
        try:
            key.verify(self.message, self.signature)
        except BadSignature:
            raise ForeignVoucher("the mint did not sign this voucher") from None

    def carry(self) -> str:
        """One line to print, to keep, or to put into a QR code."""
        head = f"{self.year:04d}:{self.value}:"
        content = self.message + self.signature
        return f"{BEGIN}{head}{base64.b32encode(content + _checksum(head, content)).decode('ascii')}"

    @classmethod
    def read(cls, text: str, keys: Mapping[tuple[int, int], MintPublicKey]) -> Self:
        """Read what `carry` wrote: any line breaks and spaces, any case, text before it.

        Args:
            keys: the mint's, by year and value.

        Raises:
            NotAVoucher, CutVoucher, MistypedVoucher, SeveralVouchers: see each.
            ForeignVoucher: the mint never signed it, or has no such key.
        """
        year, value, head, body = _split(_cleaned(text))
        content = _content(head, body)
        voucher = cls(year, value, content[:MESSAGE_LENGTH], content[MESSAGE_LENGTH:])
        key = keys.get((year, value))
        if key is None:
            raise ForeignVoucher("the mint has no key of this year and value")
        voucher.check(key)
        return voucher


def _cleaned(text: str) -> str:
    """Drop what a messenger puts between characters, and make full-width ones narrow."""
    if len(text) > MOST_TYPED:
        raise NotAVoucher("a voucher is shorter")
    narrow = unicodedata.normalize("NFKC", text).upper()
    kept = [c for c in narrow if not c.isspace() and unicodedata.category(c) != "Cf"]
    return "".join("-" if unicodedata.category(c) == "Pd" else c for c in kept)


def _split(text: str) -> tuple[int, int, str, str]:
    """Year, value, how both are written, and the characters after them."""
    _, *rest = text.split(BEGIN)
    if not rest:
        if _TAIL.search(text):
            raise CutVoucher("the beginning of the voucher is missing")
        raise NotAVoucher("the text holds no voucher")
    if len(rest) > 1:
        raise SeveralVouchers("one voucher at a time")
    head = _HEAD.match(rest[0])
    if head is None:
        if re.fullmatch(r"[0-9]{0,4}|[0-9]{4}:[0-9]{0,9}", rest[0]):
            raise CutVoucher("the end of the voucher is missing")
        raise MistypedVoucher("year or value of the voucher is mistyped")
    return int(head[1]), int(head[2]), head[0], rest[0][head.end() :]


def _content(head: str, body: str) -> bytes:
    """Message and signature, once the checksum fits."""
    missing = _BODY_LENGTH - len(body)
    if missing > 0 and _BODY.fullmatch(body):
        raise CutVoucher("the end of the voucher is missing")
    if missing or not _BODY.fullmatch(body):
        raise MistypedVoucher("the voucher is mistyped")
    raw = base64.b32decode(body)
    content, checksum = raw[:-CHECKSUM_LENGTH], raw[-CHECKSUM_LENGTH:]
    if _checksum(head, content) != checksum:
        raise MistypedVoucher("the voucher is mistyped")
    return content


def _checksum(head: str, content: bytes) -> bytes:
    """Catches what went wrong while copying; the signature catches what was made up."""
    return hashlib.sha256(b"tipline/voucher/carried" + head.encode("ascii") + content).digest()[
        :CHECKSUM_LENGTH
    ]
