"""The key that this keeper signs with, and how the log comes to name it.

A keeper signs with one pair for as long as it runs. The log may still name an earlier one: the keys were
changed while the keeper stood still, or the database was set back to before they were. Then the statements
that lead from there to here come first in the next batch, whose checkpoint the present key signs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from crypto import canonical
from crypto.errors import BadFormat
from crypto.keys import SigningKey, VerifyKey
from crypto.log_keys import follow_key
from crypto.note_lines import Verifier
from crypto.notes import NoteSigner, NoteVerifier
from crypto.statements import Statement
from tipline.keeper.errors import KeyFilesUnsafe


@dataclass(frozen=True)
class Succession:
    """A key of the log, and the statement by which another came after it."""

    old: VerifyKey
    statement: Statement

    @property
    def new(self) -> str:
        """The key that came, in hex."""
        return str(self.statement.body["log_key"])

    def encode(self) -> bytes:
        """As one line of the file `log-keys`, without its end."""
        parts: dict[str, Any] = {"old": self.old.raw.hex(), "statement": self.statement.parts()}
        return canonical.encode(parts)

    @classmethod
    def decode(cls, line: bytes) -> Self:
        """Read a line back, and check that the old key signed and the new one proves itself.

        Raises:
            BadFormat, BadSignature: they do not, or it is no such line.
        """
        value = canonical.decode(line)
        try:
            old = VerifyKey(bytes.fromhex(value["old"]))
            statement = Statement.decode(canonical.encode(value["statement"]))
        except (KeyError, TypeError, ValueError) as error:
            raise BadFormat("not a line of the log's keys") from error
        follow_key(str(statement.body["log"]), old, statement)
        return cls(old, statement)


class LogSigner(NoteSigner):
    """Signs with the present key; its verifier takes for ours what keys before it signed, too."""

    def __init__(self, origin: str, key: SigningKey, chain: Sequence[Succession] = ()) -> None:
        super().__init__(origin, key)
        self.verifier = _OurKeys(origin, key.public, [each.old for each in chain])
        self._chain = tuple(chain)

    def since(self, key: VerifyKey) -> tuple[Statement, ...]:
        """The statements that lead from a key that the log names to the one that signs here.

        Raises:
            KeyFilesUnsafe: none do.
        """
        if key == self.verifier.key:
            return ()
        for number, each in enumerate(self._chain):
            if each.old == key:
                return tuple(later.statement for later in self._chain[number:])
        raise KeyFilesUnsafe("log.key is not the key that the log names, and log-keys does not lead there.")


class _OurKeys(NoteVerifier):
    """The present key, and those before it."""

    def __init__(self, name: str, key: VerifyKey, past: Sequence[VerifyKey]) -> None:
        super().__init__(name, key)
        self._all = (NoteVerifier(name, key), *(NoteVerifier(name, one) for one in past))

    @property
    def keys(self) -> tuple[Verifier, ...]:
        """All of them."""
        return self._all
