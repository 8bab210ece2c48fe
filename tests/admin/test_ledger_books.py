"""The ledger's arithmetic: lines by day, filters, pages, balances, charts, over what a keeper might say."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from admin.ledger import charts
from admin.ledger.balances import collected_of, key_lines, owed_of, sheet_of
from admin.ledger.books import counter_line, first_needed, merged
from admin.ledger.choice import PAGE, Choice, LedgerPage
from admin.ledger.reconciling import red_lines
from admin.words import word
from crypto.errors import BadFormat
from tipline.directory.types import Crowd
from tipline.keeper.rewards.kept import Kept, Place
from tipline.keeper.rewards.money import VoucherRow
from tipline.keeper.rewards.told import Told
from tipline.keeper_client.rewards import Budget, KeyState, KnownMoney
from tipline.rewards.award import Award, AwardState
from tipline.rewards.lines import Kind, Line, sums_of
from tipline.rewards.reconciling import Difference, Where
from tipline.rewards.scoring import Tier

TODAY = date(2026, 3, 3)
VALUES = (500, 1_000, 5_000)


def award(index: int, amount: int, state: AwardState, **days: Any) -> Award:
    """An award as the keeper tells it."""
    fields: dict[str, Any] = {
        "tip": f"{index:032x}",
        "claim": "",
        "desk": "intake",
        "tier": Tier.ORDINARY,
        "share": "",
    }
    return Award(
        index=index, amount=amount, proposer="m1", proposed="2026-01-02", state=state, **fields, **days
    )


AWARDS = (
    award(1, 6_500, AwardState.COLLECTED, granted="2026-01-10", collected="2026-02-01", year=2026),
    award(2, 500, AwardState.GRANTED, granted="2026-02-01"),
    award(3, 1_000, AwardState.NAMED, granted="2026-01-10", collected="2026-02-02"),
    award(4, 2_000, AwardState.SETTLED, granted="2026-01-10", collected="2026-02-02", ended="2026-02-03"),
    award(5, 500, AwardState.EXPIRED, granted="2025-07-10", ended="2026-02-02"),
    award(6, 500, AwardState.CANCELLED, ended="2026-02-02"),
)
VOUCHERS = (
    VoucherRow(b"1", 2026, 500, 0, b"", "counter", "", "", "", "", "2026-02-06", "2026-02-05"),
    VoucherRow(b"2", 2026, 5_000, 0, b"", "counter", "", "", "", "", "", "2026-02-05"),
)


def told(awards: Sequence[Award] = AWARDS, vouchers: Sequence[VoucherRow] = VOUCHERS) -> Told:
    """What is told of these rows, in the order in which they come."""
    kept = Kept()
    kept.awards = {bytes.fromhex(one.tip): (one,) for one in awards}
    kept.places = dict.fromkeys(kept.awards, Place())
    kept.vouchers = {one.spent: one for one in vouchers}
    made = Told(kept, kept.follow(), TODAY.isoformat())
    made.bring_forward({one.index for one in awards}, {2026: VALUES}, TODAY.isoformat())
    return made


def known(**changes: Any) -> KnownMoney:
    """One collected award of 6,500, one that is open, one by name; two vouchers back, one paid."""
    fields: dict[str, Any] = {
        "totals": tuple(told().totals()),
        "months": (),
        "budgets": (Budget(2025, 1_000, 500, 0), Budget(2026, 20_000, 10_000, 500)),
        "keys": (
            KeyState(2026, 500, 1, 1, 1, 1, False, 0),
            KeyState(2026, 1_000, 1, 1, 0, 0, False, 0),
            KeyState(2026, 5_000, 1, 1, 1, 0, False, 0),
        ),
        "differences": (),
        "different": 0,
    }
    return KnownMoney(**(fields | changes))


def lines_in(one: Told) -> list[Line]:
    """All of them."""
    return [line for _, _, line in one._lines]


def lines() -> list[Line]:
    """All lines, for somebody who may know of every award."""
    return lines_in(told())


# ------------------------------------------------------------------ by day


def test_no_line_joins_an_award_to_a_voucher() -> None:
    assert [
        line for line in lines() if line.award is not None and (line.year or line.value or line.point)
    ] == []
    of_vouchers = [line for line in lines() if line.kind in (Kind.MINTED, Kind.PRESENTED, Kind.PAID)]
    assert of_vouchers
    assert {line.award for line in of_vouchers} == {None}


def test_minted_vouchers_are_the_split_of_what_was_collected() -> None:
    minted = [(line.day, line.value, line.count) for line in lines() if line.kind is Kind.MINTED]
    assert minted == [("2026-02-01", 500, 1), ("2026-02-01", 1_000, 1), ("2026-02-01", 5_000, 1)]


def test_lines_of_one_day_stand_in_an_order_that_tells_no_order() -> None:
    one = lines()
    assert one == lines_in(told(AWARDS[::-1], VOUCHERS[::-1]))
    assert [line.day for line in one] == sorted((line.day for line in one), reverse=True)


def test_what_never_was_granted_has_no_line() -> None:
    assert [line for line in lines() if line.award == 6] == []
    assert [line.kind for line in lines() if line.award == 5] == [Kind.EXPIRED, Kind.GRANTED]


def test_a_line_is_the_same_after_it_was_sent() -> None:
    assert [Line.from_fields(line.to_fields()) for line in lines()] == lines()
    for wrong in ({"kind": "stolen"}, {"more": 1}):
        with pytest.raises(BadFormat):
            Line.from_fields(lines()[0].to_fields() | wrong)


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
    wanted = Choice.read(given).wanted
    assert {line.kind for line in lines() if wanted.fits(line)} == kinds


@pytest.mark.parametrize("counter", [0, 1, 7, 2 * PAGE + 3])
def test_pages_hold_every_line_once_wherever_counter_entries_fall(counter: int) -> None:
    days = [f"2026-{1 + place % 12:02}-{1 + place % 28:02}" for place in range(3 * PAGE + 1)]
    many = sorted((Line(day, Kind.GRANTED, 500, place) for place, day in enumerate(days)), key=_place)
    undone = [Line(days[7 * place % len(days)], Kind.UNDONE, place) for place in range(counter)]
    pages = list[Line]()
    for page in range(1, 9):
        start = Choice(page=page).start
        first = first_needed(start, undone)
        pages += merged(many[first : start + PAGE], undone, start, PAGE)
    assert pages == sorted((*many, *undone), key=_place)


def _place(line: Line) -> tuple[int | str, ...]:
    return line.place


def test_a_page_tells_how_many_fit_and_their_sums() -> None:
    many = [Line("2026-02-01", Kind.GRANTED, 500, index) for index in range(2 * PAGE + 1)]
    page = LedgerPage(Choice(), many[:PAGE], sums_of([*many, Line("2026-02-02", Kind.EXTENDED, 0, 1)]))
    assert (page.total, page.pages) == (len(many) + 1, 3)
    assert [(one.kind, one.count, one.amount) for one in page.figures] == [(Kind.GRANTED, 0, 500 * len(many))]
    assert Choice.read({"page": "2", "kind": "granted"}).query(3) == "?kind=granted&page=3"
    assert Choice.read({"page": "0"}).page == 1


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
    [line] = key_lines(known(keys=(KeyState(2022, 500, 9, 6, 8, 7, False, 1_000),)), date(2026, 1, 1))
    assert (line.out, line.owed, line.is_over) == (0, 0, True)


def test_a_key_is_not_over_on_the_last_day_of_its_vouchers() -> None:
    [line] = key_lines(known(keys=(KeyState(2022, 500, 9, 6, 8, 7, False, 0),)), date(2025, 12, 31))
    assert not line.is_over


@pytest.mark.parametrize(
    ("opened", "size", "pays"),
    [
        (False, Crowd.FEW, False),
        (True, Crowd.THIN, True),
        (False, Crowd.THIN, True),
        (False, Crowd.MANY, True),
    ],
)
def test_a_key_pays_where_the_keeper_says_so(opened: bool, size: Crowd, pays: bool) -> None:
    assert KeyState(2026, 500, 40, 5, 0, 0, opened, 0, size).redeems is pays


def test_the_share_collected_leaves_out_what_was_cancelled() -> None:
    assert [(one.year, one.granted, one.collected, one.open, one.share) for one in collected_of(known())] == [
        (2026, 4, 3, 1, 75),
        (2025, 1, 0, 0, 0),
    ]


# ------------------------------------------------------------------ charts


def test_a_chart_has_a_bar_for_each_sum_and_its_table_the_same_numbers() -> None:
    drawn = charts.months(
        [(str(one["month"]), Kind(one["kind"]), one["amount"]) for one in told().months(TODAY)], TODAY
    )
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
