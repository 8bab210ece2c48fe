"""A transfer: read, pack, state; and only then is anything handed out.

number ─▶ logged reading ─▶ packet ─▶ statement with number and hash ─▶ the packet leaves
                                          │ refused
                                          └─▶ nothing leaves
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from admin.errors import AdminError
from admin.moves.service import move_tip
from admin.readings.errors import refusal
from admin.readings.thread import TipReading
from admin.tip.page import TipPage
from admin.tip.state import ReadState
from admin.transfers.errors import NotNow, ReasonMissing, ReceiptNotKept, RemarkNotKept
from admin.transfers.forms import Order, Receipt
from admin.transfers.notes import RECEIPT, REMARK, NoteNotStored, keep_note
from admin.transfers.packet import Packet, make_packet
from admin.transfers.page import next_number
from admin.transfers.reading import read_text, reading_all
from admin.visit import Visit
from tipline.keeper_client import KeeperError, Reason, Refused
from tipline.roster import Body
from tipline.tips.answers import Message
from tipline.tips.moves import TipState
from tipline.transfers.numbers import LetterNumber


def transfer(visit: Visit, page: TipPage, order: Order) -> Packet:
    """Transfer a tip; the packet for the body.

    Raises:
        AdminError: nothing was handed out; the sentence says whether the tip was moved.
        KeeperError: nothing was proved to be logged, and nothing is handed out.
    """
    number = next_number(visit, page.tip.desk)
    with reading_all(visit, page) as opened:
        packet = make_packet(visit, page.tip, order, number, opened.read)
    with _handed_out_if_stated(packet):
        detail = {"body": order.body.id, "number": str(number), "packet": packet.digest}
        move_tip(visit, page.id, TipState.TRANSFERRED, "", opened.state, detail)
        if order.remark:
            _keep_remark(visit, page, order.remark, number, opened.state)
    return packet


def pack_again(visit: Visit, page: TipPage, order: Order) -> Packet:
    """The packet of a tip that is transferred already, under the same number: its download was lost.

    Raises:
        AdminError: nothing was handed out.
        KeeperError: nothing was proved to be logged, and nothing is handed out.
    """
    number = LetterNumber.parse(page.case.letter_desk, page.case.letter)
    with reading_all(visit, page) as opened:
        again = replace(order, remark=_remark_of(opened.read.read, number))
        packet = make_packet(visit, page.tip, again, number, opened.read)
    with _handed_out_if_stated(packet):
        _state_again(visit, page, order.body, number, packet.digest)
    return packet


def record_receipt(visit: Visit, page: TipPage, receipt: Receipt) -> None:
    """Keep what stands on the body's receipt, and move the tip on to verification.

    Raises:
        AdminError: it was not moved; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    state = read_text(visit, page)
    answers = {"letter": page.case.letter, "received_on": receipt.day.isoformat()}
    message = Message(receipt.reference, visit.services.clock.today(), RECEIPT, answers)
    try:
        note = keep_note(visit, page.id, message, state)
    except NoteNotStored as error:
        raise ReceiptNotKept from error
    move_tip(visit, page.id, TipState.VERIFYING, "", state, {"receipt": note.named})


def take_back(visit: Visit, page: TipPage, reason: str) -> None:
    """The body returned the tip: back to triage, for a reason.

    Raises:
        AdminError: it was not moved; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    if not reason.strip():
        raise ReasonMissing
    move_tip(visit, page.id, TipState.TRIAGE, reason, read_text(visit, page))


@contextmanager
def _handed_out_if_stated(packet: Packet) -> Iterator[None]:
    with ExitStack() as stack:
        stack.callback(packet.close)
        yield
        stack.pop_all()


def _keep_remark(visit: Visit, page: TipPage, remark: str, number: LetterNumber, state: ReadState) -> None:
    message = Message(remark, visit.services.clock.today(), REMARK, {"letter": str(number)})
    try:
        keep_note(visit, page.id, message, state)
    except (AdminError, KeeperError, NoteNotStored) as error:
        raise RemarkNotKept from error


def _remark_of(read: TipReading, number: LetterNumber) -> str:
    """The remark that was kept when the letter was first made; nothing when there was none."""
    notes = (entry.message for entry in read.thread if entry.kind == "note" and entry.message)
    kept = [note.text for note in notes if (note.topic, note.answers.get("letter")) == (REMARK, str(number))]
    return kept[-1] if kept else ""


def _state_again(visit: Visit, page: TipPage, body: Body, number: LetterNumber, digest: str) -> None:
    fields = {
        "tip": page.id.hex(),
        "desk": page.tip.desk,
        "body": body.id,
        "number": str(number),
        "packet": digest,
    }
    try:
        visit.services.keeper.append(visit.sign("packet", fields))
    except Refused as refused:
        if refused.reason is Reason.NOT_ALLOWED:
            raise NotNow from refused
        raise refusal(refused.reason) from refused
