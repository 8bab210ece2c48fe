"""Routes, and the policy that lies under the keeper's lock in every slip.

A policy is a fixed block of 1,024 bytes, so that its length says nothing of
what it allows.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from crypto import canonical
from crypto.errors import BadFormat

POLICY_LENGTH = 1_024
IDENTITY = "identity"
"""The kind whose slips have the custodians' lock, too (`crypto.identities`)."""
MESSAGE = "message"
"""The kind that says on which day it was sent."""

_VERSION = 1
KINDS = frozenset(
    (
        *("text", "message", "reply", "file", "note", "tags", "card", "card-key", "reason", "route"),
        *("accused", "interference"),
        IDENTITY,
    )
)
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_HEX_32 = re.compile(r"[0-9a-f]{32}")
_HEX_64 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Route:
    """Which desks may read a tip and which units must not; both sorted, each id once.

    Raises:
        BadFormat: unsorted or repeated ids, or what is no id: whoever keeps a route may join ids by spaces.
    """

    desks: tuple[str, ...]
    excluded: tuple[str, ...]

    def __post_init__(self) -> None:
        for ids in (self.desks, self.excluded):
            if list(ids) != sorted(set(ids)) or not all(map(_ID.fullmatch, ids)):
                raise BadFormat("a route lists each id once, in order")


@dataclass(frozen=True, slots=True)
class Policy:
    """What a slip is for: the keeper reads it before it takes its lock off.

    Attributes:
        item: the item's id, 32 hex digits.
        digest: SHA-256 of the sealed item, 64 hex digits.
        tip: the tip's id, 32 hex digits.
        desk: the desk whose lock is inside.
        epoch: which of the desk's keys that is.
        kind: the item's kind, one of ``KINDS``.
        route: the tip's route when the item was sealed.
        claim: the reporter's Ed25519 claim key, 64 hex digits.
        day: of a message, the UTC day on which it was sent, ISO; "" for any other kind, and for messages from
            before days were bound.

    Raises:
        BadFormat: a field of another form.
    """

    item: str
    digest: str
    tip: str
    desk: str
    epoch: int
    kind: str
    route: Route
    claim: str
    day: str = ""

    def __post_init__(self) -> None:
        ids = _HEX_32.fullmatch(self.item) and _HEX_32.fullmatch(self.tip)
        hashes = _HEX_64.fullmatch(self.digest) and _HEX_64.fullmatch(self.claim)
        if not (ids and hashes and self.desk and self.epoch >= 0 and self.kind in KINDS):
            raise BadFormat("a policy has a field of a wrong form")
        if self.day and (self.kind != MESSAGE or not _is_day(self.day)):
            raise BadFormat("a policy has a day that is none, or of another kind than a message")

    def encode(self) -> bytes:
        """Exactly 1,024 bytes: canonical JSON, then zeros.

        Raises:
            BadFormat: the route is too long for the block.
        """
        data = canonical.encode(
            {
                "v": _VERSION,
                "item": self.item,
                "digest": self.digest,
                "tip": self.tip,
                "desk": self.desk,
                "epoch": self.epoch,
                "kind": self.kind,
                "desks": list(self.route.desks),
                "excluded": list(self.route.excluded),
                "claim": self.claim,
                **({"day": self.day} if self.day else {}),
            }
        )
        if len(data) > POLICY_LENGTH:
            raise BadFormat("the policy does not fit its block")
        return data.ljust(POLICY_LENGTH, b"\0")

    @classmethod
    def decode(cls, block: bytes) -> "Policy":
        """Read a block of 1,024 bytes.

        Raises:
            BadFormat: another length, other fields, or not what ``encode`` writes.
        """
        if len(block) != POLICY_LENGTH:
            raise BadFormat("a policy has 1,024 bytes")
        fields = canonical.decode(block.rstrip(b"\0"))
        known = _FIELDS | _DAY if "day" in fields else _FIELDS
        if fields.keys() != known.keys() or any(
            type(fields[name]) is not kind for name, kind in known.items()
        ):
            raise BadFormat("a policy has other fields")
        if fields.get("day") == "":
            raise BadFormat("a policy without a day leaves it out")
        if fields.pop("v") != _VERSION:
            raise BadFormat("a policy has an unknown version")
        route = Route(_ids(fields.pop("desks")), _ids(fields.pop("excluded")))
        return cls(**fields, route=route)


_FIELDS: dict[str, type] = {
    "v": int,
    "item": str,
    "digest": str,
    "tip": str,
    "desk": str,
    "epoch": int,
    "kind": str,
    "desks": list,
    "excluded": list,
    "claim": str,
}
_DAY: dict[str, type] = {"day": str}


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _ids(values: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise BadFormat("a policy's route holds something else than ids")
    return tuple(values)
