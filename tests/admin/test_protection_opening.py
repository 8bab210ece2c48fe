"""/protection/new: opening a case for somebody who came by, called or wrote."""

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.admin.conftest import Office, Staff
from tests.admin.printing import form_field
from tests.admin.protecting import CAME_BY, CANARY, ENGLISH, FIRST, TOMORROW, Desk, alias
from tests.keeper.observed import Observed
from tests.world import member_id
from tipline.ids import TipId
from tipline.protection.asking import Group

NOWHERE = "f" * 32


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk.of(office, second=False)


def send(staff: Staff, **changes: Any) -> TestResponse:
    """The form as a browser sends it; None takes a field out."""
    fields = {"form": form_field(staff, "/protection/new"), **CAME_BY, **changes}
    return staff.post(
        "/protection/new",
        {name: value for name, value in fields.items() if value is not None},
        headers=ENGLISH,
    )


def opened(answer: TestResponse) -> str:
    """What the person is called on the page that says it was done."""
    assert answer.status_code == 201, answer.text
    found = re.search(r"(?:Witness|Relative|Officer|Reporter) [A-Z]\d{1,2}", answer.text)
    assert found
    return found[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"group": None}, "Choose whom the case is for."),
        ({"group": "neighbour"}, "Choose whom the case is for."),
        ({"agrees": None}, "Choose whether the person has agreed"),
        ({"agrees": "perhaps"}, "Choose whether the person has agreed"),
        ({"harms": None}, "Tick at least one kind of danger."),
        ({"harms": "dragons"}, "Tick at least one kind of danger."),
        ({"harms": "framing"}, "belong to cases of officers"),
        ({"channel": None}, "Choose how it came."),
        ({"came_on": "2027-01-01"}, "Give the day on which it came, not a later one."),
        ({"came_on": "soon"}, "Give the day on which it came, not a later one."),
        ({"no_sheet": None}, "Type the number of the code sheet, or tick that there is none."),
        ({"no_sheet": None, "sheet": "123456789"}, "This number is mistyped"),
        ({"exclude": "u77"}, "A choice is no longer in the list."),
        ({"description": "  "}, "Type what the letter says, or what was told."),
        ({"description": "字" * 22_000}, "The text is too long"),
        ({"of": NOWHERE}, "Only a relative's case hangs together with another."),
        ({"group": "relative", "of": NOWHERE}, "Choose a case from the list."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    desk: Desk, changes: dict[str, Any], sentence: str
) -> None:
    desk.browser().get("/protection")  # states that this session lists
    size = desk.office.log_size()
    answer = send(desk.browser(), **changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    for name in ("group", "agrees", "channel"):
        if name not in changes:
            assert f'value="{CAME_BY[name]}" required checked' in answer.text
    if "description" not in changes:
        assert CANARY in answer.text
    if "came_on" not in changes:
        assert CAME_BY["came_on"] in answer.text
    assert desk.office.log_size() == size


def test_intake_opens_a_case_and_cannot_open_it_afterwards(desk: Desk) -> None:
    reviewer = desk.office.signed_in("reviewer-a", confirmed=True)
    size = desk.office.log_size()
    answer = send(reviewer)
    called = opened(answer)
    assert "You cannot open it" in answer.text
    assert CANARY not in answer.text
    body = Observed(desk.office.world).entry(size).statement.body
    assert (body["type"], body["desk"]) == ("entry", "intake")
    case = TipId(bytes.fromhex(body["tip"]))
    assert called == alias(case)
    assert case.hex() not in answer.text
    assert reviewer.get(f"/protection/{case.hex()}").status_code == 403
    assert reviewer.get(f"/tips/{case.hex()}").status_code == 404
    page = desk.browser().get("/protection", headers=ENGLISH).text
    assert called in page
    read = desk.read(case).text
    assert CANARY in read
    assert "Opened by a colleague" in read


def test_the_same_form_opens_one_case(desk: Desk) -> None:
    field = form_field(desk.browser(), "/protection/new")
    assert send(desk.browser(), form=field).status_code == 201
    again = send(desk.browser(), form=field)
    assert again.status_code == 409
    assert desk.browser().get("/protection").text.count('<th scope="row">') == 1


def test_a_relatives_case_hangs_together_with_one_that_the_desk_knows(desk: Desk) -> None:
    case = desk.case()
    relative = opened(send(desk.browser(), group="relative", of=case.hex(), agrees="asked"))
    page = desk.browser().get("/protection?group=relative", headers=ENGLISH).text
    assert relative in page
    assert relative in desk.read(case).text


def test_intake_is_shown_no_case_that_another_could_hang_together_with(desk: Desk) -> None:
    case = desk.case()
    reviewer = desk.office.signed_in("reviewer-a", confirmed=True)
    form = reviewer.get("/protection/new", headers=ENGLISH).text
    assert case.hex() not in form
    assert alias(case) not in form
    refused, unknown = (send(reviewer, group="relative", of=one) for one in (case.hex(), NOWHERE))
    for answer in (refused, unknown):
        assert answer.status_code == 422
        assert "Choose a case from the list." in answer.text


def test_the_desk_that_protects_states_the_entry_for_itself(desk: Desk) -> None:
    desk.browser().get("/protection")
    size = desk.office.log_size()
    opened(send(desk.browser(), group="officer", harms=["framing", "complaints"]))
    statement = Observed(desk.office.world).entry(size).statement
    assert statement.body["desk"] == "protection"
    assert statement.signers == (member_id(FIRST),)
    assert "framing" not in str(statement.body)
    assert Group.OFFICER not in str(statement.body)


def test_nobody_else_opens_cases(desk: Desk) -> None:
    for name in ("integrity", "auditor", "custodian-1", "registrar"):
        staff = desk.office.signed_in(name, confirmed=True)
        assert staff.get("/protection/new").status_code == 403
        assert staff.post("/protection/new", CAME_BY).status_code == 403


def test_a_day_that_has_not_come_here_may_have_come_in_the_east(desk: Desk) -> None:
    opened(send(desk.browser(), came_on=TOMORROW))


def test_where_nobody_protects_people_that_is_said_and_nothing_is_stored(desk: Desk) -> None:
    office = desk.office
    office.services.members.carry_out(
        office.world.sign("remove", "registrar", "integrity", member=member_id(FIRST))
    )
    reviewer = office.signed_in("reviewer-a", confirmed=True)
    reviewer.get("/")
    size = office.log_size()
    answer = send(reviewer)
    assert answer.status_code == 409
    assert "Nobody here protects people yet" in answer.text
    assert CANARY in answer.text
    assert office.log_size() == size
