"""The figures of a month: whoever counts again finds the same hash."""

from datetime import date
from typing import Any

import pytest

from crypto.statements import Entry, Statement
from tipline.reports.errors import BadMonth
from tipline.reports.monthly import Month, figures_of, hash_of, months_until, summed

MARCH = Month(2026, 3)


def entry(kind: str, by: str, **fields: Any) -> Entry:
    body = {"v": 1, "log": "x", "type": kind, "at": 0, "nonce": "0" * 32, "by": [by], **fields}
    return Entry(0, "done", "", Statement(body, {}))


def figures(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "by_type": [("read", 7), ("missed", 2), ("grant", 1), ("export", 1)],
        "refused": [("", 10), ("excluded", 1)],
        "readings": [("intake", 5), ("integrity", 2), ("auditors", 0)],
        "alerts": [
            (3, entry("alert", "keeper", rule="burst")),
            (5, entry("alert", "keeper", rule="decoy")),
            (8, entry("alert-review", "m0000000a", alert=5, finding="violation")),
            (9, entry("alert-review", "m0000000a", alert=1, finding="justified")),
        ],
        "witnesses": [],
    }
    return figures_of("x", MARCH, **(given | changes))


@pytest.mark.parametrize("text", ["2026", "2026-3", "2026-13", "26-03", "2026-03-01", ""], ids=str)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(BadMonth):
        Month.parse(text)


def test_only_months_that_are_over_are_offered() -> None:
    begun = 1_767_225_600  # 1 January 2026
    assert [str(month) for month in months_until(begun, date(2026, 3, 31))] == ["2026-02", "2026-01"]
    assert months_until(begun, date(2026, 1, 31)) == []


def test_the_order_of_counting_changes_nothing_and_any_other_number_does() -> None:
    same = figures(by_type=[("missed", 2), ("export", 1), ("grant", 1), ("read", 7)])
    assert hash_of(same) == hash_of(figures())
    changes: list[dict[str, Any]] = [{"refused": [("excluded", 2)]}, {"readings": []}, {"alerts": []}]
    for other in changes:
        assert hash_of(figures(**other)) != hash_of(figures())


def test_an_alert_is_open_until_the_month_reviews_it() -> None:
    assert [one["finding"] for one in figures()["alerts"]] == ["open", "violation"]


def test_the_sums_are_those_of_the_figures() -> None:
    found = summed(figures())
    assert (found["readings"], found["refused"], found["missed"]) == (7, 1, 2)
    assert (found["alerts"], found["open"], found["violations"]) == (2, 1, 1)
    assert (found["roster"], found["exports"], found["disclosures"]) == (1, 1, 0)
