"""The keeper as a process: two sockets, one writer, and an orderly end."""

import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import structlog

from tipline.clock import Clock, SystemClock
from tipline.database import Database
from tipline.keeper.errors import KeeperFault
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.migrations import upgrade
from tipline.keeper.server import Server
from tipline.keeper.service import REQUESTS_PER_MINUTE, Keeper
from tipline.keeper_client.frames import MAX_FRAME
from tipline.settings import Settings

MAX_PUBLIC_FRAME: Final = 64 * 1024
"""Bytes of a request by the public site: small, so that whoever holds it cannot fill our memory."""

_LOOK_SECONDS: Final = 1.0

log = structlog.get_logger()


def run(
    settings: Settings, clock: Clock | None = None, requests_per_minute: int = REQUESTS_PER_MINUTE
) -> int:
    """Be the keeper until SIGTERM or SIGINT; the exit code.

    Zero after an orderly end; one when the keeper could not start, or its writer died of a fault.
    """
    _log_to_stderr()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the keys
    os.umask(0o077)  # the database too is its owner's alone
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: ended.set())
    try:
        with serving(settings, clock or SystemClock(), requests_per_minute) as keeper:
            log.info("keeper ready")
            while not ended.wait(_LOOK_SECONDS) and keeper.writer.alive:
                pass
            orderly = ended.is_set()
    except KeeperFault as fault:
        log.error("keeper did not start", why=str(fault))
        return 1
    log.info("keeper ended", orderly=orderly)
    return 0 if orderly else 1


@contextmanager
def serving(settings: Settings, clock: Clock, requests_per_minute: int) -> Iterator[Keeper]:
    """A keeper that answers on both sockets while the block runs.

    Raises:
        KeeperFault: key files are unsafe, another process runs this keeper, or its database cannot be read.
    """
    folder = KeeperFolder(settings.keeper_folder)
    with ExitStack() as stack:
        stack.enter_context(folder.held())
        database = Database(settings.keeper_database_url)
        stack.callback(database.dispose)
        upgrade(database.engine)
        keeper = Keeper(folder, database, settings.origin, clock, requests_per_minute)
        keeper.writer.start()
        stack.callback(keeper.writer.stop)
        for path, answer, max_frame in (
            (settings.admin_socket, keeper.answer_admin, MAX_FRAME),
            (settings.public_socket, keeper.answer_public, MAX_PUBLIC_FRAME),
        ):
            server = Server(path, answer, max_frame)
            server.start()
            stack.callback(server.close)
        yield keeper


def _log_to_stderr() -> None:
    """Events and counts, one JSON line each; never an id of a tip, never text."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
