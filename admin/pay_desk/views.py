"""/rewards/pay: codes at the desk; /rewards/undo: payments that did not happen. No code is in an address."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive
from admin.errors import AdminError
from admin.members.names import Names
from admin.pay_desk.desk import choose_point, chosen_point, confirm, known_points, look
from admin.pay_desk.receipt import make_receipt
from admin.pay_desk.undoing import find_payment, propose_undo, shown_payment
from admin.permissions import Permission, requires
from admin.rewards.money import yuan
from admin.visit import this_visit

pages = Blueprint("pay_desk", __name__)


@pages.get("/rewards/pay")
@requires(Permission.PAY)
def show() -> ResponseReturnValue:
    """The desk: where its clerk sits, and the form for a code."""
    return _desk()


@pages.post("/rewards/pay/point")
@requires(Permission.PAY)
def sit() -> ResponseReturnValue:
    """Say where one sits; the session keeps it."""
    try:
        choose_point(this_visit(), request.form.get("point", ""))
    except AdminError as error:
        return _desk(error)
    return redirect("/rewards/pay", 303)


@pages.post("/rewards/pay/code")
@requires(Permission.PAY)
def see() -> ResponseReturnValue:
    """What a code is worth. No redirect: a code never enters an address, a cookie or a log."""
    visit = this_visit()
    try:
        table = look(visit, request.form.get("pickup_code", ""), _here())
    except AdminError as error:
        return _desk(error)
    return _desk(table=table)


@pages.post("/rewards/pay/confirm")
@requires(Permission.PAY)
def lay() -> ResponseReturnValue:
    """The cash lies on the table: the first clerk, then another."""
    try:
        return _desk(done=confirm(this_visit(), request.form))
    except AdminError as error:
        return _desk(error)


@pages.post("/rewards/pay/receipt")
@requires(Permission.PAY)
def receipt() -> ResponseReturnValue:
    """The receipt of a paid code, to print."""
    try:
        halves = make_receipt(this_visit(), request.form.get("pickup_code", ""), _here())
    except AdminError as error:
        return _desk(error)
    return render_template("pay_desk/receipt.html", halves=halves)


@pages.get("/rewards/undo")
@requires(Permission.UNDO_PAYMENTS)
def undoing() -> ResponseReturnValue:
    """The form for the code of a payment that did not happen."""
    return _undo()


@pages.post("/rewards/undo/code")
@requires(Permission.UNDO_PAYMENTS)
def find() -> ResponseReturnValue:
    """The payment of a code, and who may sign with this member."""
    form = request.form
    try:
        payment = find_payment(this_visit(), form.get("pickup_code", ""), form.get("point", ""))
    except AdminError as error:
        return _undo(error)
    return _undo(payment=payment)


@pages.post("/rewards/undo")
@requires(Permission.UNDO_PAYMENTS)
@sensitive
def undo() -> ResponseReturnValue:
    """Sign as the first of two that it did not happen."""
    visit = this_visit()
    try:
        propose_undo(visit, request.form)
    except AdminError as error:
        return _undo(error, payment=shown_payment(visit, request.form))
    return redirect("/rewards/undo?done=proposed", 303)


def _here() -> str:
    point = chosen_point(this_visit())
    return point.id if point else ""


def _desk(error: AdminError | None = None, **more: Any) -> ResponseReturnValue:
    return _page("pay_desk/pay.html", error, {"table": None, "done": None, **more})


def _undo(error: AdminError | None = None, **more: Any) -> ResponseReturnValue:
    return _page("pay_desk/undo.html", error, {"payment": None, **more})


def _page(template: str, error: AdminError | None, more: Mapping[str, Any]) -> ResponseReturnValue:
    visit = this_visit()
    page = render_template(
        template,
        points={point.id: point for point in known_points(visit)},
        here=chosen_point(visit),
        names=Names.of(visit),
        typed=request.form,
        yuan=yuan,
        error=error,
        **more,
    )
    return page, error.status if error else 200
