"""What the page of one tip shows before a reading: the card, where the tip stands, whose it is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from admin.errors import NotFound
from admin.queue.service import current_keys, find_tip, handle, is_overdue, may_know
from admin.readings.identities import find_identities
from admin.tip.clocks import Clockface, clockface
from admin.visit import Visit
from tipline.identities.alias import alias_code
from tipline.ids import CUSTODIANS, TipId
from tipline.keeper_client import TipView
from tipline.tips.answers import Card
from tipline.tips.case_file import CaseFile
from tipline.tips.models import Tip
from tipline.tips.moves import PROTECTION_STATES, CaseState, TipState
from tipline.tips.purposes import Purpose

PURPOSES: Final = (Purpose.TRIAGE, Purpose.VERIFICATION, Purpose.REPLY, Purpose.HANDOVER)
"""What a desk may read for; auditors read nothing but reasons."""

_REPLYING: Final = frozenset((TipState.OUTSIDE_REMIT, TipState.DUPLICATE, TipState.FEEDBACK, TipState.CLOSED))
_VERIFYING: Final = frozenset((TipState.TRANSFERRED, TipState.VERIFYING, TipState.OUTCOME, TipState.REVIEW))


@dataclass(frozen=True)
class KeptIdentity:
    """Whether a name is kept with the tip, and what the person is called here; never whose.

    Attributes:
        code: empty where none is kept.
        may_ask: whether this member has a page where one is asked for, or written down.
    """

    code: str
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
    def state(self) -> CaseState:
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
    page = page_of(visit, *find_tip(visit, text, keys))
    if page.case.protects or (page.view is None and page.tip.state in PROTECTION_STATES):
        raise NotFound  # a protection case has a page of its own
    return page


def page_of(visit: Visit, tip: Tip, card: Card) -> TipPage:
    """The page of a tip, or of a protection case, whose card this session has opened.

    Raises:
        NotFound: the log's latest route does not leave it to this member.
        KeeperError: the keeper does not answer.
    """
    services = visit.services
    view = services.keeper.states([tip.id.hex()]).get(tip.id.hex())
    if not may_know(visit, tip.desk, view):
        raise NotFound
    clocks, now = visit.roster.clocks, services.clock.now()
    # A tip that nobody has read or listed yet is unknown to the keeper, and received.
    case = view.case if view else CaseFile.opened(tip.arrived_on, clocks, protects=card.asking is not None)
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
        kept = find_identities(session, TipId(tip.id), tip.desk, view.claim, visit.services.log_key)
    may_ask = CUSTODIANS not in visit.member.desks and not case.has_ended
    return KeptIdentity(alias_code(kept[0].id) if kept else "", may_ask)
