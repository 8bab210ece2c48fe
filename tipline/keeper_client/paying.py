"""What the pay desk asks of the keeper: what a pickup code is worth, that it was paid, lists for banks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from crypto.statements import Statement
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import read_bytes, read_objects
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.trust import Proven

PAY: Final = "pay"
MAKE_KEYS: Final = "mint-keys"
PREPARE_LIST: Final = "pickup-prepare"
MOST_KEYS: Final = 8
"""Of a year."""
KEPT_LISTS: Final = "pickup-lists"
LIST_FILE: Final = "pickup-file"

Logged = Callable[[str, Statement, Mapping[str, Any]], tuple[Proven, Mapping[str, Any]]]


@dataclass(frozen=True)
class SeenPickup:
    """A pickup code that was typed.

    Attributes:
        pickup: names it in statements, 32 hex digits.
        value: in yuan.
        until: its last day.
        first: the clerk who confirmed it today (member id); "" for nobody.
        paid: the day on which it was paid; None before.
        mine: whether whoever asks is one of the two who confirmed that.
        over: its days have passed, and it is not paid any more.
    """

    pickup: str
    value: int
    point: str
    until: date
    first: str
    paid: date | None
    mine: bool
    over: bool


@dataclass(frozen=True)
class Paid:
    """A logged confirmation. `paid` is None while it was the first clerk's."""

    index: int
    paid: date | None


@dataclass(frozen=True)
class PreparedList:
    """A sealed list that the keeper holds for a few days: its SHA-256 (hex), its day, and how many codes.

    `stated`: two clerks have stated its hash, and its file is handed out.
    """

    point: str
    digest: str
    day: date
    count: int
    stated: bool

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Self:
        """Read it from an answer.

        Raises:
            KeeperLied: it is none.
        """
        try:
            day, is_stated = date.fromisoformat(value["day"]), value["stated"] is True
            return cls(str(value["point"]), str(value["digest"]), day, int(value["count"]), is_stated)
        except (KeyError, TypeError, ValueError) as error:
            raise KeeperLied("the answer holds no list") from error


class PayDesk:
    """The statements and questions of this room; errors are those of `AdminKeeper`."""

    def __init__(self, connections: Connections, logged: Logged) -> None:
        self._connections = connections
        self._logged = logged

    def look(self, statement: Statement, code: str) -> SeenPickup:
        """Have a look at a typed code logged (`pay-look`); what it is worth. A verifier sees paid ones."""
        _, answer = self._logged(PAY, statement, {"code": code})
        try:
            return SeenPickup(
                str(answer["pickup"]),
                int(answer["value"]),
                str(answer["point"]),
                date.fromisoformat(answer["until"]),
                str(answer["first"]),
                _day_or_none(answer["paid"]),
                answer["mine"] is True,
                answer["over"] is True,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise KeeperLied("the answer holds no pickup code") from error

    def pay(self, statement: Statement, code: str) -> Paid:
        """Have a clerk's confirmation logged (`pay`): the first, or another's, after which it is paid."""
        proven, answer = self._logged(PAY, statement, {"code": code})
        try:
            return Paid(proven.index, _day_or_none(answer["paid"]))
        except (KeyError, TypeError, ValueError) as error:
            raise KeeperLied("the answer does not say whether it is paid") from error

    def prepare_list(self, point: str) -> PreparedList:
        """Have the codes of a point sealed to its key; two clerks then state its hash (`pickup-list`)."""
        return PreparedList.read(self._connections.ask({"op": PREPARE_LIST, "point": point}))

    def lists(self) -> tuple[PreparedList, ...]:
        """The lists that the keeper holds, the newest first."""
        return tuple(map(PreparedList.read, read_objects(self._connections.ask({"op": KEPT_LISTS}), "lists")))

    def list_file(self, point: str, digest: str) -> bytes:
        """The sealed list, once two clerks have stated its hash."""
        return read_bytes(
            self._connections.ask({"op": LIST_FILE, "point": point, "digest": digest}).get("file")
        )

    def make_keys(self, year: int) -> None:
        """Have the keys of a year made and published, where there are none; this year's or the next one's."""
        for _ in range(MOST_KEYS + 1):  # one key for each question: to make one may take a second
            if self._connections.ask({"op": MAKE_KEYS, "year": year}).get("done") is True:
                return
        raise KeeperLied("the keys of a year have no end")


def _day_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
