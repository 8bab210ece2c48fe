"""/rewards/pay: two clerks, value and point, a clear sentence for everything else, and no tip anywhere."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from admin.log.entries import PIECE
from crypto.pickup_codes import PickupCode
from crypto.vouchers import Voucher
from tests.admin.paying import FIRST, SECOND, THIRD, Counter, counter
from tests.admin.printing import keeper_away
from tests.keeper.rewards.till import BANK, OTHER, POINT
from tipline.keeper_client import Refused
from tipline.keeper_client.public import Pickup

LINE = re.compile(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>")
UNKNOWN = PickupCode.derive(bytes(32), bytes(32), 0).reveal()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A desk whose clerks sit at the same point."""
    with counter(tmp_path_factory.mktemp("desk")) as made:
        yield made


@pytest.fixture(scope="module")
def vouchers(desk: Counter) -> Iterator[Voucher]:
    """Fresh vouchers, one after another."""
    return iter(desk.till.crowd(number=20))


@pytest.fixture
def pickup(desk: Counter, vouchers: Iterator[Voucher]) -> Pickup:
    """A code that nobody typed yet, at the point of all clerks."""
    for name in (FIRST, SECOND, THIRD):
        desk.sit(name)
    return desk.till.redeem(next(vouchers))


def shown(pickup: Pickup) -> str:
    """Its digits in groups."""
    return PickupCode.parse(pickup.code).reveal()


def is_paid(desk: Counter, pickup: Pickup) -> bool:
    """By the keeper."""
    return desk.till.look(pickup.code, THIRD).paid is not None


def told(page: TestResponse) -> str:
    """The sentence of the page's summary of errors."""
    found = re.search(r'class="problem" role="alert"[^>]*>(.*?)</div>', page.text, re.DOTALL)
    assert found, page.text
    return re.sub(r"<[^>]+>", "", found[1])


# ------------------------------------------------------------------ who, and who not


@pytest.mark.parametrize("name", ["registrar", "reviewer-a", "verifier", "approver", "auditor", "chief"])
def test_nobody_but_a_pay_clerk_comes_to_the_desk(desk: Counter, name: str) -> None:
    staff = desk.browser(name)
    assert staff.get("/rewards/pay").status_code == 403
    assert desk.see(name, UNKNOWN).status_code == 403
    assert staff.post("/rewards/pay/confirm", {}).status_code == 403
    assert staff.get("/rewards/lists").status_code == 403


def test_one_clerk_alone_pays_nothing(desk: Counter, pickup: Pickup) -> None:
    first = desk.lay(FIRST, pickup)
    assert first.status_code == 200
    assert "It is not paid yet." in first.text
    again = desk.lay(FIRST, pickup)
    assert again.status_code == 409
    assert "a second clerk types it in their own session" in told(again)
    assert not is_paid(desk, pickup)


def test_a_first_confirmation_of_an_earlier_day_no_longer_counts(desk: Counter, pickup: Pickup) -> None:
    desk.lay(FIRST, pickup)
    desk.pass_days(1)
    desk.sit(SECOND)
    assert "First confirmed" not in desk.see(SECOND, pickup.code).text
    assert "It is not paid yet." in desk.lay(SECOND, pickup).text
    assert not is_paid(desk, pickup)


def test_a_clerk_without_a_point_confirms_nothing(desk: Counter, pickup: Pickup) -> None:
    desk.browsers.clear()
    assert "Choose the point" in told(desk.see(FIRST, pickup.code))
    assert "Choose the point" in told(desk.lay(FIRST, pickup))
    wrong = desk.browser(FIRST).post("/rewards/pay/point", {"point": "nowhere"})
    assert wrong.status_code == 422


# ------------------------------------------------------------------ what cannot be paid


@pytest.mark.parametrize("typed", ["", "123", "123 456 7891", "12345678901", "abc", "１２３", "1" * 500])
def test_a_wrong_check_digit_is_told_before_the_keeper_is_asked(desk: Counter, typed: str) -> None:
    desk.sit(FIRST)
    size = desk.office.log_size()
    page = desk.see(FIRST, typed)
    assert page.status_code == 422
    assert "its last one checks the others" in told(page)
    assert desk.office.log_size() == size


def test_a_code_of_another_point_is_not_paid_here(desk: Counter, vouchers: Iterator[Voucher]) -> None:
    away = desk.till.redeem(next(vouchers), OTHER)
    desk.sit(FIRST)
    page = desk.see(FIRST, away.code)
    assert page.status_code == 409
    assert "This code is for another point" in told(page)
    assert "500 yuan" not in page.text
    desk.sit(FIRST, OTHER)
    assert "500 yuan" in desk.see(FIRST, away.code).text


def test_a_code_whose_days_are_over_says_that_nothing_is_lost(
    desk: Counter, vouchers: Iterator[Voucher]
) -> None:
    voucher = next(vouchers)
    old = desk.till.redeem(voucher)
    desk.pass_days(31)
    desk.sit(FIRST)
    page = desk.see(FIRST, old.code)
    assert page.status_code == 409
    assert "The last day of this code has passed. Nothing is lost" in told(page)
    desk.sit(SECOND)
    new = desk.till.redeem(voucher)
    assert new.code != old.code
    assert "Hand the cash over." in desk.paid(new).text


def test_what_was_paid_is_told_with_its_day_and_is_not_paid_twice(desk: Counter, pickup: Pickup) -> None:
    day = desk.office.clock.today().isoformat()
    assert f"Paid on {day}. Hand the cash over." in desk.paid(pickup).text
    for name in (FIRST, SECOND, THIRD):
        page = desk.see(name, pickup.code)
        assert f"Paid on {day}. Pay nothing." in page.text
        assert "/rewards/pay/confirm" not in page.text
        assert "paid already" in told(desk.lay(name, pickup))


@pytest.mark.parametrize(
    "changed", [{"value": "1000"}, {"value": "5"}, {"value": "x"}, {"pickup": "0" * 32}, {"pickup": "../x"}]
)
def test_nothing_but_what_the_page_showed_is_confirmed(
    desk: Counter, pickup: Pickup, changed: dict[str, str]
) -> None:
    desk.lay(FIRST, pickup)
    page = desk.lay(SECOND, pickup, **changed)
    assert page.status_code in (403, 409)
    assert not is_paid(desk, pickup)


def test_ten_wrong_codes_of_a_day_are_enough(desk: Counter, pickup: Pickup) -> None:
    desk.pass_days(1)
    desk.sit(SECOND)
    for _ in range(10):
        page = desk.see(SECOND, UNKNOWN)
        assert page.status_code == 409
        assert "No voucher has this code" in told(page)
    page = desk.see(SECOND, pickup.code)
    assert page.status_code == 429
    assert "500 yuan" not in page.text
    desk.sit(FIRST)
    assert "500 yuan" in desk.see(FIRST, pickup.code).text
    desk.pass_days(1)


# ------------------------------------------------------------------ what can


def test_two_clerks_pay_and_the_second_sees_who_was_first(desk: Counter, pickup: Pickup) -> None:
    seen = desk.see(FIRST, pickup.code)
    assert LINE.findall(seen.text) == [("Value", "500 yuan"), ("Point", f"Point {POINT}")]
    assert "First confirmed" not in seen.text
    desk.lay(FIRST, pickup)
    assert "You have confirmed it. A second clerk must confirm, too." in desk.see(FIRST, pickup.code).text
    assert "First confirmed by clerk-1." in desk.see(SECOND, pickup.code).text
    assert "Hand the cash over." in desk.lay(SECOND, pickup).text
    assert is_paid(desk, pickup)


def test_spacing_of_a_code_is_free(desk: Counter, pickup: Pickup) -> None:
    digits = pickup.code
    for typed in (digits, shown(pickup), " ".join(digits), f" {digits[:5]}-{digits[5:]}\t"):
        assert "500 yuan" in desk.see(FIRST, typed).text


def test_the_receipt_holds_code_value_point_and_day_and_no_name(desk: Counter, pickup: Pickup) -> None:
    assert "there is no receipt" in told(desk.browser(FIRST).post("/rewards/pay/receipt", _code(pickup)))
    desk.paid(pickup)
    page = desk.browser(FIRST).post("/rewards/pay/receipt", _code(pickup))
    paper = page.text.split('<div class="receipt">')[1].split("</main>")[0]
    day = desk.office.clock.today().isoformat()
    lines = [text for _, text in LINE.findall(paper)]
    assert lines[4:] == [shown(pickup), "500 yuan", f"Point {POINT}", day]
    assert (lines[0], lines[2:4]) == (shown(pickup), [f"点{POINT}", day])
    assert 'lang="zh-Hans"' in paper
    assert 'lang="en"' in paper
    assert re.search(r"clerk|<h\d|reward|tip|award|m[0-9a-f]{8}", paper, re.IGNORECASE) is None


# ------------------------------------------------------------------ what nobody sees, and what is not lost


def _code(pickup: Pickup) -> dict[str, str]:
    return {"pickup_code": pickup.code}


def test_nobody_at_the_desk_sees_a_tip_or_an_award(desk: Counter) -> None:
    for name in (FIRST, SECOND, THIRD):
        desk.sit(name)
    granted = [desk.granted() for _ in range(2)]
    pickup = desk.till.redeem(desk.till.mint(granted[0])[0])
    pages = [
        desk.see(FIRST, pickup.code),
        desk.lay(FIRST, pickup),
        desk.lay(FIRST, pickup),
        desk.see(SECOND, pickup.code),
        desk.lay(SECOND, pickup),
        desk.see(THIRD, pickup.code),
        desk.browser(THIRD).post("/rewards/pay/receipt", _code(pickup)),
        desk.browser(THIRD).get("/rewards/lists"),
        desk.browser(THIRD).post("/rewards/undo/code", {**_code(pickup), "point": POINT}),
    ]
    for page in pages:
        for one in granted:
            secret = [one.tip.id.hex(), one.tip.id.hex()[:4], one.award.claim, f"/rewards/{one.award.index}"]
            assert [text for text in secret if text in _without_tokens(page.text)] == []
    for path in ("/rewards", f"/rewards/{granted[0].award.index}", "/rewards/ledger", "/tips"):
        assert desk.browser(FIRST).get(path).status_code == 403
    seen = desk.till.look(pickup.code, THIRD)
    assert set(vars(seen)) == {"pickup", "value", "point", "until", "first", "paid", "mine", "over"}


def test_no_code_enters_an_address_a_cookie_the_log_or_the_database(desk: Counter, pickup: Pickup) -> None:
    pages = [desk.see(FIRST, pickup.code), desk.lay(FIRST, pickup), desk.lay(SECOND, pickup)]
    for page in pages:
        assert "Location" not in page.headers
        assert pickup.code not in str(page.headers).replace(" ", "")
    audit = desk.office.world.sign("audit-all", "auditor", act="verify")
    desk.till.client.append(audit)
    rows = desk.till.client.entries(audit, 0, PIECE).rows
    assert any(b'"pay"' in data for _, _, data in rows)
    stored = [data for _, _, data in rows]
    stored += [path.read_bytes() for path in _files(desk)]
    secret = (pickup.code.encode(), shown(pickup).encode())
    assert [one for one in stored if any(each in one for each in secret)] == []


def _files(desk: Counter) -> Sequence[Path]:
    folder = desk.office.settings.data
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_was_typed_comes_back_while_the_keeper_is_away(desk: Counter, pickup: Pickup) -> None:
    with keeper_away(desk.office, knows_roster=True):
        page = desk.see(FIRST, pickup.code)
        assert page.status_code == 503
        assert pickup.code in page.text
        page = desk.lay(FIRST, pickup, pickup="1" * 32)
        assert page.status_code == 503
        assert 'name="pickup" value="' + "1" * 32 in page.text
    assert not is_paid(desk, pickup)


def test_a_code_that_is_wrong_stands_in_the_form_again(desk: Counter) -> None:
    desk.sit(FIRST)
    assert 'value="123 45"' in desk.see(FIRST, "123 45").text


def test_two_clerks_sit_at_the_point_of_a_bank_to_confirm_its_codes(
    desk: Counter, vouchers: Iterator[Voucher]
) -> None:
    away = desk.till.redeem(next(vouchers), BANK)
    desk.sit(FIRST, BANK)
    desk.sit(SECOND, BANK)
    assert "500 yuan" in desk.see(FIRST, away.code).text
    with pytest.raises(Refused, match="another-point"):
        desk.till.look(away.code, THIRD, POINT)


def _without_tokens(text: str) -> str:
    return re.sub(r'value="[^"]{40,}"', "", text)
