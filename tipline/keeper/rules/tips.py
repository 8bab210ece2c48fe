"""What is stated about a tip: replies, notes, moves, routes."""

from crypto.policies import Route
from tipline.ids import INTEGRITY
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Standing
from tipline.keeper.rules.case import Case, Granted, require_desk
from tipline.keeper_client.reasons import Reason
from tipline.tips.moves import TIP_MOVES, TipState
from tipline.transitions import MoveRefused


def reply(case: Case) -> Granted:
    """A sealed answer to the reporter."""
    return _add_item(case, "reply")


def note(case: Case) -> Granted:
    """A sealed note among staff."""
    return _add_item(case, "note")


def _add_item(case: Case, kind: str) -> Granted:
    _standing_for_one(case)
    case.pin_new({"item": case.body["item"], "hash": case.body["hash"]}, kind)
    return Granted()


def move(case: Case) -> Granted:
    """A tip goes into another state, as the one table of moves allows."""
    body, standing = case.body, _standing_for_one(case)
    if standing.state != body["from"]:
        raise Refusal(Reason.NOT_ALLOWED)
    try:
        allowed = TIP_MOVES.find(TipState(body["from"]), TipState(body["to"]))
    except MoveRefused:
        raise Refusal(Reason.NOT_ALLOWED) from None
    if allowed.reason_required and not body["reason"]:
        raise Refusal(Reason.NOT_ALLOWED)
    case.pin_new(body["reason"], "reason")
    case.draft.pins.put_tip(bytes.fromhex(body["tip"]), standing.moved(body["to"]))
    return Granted()


def route(case: Case) -> Granted:
    """Other desks, or other excluded units; from now on this route binds, whatever older slips say.

    One person may exclude more units, and hand the tip to the integrity desk. Whatever lets somebody in, an
    exclusion lifted or another desk, takes two, one of them outside the desk, and neither from a unit that is
    excluded.
    """
    body = case.body
    signers = [case.draft.roster.members[signer] for signer in case.statement.signers]
    holders = [member for member in signers if body["desk"] in member.desks]
    if not holders:
        raise Refusal(Reason.DESK_NOT_HELD)
    standing = case.standing()
    case.require_desk_reads(standing.route)
    case.require_not_excluded(signers, standing.route.excluded)
    new = Route(tuple(body["desks"]), tuple(body["excluded"]))
    if not case.knows(new) or not case.somebody_reads(new):
        raise Refusal(Reason.NOT_ALLOWED)
    if len(signers) > 2:
        raise Refusal(Reason.NOT_ALLOWED)
    lifts = not set(standing.route.excluded) <= set(body["excluded"])
    opens = not set(body["desks"]) <= {*standing.route.desks, INTEGRITY}
    if (lifts or opens) and (len(signers) != 2 or len(holders) != 1):
        raise Refusal(Reason.TWO_SIGNATURES)
    case.pin_new(body["reason"], "reason")
    rerouted = standing.rerouted(new, case.draft.growth.next_index)
    case.draft.pins.put_tip(bytes.fromhex(body["tip"]), rerouted)
    return Granted()


def _standing_for_one(case: Case) -> Standing:
    """Where the tip stands, for one member who may read it now."""
    member = case.only_signer()
    require_desk(member, case.body["desk"])
    standing = case.standing()
    case.require_desk_reads(standing.route)
    case.require_not_excluded([member], standing.route.excluded)
    return standing
