"""A member whose keys are open in this process for the length of one request, and what they sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from crypto.keys import MemberSeed
from crypto.randomness import random_bytes
from crypto.statements import Statement
from tipline.clock import Clock
from tipline.ids import MemberId
from tipline.roster.sensitive import is_sensitive

NONCE_BYTES = 16


class SecondLook(Protocol):
    """Asks a signed-in person once more, before they sign what a stolen session must not."""

    def body(self, kind: str, fields: Mapping[str, Any], by: Sequence[MemberId]) -> Mapping[str, Any] | None:
        """The body of such a statement that the person was shown before, if it is about the same."""

    def confirm(self, statement: Statement, signer: MemberId) -> Statement:
        """The statement, with what the signer's passkey said where they have one.

        Raises:
            ConfirmationNeeded: the signer has no passkey, and has not confirmed lately.
            AssertionNeeded: the signer's passkey has not answered over this statement.
        """


@dataclass(frozen=True)
class UnlockedMember:
    """A member and their open seed. Made by `Accounts` and by a session's cookie, by nothing else.

    `look` is there where a person can be asked: on the admin site. A command asks for password and code
    itself, and cannot ask a passkey: what needs one is refused by the keeper.
    """

    id: MemberId
    name: str
    seed: MemberSeed
    look: SecondLook | None = field(default=None, repr=False, compare=False)

    def sign(self, kind: str, fields: Mapping[str, Any], *, origin: str, clock: Clock) -> Statement:
        """A fresh statement by this member alone.

        Raises:
            SecondLookNeeded: the kind is sensitive, and the person must be asked first.
        """
        return sign_together(kind, fields, [self], origin=origin, clock=clock)

    def add_to(self, statement: Statement) -> Statement:
        """The statement with this member's signature, and their passkey's answer where it needs one.

        Raises:
            SecondLookNeeded: as `sign`.
        """
        if self.look is not None and is_sensitive(statement.body):
            statement = self.look.confirm(statement, self.id)
        return statement.add_signature(self.id, self.seed.signing_key)


def sign_together(
    kind: str, fields: Mapping[str, Any], members: Sequence[UnlockedMember], *, origin: str, clock: Clock
) -> Statement:
    """A fresh statement that several members sign who are all here.

    Raises:
        SecondLookNeeded: as `UnlockedMember.sign`.
    """
    statement = begin_statement(kind, fields, members[0], _ids(members[1:]), origin=origin, clock=clock)
    for member in members[1:]:
        statement = member.add_to(statement)
    return statement


def begin_statement(
    kind: str,
    fields: Mapping[str, Any],
    first: UnlockedMember,
    others: Sequence[MemberId],
    *,
    origin: str,
    clock: Clock,
) -> Statement:
    """A fresh statement that its first signer has signed, and the others named will.

    Raises:
        SecondLookNeeded: as `UnlockedMember.sign`.
    """
    by = [first.id, *others]
    body = new_body(kind, fields, by=by, origin=origin, clock=clock)
    shown = first.look.body(kind, fields, by) if first.look and is_sensitive(body) else None
    return first.add_to(Statement(shown or body, {}))


def new_body(
    kind: str, fields: Mapping[str, Any], *, by: Sequence[MemberId], origin: str, clock: Clock
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


def _ids(members: Sequence[UnlockedMember]) -> list[MemberId]:
    return [member.id for member in members]
