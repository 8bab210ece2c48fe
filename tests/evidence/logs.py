"""A log in memory, as a keeper writes it, and its exports."""

import io
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from crypto.keys import SigningKey
from crypto.merkle import Frontier, leaf_hash
from crypto.notes import Checkpoint, NoteSigner, sign_checkpoint
from crypto.statements import Entry, Statement, commitment
from tests.roster.township import (
    AUDITOR,
    INTEGRITY,
    LOG_KEY,
    NEWCOMER,
    ORIGIN,
    POLICE,
    REGISTRAR,
    REVIEWER_A,
    START,
    body,
    genesis,
    member,
    signed,
)
from tipline.evidence.export import ExportWriter

TIP = "ab" * 16


class Log:
    """Entries with their salts; nothing is checked, so that every forgery can be written."""

    def __init__(self, entries: Sequence[bytes] = (), *, key: SigningKey = LOG_KEY) -> None:
        self.entries = list(entries)
        self.signer = NoteSigner(ORIGIN, key)

    def done(self, statement: dict[str, Any] | Statement, *, at: int | None = None) -> None:
        self._add(statement, at, "done", "")

    def refused(self, statement: dict[str, Any] | Statement, reason: str, *, at: int | None = None) -> None:
        self._add(statement, at, "refused", reason)

    def copy(self) -> "Log":
        return Log(self.entries)

    def checkpoint(self, size: int | None = None) -> bytes:
        tree = Frontier()
        for index, entry in enumerate(self.entries[:size]):
            tree.append(leaf_hash(commitment(salt(index), entry)))
        return sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), [self.signer])

    def export(self, *, checkpoint: bytes | None = None) -> bytes:
        out = io.BytesIO()
        writer = ExportWriter(out)
        writer.header(ORIGIN, sha256(self.entries[0]).hexdigest() if self.entries else "00" * 32)
        for index, entry in enumerate(self.entries):
            writer.entry(index, salt(index), entry)
        writer.finish(self.checkpoint() if checkpoint is None else checkpoint)
        return out.getvalue()

    def _add(self, statement: dict[str, Any] | Statement, at: int | None, outcome: str, reason: str) -> None:
        whole = statement if isinstance(statement, Statement) else signed(statement)
        self.entries.append(Entry(whole.body["at"] if at is None else at, outcome, reason, whole).encode())


def salt(index: int) -> bytes:
    return sha256(b"salt %d" % index).digest()


def read(
    number: int, *, by: Sequence[str] = (REVIEWER_A,), at: int = START, desk: str = "intake"
) -> dict[str, Any]:
    items = [{"item": f"{number:032x}", "hash": f"{number:064x}"}]
    return body("read", by, at=at, number=number, tip=TIP, desk=desk, purpose="triage", items=items)


def sample() -> Log:
    """A log with changes of the roster, readings, refusals and an audit."""
    log = Log()
    log.done(genesis())
    log.done(read(1), at=START + 1)
    log.done(body("member", [REGISTRAR], at=START + 2, member=member(NEWCOMER, POLICE)))
    log.refused(read(2, by=[NEWCOMER], at=START + 3), "desk-not-held")
    log.done(body("grant", [REGISTRAR, REVIEWER_A], at=START + 4, member=NEWCOMER, desk="intake"))
    log.done(read(3, by=[NEWCOMER], at=START + 5))
    log.refused(Statement(read(4, by=["m00000099"], at=START + 5), {}), "unknown-member")
    log.refused(Statement(read(5, at=START + 5), {}), "bad-signature")
    log.refused(body("unreadable", ["keeper"], at=START + 6, digest="cd" * 32), "malformed")
    log.done(body("remove", [REGISTRAR], at=START + 7, member=NEWCOMER))
    log.done(
        body("read", [INTEGRITY], at=START + 8, desk="integrity", names={"zh": "石桥镇", "en": "\u2028"})
    )
    log.done(body("audit", [AUDITOR], at=START + 9, first=0, count=10))
    log.done(body("export", ["keeper"], at=START + 10, size=12, root="ef" * 32))
    return log
