"""The rounds through the pay desk, payments by name and the ledger, where the samples' rewards stand."""

import re
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from tests.journeys import browser as plain
from tests.journeys.admin_rounds import ASKED, Staff, press_anyway
from tests.journeys.people import confirm, sign_in
from tests.journeys.trial import Trial
from tests.journeys.walker import Walker
from tipline.settings import Settings
from tipline.trial.mailboxes import read_mailboxes
from tipline.trial.samples.awards import BANK, POINT

PICKUP: Final = re.compile(r'<p id="pickup-code">([0-9 ]{12})</p>')
NOT_PAID: Final = {"zh-CN": "2", "en": "3"}
"""Of the four vouchers of a reward that was collected: which one somebody fetches while this is walked in."""
LOOK: Final = "form[action$='/code'] button"
PAID: Final = "form[action$='/paid'] button"
REQUEST: Final = re.compile(r"/disclosures/[0-9]+")
BY_NAME: Final = "/rewards/by-name"
LISTS: Final = "/rewards/lists"


def pay_desk(walker: Walker, staff: Staff) -> None:
    """From the clerk who has chosen no point to the receipt: codes that are none, and one that is paid."""
    first, second = (sign_in(staff.trial, name) for name in ("clerk-1", "clerk-2"))
    code = pickup_code(staff.trial, NOT_PAID[walker.language])
    staff.be(walker, first)
    walker.look_at("pay desk, no point yet", "/rewards/pay")
    _sit(walker, "pay desk")
    for name, typed in (("a digit is wrong", "123 456 7890"), ("an unknown code", "000 000 0000")):
        walker.page.locator("#pickup_code").fill(typed)
        walker.press(f"pay desk, {name}", LOOK)
    _type(walker, "pay desk, a code", code)
    walker.press("pay desk, confirmed first", "form[action$='/confirm'] button")
    _type(walker, "pay desk, confirmed by me", code)
    staff.be(walker, second)
    walker.go("/rewards/pay")
    _sit(walker, "pay desk, the second clerk")
    _type(walker, "pay desk, confirmed by a colleague", code)
    walker.press("pay desk, paid", "form[action$='/confirm'] button")
    receipt = "form[action$='/receipt'] button"
    walker.page.locator(receipt).evaluate("button => button.form.removeAttribute('target')")
    walker.press("pay desk, the receipt", receipt)
    walker.go("/rewards/pay")
    _type(walker, "pay desk, a code that was paid", code)
    _undo(walker, staff, code)
    staff.be(walker, second)
    _lists(walker)
    _by_name(walker, staff, first, second)


def _sit(walker: Walker, name: str) -> None:
    walker.page.locator("#point").select_option(POINT)
    walker.press(name, "form[action='/rewards/pay/point'] button")


def _type(walker: Walker, name: str, code: str) -> None:
    walker.page.locator("#pickup_code").fill(code)
    walker.press(name, LOOK)


def pickup_code(trial: Trial, number: str) -> str:
    """The pickup code of one voucher of the sample reward that was collected."""
    _, collected = read_mailboxes(Settings.from_mapping(trial.environment))
    somebody = plain.Browser(trial.public)
    page = somebody.get("/redeem")
    chosen = somebody.submit(page, page.form("code"), {"code": collected.code})
    page = somebody.submit(chosen, chosen.form("choice"), {"choice": number, "point": POINT})
    found = PICKUP.search(page.text)
    assert found, page.words
    return found[1]


def _undo(walker: Walker, staff: Staff, code: str) -> None:
    """A payment that is to be taken back, by none of the two who confirmed it."""
    walker.look_at("a payment to take back", "/rewards/undo")
    walker.page.locator("#pickup_code").fill("1")
    walker.page.locator("#point").select_option(POINT)
    walker.press("a payment to take back, no code", LOOK)
    walker.page.locator("#pickup_code").fill(code)
    walker.press("a payment to take back, confirmed by me", LOOK)
    staff.be(walker, sign_in(staff.trial, "verifier"))
    walker.go("/rewards/undo")
    walker.page.locator("#pickup_code").fill(code)
    walker.page.locator("#point").select_option(POINT)
    walker.press("a payment to take back, found", LOOK)
    press_anyway(walker, "a payment to take back, asked who it is, or no reason", "form:has(#reason) button")


def _lists(walker: Walker) -> None:
    """A list that is not for anybody, and one that waits for the second clerk."""
    walker.look_at("lists for banks", LISTS)
    press_anyway(walker, "lists for banks, nobody chosen", f"form[action='{LISTS}'] button")
    walker.page.locator("#point").select_option(BANK)
    walker.page.locator("form:has(#point) input[name=other]").first.check()
    walker.press("lists for banks, one waits", f"form[action='{LISTS}'] button")


def _by_name(walker: Walker, staff: Staff, first: plain.Browser, second: plain.Browser) -> None:
    """Whom to pay, seen in one language by the first clerk, who then confirms, in the other by the second."""
    is_begun = any(REQUEST.fullmatch(address) for address, _ in first.get(BY_NAME).links)
    clerk, name = (second, "clerk-2") if is_begun else (first, "clerk-1")
    request = _asked(staff.trial, clerk, name)
    staff.be(walker, clerk)
    walker.look_at("pay by name, asked for", BY_NAME)
    walker.look_at("a payee, my request", request)
    staff.be(walker, staff.custodian)
    walker.look_at("a payee, to decide about", request)
    _let_see(staff, request)
    staff.be(walker, clerk)
    walker.look_at("a payee, let pass", request)
    page = clerk.get(request)
    seen = clerk.submit(page, page.form(action=request))
    if seen.status == ASKED:
        confirm(staff.trial, clerk, seen, name)
    walker.press("a payee", f"form[action='{request}'] button")
    walker.look_at("pay by name, seen", BY_NAME)
    if not is_begun:
        page = first.get(BY_NAME)
        assert first.submit(page, page.form(action="/paid")).status == 200
    for who, confirmed in ((first, "me"), (second, "a colleague")):
        staff.be(walker, who)
        walker.look_at(f"pay by name, confirmed by {confirmed}", BY_NAME)


def _asked(trial: Trial, clerk: plain.Browser, name: str) -> str:
    """The address of the clerk's request, which is made when there is none yet."""
    page = clerk.get(BY_NAME)
    for address, _ in page.links:
        if REQUEST.fullmatch(address):
            return address
    asked = clerk.submit(page, page.form("reason"), {"reason": "The bank opens at two."})
    done = confirm(trial, clerk, asked, name) if asked.status == ASKED else asked
    assert done.status == 200, done.words
    return urlsplit(done.url).path


def _let_see(staff: Staff, request: str) -> None:
    page = staff.custodian.get(request)
    if not any("reason" in form.names for form in page.forms):
        return
    press = ("approved", "yes")
    done = staff.custodian.submit(page, page.form("reason"), {"reason": "They wish it."}, press=press)
    done = confirm(staff.trial, staff.custodian, done, "custodian-1") if done.status == ASKED else done
    assert "Allowed and handed over" in done.words, done.words


def ledger(walker: Walker, staff: Staff) -> None:
    """The ledger for an auditor: sums, lines, and what of it stands in the log."""
    staff.be(walker, staff.auditor)
    walker.look_at("ledger", "/rewards/ledger")
    walker.look_at("ledger, by day", "/rewards/ledger/days")
    walker.look_at("ledger, no line", "/rewards/ledger/days?kind=settled&to=2001-01-01")
    walker.look_at("ledger, in the log", "/rewards/ledger/entries")
    staff.be(walker, sign_in(staff.trial, "approver"))
    walker.look_at("ledger, for an approver", "/rewards/ledger")


PAY_ROUNDS: Final[Sequence[Callable[[Walker, Staff], None]]] = (pay_desk, ledger)
