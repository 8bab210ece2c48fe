"""/rewards/by-name."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from admin.confirming.mark import sensitive
from admin.disclosures.requests import number_in
from admin.errors import AdminError, NotFound
from admin.members.names import Names
from admin.payees.service import ask, confirm, find, to_pay
from admin.permissions import Permission, requires
from admin.rewards.money import yuan
from admin.visit import this_visit

pages = Blueprint("payees", __name__)


@pages.get("/rewards/by-name")
@requires(Permission.PAY)
def show() -> ResponseReturnValue:
    """What is to be paid by name."""
    return _page()


@pages.post("/rewards/by-name/<number>/ask")
@requires(Permission.PAY)
@sensitive
def ask_whom(number: str) -> ResponseReturnValue:
    """Sign a request to the custodians."""
    visit = this_visit()
    one = find(visit, number_in(number))
    try:
        asked = ask(visit, one, request.form.get("reason", ""))
    except NotFound:
        raise
    except AdminError as error:
        return _page(error, one.award.index)
    return redirect(f"/disclosures/{asked}?done=name-asked", 303)


@pages.post("/rewards/by-name/<number>/paid")
@requires(Permission.PAY)
def paid(number: str) -> ResponseReturnValue:
    """Confirm that the money has gone."""
    visit = this_visit()
    one = find(visit, number_in(number))
    try:
        settled = confirm(visit, one)
    except NotFound:
        raise
    except AdminError as error:
        return _page(error, one.award.index)
    return redirect(f"/rewards/by-name?done={'payee-paid' if settled else 'payee-first'}", 303)


def _page(error: AdminError | None = None, wrong: int = -1) -> ResponseReturnValue:
    visit = this_visit()
    shown = to_pay(visit, request.args.get("beyond", None, int))
    if wrong not in (-1, *(one.award.index for one in shown.found)):
        shown = to_pay(visit, wrong - 1)
    page = render_template(
        "payees/list.html",
        page=shown,
        names=Names.of(visit),
        today=visit.services.clock.today(),
        yuan=yuan,
        error=error,
        wrong=wrong,
        typed=request.form,
    )
    return page, error.status if error else 200
