"""What pay clerks state: that they looked at a code, that cash was paid; and what others take back or open.

    pay-look ─▶ pay by one clerk ─▶ pay by another on the same day: paid

A clerk sees value and point, never a tip. Wrong codes are counted by clerk and day.
Source: docs/decisions/0010-rewards.md.
"""

from typing import Final

from tipline.ids import NO_TIP
from tipline.keeper.disclosing.payees import require_payee
from tipline.keeper.errors import Refusal
from tipline.keeper.rewards import awards
from tipline.keeper.rewards.awards import log_day
from tipline.keeper.rewards.money import (
    NEVER,
    VoucherRow,
    count_wrong,
    find_key,
    find_voucher,
    last_day_to_pay,
    put_key,
    put_voucher,
    require_tries,
    spent_of,
)
from tipline.keeper.rewards.rules import require_duty
from tipline.keeper.rules.case import Case, Granted
from tipline.keeper_client.reasons import Reason
from tipline.rewards.award import AwardRefused, AwardState
from tipline.rewards.rules import last_day_of_vouchers
from tipline.roster.rules import has_role
from tipline.roster.types import PAY_CLERK

_NOBODY: Final = ""
_REASON: Final = "reason"


def look(case: Case) -> Granted:
    """A clerk typed a code: what it is worth, and whether it was paid. A verifier sees paid ones alone."""
    require_duty(case)
    voucher = _typed(case)
    is_present = case.asked.pickup == voucher.pickup
    paid = voucher.paid_day if is_present else NEVER
    if PAY_CLERK not in case.only_signer().roles and not paid:
        raise _wrong(case, Reason.UNKNOWN_PICKUP)
    is_good = is_present and not paid and not _is_over(voucher, case)
    return Granted(
        pickup={
            "pickup": case.asked.pickup.hex(),
            "value": voucher.value,
            "point": voucher.point,
            "until": voucher.until if is_present else _today(case),
            "first": voucher.first if is_good and _first_counts(voucher, case) else _NOBODY,
            "paid": paid,
            "mine": bool(paid) and case.only_signer().id in (voucher.first, voucher.second),
            "over": not is_good and not paid,
        }
    )


def pay(case: Case) -> Granted:
    """A clerk confirms that the cash lies on the table; another one, the same day, that it was paid.

    Both are pay clerks when the second says so: whoever lost the role in between said nothing.
    """
    require_duty(case)
    voucher, body, today = _typed(case), case.body, _today(case)
    if body["pickup"] != case.asked.pickup.hex():
        raise _wrong(case, Reason.UNKNOWN_PICKUP)
    if body["value"] != voucher.value:
        raise Refusal(Reason.WRONG_AMOUNT)
    if case.asked.pickup != voucher.pickup:
        raise Refusal(Reason.PICKUP_OVER)
    if voucher.paid_day:
        raise Refusal(Reason.ALREADY_PAID)
    if _is_over(voucher, case):
        raise Refusal(Reason.PICKUP_OVER)
    clerk = case.only_signer().id
    key = find_key(case.draft.rows, voucher.year, voucher.value)
    if key.expired:
        raise Refusal(Reason.PICKUP_OVER)
    if not _first_counts(voucher, case):
        put_voucher(case.draft.rows, voucher._replace(first=clerk, first_day=today))
        return Granted(pickup={"paid": NEVER})
    if clerk == voucher.first:
        raise Refusal(Reason.ANOTHER_PERSON)
    put_voucher(case.draft.rows, voucher._replace(second=clerk, paid_day=today))
    put_key(case.draft.rows, key._replace(paid=key.paid + 1))
    return Granted(pickup={"paid": today})


def undo(case: Case) -> Granted:
    """Two people who did not confirm it say that a payment did not happen: the voucher is good again."""
    require_duty(case)
    pickup, rows = bytes.fromhex(case.body["pickup"]), case.draft.rows
    spent = spent_of(rows, pickup)
    voucher = None if spent is None else find_voucher(rows, spent)
    if voucher is None or voucher.pickup != pickup or not voucher.paid_day:
        raise Refusal(Reason.UNKNOWN_PICKUP)
    if case.body["value"] != voucher.value:
        raise Refusal(Reason.WRONG_AMOUNT)
    if not {voucher.first, voucher.second}.isdisjoint(case.statement.signers):
        raise Refusal(Reason.ANOTHER_PERSON)
    if last_day_of_vouchers(voucher.year) < log_day(case.draft):
        raise Refusal(Reason.VOUCHER_EXPIRED)  # its value has gone back to a budget
    key = find_key(rows, voucher.year, voucher.value)
    case.pin_new(case.body[_REASON], _REASON, tip=NO_TIP.hex())
    put_key(rows, key._replace(paid=key.paid - 1))
    bare = voucher._replace(first=_NOBODY, second=_NOBODY, first_day=NEVER, paid_day=NEVER)
    put_voucher(rows, bare._replace(attempt=voucher.attempt + 1, pickup=b"", until=NEVER))
    return Granted()


def pay_named(case: Case) -> Granted:
    """A clerk who took no step of an award confirms that it was paid by name; another one settles it.

    Whom the tip excludes does neither. Both name the newest payee, whom a custodian let each of them see.
    """
    require_duty(case)
    draft, body = case.draft, case.body
    award = awards.with_index(draft.connection, draft.rows, body["award"])
    case.require_not_excluded(case.signers(), case.standing(award.tip).route.excluded)
    award = award.without_clerk_gone(lambda clerk: has_role(draft.roster, clerk, PAY_CLERK))
    clerk = case.only_signer().id
    try:
        after = award.paid_by_name(clerk, log_day(draft), body["amount"], body["hash"])
    except AwardRefused as refused:
        raise Refusal(Reason(refused.reason)) from refused
    payee = bytes.fromhex(body["item"]), bytes.fromhex(body["hash"])
    require_payee(draft.connection, draft.rows, award, clerk, payee)
    if after.state is AwardState.SETTLED:
        awards.put_told(draft, after)
    else:
        awards.put(draft.rows, after)
    return Granted()


def open_key(case: Case) -> Granted:
    """Two people let a key redeem though too few awards would stay behind."""
    require_duty(case)
    rows = case.draft.rows
    key = find_key(rows, case.body["year"], case.body["value"])
    if key.opened or key.expired:
        raise Refusal(Reason.NOT_ALLOWED)
    case.pin_new(case.body[_REASON], _REASON, tip=NO_TIP.hex())
    put_key(rows, key._replace(opened=1))
    return Granted()


def list_codes(case: Case) -> Granted:
    """Two clerks let the codes of a point go to its bank: the sealed list that was prepared, and no other."""
    require_duty(case)
    if case.body["hash"] != case.asked.pickup.hex():
        raise Refusal(Reason.UNKNOWN_PICKUP)
    return Granted()


def _typed(case: Case) -> VoucherRow:
    """The voucher for which the typed code was made.

    Raises:
        Refusal: too-many; unknown-point; unknown-pickup; another-point. A wrong code is counted all the same.
    """
    rows, today, clerk = case.draft.rows, _today(case), case.statement.signers[0]
    require_tries(rows, clerk, today)
    if (point := case.body["point"]) not in case.draft.roster.points:
        raise Refusal(Reason.UNKNOWN_POINT)
    spent = spent_of(rows, case.asked.pickup) if case.asked.pickup else None
    voucher = None if spent is None else find_voucher(rows, spent)
    if voucher is None:
        raise _wrong(case, Reason.UNKNOWN_PICKUP)
    if voucher.point != point:
        raise _wrong(case, Reason.ANOTHER_POINT)
    return voucher


def _first_counts(voucher: VoucherRow, case: Case) -> bool:
    """Whether another clerk's word would settle it: the first is of today, and its clerk is one still."""
    return voucher.first_day == _today(case) and has_role(case.draft.roster, voucher.first, PAY_CLERK)


def _wrong(case: Case, reason: Reason) -> Refusal:
    """The refusal of a wrong code, which counts."""
    count_wrong(case.draft.rows, case.statement.signers[0], _today(case))
    return Refusal(reason)


def _is_over(voucher: VoucherRow, case: Case) -> bool:
    return voucher.until == NEVER or last_day_to_pay(voucher, case.draft.roster) < log_day(case.draft)


def _today(case: Case) -> str:
    return log_day(case.draft).isoformat()
