"""What counts as a fact of an entry, whatever its statement holds."""

from typing import Any

import pytest

from crypto.statements import Entry, Statement
from tipline.lookups.facets import facets_of, tips_of
from tipline.lookups.filters import Filter, is_filter

TIP, OTHER = "1" * 32, "2" * 32


def entry(reason: str = "", **fields: Any) -> Entry:
    body = {"v": 1, "log": "a/b", "type": "read", "at": 0, "nonce": "0" * 32, "by": ["m1"], **fields}
    return Entry(7_200, "refused" if reason else "done", reason, Statement(body, {}))


@pytest.mark.parametrize("odd", [7, True, [], {}, "Not a name", "x" * 41, {"id": 7}])
def test_what_has_no_proper_form_is_no_fact(odd: Any) -> None:
    facets = facets_of(entry("malformed", desk=odd, purpose=odd, tip=odd, tips=odd))
    assert (facets.desk, facets.purpose) == ("", "")
    assert not tips_of(entry("malformed", desk=odd, purpose=odd, tip=odd, tips=odd))


def test_signers_after_the_first_are_facts_too() -> None:
    joint = entry(by=["m1", "m2", "m3"])
    assert facets_of(joint).signers == ("m1", "m2", "m3")
    assert all(Filter(member=one).fits(joint) for one in ("m1", "m2", "m3"))
    assert Filter(type="all-joint").fits(joint)
    assert not Filter(type="all-joint").fits(entry())


@pytest.mark.parametrize(
    ("desks", "desk"),
    [
        (["integrity", "protection"], "protection"),
        (["intake", "integrity"], "intake"),
        (["integrity"], "integrity"),
        ([], ""),
    ],
)
def test_a_missed_deadline_counts_for_the_desk_that_missed_it(desks: list[str], desk: str) -> None:
    assert facets_of(entry(type="missed", desks=desks)).desk == desk


def test_a_desk_that_is_stated_as_a_whole_counts_by_its_id() -> None:
    assert facets_of(entry(type="desk", desk={"id": "intake", "epoch": 1})).desk == "intake"


def test_tips_among_others_count_only_where_it_was_done() -> None:
    assert tips_of(entry(type="assign", tips=[TIP, OTHER])) == {TIP, OTHER}
    assert not tips_of(entry("excluded", type="assign", tips=[TIP, OTHER]))
    assert tips_of(entry("excluded", tip=TIP)) == {TIP}


def test_days_are_counted_from_their_first_to_their_last_hour() -> None:
    at_two = entry()  # 1970-01-01, 02:00
    assert Filter(since="1970-01-01", until="1970-01-01").fits(at_two)
    assert not Filter(since="1970-01-02").fits(at_two)
    assert not Filter(until="1969-12-31").fits(at_two)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "",
        {"colour": "red"},
        {"member": ""},
        {"from": "2026-2-1"},
        {"to": "2026-W01-1"},
        {"tip": "1"},
    ],
)
def test_what_is_no_filter_is_told(value: Any) -> None:
    assert not is_filter(value)


def test_a_filter_reads_back_as_it_was_written() -> None:
    fields = {"member": "m1", "tip": TIP, "from": "2026-01-01", "to": "2026-01-02", "outcome": "done"}
    assert Filter.from_fields(fields).to_fields() == fields
    assert Filter.from_fields({}).to_fields() == {}
