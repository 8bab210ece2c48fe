"""What is stated about identities: a request, a decision, the unlock, each view.

Every one of them asks the same of the two people, the tip and its latest route (`people`), and the two that
take a lock off ask for both signatures in the log as well. What the site says decides nothing.
"""

from datetime import date
from typing import Final

from crypto.policies import IDENTITY
from tipline.disclosures.grounds import Ground
from tipline.disclosures.telling import Tell
from tipline.disclosures.terms import DECIDED_WITHIN, EMERGENCY_HOURS, MOST_OPEN
from tipline.ids import CUSTODIANS, NO_TIP
from tipline.keeper.disclosing import standing as stored
from tipline.keeper.disclosing.accused import ACCUSED_UNIT, apart, shut_out
from tipline.keeper.disclosing.payees import as_payee, require_no_step
from tipline.keeper.disclosing.people import (
    known,
    require_approver,
    require_both,
    require_requester,
    require_requester_still,
    require_running,
    require_signatures,
)
from tipline.keeper.disclosing.standing import APPROVED, LAPSED, Disclosure
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Standing
from tipline.keeper.release import OpenedSlip
from tipline.keeper.rules.case import Case, Granted, require_desk, require_policy
from tipline.keeper.rules.reading import pin_seen, require_pinned
from tipline.keeper.witnessing.standing import require_witnessed
from tipline.keeper_client.reasons import Reason
from tipline.roster import Roster

_REASON: Final = "reason"


def request(case: Case) -> Granted:
    """A member asks for an identity, for a ground and some hours; nothing is released for it."""
    body, requester, draft = case.body, case.only_signer(), case.draft
    require_desk(requester, body["desk"])
    _require_sound(case)
    slip = _slip(case, body["item"], body["hash"], body["desk"])
    if slip.policy.tip != body["tip"]:
        raise Refusal(Reason.POLICY_MISMATCH)
    standing = known(draft.pins.tip(bytes.fromhex(body["tip"])))
    tip = bytes.fromhex(body["tip"])
    met = as_payee(draft.rows, tip, body["desk"], body["ground"], standing)
    if ACCUSED_UNIT in body:
        met = apart(_roster(case), body[ACCUSED_UNIT], met)
    require_requester(_roster(case), draft.today, requester, body["desk"], met)
    require_no_step(draft.rows, tip, body["desk"], requester)
    require_running(standing, body["desk"])
    require_pinned(draft, standing, slip)
    item = bytes.fromhex(body["item"])
    waiting = [one for one in stored.all_open(draft.connection, draft.rows) if one.requester == requester.id]
    if any(one.item == item for one in waiting):
        raise Refusal(Reason.ALREADY_ASKED)
    if len(waiting) >= MOST_OPEN:
        raise Refusal(Reason.TOO_MANY)
    case.pin_new(body["reason"], _REASON, tip=NO_TIP.hex())
    pin_seen(draft, standing, [slip])
    stored.add(draft.rows, _asked(case, requester.id, slip.policy.epoch))
    return Granted()


def decide(case: Case) -> Granted:
    """A custodian says yes or no, once and with a reason. A yes begins the window, or says when it begins."""
    body, approver, draft = case.body, case.only_signer(), case.draft
    require_desk(approver, CUSTODIANS)
    asked = stored.one_of(draft.rows, body["request"])
    standing = _standing(case, asked)
    require_approver(_roster(case), draft.today, approver, asked, standing)
    require_no_step(draft.rows, asked.tip, asked.desk, approver)
    require_running(standing, asked.desk)
    _require_undecided(asked, draft.today)
    if body["approved"]:
        require_requester_still(_roster(case), draft.today, asked, standing)
    case.pin_new(body["reason"], _REASON, tip=NO_TIP.hex())
    answer = bytes.fromhex(body["reason"]["item"]), bytes.fromhex(body["reason"]["hash"])
    index = draft.growth.next_index
    if not body["approved"]:
        stored.decide(draft.rows, asked.refused(approver.id, answer, index, draft.at))
        return Granted()
    approved = asked.approved(approver.id, answer, index, draft.now, draft.at)
    stored.decide(draft.rows, approved)
    return Granted(told=approved.record() if approved.tell == Tell.FIRST else None)


def unlock(case: Case) -> Granted:
    """The custodian who said yes gets what has their lock, to put the rest back for the requester.

    Until the window closes, as often as it takes: a session may end between the two, and each is an entry.
    """
    approver, draft = case.only_signer(), case.draft
    require_desk(approver, CUSTODIANS)
    asked = stored.one_of(draft.rows, case.body["request"])
    standing = _standing(case, asked)
    require_approver(_roster(case), draft.today, approver, asked, standing)
    require_running(standing, asked.desk)
    _require_approved(asked)
    if asked.approver != approver.id:
        raise Refusal(Reason.ANOTHER_PERSON)
    _require_opening(case, asked, standing)
    slip = _slip(case, asked.item.hex(), asked.digest.hex(), asked.desk)
    if (slip.policy.tip, slip.policy.epoch) != (asked.tip.hex(), asked.epoch):
        raise Refusal(Reason.POLICY_MISMATCH)
    require_pinned(draft, standing, slip)
    return Granted(((asked.item.hex(), slip.inner),), window=asked.window)


def view(case: Case) -> Granted:
    """The requester gets what was put back for them, once more; within the window, and only then."""
    body, requester, draft = case.body, case.only_signer(), case.draft
    require_desk(requester, body["desk"])
    asked = stored.one_of(draft.rows, body["request"])
    if asked.requester != requester.id:
        raise Refusal(Reason.ANOTHER_PERSON)
    named = (body["tip"], body["desk"], body["item"], body["hash"])
    if named != (asked.tip.hex(), asked.desk, asked.item.hex(), asked.digest.hex()):
        raise Refusal(Reason.POLICY_MISMATCH)
    standing = _standing(case, asked)
    require_requester(_roster(case), draft.today, requester, asked.desk, standing)
    require_running(standing, asked.desk)
    _require_approved(asked)
    if draft.now < asked.opens:
        raise Refusal(Reason.WINDOW_NOT_BEGUN)
    _require_opening(case, asked, standing)
    put_back = case.asked.put_back
    if put_back is None or put_back[0] != asked.window:
        raise Refusal(Reason.POLICY_MISMATCH)
    stored.change(draft.rows, asked.viewed())
    return Granted(((asked.item.hex(), put_back[1]),), window=asked.window)


def _require_sound(case: Case) -> None:
    """Refuse a ground without what it takes, and an emergency that is none.

    Raises:
        Refusal: not-allowed.
    """
    body = case.body
    by_letter = body["ground"] == Ground.DECISION
    if by_letter != bool(body["letter"]) or by_letter != bool(body["body"]):
        raise Refusal(Reason.NOT_ALLOWED)
    if by_letter != (ACCUSED_UNIT in body):
        raise Refusal(Reason.NOT_ALLOWED)
    roster = case.draft.roster
    if by_letter and (body["body"] not in roster.bodies or body[ACCUSED_UNIT] not in roster.units):
        raise Refusal(Reason.NOT_ALLOWED)
    if not body["emergency"]:
        return
    urgent = body["ground"] == Ground.LIFE and body["hours"] == EMERGENCY_HOURS
    if not urgent or body["tell"] == Tell.FIRST:
        raise Refusal(Reason.NOT_ALLOWED)


def _slip(case: Case, item: str, digest: str, desk: str) -> OpenedSlip:
    """The one slip beside the statement, which is for this identity and this desk.

    Raises:
        Refusal: policy-mismatch.
    """
    slip = case.asked.slips[0] if len(case.asked.slips) == 1 else None
    policy = require_policy(slip, item=item, digest=digest, desk=desk)
    if slip is None or policy.kind != IDENTITY:
        raise Refusal(Reason.POLICY_MISMATCH)
    return slip


def _asked(case: Case, requester: str, epoch: int) -> Disclosure:
    body, draft = case.body, case.draft
    due = draft.roster.clocks.calendar.after(draft.today, DECIDED_WITHIN)
    return Disclosure(
        index=draft.growth.next_index,
        requester=requester,
        desk=body["desk"],
        tip=bytes.fromhex(body["tip"]),
        item=bytes.fromhex(body["item"]),
        digest=bytes.fromhex(body["hash"]),
        epoch=epoch,
        ground=body["ground"],
        hours=body["hours"],
        tell=body["tell"],
        emergency=int(body["emergency"]),
        reason=bytes.fromhex(body["reason"]["item"]),
        reason_hash=bytes.fromhex(body["reason"]["hash"]),
        body=body["body"],
        letter=body["letter"],
        asked=draft.at,
        due=due.isoformat(),
    )


def _roster(case: Case) -> Roster:
    """The roster of today: a deputy whose day is over is none, also where the clock is in doubt."""
    return case.draft.roster.as_of(case.draft.today)


def _standing(case: Case, asked: Disclosure) -> Standing:
    standing = known(case.draft.pins.tip(asked.tip))
    return shut_out(case.draft.connection, case.draft.rows, _roster(case), asked, standing)


def _require_undecided(asked: Disclosure, today: date) -> None:
    if asked.state == LAPSED or (asked.is_open and asked.is_late(today)):
        raise Refusal(Reason.LAPSED)
    if not asked.is_open:
        raise Refusal(Reason.ALREADY_DECIDED)


def _require_approved(asked: Disclosure) -> None:
    if asked.state != APPROVED:
        raise Refusal(Reason.NOT_APPROVED)


def _require_opening(case: Case, asked: Disclosure, standing: Standing) -> None:
    """What holds whenever a lock comes off: the window is not over, both people stand, both have signed.

    Raises:
        Refusal: window-closed, not-allowed, not-approved or unwitnessed.
    """
    draft = case.draft
    if draft.at >= asked.until:  # the log's time: it never goes back
        raise Refusal(Reason.WINDOW_CLOSED)
    require_both(_roster(case), draft.today, asked, standing)
    require_signatures(draft.connection, draft.roster, asked)
    require_witnessed(draft)
