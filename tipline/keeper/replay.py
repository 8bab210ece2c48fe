"""Building the state again from the stored entries, at start and after a commit of unknown outcome.

The roster decides who may read, so every entry it comes from is checked against the signed tree and for its
signatures: an edited entry is found here, not obeyed.
"""

from typing import Final

from sqlalchemy import Connection, select

from crypto.errors import BadFormat
from crypto.merkle import leaf_hash
from crypto.statements import DONE, Entry, Statement, commitment
from tipline.keeper import models
from tipline.keeper.digests.seal import NO_CHANGES, with_change
from tipline.keeper.log import Head, Log
from tipline.keeper.shapes import ROSTER_TYPES
from tipline.keeper.state import GRANT_SECONDS, JOINT_NONCE_SECONDS, NONCE_SECONDS, Memory, grant_of
from tipline.keeper.tail import read_tail
from tipline.keeper_client.reasons import Reason
from tipline.roster import Roster
from tipline.roster.freshness import ALONE, is_joint
from tipline.roster.sensitive import require_assertions

_UNPROVEN: Final = frozenset(
    (Reason.MALFORMED, Reason.TOO_LARGE, Reason.BAD_SIGNATURE, Reason.UNKNOWN_MEMBER, Reason.REMOVED_MEMBER)
)
"""Refused before it was known that the signers had signed: such an entry uses up nobody's nonce."""


def replay(connection: Connection, log: Log, head: Head, now: int) -> Memory:
    """The roster, and what was seen in the last hour; of joint statements, in the last days.

    Raises:
        BadFormat, BadProof, BadSignature: an entry is not the one in the tree, or is signed by nobody.
        RosterRefused: an entry changes the roster in a way that no keeper would log.
    """
    roster, changes = _roster(connection, log, head)
    tail = read_tail(connection, log, head, now, JOINT_NONCE_SECONDS)
    memory = Memory(roster, head, tail[-1][1], changes)
    since = min(now, memory.last_at)  # a clock that is ahead at a start may be set right later
    memory.forgotten = since - NONCE_SECONDS
    for index, at, kind, _, _, _, reason, _, data in tail:
        is_recent = at >= memory.forgotten
        if not is_recent and (kind in ALONE or reason in _UNPROVEN):
            continue
        entry = Entry.decode(data)
        if is_recent:
            _recall(memory, index, entry, now, since - GRANT_SECONDS)
        if entry.reason not in _UNPROVEN and is_joint(entry.statement.body):
            memory.joint_nonces[entry.statement.body["nonce"]] = entry.at
    return memory


def _roster(connection: Connection, log: Log, head: Head) -> tuple[Roster, bytes]:
    """The roster, and the digest of the entries that make it: what hides itself is missed by the seal."""
    table = models.entries.c
    rows = connection.execute(
        select(table.index, table.salt, table.entry)
        .where(table.type.in_(ROSTER_TYPES), table.outcome == DONE)
        .order_by(table.index)
    ).all()
    roster: Roster | None = None
    changes = NO_CHANGES
    for index, salt, data in rows:
        if type(salt) is not bytes or type(data) is not bytes:  # SQLite takes text in their place, too
            raise BadFormat("a change of the roster is no entry")
        leaf = leaf_hash(commitment(salt, data))
        log.check_leaf(head, index, leaf)
        roster = next_roster(roster, index, _change(data))
        changes = with_change(changes, index, leaf)
    if roster is None:
        raise BadFormat("the log has no genesis")
    return roster, changes


def _change(data: bytes) -> Statement:
    """The statement of an entry, which must change the roster, and be done."""
    entry = Entry.decode(data)
    if entry.outcome != DONE or entry.statement.body["type"] not in ROSTER_TYPES:
        raise BadFormat("what shows itself as a change of the roster is none")
    return entry.statement


def next_roster(roster: Roster | None, index: int, statement: Statement) -> Roster:
    """The roster after a done statement; before the first one there is none.

    Raises:
        BadSignature: it is not signed by those that it names, by the roster before it.
        RosterRefused: it changes the roster in a way that no keeper would log.
    """
    before = roster or Roster.from_genesis(statement.body)
    statement.verify({signer: before.key_of(signer) for signer in statement.signers})
    require_assertions(before, statement)
    return before if roster is None else roster.apply(index, statement.body)


def _recall(memory: Memory, index: int, entry: Entry, now: int, granted: int) -> None:
    body = entry.statement.body
    if entry.reason not in _UNPROVEN:
        memory.nonces[body["nonce"]] = entry.at
    if (
        entry.outcome == DONE
        and entry.at >= granted
        and body["type"] in ("audit", "audit-all", "export", "read")
    ):
        memory.grants[entry.statement.digest] = grant_of(body, index, min(entry.at, now))
