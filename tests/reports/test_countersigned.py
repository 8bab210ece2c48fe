"""The witnesses' figures of a month: by the times inside their cosignatures, under each day's policy."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from crypto.cosignatures import Ed25519Cosigner
from crypto.keys import SigningKey
from tipline.reports.countersigned import Stated, countersigned
from tipline.reports.monthly import Month
from tipline.roster.witnesses import WitnessPolicy, read_policy, stated_policy

MARCH: Final = Month(2026, 3)
NAME: Final = "witness.example"


def at(day: int, hour: int = 12, month: int = 3) -> int:
    return int(datetime(2026, month, day, hour, tzinfo=UTC).timestamp())


def policy(*names: str, hours: int = 24, since: int = 0) -> WitnessPolicy:
    keys = {name: Ed25519Cosigner(name, SigningKey.from_seed(bytes(32))).verifier.vkey for name in names}
    named = [{"name": name, "url": "https://w.example", "keys": [key]} for name, key in keys.items()]
    return stated_policy({"witnesses": named, "quorum": 0, "alarm_hours": hours, "stop": False, "at": since})


def figures(*times: int, policies: list[Stated] | None = None) -> list[dict[str, Any]]:
    stated = policies or [Stated(at(1, month=1), policy(NAME, since=at(1, month=1)))]
    return countersigned(MARCH, stated, {NAME: times})


def test_of_no_witness_nothing_is_counted() -> None:
    assert countersigned(MARCH, [], {}) == []
    assert countersigned(MARCH, [Stated(at(1, month=4), policy(NAME))], {}) == []


def test_a_witness_that_signs_every_day_is_never_without_and_never_late() -> None:
    every = [at(day, 23) for day in range(1, 32)]
    [one] = figures(*every)
    assert one == {
        "name": NAME,
        "days": 31,
        "first": "2026-03-01",
        "last": "2026-03-31",
        "without": 0,
        "late": 0,
    }


def test_a_witness_that_never_signed_is_late_on_every_day() -> None:
    [one] = figures()
    assert (one["first"], one["last"], one["without"], one["late"]) == ("", "", 31, 31)


def test_days_without_one_and_days_late_are_counted_apart() -> None:
    some = [at(1, 23), at(2, 23), at(5, 23), *(at(day, 23) for day in range(6, 32))]
    [one] = figures(
        *some
    )  # nothing on the 3rd and the 4th; at the end of each more than 24 hours have passed
    assert (one["without"], one["late"]) == (2, 2)
    [one] = figures(*(at(day, 0) for day in range(1, 32)), policies=[Stated(0, policy(NAME, hours=23))])
    assert (one["without"], one["late"]) == (0, 31)  # each one is of the day's first second


def test_what_was_signed_in_the_month_before_still_counts_and_what_comes_after_does_not() -> None:
    hours = [Stated(0, policy(NAME, hours=720))]
    [one] = figures(at(28, month=2), at(2, month=4), policies=hours)
    assert (one["first"], one["without"]) == ("", 31)
    assert one["late"] == 2  # thirty days after 28 February, noon: from the end of 30 March on


def test_each_day_has_the_policy_of_its_end_and_a_new_one_gives_time() -> None:
    policies = [Stated(at(10), policy(NAME, since=at(10))), Stated(at(20), policy("other", since=at(20)))]
    first, second = figures(policies=policies)
    assert (first["name"], first["days"], first["late"]) == ("other", 12, 11)
    assert (second["name"], second["days"], second["late"]) == (NAME, 10, 9)


@pytest.mark.parametrize("field", ["witnesses", "quorum", "alarm_hours", "stop"])
def test_a_statement_s_policy_is_the_one_that_is_replayed(field: str) -> None:
    stated = policy(NAME, since=7)
    plain = {"witnesses": [], "quorum": 0, "alarm_hours": 24, "stop": False}
    assert getattr(read_policy(plain), field) == getattr(WitnessPolicy(), field)
    assert stated.since == 7
