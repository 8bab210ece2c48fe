"""/tips/<id>/transfer: choose, look at the letter, hand out; later the receipt, or the way back."""

from collections.abc import Callable
from contextlib import closing

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.errors import AdminError, NotFound
from admin.handouts.service import hand_out, keep
from admin.moves.errors import ClockStands
from admin.permissions import Permission, requires
from admin.transfers.errors import NoSuchBody, NotNow
from admin.transfers.forms import LANGUAGES, MAX_REFERENCE, MAX_REMARK, read_kind, read_order, read_receipt
from admin.transfers.packet import Packet
from admin.transfers.page import (
    Preview,
    TransferPage,
    body_of,
    letter_number,
    preview,
    transfer_page,
)
from admin.transfers.service import pack_again, record_receipt, take_back, transfer
from admin.visit import Visit, this_visit
from tipline.tips.moves import TipState

pages = Blueprint("transfers", __name__)

Action = Callable[[Visit, TransferPage], ResponseReturnValue]


@pages.get("/tips/<text>/transfer")
@requires(Permission.READ_TIPS)
def show(text: str) -> ResponseReturnValue:
    """Where the transfer of a tip stands, and the next step."""
    visit = this_visit()
    return _render(visit, transfer_page(visit, text))


@pages.post("/tips/<text>/transfer/letter")
@requires(Permission.READ_TIPS)
def look(text: str) -> ResponseReturnValue:
    """The letter before it is made. Nothing is read, logged or stored."""

    def show_letter(visit: Visit, page: TransferPage) -> ResponseReturnValue:
        return _render(visit, page, shown=preview(visit, page, read_order(request.form, visit.roster)))

    return _take(text, "begin", TipState.TRIAGE, show_letter)


@pages.post("/tips/<text>/transfer")
@requires(Permission.READ_TIPS)
def begin(text: str) -> ResponseReturnValue:
    """Read, pack, log the move; then say where the packet waits."""

    def hand_out(visit: Visit, page: TransferPage) -> ResponseReturnValue:
        return _ready(visit, page, transfer(visit, page.tip, read_order(request.form, visit.roster)))

    return _take(text, "begin", TipState.TRIAGE, hand_out)


@pages.post("/tips/<text>/transfer/again")
@requires(Permission.READ_TIPS)
def again(text: str) -> ResponseReturnValue:
    """The packet once more, under the same number."""

    def hand_out(visit: Visit, page: TransferPage) -> ResponseReturnValue:
        body = body_of(visit, page.case)
        if body is None:
            raise NoSuchBody
        return _ready(visit, page, pack_again(visit, page.tip, read_kind(request.form, body, "")))

    return _take(text, "again", TipState.TRANSFERRED, hand_out)


@pages.get("/tips/<text>/transfer/packets/<handout>")
@requires(Permission.READ_TIPS)
def download(text: str, handout: str) -> ResponseReturnValue:
    """The packet that was made, as an attachment."""
    visit = this_visit()
    page = transfer_page(visit, text)
    return hand_out(visit, f"/tips/{page.tip.id.hex()}/transfer/packets/{handout}")


@pages.post("/tips/<text>/transfer/receipt")
@requires(Permission.READ_TIPS)
def receipt(text: str) -> ResponseReturnValue:
    """The body's receipt came back."""

    def record(visit: Visit, page: TransferPage) -> ResponseReturnValue:
        record_receipt(visit, page.tip, read_receipt(request.form, page.case.since, page.today))
        return _back_to(page, "receipt")

    return _take(text, "receipt", TipState.TRANSFERRED, record)


@pages.post("/tips/<text>/transfer/return")
@requires(Permission.READ_TIPS)
def back(text: str) -> ResponseReturnValue:
    """The body returned the tip."""

    def record(visit: Visit, page: TransferPage) -> ResponseReturnValue:
        take_back(visit, page.tip, request.form.get("reason", ""))
        return _back_to(page, "returned")

    return _take(text, "return", TipState.TRANSFERRED, record)


def _take(text: str, step: str, needed: TipState, action: Action) -> ResponseReturnValue:
    """A step of a tip that must be in a state; an error is told beside the step's own form."""
    visit = this_visit()
    page = transfer_page(visit, text)
    try:
        _require(page, needed)
        return action(visit, page)
    except NotFound:
        raise
    except AdminError as error:
        return _render(visit, transfer_page(visit, text), error=error, step=step)


def _require(page: TransferPage, state: TipState) -> None:
    """Refuse before anything is read: the keeper would refuse the statement afterwards."""
    if page.case.state is not state:
        raise NotNow
    if page.case.paused_on is not None:
        raise ClockStands


def _back_to(page: TransferPage, done: str) -> ResponseReturnValue:
    return redirect(f"/tips/{page.tip.id.hex()}/transfer?done={done}", 303)


def _render(
    visit: Visit,
    page: TransferPage,
    *,
    shown: Preview | None = None,
    error: AdminError | None = None,
    step: str = "",
) -> ResponseReturnValue:
    html = render_template(
        "transfer.html",
        page=page,
        body=body_of(visit, page.case),
        number=letter_number(visit, page.case),
        shown=shown,
        error=error,
        step=step,
        typed=request.form,
        letter_languages=LANGUAGES,
        most_remark=MAX_REMARK,
        most_reference=MAX_REFERENCE,
    )
    return html, error.status if error else 200


def _ready(visit: Visit, page: TransferPage, packet: Packet) -> ResponseReturnValue:
    """The page from which a packet is downloaded."""
    back = f"/tips/{page.tip.id.hex()}/transfer"
    with closing(packet):
        address = keep(visit, f"{back}/packets", packet.name, packet.pieces())
    ready, words = _("The packet is ready"), _("Back to the transfer")
    return render_template(
        "handout.html", address=address, name=packet.name, ready=ready, back=back, back_words=words
    )
