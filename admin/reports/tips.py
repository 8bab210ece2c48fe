"""The report on one tip: facts, verdict, and the entries they rest on with their leaf hashes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from admin.errors import NotFound
from admin.log.entries import LoggedEntry
from admin.log.listing import lines
from admin.log.rows import LogRow
from admin.members.names import Names
from admin.queue.service import handle
from admin.reports.asking import all_fitting
from admin.visit import Visit
from crypto.merkle import leaf_hash
from crypto.statements import commitment
from tipline.lookups.filters import Filter
from tipline.reports.facts import TipFacts, facts_of
from tipline.reports.verdict import Verdict, verdict_of


@dataclass(frozen=True)
class Line:
    """An entry as the report lists it, with its leaf hash (hex)."""

    row: LogRow
    leaf: str


@dataclass(frozen=True)
class Knower:
    """Somebody who read the tip: name, unit and desk as they are called now."""

    name: str
    unit: str
    desk: str
    index: int
    day: date
    readings: int


@dataclass(frozen=True)
class TipReport:
    """Everything that page and paper show. `checkpoint` is the signed one that the entries were proved by."""

    tip: str
    handle: str
    facts: TipFacts
    verdict: Verdict
    knew: Sequence[Knower]
    lines: Sequence[Line]
    total: int
    made_on: date
    checkpoint: str
    names: Names

    @property
    def is_umbrella(self) -> bool:
        """Whether the three clocks of an umbrella tip were started."""
        return bool(self.facts.umbrella)

    def called(self, member: str) -> str:
        """A member's name."""
        return self.names.member(member)


def tip_report(visit: Visit, tip: str) -> TipReport:
    """The report on a tip (32 hex digits), in the language of the page at hand; asking is an entry, too.

    Raises:
        NotFound: the log knows nothing of it.
        AuditRefused: this member may not see it.
        KeeperError: the keeper does not answer.
    """
    services, names = visit.services, Names.of(visit)
    today, clocks = services.clock.today(), visit.roster.clocks
    entries, total = all_fitting(visit, Filter(tip=tip))
    facts = facts_of(((one.index, one.entry) for one in entries), clocks, today)
    if facts is None:
        raise NotFound
    return TipReport(
        tip=tip,
        handle=handle(tip),
        facts=facts,
        verdict=verdict_of(facts, clocks),
        knew=[
            Knower(
                names.member(one.member),
                names.unit(visit.roster.member(one.member).unit),
                names.desk(one.desk),
                one.index,
                one.day,
                one.readings,
            )
            for one in facts.readers
        ],
        lines=_lines(visit, [one for one in entries if one.index in _shown(facts)]),
        total=total,
        made_on=today,
        checkpoint=services.seen.checkpoint.decode("utf-8"),
        names=names,
    )


def _shown(facts: TipFacts) -> set[int]:
    """Every step, and of the readings each member's first."""
    return {*facts.steps, *(one.index for one in facts.readers)}


def _lines(visit: Visit, entries: Sequence[LoggedEntry]) -> list[Line]:
    leaves = [leaf_hash(commitment(one.salt, one.data)).hex() for one in entries]
    return [Line(row, leaf) for row, leaf in zip(lines(visit, entries), leaves, strict=True)]
