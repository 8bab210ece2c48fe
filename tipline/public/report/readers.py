"""Who will read a report and who cannot, by name, in the visitor's language."""

from dataclasses import dataclass

from tipline.directory.types import Directory
from tipline.ids import INTAKE, DeskId, UnitId
from tipline.public.language import unit_language
from tipline.routing import Route


@dataclass(frozen=True)
class Readers:
    """The desks that a route names, and the units that it shuts out.

    `outside`: no desk of the township is among them.
    """

    desks: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    outside: bool = False


NOBODY_TO_NAME = Readers()


def readers_of(route: Route, directory: Directory) -> Readers:
    """Name the readers of a route."""
    speaks = unit_language()
    return Readers(
        desks=tuple(directory.desks[DeskId(desk)].names[speaks] for desk in route.desks),
        excluded=tuple(directory.units[UnitId(unit)].names[speaks] for unit in route.excluded),
        outside=INTAKE not in route.desks,
    )
