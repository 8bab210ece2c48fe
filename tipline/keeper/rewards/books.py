"""The books as the log gives them, kept at hand and brought forward by what is new.

entries about money, each proved to be the log's ─▶ `Ledger` ─▶ held against the rows
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from crypto.errors import BadProof, CryptoError
from crypto.merkle import leaf_hash
from crypto.statements import DONE, Entry, commitment
from tipline.keeper import models
from tipline.keeper.log import Head, Log
from tipline.keeper.state import day_of
from tipline.rewards.award import AwardState
from tipline.rewards.errors import LedgerBroken
from tipline.rewards.ledger import Ledger
from tipline.rewards.reconciling import Difference, Rows, Where, differences
from tipline.rewards.rules import DEFAULT_REWARD_RULES, RewardRules
from tipline.roster.rewards import read_reward_rules
from tipline.tips.moves import TipState

PROPOSAL: Final = "reward-proposal"
_RULES: Final = "reward-rules"
_TYPES: Final = (
    *(_RULES, "mint-keys", "reward-budget", PROPOSAL, "reward-check", "reward-approval", "reward-grant"),
    *("reward-extend", "reward-expired", "reward-cancel", "reward-open", "reward-named", "reward-day"),
    *("key-expired", "pay", "pay-undo", "pay-named"),
    *("role", "remove"),  # who loses one between two words has said nothing
)
_TOLD: Final = ("amount", "tier", "major", "scores", "novelty", "duty")
"""What a proposal says beside what its award keeps."""

_ENTRIES: Final = models.entries.c
_NEW: Final = (
    select(_ENTRIES.index, _ENTRIES.salt, _ENTRIES.entry)
    .where(_ENTRIES.type.in_(_TYPES), _ENTRIES.outcome == DONE)
    .where(_ENTRIES.index >= bindparam("start"), _ENTRIES.index < bindparam("stop"))
    .order_by(_ENTRIES.index)
)
_MOVES: Final = (
    select(_ENTRIES.entry)
    .where(_ENTRIES.tip == bindparam("tip"), _ENTRIES.index < bindparam("before"))
    .where(_ENTRIES.type == "move", _ENTRIES.outcome == DONE)
    .order_by(_ENTRIES.index.desc())
)


@dataclass(frozen=True)
class Proposed:
    """What the statement of a proposal says, and the day on which the outcome was confirmed; "" unknown.

    `tip` (16 bytes) is in whose row the award stands.
    """

    body: Mapping[str, Any]
    confirmed: str
    tip: bytes


@dataclass
class Books:
    """What the log says of money up to a size. `broken` is the first statement that breaks the rules."""

    size: int = 0
    ledger: Ledger = field(default_factory=Ledger)
    rules: RewardRules = DEFAULT_REWARD_RULES
    proposals: dict[int, Proposed] = field(default_factory=dict)
    broken: Difference | None = None

    def bring_forward(self, log: Log, connection: Connection, head: Head) -> None:
        """Take in what came since, up to the size of a head.

        Raises:
            BadProof: an entry is not the log's.
        """
        for index, entry in _entries(log, connection, self.size, head):
            body = entry.statement.body
            if body["type"] == PROPOSAL:
                told = {name: body[name] for name in _TOLD}
                tip = bytes.fromhex(body["tip"])
                self.proposals[index] = Proposed(told, _confirmed(connection, tip, index), tip)
            self._take(index, entry)
        self.size = head.size

    def in_state(self, state: AwardState | None) -> list[int]:
        """The numbers of awards that stand there by the log, the oldest first; None for all."""
        if state is None:
            return sorted(self.proposals)
        return [index for index, award in sorted(self.ledger.awards.items()) if award.state is state]

    def differences(self, rows: Rows) -> list[Difference]:
        """Where rows and log do not agree; first of all the statement that no keeper would have let pass."""
        return [*([self.broken] if self.broken else []), *differences(self.ledger, rows)]

    def _take(self, index: int, entry: Entry) -> None:
        body = entry.statement.body
        if body["type"] == _RULES:
            self.rules = read_reward_rules(body["rules"])
            return
        try:
            self.ledger.take(index, day_of(entry.at), body, self.rules)
        except LedgerBroken as broken:
            self.broken = self.broken or Difference(Where.LOG, str(index), "", broken.sentence)


def _entries(log: Log, connection: Connection, start: int, head: Head) -> Iterator[tuple[int, Entry]]:
    for index, salt, data in connection.execute(_NEW, {"start": start, "stop": head.size}).all():
        try:
            log.check_leaf(head, index, leaf_hash(commitment(salt, data)))
            yield index, Entry.decode(data)
        except CryptoError as error:
            raise BadProof("a statement about money is not the log's") from error


def _confirmed(connection: Connection, tip: bytes, before: int) -> str:
    for data in connection.scalars(_MOVES, {"tip": tip, "before": before}):
        entry = Entry.decode(data)
        if entry.statement.body["to"] == TipState.FEEDBACK.value:
            return day_of(entry.at).isoformat()
    return ""
