"""What every staff page must say: all that is wrong with the log, its time, its witnesses, what is held."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from tipline.clock import Clock
from tipline.database import Database
from tipline.keeper.checking.outcome import ALARM as CHECK_FAILED
from tipline.keeper.checking.outcome import read_outcome
from tipline.keeper.errors import Unavailable
from tipline.keeper.fields import read_text
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.inventory.alarms import alarms as inventory_alarms
from tipline.keeper.rewards.money import alarms as money_alarms
from tipline.keeper.witnessing.proven import last_proven
from tipline.keeper.witnessing.standing import is_stopped, standing_of
from tipline.keeper.witnessing.stored import (
    Countersigned,
    Disagreement,
    notes_between,
    read_disagreements,
)
from tipline.keeper.writer import Writer
from tipline.roster import Roster
from tipline.stamps.folder import StampFolder

UNWITNESSED: Final = "unwitnessed"
DISAGREES: Final = "witness-disagrees"
STAMPS: Final = 5
"""Time stamps in one answer."""


class Health:
    """Answers `health`, `cosigned` and `cosignatures`; the first also while the keeper is stopped."""

    def __init__(self, writer: Writer, database: Database, folder: KeeperFolder, clock: Clock) -> None:
        self._writer = writer
        self._database = database
        self._folder = folder
        self._clock = clock

    def answer(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """All alarms, what each witness countersigned last, and who disagrees."""
        stopped = self._writer.stopped
        with self._database.reading() as session:
            connection, roster = session.connection(), self._roster()
            signed = self._proven(connection, roster)
            disagree = _disagreeing(connection, roster)
            told = [
                *self._writer.alarms(),
                *self._check(),
                *inventory_alarms(connection, self._clock.today()),
                *money_alarms(connection),
                *self._witnesses(connection, roster),
                *([DISAGREES] if disagree else []),
            ]
            reading_stopped = roster is not None and is_stopped(connection, roster, self._clock.unix())
        return {
            "alarms": told,
            "cosigned": [{"name": one.name, "size": one.size, "at": one.at} for one in signed],
            "heads": stopped.to_fields() if stopped else {},
            "disagree": [one.to_fields() for one in disagree],
            "stopped": stopped is not None or reading_stopped,
        }

    def answer_notes(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """The last countersigned note of each witness."""
        roster = self._writer.memory.roster
        with self._database.reading() as session:
            signed = self._proven(session.connection(), roster)
        return {
            "cosigned": [
                {
                    "name": one.name,
                    "size": one.size,
                    "at": one.at,
                    "note": base64.b64encode(one.note).decode("ascii"),
                }
                for one in signed
            ]
        }

    def answer_between(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The notes that are kept of one witness for some days: they prove themselves, or nothing."""
        name, since, until = (read_text(request, field) for field in ("witness", "since", "until"))
        with self._database.reading() as session:
            notes = notes_between(session.connection(), name, since, until)
        return {"notes": [base64.b64encode(note).decode("ascii") for note in notes]}

    def answer_stamps(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """The last heads that an outside service has stamped with a time."""
        stamped = StampFolder(self._folder.path).latest(STAMPS)
        return {"stamps": [[one.size, one.root, int(one.at.timestamp())] for one in stamped]}

    def _roster(self) -> Roster | None:
        try:
            return self._writer.roster
        except Unavailable:  # what is stored is no log
            return None

    def _check(self) -> list[str]:
        outcome = read_outcome(self._folder.path)
        return [CHECK_FAILED] if outcome is not None and outcome.fault else []

    def _proven(self, connection: Connection, roster: Roster | None) -> list[Countersigned]:
        return list(last_proven(connection, roster, self._clock.unix()).values()) if roster else []

    def _witnesses(self, connection: Connection, roster: Roster | None) -> list[str]:
        if roster is None or not standing_of(connection, roster, self._clock.unix()).late:
            return []
        return [UNWITNESSED]


def _disagreeing(connection: Connection, roster: Roster | None) -> list[Disagreement]:
    """Those of witnesses that still count; the others stay in the table as evidence."""
    return [
        one
        for one in read_disagreements(connection)
        if roster is not None and roster.witnesses.find(one.name)
    ]
