"""The figures that were published: written once for each quarter, never counted again.

The file holds what the page shows, rounded, and no count. Whoever deletes it
has every quarter counted anew, by where its tips stand on that day.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crypto.randomness import random_bytes
from tipline.clock import Clock
from tipline.database import stamp_day
from tipline.results.errors import DamagedResults
from tipline.results.figures import Figures, Quarter

_VERSION = 1
_LATER = "passed_on"
"""Stands in the file of quarters that were counted since it is a figure of its own."""


class FrozenFigures:
    """One small file that all workers share."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other workers from counting while this one does.

        Raises:
            OSError: the folder is full or gone.
        """
        lock = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def read(self) -> dict[Quarter, Figures]:
        """Every figure that was ever published.

        Raises:
            DamagedResults: the file is not one of ours.
        """
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        try:
            known = [_figures(entry) for entry in _entries(json.loads(text))]
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedResults(str(self._path)) from error
        return {figures.quarter: figures for figures in known}

    def write(self, known: dict[Quarter, Figures]) -> None:
        """Replace the file; it is whole or the one before, and tells the day.

        Raises:
            OSError: the disk is full or gone.
        """
        body = {"v": _VERSION, "quarters": [_fields(figures) for figures in known.values()]}
        fresh = self._path.with_suffix(f".{random_bytes(4).hex()}")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(body, file)
                file.flush()
                os.fsync(file.fileno())
            stamp_day(fresh, self._clock)
            fresh.replace(self._path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        stamp_day(self._path.parent, self._clock)


def _entries(body: Any) -> list[Any]:
    if body["v"] != _VERSION:
        raise ValueError
    return list(body["quarters"])


def _fields(figures: Figures) -> dict[str, int]:
    known = {
        "year": figures.quarter.year,
        "quarter": figures.quarter.number,
        "received": figures.received,
        "in_work": figures.in_work,
        "outside_remit": figures.outside_remit,
        "closed": figures.closed,
    }
    return known if figures.passed_on is None else {**known, _LATER: figures.passed_on}


def _figures(fields: dict[str, Any]) -> Figures:
    return Figures(
        Quarter(int(fields["year"]), int(fields["quarter"])),
        received=int(fields["received"]),
        in_work=int(fields["in_work"]),
        passed_on=int(fields[_LATER]) if _LATER in fields else None,
        outside_remit=int(fields["outside_remit"]),
        closed=int(fields["closed"]),
    )
