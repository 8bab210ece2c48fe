"""No figure that is shown gives a hidden one away."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from tipline.results.figures import STEP, Counts, Figures, Quarter, published

QUARTER = Quarter(2026, 1)
SMALL = range(13)
counts = st.builds(Counts, *[st.integers(0, 60)] * 3)


def shown(figures: Figures) -> tuple[int, ...]:
    return figures.received, figures.in_work, figures.outside_remit, figures.closed


def by_what_is_shown() -> dict[tuple[int, ...], list[Counts]]:
    """Every combination of small counts, by the figures that it leads to."""
    found: dict[tuple[int, ...], list[Counts]] = {}
    for parts in product(SMALL, repeat=3):
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
    assert shown(published(QUARTER, Counts(4, 4, 4))) == (5, 0, 0, 0)


def test_quarters_go_back_over_the_year() -> None:
    assert Quarter(2026, 1).previous == Quarter(2025, 4)
    assert Quarter(2025, 4).previous == Quarter(2025, 3)
