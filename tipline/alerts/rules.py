"""The rules: what each looks at, and its thresholds with their bounds.

Two people, one of them an auditor, set other thresholds by an `alert-rules` statement, and only so is a rule
switched off: a taken-over host cannot.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self

from tipline.alerts.errors import BadRules

ON: Final = "on"
IDENTITY_REQUEST: Final = "disclosure"
"""The type of a statement that asks for somebody's identity."""


class Rule(StrEnum):
    """What is looked for."""

    BURST = "burst"
    """Many different tips read within a short time."""
    ODD_HOURS = "odd-hours"
    """Readings at night, or on a day off."""
    OUTSIDE = "outside-assignment"
    """Readings of tips that are somebody else's."""
    OWN_UNIT = "own-unit"
    """Asking for tips that exclude the member's own unit; the keeper refused."""
    IDENTITY = "identity-requests"
    """Asking for identities again and again."""
    HANDED_OVER = "after-hand-over"
    """Reading a tip that was one's own and is somebody else's now."""
    DORMANT = "dormant"
    """An account acts after a long rest."""
    REFUSALS = "refusals"
    """Many refusals within a short time."""
    CLOCK = "clock-back"
    """Entries show that the keeper's clock ran backward."""
    BACK_AND_FORTH = "back-and-forth"
    """A tip goes to and fro between triage and waiting for more."""
    PAUSES = "pauses"
    """A tip's clock is stopped again and again."""
    READ_BEFORE_EXCLUSION = "read-before-exclusion"
    """A unit is excluded from a tip that members of it have read."""
    DECOY = "decoy"
    """A planted tip was opened."""
    EMERGENCY = "emergency-disclosure"
    """An identity was opened at once, without telling its reporter first. Nobody switches this one off."""


@dataclass(frozen=True)
class Threshold:
    """A whole number and its bounds; what it counts, its name says: hours are local, seconds are seconds."""

    value: int
    least: int
    most: int


def _count(value: int) -> Threshold:
    return Threshold(value, 1, 10_000)


_MINUTES: Final = Threshold(60, 1, 1_440)

RULES: Final[Mapping[Rule, Mapping[str, Threshold]]] = MappingProxyType(
    {
        Rule.BURST: {"count": _count(30), "minutes": _MINUTES},
        # The hour of the day at the township: utc_offset hours east of Greenwich.
        Rule.ODD_HOURS: {
            "count": _count(3),
            "from_hour": Threshold(6, 0, 23),
            "to_hour": Threshold(22, 1, 24),
            "utc_offset": Threshold(8, -12, 14),
        },
        Rule.OUTSIDE: {"count": _count(5)},
        Rule.OWN_UNIT: {"count": _count(1)},
        Rule.IDENTITY: {"count": _count(3), "days": Threshold(7, 1, 90)},
        Rule.HANDED_OVER: {"count": _count(1), "hours": Threshold(24, 0, 720)},
        Rule.DORMANT: {"days": Threshold(60, 7, 3_650)},
        Rule.REFUSALS: {"count": _count(10), "minutes": _MINUTES},
        Rule.CLOCK: {"seconds": Threshold(300, 180, 86_400)},
        Rule.BACK_AND_FORTH: {"count": _count(3), "days": Threshold(90, 1, 3_650)},
        Rule.PAUSES: {"count": _count(2), "days": Threshold(90, 1, 3_650)},
        Rule.READ_BEFORE_EXCLUSION: {},
        Rule.DECOY: {},
    }
)
OFF_AT_FIRST: Final = frozenset((Rule.DECOY,))
"""Rules that do nothing until two people switch them on."""
UNASKED: Final = frozenset((Rule.OWN_UNIT, Rule.READ_BEFORE_EXCLUSION))
"""Whom such an alert is about, nobody asks: they would learn of a tip that shuts their unit out."""


@dataclass(frozen=True)
class RuleBook:
    """The rules as they stand: `changed` has, by rule, what is not as it is by default."""

    changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, value: object) -> Self:
        """Read the object of an `alert-rules` statement.

        Raises:
            BadRules: a rule is unknown, or a threshold is unknown or out of its bounds.
        """
        if not isinstance(value, Mapping):
            raise BadRules("rules are an object")
        return cls({_known(name).value: _checked(_known(name), each) for name, each in value.items()})

    def to_fields(self) -> dict[str, dict[str, Any]]:
        """As a statement holds it."""
        return {name: dict(each) for name, each in self.changed.items()}

    def is_on(self, rule: Rule) -> bool:
        """Whether the rule raises alerts."""
        return bool(self.changed.get(rule, {}).get(ON, rule not in OFF_AT_FIRST))

    def value(self, rule: Rule, name: str) -> int:
        """A threshold of a rule."""
        return int(self.changed.get(rule, {}).get(name, RULES[rule][name].value))


DEFAULT_RULES: Final = RuleBook()


def _known(name: object) -> Rule:
    try:
        return Rule(str(name))
    except ValueError:
        raise BadRules("a rule is unknown") from None


def _checked(rule: Rule, value: object) -> dict[str, Any]:
    if rule not in RULES:
        raise BadRules("this rule is never changed")
    if not isinstance(value, Mapping) or not value:
        raise BadRules("a rule that is named is changed in something")
    for name, each in value.items():
        if name == ON:
            if not isinstance(each, bool):
                raise BadRules("a rule is on or off")
            continue
        bounds = RULES[rule].get(name)
        # type(…), because True is an int in Python.
        if bounds is None or type(each) is not int or not bounds.least <= each <= bounds.most:
            raise BadRules("a threshold is unknown or out of its bounds")
    return dict(value)
