"""A Flask application that never writes what somebody typed, read or asked for to a log."""

import traceback
from pathlib import Path
from types import TracebackType

import structlog
from flask import Flask

FRAMES = 4

log = structlog.get_logger()


class QuietSite(Flask):
    """What both sites are made of."""

    def log_exception(
        self,
        exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> None:
        """Log where an error was raised and its class; its message may hold what somebody typed."""
        kind, _, trace = exc_info
        frames = traceback.extract_tb(trace)[-FRAMES:]
        places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
        log.error("request failed", error=kind.__name__ if kind else "", at=" > ".join(places))
