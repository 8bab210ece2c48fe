"""From a tracking code or a voucher to ten digits, in two steps."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from tipline.public.form_keys import ExpiredForm
from tipline.public.redeem.brought import Brought, by_answers, by_photo, by_text, by_typed_code
from tipline.public.redeem.errors import (
    CHOICE,
    CODE,
    PHOTO,
    POINT,
    VOUCHER,
    NothingChosen,
    NothingTyped,
    PageTooOld,
    RedeemError,
    SeveralWays,
)
from tipline.public.redeem.fetching import chosen_point, pickup_of
from tipline.public.redeem.page import (
    Page,
    choose_page,
    is_mailbox_open,
    open_page,
    pickup_page,
    read_state,
    start_page,
)
from tipline.public.services import services

redeems = Blueprint("redeem", __name__)

STAY = "stay"
"""A button that shows the same page in another language."""


@redeems.get("/redeem")
def start() -> ResponseReturnValue:
    return open_page() if is_mailbox_open(services()) else start_page()


@redeems.post("/redeem")
def step() -> ResponseReturnValue:
    if is_mailbox_open(services()):
        return open_page()
    return _second_step() if request.form.get("step") == "2" else _first_step()


def redeem_again(notice: str) -> str:
    """The page whose sending failed for a reason that is not in its answers, around a sentence."""
    if is_mailbox_open(services()):
        return open_page()[0]
    if request.form.get("step") == "2":
        try:
            return choose_page(_brought_before(), notice=notice)[0]
        except RedeemError as error:
            return start_page(error)[0]
    return start_page(notice=notice)[0]


def _first_step() -> Page:
    if request.form.get("go") == STAY:
        return start_page()
    try:
        return choose_page(_brought_now())
    except RedeemError as error:
        return start_page(error)


def _second_step() -> Page:
    try:
        brought = _brought_before()
    except RedeemError as error:
        return start_page(error)
    if request.form.get("go") == STAY:
        return choose_page(brought)
    use = services()
    try:
        place = _chosen(brought)
        point = chosen_point(use.book.current(), request.form.get(POINT, ""))
        return pickup_page(brought, pickup_of(brought.voucher(place), point.id, use.keeper))
    except RedeemError as error:
        return choose_page(brought, error)


def _brought_now() -> Brought:
    """What was typed.

    Raises:
        RedeemError: nothing, too much, or nothing good.
    """
    code, text = request.form.get(CODE, "").strip(), request.form.get(VOUCHER, "").strip()
    chosen = request.files.get(PHOTO)
    photo = chosen.read() if chosen else b""
    if sum(map(bool, (code, text, photo))) > 1:
        raise SeveralWays
    if photo:
        return by_photo(services(), photo)
    if text:
        return by_text(services(), text)
    if not code:
        raise NothingTyped
    return by_typed_code(services(), code)


def _brought_before() -> Brought:
    """What the sealed state holds.

    Raises:
        RedeemError: it opens no more, or is good no more.
    """
    try:
        state = read_state()
    except ExpiredForm:
        raise PageTooOld from None
    return by_answers(services(), state.answers)


def _chosen(brought: Brought) -> int:
    if len(brought.choices) == 1:
        return 0
    places = {str(place): place for place in range(len(brought.choices))}
    try:
        return places[request.form.get(CHOICE, "")]
    except KeyError:
        raise NothingChosen from None
