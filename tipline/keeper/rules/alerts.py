"""What auditors state about alerts, decoys and reports."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace

from tipline.alerts.rules import UNASKED, Rule
from tipline.ids import AUDITORS, NO_TIP
from tipline.interference.ways import INTERFERENCE
from tipline.keeper.alerting.asked import find_alert, said_of
from tipline.keeper.alerting.models import OPEN, AlertRow
from tipline.keeper.alerting.stating import is_decoy
from tipline.keeper.digests.tables import ALERTS, DECOYS, OPEN_ALERTS
from tipline.keeper.errors import Refusal
from tipline.keeper.rules import interference
from tipline.keeper.rules.case import Case, Granted, require_desk
from tipline.keeper_client.alerting import ANSWER, ASK
from tipline.keeper_client.reasons import Reason
from tipline.roster import Member


def review(case: Case) -> Granted:
    """What an auditor found of an alert: once, and not of one about themselves while there is another."""
    auditor, body = _auditor(case), case.body
    alert, rows = _open_alert(case), case.draft.rows
    others: Collection[Member] = case.draft.roster.holders(AUDITORS)
    if alert.member == auditor.id and any(other.id != auditor.id for other in others):
        raise Refusal(Reason.ANOTHER_PERSON)
    if body["tip"] and not body["reason"]:
        raise Refusal(Reason.MALFORMED)
    if body["tip"]:
        case.standing()
        case.pin_new(body["reason"], "reason")
    else:  # the text goes with no tip, like the words of a search
        case.pin_new(body["reason"], "reason", tip=NO_TIP.hex())
    rows.put(ALERTS, [asdict(replace(alert, review=case.draft.growth.next_index))])
    rows.count_one_less(OPEN_ALERTS)
    return Granted()


def ask(case: Case) -> Granted:
    """An auditor asks the member whom an alert is about to explain it: once, and while it is open."""
    auditor = _auditor(case)
    about, said = _to_explain(case)
    member = case.draft.roster.members.get(about)
    if member is None or not member.active or member.id == auditor.id or ASK in said:
        raise Refusal(Reason.NOT_ALLOWED)
    return Granted()


def answer(case: Case) -> Granted:
    """The member who was asked explains an alert, once."""
    about, said = _to_explain(case)
    if about != case.only_signer().id or ASK not in said or ANSWER in said:
        raise Refusal(Reason.NOT_ALLOWED)
    named = {"item": case.body["item"], "hash": case.body["hash"]}
    case.pin_new(named, "reason", tip=NO_TIP.hex())
    return Granted()


def _to_explain(case: Case) -> tuple[str, Mapping[str, int]]:
    """Whom the alert of a statement is about, and what was said of it already.

    Raises:
        Refusal: not-allowed; there is none, it was reviewed, or nobody is asked about one of its kind.
    """
    alert, growth = _open_alert(case), case.draft.growth
    if alert.rule in UNASKED:
        raise Refusal(Reason.NOT_ALLOWED)
    return alert.member, said_of(case.draft.connection, alert.index, growth.next_index, growth.added())


def _open_alert(case: Case) -> AlertRow:
    """The alert that a statement names.

    Raises:
        Refusal: not-allowed; there is none, or it was reviewed.
    """
    alert = find_alert(case.draft.rows, case.body["alert"])
    if alert is None or alert.review != OPEN:
        raise Refusal(Reason.NOT_ALLOWED)
    return alert


def decoy(case: Case) -> Granted:
    """A tip that an auditor is about to plant: one that nobody has seen yet, and only while decoys are on."""
    _auditor(case)
    draft, tip = case.draft, case.body["tip"]
    if not draft.roster.alert_rules.is_on(Rule.DECOY):
        raise Refusal(Reason.NOT_ALLOWED)
    if draft.pins.tip(bytes.fromhex(tip)) is not None or is_decoy(draft.rows, tip):
        raise Refusal(Reason.TIP_EXISTS)
    draft.rows.put(DECOYS, [{"tip": bytes.fromhex(tip), "index": draft.growth.next_index}])
    draft.rows.count_one_more(DECOYS.name)
    return Granted()


def report(case: Case) -> Granted:
    """An auditor signs the figures of a report; that on interference is the integrity desk's."""
    if case.body["kind"] == INTERFERENCE:
        return interference.report(case)
    _auditor(case)
    return Granted()


def _auditor(case: Case) -> Member:
    auditor = case.only_signer()
    require_desk(auditor, AUDITORS)
    return auditor
