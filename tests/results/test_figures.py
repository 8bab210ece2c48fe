"""No figure that is shown gives a hidden one away."""

import json
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import FixedClock
from tipline.results.figures import STEP, Counts, Figures, Quarter, coarse, published
from tipline.results.frozen import FrozenFigures
from tipline.results.service import COLUMNS
from tipline.tips.moves import TipState

QUARTER = Quarter(2026, 1)
SMALL = range(13)
counts = st.builds(Counts, *[st.integers(0, 60)] * 4)


def shown(figures: Figures) -> tuple[int, ...]:
    return figures.received, figures.in_work, figures.passed_on or 0, figures.outside_remit, figures.closed


def by_what_is_shown() -> dict[tuple[int, ...], list[Counts]]:
    """Every combination of small counts, by the figures that it leads to."""
    found: dict[tuple[int, ...], list[Counts]] = {}
    for parts in product(SMALL, repeat=4):
        found.setdefault(shown(published(QUARTER, Counts(*parts))), []).append(Counts(*parts))
    return found


def test_whatever_is_shown_a_hidden_count_may_be_anything_below_five() -> None:
    for figures, possible in by_what_is_shown().items():
        for position, figure in enumerate(figures[1:]):
            if figure == 0 and not any(part >= SMALL[-1] - STEP for part in figures[1:]):
                assert {counts.parts[position] for counts in possible} == set(range(STEP)), figures


@given(counts)
def test_figures_are_whole_fives_and_never_too_much(given_counts: Counts) -> None:
    figures = published(QUARTER, given_counts)
    assert all(figure % STEP == 0 for figure in shown(figures))
    assert figures.received <= sum(given_counts.parts)
    for figure, count in zip(shown(figures)[1:], given_counts.parts, strict=True):
        assert figure <= count < figure + STEP


@given(counts)
def test_fewer_than_five_is_said_of_nothing_larger(given_counts: Counts) -> None:
    assert (published(QUARTER, given_counts).received == 0) == (sum(given_counts.parts) < STEP)


def test_a_total_that_would_say_that_hidden_ones_are_there_is_lowered() -> None:
    assert shown(published(QUARTER, Counts(4, 0, 4, 4))) == (10, 0, 0, 0, 0)
    assert coarse((4, 4, 4)).total == 5


def test_quarters_go_back_over_the_year() -> None:
    assert Quarter(2026, 1).previous == Quarter(2025, 4)
    assert Quarter(2025, 4).previous == Quarter(2025, 3)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_any_hidden_count_beside_any_others_may_be_zero(given_counts: list[int]) -> None:
    found = coarse(given_counts)
    for position, part in enumerate(found.parts):
        if part == 0:
            others = [each + STEP - 1 for index, each in enumerate(found.parts) if index != position]
            assert found.total <= sum(others)


def test_every_state_is_counted_in_one_column() -> None:
    assert COLUMNS.keys() == set(TipState)
    assert set(COLUMNS.values()) == {"in_work", "passed_on", "outside_remit", "closed"}
    assert COLUMNS[TipState.ERASED] == "closed"


def test_a_quarter_that_was_published_before_stays_as_it_was(tmp_path: Path) -> None:
    before = {"year": 2026, "quarter": 1, "received": 20, "in_work": 10, "outside_remit": 5, "closed": 5}
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"v": 1, "quarters": [before]}), encoding="utf-8")
    frozen = FrozenFigures(path, FixedClock(datetime(2026, 11, 20, tzinfo=UTC)))
    known = frozen.read()
    assert known[QUARTER] == Figures(QUARTER, 20, 10, None, 5, 5)
    new = Figures(Quarter(2026, 2), 15, 5, 5, 0, 5)
    frozen.write({**known, new.quarter: new})
    assert frozen.read() == {QUARTER: known[QUARTER], new.quarter: new}
    assert json.loads(path.read_text())["quarters"][0] == before
