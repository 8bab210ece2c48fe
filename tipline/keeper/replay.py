"""Building the state again from the stored entries, at start and after a commit of unknown outcome.

The roster decides who may read, so every entry it comes from is checked against the signed tree and for its
signatures: an edited entry is found here, not obeyed.
"""

from typing import Final

from sqlalchemy import Connection, select

from crypto.errors import BadFormat
from crypto.merkle import Frontier, leaf_hash, verify_inclusion
from crypto.statements import DONE, Entry, Statement, commitment
from tipline.keeper import models
from tipline.keeper.log import Head, Log
from tipline.keeper.shapes import ROSTER_TYPES, TYPES
from tipline.keeper.state import GRANT_SECONDS, JOINT_NONCE_SECONDS, NONCE_SECONDS, Memory, grant_of
from tipline.keeper_client.reasons import Reason
from tipline.roster import Roster
from tipline.roster.freshness import ALONE, is_joint
from tipline.roster.sensitive import require_assertions

_UNPROVEN: Final = frozenset(
    (Reason.MALFORMED, Reason.TOO_LARGE, Reason.BAD_SIGNATURE, Reason.UNKNOWN_MEMBER, Reason.REMOVED_MEMBER)
)
"""Refused before it was known that the signers had signed: such an entry uses up nobody's nonce."""
_JOINT: Final = sorted(TYPES - ALONE)
"""Types that several may sign: of three days, only these are taken up, and no reading."""


def replay(connection: Connection, log: Log, head: Head, now: int) -> Memory:
    """The roster, and what was seen in the last hour; of joint statements, in the last days.

    Raises:
        BadFormat, BadProof, BadSignature: an entry is not the one in the tree, or is signed by nobody.
        RosterRefused: an entry changes the roster in a way that no keeper would log.
    """
    memory = Memory(_roster(connection, log, head), head, 0)
    table = models.entries
    memory.last_at = connection.scalar(select(table.c.at).where(table.c.index == head.size - 1)) or 0
    since = min(now, memory.last_at)  # a clock that is ahead at a start may be set right later
    memory.forgotten = since - NONCE_SECONDS
    recent = connection.execute(
        select(table.c.index, table.c.entry)
        .where(table.c.index >= _first_since(connection, memory.forgotten, head.size))
        .order_by(table.c.index)
    )
    for index, data in recent:
        _recall(memory, index, Entry.decode(data), now, since - GRANT_SECONDS)
    joint = connection.execute(
        select(table.c.entry)
        .where(
            table.c.type.in_(_JOINT),
            table.c.index >= _first_since(connection, since - JOINT_NONCE_SECONDS, head.size),
            table.c.reason.not_in(_UNPROVEN),
        )
        .order_by(table.c.index)
    )
    for (data,) in joint:
        entry = Entry.decode(data)
        if is_joint(entry.statement.body):
            memory.joint_nonces[entry.statement.body["nonce"]] = entry.at
    return memory


def _first_since(connection: Connection, moment: int, size: int) -> int:
    """The first entry that was logged at a moment or later; `size` when there is none.

    Asked by itself: a database that may choose its index by type goes through all entries of a type.
    """
    table = models.entries
    first = select(table.c.index).where(table.c.at >= moment).order_by(table.c.at, table.c.index).limit(1)
    found = connection.scalar(first)
    return size if found is None else found


def _roster(connection: Connection, log: Log, head: Head) -> Roster:
    table = models.entries
    changes = connection.execute(
        select(table.c.index, table.c.salt, table.c.entry)
        .where(table.c.type.in_(ROSTER_TYPES), table.c.outcome == DONE)
        .order_by(table.c.index)
    ).all()
    roster: Roster | None = None
    root = Frontier(head.size, head.peaks).root()
    for index, salt, data in changes:
        leaf = leaf_hash(commitment(salt, data))
        verify_inclusion(leaf, index, head.size, log.inclusion(index, head.size), root)
        roster = next_roster(roster, index, Entry.decode(data).statement)
    if roster is None:
        raise BadFormat("the log has no genesis")
    return roster


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
