"""Asking the keeper for entries, each time under an audit statement of its own."""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from admin.log.errors import AuditRefused, LogTooLong
from admin.readings.errors import refusal
from admin.visit import Visit
from crypto.notes import open_checkpoint
from crypto.statements import Entry, Statement
from tipline.evidence.export import ExportWriter
from tipline.keeper_client import Reason, Refused

MAX_ENTRIES: Final = 1_000_000
"""Of a log that a page walks through as a whole; a longer one is exported by the operator."""
PIECE: Final = 256
"""Entries in one answer of the keeper."""


@dataclass(frozen=True)
class LoggedEntry:
    """An entry with its place and salt."""

    index: int
    salt: bytes
    data: bytes

    @property
    def entry(self) -> Entry:
        """The entry, parsed."""
        return Entry.decode(self.data)


Watch = Callable[[Iterator[LoggedEntry]], Iterator[LoggedEntry]]
"""Passes entries on, and may look at them."""


@dataclass(frozen=True)
class WholeLog:
    """The log up to a checkpoint, to be fetched while it is walked through."""

    visit: Visit
    audit: Statement
    size: int
    checkpoint: bytes

    def entries(self) -> Iterator[LoggedEntry]:
        """All entries in order."""
        for first in range(0, self.size, PIECE):
            yield from _fetch(self.visit, self.audit, first, min(PIECE, self.size - first))

    def export(self, watch: Watch | None = None) -> Iterator[bytes]:
        """The export file, piece by piece; `watch` sees the entries pass."""
        entries = watch(self.entries()) if watch else self.entries()
        out = io.BytesIO()
        writer = ExportWriter(out)
        writer.header(self.visit.services.settings.origin, self.visit.services.settings.genesis)
        for number, one in enumerate(entries, 1):
            if one.data:
                writer.entry(one.index, one.salt, one.data)
            else:
                writer.forgotten(one.index, one.salt)
            if number % PIECE == 0:
                yield _taken(out)
        writer.finish(self.checkpoint)
        yield _taken(out)


def log_size(visit: Visit) -> int:
    """How many entries the log has now."""
    services = visit.services
    return open_checkpoint(services.keeper.checkpoint(), [services.log_key]).size


def some_entries(visit: Visit, first: int, count: int) -> list[LoggedEntry]:
    """A range of entries; asking for them is an entry, too.

    Raises:
        AuditRefused: this member may not see them.
        KeeperError: the keeper does not answer.
    """
    audit = logged(visit, "audit", {"first": first, "count": count})
    found: list[LoggedEntry] = []
    for start in range(first, first + count, PIECE):
        found += _fetch(visit, audit, start, min(PIECE, first + count - start))
    return found


def whole_log(visit: Visit, act: str) -> WholeLog:
    """The log as of now, the statement itself included.

    Args:
        act: what it is for, "verify" or "export".

    Raises:
        SecondLookNeeded: so much at once needs the member's passkey, or password and code.
        LogTooLong: over `MAX_ENTRIES` entries.
        AuditRefused: this member may not see them.
        KeeperError: the keeper does not answer.
    """
    services = visit.services
    if log_size(visit) + PIECE > MAX_ENTRIES:
        raise LogTooLong
    audit = logged(visit, "audit-all", {"act": act})
    checkpoint = services.keeper.checkpoint()
    size = open_checkpoint(checkpoint, [services.log_key]).size
    return WholeLog(visit, audit, size, checkpoint)


def logged(visit: Visit, kind: str, fields: Mapping[str, Any]) -> Statement:
    """An auditor's statement, once it is in the log.

    Raises:
        AuditRefused: this member may not state it.
    """
    audit = visit.sign(kind, fields)
    try:
        visit.services.keeper.append(audit)
    except Refused as refused:
        raise explained(refused) from refused
    return audit


def _fetch(visit: Visit, audit: Statement, first: int, count: int) -> list[LoggedEntry]:
    try:
        page = visit.services.keeper.entries(audit, first, count)
    except Refused as refused:
        raise explained(refused) from refused
    return [LoggedEntry(index, salt, data) for index, salt, data in page.rows]


def explained(refused: Refused) -> Exception:
    """What an auditor is told of a refusal."""
    if refused.reason in (Reason.STALE, Reason.REPLAYED, Reason.TOO_MANY):
        return refusal(refused.reason)
    return AuditRefused()


def _taken(out: io.BytesIO) -> bytes:
    data = out.getvalue()
    out.seek(0)
    out.truncate()
    return data
