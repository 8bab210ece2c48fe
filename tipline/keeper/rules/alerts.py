"""What auditors state about alerts, decoys and reports."""

from collections.abc import Collection

from sqlalchemy import insert, select, update

from tipline.alerts.rules import Rule
from tipline.ids import AUDITORS
from tipline.keeper.alerting.models import OPEN, alerts, decoys
from tipline.keeper.alerting.stating import is_decoy
from tipline.keeper.errors import Refusal
from tipline.keeper.rules.case import Case, Granted, require_desk
from tipline.keeper_client.reasons import Reason
from tipline.roster import Member


def review(case: Case) -> Granted:
    """What an auditor found of an alert: once, and not of one about themselves while there is another."""
    auditor, body = _auditor(case), case.body
    table = alerts.c
    row = case.draft.connection.execute(
        select(table.member, table.review).where(table.index == body["alert"])
    ).first()
    if row is None or row.review != OPEN:
        raise Refusal(Reason.NOT_ALLOWED)
    others: Collection[Member] = case.draft.roster.holders(AUDITORS)
    if row.member == auditor.id and any(other.id != auditor.id for other in others):
        raise Refusal(Reason.ANOTHER_PERSON)
    if bool(body["tip"]) != bool(body["reason"]):
        raise Refusal(Reason.MALFORMED)
    if body["reason"]:
        case.standing()
        case.pin_new(body["reason"], "reason")
    index = case.draft.growth.next_index
    case.draft.connection.execute(update(alerts).where(table.index == body["alert"]).values(review=index))
    return Granted()


def decoy(case: Case) -> Granted:
    """A tip that an auditor is about to plant: one that nobody has seen yet, and only while decoys are on."""
    _auditor(case)
    draft, tip = case.draft, case.body["tip"]
    if not draft.roster.alert_rules.is_on(Rule.DECOY):
        raise Refusal(Reason.NOT_ALLOWED)
    if draft.pins.tip(bytes.fromhex(tip)) is not None or is_decoy(draft.connection, tip):
        raise Refusal(Reason.TIP_EXISTS)
    draft.connection.execute(insert(decoys).values(tip=bytes.fromhex(tip), index=draft.growth.next_index))
    return Granted()


def report(case: Case) -> Granted:
    """An auditor signs the figures of a report."""
    _auditor(case)
    return Granted()


def _auditor(case: Case) -> Member:
    auditor = case.only_signer()
    require_desk(auditor, AUDITORS)
    return auditor
