"""Reviewing an alert: a finding, and an explanation sealed for the auditors."""

from collections.abc import Sequence
from dataclasses import dataclass

from admin.alerts.apart import drop_apart, keep_apart
from admin.alerts.asking import AlertBehind
from admin.alerts.errors import AboutYourself, NoExplanation, NoFinding, ReviewedAlready
from admin.readings.errors import refusal
from admin.tip.reasons import drop_reason, keep_reason
from admin.visit import Visit
from tipline.alerts.findings import FINDINGS
from tipline.ids import TipId
from tipline.keeper_client import Reason, Refused, TipView
from tipline.routing import Route
from tipline.tips.moves import TipState


@dataclass(frozen=True)
class _Bound:
    """What an explanation is sealed under: a tip of the alert, as the log has it."""

    route: Route
    claim: bytes


def review(visit: Visit, behind: AlertBehind, finding: str, reason: str) -> None:
    """State what was found.

    The explanation is kept with a tip that the alert is about, or, where it is about none that is still held,
    apart.

    Raises:
        AlertsError: it was not taken; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    if finding not in FINDINGS:
        raise NoFinding
    if behind.is_own:
        raise AboutYourself
    kept, tip = None, explained_with(visit, behind.tips)
    if tip is not None:
        name, view = tip
        bound = _Bound(Route(tuple(view.desks), tuple(view.excluded)), view.claim)
        kept = keep_reason(visit, TipId(bytes.fromhex(name)), reason, bound)
    apart = None if tip is not None else keep_apart(visit, reason)
    item = kept.item if kept else apart
    if item is None:
        raise NoExplanation
    fields = {
        "alert": behind.alert.index,
        "finding": finding,
        "tip": tip[0] if tip else "",
        "reason": {"item": item.id.hex(), "hash": item.digest.hex()},
    }
    try:
        visit.services.keeper.append(visit.sign("alert-review", fields))
    except Refused as refused:
        drop_reason(visit, kept)
        drop_apart(visit, apart)
        raise _explained(refused) from refused


def explained_with(visit: Visit, tips: Sequence[str]) -> tuple[str, TipView] | None:
    """The first of these tips that an explanation can be kept with."""
    views = visit.services.keeper.states(tips) if tips else {}
    held = (tip for tip in tips if tip in views and views[tip].state is not TipState.ERASED)
    return next(((tip, views[tip]) for tip in held), None)


def _explained(refused: Refused) -> Exception:
    if refused.reason is Reason.ANOTHER_PERSON:
        return AboutYourself()
    if refused.reason is Reason.NOT_ALLOWED:
        return ReviewedAlready()
    return refusal(refused.reason)
