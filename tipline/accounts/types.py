"""A member whose keys are open in this process for the length of one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crypto.keys import MemberSeed
from crypto.randomness import random_bytes
from crypto.statements import Statement
from tipline.clock import Clock
from tipline.ids import MemberId

NONCE_BYTES = 16


@dataclass(frozen=True)
class UnlockedMember:
    """A member and their open seed. Made by `unlock` and by a session's cookie, by nothing else."""

    id: MemberId
    name: str
    seed: MemberSeed

    def sign(self, kind: str, fields: Mapping[str, Any], *, origin: str, clock: Clock) -> Statement:
        """A fresh statement by this member alone."""
        body = new_body(kind, fields, by=[self.id], origin=origin, clock=clock)
        return Statement.signed(body, {self.id: self.seed.signing_key})


def new_body(
    kind: str, fields: Mapping[str, Any], *, by: list[MemberId], origin: str, clock: Clock
) -> dict[str, Any]:
    """The body of a statement, with the fields that every statement has."""
    return {
        **fields,
        "v": 1,
        "log": origin,
        "type": kind,
        "at": clock.unix(),
        "nonce": random_bytes(NONCE_BYTES).hex(),
        "by": list(by),
    }


def sign_together(
    kind: str, fields: Mapping[str, Any], members: list[UnlockedMember], *, origin: str, clock: Clock
) -> Statement:
    """A fresh statement that several members sign."""
    body = new_body(kind, fields, by=[member.id for member in members], origin=origin, clock=clock)
    return Statement.signed(body, {member.id: member.seed.signing_key for member in members})
