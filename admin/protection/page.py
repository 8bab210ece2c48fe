"""What the page of a case shows before a reading: alias, state, clock, whose it is; not what happened."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from admin.errors import NotFound
from admin.protection.words import alias_of
from admin.queue.rows import key_of, open_card
from admin.queue.service import current_keys
from admin.queue.shut import take_out_shut
from admin.readings.card_keys import CardKeys
from admin.tip.page import TipPage, page_of
from admin.visit import Visit
from tipline.ids import INTEGRITY, PROTECTION, TipId, tip_id_from_hex
from tipline.protection.asking import Asking, Group
from tipline.protection.states import WATCHED, ProtectionState
from tipline.tips.answers import Card
from tipline.tips.case_file import CaseFile
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.models import Tip
from tipline.tips.purposes import Purpose

PURPOSES: Final = (Purpose.PROTECTION, Purpose.REPLY, Purpose.HANDOVER)
_NO_CARD: Final = Card(
    category=Category.RETALIATION,
    unit="",
    official=Official.NOT_SAID,
    urgency=Urgency.NORMAL,
    files=0,
    language="",
    day=date.min,
)
"""What stands in a card's place for the desk above, which holds none: it says nothing."""


@dataclass(frozen=True)
class CasePage:
    """A protection case that this session may know of; `tip` is what it has in common with a tip's page.

    Attributes:
        opened: what its card says, or its text; None while the desk above, which holds no card, has not read
            it.
        is_told: whether it stands at the desk that protects, and this member's, above, was told of it.
    """

    tip: TipPage
    opened: Asking | None
    state: ProtectionState
    today: date
    is_told: bool = False

    @property
    def id(self) -> TipId:
        """The case's id."""
        return self.tip.id

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"/protection/{self.id.hex()}"

    @property
    def asking(self) -> Asking:
        """For whom it is, and what happened.

        Raises:
            NotFound: this member has not read it yet, and holds no card of it.
        """
        if self.opened is None:
            raise NotFound
        return self.opened

    @property
    def desk(self) -> str:
        """The desk in whose list it stands; `tip` names the one at which this member reads it."""
        return PROTECTION if self.is_told else self.tip.tip.desk

    @property
    def alias(self) -> str:
        """What the person is called; of which group they are, nobody is told before it is opened."""
        return alias_of(self.opened.group if self.opened else None, self.id)

    def as_read(self, asking: Asking | None) -> "CasePage":
        """The page after its text was read."""
        return self if self.opened else replace(self, opened=asking)

    def of_group(self, group: str) -> "CasePage":
        """The page in a later step, with the group that a reading has shown; "" for none."""
        return self.as_read(Asking(Group(group)) if group else None)

    @property
    def case(self) -> CaseFile:
        """Where it stands by the log."""
        return self.tip.case

    @property
    def is_unheard(self) -> bool:
        """Whether an agreed check-in was missed."""
        return self.case.is_unheard(self.today)

    @property
    def may_watch(self) -> bool:
        """Whether check-ins can be agreed now."""
        return self.state in WATCHED


def show_case(visit: Visit, text: str, *, list_new: bool = False) -> CasePage:
    """Find the case of an address.

    Raises:
        NotFound: no case, or none that this session may know of: all the same.
        KeeperError: the keeper does not answer.
    """
    keys = current_keys(visit, list_new=list_new)
    tip, card = _find(visit, text, keys)
    if card is None:
        return _told(visit, tip)
    page = page_of(visit, tip, card)
    # The log says whether it is a case; its card says for whom, and nothing in clear does.
    if card.asking is None or not isinstance(page.case.state, ProtectionState):
        raise NotFound
    return CasePage(page, card.asking, page.case.state, visit.services.clock.today())


def _told(visit: Visit, row: Tip) -> CasePage:
    """A case of another desk as the desk above has it: by the route in the log, with that desk's slips.

    Raises:
        NotFound: this member is not of the desk above, it was not told, or the case excludes them.
        KeeperError: the keeper does not answer.
    """
    if INTEGRITY not in visit.desks or row.desk == INTEGRITY:
        raise NotFound
    row.desk = INTEGRITY  # in this request's copy alone: the desk at which everything of it is asked for
    page = page_of(visit, row, _NO_CARD)
    if page.view is None or not isinstance(page.case.state, ProtectionState):
        raise NotFound
    return CasePage(page, None, page.case.state, visit.services.clock.today(), is_told=True)


def _find(visit: Visit, text: str, keys: CardKeys) -> tuple[Tip, Card | None]:
    """A copy of a row, and its card where this session opens it; one that was altered is boxed again."""
    try:
        case_id = tip_id_from_hex(text)
    except ValueError as error:
        raise NotFound from error
    database = visit.services.database
    with database.reading() as session:
        row = session.get(Tip, case_id)
        session.expunge_all()
    if row is None:
        raise NotFound
    card = open_card(key_of(keys, row.card_group, row.desk), row.card_box, case_id, row.card_version)
    if card is None:
        take_out_shut(database, keys, [case_id])
    return row, card
