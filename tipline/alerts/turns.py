"""Whose a tip was at an entry, found without walking over all of its turns for each reading."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from tipline.alerts.seen import Seen, Turn


class Turns:
    """The turns of some tips, in the order of the log, with those of each member beside them."""

    def __init__(self, turns: Mapping[str, Sequence[Turn]]) -> None:
        self._turns = turns
        self._indices = {tip: [turn.index for turn in each] for tip, each in turns.items()}
        self._places: dict[tuple[str, str], list[int]] = {}
        for tip, each in turns.items():
            for place, turn in enumerate(each):
                self._places.setdefault((tip, turn.member), []).append(place)

    def is_anothers(self, one: Seen) -> bool:
        """Whether the tip was somebody else's when the entry was made."""
        before = self._before(one)
        return before > 0 and self._turns[one.tip][before - 1].member not in ("", one.member)

    def was_theirs(self, one: Seen) -> bool:
        """Whether the member had it at any time before the entry."""
        places = self._places.get((one.tip, one.member), ())
        return any(place < self._before(one) for place in places[:1])

    def given_up_at(self, one: Seen) -> int:
        """When the member lost it last (Unix seconds): of a tip that was theirs, and is another's now."""
        places = self._places[one.tip, one.member]
        latest = places[bisect_left(places, self._before(one)) - 1]
        return self._turns[one.tip][latest + 1].at

    def _before(self, one: Seen) -> int:
        return bisect_left(self._indices.get(one.tip, ()), one.index)
