"""Things that move through states: one small mechanism for every room.

A room states its allowed moves once, as data; whoever must decide (the keeper)
and whoever must offer (a page) ask the same table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

State = TypeVar("State", bound=StrEnum)


class MoveRefused(Exception):
    """This move is not in the table."""


@dataclass(frozen=True)
class Move(Generic[State]):
    """One allowed move.

    Attributes:
        reason_required: it goes backward or ends something, so a reason is given.
        needs: what must be named with it; "" for nothing.
        another: whoever decided before cannot be the one to make it.
        answered: an answer must have gone out since the source state began.
        by_itself: no person makes it; the keeper's clocks do.
    """

    source: State
    target: State
    reason_required: bool = False
    needs: str = ""
    another: bool = False
    answered: bool = False
    by_itself: bool = False


@dataclass(frozen=True)
class MoveTable(Generic[State]):
    """All allowed moves of one kind of thing, and how long each state may last."""

    start: State
    moves: tuple[Move[State], ...]

    def next_from(self, source: State) -> tuple[Move[State], ...]:
        """The moves by which people leave a state."""
        return tuple(move for move in self.moves if move.source == source and not move.by_itself)

    def find(self, source: State, target: State) -> Move[State]:
        """The move between two states.

        Raises:
            MoveRefused: there is none that a person makes.
        """
        for move in self.next_from(source):
            if move.target == target:
                return move
        raise MoveRefused(f"{source} does not lead to {target}")

    def reachable(self) -> frozenset[State]:
        """Every state that can be reached from the start."""
        seen = {self.start}
        frontier: Iterable[State] = seen
        while frontier := {move.target for move in self.moves if move.source in frontier} - seen:
            seen |= frontier
        return frozenset(seen)
