"""What one request becomes inside a batch: an entry, done or refused, or a refusal without one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from crypto.keys import SigningKey
from crypto.randomness import random_bytes
from crypto.statements import DONE, REFUSED, VERSION, Entry, Statement
from tipline.keeper import clockwork, forgetting
from tipline.keeper.alerting import stating as alerting
from tipline.keeper.alerting import window as alerting_window
from tipline.keeper.asked import CLOCKS, ERASE, EXPORT, FORGET, INVENTORY, REWARD_LOOK, Asked, Settled
from tipline.keeper.errors import Refusal
from tipline.keeper.inventory import stating
from tipline.keeper.log import Logged
from tipline.keeper.readable import is_readable, without_answers
from tipline.keeper.rewards import granting, looking
from tipline.keeper.rules.case import Granted
from tipline.keeper.rules.table import authenticate, carry_out, check_fresh
from tipline.keeper.state import Draft
from tipline.keeper.succession import LogSigner
from tipline.keeper_client.reasons import Reason
from tipline.lookups.facets import UNREADABLE
from tipline.roster import Roster
from tipline.roster.rules import KEEPER

NO_ENTRY: Final = -1
_HOUR: Final = 3_600
_NO_HOUR: Final = -1
NOBODY: Final = ""
"""All who did not prove who they are share one allowance."""


@dataclass(frozen=True)
class Done:
    """A done statement, where it stands, and what it earned."""

    statement: Statement
    logged: Logged
    at: int
    granted: Granted


@dataclass(frozen=True)
class Declined:
    """A refusal; `index` is `NO_ENTRY` when it is one of a flood."""

    reason: Reason
    index: int


@dataclass(frozen=True)
class Looked:
    """What the keeper stated by itself, in order."""

    done: tuple[Done, ...]


Outcome = Done | Declined | Looked | Settled


_BY_ITSELF: Final = {
    CLOCKS: clockwork.look,
    ERASE: clockwork.erase,
    INVENTORY: stating.state,
    FORGET: forgetting.forget,
    REWARD_LOOK: looking.look,
}


class Examiner:
    """Decides requests one by one against a draft. `limit` is requests of one member in a minute."""

    def __init__(self, log_key: SigningKey, limit: int) -> None:
        self._log_key = log_key
        self._limit = limit
        self._watched = _NO_HOUR  # the hour (since 1970) in which it was last looked for alerts

    def end_deputies(self, draft: Draft) -> None:
        """State that deputies whose day is over hold their desks no longer; comes before anything else.

        By the clock, not by the log's time, which stays ahead after a clock that was.
        """
        before = draft.roster
        for member, desk in draft.roster.deputies_over(draft.today):
            statement = self._own(draft, {"type": "lapse", "member": member.id, "desk": desk})
            draft.roster = draft.roster.apply(draft.growth.next_index, statement.body)
            _done(draft, statement, Granted())
        self._unassign(before, draft)

    def watch(self, draft: Draft, *, now: bool = False) -> None:
        """Look over the log for alerts, once an hour or `now`; comes before the batch's own entries.

        Whatever wants something from the keeper sets it off: no site can hold it back and go on reading.
        """
        hour = draft.now // _HOUR
        if hour == self._watched and not now:
            return
        for fields, granted in alerting.look(draft):
            _done(draft, self._own(draft, dict(fields)), granted)
        # One look has its bound; after a flood the next batch goes on, and not only the next hour.
        self._watched = _NO_HOUR if alerting_window.is_behind(draft.connection, draft.rows) else hour

    def decide(self, asked: Asked, draft: Draft) -> Outcome:
        """Carry a request out in the draft, and append its entry there."""
        if asked.settle is not None:
            return self._settle(asked.settle, draft)
        if asked.op == EXPORT or asked.op in _BY_ITSELF:
            return self._by_itself(asked, draft)
        try:
            statement = authenticate(asked, draft)
        except Refusal as refusal:
            # What perhaps nobody signed is logged as its digest: else anybody could write into the log.
            flooded = self._flooded(draft, NOBODY, lambda: self._unreadable(asked, draft))
            return flooded or _refused(draft, self._unreadable(asked, draft), refusal.reason)
        told = partial(self._told, asked, statement, draft)
        if flooded := self._flooded(draft, statement.signers[0], told):
            return flooded
        before = draft.roster
        try:
            check_fresh(statement, draft)
            granted = carry_out(asked, statement, draft)
        except Refusal as refusal:
            return _refused(draft, told(), refusal.reason)
        done = _done(draft, statement, granted)
        for fields, alerted in alerting.opened(statement, done.logged.index, draft):
            _done(draft, self._own(draft, dict(fields)), alerted)
        for fields, granted in granting.follows(statement, draft):
            _done(draft, self._own(draft, dict(fields)), granted)
        self._unassign(before, draft)
        return done

    def _unassign(self, before: Roster, draft: Draft) -> None:
        """State what tips are nobody's from now on, if the roster has changed."""
        if draft.roster is not before:
            for fields, granted in clockwork.unassigned(before, draft):
                _done(draft, self._own(draft, dict(fields)), granted)

    def _told(self, asked: Asked, statement: Statement, draft: Draft) -> Statement:
        """What is logged of a statement that is refused, though its signers are known."""
        if is_readable(statement.body):
            return without_answers(statement)
        return self._unreadable(asked, draft, statement.signers)

    def _flooded(self, draft: Draft, who: str, told: Callable[[], Statement]) -> Declined | None:
        """The first request over the limit has an entry, so that it is seen; the rest would fill the log."""
        over = draft.count(who) - self._limit
        if over <= 0:
            return None
        if over > 1:
            return Declined(Reason.TOO_MANY, NO_ENTRY)
        return _refused(draft, told(), Reason.TOO_MANY)

    def _export(self, draft: Draft) -> Outcome:
        root, size = draft.growth.root.hex(), draft.growth.next_index
        statement = self._own(draft, {"type": "export", "size": size, "root": root})
        if flooded := self._flooded(draft, KEEPER, lambda: statement):
            return flooded
        draft.grant(statement)
        return _done(draft, statement, Granted())

    def _by_itself(self, asked: Asked, draft: Draft) -> Outcome:
        if asked.op == EXPORT:
            return self._export(draft)
        self.watch(draft, now=asked.op == CLOCKS)
        try:
            stated = _BY_ITSELF[asked.op](asked, draft)
            return Looked(tuple(_done(draft, self._own(draft, dict(f)), granted) for f, granted in stated))
        except Refusal as refusal:
            return Declined(refusal.reason, NO_ENTRY)

    def _settle(self, settle: Callable[[Draft], Settled], draft: Draft) -> Outcome:
        """Let rows decide. A refusal has no entry either: the log would tell of a visit."""
        try:
            settled = settle(draft)
        except Refusal as refusal:
            return Declined(refusal.reason, NO_ENTRY)
        for fields in settled.stated:
            statement = self._own(draft, dict(fields))
            draft.roster = draft.roster.apply(draft.growth.next_index, statement.body)
            _done(draft, statement, Granted())
        return settled

    def _unreadable(self, asked: Asked, draft: Draft, members: Sequence[str] = ()) -> Statement:
        """The digest of what was sent; and the members, where they are known to have signed it."""
        signed = {"members": list(members)} if members else {}
        return self._own(draft, {"type": UNREADABLE, "digest": asked.digest, **signed})

    def _own(self, draft: Draft, fields: dict[str, object]) -> Statement:
        return own_statement(draft.roster.origin, draft.at, fields, self._log_key)


def follow_key(draft: Draft, signer: LogSigner) -> None:
    """State which key the log has now, where that is another one than it names; comes before anything else.

    Raises:
        KeyFilesUnsafe: nothing leads from the one to the other.
    """
    for statement in signer.since(draft.roster.log_key):
        draft.roster = draft.roster.apply(draft.growth.next_index, statement.body)
        _done(draft, statement, Granted())


def own_statement(origin: str, at: int, fields: dict[str, object], log_key: SigningKey) -> Statement:
    """A statement of the keeper itself."""
    body = {"v": VERSION, "log": origin, "at": at, "nonce": random_bytes(16).hex(), "by": [KEEPER], **fields}
    return Statement.signed(body, {KEEPER: log_key})


def _refused(draft: Draft, statement: Statement, reason: Reason) -> Declined:
    entry = Entry(draft.at, REFUSED, reason.value, statement)
    return Declined(reason, draft.growth.append(entry).index)


def _done(draft: Draft, statement: Statement, granted: Granted) -> Done:
    entry = Entry(draft.at, DONE, "", statement, granted.withheld)
    return Done(statement, draft.growth.append(entry), draft.at, granted)
