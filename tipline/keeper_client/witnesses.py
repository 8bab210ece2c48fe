"""What the keeper says of its witnesses and its own health. Alarms are believed; notes prove themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import read_bytes
from tipline.keeper_client.errors import KeeperLied


@dataclass(frozen=True)
class CosignedNote:
    """The last checkpoint that a witness countersigned, and when (Unix seconds, by the keeper's clock).

    `note` is not checked here (`crypto.cosignatures.open_cosigned`); empty where it was not asked for.
    """

    name: str
    size: int
    at: int
    note: bytes = b""


@dataclass(frozen=True)
class StampedHead:
    """A head of the log, and when an outside service has seen it. The operator has the proof."""

    size: int
    root: str
    at: datetime


@dataclass(frozen=True)
class OtherHead:
    """A witness that holds another head than was offered; size and root (hex, "" for unknown) of both."""

    name: str
    ours: tuple[int, str]
    theirs: tuple[int, str]


@dataclass(frozen=True)
class Health:
    """Codes of all alarms, what witnesses countersigned, and who disagrees. `stopped`: nothing is read."""

    alarms: tuple[str, ...] = ()
    cosigned: tuple[CosignedNote, ...] = ()
    disagree: tuple[OtherHead, ...] = ()
    stopped: bool = False


def ask_health(connections: Connections) -> Health:
    """How the keeper is."""
    answer = connections.ask({"op": "health"})
    try:
        return Health(
            tuple(map(str, answer["alarms"])),
            tuple(_cosigned(one) for one in answer["cosigned"]),
            tuple(
                OtherHead(str(one["name"]), _head(one["ours"]), _head(one["theirs"]))
                for one in answer["disagree"]
            ),
            answer["stopped"] is True,
        )
    except (KeyError, TypeError) as error:
        raise KeeperLied("the answer does not say how the keeper is") from error


def ask_stamps(connections: Connections) -> list[StampedHead]:
    """The last heads that an outside service has stamped, the newest first."""
    try:
        found = connections.ask({"op": "stamps"})["stamps"]
        return [
            StampedHead(int(size), str(root), datetime.fromtimestamp(at, UTC)) for size, root, at in found
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise KeeperLied("the answer holds no time stamps") from error


def ask_cosigned(connections: Connections) -> list[CosignedNote]:
    """The last countersigned note of each witness."""
    answer = connections.ask({"op": "cosigned"})
    try:
        return [_cosigned(one, read_bytes(one["note"])) for one in answer["cosigned"]]
    except (KeyError, TypeError) as error:
        raise KeeperLied("the answer holds no notes") from error


def ask_cosignatures(connections: Connections, witness: str, since: date, until: date) -> list[bytes]:
    """The notes that the keeper has of a witness for some days, in their order."""
    days = {"since": since.isoformat(), "until": until.isoformat()}
    notes = connections.ask({"op": "cosignatures", "witness": witness, **days}).get("notes")
    if not isinstance(notes, list):
        raise KeeperLied("the answer holds no notes")
    return [read_bytes(note) for note in notes]


def _cosigned(value: Mapping[str, Any], note: bytes = b"") -> CosignedNote:
    if type(value["size"]) is not int or type(value["at"]) is not int:
        raise KeeperLied("a countersigned note has no size and time")
    return CosignedNote(str(value["name"]), value["size"], value["at"], note)


def _head(value: Mapping[str, Any]) -> tuple[int, str]:
    if type(value["size"]) is not int:
        raise KeeperLied("a head has no size")
    return value["size"], str(value["root"])
