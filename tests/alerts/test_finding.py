"""Each rule: what lies just under its threshold raises nothing, what reaches it does."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerts.windows import DAY, HOUR, MINUTE, NOON, A, B, found, reading, step, tip
from tipline.alerts.finding import NAMED, find, find_again
from tipline.alerts.rules import DEFAULT_RULES, IDENTITY_REQUEST, Rule, RuleBook
from tipline.alerts.seen import Seen, Turn, Window
from tipline.deadlines import Calendar
from tipline.tips.moves import TipState


def test_twenty_nine_tips_in_an_hour_or_thirty_in_more_are_no_burst() -> None:
    quick = [reading(index, NOON + index * MINUTE, index) for index in range(29)]
    slow = [reading(index, NOON + index * 125, index) for index in range(30)]
    same = [reading(index, NOON + index, 7) for index in range(100)]
    for new in (quick, slow, same):
        assert found(Window(new), Rule.BURST) == []


def test_thirty_tips_in_an_hour_are_a_burst_and_the_latest_twenty_are_named() -> None:
    new = [reading(index, NOON + index * MINUTE, index) for index in range(30)]
    (alert,) = found(Window(new), Rule.BURST)
    assert (alert.member, alert.count, alert.day, alert.tip) == (A, 30, "2026-03-03", "")
    assert alert.entries == tuple(range(10, 30))


def test_a_burst_of_two_people_is_nobodys() -> None:
    new = [reading(index, NOON + index, index, (A, B)[index % 2]) for index in range(58)]
    assert found(Window(new), Rule.BURST) == []


def test_a_burst_that_began_before_the_last_look_is_found() -> None:
    before = [reading(index, NOON + index, index) for index in range(29)]
    new = [reading(29, NOON + 29, 29)]
    assert found(Window(new, before), Rule.BURST)[0].count == 30


ODD = (
    (NOON, False),  # eight in the evening, on a Tuesday
    (NOON + 2 * HOUR, True),  # ten at night
    (NOON + 10 * HOUR - 1, True),  # just before six in the morning
    (NOON + 10 * HOUR, False),  # six
    (NOON + DAY + 13 * HOUR, True),  # nine in the morning on a day off
    (NOON + 4 * DAY, True),  # Saturday
)


@pytest.mark.parametrize(("at", "odd"), ODD, ids=str)
def test_hours_are_odd_at_night_and_on_days_off(at: int, odd: bool) -> None:
    new = [reading(index, at, index) for index in range(3)]
    assert bool(found(Window(new), Rule.ODD_HOURS)) is odd
    assert found(Window(new[:2]), Rule.ODD_HOURS) == []


def test_readings_of_two_nights_are_not_added_up() -> None:
    night = NOON + 3 * HOUR
    new = [reading(1, night), reading(2, night + MINUTE), reading(3, night + DAY)]
    assert found(Window(new), Rule.ODD_HOURS) == []


def given_to(number: int, *turns: Turn) -> dict[str, list[Turn]]:
    return {tip(number): list(turns)}


def many(turns: list[Turn], count: int) -> Window:
    """One's readings of so many tips that all had these turns."""
    new = [reading(100 + index, NOON + index, index) for index in range(count)]
    return Window(new, turns={tip(number): turns for number in range(count)})


def test_reading_what_is_ones_own_or_nobodys_is_not_outside() -> None:
    for turns in ([Turn(1, 0, A)], [Turn(1, 0, B), Turn(2, 0, "")], [], [Turn(200, 0, B)]):
        assert found(many(turns, 9), Rule.OUTSIDE) == []


def test_reading_somebody_elses_tips_is_outside_from_the_fifth_on() -> None:
    assert found(many([Turn(1, 0, B)], 4), Rule.OUTSIDE) == []
    (alert,) = found(many([Turn(1, 0, B)], 5), Rule.OUTSIDE)
    assert (alert.member, alert.count, alert.entries) == (A, 5, (100, 101, 102, 103, 104))


def test_after_a_hand_over_a_day_of_grace_is_given() -> None:
    turns = given_to(0, Turn(1, NOON, A), Turn(2, NOON, B))
    at_once = Window([reading(9, NOON + DAY)], turns=turns)
    assert found(at_once, Rule.HANDED_OVER) == []
    late = Window([reading(9, NOON + DAY + 1)], turns=turns)
    assert [alert.member for alert in found(late, Rule.HANDED_OVER)] == [A]
    assert found(late, Rule.OUTSIDE, count=1) == []  # it is told of once
    others = Window([reading(9, NOON + 9 * DAY, member="m0000000c")], turns=turns)
    assert found(others, Rule.HANDED_OVER) == []


def test_who_got_a_tip_back_reads_their_own() -> None:
    turns = given_to(0, Turn(1, NOON, A), Turn(2, NOON, B), Turn(3, NOON, A))
    assert found(Window([reading(9, NOON + 9 * DAY)], turns=turns), Rule.HANDED_OVER) == []


def test_only_what_was_refused_for_an_exclusion_is_about_ones_own_unit() -> None:
    assert found(Window([reading(1, NOON, reason="not-allowed")]), Rule.OWN_UNIT) == []
    (alert,) = found(Window([reading(1, NOON, reason="excluded")]), Rule.OWN_UNIT)
    assert (alert.member, alert.entries) == (A, (1,))


def test_identity_requests_count_within_a_week() -> None:
    def asked(index: int, day: int) -> Seen:
        return reading(index, NOON + day * DAY, type=IDENTITY_REQUEST)

    assert found(Window([asked(1, 0), asked(2, 1), asked(3, 7)]), Rule.IDENTITY) == []
    assert found(Window([asked(1, 0), asked(2, 1), asked(3, 6)]), Rule.IDENTITY)[0].count == 3


def test_an_account_wakes_after_sixty_days() -> None:
    new = [reading(5, NOON)]
    assert found(Window(new), Rule.DORMANT) == []  # never seen before
    assert found(Window(new, last_acts={A: NOON - 60 * DAY + 1}), Rule.DORMANT) == []
    (alert,) = found(Window(new, last_acts={A: NOON - 60 * DAY}), Rule.DORMANT)
    assert (alert.member, alert.count) == (A, 60)


def test_ten_refusals_within_an_hour_are_many_and_unproven_ones_are_nobodys() -> None:
    def refused(number: int, spread: int, **changes: Any) -> list[Seen]:
        some = range(number)
        return [reading(index, NOON + index * spread, reason="stale", **changes) for index in some]

    assert found(Window(refused(9, 1)), Rule.REFUSALS) == []
    assert found(Window(refused(10, 400)), Rule.REFUSALS) == []
    assert found(Window(refused(10, 399)), Rule.REFUSALS)[0].member == A
    assert found(Window(refused(10, 1, signers=())), Rule.REFUSALS)[0].member == ""


def test_an_entry_far_later_than_its_statement_tells_that_the_clock_ran_backward() -> None:
    def late(seconds: int, **changes: Any) -> Window:
        return Window([reading(1, NOON, said=NOON - seconds, **changes)])

    assert found(late(299), Rule.CLOCK) == []
    assert found(late(300, joint=True), Rule.CLOCK) == []
    assert found(late(300, reason="stale"), Rule.CLOCK) == []
    assert found(late(300, signers=()), Rule.CLOCK) == []
    (alert,) = found(late(300), Rule.CLOCK)
    assert (alert.member, alert.entries) == ("", (1,))


@pytest.mark.parametrize(
    ("rule", "needed", "changes"),
    [
        (Rule.BACK_AND_FORTH, 3, {"target": TipState.NEED_MORE.value}),
        (Rule.PAUSES, 2, {"type": "pause"}),
    ],
    ids=str,
)
def test_a_tip_that_takes_a_step_too_often_is_named(rule: Rule, needed: int, changes: dict[str, str]) -> None:
    steps = [step(index, NOON + index * DAY, **changes) for index in range(needed)]
    early = [step(0, NOON - 90 * DAY, **changes), *steps[1:]]
    for some in (steps[1:], early, [step(0, NOON), *steps[1:]]):
        assert found(Window(some[-1:], steps={tip(0): some}), rule) == []
    (alert,) = found(Window(steps[-1:], steps={tip(0): steps}), rule)
    assert (alert.member, alert.tip, alert.count) == (A, tip(0), needed)


AT_ONCE = frozenset((Rule.DECOY, Rule.READ_BEFORE_EXCLUSION, Rule.EMERGENCY))
"""What no window is needed for."""


@pytest.mark.parametrize("rule", [rule for rule in Rule if rule not in AT_ONCE])
def test_a_rule_that_is_off_finds_nothing(rule: Rule) -> None:
    night = NOON + 3 * HOUR
    pauses = [step(index, night, type="pause") for index in range(9)]
    moves = [step(index, night, target=TipState.NEED_MORE.value) for index in range(9)]
    new = [
        *(reading(10 + index, night + index, index, said=NOON) for index in range(40)),
        *(reading(50 + index, night + index, reason="excluded") for index in range(20)),
        *(reading(70 + index, night + index, type=IDENTITY_REQUEST) for index in range(9)),
    ]
    turns = {tip(index): [Turn(1, 0, B)] for index in range(40)}
    turns[tip(1)] = [Turn(1, 0, A), Turn(2, 0, B)]
    window = Window([*pauses, *moves, *new], (), {A: 0}, turns, {tip(0): [*pauses, *moves]})
    on = {alert.rule for alert in find(window, DEFAULT_RULES, Calendar())}
    assert on == set(Rule) - AT_ONCE
    off = {alert.rule for alert in find(window, RuleBook.read({rule.value: {"on": False}}), Calendar())}
    assert off == on - {rule}


ENTRIES = st.lists(
    st.tuples(
        st.integers(0, 2_000),
        st.integers(0, 4),
        st.sampled_from([A, B]),
        st.sampled_from(["", "excluded"]),
    ),
    max_size=60,
)


@given(ENTRIES, st.integers(0, 60))
def test_what_was_looked_at_before_raises_nothing_again_and_nothing_is_missed(
    drawn: list[tuple[int, int, str, str]], cut: int
) -> None:
    rules = RuleBook.read(
        {"burst": {"count": 3, "minutes": 60}, "refusals": {"count": 3}, "odd-hours": {"on": False}}
    )
    at, entries = NOON, []
    for index, (gap, number, member, reason) in enumerate(drawn):
        at += gap
        entries.append(reading(index, at, number, member, reason=reason))
    whole = find(Window(entries), rules, Calendar())
    first, second = entries[:cut], entries[cut:]
    parts = [*find(Window(first), rules, Calendar()), *find(Window(second, first), rules, Calendar())]
    assert {alert.key for alert in parts} == {alert.key for alert in whole}
    assert find(Window((), entries), rules, Calendar()) == []
    for alert in whole:
        assert 1 <= len(alert.entries) <= min(alert.count, NAMED)
        named = [one for one in entries if one.index in alert.entries]
        assert {one.member for one in named} == {alert.member}


def test_turns_of_a_tip_are_not_walked_over_for_each_reading() -> None:
    class Counted(list[Turn]):
        walks = 0

        def __iter__(self) -> Iterator[Turn]:
            Counted.walks += 1
            return super().__iter__()

    turns = {tip(7): Counted(Turn(index, NOON + index, (A, B)[index % 2]) for index in range(100))}
    new = [reading(100 + index, NOON + 2 * DAY + index, 7, A) for index in range(50)]
    (alert,) = found(Window(new, turns=turns), Rule.HANDED_OVER)
    assert (alert.count, Counted.walks) == (50, 2)  # once by tips, once by their members


def test_what_was_counted_once_raises_nothing_again() -> None:
    new = [reading(index, NOON + index, index) for index in range(60)]
    (alert,) = found(Window(new), Rule.BURST)
    rules = RuleBook.read({})
    again = find_again(alert, Window(new), rules, Calendar(), 29)
    assert again is not None
    assert (again.count, again.entries[0]) == (30, 40)
    assert find_again(alert, Window(new), rules, Calendar(), 30) is None
