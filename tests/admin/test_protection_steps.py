"""admin/protection: the steps of people who protect, what bars them, and what is wrong with a form."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from admin.protection.form_words import CHOICES, FIELDS, HINTS, WRONG
from admin.protection.form_words import FORMS as FORM_WORDS
from admin.protection.words import MOVES
from tests.admin.conftest import Office, hidden_state
from tests.admin.protecting import (
    CANARY,
    DANGER,
    FIRST,
    PLAN,
    REVIEW,
    SECOND,
    TOMORROW,
    YESTERDAY,
    Desk,
    problems,
    tell,
)
from tests.world import member_id
from tipline.ids import TipId
from tipline.keeper_client import KeeperError
from tipline.protection.asking import Group
from tipline.protection.fields import Shape, Wrong
from tipline.protection.forms import FORMS
from tipline.protection.states import PROTECTION_MOVES
from tipline.tips.models import Item
from tipline.tips.topics import Topic

NOWHERE = "f" * 32


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk.of(office)


# ------------------------------------------------------------------ two people


def test_who_proposes_a_plan_never_approves_it(desk: Desk) -> None:
    case = desk.case()
    desk.reach(case, "approving")
    page = desk.read(case)
    assert "Another member must take this step: you proposed it." in page.text
    answer = desk.act(case, "move", move="protected")
    assert answer.status_code == 409
    assert "whoever writes a plan does not approve it" in problems(answer)
    assert desk.state(case) == "approving"
    desk.done(case, "move", SECOND, move="protected")
    assert desk.state(case) == "protected"


def test_a_page_that_shows_another_plan_than_the_one_that_waits_approves_nothing(desk: Desk) -> None:
    case = desk.case()
    desk.reach(case, "approving")
    desk.browser(SECOND).get("/protection")
    behind = hidden_state(desk.read(case, SECOND))
    desk.done(case, "move", move="planning", reason="A slip of the pen.")
    desk.done(case, "plan", **{**PLAN, "plan_owner_1": "The quarry's own guard"})
    answer = desk.post(case, SECOND, state=behind, step="move", move="protected")
    assert answer.status_code == 409
    assert "The plan has changed since you read it. Read it again." in problems(answer)
    assert desk.state(case) == "approving"
    desk.done(case, "move", SECOND, move="protected")
    assert desk.state(case) == "protected"


def test_a_plan_that_was_not_shown_is_not_approved(desk: Desk) -> None:
    case = desk.case()
    desk.reach(case, "approving")
    view = desk.office.keeper().states([case.hex()])[case.hex()]
    with desk.office.database.writing() as session:
        plan = session.get_one(Item, bytes.fromhex(view.case.rests_on))
        plan.record = b""
    answer = desk.act(case, "move", SECOND, move="protected")
    assert answer.status_code == 409
    assert "The plan has changed since you read it." in problems(answer)
    assert desk.state(case) == "approving"


def test_a_page_that_shows_another_proposal_ends_no_case(desk: Desk) -> None:
    case = desk.case()
    desk.reach(case, "ending")
    desk.browser(SECOND).get("/protection")
    behind = hidden_state(desk.read(case, SECOND))
    desk.done(case, "move", move="assessing", reason="They were seen again.")
    desk.done(case, "move", move="ending", reason="It was somebody else.")
    answer = desk.post(case, SECOND, state=behind, step="move", move="ended")
    assert answer.status_code == 409
    assert "The proposal to end this case has changed since you read it." in problems(answer)
    assert desk.state(case) == "ending"
    desk.done(case, "message", message="Your case is to end. Object within ten days.")
    desk.office.clock.advance(11 * 86_400)
    desk.browsers.clear()
    desk.done(case, "move", SECOND, move="ended")  # proposed by a reason: there is no form to name
    assert desk.state(case) == "ended"


def test_the_page_says_which_plan_waits_and_which_is_in_force(desk: Desk) -> None:
    case = desk.case()
    desk.reach(case, "approving")
    desk.done(case, "move", SECOND, move="planning", reason="Who pays the escort?")
    page = desk.done(case, "plan", **PLAN)
    assert page.text.count("waits for another member") == 1
    assert _marked(desk, case, page.text) == "waits for another member"
    page = desk.done(case, "move", SECOND, move="protected")
    assert _marked(desk, case, page.text) == "in force"
    assert page.text.count('<strong class="badge">in force') == 1


def _marked(desk: Desk, case: TipId, page: str) -> str:
    form = desk.office.keeper().states([case.hex()])[case.hex()].case.rests_on
    [shown] = re.findall(rf'id="form-{form}">\s*<h3>.*?<strong class="badge">(.*?)</strong>', page, re.DOTALL)
    return str(shown)


def test_who_is_alone_at_the_desk_is_told_to_ask_for_a_deputy(office: Office) -> None:
    desk = Desk.of(office, second=False)
    case = desk.case()
    desk.reach(case, "approving")
    assert "You are alone at this desk now: ask the registrar for a deputy." in desk.read(case).text
    answer = desk.act(case, "move", move="protected")
    assert answer.status_code == 409
    assert "Ask the registrar for a deputy." in problems(answer)
    assert desk.state(case) == "approving"


def test_who_proposes_an_ending_never_ends_the_case(desk: Desk) -> None:
    case = desk.case()
    desk.reach(case, "ending")
    desk.done(case, "message", message="Your case is to end. Object within ten days.")
    desk.office.clock.advance(11 * 86_400)
    desk.browsers.clear()
    answer = desk.act(case, "move", move="ended")
    assert answer.status_code == 409
    assert "whoever proposes to end a case does not end it" in problems(answer)
    desk.done(case, "move", SECOND, move="ended")
    assert desk.state(case) == "ended"


def test_a_plan_is_sent_back_with_a_reason(desk: Desk) -> None:
    case = desk.case()
    desk.reach(case, "approving")
    answer = desk.act(case, "move", SECOND, move="planning", reason="  ")
    assert answer.status_code == 422
    assert "This step needs a reason." in problems(answer)
    assert desk.state(case) == "approving"
    desk.done(case, "move", SECOND, move="planning", reason="Who pays the escort?")
    assert desk.state(case) == "planning"


def test_a_case_does_not_end_before_the_person_was_told_and_could_object(desk: Desk) -> None:
    case = desk.case()
    desk.reach(case, "ending")
    answer = desk.act(case, "move", SECOND, move="ended")
    assert answer.status_code == 409
    assert "Tell the person first" in problems(answer)
    desk.done(case, "message", message="Your case is to end. Object within ten days.")
    answer = desk.act(case, "move", SECOND, move="ended")
    assert answer.status_code == 409
    assert "The person may still object." in problems(answer)
    assert desk.state(case) == "ending"


# ------------------------------------------------------------------ what is wrong, and nothing lost

WRONG_FORMS = (
    ("danger", {**DANGER, "danger_since": TOMORROW}, Wrong.NOT_YET),
    ("danger", {**DANGER, "danger_at_once": "none"}, Wrong.WHY),
    ("danger", {**DANGER, "danger_since": "soon"}, Wrong.NO_DAY),
    ("danger", {**DANGER, "danger_what": "字" * 2_001}, Wrong.TOO_LONG),
    (
        "incident",
        {"incident_on": YESTERDAY, "incident_kinds": "framing", "incident_what": CANARY},
        Wrong.OFFICERS_ALONE,
    ),
    ("measure", {"measure_what": "escort", "measure_state": "stopped", "measure_on": YESTERDAY}, Wrong.WHY),
)


@pytest.mark.parametrize(("form", "fields", "wrong"), WRONG_FORMS)
def test_what_is_wrong_with_a_form_is_said_and_nothing_is_lost(
    desk: Desk, form: str, fields: dict[str, Any], wrong: Wrong
) -> None:
    case = desk.case()
    desk.read(case)
    answer = desk.act(case, form, **fields)
    assert answer.status_code == 422
    assert "The form was not kept." in problems(answer)
    assert str(WRONG[wrong]) in problems(answer) or "This day" in problems(answer)
    for part in FORMS[form].fields:
        value = fields.get(part.name, [])
        for one in [value] if isinstance(value, str) else value:
            if part.shape in (Shape.LINE, Shape.TEXT, Shape.DAY):
                assert one in unescape(answer.text)
            elif one not in part.officers:
                assert re.search(rf'value="{one}"[^>]* (checked|selected)', answer.text), (part.name, one)
    assert desk.state(case) == "asked"


def test_an_officers_form_in_another_groups_case_is_refused_and_not_offered(desk: Desk) -> None:
    case, officer = desk.case(Group.WITNESS), desk.case(Group.OFFICER)
    fields = {"backing_to": "County", "backing_what": "A word.", "backing_asked": YESTERDAY}
    assert "Request for backing" not in desk.read(case).text
    answer = desk.act(case, "backing", **fields)
    assert answer.status_code == 422
    assert "Only a case of an officer has this form" in problems(answer)
    assert "Request for backing" in desk.read(officer).text
    assert "A word." in desk.done(officer, "backing", **fields).text


def test_a_form_for_a_case_that_has_ended_is_refused(desk: Desk) -> None:
    case = desk.case()
    desk.reach(case, "ending")
    desk.done(case, "message", message="Your case is to end.")
    desk.office.clock.advance(11 * 86_400)
    desk.browsers.clear()
    desk.done(case, "move", SECOND, move="ended")
    fields = {"incident_on": YESTERDAY, "incident_kinds": "threat", "incident_what": CANARY}
    answer = desk.act(case, "incident", **fields)
    assert answer.status_code == 409
    assert "This case has ended" in problems(answer)
    desk.done(case, "move", move="assessing", reason="They came back.")
    assert desk.state(case) == "assessing"


def test_a_form_of_another_step_moves_nothing_and_is_not_kept(desk: Desk) -> None:
    case = desk.case()
    answer = desk.act(case, "plan", **PLAN)
    assert answer.status_code == 409
    assert "This form belongs to another step" in problems(answer)
    assert desk.state(case) == "asked"
    assert "Filled-in forms" in desk.read(case).text
    assert "Police station, duty officer" not in desk.read(case).text


@pytest.mark.parametrize("days", ["0", "31", "-1", "two", "1.5", "٣"])
def test_check_ins_are_agreed_on_whole_days_from_1_to_30(desk: Desk, days: str) -> None:
    case = desk.case()
    desk.reach(case, "assessing")
    answer = desk.act(case, "watch", case_watch=days)
    assert answer.status_code == 422
    assert "Give a whole number of days, from 1 to 30." in problems(answer)


def test_a_form_is_kept_when_its_move_fails_and_that_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.case()
    desk.read(case)
    keeper = desk.office.services.keeper
    append = keeper.append

    def refuse_moves(statement: Any, *more: Any) -> Any:
        if statement.body["type"] == "move":
            statement = desk.office.member(FIRST).sign(
                "move",
                {
                    **{name: statement.body[name] for name in ("tip", "desk", "detail", "reason")},
                    "from": "ended",
                    "to": "assessing",
                },
                origin=desk.office.settings.origin,
                clock=desk.office.clock,
            )
        return append(statement, *more)

    monkeypatch.setattr(keeper, "append", refuse_moves)
    answer = desk.act(case, "danger", **DANGER)
    monkeypatch.undo()
    assert answer.status_code == 409
    assert "The form is kept with the case, but the case was not moved" in problems(answer)
    page = desk.read(case).text
    assert DANGER["danger_what"].replace("'", "&#39;") in page
    assert "Go on with the kept form" in page
    kept = re.search(r'name="kept" value="([0-9a-f]{32})"', page)
    assert kept
    desk.done(case, "go-on", kept=kept[1])
    assert desk.state(case) == "assessing"
    assert desk.read(case).text.count("burn the house") == 1


@pytest.mark.parametrize("shows", [True, False])
def test_a_form_is_kept_when_the_keeper_goes_away_before_the_move(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, shows: bool
) -> None:
    case = desk.case()
    desk.read(case)
    keeper = desk.office.services.keeper
    append, release = keeper.append, keeper.release
    gone: list[bool] = []

    def no_moves(statement: Any, *more: Any) -> Any:
        if statement.body["type"] == "move":
            gone.append(True)
            raise KeeperError("away")
        return append(statement, *more)

    def no_reading(*asked: Any) -> Any:
        if gone and not shows:
            raise KeeperError("away")
        return release(*asked)

    monkeypatch.setattr(keeper, "append", no_moves)
    monkeypatch.setattr(keeper, "release", no_reading)
    answer = desk.act(case, "danger", **DANGER)
    monkeypatch.undo()
    assert answer.status_code == 409
    assert "The form is kept with the case, but the case was not moved" in answer.text
    assert "Go on with the kept form" in desk.read(case).text
    assert desk.state(case) == "asked"


def test_no_other_note_takes_the_place_of_a_kept_form(desk: Desk) -> None:
    case = desk.case()
    desk.done(case, "note", note="No form at all.")
    page = desk.read(case).text
    assert "Go on with the kept form" not in page
    fields = {"measure_what": "escort", "measure_state": "done", "measure_on": YESTERDAY}
    desk.done(case, "measure", **fields)
    with desk.office.database.reading() as session:
        notes = session.scalars(select(Item.id).where(Item.tip_id == case, Item.kind == "note")).all()
    assert len(notes) == 2
    for item in (*(note.hex() for note in notes), NOWHERE, "", "x"):
        answer = desk.act(case, "go-on", kept=item)
        assert answer.status_code == 422
        assert "There is no such form that could be gone on with." in problems(answer)
    assert desk.state(case) == "asked"


def test_the_same_page_sent_twice_keeps_one_form(desk: Desk) -> None:
    case = desk.case()
    state = hidden_state(desk.read(case))
    fields = {"measure_what": "escort", "measure_state": "done", "measure_on": YESTERDAY}
    assert desk.post(case, state=state, step="measure", **fields).status_code == 200
    again = desk.post(case, state=state, step="measure", **fields)
    assert again.status_code == 409
    assert desk.read(case).text.count('<article class="filled"') == 1


# ------------------------------------------------------------------ what a page offers


def test_every_step_from_first_danger_to_protection_and_its_review(desk: Desk) -> None:
    case = desk.case()
    desk.reach(case, "protected")
    page = desk.done(case, "review", **REVIEW).text
    assert desk.state(case) == "protected"
    for words in (
        "Danger",
        "Risk assessment",
        "Protection plan",
        "Review",
        "Patrols",
        "Police station, duty officer",
    ):
        assert words in page
    assert "11" in page  # the score
    desk.done(case, "move", move="assessing", reason="A release.")
    assert desk.state(case) == "assessing"


def test_a_case_is_taken_given_and_given_back(desk: Desk) -> None:
    case = desk.case()
    for to in (FIRST, SECOND, ""):
        answer = desk.post(case, assign=member_id(to) if to else "")
        assert answer.status_code == 303
        view = desk.office.keeper().states([case.hex()])[case.hex()]
        assert view.case.assignee == (member_id(to) if to else "")
    answer = desk.post(case, assign=member_id("reviewer-a"))
    assert answer.status_code in (409, 422)


def test_a_unit_is_excluded_and_its_member_no_longer_finds_the_case(desk: Desk) -> None:
    case = desk.case()
    answer = desk.act(case, "exclude", SECOND, exclude="u1")
    assert answer.status_code == 200, problems(answer)
    desk.browser(FIRST).get("/protection")
    assert desk.page(case).status_code == 404
    desk.browser(SECOND).get("/protection")
    assert desk.page(case, SECOND).status_code == 200


def test_excluding_everybody_at_the_desk_hands_the_case_above_and_it_stays_a_case(office: Office) -> None:
    desk = Desk.of(office, second=False)
    case = desk.case()
    answer = desk.act(case, "exclude", exclude="u1")
    assert (answer.status_code, answer.location) == (303, "/protection?done=case-exclude")
    view = office.keeper().states([case.hex()])[case.hex()]
    assert (view.desks, view.excluded) == (("integrity", "protection"), ("u1",))
    integrity = office.signed_in("integrity", confirmed=True)
    assert case.hex() in integrity.get("/protection").text
    assert case.hex() not in integrity.get("/tips?state=all").text


def test_the_person_is_answered_and_consent_is_told_in_words(desk: Desk) -> None:
    case, code = desk.asked(agrees=None)
    assert "The person has not been heard yet" in desk.read(case).text
    page = desk.done(case, "message", message="We can come tomorrow.")
    assert "We can come tomorrow." in page.text
    tell(desk.office, code, Topic.CONSENT, {"agrees": "no"})
    assert "The person does not agree" in desk.read(case).text
    tell(desk.office, code, Topic.CONSENT, {"agrees": "yes"})
    assert "The person agrees to being protected" in desk.read(case).text


# ------------------------------------------------------------------ words


def test_every_form_field_and_choice_has_a_word() -> None:
    assert set(FORM_WORDS) == set(HINTS) == set(FORMS)
    for form in FORMS.values():
        for part in form.fields:
            assert part.name in FIELDS
            assert set(part.choices) <= set(CHOICES.get(part.name, {})), part.name
    assert set(WRONG) == set(Wrong)


def test_every_move_has_a_word() -> None:
    assert {f"{move.source}>{move.target}" for move in PROTECTION_MOVES.moves} == set(MOVES)
