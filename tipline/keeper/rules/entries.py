"""Tips that staff enter for somebody, and the code sheets that they print for it."""

from crypto.policies import Policy, Route
from tipline.ids import AUDITORS, PROTECTION
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Pin, Standing
from tipline.keeper.rules.case import Case, Granted, knows, require_desk, require_policy
from tipline.keeper_client.reasons import Reason
from tipline.routing import protects
from tipline.tips.case_file import CaseFile

ENTERED_KINDS = ["card", "text"]
"""What an entry brings into being, once each."""


def sheets(case: Case) -> Granted:
    """Code sheets were printed; their hashes bind the rows that stand for them until they are used."""
    _require_reading_desk(case)
    return Granted()


def entry(case: Case) -> Granted:
    """A tip, or a protection case, that came on paper or by word of mouth.

    No reporter signs it, so the member's statement stands in the place of the claim signature: it names
    claim key and items, which are pinned now. The slips tell the first route and are not opened further:
    whoever enters a tip may be one who must not read it.
    """
    _require_reading_desk(case)
    tip = bytes.fromhex(case.body["tip"])
    if case.draft.pins.tip(tip) is not None:
        raise Refusal(Reason.TIP_EXISTS)
    policies = _policies(case)
    route = policies[0].route
    if not knows(case.draft.roster, route) or not case.somebody_reads(route):
        raise Refusal(Reason.NOT_ALLOWED)
    if any(case.draft.pins.item(bytes.fromhex(policy.item)) is not None for policy in policies):
        raise Refusal(Reason.ITEM_MISMATCH)
    if case.body["desk"] == PROTECTION and not protects(route):
        raise Refusal(Reason.NOT_ALLOWED)  # any desk may call for protection; that one takes in no tips
    opened = CaseFile.opened(case.draft.today, case.draft.roster.clocks, protects=protects(route))
    case.draft.pins.put_tip(tip, Standing.first(bytes.fromhex(case.body["claim"]), route, opened))
    for policy in policies:
        pin = Pin(tip, bytes.fromhex(policy.digest), policy.kind)
        case.draft.pins.put_item(bytes.fromhex(policy.item), pin)
    return Granted()


def _require_reading_desk(case: Case) -> None:
    desk = case.body["desk"]
    require_desk(case.only_signer(), desk)
    if desk == AUDITORS or not case.draft.roster.desks[desk].reads:
        raise Refusal(Reason.NOT_ALLOWED)


def _policies(case: Case) -> list[Policy]:
    """The policies of the stated items: of this tip and claim key, under one route, at a desk of it."""
    named, slips = case.body["items"], case.asked.slips
    if len(slips) != len(named):
        raise Refusal(Reason.POLICY_MISMATCH)
    desk = slips[0].policy.desk if slips[0] else ""
    policies = [
        require_policy(slip, item=each["item"], digest=each["hash"], desk=desk)
        for each, slip in zip(named, slips, strict=True)
    ]
    if sorted(policy.kind for policy in policies) != ENTERED_KINDS:
        raise Refusal(Reason.POLICY_MISMATCH)
    route = policies[0].route
    if desk not in route.desks or not all(_is_for(policy, case, route) for policy in policies):
        raise Refusal(Reason.POLICY_MISMATCH)
    return policies


def _is_for(policy: Policy, case: Case, route: Route) -> bool:
    return (policy.tip, policy.claim, policy.route) == (case.body["tip"], case.body["claim"], route)
