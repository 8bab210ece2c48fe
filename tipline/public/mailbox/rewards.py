"""A reward in the mailbox: that it was granted, collecting it, and the vouchers to carry away."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Final

import segno
from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from crypto.vouchers import Voucher
from tipline.directory.types import Crowd, Directory
from tipline.mailbox.awards import AwardNow, award_now
from tipline.mailbox.collecting import collect
from tipline.mailbox.errors import CannotCollectNow, CollectingError
from tipline.mailbox.identity import payee_days
from tipline.mailbox.payee import can_be_paid_by_name, may_be_named
from tipline.mailbox.vouchers import mint_keys, voucher_of
from tipline.public.mailbox.award_words import ENDED_WORDS
from tipline.public.mailbox.blueprint import mailboxes
from tipline.public.mailbox.visit import Visit, this_visit
from tipline.public.redeem.words import CROWD_WORDS
from tipline.rewards.amounts import split
from tipline.rewards.rules import first_day_for_all, last_day_of_vouchers

# The address says nothing of a reward: a browser's history keeps it.
_ADDRESS: Final = "/notice"
_QR_MARGIN: Final = 4  # modules, as ISO/IEC 18004 asks for


@mailboxes.get(_ADDRESS)
def reward() -> ResponseReturnValue:
    return _reward_page(this_visit())


@mailboxes.post(_ADDRESS, endpoint="collect")
def collect_reward() -> ResponseReturnValue:
    """Have the vouchers made. Pressing again is the same."""
    visit = this_visit()
    award = _award(visit)
    if award is None or award.told.state in ENDED_WORDS:
        return _reward_page(visit), 422
    try:
        collect(visit.mailbox, award.told, visit.use.keeper, visit.use.intake())
    except CollectingError as error:
        status = 503 if isinstance(error, CannotCollectNow) else 422
        return _reward_page(visit, gettext(error.sentence)), status
    return redirect(url_for("mailbox.reward"), 303)


@mailboxes.post(f"{_ADDRESS}/vouchers", endpoint="show_vouchers")
def show_vouchers() -> ResponseReturnValue:
    """The vouchers as text and as a picture; not an address that could be opened again."""
    visit = this_visit()
    award = _award(visit)
    if award is None or award.collected is None:
        abort(404)
    keys = mint_keys(visit.use.book.current())
    try:
        vouchers = [voucher_of(visit.mailbox, award.collected, one, keys) for one in award.collected.vouchers]
    except CollectingError as error:
        return _reward_page(visit, gettext(error.sentence)), 422
    carried = [(one.value, one.carry(), _picture(one)) for one in vouchers]
    return render_template("mailbox/vouchers.html", vouchers=carried, last_day=award.collected.last_day)


def _award(visit: Visit) -> AwardNow | None:
    with visit.use.database.reading() as session:
        return award_now(session, visit.mailbox, visit.use.log)


def _payee_days(visit: Visit) -> Sequence[date]:
    with visit.use.database.reading() as session:
        return payee_days(session, visit.mailbox)


def _reward_page(visit: Visit, error: str = "") -> str:
    award, directory = _award(visit), visit.use.book.current()
    today = visit.use.clock.today()
    year, values = _vouchers_of(award, directory, today)
    still_good = values if today <= last_day_of_vouchers(year) else ()
    return render_template(
        "mailbox/reward.html",
        award=award,
        ended=ENDED_WORDS,
        crowds=[(one, CROWD_WORDS[directory.crowds.get((year, one), Crowd.FEW)]) for one in still_good],
        for_all=first_day_for_all(year),
        waits=today < first_day_for_all(year),
        by_name=can_be_paid_by_name(directory) and may_be_named(award, visit.use.intake()),
        payee_days=_payee_days(visit),
        today=today,
        error=error,
    )


def _vouchers_of(award: AwardNow | None, directory: Directory, today: date) -> tuple[int, Sequence[int]]:
    """The year and the values of an award's vouchers; before it is collected, those that it would have."""
    if award is None:
        return today.year, ()
    if award.collected is not None:
        return award.collected.year, list(dict(award.collected.signatures))
    values = [value for value, _ in directory.mint.get(today.year, ())]
    return today.year, [value for value, _ in split(award.told.amount, values)]


def _picture(voucher: Voucher) -> Markup:
    """A voucher's text as a QR code: black on white whatever the page's colours, for a reader needs that."""
    drawn = BytesIO()
    segno.make(voucher.carry(), error="l", micro=False).save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=False,
        nl=False,
        omitsize=True,
        border=_QR_MARGIN,
        dark="#000",
        light="#fff",
        svgclass=None,
        lineclass=None,
    )
    return Markup(drawn.getvalue().decode("ascii"))  # noqa: S704  # drawn here, out of digits and letters
