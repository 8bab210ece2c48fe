"""What the admin site may ask of the keeper. Nothing is handed out before its proofs were checked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from crypto.errors import BadFormat, BadSignature, CryptoError
from crypto.notes import NoteVerifier, open_json
from crypto.policies import Route
from crypto.statements import Statement
from tipline.keeper_client.cases import read_expiring, read_looked, read_standings, read_view, records_of
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.errors import KeeperLied, KeeperRolledBack, Refused
from tipline.keeper_client.export import Export
from tipline.keeper_client.figures import LoggedFigures, read_figures
from tipline.keeper_client.frames import to_bytes, to_text
from tipline.keeper_client.reasons import Reason
from tipline.keeper_client.records import RECORDED, STANDING_TYPES, record_body
from tipline.keeper_client.roster import RosterCopy
from tipline.keeper_client.seen import SeenFile
from tipline.keeper_client.trust import Proven, Trust, read_hashes
from tipline.keeper_client.types import (
    Appended,
    CardGroup,
    EntryPage,
    ExpiringTips,
    Listing,
    Looked,
    Row,
    SlipRequest,
    TipView,
)
from tipline.roster import Member, Roster
from tipline.roster.rules import KEEPER

STATES_AT_ONCE: Final = 5_000

_ONLY_HERE: Final = object()


class Release:
    """What the keeper took its lock off, after it had logged why: inner slips in the statement's order.

    Only `AdminKeeper.release` makes one, so holding one means that the reading is in the log. `route` is the
    latest route of the tip.
    """

    def __init__(self, made_here: object, index: int, inner: tuple[bytes, ...], route: Route) -> None:
        if made_here is not _ONLY_HERE:
            raise TypeError("a Release is made by AdminKeeper.release alone")
        self.index = index
        self.inner = inner
        self.route = route

    def __repr__(self) -> str:
        return f"Release(index={self.index})"


class AdminKeeper:
    """The keeper, as the admin site sees it. One object serves all threads of a process.

    Every method raises KeeperUnavailable when the keeper does not answer in time, Refused with the
    keeper's reason, and KeeperLied when an answer does not prove itself.
    """

    def __init__(
        self, socket: Path, origin: str, log_key: NoteVerifier, seen: SeenFile, timeout: float = 5.0
    ) -> None:
        """Use the keeper's socket; nothing is asked yet. `timeout` is in seconds, for each question.

        Raises:
            BadFormat: the key is not that of the log of this name.
        """
        if log_key.name != origin:
            raise BadFormat("the key is of another log")
        self._log_key = log_key
        self._seen = seen
        self._connections = Connections(socket, timeout)
        self._trust = Trust(log_key, seen, self._ask_consistency)
        self._roster = RosterCopy(log_key)

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._connections.close()

    def directory(self) -> bytes:
        """The signed directory as it is now."""
        note = _to_bytes(self._connections.ask({"op": "directory"}).get("directory"))
        try:
            version = open_json(note, self._log_key)["version"]
        except (CryptoError, KeyError) as error:
            raise KeeperLied("the directory is not signed by the log") from error
        if type(version) is not int:
            raise KeeperLied("the directory has no version")
        self._seen.advance_directory(version)
        return note

    def roster(self) -> Roster:
        """The roster as it is now, replayed from entries that were proved; only what is new is asked for."""
        return self._roster.current(self._ask_roster)

    def member(self, member_id: str) -> Member:
        """An active member.

        Raises:
            Refused: unknown-member or removed-member.
        """
        member = self.roster().members.get(member_id)
        if member is None:
            raise Refused(Reason.UNKNOWN_MEMBER)
        if not member.active:
            raise Refused(Reason.REMOVED_MEMBER)
        return member

    def append(self, statement: Statement, slip: bytes = b"") -> Appended:
        """Have a statement logged; `slip` goes beside a card group's."""
        proven, answer = self._logged("append", statement, {"slip": to_text(slip)})
        kind = statement.body["type"]
        return Appended(
            proven.index,
            self._record(answer, proven, statement) if kind in RECORDED else b"",
            records_of(statement, proven.index, _day(proven), answer, self._log_key)
            if kind in STANDING_TYPES
            else {},
        )

    def enter(self, statement: Statement, slips: Sequence[SlipRequest]) -> Appended:
        """Have the entry of a tip logged; the slips of its items, in their order, tell its route."""
        proven, answer = self._logged("enter", statement, {"slips": _frames(slips)})
        return Appended(proven.index, self._record(answer, proven, statement))

    def release(self, statement: Statement, slips: Sequence[SlipRequest]) -> Release:
        """Have a reading logged, and the keeper's lock taken off the slips of its items, in their order."""
        proven, answer = self._logged("release", statement, {"slips": _frames(slips)})
        inner = answer.get("inner")
        if not isinstance(inner, list) or len(inner) != len(slips):
            raise KeeperLied("the answer holds another number of slips")
        opened = tuple(_to_bytes(each) for each in inner)
        return Release(_ONLY_HERE, proven.index, opened, _route(answer.get("route")))

    def list_cards(self, statement: Statement, slips: Sequence[SlipRequest]) -> Listing:
        """Have a list logged; what this member may not have is left out of the answer."""
        proven, answer = self._logged("list", statement, {"slips": _frames(slips)})
        inner, groups, routes = answer.get("inner"), answer.get("groups"), answer.get("routes")
        if not isinstance(inner, dict) or not isinstance(groups, list) or not isinstance(routes, dict):
            raise KeeperLied("the answer holds no cards")
        stated = {named["item"] for named in statement.body["items"]}
        if inner.keys() != stated - set(proven.entry.withheld) or routes.keys() != inner.keys():
            raise KeeperLied("the answer holds other cards than its entry says")
        return Listing(
            proven.index,
            tuple(_group(group) for group in groups),
            {item: _to_bytes(each) for item, each in inner.items()},
            {item: _route(each) for item, each in routes.items()},
        )

    def entries(self, audit: Statement, first: int, count: int) -> EntryPage:
        """Entries under an audit statement that was logged before: `count`, or as many as it covers."""
        stop = min(first + count, audit.body["first"] + audit.body["count"])
        found: list[Row] = []
        while True:
            start = first + len(found)
            rows, size = self._ask_entries(audit.digest, start, max(stop - start, 1))
            found += rows
            if not rows or start + len(rows) >= min(stop, size):
                return EntryPage(tuple(found), self._seen.checkpoint)

    def states(self, tips: Iterable[str]) -> Mapping[str, TipView]:
        """Where tips (32 hex digits each) stand; those the keeper has never seen are left out."""
        views: dict[str, TipView] = {}
        remaining = iter(tips)
        while some := list(islice(remaining, STATES_AT_ONCE)):
            states = self._connections.ask({"op": "states", "tips": some}).get("states")
            if not isinstance(states, dict):
                raise KeeperLied("the answer holds no states")
            views |= {tip: read_view(state) for tip, state in states.items()}
        return views

    def standings(self, tips: Iterable[str]) -> Mapping[str, bytes]:
        """Records of tips as they stand now, for where the last one was lost; see `states`."""
        records: dict[str, bytes] = {}
        remaining = iter(tips)
        while some := list(islice(remaining, STATES_AT_ONCE)):
            answer = self._connections.ask({"op": "standings", "tips": some})
            records |= read_standings(answer, self._log_key)
        return records

    def history(self, reading: Statement) -> list[Proven]:
        """The done entries about the tip of a reading that was logged in the last ten minutes, in order."""
        found: list[Proven] = []
        while True:
            seen = self._trust.seen_size()
            after = found[-1].index if found else -1
            request = {"op": "history", "statement": reading.digest, "after": after, "seen": seen}
            answer = self._connections.ask(request)
            checkpoint = self._trust.checkpoint(answer, seen)
            rows = [self._trust.entry(row, checkpoint) for row in _objects(answer, "rows")]
            if rows and rows[0].index <= after:
                raise KeeperLied("the answer holds other entries than were asked for")
            found += rows
            if answer.get("more") is not True:
                return found
            if not rows:
                raise KeeperLied("the answer promises more and brings nothing")

    def look_at_clocks(
        self, slips: Sequence[SlipRequest], days: Sequence[date], tips: Iterable[str]
    ) -> Looked:
        """Have the keeper take in tips that nobody opened yet, and state what is overdue.

        Args:
            slips: one of each such tip, of an item that its reporter signed.
            days: beside each the UTC day on which the tip came.
            tips: danger tips whose hour has passed.
        """
        request = {
            "op": "clocks",
            "slips": _frames(slips),
            "days": [day.isoformat() for day in days],
            "tips": list(tips),
        }
        return read_looked(self._connections.ask(request), self._log_key)

    def expiring(self, after: str = "") -> ExpiringTips:
        """Closed tips that may go today, from after a tip (32 hex digits) on."""
        return read_expiring(self._connections.ask({"op": "expiring", "after": [after] if after else []}))

    def erase(self, tips: Iterable[str]) -> Looked:
        """Have it logged that tips go whose time is over."""
        return read_looked(self._connections.ask({"op": "erase", "tips": sorted(tips)}), self._log_key)

    def next_letter(self) -> str:
        """The number of the next transfer, "year-count"."""
        number = self._connections.ask({"op": "letters"}).get("next")
        if not isinstance(number, str):
            raise KeeperLied("the answer names no number")
        return number

    def card_groups(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """Of every card group (32 hex digits) its desk, and the units that it excludes."""
        groups = self._connections.ask({"op": "groups"}).get("groups")
        try:
            return {
                group: (one["desk"], tuple(one["excluded"]))
                for group, one in groups.items()  # type: ignore[union-attr]  # checked by what follows
            }
        except (AttributeError, KeyError, TypeError) as error:
            raise KeeperLied("the answer names no card groups") from error

    def figures(self) -> LoggedFigures:
        """Counts of deadlines and outcomes, up to the end of last week."""
        return read_figures(self._connections.ask({"op": "figures"}))

    def checkpoint(self) -> bytes:
        """The log's signed checkpoint as it is now, or a later one that was seen meanwhile."""
        seen = self._trust.seen_size()
        self._trust.checkpoint(self._connections.ask({"op": "checkpoint", "seen": seen}), seen)
        return self._seen.checkpoint

    def export(self) -> Export:
        """All entries up to a checkpoint; the export is itself an entry, signed by the keeper."""
        seen = self._trust.seen_size()
        answer = self._connections.ask({"op": "export", "seen": seen})
        checkpoint = self._trust.checkpoint(answer, seen)
        statement = self._trust.entry(answer, checkpoint).entry.statement
        try:
            statement.verify({KEEPER: self._log_key.key})
        except BadSignature as error:
            raise KeeperLied("the export is not stated by the keeper") from error
        return Export(statement, checkpoint, _to_bytes(answer["checkpoint"]), self._plain_rows)

    def _logged(
        self, op: str, statement: Statement, more: Mapping[str, Any]
    ) -> tuple[Proven, Mapping[str, Any]]:
        seen = self._trust.seen_size()
        request = {"op": op, "statement": to_text(statement.encode()), "seen": seen, **more}
        answer = self._connections.ask(request)
        return self._trust.done(answer, seen, statement), answer

    def _record(self, answer: Mapping[str, Any], proven: Proven, statement: Statement) -> bytes:
        """The signed record, which must say what the entry says."""
        note = _to_bytes(answer.get("record"))
        try:
            record = open_json(note, self._log_key)
        except CryptoError as error:
            raise KeeperLied("the record is not signed by the log") from error
        if record != record_body(statement, proven.index, _day(proven)):
            raise KeeperLied("the record says something else than the entry")
        return note

    def _ask_roster(self, after: int) -> tuple[list[Proven], bool]:
        seen = self._trust.seen_size()
        answer = self._connections.ask({"op": "roster", "after": after, "seen": seen})
        checkpoint = self._trust.checkpoint(answer, seen)
        rows = _objects(answer, "rows")
        return [self._trust.entry(row, checkpoint) for row in rows], answer.get("more") is True

    def _ask_entries(self, digest: str, first: int, count: int) -> tuple[list[Row], int]:
        seen = self._trust.seen_size()
        answer = self._connections.ask(_entries_request(digest, first, count, seen, proofs=1))
        checkpoint = self._trust.checkpoint(answer, seen)
        proven = [self._trust.entry(row, checkpoint) for row in _objects(answer, "rows")]
        if [each.index for each in proven] != list(range(first, first + len(proven))) or len(proven) > count:
            raise KeeperLied("the answer holds other entries than were asked for")
        return [(each.index, each.salt, each.data) for each in proven], checkpoint.size

    def _plain_rows(self, digest: str, first: int, count: int) -> Iterator[Row]:
        """Entries without proofs: an export proves them together, at its end."""
        answer = self._connections.ask(_entries_request(digest, first, count, 0, proofs=0))
        for row in _objects(answer, "rows"):
            yield int(row["index"]), _to_bytes(row.get("salt")), _to_bytes(row.get("entry"))

    def _ask_consistency(self, old: int, new: int) -> list[bytes]:
        try:
            answer = self._connections.ask({"op": "consistency", "old": old, "new": new})
        except Refused as refused:
            raise KeeperRolledBack("the log does not reach as far as was seen before") from refused
        return read_hashes(answer, "consistency")


def _day(proven: Proven) -> str:
    """The UTC day of an entry, ISO."""
    return datetime.fromtimestamp(proven.entry.at, UTC).date().isoformat()


def _entries_request(digest: str, first: int, count: int, seen: int, *, proofs: int) -> dict[str, Any]:
    return {
        "op": "entries",
        "statement": digest,
        "first": first,
        "count": count,
        "seen": seen,
        "proofs": proofs,
    }


def _frames(slips: Sequence[SlipRequest]) -> list[dict[str, str]]:
    return [
        {"slip": to_text(each.slip), "kind": each.kind, "claim_signature": to_text(each.claim_signature)}
        for each in slips
    ]


def _objects(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    values = answer.get(name)
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise KeeperLied("an answer lacks a list")
    return values


def _group(value: object) -> CardGroup:
    if not isinstance(value, dict) or not isinstance(value.get("group"), str):
        raise KeeperLied("the answer holds no card group")
    excluded, epoch = value.get("excluded"), value.get("epoch")
    if not isinstance(excluded, list) or not all(isinstance(unit, str) for unit in excluded):
        raise KeeperLied("the answer holds no card group")
    if type(epoch) is not int:
        raise KeeperLied("the answer holds no card group")
    return CardGroup(value["group"], tuple(excluded), epoch, _to_bytes(value.get("inner")))


def _route(value: object) -> Route:
    try:
        if isinstance(value, dict):
            return Route(tuple(value["desks"]), tuple(value["excluded"]))
    except (BadFormat, KeyError, TypeError) as error:
        raise KeeperLied("the answer holds no route") from error
    raise KeeperLied("the answer holds no route")


def _to_bytes(value: object) -> bytes:
    try:
        return to_bytes(value)
    except BadFormat as error:
        raise KeeperLied("an answer lacks a field") from error
