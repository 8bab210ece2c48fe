"""/rewards/undo: a payment that did not happen is taken back by two others, and nothing is deleted."""

import re
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from crypto.vouchers import Voucher
from tests.admin.conftest import Staff
from tests.admin.paying import FIRST, SECOND, THIRD, Counter, counter
from tests.admin.test_pay_desk import told
from tests.keeper.rewards.till import POINT
from tests.world import member_id
from tipline.keeper_client import Reason, Refused
from tipline.keeper_client.public import Pickup

WHY = "The cash drawer was locked."
HIDDEN = re.compile(r'name="(pickup|value|point|day)" value="([^"]*)"')


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A desk whose clerks sit at the same point."""
    with counter(tmp_path_factory.mktemp("undo")) as made:
        for name in (FIRST, SECOND, THIRD):
            made.sit(name)
        yield made


@pytest.fixture(scope="module")
def vouchers(desk: Counter) -> Iterator[Voucher]:
    """Fresh vouchers, one after another."""
    return iter(desk.till.crowd(number=16))


@pytest.fixture
def voucher(vouchers: Iterator[Voucher]) -> Voucher:
    """One that nobody presented yet."""
    return next(vouchers)


@pytest.fixture
def paid(desk: Counter, voucher: Voucher) -> Pickup:
    """The code of a payment that two clerks confirmed."""
    pickup = desk.till.redeem(voucher)
    desk.paid(pickup)
    return pickup


def found(desk: Counter, name: str, pickup: Pickup) -> TestResponse:
    """A code, typed on the page of payments to take back."""
    return desk.browser(name).post("/rewards/undo/code", {"pickup_code": pickup.code, "point": POINT})


def ask(desk: Counter, name: str, pickup: Pickup, **changes: str) -> TestResponse:
    """Sign first, with what the page has."""
    page = found(desk, name, pickup)
    assert page.status_code == 200, told(page)
    fields = {"reason": WHY, "other": member_id("approver"), **dict(HIDDEN.findall(page.text))}
    return desk.browser(name).post("/rewards/undo", {**fields, **changes})


def sign(desk: Counter, name: str) -> TestResponse:
    """Sign second what waits."""
    [waiting] = desk.office.services.proposals.waiting_for(desk.office.member(name))
    return desk.browser(name).post(f"/proposals/{waiting.id}/sign")


def still_paid(desk: Counter, pickup: Pickup) -> bool:
    """By the keeper."""
    return desk.till.look(pickup.code, THIRD).paid is not None


@pytest.mark.parametrize("name", ["registrar", "reviewer-a", "approver", "auditor", "chief"])
def test_nobody_but_a_clerk_or_a_verifier_comes_to_this_page(desk: Counter, name: str) -> None:
    staff: Staff = desk.browser(name)
    assert staff.get("/rewards/undo").status_code == 403
    assert staff.post("/rewards/undo", {}).status_code == 403


def test_one_person_alone_takes_nothing_back(desk: Counter, paid: Pickup) -> None:
    assert ask(desk, THIRD, paid).status_code == 303
    assert still_paid(desk, paid)
    [waiting] = desk.office.services.proposals.made_by(desk.office.member(THIRD))
    desk.browser(THIRD).post(f"/proposals/{waiting.id}/sign")
    assert still_paid(desk, paid)
    desk.browser(THIRD).post(f"/proposals/{waiting.id}/withdraw")
    with pytest.raises(Refused):
        desk.till.undo(desk.named(paid), 500, "clerk-3")


@pytest.mark.parametrize("name", [FIRST, SECOND])
def test_whoever_confirmed_a_payment_does_not_take_it_back(desk: Counter, paid: Pickup, name: str) -> None:
    own = found(desk, name, paid)
    assert (own.status_code, 'action="/rewards/undo"' in own.text) == (409, False)
    assert "You confirmed this payment. Two others take it back." in told(own)
    shown = dict(HIDDEN.findall(found(desk, THIRD, paid).text))
    fields = {"reason": WHY, "other": member_id("approver"), **shown}
    assert desk.browser(name).post("/rewards/undo", fields).status_code == 303  # by another's page
    page = sign(desk, "approver")
    assert page.status_code == 409
    assert "somebody else must sign it" in told(page)
    assert still_paid(desk, paid)


@pytest.mark.parametrize("other", ["", THIRD, FIRST, "auditor", "verifier", "chief", "nobody"])
def test_one_of_the_two_is_an_approver(desk: Counter, paid: Pickup, other: str) -> None:
    page = ask(desk, THIRD, paid, other=member_id(other) if other else "")
    assert page.status_code == 422
    assert "Choose who signs with you" in told(page)
    assert WHY in page.text
    assert desk.office.services.proposals.made_by(desk.office.member(THIRD)) == []


def test_a_reason_is_needed_and_what_was_typed_stays(desk: Counter, paid: Pickup) -> None:
    page = ask(desk, THIRD, paid, reason="  ")
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert "500 yuan" in page.text
    assert dict(HIDDEN.findall(page.text))["pickup"] == desk.named(paid)


def test_what_was_not_paid_cannot_be_taken_back(desk: Counter, voucher: Voucher) -> None:
    pickup = desk.till.redeem(voucher)
    page = found(desk, THIRD, pickup)
    assert page.status_code == 409
    assert "nothing to take back" in told(page)
    with pytest.raises(Refused) as refused:
        desk.till.look(pickup.code, "verifier")
    assert refused.value.reason is Reason.UNKNOWN_PICKUP
    assert found(desk, "verifier", pickup).status_code == 409


@pytest.mark.parametrize("name", [THIRD, "verifier"])
def test_two_others_take_it_back_and_the_voucher_is_good_again(
    desk: Counter, voucher: Voucher, paid: Pickup, name: str
) -> None:
    assert ask(desk, name, paid).location == "/rewards/undo?done=proposed"
    shown = desk.browser("approver").get("/proposals").text
    assert "A payment of 500 yuan is taken back: it did not happen." in shown
    assert sign(desk, "approver").status_code == 303
    new = desk.till.redeem(voucher)
    assert new.code != paid.code
    assert desk.see(FIRST, paid.code).status_code == 409
    assert "Hand the cash over." in desk.paid(new).text


def test_the_reason_is_sealed_for_the_auditors_and_the_entry_names_it(desk: Counter, paid: Pickup) -> None:
    ask(desk, THIRD, paid)
    sign(desk, "approver")
    entries = desk.browser("auditor").get("/rewards/ledger/entries").text
    item = re.findall(r'action="/log/reasons/([0-9a-f]{32})"', entries)[0]
    assert WHY not in entries
    assert WHY in desk.browser("auditor").post(f"/log/reasons/{item}").text
