"""Telling a day in parts: whatever happened on it comes back as it was, and no statement is too long."""

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import canonical
from tipline.rewards.days import MOST_LINES, Parts, Told, proof_of, stated
from tipline.rewards.errors import LedgerBroken

DAY: Final = "2026-03-03"
NUMBERS: Final = st.integers(0, 2**53)
HASHES: Final = st.binary(min_size=1, max_size=8).map(lambda raw: raw.rjust(32, b"\0").hex())
KEYS: Final = st.tuples(st.integers(2020, 2199), st.sampled_from([500, 1_000, 5_000]))
AWARDS: Final = st.dictionaries(NUMBERS, HASHES.map(lambda half: half + half), max_size=40)
VOUCHERS: Final = st.dictionaries(HASHES, KEYS, max_size=40)


@given(awards=AWARDS, vouchers=VOUCHERS, most=st.integers(1, 20))
def test_a_day_is_the_same_however_it_is_parted(
    awards: dict[int, str], vouchers: dict[str, tuple[int, int]], most: int
) -> None:
    minted = [(2026, 1_000, 2), (2026, 500, 1)]
    presented = [(*key, spent) for spent, key in vouchers.items()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tipline.rewards.days.MOST_LINES", most)
        bodies = list(stated(DAY, awards.items(), minted, presented))
    assert [body["last"] for body in bodies] == [False] * (len(bodies) - 1) + [True]
    assert all(lines_of(body) <= most for body in bodies)
    told = taken(bodies)
    assert list(told.collected) == sorted(awards.items())
    assert list(told.minted) == sorted(minted)
    assert [(*key, one) for key, hashes in told.presented.items() for one in hashes] == sorted(presented)


def lines_of(body: dict[str, Any]) -> int:
    return len(body["collected"]) + sum(len(hashes) for *_, hashes in body["presented"])


def taken(bodies: list[dict[str, Any]]) -> Told:
    parts = Parts()
    *before, last = [parts.take(body) for body in bodies]
    assert last is not None
    assert before == [None] * len(before)
    return last


def test_a_day_on_which_nothing_was_collected_or_came_back_has_one_statement() -> None:
    [body] = stated(DAY, [], [], [])
    assert body == {
        "type": "reward-day",
        "day": DAY,
        "last": True,
        "collected": [],
        "minted": [],
        "presented": [],
    }


def test_as_many_lines_as_fit_stand_in_one() -> None:
    awards = dict.fromkeys(range(MOST_LINES), "00" * 64)
    assert len(list(stated(DAY, awards.items(), [], []))) == 1
    assert len(list(stated(DAY, awards.items(), [], [(2026, 500, "00" * 32)]))) == 2


def test_after_a_day_the_next_one_begins_anew() -> None:
    parts, (one,) = Parts(), stated(DAY, [(1, "00" * 64)], [], [])
    assert parts.take({**one, "last": False}) is None
    with pytest.raises(LedgerBroken, match="in part"):
        parts.take({**one, "day": "2026-03-04"})
    assert parts.take({**one, "collected": []}) is not None
    again = parts.take({**one, "day": "2026-03-04"})
    assert again is not None
    assert list(again.collected) == [(1, "00" * 64)]


def test_what_a_reporter_signs_is_one_line_of_json() -> None:
    said = canonical.decode(proof_of("example.org/log", "ab" * 16, 7, 2026))
    assert said == {
        "v": 1,
        "type": "collected",
        "log": "example.org/log",
        "tip": "ab" * 16,
        "award": 7,
        "year": 2026,
    }
