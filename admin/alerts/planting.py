"""Planting a decoy: a tip that comes by the same way as any other, whose code nobody keeps.

The statement comes first. Afterwards nothing in the database tells it from other tips: it is listed, counted,
worked on and erased like them. Who opens it raises an alert.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from admin.alerts.asking import ask
from admin.alerts.errors import DecoyNotStored, DecoysOff, NoText
from admin.log.entries import explained
from admin.log.looking import NEWEST
from admin.queue.service import handle
from admin.readings.errors import refusal
from admin.visit import Visit
from crypto.tracking_codes import TrackingCode
from tipline.ids import UnitId, new_tip_id
from tipline.keeper_client import Reason, Refused
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.errors import TipError
from tipline.tips.intake import Intake
from tipline.tips.submission import TipDraft, submit_tip

MOST_CHARACTERS = 20_000
_SHOWN = 200
"""Decoys of one page: each counts among the entries that an auditor may ask for in ten minutes."""


@dataclass(frozen=True)
class Decoy:
    """A planted tip: its id, where it stands by the log (empty before anybody listed it), its entry."""

    tip: str
    handle: str
    state: str
    index: int


def find_decoys(visit: Visit) -> Sequence[Decoy]:
    """Those that were planted last, the newest first.

    Raises:
        AuditRefused: this member may not see them.
        KeeperError: the keeper does not answer.
    """
    keeper = visit.services.keeper
    try:
        planted = keeper.alerts.decoys(ask(visit, NEWEST, _SHOWN))
    except Refused as refused:
        raise explained(refused) from refused
    views = keeper.states(planted) if planted else {}
    return [
        Decoy(tip, handle(tip), views[tip].state.value if tip in views else "", index)
        for tip, index in planted.items()
    ]


def plant(visit: Visit, form: Mapping[str, str]) -> None:
    """State a decoy, then submit its text as a tip.

    Raises:
        AlertsError: it was not planted; the sentence says why.
        KeeperError: nothing was proved to be logged, and nothing was stored.
    """
    draft = _draft(form)
    tip = new_tip_id()
    try:
        visit.services.keeper.append(visit.sign("decoy", {"tip": tip.hex()}))
    except Refused as refused:
        raise DecoysOff if refused.reason is Reason.NOT_ALLOWED else refusal(refused.reason) from refused
    services = visit.services
    use = Intake(services.database, services.files, visit.directory, services.log_key, services.clock)
    try:
        # Nobody ever learns this code: no mailbox opens, and no reply is read.
        submit_tip(draft, TrackingCode.generate(), tip, [], use)
    except TipError as error:
        raise DecoyNotStored from error


def _draft(form: Mapping[str, str]) -> TipDraft:
    text = form.get("description", "").strip()
    if not text or len(text) > MOST_CHARACTERS:
        raise NoText
    category = form.get("category", "")
    return TipDraft(
        description=text,
        category=Category(category) if category in set(Category) else Category.NOT_SURE,
        unit=UnitId(""),
        official=Official.YES if form.get("official") == "yes" else Official.NO,
        exclude=(),
        exclude_text="",
        urgency=Urgency.NORMAL,
        language="en" if form.get("language") == "en" else "zh-Hans",
    )
