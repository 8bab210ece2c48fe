"""Which desk gets a tip, and which units never see it.

Named units and everything above them inside the township are excluded. A tip
on an official or on protectors, and one that would exclude a whole desk, goes
to the integrity desk outside the township; so does one whose reporter says that
they do not know. A question that was left open decides nothing.
"""

from collections.abc import Iterable

from crypto.policies import Route
from tipline.directory.types import Directory
from tipline.ids import INTAKE, INTEGRITY, PROTECTION, DeskId, UnitId
from tipline.tips.categories import Category, Official
from tipline.tips.errors import NobodyMayRead, NoProtectionDesk

__all__ = [
    "UNKNOWN_UNIT",
    "Route",
    "desk_of",
    "excluded_units",
    "has_protection",
    "protection_route",
    "protects",
    "route_for",
]

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


def has_protection(directory: Directory) -> bool:
    """Whether there is a desk that protects people, with somebody at it."""
    desk = directory.desks.get(PROTECTION)
    return desk is not None and desk.reads and bool(desk.staff)


def protection_route(directory: Directory, exclude: Iterable[UnitId]) -> Route:
    """The first route of a protection case: its own desk, apart from that of tips.

    Where everybody there belongs to an excluded unit, the integrity desk outside the township has it too; the
    protection desk stays in the route, by which the keeper knows a case from a tip.

    Raises:
        NoProtectionDesk: nobody protects people here.
        NobodyMayRead: everybody at both desks belongs to an excluded unit.
    """
    if not has_protection(directory):
        raise NoProtectionDesk
    excluded = excluded_units(directory, exclude)
    if not directory.desks[PROTECTION].is_wholly_excluded(excluded):
        return Route((PROTECTION,), tuple(sorted(excluded)))
    if directory.desks[INTEGRITY].is_wholly_excluded(excluded):
        raise NobodyMayRead
    return Route((INTEGRITY, PROTECTION), tuple(sorted(excluded)))


def protects(route: Route) -> bool:
    """Whether this is the route of a protection case, and not of a tip."""
    return PROTECTION in route.desks


def desk_of(route: Route, stands_at: str = "") -> DeskId:
    """The desk in whose list a tip stands: the one above, once it is among those that may read.

    A protection case stays with the desk that protects when the one above is told of it: whoever knows the
    person must not lose them then. It stands above where it began there, because nobody else may read it.

    Args:
        stands_at: the desk in whose list it stands now; "" for none yet.
    """
    if protects(route) and stands_at == PROTECTION:
        return PROTECTION
    return INTEGRITY if INTEGRITY in route.desks else DeskId(route.desks[0])


def excluded_units(directory: Directory, named: Iterable[UnitId]) -> frozenset[UnitId]:
    """The named units with everything above them inside the township."""
    found: frozenset[UnitId] = frozenset()
    for unit in named:
        found |= directory.with_superiors(unit)
    return found
