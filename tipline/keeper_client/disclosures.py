"""Opening an identity, and asking how requests stand. What the keeper released is made here alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from crypto.errors import BadFormat, CryptoError
from crypto.statements import Statement
from crypto.windows import Window
from tipline.disclosures.grounds import Ground
from tipline.disclosures.records import DisclosureRecord
from tipline.disclosures.standing import Stands
from tipline.disclosures.telling import Tell
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import read_bytes, read_objects
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.frames import to_text
from tipline.keeper_client.log_keys import LogKeys
from tipline.keeper_client.trust import Proven
from tipline.keeper_client.types import SlipRequest

_ONLY_HERE: Final = object()
Logged = Callable[[str, Statement, Mapping[str, Any]], tuple[Proven, Mapping[str, Any]]]


@dataclass(frozen=True)
class Decided:
    """A logged decision. `record` is a note for the mailbox, where the reporter is to be told first."""

    index: int
    record: bytes


class Unlocked:
    """An identity's slip without the keeper's lock: the custodians' is outside. The unlock is in the log.

    `window` is what is put back with the rest.
    """

    def __init__(self, made_here: object, index: int, inner: bytes, window: Window) -> None:
        if made_here is not _ONLY_HERE:
            raise TypeError("an Unlocked is made by Disclosures.unlock alone")
        self.index = index
        self.inner = inner
        self.window = window

    def __repr__(self) -> str:
        return f"Unlocked(index={self.index})"


class Viewed:
    """What was put back, without the keeper's lock: the requester's is outside. The view is in the log.

    `epoch` is that of the desk's key for the lock inside, `until` when the window closes (Unix seconds).
    """

    def __init__(self, made_here: object, index: int, inner: bytes, window: Window) -> None:
        if made_here is not _ONLY_HERE:
            raise TypeError("a Viewed is made by Disclosures.view alone")
        self.index = index
        self.inner = inner
        self.epoch = window.epoch
        self.until = window.until

    def __repr__(self) -> str:
        return f"Viewed(index={self.index})"


@dataclass(frozen=True)
class AskedDisclosure:
    """A request as a custodian sees it: no tip.

    Attributes:
        request: its index in the log.
        item: the identity, 32 hex digits; `digest` its hash.
        asked: the UTC day; `due` the last one for a decision.
        reason: the item that holds it (32 hex digits), with its hash.
        body: the competent body whose letter has this number; both empty for other grounds.
        accused_unit: that of the officer whom the letter is about, as the requester named it; empty for other
            grounds.
        until: when the window closes (Unix seconds); 0 before a yes.
    """

    request: int
    requester: str
    desk: str
    item: str
    digest: str
    ground: Ground
    hours: int
    tell: Tell
    emergency: bool
    asked: date
    due: date
    reason: str
    reason_hash: str
    body: str
    letter: str
    accused_unit: str
    approved: bool
    until: int


@dataclass(frozen=True)
class MyDisclosure(AskedDisclosure):
    """The same as its requester sees it.

    Attributes:
        protects: whether `tip` is a protection case.
        answer: the item with the reason of the decision; empty before.
        opens: when the window begins (Unix seconds); 0 before a yes.
        views: how often it was looked at.
    """

    tip: str
    protects: bool
    stands: Stands
    decided: date | None
    approver: str
    answer: str
    answer_hash: str
    opens: int
    views: int


@dataclass(frozen=True)
class ToldRecords:
    """Notes for mailboxes, each with its tip and request; the next question begins behind `last`, or -1."""

    records: tuple[tuple[str, int, bytes], ...]
    last: int


class Disclosures:
    """The statements and questions of this room; errors are those of `AdminKeeper`."""

    def __init__(self, connections: Connections, keys: LogKeys, logged: Logged) -> None:
        self._connections = connections
        self._keys = keys
        self._logged = logged

    def request(self, statement: Statement, slip: SlipRequest) -> int:
        """Have a request logged; its index. The slip is the identity's for the requester's desk."""
        proven, _ = self._logged("disclose", statement, {"slips": [slip.to_frame()]})
        return proven.index

    def decide(self, statement: Statement) -> Decided:
        """Have a decision logged."""
        proven, answer = self._logged("append", statement, {"slip": ""})
        if "told" not in answer:
            return Decided(proven.index, b"")
        note = read_bytes(answer["told"])
        record = self._keys.following(partial(self._record, note, str(answer.get("tip"))))
        if (record.request, record.decided_index) != (statement.body["request"], proven.index):
            raise KeeperLied("a record is of another disclosure")
        return Decided(proven.index, note)

    def unlock(self, statement: Statement, slip: SlipRequest) -> Unlocked:
        """Have an unlock logged, and the keeper's lock taken off the slip that the request came with."""
        proven, answer = self._logged("unlock", statement, {"slips": [slip.to_frame()]})
        window = _window(answer)
        if window.request != statement.body["request"]:
            raise KeeperLied("the answer is about another request")
        return Unlocked(_ONLY_HERE, proven.index, read_bytes(answer.get("inner")), window)

    def view(self, statement: Statement, put_back: bytes) -> Viewed:
        """Have a view logged, and the keeper's lock taken off what the custodian's session put back."""
        proven, answer = self._logged("view", statement, {"put_back": to_text(put_back)})
        window, body = _window(answer), statement.body
        named = (window.request, window.tip, window.desk, window.item, window.digest)
        if named != (body["request"], body["tip"], body["desk"], body["item"], body["hash"]):
            raise KeeperLied("the answer is about another request")
        return Viewed(_ONLY_HERE, proven.index, read_bytes(answer.get("inner")), window)

    def for_custodian(self, member: str) -> tuple[AskedDisclosure, ...]:
        """What this custodian may decide, then what they approved and may still unlock."""
        return tuple(AskedDisclosure(**_asked(each)) for each in self._ask("disclosures-for", member))

    def of_member(self, member: str) -> tuple[MyDisclosure, ...]:
        """The member's own requests, the newest first, of tips that they may still read."""
        return tuple(_mine(each) for each in self._ask("disclosures-of", member))

    def records(self, after: int = -1) -> ToldRecords:
        """What reporters may be told now, in the order of the requests, from behind one on."""
        answer = self._connections.ask({"op": "disclosure-records", "after": after})
        last = answer.get("last")
        if type(last) is not int:
            raise KeeperLied("the answer does not say where it ends")
        return ToldRecords(tuple(map(self._told, read_objects(answer, "records"))), last)

    def _told(self, value: Mapping[str, Any]) -> tuple[str, int, bytes]:
        note, tip = read_bytes(value.get("note")), str(value.get("tip"))
        record = self._keys.following(partial(self._record, note, tip))
        if record.request != value.get("request"):
            raise KeeperLied("a record is of another disclosure")
        return tip, record.request, note

    def _record(self, note: bytes, tip: str) -> DisclosureRecord:
        try:
            return DisclosureRecord.read(note, self._keys.verifier, tip)
        except CryptoError as error:
            raise KeeperLied("a record is not signed by the log") from error

    def _ask(self, operation: str, member: str) -> list[Mapping[str, Any]]:
        return list(read_objects(self._connections.ask({"op": operation, "member": member}), "requests"))


def _window(answer: Mapping[str, Any]) -> Window:
    try:
        return Window(**answer["window"])
    except (BadFormat, KeyError, TypeError) as error:
        raise KeeperLied("the answer holds no window") from error


_NAMED: Final = (
    *("request", "requester", "desk", "item", "digest", "hours", "emergency"),
    *("reason", "reason_hash", "body", "letter", "accused_unit", "approved", "until"),
)
_NAMED_OWN: Final = ("tip", "protects", "approver", "answer", "answer_hash", "opens", "views")


def _asked(value: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {
            **{name: value[name] for name in _NAMED},
            "ground": Ground(value["ground"]),
            "tell": Tell(value["tell"]),
            "asked": date.fromisoformat(value["asked"]),
            "due": date.fromisoformat(value["due"]),
        }
    except (KeyError, TypeError, ValueError) as error:
        raise KeeperLied("the answer holds no request") from error


def _mine(value: Mapping[str, Any]) -> MyDisclosure:
    try:
        return MyDisclosure(
            **_asked(value),
            **{name: value[name] for name in _NAMED_OWN},
            stands=Stands(value["stands"]),
            decided=date.fromisoformat(value["decided"]) if value["decided"] else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise KeeperLied("the answer holds no request") from error
