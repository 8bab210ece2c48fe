"""What the page of one tip shows before a reading: the card, where the tip stands, whose it is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from admin.errors import NotFound
from admin.queue.service import current_keys, find_tip, handle, is_overdue, may_know
from admin.readings.identities import find_identity
from admin.tip.clocks import Clockface, clockface
from admin.visit import Visit
from tipline.identities.alias import alias_code
from tipline.ids import CUSTODIANS, TipId
from tipline.keeper_client import TipView
from tipline.tips.answers import Card
from tipline.tips.case_file import CaseFile
from tipline.tips.models import Tip
from tipline.tips.moves import TipState
from tipline.tips.purposes import Purpose

PURPOSES: Final = (Purpose.TRIAGE, Purpose.VERIFICATION, Purpose.REPLY, Purpose.HANDOVER)
"""What a desk may read for; auditors read nothing but reasons."""

_REPLYING: Final = frozenset((TipState.OUTSIDE_REMIT, TipState.DUPLICATE, TipState.FEEDBACK, TipState.CLOSED))
_VERIFYING: Final = frozenset((TipState.TRANSFERRED, TipState.VERIFYING, TipState.OUTCOME, TipState.REVIEW))


@dataclass(frozen=True)
class KeptIdentity:
    """A name is kept with the tip: what the person is called here, and since which day (UTC). Never whose."""

    code: str
    day: date
    may_ask: bool


@dataclass(frozen=True)
class TipPage:
    """A tip that this session may know of. `view` is the log's word; None when the log has never seen it."""

    tip: Tip
    card: Card
    view: TipView | None
    case: CaseFile
    overdue: bool
    clock: Clockface
    is_mine: bool
    identity: KeptIdentity | None

    @property
    def id(self) -> TipId:
        """The tip's id."""
        return TipId(self.tip.id)

    @property
    def handle(self) -> str:
        """What the tip is called."""
        return handle(self.tip.id.hex())

    @property
    def state(self) -> TipState:
        """The state, by the log and not by the column."""
        return self.case.state

    @property
    def state_differs(self) -> bool:
        """Whether the column was changed by hand, or is behind."""
        return self.tip.state != self.state

    @property
    def due_at(self) -> datetime | None:
        """The hour by which a danger tip must be acknowledged."""
        return self.tip.due_at.replace(tzinfo=UTC) if self.tip.due_at else None

    @property
    def purpose(self) -> Purpose:
        """What one reads a tip in this state for, when it is one's own."""
        if self.state in _VERIFYING:
            return Purpose.VERIFICATION
        return Purpose.REPLY if self.state in _REPLYING else Purpose.TRIAGE


def show_tip(visit: Visit, text: str, *, list_new: bool = False) -> TipPage:
    """Find the tip of an address.

    Raises:
        NotFound: nothing that this session may know of.
        KeeperError: the keeper does not answer.
    """
    keys = current_keys(visit, list_new=list_new)
    services = visit.services
    tip, card = find_tip(visit, text, keys)
    view = services.keeper.states([tip.id.hex()]).get(tip.id.hex())
    if not may_know(visit, tip.desk, view):
        raise NotFound
    clocks, now = visit.roster.clocks, services.clock.now()
    # A tip that nobody has read or listed yet is unknown to the keeper, and received.
    case = view.case if view else CaseFile.opened(tip.arrived_on, clocks)
    return TipPage(
        tip=tip,
        card=card,
        view=view,
        case=case,
        overdue=is_overdue(tip, now) or case.is_overdue(services.clock.today()),
        clock=clockface(case, clocks, services.clock.today()),
        is_mine=case.assignee == visit.member.id,
        identity=_identity(visit, tip, view, case),
    )


def _identity(visit: Visit, tip: Tip, view: TipView | None, case: CaseFile) -> KeptIdentity | None:
    if view is None or not view.claim:
        return None  # the log does not know yet whose signature counts
    with visit.services.database.reading() as session:
        kept = find_identity(session, TipId(tip.id), tip.desk, view.claim)
    may_ask = CUSTODIANS not in visit.member.desks and not case.has_ended
    return None if kept is None else KeptIdentity(alias_code(kept.id), kept.day, may_ask)
