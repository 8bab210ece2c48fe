"""What the public site may ask of the keeper: blind signatures for vouchers, and pickup codes."""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from tipline.keeper_client.collecting import Collect
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.entries import read_bytes
from tipline.keeper_client.errors import KeeperLied

MINT: Final = "mint"
REDEEM: Final = "redeem"

_CODE = re.compile(r"[0-9]{10}")
_SIGNATURE_LENGTH: Final = 384


@dataclass(frozen=True)
class Pickup:
    """A pickup code (ten digits) of a voucher, and where and until when it is good.

    `again`: the same code was handed out before.
    """

    code: str = field(repr=False)
    point: str
    until: date
    value: int
    again: bool


@dataclass(frozen=True)
class Paid:
    """The voucher was paid out on this day (UTC)."""

    day: date


class KeeperPublic:
    """The keeper, as the public site sees it. One object serves all threads of a process.

    Every method raises KeeperUnavailable when the keeper does not answer in time, Refused with its reason,
    and KeeperLied when an answer has no form. What was asked may be asked again, and is answered the same.
    """

    def __init__(self, socket: Path, timeout: float = 30.0) -> None:
        """Use the keeper's socket; nothing is asked yet. `timeout` is in seconds, for each question."""
        self._connections = Connections(socket, timeout)

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._connections.close()

    def mint(self, collect: Collect, signature: bytes, proof: bytes) -> tuple[bytes, ...]:
        """The blind signatures for an award's vouchers, in the order of its blinded values.

        They prove nothing before they were finished: the mint may have signed with another key.

        Args:
            signature: of the claim key over `collect.message`.
            proof: of the same over `collect.proof`.
        """
        signed = {"signature": signature.hex(), "proof": proof.hex()}
        answer = self._connections.ask({"op": MINT, **collect.to_fields(), **signed})
        found = answer.get("signatures")
        if not isinstance(found, list) or len(found) != len(collect.blinded):
            raise KeeperLied("the answer holds another number of signatures")
        return tuple(map(_read_signature, found))

    def ask_by_name(self, collect: Collect, signature: bytes) -> bytes:
        """Have it logged that an award is to be paid by name; the note that its mailbox shows, unchecked."""
        answer = self._connections.ask({"op": MINT, **collect.to_fields(), "signature": signature.hex()})
        if answer.get("named") is not True:
            raise KeeperLied("the answer does not say that it is paid by name")
        return read_bytes(answer.get("record"))

    def redeem(self, year: int, value: int, message: bytes, signature: bytes, point: str) -> Pickup | Paid:
        """A pickup code for a voucher, or the day on which it was paid.

        Args:
            message: 32 bytes.
            signature: the finished one, 384 bytes.
            point: where the cash is to be fetched.
        """
        named = {"year": year, "value": value, "message": message.hex(), "signature": signature.hex()}
        answer = self._connections.ask({"op": REDEEM, **named, "point": point})
        try:
            if "paid" in answer:
                return Paid(date.fromisoformat(answer["paid"]))
            code, again = answer["code"], answer["again"]
            if not _CODE.fullmatch(code) or not isinstance(again, bool):
                raise KeeperLied("the answer holds no pickup code")
            until = date.fromisoformat(answer["until"])
            return Pickup(code, str(answer["point"]), until, int(answer["value"]), again)
        except (KeyError, TypeError, ValueError) as error:
            raise KeeperLied("the answer holds no pickup code") from error


def _read_signature(text: object) -> bytes:
    try:
        signature = bytes.fromhex(text if isinstance(text, str) else "")
    except ValueError:
        signature = b""
    if len(signature) != _SIGNATURE_LENGTH:
        raise KeeperLied("a signature of the answer is none")
    return signature
