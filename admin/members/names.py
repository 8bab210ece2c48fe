"""What members, units and desks are called, in the language of the page at hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import get_locale
from sqlalchemy.orm import Session

from admin.log.people import people
from admin.visit import Visit
from tipline.ids import DeskId, UnitId


def member_names(session: Session, visit: Visit) -> Mapping[str, str]:
    """The names of members by id, of those that the log knows too."""
    return {id_: one.name for id_, one in people(session, visit.roster).items() if one.trusted}


@dataclass(frozen=True)
class Names:
    """Names by id; what is unknown is called by its id."""

    members: Mapping[str, str]
    visit: Visit
    language: str

    @classmethod
    def of(cls, visit: Visit) -> "Names":
        """The names that a visit may see: only those that the log knows too."""
        with visit.services.database.reading() as session:
            members = member_names(session, visit)
        return cls(members, visit, "zh" if str(get_locale()).startswith("zh") else "en")

    def member(self, member: str) -> str:
        """A member's name."""
        return self.members.get(member, member)

    def unit(self, unit: str) -> str:
        """A unit's name."""
        known = self.visit.roster.units.get(UnitId(unit))
        return known.names[self.language] if known else unit

    def desk(self, desk: str) -> str:
        """A desk's name."""
        known = self.visit.roster.desks.get(DeskId(desk))
        return known.names[self.language] if known else desk

    def units(self, units: Iterable[str]) -> str:
        """Several units in one line."""
        return ("；" if self.language == "zh" else "; ").join(map(self.unit, units))
