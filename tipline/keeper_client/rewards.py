"""Awards, budgets and mint keys as the keeper knows them, and what mailboxes are told of awards."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from crypto.errors import BadFormat, CryptoError
from tipline.directory.types import Crowd
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import read_bytes, read_objects
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.log_keys import LogKeys
from tipline.keeper_client.types import Looked
from tipline.rewards.award import Award, AwardState
from tipline.rewards.lines import Kind, KindSum, Line, Wanted
from tipline.rewards.reconciling import Difference, Where
from tipline.rewards.records import AwardRecord
from tipline.rewards.rules import last_day_of_vouchers
from tipline.rewards.scoring import Duty, Factor, Major, Novelty, Tier
from tipline.rewards.totals import Counted, Total

MOST_AWARDS: Final = 100
"""Awards in one answer."""
_NONE: Final = -1
_Ask = Callable[[Mapping[str, Any]], Looked]


@dataclass(frozen=True)
class Proposal:
    """What the proposer stated; `amount` in yuan."""

    amount: int
    tier: Tier
    major: tuple[Major, ...]
    scores: Mapping[Factor, int]
    novelty: Novelty
    duty: Duty


@dataclass(frozen=True)
class KnownAward:
    """An award, what was proposed, and where its tip stands.

    Attributes:
        award: as the keeper has it, but for what the reporter signed to collect.
        confirmed: the day on which the outcome was confirmed; None where the log no longer tells.
        due: the last day of the step that waits for somebody; None where none does.
        desks, excluded: the latest route of the tip.
        lacking: what the budget lacks for an approved one, in yuan, counting those approved before it.
    """

    award: Award
    proposal: Proposal
    confirmed: date | None
    due: date | None
    desks: tuple[str, ...]
    excluded: tuple[str, ...]
    lacking: int = 0


@dataclass(frozen=True)
class Budget:
    """A year's budget, in yuan."""

    year: int
    amount: int
    granted: int
    returned: int

    @property
    def balance(self) -> int:
        """What can still be granted."""
        return self.amount - self.granted + self.returned


@dataclass(frozen=True)
class KeyState:
    """A mint key: vouchers minted, awards collected under it, vouchers presented and paid, yuan returned.

    `size` says how many awards hide one another, as in the directory.
    """

    year: int
    value: int
    minted: int
    awards: int
    presented: int
    paid: int
    opened: bool
    returned: int
    size: Crowd = Crowd.FEW

    def is_over(self, today: date) -> bool:
        """Whether its vouchers are good no longer."""
        return today > last_day_of_vouchers(self.year)

    @property
    def redeems(self) -> bool:
        """Whether enough would stay behind, or none need to."""
        return self.size is not Crowd.FEW


@dataclass(frozen=True)
class KnownMoney:
    """Where all the money is by the keeper's rows, and where these differ from the log.

    Attributes:
        totals: awards in sum, by the year of the grant and where they stand.
        months: of the last twelve months what was granted, collected and paid: month (ISO), kind, yuan.
        differences: the first of them; `different` is how many there are.
    """

    budgets: tuple[Budget, ...]
    keys: tuple[KeyState, ...]
    totals: tuple[Total, ...]
    months: tuple[tuple[str, Kind, int], ...]
    differences: tuple[Difference, ...]
    different: int


@dataclass(frozen=True)
class Listed:
    """Some awards. `last` is the number beyond which the next ones are asked for; None for no more.

    `lacking` is what the budget lacks for all approved ones that may be known, in yuan, not for these alone.
    """

    awards: tuple[KnownAward, ...]
    last: int | None
    lacking: int = 0


@dataclass(frozen=True)
class Lines:
    """Some lines of the ledger by day, and all that fit in sum; of the ledger at a size of the log."""

    lines: tuple[Line, ...]
    sums: tuple[KindSum, ...]
    size: int


class Rewards:
    """The questions of this room; errors are those of `AdminKeeper`."""

    def __init__(self, connections: Connections, keys: LogKeys, looked: _Ask) -> None:
        self._connections = connections
        self._keys = keys
        self._looked = looked

    def money(self) -> KnownMoney:
        """How budgets and keys stand, awards in sum, and whether rows and log agree."""
        answer = self._connections.ask({"op": "rewards"})
        with _read():
            return KnownMoney(
                budgets=tuple(Budget(**each) for each in read_objects(answer, "budgets")),
                keys=tuple(map(_key, read_objects(answer, "keys"))),
                totals=tuple(map(_total, read_objects(answer, "totals"))),
                months=tuple(map(_month, read_objects(answer, "months"))),
                differences=tuple(map(_difference, read_objects(answer, "differences"))),
                different=int(answer["different"]),
            )

    def budgets(self) -> tuple[Budget, ...]:
        """The years' budgets alone."""
        answer = self._connections.ask({"op": "reward-budgets"})
        with _read():
            return tuple(Budget(**each) for each in read_objects(answer, "budgets"))

    def awards(self, numbers: Iterable[int] = (), tips: Iterable[str] = ()) -> tuple[KnownAward, ...]:
        """Awards by their numbers, and all awards of tips (32 hex digits); at most a hundred of either."""
        answer = self._connections.ask({"op": "reward-awards", "awards": [*numbers], "tips": [*tips]})
        return _listed(answer)

    def standing(
        self,
        state: AwardState | None,
        beyond: int | None = None,
        *,
        newest: bool = False,
        count: int = MOST_AWARDS,
        member: str = "",
    ) -> Listed:
        """The next awards that stand there, the oldest first unless asked otherwise; None for all awards.

        Args:
            count: so many at most.
            member: an id; of awards that they may not know of nothing is told. "" for all awards.
        """
        question = {"state": state.value if state else "", "newest": newest, "count": count}
        place = _NONE if beyond is None else beyond
        answer = self._connections.ask({"op": "reward-list", "beyond": place, "member": member, **question})
        last, lacking = answer.get("last"), answer.get("lacking")
        if type(last) is not int or type(lacking) is not int:
            raise KeeperLied("the answer names no last award")
        return Listed(_listed(answer), None if last == _NONE else last, lacking)

    def approved(self) -> tuple[int, int]:
        """How many awards wait for a budget, and their yuan."""
        answer = self._connections.ask({"op": "reward-approved"})
        with _read():
            return int(answer["count"]), int(answer["amount"])

    def each_standing(self, state: AwardState | None) -> Iterator[KnownAward]:
        """All of them, page by page."""
        beyond: int | None = _NONE
        while beyond is not None:
            listed = self.standing(state, beyond)
            yield from listed.awards
            beyond = listed.last

    def lines(self, member: str, wanted: Wanted, start: int, count: int, size: int | None = None) -> Lines:
        """Lines of the ledger by day as a member may see it; fewer than asked for at its end.

        With a `size`, of the very ledger of which lines came with it, whatever was logged since.

        Raises:
            Refused: stale; the keeper has that one no longer.
        """
        question = {"member": member, "start": start, "count": count, **asdict(wanted)}
        question["size"] = _NONE if size is None else size
        answer = self._connections.ask({"op": "reward-lines", **question})
        with _read():
            return Lines(
                lines=tuple(map(Line.from_fields, read_objects(answer, "lines"))),
                sums=tuple(map(_kind_sum, read_objects(answer, "sums"))),
                size=int(answer["size"]),
            )

    def counted(self, day: date) -> Counted:
        """The rewards of a day's year, up to and with that day."""
        answer = self._connections.ask({"op": "reward-figures", "days": [day.isoformat()]})
        with _read():
            return Counted(**{name: int(answer[name]) for name in ("granted", "collected", "paid")})

    def records(self, *, since: int | None = None, recent: bool = False) -> dict[str, bytes]:
        """By tip (32 hex digits) the signed note that its mailbox shows; of tips with a granted award.

        Args:
            since: of those alone of which something was told at this place of the log or behind it.
            recent: of those of the last two days, and of a part of all others, another one each hour.
        """
        found: dict[str, bytes] = {}
        after, wanted = _NONE, {"since": _NONE if since is None else since, "recent": recent}
        while True:
            answer = self._connections.ask({"op": "reward-records", "after": after, **wanted})
            notes, last = answer.get("records"), answer.get("last")
            if not isinstance(notes, dict) or type(last) is not int:
                raise KeeperLied("the answer holds no records")
            found |= {tip: self._note(tip, read_bytes(note)) for tip, note in notes.items()}
            if last <= after:
                return found
            after = last

    def look(self) -> Mapping[str, int]:
        """Have the keeper state what is due: how many statements of each type."""
        return self._looked({"op": "reward-look"}).stated

    def _note(self, tip: str, note: bytes) -> bytes:
        self._keys.following(partial(self._record, tip, note))
        return note

    def _record(self, tip: str, note: bytes) -> AwardRecord:
        try:
            return AwardRecord.read(note, self._keys.verifier, tip)
        except CryptoError as error:
            raise KeeperLied("a note about an award is not signed by the log") from error


@contextmanager
def _read() -> Iterator[None]:
    """Take an answer apart.

    Raises:
        KeeperLied: it has another form.
    """
    try:
        yield
    except (BadFormat, KeyError, TypeError, ValueError) as error:
        raise KeeperLied("the answer says nothing of rewards") from error


def _listed(answer: Mapping[str, Any]) -> tuple[KnownAward, ...]:
    with _read():
        return tuple(map(_award, read_objects(answer, "awards")))


def _award(value: Mapping[str, Any]) -> KnownAward:
    return KnownAward(
        award=Award.from_fields(value["award"]),
        proposal=_proposal(value["proposal"]),
        confirmed=_day(value["confirmed"]),
        due=_day(value["due"]),
        desks=tuple(map(str, value["desks"])),
        excluded=tuple(map(str, value["excluded"])),
        lacking=int(value["lacking"]),
    )


def _proposal(value: Mapping[str, Any]) -> Proposal:
    return Proposal(
        amount=int(value["amount"]),
        tier=Tier(value["tier"]),
        major=tuple(map(Major, value["major"])),
        scores={Factor(factor): int(score) for factor, score in value["scores"].items()},
        novelty=Novelty(value["novelty"]),
        duty=Duty(value["duty"]),
    )


def _key(value: Mapping[str, Any]) -> KeyState:
    return KeyState(**{**value, "opened": bool(value["opened"]), "size": Crowd(value["size"])})


def _total(value: Mapping[str, Any]) -> Total:
    return Total(**{**value, "state": AwardState(value["state"])})


def _month(value: Mapping[str, Any]) -> tuple[str, Kind, int]:
    return str(value["month"]), Kind(value["kind"]), int(value["amount"])


def _kind_sum(value: Mapping[str, Any]) -> KindSum:
    return KindSum(**{**value, "kind": Kind(value["kind"])})


def _difference(value: Mapping[str, Any]) -> Difference:
    return Difference(Where(value["where"]), *(str(value[name]) for name in ("name", "rows", "log")))


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None
