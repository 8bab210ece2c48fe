"""The books as the log gives them, kept at hand and brought forward by what is new.

entries about money, each proved to be the log's ─▶ `Ledger` ─▶ held against the rows
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile
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
from tipline.rewards.ledger import Budget, Ledger
from tipline.rewards.reconciling import Difference, Where
from tipline.rewards.rules import DEFAULT_REWARD_RULES, RewardRules
from tipline.roster.rewards import read_reward_rules
from tipline.tips.moves import TipState

PROPOSAL: Final = "reward-proposal"
AT_ONCE: Final = 1_000
"""Entries in one question; the next goes on."""
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
    .limit(bindparam("most"))
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
    of_tip: dict[bytes, list[int]] = field(default_factory=dict)
    """The numbers of a tip's awards."""
    broken: Difference | None = None
    days: dict[str, int] = field(default_factory=dict)
    """Where the statements of each day (ISO) begin, the oldest day first."""

    def bring_forward(self, log: Log, connection: Connection, head: Head) -> bool:
        """Take in what came since, some of it at a time; whether that is all, up to the size of a head.

        Raises:
            BadProof: an entry is not the log's.
        """
        number = 0
        for index, entry in _entries(log, connection, self.size, head):
            number += 1
            body = entry.statement.body
            if body["type"] == PROPOSAL:
                told = {name: body[name] for name in _TOLD}
                tip = bytes.fromhex(body["tip"])
                self.proposals[index] = Proposed(told, _confirmed(connection, tip, index), tip)
                self.of_tip.setdefault(tip, []).append(index)
            self.days.setdefault(day_of(entry.at).isoformat(), index)
            self._take(index, entry)
            self.size = index + 1
        if number < AT_ONCE:
            self.size = head.size
        return self.size == head.size

    def in_state(self, state: AwardState | None) -> Sequence[int]:
        """The numbers of awards that stand there by the log, the oldest first; None for all."""
        if state is None:
            return list(self.proposals)
        return self.ledger.in_state(state)

    def since(self, day: date) -> int:
        """Where the statements of a day and those after it begin; behind all where there are none."""
        later = list(takewhile(lambda one: one >= day.isoformat(), reversed(self.days)))
        return self.days[later[-1]] if later else self.size

    def lacking(self, year: int) -> Mapping[int, int]:
        """What a year's budget lacks for each approved award, in yuan, counting those approved before it.

        They are granted in the order of approval, as far as the log's days tell it.
        """
        room, found = self.ledger.budgets.get(year, Budget()).balance, {}
        approved = [self.ledger.awards[index] for index in self.in_state(AwardState.APPROVED)]
        for award in sorted(approved, key=lambda one: (one.approved, one.index)):
            room -= award.amount
            found[award.index] = max(-room, 0)
        return found

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
    for index, salt, data in connection.execute(
        _NEW, {"start": start, "stop": head.size, "most": AT_ONCE}
    ).all():
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
