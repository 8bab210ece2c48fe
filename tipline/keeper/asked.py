"""A request as the writer gets it: everything that does not depend on the log's state is done already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from crypto.errors import BadFormat, BadSignature
from crypto.keys import Identity, VerifyKey
from crypto.statements import MAX_STATEMENT, Statement
from crypto.windows import Window
from tipline.keeper.digests.buckets import BucketHashes
from tipline.keeper.release import OpenedSlip, SlipFrame, open_card_key, open_slips
from tipline.keeper_client.reasons import Reason
from tipline.roster import Roster

if TYPE_CHECKING:
    from tipline.keeper.state import Draft

APPEND = "append"
ENTER = "enter"
RELEASE = "release"
LIST = "list"
EXPORT = "export"
CLOCKS = "clocks"
ERASE = "erase"
INVENTORY = "inventory"
FORGET = "forget"
DISCLOSE = "disclose"
UNLOCK = "unlock"
VIEW = "view"
PAY = "pay"
SETTLE = "settle"
REWARD_LOOK = "reward-look"


@dataclass(frozen=True)
class Settled:
    """What rows now say, without an entry: `answer`; and the fields of what the keeper states beside."""

    answer: Mapping[str, Any] = field(repr=False)
    stated: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Due:
    """Tips and vouchers that the daily look at rewards looks at, as the rows were at a turn of theirs."""

    rows: BucketHashes
    turn: int
    tips: Sequence[bytes]
    vouchers: Sequence[bytes]


@dataclass(frozen=True)
class Asked:
    """One request for an entry.

    Attributes:
        op: `release`, `list`, `append`, `enter`, `disclose`, `unlock`, `view`, `pay`, or one of those that
            the keeper states itself: `export`, `clocks`, `erase`, `inventory`, `forget`, `reward-look`; or
            `settle`.
        statement: None when the bytes were none, or the keeper states it.
        digest: SHA-256 of those bytes, hex.
        fault: why there is no statement.
        slips: opened; None for one that does not open.
        verified: the keys under which the signatures were found right.
        card_key: the stored form of a card group's slip.
        arrived: for `clocks`, beside each slip the day on which its tip came.
        tips: for `clocks` those whose hour has passed, for `erase` those that should go.
        walked: for `clocks` tips that a walk over all rows has found due, or nobody's.
        note: for an `acknowledge` the signed checkpoint of the head that it says was lost.
        put_back: for a `view` what a custodian's session put back, opened; None when it does not open.
        pickup: for a `pay` the HMAC of the pickup code that was typed; empty when it is none. For an
            `append` of a list of codes the digest of the list that was prepared for its point.
        settle: for a `settle` what decides it by the rows alone; it raises Refusal.
        counted: for `inventory` how many items are held as they were accepted, and the root over them.
        altered: for `inventory` whether what is remembered is another than the last list left.
        readings: for `inventory` the entry up to which readings are counted.
        due: for `reward-look` the awards and vouchers that it may have to state.
    """

    op: str
    statement: Statement | None = None
    digest: str = ""
    fault: Reason = Reason.MALFORMED
    slips: tuple[OpenedSlip | None, ...] = ()
    verified: Mapping[str, VerifyKey] = field(default_factory=dict)
    card_key: bytes = b""
    arrived: tuple[date, ...] = ()
    tips: tuple[bytes, ...] = ()
    walked: tuple[bytes, ...] = ()
    counted: tuple[int, bytes] = (0, b"")
    altered: bool = False
    readings: int = -1
    due: Due | None = None
    note: bytes = b""
    put_back: tuple[Window, bytes] | None = field(default=None, repr=False)
    pickup: bytes = field(default=b"", repr=False)
    settle: Callable[[Draft], Settled] | None = field(default=None, repr=False)


def prepare(
    op: str, data: bytes, slips: Sequence[SlipFrame], card_key: bytes, keeper: Identity, roster: Roster
) -> Asked:
    """Parse, open slips, and try signatures against the roster as it is now.

    The writer compares keys and checks again when one has changed since.
    """
    digest = sha256(data).hexdigest()
    if len(data) > MAX_STATEMENT:
        return Asked(op, digest=digest, fault=Reason.TOO_LARGE)
    try:
        statement = Statement.decode(data)
    except BadFormat:
        return Asked(op, digest=digest)
    opened = open_slips(slips, keeper)
    if card_key:
        opened += (open_card_key(card_key, keeper),)
    return Asked(op, statement, digest, Reason.MALFORMED, opened, _verified(statement, roster), card_key)


def signing_keys(statement: Statement, roster: Roster) -> dict[str, VerifyKey]:
    """The keys that the roster knows of a statement's signers."""
    known = (roster.members.get(signer) for signer in statement.signers)
    return {member.id: member.signing_key for member in known if member is not None}


def _verified(statement: Statement, roster: Roster) -> dict[str, VerifyKey]:
    keys = signing_keys(statement, roster)
    try:
        statement.verify(keys)
    except BadSignature:
        return {}
    return keys
