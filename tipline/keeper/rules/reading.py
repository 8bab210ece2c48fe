"""Reading a tip's items, and listing cards.

The order of the checks matters little to who may read, and is kept for the auditors: first what the member
holds, then whether the slips are for what was stated, then what was pinned, then the latest route.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from crypto.policies import IDENTITY, Route
from tipline.ids import AUDITORS, NO_TIP
from tipline.interference.ways import INTERFERENCE
from tipline.keeper.disclosing.words import require_may_read
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Pin, Standing
from tipline.keeper.release import CLAIMED_KINDS, STATED_KINDS, OpenedSlip
from tipline.keeper.rules import interference
from tipline.keeper.rules.cards import groups_of
from tipline.keeper.rules.case import CardKey, Case, Granted, knows, require_desk, require_policy
from tipline.keeper.state import Draft
from tipline.keeper.witnessing.standing import require_witnessed
from tipline.keeper_client.reasons import Reason
from tipline.roster import Member
from tipline.routing import protects
from tipline.tips import cases
from tipline.tips.case_file import CaseFile
from tipline.tips.check_ins import checked_in
from tipline.tips.moves import TipState
from tipline.tips.purposes import OF_CASES, Purpose

REASON_KIND = "reason"
MESSAGE_KIND = "message"
LISTED_KINDS = frozenset(("card", "tags"))
"""What a list shows of a tip: the reporter's card, and the tags that a desk gave it."""


def read(case: Case) -> Granted:
    """All items of one reading, or none."""
    body, reader = case.body, case.only_signer()
    require_desk(reader, body["desk"])
    if body["tip"] == NO_TIP.hex():
        return _read_words(case, reader)
    slips = _matching_slips(case, body["items"])
    if any(slip.policy.tip != body["tip"] for slip in slips):
        raise Refusal(Reason.POLICY_MISMATCH)
    standing = case.draft.pins.tip(bytes.fromhex(body["tip"])) or first_sight(
        case.draft, slips, case.draft.today
    )
    for slip in slips:
        require_pinned(case.draft, standing, slip)
    _require_desk_may_read(case, standing, slips)
    case.require_not_excluded([reader], standing.route.excluded)
    require_witnessed(case.draft)  # last: whoever may not know of the tip is told what they always are
    _see(case.draft, standing, slips)
    case.draft.grant(case.statement)
    return Granted(tuple((slip.policy.item, slip.inner) for slip in slips), routes=(standing.route,))


def search(case: Case) -> Granted:
    """A member searches a list for words, which are sealed for the auditors."""
    desk = case.body["desk"]
    require_desk(case.only_signer(), desk)
    if desk == AUDITORS or not case.draft.roster.desks[desk].reads:
        raise Refusal(Reason.NOT_ALLOWED)
    named = {"item": case.body["item"], "hash": case.body["hash"]}
    case.pin_new(named, REASON_KIND, tip=NO_TIP.hex())
    return Granted()


def _read_words(case: Case, reader: Member) -> Granted:
    """Words of no tip, so that no route keeps an auditor out, and no custodian learns of a tip."""
    for named in case.body["items"]:
        _require_for_reader(case, reader, bytes.fromhex(named["item"]))
    slips = _matching_slips(case, case.body["items"])
    for slip in slips:
        pin = case.draft.pins.item(bytes.fromhex(slip.policy.item))
        if pin is None or pin != _as_pin(slip) or pin.tip != NO_TIP:
            raise Refusal(Reason.ITEM_MISMATCH)
    inner = tuple((slip.policy.item, slip.inner) for slip in slips)
    return Granted(inner, routes=(Route((case.body["desk"],), ()),))


def _require_for_reader(case: Case, reader: Member, item: bytes) -> None:
    """What it is stands in its pin: by its kind the register's rules hold for it, or those of reasons."""
    pin = case.draft.pins.item(item)
    if pin is not None and pin.kind == INTERFERENCE:
        interference.require_may_read(case, reader, item)
    else:
        require_may_read(case, reader, item)


def _see(draft: Draft, standing: Standing, slips: list[OpenedSlip]) -> None:
    """Pin what is read; and where the tip waits for its reporter, note that something new came from them.

    Whoever agreed on check-ins was heard on the day for which they signed it, whenever it is read.
    """
    messages = [slip for slip in slips if slip.policy.kind == MESSAGE_KIND]
    news = [slip for slip in messages if draft.pins.item(bytes.fromhex(slip.policy.item)) is None]
    pin_seen(draft, standing, slips)
    if not news:
        return
    tip, file = bytes.fromhex(messages[0].policy.tip), standing.case
    if file.state is TipState.NEED_MORE:
        draft.pins.put_tip(tip, standing.with_case(cases.heard(file)))
        return
    days = [slip.day for slip in news if slip.day is not None and slip.day <= draft.today]
    if days and file.watch_every:
        draft.pins.put_tip(tip, standing.with_case(checked_in(file, max(days))))


def list_cards(case: Case) -> Granted:
    """The cards that this member may have; the others are withheld, and named in the entry."""
    body, reader = case.body, case.only_signer()
    require_desk(reader, body["desk"])
    if body["desk"] == AUDITORS or not case.draft.roster.desks[body["desk"]].reads:
        raise Refusal(Reason.NOT_ALLOWED)
    if len(case.asked.slips) != len(body["items"]):
        raise Refusal(Reason.POLICY_MISMATCH)
    require_witnessed(case.draft)
    units = case.units(reader)
    inner, withheld, routes = [], [], []
    for named, slip in zip(body["items"], case.asked.slips, strict=True):
        try:
            opened, route = _card(case, named, slip, units)
            inner.append((named["item"], opened))
            routes.append(route)
        except Refusal:
            withheld.append(named["item"])
    return Granted(tuple(inner), tuple(withheld), tuple(_card_keys(case, units)), tuple(routes))


def _card(
    case: Case, named: Mapping[str, str], slip: OpenedSlip | None, units: frozenset[str]
) -> tuple[bytes, Route]:
    policy = require_policy(slip, item=named["item"], digest=named["hash"], desk=case.body["desk"])
    if slip is None or policy.kind not in LISTED_KINDS:
        raise Refusal(Reason.POLICY_MISMATCH)
    standing = case.draft.pins.tip(bytes.fromhex(policy.tip)) or first_sight(
        case.draft, [slip], case.draft.today
    )
    require_pinned(case.draft, standing, slip)
    if policy.desk not in standing.route.desks:
        raise Refusal(Reason.NOT_ALLOWED)
    if units.intersection(standing.route.excluded):
        raise Refusal(Reason.EXCLUDED)
    pin_seen(case.draft, standing, [slip])
    return slip.inner, standing.route


def _card_keys(case: Case, units: frozenset[str]) -> Iterable[CardKey]:
    rows = groups_of(case.draft.connection, case.draft.rows, case.body["desk"])
    for group, _, excluded, _, slip in rows:
        if not units.intersection(excluded.split()):
            yield CardKey(group, tuple(excluded.split()), slip)


def _matching_slips(case: Case, named: list[dict[str, Any]]) -> list[OpenedSlip]:
    if len(case.asked.slips) != len(named):
        raise Refusal(Reason.POLICY_MISMATCH)
    slips = []
    for each, slip in zip(named, case.asked.slips, strict=True):
        require_policy(slip, item=each["item"], digest=each["hash"], desk=case.body["desk"])
        if slip is not None:
            slips.append(slip)
    return slips


def first_sight(draft: Draft, slips: Iterable[OpenedSlip], day: date) -> Standing:
    """What an item of the reporter's tells of a tip nobody has seen before; its signature is checked next.

    Anybody can seal an item, so its route may name only what the roster knows. A route to the desk that
    protects begins a protection case. The clock begins on `day`.

    Raises:
        Refusal: unknown-tip or policy-mismatch.
    """
    claimed = [slip for slip in slips if slip.policy.kind in CLAIMED_KINDS]
    if not claimed:
        raise Refusal(Reason.UNKNOWN_TIP)
    route = claimed[0].policy.route
    if not knows(draft.roster, route):
        raise Refusal(Reason.POLICY_MISMATCH)
    opened = CaseFile.opened(day, draft.roster.clocks, protects=protects(route))
    return Standing.first(bytes.fromhex(claimed[0].policy.claim), route, opened)


def require_pinned(draft: Draft, standing: Standing, slip: OpenedSlip) -> None:
    """Refuse an item that is not what was pinned, or that nobody vouches for; and all of an erased tip.

    Raises:
        Refusal: item-mismatch, claim-signature or not-allowed.
    """
    if standing.case.state is TipState.ERASED:  # a backup may still hold its slips
        raise Refusal(Reason.NOT_ALLOWED)
    policy = slip.policy
    pin = draft.pins.item(bytes.fromhex(policy.item))
    if pin is not None and slip.claimed and (pin.tip, pin.kind) != _as_pin(slip)[::2]:
        # Somebody named a reporter's item as one of theirs, to bury it: the reporter's word counts.
        pin = None
    if bytes.fromhex(policy.claim) != standing.claim or (pin is not None and pin != _as_pin(slip)):
        raise Refusal(Reason.ITEM_MISMATCH)
    if policy.kind in CLAIMED_KINDS:
        # What is pinned was signed when it was first seen, or was entered by a member's own statement.
        if not slip.claimed and pin is None:
            raise Refusal(Reason.CLAIM_SIGNATURE)
        # Otherwise a made-up slip, seen first, could pin a route that excludes nobody.
        if not standing.had(policy.route):
            raise Refusal(Reason.ITEM_MISMATCH)
    elif policy.kind not in STATED_KINDS:
        raise Refusal(Reason.NOT_ALLOWED)
    elif pin is None:
        raise Refusal(Reason.ITEM_MISMATCH)


def _require_desk_may_read(case: Case, standing: Standing, slips: Sequence[OpenedSlip]) -> None:
    """Auditors read the reasons that members stated, and nothing else; nobody else reads those.

    Who a reporter is, nobody reads like this: it takes a disclosure.
    """
    if any(slip.policy.kind == IDENTITY for slip in slips):
        raise Refusal(Reason.NOT_ALLOWED)
    reasons = {slip.policy.kind == REASON_KIND for slip in slips}
    if case.body["desk"] == AUDITORS:
        if reasons != {True}:
            raise Refusal(Reason.NOT_ALLOWED)
        return
    if reasons != {False} or not _suits(Purpose(case.body["purpose"]), standing.route):
        raise Refusal(Reason.NOT_ALLOWED)
    case.require_desk_reads(standing.route)


def _suits(purpose: Purpose, route: Route) -> bool:
    """Whether one reads a tip, or a protection case, for this."""
    return purpose in OF_CASES if protects(route) else purpose is not Purpose.PROTECTION


def pin_seen(draft: Draft, standing: Standing, slips: Iterable[OpenedSlip]) -> None:
    """Remember a tip and its items as they were seen; what is known already stays as it is."""
    for slip in slips:
        tip = bytes.fromhex(slip.policy.tip)
        if draft.pins.tip(tip) is None:
            draft.pins.put_tip(tip, standing)
        draft.pins.put_item(bytes.fromhex(slip.policy.item), _as_pin(slip))


def _as_pin(slip: OpenedSlip) -> Pin:
    policy = slip.policy
    return Pin(bytes.fromhex(policy.tip), bytes.fromhex(policy.digest), policy.kind)
