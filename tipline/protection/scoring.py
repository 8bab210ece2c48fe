"""How great a danger is: five factors, each scored from 0 to 4, and the level that their score suggests.

The score suggests and a person decides: whoever chooses another level says why. The bounds are ours, made so
that a threat which can be carried out is never called low, however few people depend on the person.
Source: docs/protection.md.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

STEPS: Final = 5
"""Each factor has the steps 0 to 4."""


class Factor(StrEnum):
    """What is scored."""

    THREAT = "risk_threat"
    CAPABILITY = "risk_capability"
    EXPOSURE = "risk_exposure"
    DEPENDANTS = "risk_dependants"
    TRIGGERS = "risk_triggers"


class Level(StrEnum):
    """How great the danger is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    EXTREME = "extreme"


_UP_TO: Final = ((4, Level.LOW), (9, Level.MEDIUM), (14, Level.HIGH), (20, Level.EXTREME))
_SERIOUS: Final = 3
_ORDER: Final = tuple(Level)


def score(scores: Mapping[Factor, int]) -> int:
    """The sum of the five factors, 0 to 20."""
    return sum(scores[factor] for factor in Factor)


def suggested(scores: Mapping[Factor, int]) -> Level:
    """The level that the scores suggest: by their sum, and at least high where a threat can be done."""
    total = score(scores)
    by_sum = next(level for most, level in _UP_TO if total <= most)
    both = (scores[Factor.THREAT], scores[Factor.CAPABILITY])
    floor = Level.LOW
    if min(both) >= _SERIOUS:
        floor = Level.EXTREME if both[0] == STEPS - 1 else Level.HIGH
    return max(by_sum, floor, key=_ORDER.index)
