"""A voucher comes back: for each a pickup code at a point, until it is paid. Nobody asks who has it.

    signature ─▶ key, last day, count, pool ─▶ a row by its hash ─▶ the code that follows from it

No entry tells of it, and rows have days. Asking again gives the same code; when its days are over the voucher
is good again and has another. That one left the pool on the day on which it first came back, and nothing that
is stored says more of it by coming back once more: it needs no crowd a second time.
Source: docs/decisions/0010-rewards.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final, Self

from crypto.blind_rsa import MintPublicKey
from crypto.errors import BadFormat, BadSignature
from crypto.keys import Identity, derive
from crypto.pickup_codes import PickupCode
from tipline.keeper.asked import Settled
from tipline.keeper.errors import Refusal, Unavailable
from tipline.keeper.fields import read_number, read_text
from tipline.keeper.rewards.awards import log_day
from tipline.keeper.rewards.crowds import Counted, may_come_back
from tipline.keeper.rewards.memory import InMemory
from tipline.keeper.rewards.money import (
    LATE_DAYS,
    MOST_A_DAY,
    NEVER,
    KeyRow,
    VoucherRow,
    find_key,
    find_voucher,
    is_bank,
    last_day_to_pay,
    presented_on,
    put_key,
    put_pickup,
    put_voucher,
    spent_of,
)
from tipline.keeper.rewards.settling import settle
from tipline.keeper.state import Draft
from tipline.keeper.writer import Writer
from tipline.keeper_client.reasons import Reason
from tipline.rewards.rules import PICKUP_DAYS, last_day_of_vouchers
from tipline.roster import Roster
from tipline.roster.points import Point

PICKUP_INFO: Final = "tipline/pickup"
_COUNT: Final = "count"
"""In place of an answer: what was minted is to be counted anew."""

_MESSAGE = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{768}")


@dataclass(frozen=True)
class Voucher:
    """A voucher as somebody presents it; `spent` is SHA-256 of its message."""

    year: int
    value: int
    message: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    point: str

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> Self:
        """Read it from a request.

        Raises:
            BadFormat: it is none.
        """
        message, signature = read_text(request, "message"), read_text(request, "signature")
        if not _MESSAGE.fullmatch(message) or not _SIGNATURE.fullmatch(signature):
            raise BadFormat("a voucher has a message of 32 bytes and a signature of 384")
        year, value = read_number(request, "year"), read_number(request, "value")
        return cls(year, value, bytes.fromhex(message), bytes.fromhex(signature), read_text(request, "point"))

    @property
    def spent(self) -> bytes:
        """What stands for it in the keeper's tables."""
        return sha256(self.message).digest()

    def require_signed(self, roster: Roster) -> None:
        """Check the mint's signature.

        Raises:
            Refusal: no-mint-keys, where there is no such key; bad-voucher.
        """
        modulus = dict(roster.mint_keys.get(self.year, ())).get(self.value)
        if modulus is None:
            raise Refusal(Reason.NO_MINT_KEYS)
        try:
            MintPublicKey.from_hex(modulus).verify(self.message, self.signature)
        except BadSignature:
            raise Refusal(Reason.BAD_VOUCHER) from None


class Redeeming:
    """The operation `redeem` of the public site's socket."""

    def __init__(self, writer: Writer, pickup_key: bytes, memory: InMemory) -> None:
        self._writer = writer
        self._pickup_key = pickup_key
        self._memory = memory
        self._counted: Counted | None = None

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A pickup code; or the day on which the voucher was paid.

        Raises:
            Refusal: as `require_signed`; voucher-expired; crowd-too-small; overdrawn; unknown-point;
                another-point, for a bank in the last days of a key; pickup-over, for two weeks after the days
                of a code at a bank; too-many on one day.
            Unavailable: another code than one at a bank is due, and the time is in doubt: if the days of the
                bank's are not over, it stands on the bank's list, and both would be paid.
        """
        voucher = Voucher.of(request)
        voucher.require_signed(self._writer.memory.roster)
        doubt = self._writer.doubt

        counted = self._counted or self._memory.counted()

        def decide(draft: Draft) -> Settled:
            if not counted.holds(draft):
                return Settled({_COUNT: True})
            return _settle(voucher, draft, self._pickup_key, counted, sure=not doubt)

        told = dict(settle(self._writer, decide))
        if not told:
            raise Unavailable(doubt)
        if _COUNT in told:  # another day
            self._counted = None
            return self.answer(request)
        self._counted = counted
        return told


def pickup_key(keeper: Identity) -> bytes:
    """The key that pickup codes come from, and under which they are stored."""
    return derive(keeper.seed, PICKUP_INFO)


def _settle(asked: Voucher, draft: Draft, key: bytes, counted: Counted, *, sure: bool) -> Settled:
    """What is told; nothing where a bank's code is to have another, and it is not sure which day it is."""
    today, known = log_day(draft), find_voucher(draft.rows, asked.spent)
    if known is not None and (known.year, known.value) != (asked.year, asked.value):
        raise Refusal(Reason.BAD_VOUCHER)  # one message that two keys have signed: worth what came first
    if known is not None and known.paid_day:
        return Settled({"paid": known.paid_day})
    if last_day_of_vouchers(asked.year) < today:
        raise Refusal(Reason.VOUCHER_EXPIRED)
    if known is not None and known.pickup and today <= last_day_to_pay(known, draft.roster):
        return _again(_moved(known, asked, draft, today), key, today)
    if known is not None and is_bank(draft.roster.points.get(known.point)) and not sure:
        return Settled({})
    point = _open_point(asked.point, draft.roster)
    until = _last_day(asked, point, today)
    if known is None:
        known = _presented(asked, draft, today, counted)
    elif known.pickup:
        known = known._replace(attempt=known.attempt + 1)
    fresh = known._replace(
        point=point.id, until=until.isoformat(), first="", second="", first_day="", paid_day=""
    )
    return Settled(_told(_with_code(fresh, draft, key), key, again=False))


def _presented(asked: Voucher, draft: Draft, today: date, counted: Counted) -> VoucherRow:
    """A voucher that comes back for the first time; it is counted, and not written yet.

    Raises:
        Refusal: no-mint-keys, overdrawn, crowd-too-small, too-many.
    """
    row = find_key(draft.rows, asked.year, asked.value)
    if row.presented >= row.minted:
        _alarm(row, draft)
        raise Refusal(Reason.OVERDRAWN)
    sizes = counted.sizes.get((asked.year, asked.value), {})
    if not may_come_back(row, sizes, draft.roster.reward_rules.crowd, today):
        raise Refusal(Reason.CROWD_TOO_SMALL)
    if presented_on(draft.connection, today.isoformat()) >= MOST_A_DAY:
        raise Refusal(Reason.TOO_MANY)
    put_key(draft.rows, row._replace(presented=row.presented + 1))
    nobody, never = "", NEVER
    return VoucherRow(
        *(asked.spent, asked.year, asked.value, 0, b"", ""),
        *(never, nobody, nobody, never, never, today.isoformat()),
    )


def _alarm(row: KeyRow, draft: Draft) -> None:
    """More good vouchers than were minted: somebody has the key. The refusal leaves this behind."""
    put_key(draft.rows, row._replace(overdrawn=row.overdrawn + 1))


def _with_code(voucher: VoucherRow, draft: Draft, key: bytes) -> VoucherRow:
    """Write a voucher with the next code of it that nobody else has."""
    is_new, attempt = find_voucher(draft.rows, voucher.spent) is None, voucher.attempt
    while True:
        digest = PickupCode.derive(key, voucher.spent, attempt).digest(key)
        if spent_of(draft.rows, digest) is None:
            break
        attempt += 1
    written = voucher._replace(attempt=attempt, pickup=digest)
    put_pickup(draft.rows, digest, voucher.spent)
    put_voucher(draft.rows, written, new=is_new)
    return written


def _moved(known: VoucherRow, asked: Voucher, draft: Draft, today: date) -> VoucherRow:
    """The voucher at another point, if that is wanted and possible: its code stays the same.

    A bank pays by a list that it has already, and a clerk may have confirmed the code today.
    """
    if asked.point == known.point or known.first_day == today.isoformat():
        return known
    to = _open_point(asked.point, draft.roster)
    if is_bank(draft.roster.points.get(known.point)) or is_bank(to):
        return known
    moved = known._replace(point=to.id)
    put_voucher(draft.rows, moved)
    return moved


def _again(known: VoucherRow, key: bytes, today: date) -> Settled:
    if known.until < today.isoformat():  # at a bank: its last days may not be confirmed yet
        raise Refusal(Reason.PICKUP_OVER)
    return Settled(_told(known, key, again=True))


def _told(voucher: VoucherRow, key: bytes, *, again: bool) -> dict[str, Any]:
    code = PickupCode.derive(key, voucher.spent, voucher.attempt).reveal().replace(" ", "")
    place = {"point": voucher.point, "until": voucher.until, "value": voucher.value}
    return {"code": code, **place, "again": again}


def _open_point(point: str, roster: Roster) -> Point:
    known = roster.points.get(point)
    if known is None or not known.open:
        raise Refusal(Reason.UNKNOWN_POINT)
    return known


def _last_day(asked: Voucher, point: Point, today: date) -> date:
    """Of a fresh code. What may still be confirmed later must be so before its key expires.

    At a bank a code has all its days, or there is none: by its last day a list knows the codes of today.
    """
    last, full = last_day_of_vouchers(asked.year), today + timedelta(days=PICKUP_DAYS)
    if is_bank(point) and full + timedelta(days=LATE_DAYS) > last:
        raise Refusal(Reason.ANOTHER_POINT)
    return min(full, last)
