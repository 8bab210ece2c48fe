"""The keeper: what each operation on its sockets does. `server` carries the frames."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Any, Final

from crypto.errors import BadFormat
from crypto.mldsa import MldsaSigningKey
from crypto.notes import sign_json
from crypto.statements import MAX_ENTRY
from tipline.database import Database
from tipline.keeper.alerting.answering import Alerting
from tipline.keeper.answering import Operation, answered
from tipline.keeper.answers import Answers, hashes_to_text, plain_rows
from tipline.keeper.asked import (
    APPEND,
    CLOCKS,
    DISCLOSE,
    ENTER,
    ERASE,
    EXPORT,
    FORGET,
    LIST,
    PAY,
    RELEASE,
    UNLOCK,
    VIEW,
    Asked,
    Settled,
    prepare,
)
from tipline.keeper.batch import Declined, Examiner, Looked, Outcome
from tipline.keeper.clockwork import AT_ONCE
from tipline.keeper.daily import TipsWalk
from tipline.keeper.digests.seal import RowSeal
from tipline.keeper.disclosing.answering import Disclosing
from tipline.keeper.errors import Refusal, Unavailable
from tipline.keeper.fields import (
    read_bytes,
    read_days,
    read_ids,
    read_list,
    read_number,
    read_slips,
    read_text,
)
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.granting import find_grant, require_still
from tipline.keeper.head_answers import HeadAnswers
from tipline.keeper.inventory.service import Inventory
from tipline.keeper.kept_time import KeptTime
from tipline.keeper.line import settled
from tipline.keeper.log import Log, Published, Row
from tipline.keeper.looking_up import LookUps
from tipline.keeper.publishing import Publishing
from tipline.keeper.questions import MAX_STATES, Questions
from tipline.keeper.registering.answering import Registering
from tipline.keeper.release import SlipFrame, open_slips, read_put_back
from tipline.keeper.rewards.answering import Rewarding
from tipline.keeper.rewards.cash import Cash
from tipline.keeper.rewards.memory import InMemory
from tipline.keeper.server import Finish
from tipline.keeper.shapes import MAX_LISTED
from tipline.keeper.snapshots import look
from tipline.keeper.state import Grant
from tipline.keeper.succession import LogSigner
from tipline.keeper.witnessing.asking import Asking
from tipline.keeper.witnessing.health import Health
from tipline.keeper.writer import Writer
from tipline.keeper_client.frames import to_text
from tipline.keeper_client.reasons import Reason
from tipline.roster.rules import KEEPER

REQUESTS_PER_MINUTE: Final = 300
MAX_ROWS: Final = 256  # entries in one answer
MAX_ROW_BYTES: Final = 2 * 1024 * 1024


class Keeper:
    """One keeper: its keys, its log, its writer, and the operations of its sockets."""

    def __init__(
        self,
        folder: KeeperFolder,
        database: Database,
        origin: str,
        clock: KeptTime,
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
        self._signer = LogSigner(origin, keys.log_key, keys.chain)
        self._log = Log(database)
        self._answers = Answers(self._log, self._signer, keys.identity)
        examiner = Examiner(keys.log_key, requests_per_minute)
        self.writer = Writer(self._log, folder, self._signer, RowSeal(keys.identity), examiner, clock)
        self._directory: tuple[tuple[int, date], bytes] | None = None
        self._take_up_rooms(folder, keys.log_pq)
        self._operations = self._table()
        self.ending = threading.Event()
        """Set when the operator wants this process to end; whoever watches over it starts another."""

    def _take_up_rooms(self, folder: KeeperFolder, log_pq: MldsaSigningKey) -> None:
        """Whoever answers one kind of question each, and who asks the witnesses."""
        database, clock, signer = self._database, self._clock, self._signer
        self._walk = TipsWalk(self.writer, database, clock)
        self._questions = Questions(database, self.writer, self._answers, clock)
        self._disclosing = Disclosing(database, self.writer, self._signer, clock)
        self._inventory = Inventory(self._log, self._identity, self.writer, signer, clock)
        self._heads = HeadAnswers(self.writer, self._log, self._proven)
        self._publishing = Publishing(
            self.writer, self._log, self._answers, signer.name, log_pq, self._proven
        )
        self._alerting = Alerting(
            database, self._log, self.writer, self._answers, self._member_grant, self._proven
        )
        self._registering = Registering(database, self._log, self.writer, self._answers, clock, self._proven)
        self._look_ups = LookUps(
            database, self._log, self.writer, self._answers, self._member_grant, self._proven
        )
        self.witnesses = Asking(self.writer, self._publishing, self._log, database, signer.verifier, clock)
        """Asks them once it is started."""
        self._health = Health(self.writer, database, folder, clock)
        self.rewards = InMemory(self.writer, database, self._log, clock)  # it is started by who serves
        self._cash = Cash(folder, database, self.writer, self._identity, signer, clock, self.rewards)
        due = self._cash.keys.make_due
        self._rewarding = Rewarding(database, self.writer, self._answers, signer, clock, due, self.rewards)

    def _table(self) -> Mapping[str, Operation]:
        """What each operation's name on the admin site's socket does."""
        return {
            "hello": self._hello,
            "directory": self._signed_directory,
            "roster": self._roster,
            "append": self._append,
            "enter": partial(self._with_slips, ENTER, MAX_LISTED),
            "release": partial(self._with_slips, RELEASE, MAX_LISTED),
            "list": partial(self._with_slips, LIST, MAX_LISTED),
            "disclose": partial(self._with_slips, DISCLOSE, 1),
            "unlock": partial(self._with_slips, UNLOCK, 1),
            "view": self._view,
            "pay": self._pay,
            "entries": self._entries,
            "checkpoint": self._checkpoint,
            "signed-checkpoint": self._publishing.answer_note,
            "log-keys": self._publishing.answer_links,
            "consistency": self._consistency,
            "proof": self._proof,
            "inclusions": self._inclusions,
            "history": self._history,
            "clocks": self._clocks,
            "erase": self._erase,
            "forget": self._forget,
            "heads": self._heads.heads,
            "health": self._health.answer,
            "cosigned": self._health.answer_notes,
            "cosignatures": self._health.answer_between,
            "stamps": self._health.answer_stamps,
            "found-roster": self._heads.found_roster,
            **self._questions.operations(),
            **self._inventory.operations(),
            **self._look_ups.operations(),
            **self._alerting.operations(),
            **self._disclosing.operations(),
            **self._registering.operations(),
            **self._rewarding.operations(),
            **self._cash.operations(),
        }

    def answer_admin(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the admin site."""
        return answered(self._operations.get(str(request.get("op"))), request, self.writer)

    def published_note(self) -> bytes:
        """The last published checkpoint, under both of the log's keys.

        Raises:
            Unavailable: none may leave now.
        """
        return self._publishing.note()

    def take_up(self, request: Mapping[str, Any], later: Callable[[Finish], None]) -> bool:
        """Begin an `append`, which only waits for the log: `later` is handed what makes the answer.

        False when it is no such request, or one that can be answered at once; then nothing was begun.
        """
        if request.get("op") != APPEND:
            return False
        try:
            asked, seen = self._asked(request, APPEND, [], read_bytes(request, "slip"))
            self.writer.hand_in(asked, lambda outcome: later(partial(self._taken_up, asked, outcome, seen)))
        except (BadFormat, Unavailable):
            return False  # whoever answers finds the same, and says so
        return True

    def _taken_up(self, asked: Asked, outcome: Outcome | Unavailable, seen: int) -> dict[str, Any]:
        return answered(lambda _: self._made(asked, settled(outcome), seen), {}, self.writer)

    def answer_operator(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the operator, who may take the whole log out, and end this process to have it started anew.

        No site can: it would need no member for it, so that whoever holds a site would hold the log.
        """
        operations = {
            "export": self._export,
            "entries": self._exported,
            "consistency": self._consistency,
            "heads": self._heads.heads,
            "found-roster": self._heads.found_roster,
            "log-keys": self._publishing.answer_links,
            "signed-checkpoint": self._publishing.answer_note,
            "cosigned": self._health.answer_notes,
            "start-anew": self._end,
        }
        return answered(operations.get(str(request.get("op"))), request, self.writer)

    def answer_public(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the public site: `mint` and `redeem`."""
        return answered(self._cash.public_operation(str(request.get("op"))), request, self.writer)

    def _end(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        self.ending.set()
        return {}

    def _hello(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        return {"log": self._signer.name, "vkey": self._signer.verifier.vkey}

    def _append(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._submit(request, APPEND, [], read_bytes(request, "slip"))

    def _with_slips(self, op: str, most: int, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._submit(request, op, read_slips(request, most=most), b"")

    def _view(self, request: Mapping[str, Any]) -> dict[str, Any]:
        asked, seen = self._asked(request, VIEW, [], b"")
        put_back = read_put_back(read_bytes(request, "put_back"), self._identity)
        return self._logged(replace(asked, put_back=put_back), seen)

    def _pay(self, request: Mapping[str, Any]) -> dict[str, Any]:
        asked, seen = self._asked(request, PAY, [], b"")
        return self._logged(replace(asked, pickup=self._cash.typed(request)), seen)

    def _submit(
        self, request: Mapping[str, Any], op: str, slips: list[SlipFrame], card_key: bytes
    ) -> dict[str, Any]:
        return self._logged(*self._asked(request, op, slips, card_key))

    def _asked(
        self, request: Mapping[str, Any], op: str, slips: list[SlipFrame], card_key: bytes
    ) -> tuple[Asked, int]:
        statement, seen = read_bytes(request, "statement"), read_number(request, "seen")
        asked = prepare(op, statement, slips, card_key, self._identity, self.writer.roster)
        asked = self._cash.with_list(asked)
        return (replace(asked, note=read_bytes(request, "note")) if "note" in request else asked), seen

    def _export(self, request: Mapping[str, Any]) -> dict[str, Any]:
        return self._logged(Asked(EXPORT), read_number(request, "seen"))

    def _logged(self, asked: Asked, seen: int) -> dict[str, Any]:
        return self._made(asked, self.writer.submit(asked), seen)

    def _made(self, asked: Asked, outcome: Outcome, seen: int) -> dict[str, Any]:
        if isinstance(outcome, Declined):
            raise Refusal(outcome.reason, outcome.index)
        if isinstance(outcome, Settled):
            return dict(outcome.answer)
        if isinstance(outcome, Looked):
            return self._answers.looked(outcome)
        return self._answers.done(asked.op, outcome, self.writer.published, seen)

    def _signed_directory(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        roster, today = self.writer.memory.roster, self._clock.today()
        wanted = (roster.version, today)
        current = self._directory
        if current is None or current[0] != wanted:
            genesis = sha256(self._log.rows(0, 1, max_bytes=1)[0][2]).hexdigest()
            crowds, counted = self._rewarding.crowds(today)
            body = roster.directory_body(genesis, today, self._publishing.links(), crowds)
            current = (wanted, sign_json(body, self._signer))
            self._directory = current if counted else None
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
        return self._handed_out(self._member_grant(request), request)

    def _exported(self, request: Mapping[str, Any]) -> dict[str, Any]:
        grant = find_grant(self.writer.memory, read_text(request, "statement"), self._clock.unix())
        if grant.member != KEEPER:
            raise Refusal(Reason.NOT_ALLOWED)
        return self._handed_out(grant, request)

    def _member_grant(self, request: Mapping[str, Any]) -> Grant:
        """What a member's statement allows, if they would still be allowed it now."""
        memory = self.writer.memory
        grant = find_grant(memory, read_text(request, "statement"), self._clock.unix())
        look(
            self.writer,
            self._database,
            lambda _, rows: require_still(grant, memory.roster, self._clock.today(), rows),
        )
        return grant

    def _handed_out(self, grant: Grant, request: Mapping[str, Any]) -> dict[str, Any]:
        first, count = read_number(request, "first"), read_number(request, "count", least=1)
        if not grant.first <= first < grant.stop:
            raise Refusal(Reason.NOT_ALLOWED)
        published = self.writer.published
        stop = min(first + min(count, MAX_ROWS), grant.stop, published.size)
        rows = self._log.rows(first, max(stop - first, 0), max_bytes=MAX_ROW_BYTES)
        proven = self._proven(rows, published) if read_number(request, "proofs") else plain_rows(rows)
        return {"rows": proven, **self._answers.head(published, read_number(request, "seen"))}

    def _proven(self, rows: list[Row], published: Published) -> list[dict[str, Any]]:
        return [
            plain | {"proof": hashes_to_text(self._log.inclusion(plain["index"], published.size))}
            for plain in plain_rows(rows)
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

    def _inclusions(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Proofs of several entries under one size; hashes tell nothing of a statement."""
        size, indices = read_number(request, "size"), read_list(request, "indices", most=MAX_ROWS)
        if size > self.writer.published.size:
            raise Refusal(Reason.NOT_ALLOWED)
        if not all(type(index) is int and 0 <= index < size for index in indices):
            raise BadFormat("an index lies in the tree")
        return {"proofs": [hashes_to_text(self._log.inclusion(index, size)) for index in indices]}

    def _history(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The entries about one tip, for ten minutes after a reading of it, under its statement."""
        grant = self._member_grant(request)
        if not grant.tip:
            raise Refusal(Reason.NOT_ALLOWED)
        published = self.writer.published
        after, seen = read_number(request, "after", least=-1), read_number(request, "seen")
        rows = self._log.rows_about(grant.tip, after, published.size, MAX_ROWS, max_bytes=MAX_ROW_BYTES)
        # Fewer than an answer holds: there are no more. Otherwise the log is asked.
        full = len(rows) == MAX_ROWS or sum(len(entry) for _, _, entry in rows) > MAX_ROW_BYTES - MAX_ENTRY
        rest = full and self._log.rows_about(grant.tip, rows[-1][0], published.size, 1, max_bytes=1)
        return {
            "rows": self._proven(rows, published),
            "more": bool(rest),
            **self._answers.head(published, seen),
        }

    def _clocks(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Look at the clocks, with the slips of tips that nobody opened yet and the days they came on."""
        self.writer.require_right_time()
        frames, days = read_slips(request, most=MAX_LISTED), read_days(request, "days", most=MAX_LISTED)
        if len(frames) != len(days):
            raise BadFormat("a tip has one day")
        opened = open_slips(frames, self._identity)
        tips = tuple(read_ids(request, "tips", most=MAX_STATES))
        walked = () if opened else self._walk.go_on()
        asked = Asked(CLOCKS, slips=opened, arrived=tuple(days), tips=tips, walked=walked)
        return self._logged(asked, 0)

    def _erase(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self.writer.require_right_time()
        return self._logged(Asked(ERASE, tips=tuple(read_ids(request, "tips", most=AT_ONCE))), 0)

    def _forget(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """Forget some entries whose time is over; asked again until none is stated."""
        self.writer.require_right_time()
        return self._logged(Asked(FORGET), 0)
