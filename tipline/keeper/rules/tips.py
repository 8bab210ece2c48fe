"""What is stated about a tip's items and its route: replies, notes, tags, names of accused, routes."""

from collections.abc import Sequence

from crypto.policies import IDENTITY, Route
from tipline.ids import INTEGRITY
from tipline.keeper.disclosing.people import require_running
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Standing
from tipline.keeper.proved import proved_at
from tipline.keeper.rules.case import Case, Granted, knows, may_have
from tipline.keeper.rules.cases import changed, standing_for_one
from tipline.keeper_client.reasons import Reason
from tipline.roster import Member
from tipline.roster.rules import is_settled
from tipline.routing import protects
from tipline.tips import cases
from tipline.tips.case_file import CaseFile


def reply(case: Case) -> Granted:
    """A sealed answer to the reporter."""
    standing = standing_for_one(case)
    case.pin_new(_named(case), "reply")
    return changed(case, [(case.body["tip"], standing, cases.answered(standing.case))])


def note(case: Case) -> Granted:
    """A sealed note among staff."""
    standing_for_one(case)
    case.pin_new(_named(case), "note")
    return Granted()


def tags(case: Case) -> Granted:
    """Sealed tags among staff, in place of those of another item; which of two counts, their records tell."""
    return _in_place_of_another(case, "tags")


def accused(case: Case) -> Granted:
    """The sealed names of those whom a tip accuses, in place of those of another item, as with tags."""
    return _in_place_of_another(case, "accused")


def identity(case: Case) -> Granted:
    """A name or a contact that staff were told by the person: under the same locks as one from the mailbox.

    Nothing is asked for in a tip that is closed, so nothing more is kept there.
    """
    require_running(standing_for_one(case), case.body["desk"])
    case.pin_new(_named(case), IDENTITY)
    return Granted()


def _in_place_of_another(case: Case, kind: str) -> Granted:
    if standing_for_one(case).case.protects:
        raise Refusal(Reason.NOT_ALLOWED)  # both stand on the cards of tips
    if case.body["after"]:
        before = case.draft.pins.item(bytes.fromhex(case.body["after"]))
        if before is None or (before.tip, before.kind) != (bytes.fromhex(case.body["tip"]), kind):
            raise Refusal(Reason.NOT_ALLOWED)
    case.pin_new(_named(case), kind)
    return Granted()


def _named(case: Case) -> dict[str, str]:
    return {"item": case.body["item"], "hash": case.body["hash"]}


def route(case: Case) -> Granted:
    """Other desks, or other excluded units; from now on this route binds, whatever older slips say.

    One person may exclude more units, and hand the tip to the integrity desk. Whatever lets somebody in, an
    exclusion lifted or another desk, takes two, one of them outside the desk, and neither from a unit that is
    excluded; so does shutting out everybody at the integrity desk, to which a missed deadline goes. That desk
    alone lets go of what came up to it. No tip becomes a protection case, and no case a tip.
    """
    body = case.body
    signers = case.signers()
    holders = [member for member in signers if body["desk"] in member.desks]
    if not holders:
        raise Refusal(Reason.DESK_NOT_HELD)
    standing = case.standing()
    case.require_desk_reads(standing.route)
    case.require_not_excluded(signers, standing.route.excluded)
    new = Route(tuple(body["desks"]), tuple(body["excluded"]))
    if protects(new) != protects(standing.route):
        raise Refusal(Reason.NOT_ALLOWED)
    if not knows(case.draft.roster, new) or not case.somebody_reads(new):
        raise Refusal(Reason.NOT_ALLOWED)
    if len(signers) > 2:
        raise Refusal(Reason.NOT_ALLOWED)
    lifts = not set(standing.route.excluded) <= set(body["excluded"])
    opens = not set(body["desks"]) <= {*standing.route.desks, INTEGRITY}
    if (lifts or opens or _shuts_above(case, standing.route, new)) and not _are_two(signers, holders):
        raise Refusal(Reason.TWO_SIGNATURES)
    if INTEGRITY in standing.route.desks and INTEGRITY not in new.desks and body["desk"] != INTEGRITY:
        raise Refusal(Reason.NOT_ALLOWED)
    if lifts or opens:
        _require_newer(case, standing)
    case.pin_new(body["reason"], "reason")
    rerouted = standing.rerouted(new, case.draft.growth.next_index)
    return changed(case, [(body["tip"], rerouted, _without_stranger(case, rerouted))])


def _are_two(signers: Sequence[Member], holders: Sequence[Member]) -> bool:
    """Whether two people signed, one of them outside the desk, and each of them somebody."""
    return len(signers) == 2 and len(holders) == 1 and all(map(is_settled, signers))


def _shuts_above(case: Case, old: Route, new: Route) -> bool:
    """Whether nobody at the integrity desk may read any more, where somebody might before."""
    before, after = (Route((INTEGRITY,), route.excluded) for route in (old, new))
    return case.somebody_reads(before) and not case.somebody_reads(after)


def _require_newer(case: Case, standing: Standing) -> None:
    """Refuse what was proposed before the tip's latest route: it would undo what came in between, unseen.

    Raises:
        Refusal: not-allowed.
        RowsChanged: the entry of that route is not the log's.
    """
    if standing.route_index < 0:
        return
    is_in_this_batch = standing.route_index >= case.draft.stored
    if is_in_this_batch or proved_at(case.draft, standing.route_index).at > case.body["at"]:
        raise Refusal(Reason.NOT_ALLOWED)


def _without_stranger(case: Case, standing: Standing) -> CaseFile:
    """Nobody keeps a tip that a new route closes to them."""
    assignee = case.draft.roster.members.get(standing.case.assignee)
    if assignee is None or may_have(case.draft, assignee, standing.route):
        return standing.case
    return cases.assigned(standing.case, "")
