"""A tip's case: what no order of statements may do to it, and what each of them is refused for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadFormat
from tests.deadlines.test_clocks import CLOCKS
from tipline.deadlines import Clocks
from tipline.tips import cases
from tipline.tips.case_file import ABOVE, LEAD, CaseFile
from tipline.tips.cases import UMBRELLA_STEPS
from tipline.tips.moves import ENDED, SPAM_FROM, TIP_MOVES, CaseState, Outcome, TipState, moves_from
from tipline.tips.refusing import CaseRefused

DAY = date(2026, 3, 3)  # a Tuesday
REASON = {"item": "ab" * 16, "hash": "cd" * 32}
OTHER = "0f" * 16
DETAILS: Mapping[str, Mapping[str, Any]] = {
    "": {},
    "of": {"of": OTHER},
    "letter": {"body": "police", "number": "2026-1", "packet": "cd" * 32},
    "receipt": {"receipt": REASON},
    "outcome": {"outcome": "true"},
}


def body(source: CaseState, target: CaseState, outcome: str = "", **changes: Any) -> dict[str, Any]:
    """The fields of a move with all that the table asks for."""
    needs = next(
        (each.needs for each in TIP_MOVES.moves if (each.source, each.target) == (source, target)), ""
    )
    detail = {"outcome": outcome} if outcome and needs == "outcome" else dict(DETAILS[needs])
    return {
        "desk": "intake",
        "from": source.value,
        "to": target.value,
        "detail": detail,
        "reason": REASON,
        **changes,
    }


@dataclass(frozen=True)
class Step:
    """A statement that is tried after some days."""

    days: int
    kind: str
    who: str
    which: int
    outcome: str
    word: str
    truth: bool


STEPS = st.builds(
    Step,
    days=st.sampled_from((0, 0, 1, 1, 2, 5, 12, 40)),
    kind=st.sampled_from(("move",) * 8 + ("silence", "missed", "reply", "spam", "pause", "resume", "extend"))
    | st.sampled_from(("assign", "link", "unlink", "hold", "umbrella", "umbrella-step", "erase"))
    | st.sampled_from(("pause-end", "heard")),
    who=st.sampled_from(("m1", "m2", "m3")),
    which=st.integers(0, 4),
    outcome=st.sampled_from([outcome.value for outcome in Outcome]),
    word=st.sampled_from(UMBRELLA_STEPS),
    truth=st.booleans(),
)


def after(case: CaseFile, step: Step, today: date, clocks: Clocks) -> CaseFile:
    """The case after a statement, as the keeper would take it or refuse it."""
    if step.kind == "silence" and not cases.is_silent(case, today):
        raise CaseRefused("not-allowed")
    level = cases.escalates(case, today, clocks)
    if step.kind == "missed" and not level:
        raise CaseRefused("not-allowed")
    if step.kind == "pause-end" and not cases.is_pause_over(case, today, clocks):
        raise CaseRefused("not-allowed")
    changes: Mapping[str, Callable[[], CaseFile]] = {
        "pause-end": lambda: cases.after_pause(case, clocks),
        "heard": lambda: cases.heard(case),
        "move": lambda: _moved(case, step, today, clocks),
        "silence": lambda: cases.after_silence(case, today, clocks),
        "missed": lambda: cases.missed(case, level, today),
        "reply": lambda: cases.answered(case),
        "spam": lambda: cases.closed_as_spam(case, step.who, today, clocks),
        "pause": lambda: cases.paused(case, today, clocks),
        "resume": lambda: cases.resumed(case, today, clocks),
        "extend": lambda: cases.extended(case, clocks),
        "assign": lambda: cases.assigned(case, step.who if step.truth else ""),
        "link": lambda: cases.linked(case, OTHER),
        "unlink": lambda: cases.unlinked(case, OTHER, step.who),
        "hold": lambda: cases.held(case, on=step.truth),
        "umbrella": lambda: cases.umbrella_begun(case, today, clocks),
        "umbrella-step": lambda: cases.umbrella_done(case, step.word, today),
        "erase": lambda: cases.erased(case, today, clocks),
    }
    return changes[step.kind]()


def began(state: TipState, clocks: Clocks) -> CaseFile:
    """A case whose state began today."""
    return CaseFile(state, DAY, None if state in ENDED else clocks.due(state.value, DAY))


def _moved(case: CaseFile, step: Step, today: date, clocks: Clocks) -> CaseFile:
    moves = moves_from(case.state)
    if not moves:
        raise CaseRefused("not-allowed")
    target = moves[step.which % len(moves)].target
    return cases.moved(case, body(case.state, target, step.outcome), step.who, today, clocks)


def check(case: CaseFile, today: date) -> None:
    """What holds of every case that statements can lead to."""
    assert (case.due is None) == (case.state in ENDED)
    # The clock of triage goes on where it stood when the tip had only waited for more.
    assert case.due is None or case.due > case.since or case.state is TipState.TRIAGE
    assert (case.triage_due is None) or case.state is TipState.NEED_MORE
    assert case.since <= today
    assert case.paused_on is None or case.since <= case.paused_on <= today
    assert case.paused_on is None or case.due is not None
    assert case.level in (0, LEAD, ABOVE)
    assert (case.level == 0) == (case.level_on is None)
    assert len(set(case.decided_by)) == len(case.decided_by)
    assert not case.outcome or case.ending == case.outcome
    assert CaseFile.decode(case.encode()) == case
    if case.state is TipState.ERASED:
        assert (case.assignee, case.links, case.duplicate_of, case.decided_by) == ("", (), "", ())


def check_next_look(case: CaseFile, clocks: Clocks) -> None:
    """The clocks look at it on the first day on which something is to be stated, and not before."""
    day = cases.next_look(case, clocks)
    last = date.fromisoformat(day) if day else date(2300, 1, 1)

    def is_stated(today: date) -> bool:
        late = cases.is_silent(case, today) or cases.escalates(case, today, clocks) > 0
        return late or cases.is_pause_over(case, today, clocks)

    assert not is_stated(last)
    assert not day or is_stated(last + timedelta(days=1))


@given(CLOCKS, st.sampled_from(list(TipState)), st.lists(STEPS, min_size=8, max_size=40))
def test_no_order_of_statements_breaks_what_always_holds(
    clocks: Clocks, start: TipState, steps: list[Step]
) -> None:
    case, today = began(start, clocks), DAY
    for step in steps:
        today += timedelta(days=step.days)
        before = case
        try:
            case = after(case, step, today, clocks)
        except CaseRefused:
            continue
        check(case, today)
        check_next_look(case, clocks)
        if before.held:
            assert case.state is not TipState.ERASED
        if step.kind in ("resume", "extend") and before.due and case.due:
            assert case.due >= before.due
        if before.state is TipState.ERASED:
            assert (case.state, step.kind in ("reply", "heard")) == (TipState.ERASED, True)
        if (before.state, case.state) == (TipState.OUTCOME, TipState.FEEDBACK):
            assert step.who not in before.decided_by
        if before.state is TipState.FEEDBACK and case.state is TipState.CLOSED:
            assert before.answered


@given(CLOCKS, st.sampled_from(list(TipState)), st.lists(STEPS, min_size=8, max_size=30))
def test_the_reporter_is_told_no_member_no_desk_and_no_other_tip(
    clocks: Clocks, start: TipState, steps: list[Step]
) -> None:
    case, today = began(start, clocks), DAY
    for step in steps:
        today += timedelta(days=step.days)
        try:
            case = after(case, step, today, clocks)
        except CaseRefused:
            continue
        standing = case.standing()
        assert standing.keys() == {"state", "since", "due", "paused", "level", "outcome"}
        assert not {"m1", "m2", "m3", OTHER}.intersection(map(str, standing.values()))
        if case.state in (TipState.VERIFYING, TipState.OUTCOME):  # before two people have said so
            assert standing["outcome"] == ""


def at(state: TipState, **changes: Any) -> CaseFile:
    """A case in a state, with a clock that runs where there is one."""
    due = None if state in ENDED else DAY + timedelta(days=5)
    return replace(CaseFile(state, DAY, due), **changes)


@pytest.mark.parametrize("source", TipState)
@pytest.mark.parametrize("target", TipState)
def test_a_move_is_made_where_the_table_has_it_and_nowhere_else(source: TipState, target: TipState) -> None:
    allowed = any(move.target is target for move in TIP_MOVES.next_from(source))
    case = at(source, answered=True)
    if not allowed:
        with pytest.raises(CaseRefused) as refused:
            cases.moved(case, body(source, target), "m1", DAY, Clocks())
        assert refused.value.reason == "not-allowed"
        return
    assert cases.moved(case, body(source, target), "m1", DAY, Clocks()).state is target


@pytest.mark.parametrize("move", TIP_MOVES.moves, ids=lambda move: f"{move.source}-{move.target}")
def test_a_move_without_what_the_table_asks_for_is_refused(move: Any) -> None:
    if move.by_itself:
        return
    case, stated = at(move.source, answered=True), body(move.source, move.target)

    def reason_of(case: CaseFile, who: str = "m1", **changes: Any) -> str:
        try:
            cases.moved(case, stated | changes, who, DAY, Clocks())
        except CaseRefused as refused:
            return refused.reason
        return ""

    assert reason_of(case) == ""
    assert (reason_of(case, reason={}) == "not-allowed") == move.reason_required
    assert (reason_of(case, detail={}) == "not-allowed") == bool(move.needs)
    assert reason_of(case, detail={**stated["detail"], "more": 1}) == "not-allowed"
    assert (reason_of(replace(case, decided_by=("m1",))) == "another-person") == move.another
    assert reason_of(replace(case, decided_by=("m2",))) == ""
    assert (reason_of(replace(case, answered=False)) == "answer-first") == move.answered
    assert reason_of(replace(case, paused_on=DAY)) in ("not-allowed",) if case.due else True
    assert reason_of(case, **{"from": "erased"}) == "not-allowed"


def test_who_recorded_the_outcome_does_not_confirm_it_and_who_decided_does_not_review() -> None:
    case = at(TipState.VERIFYING)
    recorded = cases.moved(case, body(case.state, TipState.OUTCOME), "m1", DAY, Clocks())
    confirm = body(TipState.OUTCOME, TipState.FEEDBACK)
    with pytest.raises(CaseRefused, match="another-person"):
        cases.moved(recorded, confirm, "m1", DAY, Clocks())
    confirmed = cases.moved(recorded, confirm, "m2", DAY, Clocks())
    close = body(TipState.FEEDBACK, TipState.CLOSED)
    closed = cases.moved(cases.answered(confirmed), close, "m1", DAY, Clocks())
    review = cases.moved(closed, body(TipState.CLOSED, TipState.REVIEW), "m1", DAY, Clocks())
    for who in ("m1", "m2"):
        with pytest.raises(CaseRefused, match="another-person"):
            cases.moved(review, body(TipState.REVIEW, TipState.TRIAGE), who, DAY, Clocks())
    again = cases.moved(review, body(TipState.REVIEW, TipState.TRIAGE), "m3", DAY, Clocks())
    # It begins anew, or a desk of two could never decide again.
    assert (again.outcome, again.ending, again.decided_by) == ("", "", ())
    upheld = cases.moved(cases.answered(review), body(TipState.REVIEW, TipState.CLOSED), "m3", DAY, Clocks())
    assert upheld.decided_by == ("m1", "m2", "m3")


def test_an_answer_from_an_earlier_state_does_not_close_a_tip() -> None:
    case = cases.answered(at(TipState.OUTCOME, decided_by=("m1",)))
    confirmed = cases.moved(case, body(TipState.OUTCOME, TipState.FEEDBACK), "m2", DAY, Clocks())
    with pytest.raises(CaseRefused, match="answer-first"):
        cases.moved(confirmed, body(TipState.FEEDBACK, TipState.CLOSED), "m2", DAY, Clocks())


@pytest.mark.parametrize("state", TipState)
def test_what_is_further_on_is_no_spam(state: TipState) -> None:
    if state in SPAM_FROM:
        assert cases.closed_as_spam(at(state), "m1", DAY, Clocks()).ending == "spam"
        with pytest.raises(CaseRefused):
            cases.closed_as_spam(at(state, paused_on=DAY), "m1", DAY, Clocks())
        return
    with pytest.raises(CaseRefused):
        cases.closed_as_spam(at(state), "m1", DAY, Clocks())


def test_verification_is_extended_once() -> None:
    case = at(TipState.VERIFYING, level=LEAD, level_on=DAY)
    extended = cases.extended(case, Clocks())
    assert case.due is not None
    assert (extended.due, extended.level) == (case.due + timedelta(days=90), 0)
    for other in (extended, at(TipState.TRIAGE), at(TipState.OUTCOME)):
        with pytest.raises(CaseRefused):
            cases.extended(other, Clocks())


@pytest.mark.parametrize("state", sorted(ENDED))
def test_where_nothing_is_due_no_clock_stands_still(state: TipState) -> None:
    for change in (cases.paused, cases.resumed):
        with pytest.raises(CaseRefused):
            change(at(state), DAY, Clocks())


def days_later(number: int) -> date:
    return DAY + timedelta(days=number)


VISITS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6)
"""Days in triage and days of waiting, turn by turn."""


@given(CLOCKS, VISITS)
def test_asking_for_more_and_coming_back_gives_a_desk_no_day_more_for_triage(
    clocks: Clocks, visits: list[tuple[int, int]]
) -> None:
    case, today, spent = began(TipState.TRIAGE, clocks), DAY, 0
    term = clocks.term("triage").days
    for inside, waiting in visits:
        before, today = today, today + timedelta(days=inside)
        spent += clocks.calendar.between(before, today)
        assert case.is_overdue(today) <= (spent >= term)
        assert (spent > term) <= case.is_overdue(today)
        case = cases.moved(case, body(case.state, TipState.NEED_MORE), "m1", today, clocks)
        today += timedelta(days=waiting)
        case = cases.moved(case, body(case.state, TipState.TRIAGE), "m1", today, clocks)


def test_a_deadline_of_triage_that_was_missed_stays_missed_after_asking_for_more() -> None:
    case = at(TipState.TRIAGE, due=DAY, level=ABOVE, level_on=DAY)
    waits = cases.moved(case, body(case.state, TipState.NEED_MORE), "m1", days_later(1), Clocks())
    assert (waits.level, waits.due) == (0, days_later(31))
    back = cases.moved(waits, body(waits.state, TipState.TRIAGE), "m1", days_later(2), Clocks())
    assert (back.level, back.level_on, back.due) == (ABOVE, days_later(2), days_later(1))


def test_the_reporter_s_answer_and_their_silence_begin_triage_anew() -> None:
    case = at(TipState.TRIAGE, due=DAY)
    waits = cases.moved(case, body(case.state, TipState.NEED_MORE), "m1", DAY, Clocks())
    heard = cases.moved(cases.heard(waits), body(waits.state, TipState.TRIAGE), "m1", days_later(7), Clocks())
    silent = cases.after_silence(waits, days_later(31), Clocks())
    assert (heard.due, silent.due) == (days_later(10), days_later(36))  # three working days
    assert (heard.triage_due, heard.heard, silent.triage_due) == (None, False, None)


def test_a_word_from_before_the_tip_waited_does_not_begin_triage_anew() -> None:
    case = cases.heard(at(TipState.TRIAGE))
    waits = cases.moved(case, body(case.state, TipState.NEED_MORE), "m1", DAY, Clocks())
    assert not waits.heard
    back = cases.moved(waits, body(waits.state, TipState.TRIAGE), "m1", days_later(1), Clocks())
    assert back.due == days_later(6)


PAUSES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60)), min_size=1, max_size=8)
"""Days between pauses, and days after which somebody lets the clock run again."""


@given(CLOCKS, PAUSES)
def test_however_often_it_is_stopped_no_clock_stands_still_longer_than_its_term(
    clocks: Clocks, pauses: list[tuple[int, int]]
) -> None:
    case, today, stood = began(TipState.VERIFYING, clocks), DAY, 0
    for gap, length in pauses:
        today += timedelta(days=gap)
        if not cases.may_pause(case, clocks):
            with pytest.raises(CaseRefused):
                cases.paused(case, today, clocks)
            continue
        first, case, today = today, cases.paused(case, today, clocks), today + timedelta(days=length)
        if cases.is_pause_over(case, today, clocks):
            last = cases.pause_ends(case, clocks)
            assert last is not None
            stood += clocks.calendar.between(first, last)
            case = cases.after_pause(case, clocks)
        else:
            stood += clocks.calendar.between(first, today)
            case = cases.resumed(case, today, clocks)
        assert stood == case.paused_days
    assert stood <= clocks.term("pause").days


def test_a_pause_that_is_over_is_noticed_and_lengthens_nothing_by_being_noticed_late() -> None:
    case = cases.paused(at(TipState.VERIFYING), DAY, Clocks())
    last = days_later(42)  # thirty working days
    assert cases.next_look(case, Clocks()) == last.isoformat()
    assert not cases.is_pause_over(case, last, Clocks())
    assert cases.is_pause_over(case, last + timedelta(days=1), Clocks())
    assert cases.after_pause(case, Clocks()).due == days_later(5) + timedelta(days=42)


def test_waiting_for_more_in_between_gives_no_new_days_of_pause() -> None:
    case = at(TipState.TRIAGE, paused_days=30)
    waits = cases.moved(case, body(case.state, TipState.NEED_MORE), "m1", DAY, Clocks())
    back = cases.moved(waits, body(waits.state, TipState.TRIAGE), "m1", DAY, Clocks())
    for one in (case, waits, back):
        with pytest.raises(CaseRefused):
            cases.paused(one, DAY, Clocks())
    heard = cases.moved(cases.heard(waits), body(waits.state, TipState.TRIAGE), "m1", DAY, Clocks())
    assert cases.paused(heard, DAY, Clocks()).paused_on == DAY


KEPT = [
    ("spam", 60),
    ("outside-remit", 60),
    ("duplicate", 60),
    ("not-established", 365),
    ("true", 1095),
    ("partly-true", 1095),
    ("referred", 1095),
    ("", 1095),
]


@pytest.mark.parametrize(("ending", "days"), KEPT)
def test_a_closed_tip_is_kept_as_long_as_the_domain_says_and_not_one_day_longer(
    ending: str, days: int
) -> None:
    case = at(TipState.CLOSED, ending=ending)
    last = DAY + timedelta(days=days)
    assert cases.kept_until(case, Clocks()) == last
    with pytest.raises(CaseRefused):
        cases.erased(case, last, Clocks())
    assert cases.erased(case, last + timedelta(days=1), Clocks()).state is TipState.ERASED


def test_umbrella_tips_are_kept_five_years_whatever_was_found() -> None:
    case = at(TipState.CLOSED, ending="not-established", umbrella={"pursued": "+2026-03-03"})
    assert cases.kept_until(case, Clocks()) == DAY + timedelta(days=1826)


def test_nothing_goes_before_the_window_for_an_objection_is_over() -> None:
    case = at(TipState.CLOSED, ending="spam")
    assert cases.kept_until(case, Clocks(set_days={"keep-spam": 1})) == DAY + timedelta(days=30)


@pytest.mark.parametrize("state", TipState)
def test_what_is_held_or_not_closed_never_goes(state: TipState) -> None:
    far = DAY + timedelta(days=99_999)
    for case in (at(state, held=True), *([at(state)] if state is not TipState.CLOSED else [])):
        with pytest.raises(CaseRefused):
            cases.erased(case, far, Clocks())


@pytest.mark.parametrize("state", TipState)
def test_the_reporter_is_told_an_outcome_once_two_people_have_said_so(state: TipState) -> None:
    told = at(state, outcome="true").standing()["outcome"]
    assert (told == "true") == (state in (TipState.FEEDBACK, TipState.CLOSED, TipState.REVIEW))


def test_after_a_miss_the_clocks_look_again_when_something_can_be_missed_and_not_before() -> None:
    late = at(TipState.TRIAGE, level=LEAD, level_on=DAY)
    assert cases.next_look(late, Clocks()) == "2026-03-08"  # the due day, after the lead's two working days
    assert cases.next_look(replace(late, due=DAY), Clocks()) == "2026-03-05"
    assert cases.next_look(replace(late, paused_on=DAY), Clocks()) == "2026-04-14"  # when the pause ends
    assert cases.next_look(replace(late, level=ABOVE), Clocks()) == ""


@pytest.mark.parametrize("changes", [{"state": "burnt"}, {"since": "yesterday"}, {"due": 7}, {"level": "x"}])
def test_what_is_no_case_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadFormat):
        CaseFile.from_fields(at(TipState.TRIAGE).to_fields() | changes)
    with pytest.raises(BadFormat):
        CaseFile.from_fields({})
