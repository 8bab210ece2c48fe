"""The ledger's arithmetic: lines by day, filters, pages, balances, charts, over what a keeper might say."""

from datetime import date
from typing import Any

import pytest

from admin.ledger import charts
from admin.ledger.balances import collected_of, key_lines, owed_of, sheet_of
from admin.ledger.books import Kind, Line, counter_line, ledger_lines
from admin.ledger.choice import PAGE, Choice, page_of
from admin.ledger.reconciling import red_lines
from admin.words import word
from tipline.keeper_client.rewards import (
    Budget,
    KeyState,
    KnownAward,
    KnownRewards,
    Proposal,
    VoucherState,
)
from tipline.rewards.award import Award, AwardState
from tipline.rewards.reconciling import Difference, Where
from tipline.rewards.scoring import Duty, Novelty, Tier

TODAY = date(2026, 3, 3)
PROPOSAL = Proposal(500, Tier.ORDINARY, (), {}, Novelty.NEW, Duty.NONE)
VALUES = (500, 1_000, 5_000)


def award(index: int, amount: int, state: AwardState, **days: Any) -> KnownAward:
    """An award as the keeper tells it."""
    fields: dict[str, Any] = {
        "tip": f"{index:032x}",
        "claim": "",
        "desk": "intake",
        "tier": Tier.ORDINARY,
        "share": "",
    }
    made = Award(
        index=index, amount=amount, proposer="m1", proposed="2026-01-02", state=state, **fields, **days
    )
    return KnownAward(award=made, proposal=PROPOSAL, confirmed=None, due=None, desks=(), excluded=())


def voucher(value: int, day: str, paid: str = "") -> VoucherState:
    """A voucher that came back."""
    state, on = ("paid", date.fromisoformat(paid)) if paid else ("open", None)
    return VoucherState(2026, value, state, "counter", date.fromisoformat(day), None, on)


def known(**changes: Any) -> KnownRewards:
    """One collected award of 6,500, one that is open, one by name; two vouchers back, one paid."""
    fields: dict[str, Any] = {
        "awards": (
            award(1, 6_500, AwardState.COLLECTED, granted="2026-01-10", collected="2026-02-01", year=2026),
            award(2, 500, AwardState.GRANTED, granted="2026-02-01"),
            award(3, 1_000, AwardState.NAMED, granted="2026-01-10", collected="2026-02-02"),
            award(
                4, 2_000, AwardState.SETTLED, granted="2026-01-10", collected="2026-02-02", ended="2026-02-03"
            ),
            award(5, 500, AwardState.EXPIRED, granted="2025-07-10", ended="2026-02-02"),
            award(6, 500, AwardState.CANCELLED, ended="2026-02-02"),
        ),
        "budgets": (Budget(2025, 1_000, 500, 0), Budget(2026, 20_000, 10_000, 500)),
        "keys": (
            KeyState(2026, 500, 1, 1, 1, 1, False, 0),
            KeyState(2026, 1_000, 1, 1, 0, 0, False, 0),
            KeyState(2026, 5_000, 1, 1, 1, 0, False, 0),
        ),
        "vouchers": (voucher(500, "2026-02-05", "2026-02-06"), voucher(5_000, "2026-02-05")),
        "differences": (),
    }
    return KnownRewards(**(fields | changes))


def lines(**changes: Any) -> list[Line]:
    """All lines, for somebody who may know of every award."""
    found = known(**changes)
    return list(ledger_lines(found, [one.award for one in found.awards]))


# ------------------------------------------------------------------ by day


def test_no_line_joins_an_award_to_a_voucher() -> None:
    assert [
        line for line in lines() if line.award is not None and (line.year or line.value or line.point)
    ] == []
    of_vouchers = [line for line in lines() if line.kind in (Kind.MINTED, Kind.PRESENTED, Kind.PAID)]
    assert of_vouchers
    assert {line.award for line in of_vouchers} == {None}


def test_an_award_that_one_may_not_know_of_has_no_line_and_its_vouchers_still_count() -> None:
    found = ledger_lines(known(), ())
    assert [line for line in found if line.award is not None] == []
    assert sum(line.amount for line in found if line.kind is Kind.MINTED) == 6_500


def test_minted_vouchers_are_the_split_of_what_was_collected() -> None:
    minted = [(line.day, line.value, line.count) for line in lines() if line.kind is Kind.MINTED]
    assert minted == [("2026-02-01", 500, 1), ("2026-02-01", 1_000, 1), ("2026-02-01", 5_000, 1)]


def test_lines_of_one_day_stand_in_an_order_that_tells_no_order() -> None:
    one = lines()
    assert one == lines(awards=tuple(reversed(known().awards)), vouchers=tuple(reversed(known().vouchers)))
    assert [line.day for line in one] == sorted((line.day for line in one), reverse=True)


def test_what_never_was_granted_has_no_line() -> None:
    assert [line for line in lines() if line.award == 6] == []
    assert [line.kind for line in lines() if line.award == 5] == [Kind.EXPIRED, Kind.GRANTED]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (
            {"type": "pay-undo", "pickup": "0" * 32, "value": 500},
            Line("2026-03-01", Kind.UNDONE, 500, None, 0, 500, 1),
        ),
        (
            {"type": "key-expired", "year": 2022, "value": 500, "minted": 9, "paid": 7, "returned": 1_000},
            Line("2026-03-01", Kind.KEY_EXPIRED, 1_000, None, 2022, 500, 2),
        ),
        ({"type": "reward-extend", "award": 4}, Line("2026-03-01", Kind.EXTENDED, 0, 4)),
        ({"type": "reward-cancel", "award": 4}, None),
    ],
    ids=["undone", "key", "extended", "told by the award itself"],
)
def test_counter_entries_of_the_log_become_lines(body: dict[str, Any], line: Line | None) -> None:
    assert counter_line("2026-03-01", body) == line


# ------------------------------------------------------------------ filters and pages


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ({"kind": "paid"}, {Kind.PAID}),
        ({"value": "5000"}, {Kind.MINTED, Kind.PRESENTED}),
        ({"from": "2026-02-05"}, {Kind.PRESENTED, Kind.PAID}),
        ({"to": "2025-12-31"}, {Kind.GRANTED}),
        ({"year": "2026", "kind": "minted"}, {Kind.MINTED}),
        ({"year": "2025"}, set()),
        (
            {"kind": "nothing", "from": "yesterday", "value": "x", "page": "-3"},
            {line.kind for line in lines()},
        ),
    ],
    ids=lambda part: str(sorted(part)),
)
def test_a_filter_shows_what_fits_and_no_choice_filters_nothing(
    given: dict[str, str], kinds: set[Kind]
) -> None:
    assert {line.kind for line in page_of(lines(), Choice.read(given)).lines} == kinds


def test_pages_hold_every_line_once() -> None:
    many = [Line("2026-02-01", Kind.GRANTED, 500, index) for index in range(2 * PAGE + 1)]
    pages = [page_of(many, Choice.read({"page": str(page)})) for page in (1, 2, 3, 4)]
    assert [line for page in pages for line in page.lines] == many
    assert {page.pages for page in pages} == {3}
    assert pages[0].sums == [(Kind.GRANTED, 0, 500 * len(many))]
    assert Choice.read({"page": "2", "kind": "granted"}).query(3) == "?kind=granted&page=3"


# ------------------------------------------------------------------ where the money is


def test_a_budget_is_balance_set_aside_vouchers_out_and_paid() -> None:
    sheet = sheet_of(known())
    assert (sheet.budget, sheet.balance, sheet.set_aside, sheet.out, sheet.paid) == (
        *(21_000, 11_000),
        *(1_500, 6_000, 2_500),
    )
    assert sheet.is_even
    assert not sheet_of(known(budgets=())).is_even


def test_what_is_owed_is_what_is_set_aside_and_what_is_out() -> None:
    owed = owed_of(known())
    assert owed.parts == (("set-aside", 500), ("named", 1_000), ("vouchers", 6_000))


def test_what_expired_with_its_key_is_out_no_longer() -> None:
    [line] = key_lines(known(keys=(KeyState(2022, 500, 9, 6, 8, 7, False, 1_000),)), 5)
    assert (line.out, line.owed) == (0, 0)


@pytest.mark.parametrize(
    ("awards", "opened", "size", "pays"),
    [(4, False, "few", False), (4, True, "few", True), (5, False, "enough", True)],
)
def test_a_key_pays_once_enough_awards_hide_one_another(
    awards: int, opened: bool, size: str, pays: bool
) -> None:
    [line] = key_lines(known(keys=(KeyState(2026, 500, 40, awards, 0, 0, opened, 0),)), 5)
    assert (line.size, line.pays) == (size, pays)


def test_the_share_collected_leaves_out_what_was_cancelled() -> None:
    assert [(one.year, one.granted, one.collected, one.open, one.share) for one in collected_of(known())] == [
        (2026, 4, 3, 1, 75),
        (2025, 1, 0, 0, 0),
    ]


# ------------------------------------------------------------------ charts


def test_a_chart_has_a_bar_for_each_sum_and_its_table_the_same_numbers() -> None:
    drawn = charts.months(lines(), TODAY)
    assert [month for month, _ in drawn.rows][:: charts.MONTHS - 1] == ["2025-04", "2026-03"]
    assert dict(drawn.rows)["2026-02"] == [500, 7_500 + 2_000, 500 + 2_000]
    tallest = max(drawn.bars, key=lambda bar: bar.height)
    assert tallest.height == charts.HEIGHT - 10
    assert len(drawn.bars) == sum(amount > 0 for _, amounts in drawn.rows for amount in amounts)
    assert all(bar.x >= charts.AXIS and bar.x + bar.width <= charts.WIDTH for bar in drawn.bars)


def test_an_empty_year_draws_nothing() -> None:
    drawn = charts.months((), TODAY)
    assert (drawn.total, drawn.bars) == (0, [])


# ------------------------------------------------------------------ differences


DIFFERENCES = (
    Difference(Where.AWARD, "7", "granted · " + "a" * 32, "refused · " + "a" * 32),
    Difference(Where.PAID, "b" * 32, "500 2026-02-06", ""),
    Difference(Where.MINTED, "2026-500", "6", "5"),
)


def test_what_names_a_tip_or_a_voucher_is_for_auditors_alone() -> None:
    seen = red_lines(DIFFERENCES, in_full=False)
    assert [(one.name, one.rows, one.log) for one in seen] == [
        ("7", "", ""),
        ("", "", ""),
        ("2026-500", "6", "5"),
    ]
    assert len(seen) == len(DIFFERENCES)
    full = red_lines(DIFFERENCES, in_full=True)
    assert full[0].rows == DIFFERENCES[0].rows
    assert full[1].name == "b" * 12 + "…"


@pytest.mark.parametrize("kind", ["difference", "difference-advice"])
def test_every_difference_has_a_word_and_what_to_do(kind: str) -> None:
    assert [where for where in Where if isinstance(word(kind, where), str)] == []


def test_every_line_has_a_word() -> None:
    assert [kind for kind in Kind if isinstance(word("ledger", kind), str)] == []
    assert [name for name, _ in owed_of(known()).parts if isinstance(word("owed", name), str)] == []
    assert [name for name, _ in charts.SERIES if isinstance(word("series", name), str)] == []
