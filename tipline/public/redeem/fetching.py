"""Asking the keeper for the pickup code of a voucher."""

from collections.abc import Mapping, Sequence
from typing import Final

from crypto.vouchers import Voucher
from tipline.directory.types import Directory, PointEntry
from tipline.keeper_client.errors import KeeperLied, KeeperUnavailable, Refused
from tipline.keeper_client.public import KeeperPublic, Paid, Pickup
from tipline.keeper_client.reasons import Reason
from tipline.public.redeem import errors

_REFUSALS: Final[Mapping[Reason, type[errors.RedeemError]]] = {
    Reason.BAD_VOUCHER: errors.ForeignVoucherText,
    Reason.NO_MINT_KEYS: errors.ForeignVoucherText,
    Reason.VOUCHER_EXPIRED: errors.VoucherTooOld,
    Reason.OVERDRAWN: errors.CannotBePaid,
    Reason.UNKNOWN_POINT: errors.PlaceClosed,
    Reason.ANOTHER_POINT: errors.AnotherPlace,
    Reason.PICKUP_OVER: errors.WaitForBank,
    Reason.TOO_MANY: errors.TooManyToday,
}


def pickup_of(voucher: Voucher, point: str, keeper: KeeperPublic) -> Pickup:
    """The pickup code of a voucher. Asking again gives the same one.

    Raises:
        RedeemError: there is none; its sentence says why, and nothing is lost.
    """
    try:
        answer = keeper.redeem(voucher.year, voucher.value, voucher.message, voucher.signature, point)
    except Refused as error:
        if error.reason is Reason.CROWD_TOO_SMALL:
            raise errors.CrowdTooSmall(voucher.year) from error
        raise _REFUSALS.get(error.reason, errors.KeeperAway) from error
    except (KeeperUnavailable, KeeperLied) as error:
        raise errors.KeeperAway from error
    if isinstance(answer, Paid):
        raise errors.PaidAlready(answer.day)
    return answer


def offered(directory: Directory) -> Sequence[PointEntry]:
    """The open places outside the township; those inside only where there is no other."""
    outside = [point for point in directory.points if point.open and not point.inside]
    return outside or [point for point in directory.points if point.open]


def chosen_point(directory: Directory, named: str) -> PointEntry:
    """The place that was chosen.

    Raises:
        NoPlaceChosen, PlaceInside, PlaceClosed: see each.
    """
    for point in offered(directory):
        if point.id == named:
            return point
    is_open = {point.id: point.open for point in directory.points}.get(named)
    if is_open is None:
        raise errors.NoPlaceChosen
    raise errors.PlaceInside if is_open else errors.PlaceClosed
