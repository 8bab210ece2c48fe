"""Which desk gets a tip, and which units never see it.

Named units and everything above them inside the township are excluded. A tip
on an official or on protectors, and one that would exclude a whole desk, goes
to the integrity desk outside the township; so does one whose reporter says that
they do not know. A question that was left open decides nothing.
"""

from collections.abc import Iterable

from crypto.policies import Route
from tipline.directory.types import Directory
from tipline.ids import INTAKE, INTEGRITY, DeskId, UnitId
from tipline.tips.categories import Category, Official
from tipline.tips.errors import NobodyMayRead

__all__ = ["UNKNOWN_UNIT", "Route", "desk_of", "excluded_units", "route_for"]

UNKNOWN_UNIT = UnitId("other")
"""What a form sends for a unit that is not in its list."""


def route_for(
    directory: Directory,
    *,
    category: Category,
    official: Official,
    unit: UnitId | None,
    exclude: Iterable[UnitId],
    exclude_text: str,
) -> Route:
    """The first route of a tip.

    Args:
        unit: the named unit; None when none was named.
        exclude: units that the reporter ticked as "must not see this".
        exclude_text: what the reporter wrote there; no roster knows it, so it leaves the township.

    Raises:
        NobodyMayRead: everybody at the desk that would get it belongs to an excluded unit.
    """
    excluded = excluded_units(directory, [*([unit] if unit else []), *exclude])
    outside = (
        official in (Official.YES, Official.UNSURE)
        or category is Category.UMBRELLA
        or bool(exclude_text.strip())
        or directory.desks[INTAKE].is_wholly_excluded(excluded)
    )
    desk: DeskId = INTEGRITY if outside else INTAKE
    if directory.desks[desk].is_wholly_excluded(excluded):
        raise NobodyMayRead
    return Route((desk,), tuple(sorted(excluded)))


def desk_of(route: Route) -> DeskId:
    """The desk in whose list a tip stands: the one above, once it is among those that may read."""
    return INTEGRITY if INTEGRITY in route.desks else DeskId(route.desks[0])


def excluded_units(directory: Directory, named: Iterable[UnitId]) -> frozenset[UnitId]:
    """The named units with everything above them inside the township."""
    found: frozenset[UnitId] = frozenset()
    for unit in named:
        found |= directory.with_superiors(unit)
    return found
