"""/rewards/lists: a bank's list leaves only once two clerks have stated it, and only the bank opens it."""

import hashlib
import re
from collections.abc import Iterator, Sequence

import pytest
from werkzeug.test import TestResponse

from crypto import age
from crypto.pickup_codes import PickupCode
from tests.admin.paying import FIRST, SECOND, THIRD, Counter, counter
from tests.admin.test_pay_desk import told
from tests.keeper.rewards.till import BANK, POINT
from tests.world import member_id

DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')
STATED = re.compile(r"SHA-256 ([0-9a-f]{64})")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A desk at work."""
    with counter(tmp_path_factory.mktemp("lists")) as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def codes(desk: Counter) -> Sequence[str]:
    """Codes that wait at the bank; another waits elsewhere."""
    first, second, third, *_ = desk.till.crowd()
    desk.till.redeem(third, POINT)
    found = [desk.till.redeem(one, BANK).code for one in (first, second)]
    desk.till.pass_days(1)  # the codes of a day are listed when it is over
    return found


def make(desk: Counter, by: str = FIRST, point: str = BANK, other: str = SECOND) -> TestResponse:
    """Seal a list and sign it first."""
    return desk.browser(by).post("/rewards/lists", {"point": point, "other": member_id(other)})


def sign(desk: Counter, name: str) -> TestResponse:
    """Sign second what waits."""
    [waiting] = desk.office.services.proposals.waiting_for(desk.office.member(name))
    assert "gets a sealed list of its pickup codes" in desk.browser(name).get("/proposals").text
    return desk.browser(name).post(f"/proposals/{waiting.id}/sign")


def fetch(desk: Counter, digest: str, name: str = FIRST, point: str = BANK) -> TestResponse:
    """The file."""
    return desk.browser(name).post("/rewards/lists/file", {"point": point, "digest": digest})


def digest(desk: Counter) -> str:
    """That of the newest list on the page."""
    found: list[str] = STATED.findall(desk.browser(FIRST).get("/rewards/lists").text)
    return found[0]


@pytest.mark.parametrize("other", ["clerk-1", "verifier", "approver", "auditor", "nobody"])
def test_a_list_is_made_with_another_pay_clerk_alone(desk: Counter, other: str) -> None:
    page = make(desk, other=other)
    assert page.status_code == 422
    assert "Choose who signs with you" in told(page)


@pytest.mark.parametrize("point", ["", POINT, "nowhere"])
def test_only_a_point_with_a_key_gets_a_list(desk: Counter, point: str) -> None:
    page = make(desk, point=point)
    assert page.status_code == 422
    assert "Choose a bank or post office" in told(page)


def test_one_clerk_alone_gets_no_file(desk: Counter) -> None:
    assert make(desk).status_code == 303
    made = digest(desk)
    page = desk.browser(FIRST).get("/rewards/lists").text
    assert "waits for the second clerk" in page
    assert DIGEST.findall(page) == []
    for name in (FIRST, SECOND, THIRD):
        answer = fetch(desk, made, name)
        assert answer.status_code == 409
        assert answer.mimetype == "text/html"
    desk.browser(SECOND).post(
        f"/proposals/{desk.office.services.proposals.waiting_for(desk.office.member(SECOND))[0].id}/refuse"
    )
    assert fetch(desk, made).status_code == 409


def test_the_file_that_two_clerks_stated_opens_with_the_banks_key_alone(
    desk: Counter, codes: Sequence[str]
) -> None:
    make(desk)
    made = digest(desk)
    assert sign(desk, SECOND).status_code == 303
    assert made in DIGEST.findall(desk.browser(SECOND).get("/rewards/lists").text)
    answer = fetch(desk, made, SECOND)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="list.age"'
    assert hashlib.sha256(answer.data).hexdigest() == made
    text = age.unseal(answer.data, [desk.office.world.desks["rewards"]]).decode()
    assert all(PickupCode.parse(code).reveal() in text for code in codes)
    assert len(re.findall(r"\b\d{3} \d{3} \d{4}\b", text)) == len(codes)
    assert all(code.encode() not in answer.data for code in codes)


def test_another_digest_or_point_gets_nothing(desk: Counter) -> None:
    make(desk)
    made = digest(desk)
    sign(desk, SECOND)
    for wrong, point in (("0" * 64, BANK), ("../x", BANK), (made, POINT), (made, "nowhere")):
        assert fetch(desk, wrong, FIRST, point).status_code in (409, 422)


def test_a_list_goes_after_its_days(desk: Counter) -> None:
    make(desk)
    made = digest(desk)
    sign(desk, SECOND)
    desk.pass_days(5)
    assert fetch(desk, made).status_code == 409
    assert "Make a new one" in told(fetch(desk, made))


def test_the_page_says_what_the_bank_does_with_it(desk: Counter) -> None:
    page = desk.browser(FIRST).get("/rewards/lists").text
    assert "age -d -i key.txt -o list.txt list.age" in page
    assert "confirm each struck-out code" in page
