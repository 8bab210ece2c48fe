"""What the admin site may ask of the keeper. Nothing is handed out before its proofs were checked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from crypto.errors import BadFormat, CryptoError
from crypto.log_keys import LogVerifier, open_following
from crypto.notes import Checkpoint, NoteVerifier, open_json
from crypto.policies import Route
from crypto.statements import Statement
from tipline.keeper_client.alerting import AlertQuestions
from tipline.keeper_client.cases import read_group, read_looked, read_route, records_of
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.disclosures import Disclosures
from tipline.keeper_client.entries import entries_request, read_bytes, read_hashes, read_objects
from tipline.keeper_client.errors import (
    EntryNotProven,
    KeeperLied,
    KeeperRolledBack,
    KeeperStopped,
    Refused,
)
from tipline.keeper_client.evidence import ProofQuestions
from tipline.keeper_client.frames import to_text
from tipline.keeper_client.heads import HeadQuestions, Heads
from tipline.keeper_client.histories import Histories
from tipline.keeper_client.interference import Register
from tipline.keeper_client.inventory import HeldItems
from tipline.keeper_client.known import KnownSigners
from tipline.keeper_client.log_keys import OPERATION as LOG_KEYS
from tipline.keeper_client.log_keys import LogKeys
from tipline.keeper_client.looking_up import LookUps
from tipline.keeper_client.paying import PayDesk
from tipline.keeper_client.questions import Questions
from tipline.keeper_client.reasons import Reason
from tipline.keeper_client.records import RECORDED, STANDING_TYPES, record_body
from tipline.keeper_client.rewards import Rewards
from tipline.keeper_client.roster import RosterCopy
from tipline.keeper_client.seen import SeenFile
from tipline.keeper_client.trust import Proven, Trust
from tipline.keeper_client.types import Appended, EntryPage, Listing, Looked, Row, SlipRequest
from tipline.roster import Member, Roster

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


class AdminKeeper(Questions):
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
        self._seen = seen
        super().__init__(Connections(socket, timeout), LogKeys(log_key, self._ask_log_keys))
        self._log_key = self._keys.verifier
        self._trust = Trust(self._keys, seen, self._ask_consistency)
        self._heads = HeadQuestions(
            self._connections, self._log_key, self._trust, seen, self._ask_consistency
        )
        self._followed = seen.followed
        self._roster = RosterCopy(self._log_key)
        self._histories = Histories()

    @property
    def log_key(self) -> LogVerifier:
        """The log's key, and those after it as far as this site has met them."""
        return self._log_key

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._connections.close()

    def signed_checkpoint(self) -> tuple[Checkpoint, bytes]:
        """The last published checkpoint, and its note under both of the log's keys."""
        seen = self._trust.seen_size()
        answer = self._connections.ask({"op": "signed-checkpoint", "seen": seen})
        return self._trust.checkpoint(answer, seen), read_bytes(answer["checkpoint"])

    def directory(self) -> bytes:
        """The signed directory as it is now."""
        note = read_bytes(self._connections.ask({"op": "directory"}).get("directory"))
        try:
            version = open_following(note, self._log_key)["version"]
        except (CryptoError, KeyError) as error:
            raise KeeperLied("the directory is not signed by the log") from error
        if type(version) is not int:
            raise KeeperLied("the directory has no version")
        self._seen.advance_directory(version)
        return note

    def roster(self) -> Roster:
        """The roster as it is now, replayed from entries that were proved; only what is new is asked for.

        A log that was set back is followed here, once two members whom this site knows acknowledged it.
        """
        self._begin_anew()
        try:
            roster = self._roster.current(self._ask_roster)
        except KeeperRolledBack:
            self._heads.follow()
            self._begin_anew()
            roster = self._roster.current(self._ask_roster)
        self._seen.remember(KnownSigners.of(roster))
        return roster

    def found_roster(self) -> Roster:
        """The roster of the log that the keeper finds, for those who decide whether it shall go on.

        Where what it finds is no log, the one that was proved last: there is nothing to decide then.
        """
        try:
            return self._heads.known_roster()
        except KeeperStopped:
            last = self._roster.last
            if last is None:
                raise
            return last

    def heads(self) -> Heads | None:
        """The two heads that somebody must decide about; None while the log goes on."""
        return self._heads.heads()

    def acknowledge(self, statement: Statement) -> Appended:
        """Have an acknowledgement logged by a keeper that may have stopped; then this site follows it.

        Raises:
            KeeperRolledBack: it was logged, and is none that this site follows.
        """
        # A keeper that was set back unseen knows nothing of the head that was lost: this site proves it.
        proof = {"note": to_text(self._seen.checkpoint)}
        request = {"op": "append", "statement": to_text(statement.encode()), "slip": "", "seen": 0, **proof}
        index = self._connections.ask(request).get("index")
        self.roster()
        if type(index) is not int:
            raise KeeperLied("an answer names no index")
        return Appended(index)

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
        proven, answer = self._logged("enter", statement, {"slips": [each.to_frame() for each in slips]})
        return Appended(proven.index, self._record(answer, proven, statement))

    def release(self, statement: Statement, slips: Sequence[SlipRequest]) -> Release:
        """Have a reading logged, and the keeper's lock taken off the slips of its items, in their order."""
        proven, answer = self._logged("release", statement, {"slips": [each.to_frame() for each in slips]})
        inner = answer.get("inner")
        if not isinstance(inner, list) or len(inner) != len(slips):
            raise KeeperLied("the answer holds another number of slips")
        opened = tuple(read_bytes(each) for each in inner)
        return Release(_ONLY_HERE, proven.index, opened, read_route(answer.get("route")))

    def list_cards(self, statement: Statement, slips: Sequence[SlipRequest]) -> Listing:
        """Have a list logged; what this member may not have is left out of the answer."""
        proven, answer = self._logged("list", statement, {"slips": [each.to_frame() for each in slips]})
        inner, groups, routes = answer.get("inner"), answer.get("groups"), answer.get("routes")
        if not isinstance(inner, dict) or not isinstance(groups, list) or not isinstance(routes, dict):
            raise KeeperLied("the answer holds no cards")
        stated = {named["item"] for named in statement.body["items"]}
        if inner.keys() != stated - set(proven.entry.withheld) or routes.keys() != inner.keys():
            raise KeeperLied("the answer holds other cards than its entry says")
        return Listing(
            proven.index,
            tuple(read_group(group) for group in groups),
            {item: read_bytes(each) for item, each in inner.items()},
            {item: read_route(each) for item, each in routes.items()},
        )

    def entries(self, audit: Statement, first: int, count: int) -> EntryPage:
        """Entries under an audit statement that was logged before: `count`, or as many as it covers."""
        stop = first + count
        if audit.body["type"] == "audit":
            stop = min(stop, audit.body["first"] + audit.body["count"])
        found: list[Row] = []
        while True:
            start = first + len(found)
            rows, size = self._ask_entries(audit.digest, start, max(stop - start, 1))
            found += rows
            if not rows or start + len(rows) >= min(stop, size):
                return EntryPage(tuple(found), self._seen.checkpoint)

    def history(self, reading: Statement) -> list[Proven]:
        """The done entries about the tip of a reading that was logged in the last ten minutes, in order.

        Of its readings the latest only. What was proved before is not asked for again.
        """
        tip = str(reading.body.get("tip", ""))
        found = list(self._histories.of(tip))
        while True:
            seen = self._trust.seen_size()
            after = found[-1].index if found else -1
            request = {"op": "history", "statement": reading.digest, "after": after, "seen": seen}
            answer = self._connections.ask(request)
            checkpoint = self._trust.checkpoint(answer, seen)
            rows = [self._trust.entry(row, checkpoint) for row in read_objects(answer, "rows")]
            if rows and rows[0].index <= after:
                raise KeeperLied("the answer holds other entries than were asked for")
            found += rows
            if answer.get("more") is not True:
                return self._histories.keep(tip, found)
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
            "slips": [each.to_frame() for each in slips],
            "days": [day.isoformat() for day in days],
            "tips": list(tips),
        }
        return self._looked(request)

    def erase(self, tips: Iterable[str]) -> Looked:
        """Have it logged that tips go whose time is over."""
        return self._looked({"op": "erase", "tips": sorted(tips)})

    @property
    def held(self) -> HeldItems:
        """The nightly list of what is held."""
        return HeldItems(self._connections, self._keys)

    @property
    def look_ups(self) -> LookUps:
        """What auditors ask of the log."""
        return LookUps(self._connections, self._trust, self._roster, self._ask_roster)

    @property
    def alerts(self) -> AlertQuestions:
        """What auditors ask of alerts."""
        return AlertQuestions(self._connections, self._trust)

    @property
    def disclosures(self) -> Disclosures:
        """Opening an identity, and how requests for it stand."""
        return Disclosures(self._connections, self._keys, self._logged)

    @property
    def paying(self) -> PayDesk:
        """The pay desk."""
        return PayDesk(self._connections, self._logged)

    @property
    def rewards(self) -> Rewards:
        """Awards, budgets and mint keys, and what mailboxes are told."""
        return Rewards(self._connections, self._keys, self._looked)

    @property
    def interference(self) -> Register:
        """What the member at hand may know of the interference register."""
        return Register(self._connections, self._trust)

    @property
    def proofs(self) -> ProofQuestions:
        """What an evidence pack is proved with."""
        return ProofQuestions(
            self._connections, self._trust, self._logged, self._ask_roster, self._ask_consistency
        )

    def checkpoint(self) -> bytes:
        """The log's signed checkpoint as it is now, or a later one that was seen meanwhile."""
        seen = self._trust.seen_size()
        self._trust.checkpoint(self._connections.ask({"op": "checkpoint", "seen": seen}), seen)
        return self._seen.checkpoint

    def _begin_anew(self) -> None:
        """Forget what was built from a log that was set back, when a worker of this site has followed it."""
        followed = self._seen.followed
        if followed != self._followed:
            self._trust = Trust(self._keys, self._seen, self._ask_consistency)
            self._roster, self._histories = RosterCopy(self._log_key), Histories()
            self._followed = followed

    def _logged(
        self, op: str, statement: Statement, more: Mapping[str, Any]
    ) -> tuple[Proven, Mapping[str, Any]]:
        seen = self._trust.seen_size()
        request = {"op": op, "statement": to_text(statement.encode()), "seen": seen, **more}
        answer = self._connections.ask(request)
        return self._trust.done(answer, seen, statement), answer

    def _looked(self, request: Mapping[str, Any]) -> Looked:
        answer = self._connections.ask(request)
        return self._keys.following(partial(read_looked, answer, self._log_key))

    def _record(self, answer: Mapping[str, Any], proven: Proven, statement: Statement) -> bytes:
        """The signed record, which must say what the entry says."""
        note = read_bytes(answer.get("record"))
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
        rows = read_objects(answer, "rows")
        return [self._trust.entry(row, checkpoint) for row in rows], answer.get("more") is True

    def _ask_entries(self, digest: str, first: int, count: int) -> tuple[list[Row], int]:
        seen = self._trust.seen_size()
        answer = self._connections.ask(entries_request(digest, first, count, seen, proofs=1))
        checkpoint = self._trust.checkpoint(answer, seen)
        told = read_objects(answer, "rows")
        for index, row in enumerate(told, first):  # before the proofs: what is gone is named itself
            if row.get("index") != index:
                raise EntryNotProven(index)
        rows = [self._trust.row(row, checkpoint) for row in told]
        if len(rows) > count:
            raise KeeperLied("the answer holds other entries than were asked for")
        return rows, checkpoint.size

    def _ask_log_keys(self) -> Mapping[str, Any]:
        return self._connections.ask({"op": LOG_KEYS, "seen": 0})

    def _ask_consistency(self, old: int, new: int) -> list[bytes]:
        try:
            answer = self._connections.ask({"op": "consistency", "old": old, "new": new})
        except Refused as refused:
            raise KeeperRolledBack("the log does not reach as far as was seen before") from refused
        return read_hashes(answer, "consistency")


def _day(proven: Proven) -> str:
    """The UTC day of an entry, ISO."""
    return datetime.fromtimestamp(proven.entry.at, UTC).date().isoformat()
