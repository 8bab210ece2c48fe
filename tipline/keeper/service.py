"""The keeper: what each operation on its sockets does. `server` carries the frames."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any, Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crypto.errors import BadFormat, BadProof
from crypto.notes import NoteSigner, sign_json
from tipline.clock import Clock
from tipline.database import Database
from tipline.keeper.answers import Answers, hashes_to_text
from tipline.keeper.asked import APPEND, CLOCKS, ENTER, ERASE, EXPORT, LIST, RELEASE, Asked, prepare
from tipline.keeper.batch import NO_ENTRY, Declined, Examiner, Looked
from tipline.keeper.clockwork import AT_ONCE
from tipline.keeper.errors import Refusal, Unavailable
from tipline.keeper.expiry import expiring
from tipline.keeper.fields import read_bytes, read_ids, read_list, read_number, read_text
from tipline.keeper.figures import count, open_then
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.log import Log, Published, Row
from tipline.keeper.pins import read_letters, read_standings
from tipline.keeper.release import SlipFrame, open_slips
from tipline.keeper.rules.cards import known_groups
from tipline.keeper.shapes import MAX_LISTED
from tipline.keeper.writer import CANNOT_READ, Writer
from tipline.keeper_client.figures import LoggedFigures
from tipline.keeper_client.frames import to_text
from tipline.keeper_client.reasons import Reason

REQUESTS_PER_MINUTE: Final = 300
MAX_ROWS: Final = 256  # entries in one answer
MAX_ROW_BYTES: Final = 2 * 1024 * 1024
MAX_STATES: Final = 5_000  # tips in one question

Operation = Callable[[Mapping[str, Any]], dict[str, Any]]


class Keeper:
    """One keeper: its keys, its log, its writer, and the operations of both sockets."""

    def __init__(
        self,
        folder: KeeperFolder,
        database: Database,
        origin: str,
        clock: Clock,
        requests_per_minute: int = REQUESTS_PER_MINUTE,
    ) -> None:
        """Take up the keeper of a folder.

        Raises:
            KeyFilesUnsafe: a key file is missing, malformed or readable by others.
        """
        keys = folder.keys()
        self._identity = keys.identity
        self._clock = clock
        self._database = database
        self._signer = NoteSigner(origin, keys.log_key)
        self._log = Log(database)
        self._answers = Answers(self._log, self._signer, keys.identity)
        examiner = Examiner(keys.log_key, requests_per_minute)
        self.writer = Writer(self._log, folder, self._signer, examiner, clock)
        self._directory: tuple[tuple[int, date], bytes] | None = None
        self._figures: tuple[date, LoggedFigures] | None = None
        self._operations = self._table()

    def _table(self) -> Mapping[str, Operation]:
        """What each operation's name on the admin site's socket does."""
        return {
            "hello": self._hello,
            "directory": self._signed_directory,
            "roster": self._roster,
            "append": self._append,
            "enter": self._enter,
            "release": self._release,
            "list": self._list,
            "entries": self._entries,
            "checkpoint": self._checkpoint,
            "consistency": self._consistency,
            "proof": self._proof,
            "states": self._states,
            "standings": self._standings,
            "history": self._history,
            "clocks": self._clocks,
            "expiring": self._expiring,
            "erase": self._erase,
            "letters": self._letters,
            "figures": self._count,
            "groups": self._groups,
            "export": self._export,
        }

    def answer_admin(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the admin site."""
        return _answered(self._operations.get(str(request.get("op"))), request)

    def answer_public(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the public site, for which there is no operation yet."""
        return _answered(None, request)

    def _hello(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        return {"log": self._signer.name, "vkey": self._signer.verifier.vkey}

    def _append(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._submit(request, APPEND, [], read_bytes(request, "slip"))

    def _enter(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._submit(request, ENTER, _slips(request), b"")

    def _release(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._submit(request, RELEASE, _slips(request), b"")

    def _list(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._submit(request, LIST, _slips(request), b"")

    def _submit(
        self, request: Mapping[str, Any], op: str, slips: list[SlipFrame], card_key: bytes
    ) -> dict[str, Any]:
        statement, seen = read_bytes(request, "statement"), read_number(request, "seen")
        roster = self.writer.memory.roster
        return self._logged(prepare(op, statement, slips, card_key, self._identity, roster), seen)

    def _export(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._logged(Asked(EXPORT), read_number(request, "seen"))

    def _logged(self, asked: Asked, seen: int) -> dict[str, Any]:
        outcome = self.writer.submit(asked)
        if isinstance(outcome, Declined):
            raise Refusal(outcome.reason, outcome.index)
        if isinstance(outcome, Looked):
            return self._answers.looked(outcome)
        return self._answers.done(asked.op, outcome, self.writer.published, seen)

    def _signed_directory(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        roster, today = self.writer.memory.roster, self._clock.today()
        wanted = (roster.version, today)
        current = self._directory
        if current is None or current[0] != wanted:
            genesis = sha256(self._log.rows(0, 1, max_bytes=1)[0][2]).hexdigest()
            current = (wanted, sign_json(roster.directory_body(genesis, today), self._signer))
            self._directory = current
        return {"directory": to_text(current[1])}

    def _roster(self, request: Mapping[str, Any]) -> dict[str, Any]:
        after, seen = read_number(request, "after", least=-1), read_number(request, "seen")
        latest, published = self.writer.memory.roster.version, self.writer.published
        rows: list[Row] = []
        if after < latest:
            rows = self._log.roster_rows(after, published.size, MAX_ROWS, max_bytes=MAX_ROW_BYTES)
        more = bool(rows) and rows[-1][0] < min(latest, published.size - 1)
        return {"rows": self._proven(rows, published), "more": more, **self._answers.head(published, seen)}

    def _entries(self, request: Mapping[str, Any]) -> dict[str, Any]:
        grant = self.writer.memory.grants.get(read_text(request, "statement"))
        first, count = read_number(request, "first"), read_number(request, "count", least=1)
        if grant is None or self._clock.unix() > grant.until or not grant.first <= first < grant.stop:
            raise Refusal(Reason.NOT_ALLOWED)
        published = self.writer.published
        stop = min(first + min(count, MAX_ROWS), grant.stop, published.size)
        rows = self._log.rows(first, max(stop - first, 0), max_bytes=MAX_ROW_BYTES)
        proven = self._proven(rows, published) if read_number(request, "proofs") else _plain(rows)
        return {"rows": proven, **self._answers.head(published, read_number(request, "seen"))}

    def _proven(self, rows: list[Row], published: Published) -> list[dict[str, Any]]:
        return [
            plain | {"proof": hashes_to_text(self._log.inclusion(plain["index"], published.size))}
            for plain in _plain(rows)
        ]

    def _checkpoint(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._answers.head(self.writer.published, read_number(request, "seen"))

    def _consistency(self, request: Mapping[str, Any]) -> dict[str, Any]:
        old, new = read_number(request, "old"), read_number(request, "new")
        if not old <= new <= self.writer.published.size:
            raise Refusal(Reason.NOT_ALLOWED)
        return {"consistency": hashes_to_text(self._log.consistency(old, new))}

    def _proof(self, request: Mapping[str, Any]) -> dict[str, Any]:
        published, index = self.writer.published, read_number(request, "index")
        if index >= published.size:
            raise Refusal(Reason.NOT_ALLOWED)
        proof = hashes_to_text(self._log.inclusion(index, published.size))
        return {"proof": proof, **self._answers.head(published, read_number(request, "seen"))}

    def _states(self, request: Mapping[str, Any]) -> dict[str, Any]:
        tips = read_ids(request, "tips", most=MAX_STATES)
        _ = self.writer.memory  # refuses when rolled back
        with self._database.reading() as session:
            standings = read_standings(session.connection(), tips)
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
        tips, last = read_ids(request, "tips", most=MAX_STATES), self.writer.published.size - 1
        with self._database.reading() as session:
            standings = read_standings(session.connection(), tips)
        return {"records": self._answers.restated(standings, last, self._clock.today())}

    def _history(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The entries about one tip, for ten minutes after a reading of it, under its statement."""
        grant = self.writer.memory.grants.get(read_text(request, "statement"))
        if grant is None or not grant.tip or self._clock.unix() > grant.until:
            raise Refusal(Reason.NOT_ALLOWED)
        published = self.writer.published
        after, seen = read_number(request, "after", least=-1), read_number(request, "seen")
        rows = self._log.rows_about(grant.tip, after, published.size, MAX_ROWS, max_bytes=MAX_ROW_BYTES)
        rest = rows and self._log.rows_about(grant.tip, rows[-1][0], published.size, 1, max_bytes=1)
        return {
            "rows": self._proven(rows, published),
            "more": bool(rest),
            **self._answers.head(published, seen),
        }

    def _clocks(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Look at the clocks, with the slips of tips that nobody opened yet and the days they came on."""
        frames, days = _slips(request), read_list(request, "days", most=MAX_LISTED)
        if len(frames) != len(days):
            raise BadFormat("a tip has one day")
        opened = open_slips(frames, self._identity)
        tips = tuple(read_ids(request, "tips", most=MAX_STATES))
        return self._logged(Asked(CLOCKS, slips=opened, arrived=tuple(map(_day, days)), tips=tips), 0)

    def _expiring(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Closed tips that may go today, after an id, and the day on which each could first go."""
        after = b"".join(read_ids(request, "after", most=1))
        memory = self.writer.memory
        with self._database.reading() as session:
            found = expiring(session.connection(), after, self._clock.today(), memory.roster.clocks)
        return {
            "tips": [[tip.hex(), until.isoformat()] for tip, until in found.tips],
            "last": found.last.hex(),
        }

    def _erase(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._logged(Asked(ERASE, tips=tuple(read_ids(request, "tips", most=AT_ONCE))), 0)

    def _letters(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        year = self._clock.today().year
        _ = self.writer.memory  # refuses when rolled back
        with self._database.reading() as session:
            return {"next": f"{year}-{read_letters(session.connection(), year) + 1}"}

    def _groups(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        _ = self.writer.memory  # refuses when rolled back
        with self._database.reading() as session:
            return {"groups": known_groups(session.connection())}

    def _count(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """Counts up to the end of last week, made once a day, and what has changed since."""
        today, current = self._clock.today(), self._figures
        _ = self.writer.memory  # refuses when rolled back
        with self._database.reading() as session:
            if current is None or current[0] != today:
                current = (today, count(session.connection(), today))
                self._figures = current
            changed = open_then(session.connection(), today)
        return replace(current[1], open_then=changed).to_fields()


def _answered(operation: Operation | None, request: Mapping[str, Any]) -> dict[str, Any]:
    if operation is None:
        return {"refused": Reason.NOT_ALLOWED.value, "index": NO_ENTRY}
    try:
        return {"ok": operation(request)}
    except Refusal as refusal:
        return {"refused": refusal.reason.value, "index": refusal.index}
    except Unavailable as unavailable:
        return {"unavailable": str(unavailable)}
    except BadFormat:
        return {"refused": Reason.MALFORMED.value, "index": NO_ENTRY}
    except (DBAPIError, PoolTimeout, BadProof):  # BadProof: a stored node is missing
        return {"unavailable": CANNOT_READ}


def _slips(request: Mapping[str, Any]) -> list[SlipFrame]:
    frames = read_list(request, "slips", most=MAX_LISTED)
    if not all(isinstance(frame, dict) for frame in frames):
        raise BadFormat("a slip's frame is none")
    return [
        SlipFrame(read_bytes(frame, "slip"), read_text(frame, "kind"), read_bytes(frame, "claim_signature"))
        for frame in frames
    ]


def _day(value: object) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise BadFormat("a day is written year-month-day") from error


def _plain(rows: list[Row]) -> list[dict[str, Any]]:
    return [{"index": index, "salt": to_text(salt), "entry": to_text(entry)} for index, salt, entry in rows]
