"""Checking the signatures of a log: most of the work of verifying it, and none of it needs what came before.

So they are put aside while the log is read, each with the key that its signer had at its place, and checked
in batches; `processes` does it beside the reading. What is wrong is told in the order of the log: the first
bad entry is the same however the work was shared.
"""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import TracebackType
from typing import Final, Self

from crypto.errors import BadSignature
from crypto.keys import VerifyKey
from crypto.statements import STATEMENT_TAG, Statement
from tipline.evidence.errors import VerificationFailed

BATCH: Final = 500
WRONG: Final = "a signature is missing or wrong"

Signed = tuple[int, bytes, bytes, bytes]
"""The index of an entry, the raw key of one signer, their signature of 64 bytes, the statement's body."""
Batch = Sequence[Signed]


def first_wrong(batch: Batch) -> int | None:
    """The index of the first entry with a wrong signature; None when all are right."""
    for index, key, signature, body in batch:
        try:
            _key(key).verify(signature, STATEMENT_TAG + body)
        except BadSignature:
            return index
    return None


class Signatures:
    """Takes signatures in the order of the log; as a context, it is left when all of them are right.

    Raises:
        VerificationFailed: the first entry of which a signature is wrong, also where the block failed later.
    """

    def __init__(self) -> None:
        self._batch: list[Signed] = []
        self._wrong: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None or issubclass(kind, VerificationFailed):
            self.finish()

    def take(self, statement: Statement, keys: Mapping[str, VerifyKey], index: int) -> None:
        """Check the signature of every signer, now or later.

        Raises:
            VerificationFailed: one is missing, or one that was taken before is wrong.
        """
        for signer, key in keys.items():
            if signer not in statement.signatures:
                raise VerificationFailed(index, WRONG)
            signature = b64decode(statement.signatures[signer])
            self._batch.append((index, key.raw, signature, statement.canonical_body))
        if len(self._batch) >= BATCH:
            self.hand_over()

    def finish(self) -> None:
        """Check what is left."""
        self.hand_over()

    def hand_over(self) -> None:
        """Have a batch checked."""
        batch, self._batch = self._batch, []
        self.check(batch)

    def check(self, batch: Batch) -> None:
        """Check a batch here."""
        self.note(first_wrong(batch))

    def note(self, wrong: int | None) -> None:
        """Take what was found of the next batch in order. The first that is wrong stays the first."""
        self._wrong = wrong if self._wrong is None else self._wrong
        if self._wrong is not None:
            raise VerificationFailed(self._wrong, WRONG)


@lru_cache(maxsize=1024)
def _key(raw: bytes) -> VerifyKey:
    return VerifyKey(raw)
