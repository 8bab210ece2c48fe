"""admin/moves, admin/tip/next_moves.py: the page offers what the table allows, and the keeper decides."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from werkzeug.test import TestResponse

from admin.words import MOVES, STATES
from tests.admin.conftest import Office
from tests.admin.printing import english
from tests.admin.test_work import items
from tests.admin.walking import new_item, step, walk
from tipline.deadlines.look import look_at_clocks
from tipline.ids import TipId, UnitId
from tipline.keeper_client import Refused
from tipline.mailbox.thread import find_mailbox
from tipline.mailbox.writing import add_answers
from tipline.routing import Route
from tipline.tips import first
from tipline.tips.categories import Category
from tipline.tips.moves import TIP_MOVES, CaseState, TipState

ADVERTISED = {
    TipState.TRIAGE: {"need-more", "transferred", "duplicate", "outside-remit"},
    TipState.VERIFYING: {"outcome", "triage"},
    TipState.OUTCOME: {"feedback", "verifying"},
}


def where(office: Office, tip: TipId) -> CaseState:
    return office.keeper().states([tip.hex()])[tip.hex()].state


# --- what the table lacks


def test_a_move_that_the_table_lacks_is_refused_by_page_and_keeper(office: Office) -> None:
    tip = walk(office, TipState.TRIAGE)
    reviewer = office.signed_in("reviewer-a")
    page = reviewer.read(tip)
    for target in (TipState.CLOSED, TipState.OUTCOME, TipState.FEEDBACK, TipState.ERASED, TipState.REVIEW):
        assert reviewer.act(tip, page, move=target, reason="x").status_code == 422
        with pytest.raises(Refused, match="not-allowed"):
            step(office, tip, "triage", target, reason=new_item())
    assert where(office, tip) is TipState.TRIAGE


@pytest.mark.parametrize(
    ("source", "fields", "status"),
    [
        (TipState.TRIAGE, {"move": "outside-remit", "reason": " "}, 422),
        (TipState.TRIAGE, {"move": "duplicate", "other": ""}, 422),
        (TipState.TRIAGE, {"move": "duplicate", "other": "ffff-ffff"}, 422),
        (TipState.TRIAGE, {"move": "transferred"}, 409),  # without letter and packet
        (TipState.TRANSFERRED, {"move": "verifying"}, 409),  # without a receipt
        (TipState.VERIFYING, {"move": "outcome"}, 422),
        (TipState.VERIFYING, {"move": "outcome", "outcome": "malicious"}, 422),
        (TipState.VERIFYING, {"move": "triage"}, 422),
    ],
)
def test_a_move_without_what_it_needs_is_refused(
    office: Office, source: TipState, fields: dict[str, str], status: int
) -> None:
    tip = walk(office, source)
    reviewer = office.signed_in("reviewer-a")
    assert reviewer.act(tip, reviewer.read(tip), **fields).status_code == status
    assert where(office, tip) is source


def test_a_tip_is_no_duplicate_of_itself_or_of_one_that_the_reader_may_not_know(office: Office) -> None:
    tip, hidden = walk(office, TipState.TRIAGE), office.put_tip(unit=UnitId("u2"))
    office.signed_in("reviewer-b").get("/tips")  # lists what reviewer-a must not see
    reviewer = office.signed_in("reviewer-a")
    page = reviewer.read(tip)
    for other in (tip, hidden):
        assert reviewer.act(tip, page, move="duplicate", other=other.hex()).status_code == 422
    assert where(office, tip) is TipState.TRIAGE


# --- what it allows


@pytest.mark.parametrize("source", ADVERTISED)
def test_the_page_offers_exactly_the_moves_of_the_table(office: Office, source: TipState) -> None:
    tip = walk(office, source)
    page = english(office.signed_in("reviewer-b")).read(tip).text
    offered = {name for name in STATES if f'name="move" value="{name}"' in page}
    linked = {"transferred"} if "Transfer: body, letter, packet" in page else set()
    assert offered | linked == ADVERTISED[source]
    assert ADVERTISED[source] == {move.target.value for move in TIP_MOVES.next_from(source)}


def test_every_state_and_every_move_has_a_word() -> None:
    assert {state.value for state in TipState} <= set(STATES)
    assert {move.target.value for move in TIP_MOVES.moves if not move.by_itself} <= set(MOVES)


def test_a_duplicate_names_the_other_tip_by_its_handle(office: Office) -> None:
    other, tip = office.put_tip(), walk(office, TipState.TRIAGE)
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    handle = f"{other.hex()[:4]}-{other.hex()[4:8]}"
    answer = reviewer.act(tip, reviewer.read(tip), move="duplicate", other=f" {handle.upper()} ")
    assert answer.status_code == 200
    assert office.keeper().states([tip.hex()])[tip.hex()].case.duplicate_of == other.hex()
    assert f'href="/tips/{other.hex()}"' in answer.text


def test_the_row_follows_the_log_with_the_keepers_record(office: Office) -> None:
    tip = walk(office, TipState.TRIAGE)
    before = office.row(tip).state_record
    reviewer = office.signed_in("reviewer-a")
    reviewer.act(tip, reviewer.read(tip), move="outside-remit", reason="A civil matter")
    row, case = office.row(tip), office.keeper().states([tip.hex()])[tip.hex()].case
    assert (row.state, row.due_on) == ("outside-remit", case.due)
    assert row.state_record not in (None, before)


# --- another person


def test_whoever_recorded_an_outcome_does_not_confirm_it(office: Office) -> None:
    tip = walk(office, TipState.VERIFYING)
    recorder, colleague = english(office.signed_in("reviewer-a")), office.signed_in("reviewer-b")
    page = recorder.act(tip, recorder.read(tip), move="outcome", outcome="true")
    assert "Another person must take this step" in page.text
    assert 'name="move" value="feedback"' not in page.text
    answer = recorder.act(tip, page, move="feedback")
    assert answer.status_code == 409
    assert "another person must take this step" in answer.text
    assert where(office, tip) is TipState.OUTCOME
    assert colleague.act(tip, colleague.read(tip), move="feedback").status_code == 200


def test_a_review_is_another_persons(office: Office) -> None:
    tip = walk(office, TipState.TRIAGE)
    decider, other = office.signed_in("reviewer-a"), office.signed_in("reviewer-b")
    page = decider.act(tip, decider.read(tip), move="outside-remit", reason="A civil matter")
    page = decider.act(tip, page, move="review", reason="The reporter objects")
    assert page.status_code == 200
    assert decider.act(tip, page, move="triage", reason="I was right").status_code == 409
    assert where(office, tip) is TipState.REVIEW
    assert other.act(tip, other.read(tip), move="triage", reason="They were right").status_code == 200


def test_nobody_closes_a_tip_before_the_reporter_was_answered(office: Office) -> None:
    tip = walk(office, TipState.FEEDBACK)
    reviewer = office.signed_in("reviewer-a")
    answer = reviewer.act(tip, reviewer.read(tip), move="closed")
    assert answer.status_code == 409
    assert where(office, tip) is TipState.FEEDBACK
    assert 'href="#message"' in answer.text
    template = "Part of what you reported was found to be true"
    assert template in answer.text.split('id="message"')[1].split("</textarea>")[0]
    page = reviewer.act(tip, answer, message="We are done.")
    assert reviewer.act(tip, page, move="closed").status_code == 200
    assert where(office, tip) is TipState.CLOSED


# --- two at once


ROUNDS = 10
"""So that each of the two is the first in some of them."""


def test_two_reviewers_at_once_leave_one_state_and_one_is_told(office: Office) -> None:
    """The table allows the second step from where the first leads, and it would be a verdict."""
    names, moves = ("reviewer-a", "reviewer-b"), ("review", "triage")
    reviewers = [english(office.signed_in(name)) for name in names]
    for _ in range(ROUNDS):
        tip = walk(office, TipState.TRIAGE)
        step(office, tip, "triage", "outside-remit", reason=new_item())
        pages = [reviewer.read(tip) for reviewer in reviewers]
        steps = [
            partial(reviewers[who].act, tip, pages[who], move=moves[who], reason=f"Reason {who}")
            for who in range(2)
        ]
        answers = both(steps)
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        winner = next(who for who in range(2) if answers[who].status_code == 200)
        assert "Somebody else moved this tip" in answers[1 - winner].text
        assert where(office, tip) == office.row(tip).state == moves[winner]
        assert len(items(office, tip, "reason")) == 1


def both(steps: Sequence[Callable[[], TestResponse]]) -> list[TestResponse]:
    """What two get who do something at the same moment."""
    ready = Barrier(len(steps))

    def go(step_of_one: Callable[[], TestResponse]) -> TestResponse:
        ready.wait()
        return step_of_one()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(go, steps))


def test_a_move_from_a_page_that_is_out_of_date_does_not_become_another_move(office: Office) -> None:
    tip = walk(office, TipState.TRIAGE)
    reviewer, colleague = office.signed_in("reviewer-a"), english(office.signed_in("reviewer-b"))
    page = reviewer.act(tip, reviewer.read(tip), move="outside-remit", reason="A civil matter")
    older = colleague.read(tip)
    assert reviewer.act(tip, page, move="review", reason="The reporter objects").status_code == 200
    answer = colleague.act(tip, older, move="triage", reason="A mistake")  # it would be a verdict
    assert answer.status_code == 409
    assert "Somebody else moved this tip" in answer.text
    assert where(office, tip) is TipState.REVIEW


def test_a_row_that_was_written_from_an_older_view_is_written_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = walk(office, TipState.TRIAGE)
    reviewer = office.signed_in("reviewer-a")
    page = reviewer.read(tip)
    keeper, asked = office.keeper(), []
    states = keeper.states

    def overtaken(tips: object) -> object:
        found = states(tips)  # type: ignore[arg-type]
        asked.append(found)
        if len(asked) == 2:  # the first after the move: a colleague acts before its row is written
            step(office, tip, "need-more", "triage", "reviewer-b")
        return found

    monkeypatch.setattr(keeper, "states", overtaken)
    reviewer.act(tip, page, move="need-more")
    monkeypatch.undo()
    assert office.row(tip).state == where(office, tip) == TipState.TRIAGE


def test_waiting_for_more_without_a_question_is_warned_of(office: Office) -> None:
    tip = walk(office, TipState.TRIAGE)
    reviewer = english(office.signed_in("reviewer-a"))
    page = reviewer.read(tip)
    assert 'id="unasked"' in page.text
    assert f"No message has been sent to the reporter since {office.clock.today()}" in page.text
    page = reviewer.act(tip, page, message="On which day was it?")
    assert page.status_code == 200
    assert 'id="unasked"' not in page.text


# --- clocks


def test_a_tip_whose_clock_stands_still_is_not_moved(office: Office) -> None:
    tip = walk(office, TipState.TRIAGE)
    reviewer = english(office.signed_in("reviewer-a"))
    page = reviewer.act(tip, reviewer.read(tip), step="pause", reason="The office is flooded")
    assert (page.status_code, office.row(tip).paused) == (200, True)
    assert 'name="move"' not in page.text
    answer = reviewer.act(tip, page, move="need-more")
    assert answer.status_code == 409
    assert "stands still" in answer.text
    office.clock.advance(3 * 86_400)
    reviewer = english(office.signed_in("reviewer-a"))
    before = office.row(tip).due_on
    page = reviewer.act(tip, reviewer.read(tip), step="resume")
    assert (page.status_code, office.row(tip).paused) == (200, False)
    assert office.row(tip).due_on > before
    assert reviewer.act(tip, page, move="need-more").status_code == 200


def test_a_clock_that_stood_still_for_its_term_runs_and_is_not_stopped_again(office: Office) -> None:
    tip = walk(office, TipState.VERIFYING)
    reviewer = english(office.signed_in("reviewer-a"))
    page = reviewer.act(tip, reviewer.read(tip), step="pause", reason="The office is flooded")
    assert f"It runs again by itself after {office.clock.today() + timedelta(days=42)}." in page.text
    office.clock.advance(43 * 86_400)
    look_at_clocks(office.database, office.keeper(), office.clock)
    assert not office.row(tip).paused
    reviewer = english(office.signed_in("reviewer-a"))
    page = reviewer.read(tip)
    assert 'value="pause"' not in page.text
    assert "Clock goes on by itself" in page.text
    answer = reviewer.act(tip, page, step="pause", reason="Once more")
    assert (answer.status_code, office.row(tip).paused) == (409, False)


def test_stopping_and_extending_need_a_reason(office: Office) -> None:
    tip = walk(office, TipState.VERIFYING)
    reviewer = office.signed_in("reviewer-a")
    page = reviewer.read(tip)
    for name in ("pause", "extend"):
        assert reviewer.act(tip, page, step=name, reason=" ").status_code == 422
        assert 'id="extend"' in reviewer.act(tip, page, step=name).text


def test_verification_is_extended_once(office: Office) -> None:
    tip = walk(office, TipState.VERIFYING)
    reviewer = english(office.signed_in("reviewer-a"))
    page = reviewer.act(tip, reviewer.read(tip), step="extend", reason="Accounts abroad")
    assert page.status_code == 200
    assert "Verification was extended once already" in page.text
    assert reviewer.act(tip, page, step="extend", reason="More").status_code == 409


def test_the_page_says_what_was_missed_and_to_whom_it_went(office: Office) -> None:
    tip = walk(office, TipState.TRIAGE)
    office.clock.advance(6 * 86_400)
    office.keeper().look_at_clocks([], [], [])
    page = english(office.signed_in("reviewer-a")).read(tip).text
    assert "Missed, and told to" in page
    assert "working day over" in page
    assert "With the desk&#39;s lead" in page or "With the desk's lead" in page


# --- umbrella


def test_an_umbrella_tip_does_not_leave_screening_at_intake(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first, "route_for", lambda *_, **__: Route(("intake",), ()))  # as if it had got there
    tip = walk(office, TipState.SCREENING, office.put_tip(category=Category.UMBRELLA))
    reviewer = english(office.signed_in("reviewer-a"))
    page = reviewer.read(tip)
    steps = page.text.split('id="move"')[1]
    assert steps.index('value="integrity"') < steps.index("To triage")
    assert 'name="move" value="triage"' not in page.text
    assert reviewer.act(tip, page, move="triage").status_code == 422
    assert where(office, tip) is TipState.SCREENING
    answer = reviewer.act(tip, page, step="integrity", reason="It names an officer")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tips?done=integrity")
    assert office.row(tip).desk == "integrity"
    assert reviewer.get(f"/tips/{tip.hex()}").status_code == 404


def test_the_three_clocks_of_an_umbrella_tip_run_at_the_integrity_desk_alone(office: Office) -> None:
    tip = walk(office, TipState.TRIAGE)
    reviewer, above = office.signed_in("reviewer-a"), english(office.signed_in("integrity"))
    page = reviewer.read(tip)
    assert reviewer.act(tip, page, step="umbrella").status_code == 409
    assert reviewer.act(tip, page, step="integrity").status_code == 303
    above.get("/tips")
    page = above.act(tip, above.read(tip), step="umbrella")
    assert page.status_code == 200
    for step_name in ("Pursued", "Reported upward", "Transferred"):
        assert step_name in page.text.split('id="umbrella-step"')[1]
    assert above.act(tip, page, step="umbrella-step", umbrella="reported").status_code == 422
    page = above.act(tip, page, step="umbrella-step", umbrella="reported", reason="To the district")
    assert page.status_code == 200
    assert "done on" in page.text
    assert above.act(tip, page, step="umbrella-step", umbrella="reported", reason="Again").status_code == 409


def test_an_answer_that_names_an_official_offers_the_integrity_desk_first(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    reviewer = english(office.signed_in("reviewer-a"))
    assert "Officials are said to be in this" not in reviewer.read(tip).text
    with office.database.reading() as session:
        mailbox = find_mailbox(session, code)
    add_answers(mailbox, {"official_who": "the deputy head"}, office.intake())
    steps = reviewer.read(tip).text.split('id="move"')[1]
    assert steps.index("Officials are said to be in this") < steps.index('name="move"')
