"""Where tips are listed, counted, found or opened there is no protection case, also for who may read both."""

import pytest
from sqlalchemy import update

from admin.leaders.figures import _rows
from admin.queue.choice import Choice
from admin.queue.clear import page_of, urgent_page
from admin.queue.scan import scan
from admin.queue.service import handle, looking
from tests.admin.conftest import Office, Staff
from tests.admin.test_links import links
from tests.admin.test_queue import counts, shown
from tests.admin.test_search import found
from tests.admin.visiting import keys_of, visit_of
from tipline.ids import TipId, UnitId
from tipline.protection.asking import Asking, Group
from tipline.tips.models import Tip
from tipline.tips.moves import PROTECTION_STATES, TipState

NOBODY = TipId(bytes(16))


@pytest.fixture
def case(office: Office) -> TipId:
    """A case that the integrity desk has, too: nobody at the desk that protects may know of it."""
    made = office.put_tip(asking=Asking(Group.WITNESS), exclude=(UnitId("u1"),))
    assert office.row(made).desk == "integrity"
    return made


@pytest.fixture
def own(office: Office) -> TipId:
    """A case at the desk that protects."""
    made = office.put_tip(asking=Asking(Group.WITNESS))
    assert office.row(made).desk == "protection"
    return made


@pytest.fixture
def tip(office: Office) -> TipId:
    """A tip at the integrity desk."""
    made = office.put_tip(exclude_text="nobody here")
    assert office.row(made).desk == "integrity"
    return made


def pretend(office: Office, tip: TipId, **columns: object) -> None:
    """What somebody does who may write the rows."""
    with office.database.writing() as session:
        session.execute(update(Tip).where(Tip.id == tip).values(**columns))


def unknown(staff: Staff, tip: TipId) -> None:
    """The page is, byte for byte, that of a tip that there never was."""
    pages = [staff.get(f"/tips/{one.hex()}") for one in (tip, NOBODY)]
    assert [page.status_code for page in pages] in ([404, 404], [403, 403])
    here, nowhere = (page.text.replace(one.hex(), "") for page, one in zip(pages, (tip, NOBODY), strict=True))
    assert here == nowhere


def test_a_case_stands_in_no_list_and_no_count_of_tips(office: Office, tip: TipId, case: TipId) -> None:
    staff = office.signed_in("integrity")
    assert shown(staff) == [tip.hex()]
    for state in ("all", "open", *PROTECTION_STATES):
        assert case.hex() not in shown(staff, f"?state={state}")
    for query in ("?sort=urgency&state=all", "?sort=due&state=all", "?due=today&state=all", "?page=2"):
        assert case.hex() not in shown(staff, query)
    assert {counts(staff)[query] for query in ("", "?state=all")} == {1}
    assert case.hex() not in staff.get("/").text
    assert found(staff, handle(case.hex())) == []


def test_no_question_that_the_list_puts_to_the_rows_finds_a_case(
    office: Office, tip: TipId, case: TipId
) -> None:
    visit = visit_of(office, "integrity")
    view = looking(visit, keys_of(visit))
    with office.database.reading() as session:
        assert urgent_page(session, view, 0, 9) == [tip]
        for choice in (Choice(), Choice(state="all"), Choice(state="all", sort="due"), Choice(due="today")):
            assert page_of(session, view, choice, 0, 9) in (([tip], 1), ([], 0))
            assert scan(session, view, choice, 0, 9)[0] in ([tip], [])


def test_a_case_has_no_page_among_tips_for_anybody(
    office: Office, tip: TipId, case: TipId, own: TipId
) -> None:
    office.signed_in("protection").get("/protection")
    for name in ("integrity", "protection", "reviewer-a"):
        staff = office.signed_in(name)
        staff.get("/tips")
        for one in (case, own):
            unknown(staff, one)
            assert staff.read(one).status_code in (403, 404)


def test_a_row_that_pretends_that_a_case_is_a_tip_changes_nothing(
    office: Office, case: TipId, own: TipId
) -> None:
    above, reviewer = office.signed_in("integrity"), office.signed_in("reviewer-a")
    shown(above)
    for one in (case, own):
        pretend(office, one, state=TipState.TRIAGE.value)
    assert shown(above) == []
    unknown(above, case)
    unknown(office.signed_in("protection"), own)
    for desk in ("intake", "integrity"):
        pretend(office, own, desk=desk, card_group=None, card_box=None)
        for staff in (above, reviewer):
            assert own.hex() not in shown(staff)
            unknown(staff, own)


def test_a_row_that_pretends_that_a_tip_is_a_case_opens_it_to_nobody_else(office: Office) -> None:
    tip, protection = office.put_tip(), office.signed_in("protection")
    shown(office.signed_in("reviewer-a"))
    pretend(office, tip, desk="protection", state="asked", card_group=None, card_box=None)
    office.change("update slips set desk = 'protection' where desk = 'intake'")
    protection.get("/protection")
    unknown(protection, tip)
    assert protection.get(f"/protection/{tip.hex()}").status_code == 404


def test_a_case_cannot_be_linked_named_as_repeated_or_given_away_with_tips(
    office: Office, tip: TipId, case: TipId
) -> None:
    staff = office.signed_in("integrity")
    shown(staff)
    page = staff.read(tip)
    for named in (case.hex(), handle(case.hex())):
        answer = staff.act(tip, page, step="link", other=named)
        assert answer.status_code == 422
    assert links(office, tip) == ()
    assert case.hex() not in staff.get("/tips/hand-over").text


def test_leaders_see_no_case_among_the_open_tips(office: Office, tip: TipId, case: TipId) -> None:
    with office.database.reading() as session:
        rows = _rows(session, office.clock.today())
    assert {row.tip for row in rows} == {tip.hex()}
