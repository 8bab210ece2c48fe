"""What the page of names shows: who stands marked now, and how they were written down before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from admin.readings.accused import NamesReading, names_chain
from admin.tip.errors import NoPurpose
from admin.tip.page import PURPOSES, TipPage
from admin.visit import Visit
from tipline.accused.record import AccusedPerson
from tipline.tips.purposes import Purpose


@dataclass(frozen=True)
class Earlier:
    """How a person was written down before, and the day (UTC) on which that was."""

    person: AccusedPerson = field(repr=False)
    day: date


@dataclass(frozen=True)
class ShownPerson:
    """A person as they stand now, with what stood before, the latest first."""

    person: AccusedPerson = field(repr=False)
    earlier: Sequence[Earlier] = field(repr=False)


@dataclass(frozen=True)
class NamesPage:
    """Names that were opened, who sees them under which entry of the log, and on which day (UTC)."""

    people: Sequence[ShownPerson] = field(repr=False)
    base: str
    purpose: Purpose
    reader: str
    index: int
    day: date

    @classmethod
    def of(cls, visit: Visit, reading: NamesReading, purpose: Purpose) -> "NamesPage":
        """The page of a reading."""
        people = [ShownPerson(one, _earlier(reading, one)) for one in reading.people]
        name, today = visit.session.member.name, visit.services.clock.today()
        return cls(people, reading.base, purpose, name, reading.index, today)


def find_purpose(text: str) -> Purpose:
    """One of the purposes for which a desk reads.

    Raises:
        NoPurpose: none of them.
    """
    for purpose in PURPOSES:
        if purpose.value == text:
            return purpose
    raise NoPurpose


def is_anybody_marked(visit: Visit, page: TipPage) -> bool:
    """Whether the tip has names to read; nothing is read for that."""
    services = visit.services
    with services.database.reading() as session:
        return bool(names_chain(session, page.id, page.tip.desk, services.log_key))


def _earlier(reading: NamesReading, now: AccusedPerson) -> list[Earlier]:
    found: list[Earlier] = []
    for version in reading.versions:
        was = next((one for one in version.people if one.number == now.number), None)
        if was is not None and (not found or found[-1].person != was):
            found.append(Earlier(was, version.day))
    return found[-2::-1]  # without the last, which stands now
