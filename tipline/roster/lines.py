"""Which units stand in one line: a unit, what is above it inside the township, and what is beneath it."""

from collections.abc import Mapping

from tipline.roster.types import Unit


def line_of(units: Mapping[str, Unit], unit: str) -> frozenset[str]:
    """A unit with everything above it inside the township, and everything that has it above itself.

    Of a unit that the roster does not know, nothing: no member is of it.
    """
    beneath = (each for each in units if unit in _upwards(units, each))
    return _upwards(units, unit).union(beneath)


def _upwards(units: Mapping[str, Unit], unit: str) -> frozenset[str]:
    """A unit and everything above it inside the township, as an exclusion of it works."""
    found: set[str] = set()
    while unit in units and unit not in found and (not found or units[unit].inside):
        found.add(unit)
        unit = units[unit].superior or ""
    return frozenset(found)
