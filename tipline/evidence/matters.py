"""Links between tips as a log tells them, also removed ones: of tips on one matter one is the first.

What is asked here the keeper asks at the same three steps: a proposal, a check, an approval. Behind a gap the
links before it count no more: a statement that was forgotten there may have removed one.

Source: tipline/rewards/matters.py.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tipline.evidence.routes import require, tips_of
from tipline.rewards.award import UNDECIDED, Award, AwardState
from tipline.rewards.matters import around, counted

LINK, UNLINK, ERASE = "link", "unlink", "erase"


class Matters:
    """The links at one place of a log."""

    def __init__(self) -> None:
        self._links: dict[str, dict[str, frozenset[str]]] = {}

    def miss(self) -> None:
        """An entry is gone here."""
        self._links.clear()

    def take(self, body: Mapping[str, Any]) -> None:
        """Go on behind a done statement."""
        kind = body["type"]
        if kind in (LINK, UNLINK):
            here, there = str(body.get("tip")), str(body.get("to"))
            by = frozenset(body["by"]) if kind == UNLINK else frozenset[str]()
            if kind == LINK or there in self._of(here):
                self._links.setdefault(here, {})[there] = by
                self._links.setdefault(there, {})[here] = by
        elif kind == ERASE:
            for tip in tips_of(body):
                self._links.pop(tip, None)

    def require_first(self, award: Award, every: Iterable[Award]) -> None:
        """Check an award as it stands after a step: on its matter no other one is the first.

        Args:
            every: all awards; those that were refused or taken back do not count.

        Raises:
            Forbidden: there is one, decided before this step; for a proposal also one that is not decided.
        """
        if award.share or award.is_over or not self._of(award.tip):
            return
        live = {one.tip: one for one in every if not one.is_over}
        near = (live[tip].people for tip in around(award.tip, self._of) if tip in live)
        matter = counted(award.tip, self._of, award.people.union(*near))
        others = (live[tip] for tip in sorted(matter) if tip in live and not live[tip].share)
        proposed = award.state is AwardState.PROPOSED
        taken = any(proposed or one.state not in UNDECIDED for one in others)
        require(not taken, "another tip on the same matter is rewarded as the first")

    def _of(self, tip: str) -> Mapping[str, frozenset[str]]:
        return self._links.get(tip, {})
