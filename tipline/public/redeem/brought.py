"""What somebody brings to get a pickup code: a tracking code, or one voucher. It is never stored.

code or voucher ─▶ checked ─▶ vouchers to choose from ─▶ the one that was chosen, made again
     └─ sealed in the form between the two pages, under a key in RAM
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crypto.pickup_codes import MistypedPickup, PickupCode
from crypto.tracking_codes import MistypedCode, TrackingCode
from crypto.vouchers import (
    BEGIN,
    CutVoucher,
    ForeignVoucher,
    MistypedVoucher,
    SeveralVouchers,
    Voucher,
    VoucherError,
)
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason
from tipline.mailbox.awards import CollectedAward, collected_award
from tipline.mailbox.doors import open_doors
from tipline.mailbox.errors import SpoiltVouchers, UnknownCode
from tipline.mailbox.thread import Mailbox
from tipline.mailbox.vouchers import mint_keys, voucher_of
from tipline.public.redeem import errors
from tipline.public.services import Services
from tipline.rewards.rules import last_day_of_vouchers

_CODE: Final = "code"
_VOUCHER: Final = "voucher"
_FAULTS: Final[Mapping[type[VoucherError], type[errors.RedeemError]]] = {
    CutVoucher: errors.CutVoucherText,
    MistypedVoucher: errors.MistypedVoucherText,
    SeveralVouchers: errors.SeveralVouchersInText,
    ForeignVoucher: errors.ForeignVoucherText,
}


@dataclass(frozen=True)
class Choice:
    """One voucher to choose: its value in yuan, and its number (from 1) of those that have this value."""

    value: int
    number: int
    of: int


@dataclass(frozen=True, repr=False)
class Brought:
    """What was brought, checked.

    Attributes:
        answers: what the next page's sealed state holds, from which it is made again.
        choices: the vouchers; `voucher` makes the one at a place among them.
    """

    answers: Mapping[str, Any]
    year: int
    choices: tuple[Choice, ...]
    voucher: Callable[[int], Voucher]


def by_typed_code(use: Services, typed: str) -> Brought:
    """The vouchers of a tracking code, as it was typed.

    Raises:
        RedeemError: its sentence says why there are none.
    """
    try:
        return by_code(use, TrackingCode.parse(typed))
    except MistypedCode as error:
        if _is_pickup_code(typed):
            raise errors.ThatIsAPickupCode from None
        raise errors.MistypedTrackingCode(error.groups) from None


def by_code(use: Services, code: TrackingCode) -> Brought:
    """The vouchers that were collected with a code, on another day than today.

    Raises:
        RedeemError: its sentence says why there are none.
    """
    mailbox, collected = _collected(use, code)
    if collected.day >= use.clock.today():
        raise errors.CollectedToday
    _require_in_time(use, collected.year)
    held = collected.vouchers

    def make(place: int) -> Voucher:
        try:
            return voucher_of(mailbox, collected, held[place], mint_keys(use.book.current()))
        except SpoiltVouchers:
            raise errors.SpoiltHere from None

    choices = tuple(Choice(one.value, one.number + 1, one.of) for one in held)
    return Brought({_CODE: code.raw.hex()}, collected.year, choices, make)


def by_text(use: Services, text: str) -> Brought:
    """The one voucher of a text.

    Raises:
        RedeemError: its sentence says what is wrong with it.
    """
    try:
        voucher = Voucher.read(text, mint_keys(use.book.current()))
    except VoucherError as error:
        raise _FAULTS.get(type(error), errors.NoVoucherInText) from None
    _require_in_time(use, voucher.year)
    return Brought(
        {_VOUCHER: voucher.carry()}, voucher.year, (Choice(voucher.value, 1, 1),), lambda _: voucher
    )


def by_photo(use: Services, photo: bytes) -> Brought:
    """The one voucher on a photo. The photo is read in memory, and nothing of it is kept.

    Raises:
        RedeemError: its sentence says what is wrong with it.
    """
    allowance = use.allowances.files()
    if not allowance.may_clean():
        raise errors.CannotLookNow
    try:
        found = use.photos.read(photo, allowance.sender)
    except CannotRead as error:
        raise errors.CannotLookNow if error.reason is Reason.BUSY else errors.NoVoucherInPhoto from error
    squares = [line for line in found.splitlines() if BEGIN in line.upper()]  # others lie beside it
    try:
        return by_text(use, "\n".join(squares))
    except errors.NoVoucherInText:
        raise errors.NoVoucherInPhoto from None


def by_answers(use: Services, answers: Mapping[str, Any]) -> Brought:
    """What an earlier page's sealed state holds.

    Raises:
        RedeemError: it is good no more.
    """
    if _CODE in answers:
        return by_code(use, TrackingCode.from_bytes(bytes.fromhex(answers[_CODE])))
    return by_text(use, str(answers.get(_VOUCHER, "")))


def _collected(use: Services, code: TrackingCode) -> tuple[Mailbox, CollectedAward]:
    with use.database.reading() as session:
        try:
            mailbox = open_doors(session, code, use.log).tip
        except UnknownCode:
            raise errors.NoSuchCode from None
        collected = collected_award(session, mailbox) if mailbox else None
    if mailbox is None or collected is None:
        raise errors.NothingCollected
    return mailbox, collected


def _require_in_time(use: Services, year: int) -> None:
    if use.clock.today() > last_day_of_vouchers(year):
        raise errors.VoucherTooOld


def _is_pickup_code(typed: str) -> bool:
    try:
        PickupCode.parse(typed)
    except MistypedPickup:
        return False
    return True
