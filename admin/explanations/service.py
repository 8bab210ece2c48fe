"""Asking a member to explain an alert, and their answer: two statements, and a text sealed for auditors."""

from collections.abc import Sequence

from admin.alerts.apart import drop_apart, keep_apart
from admin.explanations.errors import NoAnswer, NobodyToAsk, NotAsked
from admin.readings.errors import refusal
from admin.visit import Visit
from tipline.keeper_client import Reason, Refused
from tipline.keeper_client.alerting import StatedAlert


def ask_member(visit: Visit, alert: int) -> None:
    """Have the member whom an alert is about asked to explain it; they find it in their account.

    Raises:
        NobodyToAsk: there is nobody to ask, or they were asked before.
        KeeperError: nothing was proved to be logged.
    """
    try:
        visit.services.keeper.append(visit.sign("alert-ask", {"alert": alert}))
    except Refused as refused:
        raise NobodyToAsk if refused.reason is Reason.NOT_ALLOWED else refusal(refused.reason) from refused


def questions(visit: Visit) -> Sequence[StatedAlert]:
    """The alerts that this member was asked to explain and has not, the newest first.

    Raises:
        KeeperError: the keeper does not answer.
    """
    return visit.services.keeper.alerts.asked(visit.member.id)


def answer(visit: Visit, alert: int, text: str) -> None:
    """Explain an alert.

    Raises:
        NoAnswer: nothing was written.
        NotAsked: nobody waits for it.
        ReasonTooLong: over `MAX_TEXT_BYTES`.
        KeeperError: nothing was proved to be logged.
    """
    if alert not in {one.index for one in questions(visit)}:
        raise NotAsked
    kept = keep_apart(visit, text)
    if kept is None:
        raise NoAnswer
    try:
        named = {"item": kept.id.hex(), "hash": kept.digest.hex()}
        visit.services.keeper.append(visit.sign("alert-answer", {"alert": alert, **named}))
    except Refused as refused:
        drop_apart(visit, kept)
        raise NotAsked if refused.reason is Reason.NOT_ALLOWED else refusal(refused.reason) from refused
