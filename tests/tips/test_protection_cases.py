"""A protection case: its table of moves, who may make them, and the check-ins of its person."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.deadlines import Clocks
from tipline.protection.states import PROTECTION_MOVES, WATCHED, ProtectionState
from tipline.tips import cases
from tipline.tips.case_file import ABOVE, LEAD, CaseFile
from tipline.tips.check_ins import checked_in, heard_until, missed_check_in, unheard, watched
from tipline.tips.moves import ENDED, TIP_MOVES, CaseState, TipState, find_move, moves_from, state_named
from tipline.tips.refusing import CaseRefused
from tipline.transitions import MoveRefused

DAY = date(2026, 3, 3)  # a Tuesday
REASON = {"item": "ab" * 16, "hash": "cd" * 32}
STATES = list(ProtectionState)
RUNNING = [state for state in STATES if state in WATCHED]
_S = ProtectionState


def at(state: CaseState, **changes: Any) -> CaseFile:
    """A case whose state began today; what was proposed is form 1."""
    clocks = Clocks()
    case = CaseFile(state, DAY, None if state in ENDED else clocks.due(state.value, DAY))
    if state in (_S.APPROVING, _S.ENDING):
        case = replace(case, forms=(f"{1:032x}",), rests_on=f"{1:032x}")
    return replace(case, **changes)


def body(source: CaseState, target: CaseState, form: int = 1, **changes: Any) -> dict[str, Any]:
    """The fields of a move with all that the table asks for."""
    pairs = [(each.source, each.target) for each in PROTECTION_MOVES.moves if each.needs]
    detail = {"form": {"item": f"{form:032x}", "hash": "cd" * 32}} if (source, target) in pairs else {}
    stated = {"desk": "protection", "from": source.value, "to": target.value}
    return {**stated, "detail": detail, "reason": REASON, **changes}


def moved(case: CaseFile, target: CaseState, who: str = "m1", days: int = 0, **changes: Any) -> CaseFile:
    today = DAY + timedelta(days=days)
    stated = body(case.state, target, **changes)
    if case.state is _S.ENDING and not case.rests_on and "detail" not in changes:
        stated["detail"] = {}  # it was proposed by a reason
    return cases.moved(case, stated, who, today, Clocks())


# --- the table


def test_no_state_of_a_case_is_a_state_of_a_tip() -> None:
    assert not {state.value for state in ProtectionState} & {state.value for state in TipState}
    assert all(state_named(state.value) is state for state in (*ProtectionState, *TipState))
    with pytest.raises(ValueError, match="burnt"):
        state_named("burnt")


def test_every_state_of_a_case_is_reached_and_left_by_a_person() -> None:
    assert PROTECTION_MOVES.reachable() == frozenset(ProtectionState)
    assert all(moves_from(state) for state in ProtectionState)


@pytest.mark.parametrize("source", STATES)
def test_a_case_never_enters_a_state_of_a_tip_nor_a_tip_that_of_a_case(source: ProtectionState) -> None:
    for target in TipState:
        with pytest.raises(MoveRefused):
            find_move(source, target)
        with pytest.raises(MoveRefused):
            find_move(target, source)
        with pytest.raises(CaseRefused):
            moved(at(source, answered=True), target, days=11)
        with pytest.raises(CaseRefused):
            moved(at(target, answered=True), source, days=11)


@pytest.mark.parametrize("source", STATES)
@pytest.mark.parametrize("target", STATES)
def test_a_case_moves_as_its_table_allows(source: ProtectionState, target: ProtectionState) -> None:
    case = at(source, answered=True)
    allowed = {(move.source, move.target) for move in PROTECTION_MOVES.moves}
    if (source, target) not in allowed:
        with pytest.raises(CaseRefused):
            moved(case, target, days=11)
        return
    after = moved(case, target, days=11)
    assert (after.state, after.since, after.level) == (target, DAY + timedelta(days=11), 0)
    assert (after.due is None) == (target is ProtectionState.ENDED)


@pytest.mark.parametrize("move", PROTECTION_MOVES.moves, ids=lambda move: f"{move.source}-{move.target}")
def test_a_move_names_what_the_table_asks_for_and_nothing_else(move: Any) -> None:
    case, form = at(move.source, answered=True), {"form": REASON}
    wrong: list[dict[str, Any]] = [{"detail": {} if move.needs else form}, {"detail": {"receipt": REASON}}]
    if move.reason_required:
        wrong.append({"reason": {}})
    for changes in wrong:
        with pytest.raises(CaseRefused):
            moved(case, move.target, days=11, **changes)
    assert moved(case, move.target, days=11).state is move.target


def test_a_form_carries_one_move_alone() -> None:
    case = at(_S.PROTECTED)
    reviewed = moved(case, _S.PROTECTED, form=1)
    with pytest.raises(CaseRefused):
        moved(reviewed, _S.PROTECTED, form=1)
    assert moved(reviewed, _S.PROTECTED, form=2).forms == (f"{1:032x}", f"{2:032x}")


# --- two people


def test_who_proposes_a_plan_does_not_approve_it() -> None:
    proposed = moved(at(_S.PLANNING, decided_by=("m9",)), _S.APPROVING)
    assert proposed.decided_by == ("m1",)
    with pytest.raises(CaseRefused, match="another-person"):
        moved(proposed, _S.PROTECTED)
    assert moved(proposed, _S.PROTECTED, "m2").state is _S.PROTECTED
    # Sent back and proposed by somebody else, it is the first one who may say yes.
    again = moved(moved(proposed, _S.PLANNING, "m2"), _S.APPROVING, "m2", form=2)
    with pytest.raises(CaseRefused, match="another-person"):
        moved(again, _S.PROTECTED, "m2", form=2)
    assert moved(again, _S.PROTECTED, "m1", form=2).state is _S.PROTECTED


def test_an_approval_names_the_very_form_that_was_proposed() -> None:
    first = moved(at(_S.PLANNING), _S.APPROVING, form=1)
    again = moved(moved(first, _S.PLANNING, "m2"), _S.APPROVING, form=2)
    for wrong in (1, 3):
        with pytest.raises(CaseRefused, match="not-allowed"):
            moved(again, _S.PROTECTED, "m2", form=wrong)
    with pytest.raises(CaseRefused, match="not-allowed"):
        moved(again, _S.PROTECTED, "m2", detail={})
    approved = moved(again, _S.PROTECTED, "m2", form=2)
    assert (approved.rests_on, approved.forms) == (f"{2:032x}", (f"{1:032x}", f"{2:032x}"))
    with pytest.raises(CaseRefused, match="not-allowed"):
        moved(approved, _S.PROTECTED, form=2)  # it carries no review


def test_an_ending_is_confirmed_by_the_form_that_proposed_it_or_by_none_where_there_was_none() -> None:
    closing = cases.answered(moved(at(_S.PROTECTED, forms=(f"{1:032x}",)), _S.ENDING, form=2))
    wrong: list[dict[str, Any]] = [{"form": 1}, {"form": 3}, {"detail": {}}]
    for changes in wrong:
        with pytest.raises(CaseRefused, match="not-allowed"):
            moved(closing, _S.ENDED, "m2", days=11, **changes)
    assert moved(closing, _S.ENDED, "m2", days=11, form=2).state is _S.ENDED
    by_reason = cases.answered(moved(at(_S.PLANNING, forms=(f"{1:032x}",), rests_on=f"{1:032x}"), _S.ENDING))
    with pytest.raises(CaseRefused, match="not-allowed"):
        moved(by_reason, _S.ENDED, "m2", days=11, detail={"form": {"item": f"{1:032x}", "hash": "cd" * 32}})
    assert moved(by_reason, _S.ENDED, "m2", days=11).state is _S.ENDED


@pytest.mark.parametrize("source", [_S.ASKED, _S.ASSESSING, _S.PLANNING, _S.PROTECTED])
def test_who_proposes_an_ending_does_not_end_it(source: ProtectionState) -> None:
    ending = cases.answered(moved(at(source), _S.ENDING))
    with pytest.raises(CaseRefused, match="another-person"):
        moved(ending, _S.ENDED, days=11)
    assert moved(ending, _S.ENDED, "m2", days=11).ending == cases.PROTECTED_BEFORE


def test_nothing_ends_before_the_person_was_told_and_could_object() -> None:
    ending = moved(at(_S.PROTECTED), _S.ENDING)
    with pytest.raises(CaseRefused, match="answer-first"):
        moved(ending, _S.ENDED, "m2", days=11)
    told = cases.answered(ending)
    for days in (0, 9, 10):
        with pytest.raises(CaseRefused, match="not-allowed"):
            moved(told, _S.ENDED, "m2", days=days)
    assert moved(told, _S.ENDED, "m2", days=11).has_ended


def test_what_was_ended_is_opened_again_for_a_reason() -> None:
    ended = moved(at(_S.ENDING, answered=True, decided_by=("m1",)), _S.ENDED, "m2", days=11)
    again = moved(ended, _S.ASSESSING, days=12)
    assert (again.ending, again.decided_by, again.has_ended) == ("", (), False)


# --- what is for tips alone


@pytest.mark.parametrize("state", STATES)
def test_a_case_is_never_paused_extended_linked_closed_as_spam_or_an_umbrella(state: ProtectionState) -> None:
    case, clocks = at(state), Clocks()
    changes: list[Callable[[], CaseFile]] = [
        lambda: cases.paused(case, DAY, clocks),
        lambda: cases.extended(case, clocks),
        lambda: cases.linked(case, "0f" * 16),
        lambda: cases.closed_as_spam(case, "m1", DAY, clocks),
        lambda: cases.umbrella_begun(case, DAY, clocks),
        lambda: cases.umbrella_done(case, "pursued", DAY),
    ]
    for change in changes:
        with pytest.raises(CaseRefused):
            change()


# --- check-ins


@pytest.mark.parametrize("state", [*TipState, _S.ASKED, _S.ENDED])
def test_nobody_agrees_on_check_ins_before_or_after_a_case_runs(state: CaseState) -> None:
    with pytest.raises(CaseRefused):
        watched(at(state), 3, DAY)


@pytest.mark.parametrize("state", RUNNING)
def test_a_missed_check_in_goes_to_the_lead_and_then_above(state: ProtectionState) -> None:
    case = watched(at(state, due=DAY + timedelta(days=60)), 2, DAY)
    days = [DAY + timedelta(days=number) for number in range(20)]
    assert [unheard(case, day, Clocks()) for day in days[:4]] == [0, 0, 0, LEAD]
    told = missed_check_in(case, LEAD, days[3])
    assert (told.told, unheard(told, days[4], Clocks())) == (LEAD, 0)
    assert unheard(told, days[19], Clocks()) == ABOVE
    assert unheard(missed_check_in(told, ABOVE, days[19]), days[19], Clocks()) == 0


def test_no_other_missed_deadline_hides_a_missed_check_in() -> None:
    late = cases.missed(watched(at(_S.PROTECTED), 1, DAY), ABOVE, DAY)
    today = DAY + timedelta(days=2)
    assert cases.escalates(late, today, Clocks()) == 0
    assert unheard(late, today, Clocks()) == LEAD
    assert cases.next_look(late, Clocks()) == (DAY + timedelta(days=1)).isoformat()
    told = missed_check_in(late, LEAD, today)
    assert (told.level, told.watch_level) == (ABOVE, LEAD)
    assert checked_in(told, today).level == ABOVE


def test_a_check_in_counts_from_the_day_of_the_message_and_never_backward() -> None:
    case = missed_check_in(watched(at(_S.PROTECTED), 3, DAY), LEAD, DAY + timedelta(days=4))
    for old in (DAY - timedelta(days=1), DAY):
        assert checked_in(case, old) == case
    after = checked_in(case, DAY + timedelta(days=2))
    assert (after.watch_due, after.watch_level) == (DAY + timedelta(days=5), 0)
    assert heard_until(after) == DAY + timedelta(days=2)
    assert checked_in(after, DAY + timedelta(days=1)) == after


def test_check_ins_end_by_agreement_and_with_the_case() -> None:
    case = watched(at(_S.ENDING, answered=True), 3, DAY)
    assert watched(case, 0, DAY) == replace(case, watch_every=0, watch_due=None)
    with pytest.raises(CaseRefused):
        watched(watched(case, 0, DAY), 0, DAY)
    ended = moved(missed_check_in(case, LEAD, DAY), _S.ENDED, "m2", days=11)
    assert (ended.watch_every, ended.watch_due, ended.told) == (0, None, 0)
    assert checked_in(ended, DAY + timedelta(days=30)) == ended


@given(
    state=st.sampled_from(RUNNING),
    every=st.integers(1, 30),
    level=st.sampled_from((0, LEAD, ABOVE)),
    on=st.dates(),
)
def test_a_stored_case_reads_back_as_it_was(state: ProtectionState, every: int, level: int, on: date) -> None:
    case = replace(watched(at(state, forms=("ab" * 16,)), every, DAY), watch_level=level)
    case = missed_check_in(case, level, on)
    assert CaseFile.decode(case.encode()) == case


def test_what_was_stored_of_a_tip_before_there_were_cases_stays_as_it_was() -> None:
    tip = CaseFile.opened(DAY, Clocks())
    assert not {"watch_every", "watch_due", "forms"} & tip.to_fields().keys()
    assert "watch" not in tip.standing()
    assert (tip.protects, tip.state) == (False, TIP_MOVES.start)


# --- the end


def test_an_ended_case_is_kept_for_five_years_and_a_held_one_for_good() -> None:
    ended = at(_S.ENDED, ending=cases.PROTECTED_BEFORE, forms=("ab" * 16,))
    until = cases.kept_until(ended, Clocks())
    assert until == DAY + timedelta(days=1826)
    assert cases.kept_until(replace(ended, held=True), Clocks()) is None
    for running in RUNNING:
        assert cases.kept_until(at(running), Clocks()) is None
    with pytest.raises(CaseRefused):
        cases.erased(ended, until, Clocks())
    gone = cases.erased(ended, until + timedelta(days=1), Clocks())
    assert (gone.state, gone.ending, gone.forms) == (TipState.ERASED, cases.PROTECTED_BEFORE, ())
