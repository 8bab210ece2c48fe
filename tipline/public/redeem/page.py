"""The pages: what was brought, which voucher and which place, the pickup code; and the one that refuses."""

from flask import render_template, request
from flask_babel import gettext

from crypto.pickup_codes import PickupCode
from tipline.directory.types import Crowd
from tipline.keeper_client.public import Pickup
from tipline.public.form_keys import ExpiredForm
from tipline.public.form_state import FormState
from tipline.public.language import unit_language
from tipline.public.mailbox.visit import session_token
from tipline.public.mailbox.words import day_in_full
from tipline.public.redeem.brought import Brought
from tipline.public.redeem.errors import (
    CHOICE,
    CODE,
    POINT,
    VOUCHER,
    CrowdTooSmall,
    PaidAlready,
    RedeemError,
)
from tipline.public.redeem.fetching import offered
from tipline.public.redeem.words import CROWD_WORDS
from tipline.public.services import Services, services
from tipline.public.uploads.body import FORM_FIELD, STATE_FIELD

Page = tuple[str, int]


def is_mailbox_open(use: Services) -> bool:
    """Whether this browser has a mailbox open: then the two could be seen together."""
    return use.sessions.runs(session_token(use))


def open_page() -> Page:
    """What to do when a mailbox is open."""
    return render_template("redeem/open.html"), 409


def start_page(error: RedeemError | None = None, notice: str = "") -> Page:
    """The three ways, with what was typed."""
    page = render_template(
        "redeem/start.html",
        pays=bool(services().book.current().mint),
        token=_token(),
        typed={name: request.form.get(name, "") for name in (CODE, VOUCHER)},
        error=notice or _said(error),
        wrong=error.field if error else CODE,
        groups=getattr(error, "groups", ()),
    )
    return page, error.status if error else 200


def choose_page(brought: Brought, error: RedeemError | None = None, notice: str = "") -> Page:
    """Which voucher, and where; what was brought travels sealed."""
    directory = services().book.current()
    points = offered(directory)
    page = render_template(
        "redeem/choose.html",
        **_sealed(brought),
        choices=[
            (place, one, CROWD_WORDS[directory.crowds.get((brought.year, one.value), Crowd.FEW)])
            for place, one in enumerate(brought.choices)
        ],
        points=points,
        only_inside=any(point.inside for point in points),
        speaks=unit_language(),
        chosen={name: request.form.get(name, "") for name in (CHOICE, POINT)},
        error=notice or _said(error),
        wrong=POINT if error and error.field == POINT else CHOICE,
    )
    return page, error.status if error else 200


def pickup_page(brought: Brought, pickup: Pickup) -> Page:
    """The pickup code. No redirect: it enters no address, no cookie and no log."""
    points = {point.id: point for point in services().book.current().points}
    page = render_template(
        "redeem/pickup.html",
        **_sealed(brought),
        code=PickupCode(pickup.code).reveal(),
        pickup=pickup,
        point=points.get(pickup.point),
        asked=request.form.get(POINT, ""),
        place=request.form.get(CHOICE, ""),
        speaks=unit_language(),
    )
    return page, 200


def _sealed(brought: Brought) -> dict[str, str]:
    keys, token = services().form_keys, _token()
    state = keys.seal_state(keys.open(token), FormState(dict(brought.answers)))
    return {"token": token, "state": state}


def _token() -> str:
    """The `form` field: the one that came, where it still opens, for what was left behind is known by it."""
    keys, token = services().form_keys, request.form.get(FORM_FIELD, "")
    try:
        keys.open(token)
    except ExpiredForm:
        return keys.issue()
    return token


def read_state() -> FormState:
    """What the page before was told.

    Raises:
        ExpiredForm: it is too old, or none of ours.
    """
    keys = services().form_keys
    return keys.open_state(keys.open(request.form.get(FORM_FIELD, "")), request.form.get(STATE_FIELD, ""))


def _said(error: RedeemError | None) -> str:
    if isinstance(error, PaidAlready):
        return gettext(error.sentence, day=day_in_full(error.day))
    if isinstance(error, CrowdTooSmall):
        return gettext(error.sentence, first=day_in_full(error.first), last=day_in_full(error.last))
    return gettext(error.sentence) if error else ""
