"""Names of people under protection: the same two people, with the protection desk's lock inside."""

from html import unescape

import pytest

from tests.admin.conftest import TOKEN, Office
from tests.admin.disclosing import AFTER, AGREES, ENGLISH, NAME, Asking, leave_name
from tests.admin.protecting import FIRST, Desk, alias
from tipline.identities.alias import alias_code
from tipline.ids import ItemId, TipId
from tipline.protection.asking import Group

UNKNOWN = TipId(bytes.fromhex("f" * 32))


class OfCase(Asking):
    """The same steps, asked for from the page of a protection case."""

    @property
    def form(self) -> str:
        return f"/protection/{self.tip.hex()}/identity"


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk.of(office, second=False)


def asking(desk: Desk) -> OfCase:
    """A case whose person left a name in the mailbox."""
    case, code = desk.asked(Group.WITNESS)
    desk.read(case)
    leave_name(desk.office, code)
    return OfCase(desk.office, case, code, desk.browser(), desk.office.signed_in(AGREES, confirmed=True))


def test_nobody_but_the_protection_desk_asks_for_the_name_of_a_case(desk: Desk) -> None:
    case = asking(desk).tip
    office = desk.office
    for name in ("reviewer-a", "custodian-1", "auditor", "registrar"):
        staff = office.signed_in(name, confirmed=True)
        for end in ("", "/write"):
            answer = staff.post(f"/protection/{case.hex()}/identity{end}", AFTER)
            assert answer.status_code == 403, (name, end)
    above = office.signed_in("integrity", confirmed=True)  # the case has not gone up to it
    above.get("/protection")
    for end in ("", "/write"):
        mine, none = (above.post(f"/protection/{one.hex()}/identity{end}", AFTER) for one in (case, UNKNOWN))
        assert (mine.status_code, TOKEN.sub("", mine.text)) == (404, TOKEN.sub("", none.text))


def test_a_case_is_not_named_under_the_address_of_a_tip(desk: Desk) -> None:
    case = asking(desk).tip
    for name in (FIRST, "integrity", "reviewer-a"):
        staff = desk.office.signed_in(name, confirmed=True)
        staff.get("/tips")
        mine, none = (staff.get(f"/tips/{one.hex()}/identity") for one in (case, UNKNOWN))
        assert (mine.status_code, TOKEN.sub("", mine.text)) == (none.status_code, TOKEN.sub("", none.text))
        assert mine.status_code in (403, 404)


def test_two_people_open_the_name_of_somebody_under_protection(desk: Desk) -> None:
    opened = asking(desk)
    number = opened.running()
    page = opened.page(number)
    assert f"Person {alias_code(ItemId(opened.tip))}" in page.text
    assert f'href="/protection/{opened.tip.hex()}"' in page.text
    assert "/tips/" not in page.text
    assert opened.tip.hex() not in opened.page(number, opened.agrees).text
    assert NAME in opened.look(number).text


def test_a_name_that_the_desk_writes_down_for_a_case_is_sealed_alike(desk: Desk) -> None:
    case = desk.case(Group.OFFICER)
    desk.read(case)
    path = f"/protection/{case.hex()}/identity"
    page = desk.browser().get(path, headers=ENGLISH).text
    assert alias(case, "Officer") in page
    assert "No name is kept" in page
    done = desk.browser().post(f"{path}/write", {"identity_name": NAME}, headers=ENGLISH)
    assert done.location == f"{path}?done=name-written"
    kept = unescape(desk.browser().get(path, headers=ENGLISH).text)
    assert "Written down by staff" in kept
    assert NAME not in kept
    assert NAME not in desk.read(case).text
    opened = OfCase(
        desk.office,
        case,
        desk.office.put_tip_with_code()[1],
        desk.browser(),
        desk.office.signed_in(AGREES, confirmed=True),
    )
    assert NAME in opened.look(opened.running()).text
