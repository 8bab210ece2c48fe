"""A day of vouchers as the keeper states it: sorted, with every reporter's signature, in parts that fit.

    awards collected, vouchers presented ─▶ `reward-day`, …, the last `reward-day` ─▶ one day again

A statement has a greatest length. So a day has as many as it takes, one of which is the last; what they say
counts when that one is there, all of it at once, as if it stood in one. No day can have a second last one.
Source: docs/decisions/0010-rewards.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from crypto import canonical
from tipline.rewards.errors import require

MOST_LINES: Final = 400
"""Awards and vouchers in one statement: each takes 150 bytes at the most, and `MAX_STATEMENT` allows 163."""
COLLECTED: Final = "collected"
DAY: Final = "reward-day"

Collected = tuple[int, str]
"""An award's number, and the reporter's signature over `proof_of` (128 hex digits)."""
Presented = tuple[int, int, str]
"""Year and value of a key, and the hash of a voucher (64 hex digits)."""
Minted = tuple[int, int, int]
"""Year and value of a key, and how many vouchers."""


class Told(NamedTuple):
    """What the statements of one day say together."""

    collected: Sequence[Collected]
    minted: Sequence[Minted]
    presented: Mapping[tuple[int, int], Sequence[str]]
    """By year and value, the hashes, sorted."""


class Parts:
    """The statements of a day up to its last one."""

    def __init__(self) -> None:
        self._bodies: list[Mapping[str, Any]] = []

    def take(self, body: Mapping[str, Any]) -> Told | None:
        """Keep a statement; with the last one of a day, what all of that day say.

        Raises:
            LedgerBroken: another day has no last one yet; something stands twice or out of its order.
        """
        same = all(one["day"] == body["day"] for one in self._bodies)
        require(same, "another day was told in part")
        require(isinstance(body["last"], bool), "it is malformed")
        self._bodies.append(body)
        if not body["last"]:
            return None
        bodies, self._bodies = self._bodies, []
        collected = [(award, proof) for one in bodies for award, proof in one["collected"]]
        minted = [(year, value, count) for one in bodies for year, value, count in one["minted"]]
        presented = [
            (year, value, spent)
            for one in bodies
            for year, value, hashes in one["presented"]
            for spent in hashes
        ]
        awards = [award for award, _ in collected]
        require(awards == sorted(set(awards)), "the awards that were collected are malformed")
        require(presented == sorted(set(presented)), "what was presented is malformed")
        return Told(collected, minted, _by_key(presented))


def stated(
    day: str, collected: Iterable[Collected], minted: Iterable[Minted], presented: Iterable[Presented]
) -> Iterator[dict[str, Any]]:
    """The fields of the statements that tell a day (ISO), in their order; what was minted is in the last."""
    awards, vouchers = sorted(collected), sorted(presented)
    every = max(len(awards) + len(vouchers), 1)
    for start in range(0, every, MOST_LINES):
        stop = start + MOST_LINES
        some = vouchers[max(start - len(awards), 0) : max(stop - len(awards), 0)]
        is_last = stop >= every
        yield {
            "type": DAY,
            "day": day,
            "last": is_last,
            "collected": [list(one) for one in awards[start:stop]],
            "minted": [list(one) for one in sorted(minted)] if is_last else [],
            "presented": [[*key, hashes] for key, hashes in _by_key(some).items()],
        }


def proof_of(log: str, tip: str, award: int, year: int) -> bytes:
    """What a claim key signs so that the log can show that its reporter collected an award.

    It names no blinded value: who has it cannot tell the award's vouchers by it.

    Args:
        log: the log's name.
        tip: 32 hex digits.
        year: of the keys, and of the day of collecting.
    """
    told = {"v": 1, "type": COLLECTED, "log": log, "tip": tip, "award": award, "year": year}
    return canonical.encode(told)


def _by_key(presented: Sequence[Presented]) -> dict[tuple[int, int], list[str]]:
    groups = groupby(presented, key=itemgetter(0, 1))
    return {(year, value): [spent for *_, spent in some] for (year, value), some in groups}
