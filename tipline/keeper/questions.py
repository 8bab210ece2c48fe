"""What the keeper answers without a statement: where tips stand, what may go, numbers; nothing of a tip."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from tipline.database import Database
from tipline.keeper.answering import Operation
from tipline.keeper.answers import Answers
from tipline.keeper.expiry import expiring
from tipline.keeper.fields import read_ids, read_text
from tipline.keeper.figures import count, open_then
from tipline.keeper.kept_time import KeptTime
from tipline.keeper.pins import read_letters, read_standings
from tipline.keeper.rules.cards import known_groups
from tipline.keeper.snapshots import look
from tipline.keeper.writer import Writer
from tipline.keeper_client.figures import LoggedFigures

MAX_STATES: Final = 5_000  # tips in one question


class Questions:
    """Looks at what the log says now. A keeper that has stopped answers none of it."""

    def __init__(self, database: Database, writer: Writer, answers: Answers, clock: KeptTime) -> None:
        self._database = database
        self._writer = writer
        self._answers = answers
        self._clock = clock
        self._figures: tuple[date, LoggedFigures] | None = None

    def operations(self) -> Mapping[str, Operation]:
        """What each operation's name does."""
        return {
            "states": self._states,
            "standings": self._standings,
            "expiring": self._expiring,
            "letters": self._letters,
            "figures": self._count,
            "groups": self._groups,
        }

    def _states(self, request: Mapping[str, Any]) -> dict[str, Any]:
        tips = read_ids(request, "tips", most=MAX_STATES)
        standings = look(self._writer, self._database, lambda _, rows: read_standings(rows, tips))
        return {
            "states": {
                tip.hex(): {
                    "desks": list(standing.route.desks),
                    "excluded": sorted(standing.route.excluded),
                    "claim": standing.claim.hex(),
                    "case": standing.case.to_fields(),
                }
                for tip, standing in standings.items()
            }
        }

    def _standings(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What the reporters of these tips may know of them now: records that were lost, made again."""
        tips, last = read_ids(request, "tips", most=MAX_STATES), self._writer.published.size - 1
        standings = look(self._writer, self._database, lambda _, rows: read_standings(rows, tips))
        return {"records": self._answers.restated(standings, last, self._clock.today())}

    def _expiring(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Closed tips that may go today, after an id, and the day on which each could first go."""
        after = b"".join(read_ids(request, "after", most=1))
        today, clocks = self._clock.today(), self._writer.memory.roster.clocks
        found = look(
            self._writer,
            self._database,
            lambda connection, rows: expiring(connection, rows, after, today, clocks),
        )
        return {
            "tips": [[tip.hex(), until.isoformat()] for tip, until in found.tips],
            "last": found.last.hex(),
        }

    def _letters(self, request: Mapping[str, Any]) -> dict[str, Any]:
        year, desk = self._clock.today().year, read_text(request, "desk")
        sent = look(self._writer, self._database, lambda _, rows: read_letters(rows, year, desk))
        return {"next": f"{year}-{sent + 1}"}

    def _groups(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        desks = sorted(self._writer.memory.roster.desks)
        groups = look(
            self._writer, self._database, lambda connection, rows: known_groups(connection, rows, desks)
        )
        return {"groups": groups}

    def _count(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """Counts up to the end of last week, made once a day, and what has changed since."""
        today, current = self._clock.today(), self._figures
        _ = self._writer.memory  # refuses when rolled back
        with self._database.reading() as session:
            if current is None or current[0] != today:
                current = (today, count(session.connection(), today))
                self._figures = current
            changed = open_then(session.connection(), today)
        return replace(current[1], open_then=changed).to_fields()
