"""What the page of a transfer shows: a form while the tip is in triage, letter and receipt afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from admin.tip.page import TipPage, show_tip
from admin.transfers.forms import Order, accepting
from admin.transfers.letter import LetterFacts, letter_blocks, number_words, spoken
from admin.transfers.packet import letter_facts, names_in
from admin.visit import Visit
from tipline.roster import Body
from tipline.tips.case_file import CaseFile
from tipline.tips.models import Item
from tipline.tips.moves import TipState
from tipline.transfers.blocks import Block
from tipline.transfers.numbers import LetterNumber


@dataclass(frozen=True)
class TransferPage:
    """A tip that this session may know of, and where its transfer stands. `files` counts what is stored."""

    tip: TipPage
    bodies: Sequence[Body]
    today: date
    files: int

    @property
    def case(self) -> CaseFile:
        """Where the tip stands, by the log."""
        return self.tip.case

    @property
    def may_begin(self) -> bool:
        """Whether the tip can be transferred now."""
        return self.case.state is TipState.TRIAGE

    @property
    def is_out(self) -> bool:
        """Whether a receipt is waited for."""
        return self.case.state is TipState.TRANSFERRED


@dataclass(frozen=True)
class Preview:
    """The letter as it will be, but for a number that somebody else takes first."""

    order: Order
    facts: LetterFacts = field(repr=False)
    blocks: Sequence[Block] = field(repr=False)


def transfer_page(visit: Visit, text: str) -> TransferPage:
    """Find the tip of an address and where its transfer stands.

    Raises:
        NotFound: nothing that this session may know of.
        KeeperError: the keeper does not answer.
    """
    tip = show_tip(visit, text)
    with visit.services.database.reading() as session:
        wanted = select(func.count()).select_from(Item).where(Item.tip_id == tip.id, Item.kind == "file")
        files = session.scalar(wanted) or 0
    return TransferPage(tip, accepting(visit.roster), visit.services.clock.today(), files)


def body_of(visit: Visit, case: CaseFile) -> Body | None:
    """The body that a tip's latest letter went to."""
    return visit.roster.bodies.get(case.body)


def preview(visit: Visit, page: TransferPage, order: Order) -> Preview:
    """The letter's wording, before anything is read or logged.

    Raises:
        KeeperError: the keeper does not answer.
    """
    number = next_number(visit, page.tip.tip.desk)
    with spoken(order.language):
        facts = letter_facts(visit, page.tip.tip, order, number, page.files)
        return Preview(order, facts, letter_blocks(facts))


def next_number(visit: Visit, desk: str) -> LetterNumber:
    """The number of a desk's next letter, if nobody at the desk takes it first.

    Raises:
        KeeperError: the keeper does not answer.
    """
    return LetterNumber.parse(desk, visit.services.keeper.next_letter(desk))


def letter_number(visit: Visit, case: CaseFile) -> str:
    """The number of a tip's latest letter in words; nothing before any."""
    if not case.letter:
        return ""
    number = LetterNumber.parse(case.letter_desk, case.letter)
    return number_words(number, visit.directory.desks[number.desk].names[names_in()])
