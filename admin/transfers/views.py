"""/tips/<id>/transfer: choose, look at the letter, hand out; later the receipt, or the way back."""

from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.errors import AdminError, NotFound
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
    visit = this_visit()
    page = transfer_page(visit, text)
    try:
        _require(page, TipState.TRIAGE)
        return _render(visit, page, shown=preview(visit, page, read_order(request.form, visit.roster)))
    except AdminError as error:
        return _refused(visit, page, error, "begin")


@pages.post("/tips/<text>/transfer")
@requires(Permission.READ_TIPS)
def begin(text: str) -> ResponseReturnValue:
    """Read, pack, log the move; then the packet, as an attachment."""
    visit = this_visit()
    page = transfer_page(visit, text)
    try:
        _require(page, TipState.TRIAGE)
        return _attachment(transfer(visit, page.tip, read_order(request.form, visit.roster)))
    except AdminError as error:
        return _refused(visit, transfer_page(visit, text), error, "begin")


@pages.post("/tips/<text>/transfer/again")
@requires(Permission.READ_TIPS)
def again(text: str) -> ResponseReturnValue:
    """The packet once more, under the same number."""
    visit = this_visit()
    page = transfer_page(visit, text)
    try:
        _require(page, TipState.TRANSFERRED)
        body = body_of(visit, page.case)
        if body is None:
            raise NoSuchBody
        return _attachment(pack_again(visit, page.tip, read_kind(request.form, body, "")))
    except AdminError as error:
        return _refused(visit, transfer_page(visit, text), error, "again")


@pages.post("/tips/<text>/transfer/receipt")
@requires(Permission.READ_TIPS)
def receipt(text: str) -> ResponseReturnValue:
    """The body's receipt came back."""
    visit = this_visit()
    page = transfer_page(visit, text)
    try:
        _require(page, TipState.TRANSFERRED)
        given = read_receipt(request.form, page.case.since, page.today)
        record_receipt(visit, page.tip, given)
    except AdminError as error:
        return _refused(visit, transfer_page(visit, text), error, "receipt")
    return redirect(f"/tips/{page.tip.id.hex()}/transfer?done=receipt", 303)


@pages.post("/tips/<text>/transfer/return")
@requires(Permission.READ_TIPS)
def back(text: str) -> ResponseReturnValue:
    """The body returned the tip."""
    visit = this_visit()
    page = transfer_page(visit, text)
    try:
        _require(page, TipState.TRANSFERRED)
        take_back(visit, page.tip, request.form.get("reason", ""))
    except AdminError as error:
        return _refused(visit, transfer_page(visit, text), error, "return")
    return redirect(f"/tips/{page.tip.id.hex()}/transfer?done=returned", 303)


def _require(page: TransferPage, state: TipState) -> None:
    """Refuse before anything is read: the keeper would refuse the statement afterwards."""
    if page.case.state is not state:
        raise NotNow
    if page.case.paused_on is not None:
        raise ClockStands


def _refused(visit: Visit, page: TransferPage, error: AdminError, step: str) -> ResponseReturnValue:
    if isinstance(error, NotFound):
        raise error
    return _render(visit, page, error=error, step=step)


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
        number=letter_number(page.case),
        shown=shown,
        error=error,
        step=step,
        typed=request.form,
        letter_languages=LANGUAGES,
        most_remark=MAX_REMARK,
        most_reference=MAX_REFERENCE,
    )
    return html, error.status if error else 200


def _attachment(packet: Packet) -> Response:
    """The answer that carries a packet; an error while it leaves breaks the transfer off."""
    response = Response(packet.pieces(), mimetype="application/octet-stream")
    response.headers["Content-Length"] = str(packet.size)
    response.headers["Content-Disposition"] = f'attachment; filename="{quote(packet.name)}"'
    response.call_on_close(packet.close)
    return response
