"""What is stated about awards up to the grant, and who may state it.

What a step makes of an award is `tipline.rewards.award`; here stand the signers, the tip and its matter.
Source: docs/decisions/0010-rewards.md.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from tipline.ids import NO_TIP
from tipline.keeper.errors import Refusal
from tipline.keeper.rewards import awards, budgets
from tipline.keeper.rewards.eligible import most_of_share, on_matter, require_eligible, require_found
from tipline.keeper.rules.case import Case, Granted
from tipline.keeper.rules.cases import standing_for_one
from tipline.keeper_client.reasons import Reason
from tipline.rewards.amounts import BASE, is_amount
from tipline.rewards.award import OWED, UNDECIDED, Award, AwardRefused
from tipline.rewards.scoring import Tier
from tipline.roster import RosterRefused
from tipline.roster.rules import DUTIES, has_role
from tipline.roster.types import APPROVER

_REASON: Final = "reason"

Step = Callable[[Award], Award]


def require_duty(case: Case) -> None:
    """Refuse signers who may not state this, whatever it is about.

    Raises:
        Refusal: not-allowed; two-signatures; desk-not-held.
    """
    try:
        DUTIES[case.body["type"]](case.draft.roster, case.body)
    except RosterRefused as refused:
        raise Refusal(Reason(refused.reason)) from refused


def budget(case: Case) -> Granted:
    """Two people set the amount of a year; never below what is granted from it."""
    require_duty(case)
    year, amount, rows = case.body["year"], case.body["amount"], case.draft.rows
    if year not in case.draft.roster.mint_keys:
        raise Refusal(Reason.NO_MINT_KEYS)
    if amount % BASE:
        raise Refusal(Reason.WRONG_AMOUNT)
    changed = replace(budgets.budget_of(rows, year), amount=amount)
    if changed.balance < 0:
        raise Refusal(Reason.OVER_BUDGET)
    case.pin_new(case.body[_REASON], _REASON, tip=NO_TIP.hex())
    budgets.put_budget(rows, year, changed)
    return Granted()


def propose(case: Case) -> Granted:
    """Somebody who may read the tip proposes an award for it."""
    require_duty(case)
    standing, body, draft = standing_for_one(case), case.body, case.draft
    before = awards.of_tip(draft.rows, bytes.fromhex(body["tip"]))
    if before is not None and not before.is_over:
        raise Refusal(Reason.SECOND_AWARD)
    require_eligible(draft, body)
    award = Award(
        index=draft.growth.next_index,
        tip=body["tip"],
        claim=standing.claim.hex(),
        desk=body["desk"],
        tier=Tier(body["tier"]),
        amount=body["amount"],
        share=body["share"],
        proposer=case.only_signer().id,
        proposed=awards.log_day(draft).isoformat(),
    )
    _require_amount(case, award)
    case.pin_new(body[_REASON], _REASON)
    awards.put(draft.rows, award)
    return Granted()


def check(case: Case) -> Granted:
    """A verifier types outcome and letter number from the liaison's paper; they must be those of the log."""
    body, award = case.body, _award(case)
    confirmed, who = body["confirmed"], case.only_signer().id
    after = _or_refuse(lambda one: one.verified(who, awards.log_day(case.draft), confirmed=confirmed), award)
    if confirmed:
        found = require_found(case.draft, award.tip)
        if (body["outcome"], body["number"]) != (found.outcome, found.letter):
            raise Refusal(Reason.WRONG_RECORD)
        _require_first(case, after)
    return _stepped(case, after, needs_reason=not confirmed)


def approve(case: Case) -> Granted:
    """An approver, who took no other step of it, picks the amount; above the limit another says the same.

    Both are approvers when the second says so: of one who is no longer, the word counts no more.
    """
    body, draft = case.body, case.draft
    award = _award(case).without_approvers_gone(lambda one: has_role(draft.roster, one, APPROVER))
    who, day, place = case.only_signer().id, awards.log_day(draft), draft.growth.next_index
    after = _or_refuse(
        lambda one: one.decided(
            who, day, body["amount"], draft.roster.reward_rules, approved=body["approved"], index=place
        ),
        award,
    )
    if body["approved"]:
        require_found(draft, award.tip)
        _require_share(case, after)
        _require_first(case, after)
    return _stepped(case, after, needs_reason=not body["approved"])


def extend(case: Case) -> Granted:
    """An approver gives the reporter more time."""
    until = date.fromisoformat(case.body["until"])
    return _stepped(case, _or_refuse(lambda one: one.extended(until), _award(case)), needs_reason=True)


def cancel(case: Case) -> Granted:
    """Two people take an award back that nobody has collected; what was set aside is free again."""
    award, day = _award(case), awards.log_day(case.draft)
    after = _or_refuse(lambda one: one.cancelled(day), award)
    granted = _stepped(case, after, needs_reason=True)
    if award.state in OWED:
        budgets.give_back(case.draft.rows, day.year, award.amount)
    return granted


def _award(case: Case) -> Award:
    """The award that a statement names, for signers who may state it and whom its tip does not shut out.

    Raises:
        Refusal: as `require_duty`; unknown-award; excluded.
    """
    require_duty(case)
    award = awards.with_index(case.draft.connection, case.draft.rows, case.body["award"])
    case.require_not_excluded(case.signers(), case.standing(award.tip).route.excluded)
    return award


def _stepped(case: Case, after: Award, *, needs_reason: bool) -> Granted:
    reason = case.body[_REASON]
    if needs_reason and not reason:
        raise Refusal(Reason.NOT_ALLOWED)
    case.pin_new(reason, _REASON, tip=NO_TIP.hex())
    if after.granted:
        awards.put_told(case.draft, after)
    else:
        awards.put(case.draft.rows, after)
    return Granted()


def _require_amount(case: Case, award: Award) -> None:
    low, high = case.draft.roster.reward_rules.bounds[award.tier]
    if not is_amount(award.amount) or not (0 if award.share else low) <= award.amount <= high:
        raise Refusal(Reason.WRONG_AMOUNT)
    if award.share:
        _require_within_share(case, award)


def _require_share(case: Case, award: Award) -> None:
    """Before a share is approved the first one's award must be, or nobody knows how much a share is.

    Raises:
        Refusal: not-eligible; wrong-amount.
    """
    if not award.share:
        return
    first = _first_of(case, award)
    if first.is_over or first.state in UNDECIDED:
        raise Refusal(Reason.NOT_ELIGIBLE)
    _require_within_share(case, award)


def _require_first(case: Case, award: Award) -> None:
    """Of tips on one matter one alone is rewarded as the first, also where they were linked after their
    proposals, or where somebody unlinked them who takes a step of either award.

    Raises:
        Refusal: second-award.
    """
    others = map(bytes.fromhex, on_matter(case.draft, award.tip, award.people))
    found = awards.of_tips(case.draft.rows, others).values()
    decided = (one for one in found if not one.is_over and one.state not in UNDECIDED)
    if not award.share and any(not one.share for one in decided):
        raise Refusal(Reason.SECOND_AWARD)


def _require_within_share(case: Case, award: Award) -> None:
    if award.amount > most_of_share(_first_of(case, award), case.draft.roster.reward_rules.share):
        raise Refusal(Reason.WRONG_AMOUNT)


def _first_of(case: Case, award: Award) -> Award:
    first = awards.of_tip(case.draft.rows, bytes.fromhex(award.share))
    if first is None:
        raise Refusal(Reason.NOT_ELIGIBLE)
    return first


def _or_refuse(step: Step, award: Award) -> Award:
    try:
        return step(award)
    except AwardRefused as refused:
        raise Refusal(Reason(refused.reason)) from refused
