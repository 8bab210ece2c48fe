"""The keeper as a process: three sockets, one writer, and an orderly end."""

import gc
import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import structlog

from tipline.clock import Clock, SystemClock
from tipline.database import Database
from tipline.keeper.errors import CannotListen, KeeperFault
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.kept_time import KeptTime
from tipline.keeper.migrations import upgrade
from tipline.keeper.rotation import begin, is_under_way
from tipline.keeper.server import Server
from tipline.keeper.service import REQUESTS_PER_MINUTE, Keeper
from tipline.keeper_client.frames import MAX_FRAME
from tipline.settings import Settings

MAX_PUBLIC_FRAME: Final = 64 * 1024
"""Bytes of a request by the public site or the operator: small, so that neither can fill our memory."""

_LOOK_SECONDS: Final = 1.0

log = structlog.get_logger()


def run(
    settings: Settings, clock: Clock | None = None, requests_per_minute: int = REQUESTS_PER_MINUTE
) -> int:
    """Be the keeper until SIGTERM or SIGINT, or until its operator wants it started anew; the exit code.

    Zero after an orderly end; one when the keeper could not start, or its writer died of a fault.
    """
    log_to_stderr()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the keys
    os.umask(0o077)  # the database too is its owner's alone
    gc.freeze()  # what is loaded stays: to go through it again and again would hold up batches for 50 ms
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: ended.set())
    try:
        with serving(settings, clock or SystemClock(), requests_per_minute) as keeper:
            log.info("keeper ready")
            while not ended.wait(_LOOK_SECONDS) and keeper.writer.alive and not keeper.ending.is_set():
                pass
            orderly = ended.is_set() or keeper.ending.is_set()
    except KeeperFault as fault:
        log.error("keeper did not start", why=str(fault))
        return 1
    log.info("keeper ended", orderly=orderly)
    return 0 if orderly else 1


@contextmanager
def serving(settings: Settings, clock: Clock, requests_per_minute: int) -> Iterator[Keeper]:
    """A keeper that answers on its sockets while the block runs.

    Raises:
        KeeperFault: key files are unsafe, another process runs this keeper, or its database cannot be read.
    """
    with ExitStack() as stack:
        keeper = stack.enter_context(writing(settings, clock, requests_per_minute))
        for server in (
            Server(settings.admin_socket, keeper.answer_admin, MAX_FRAME, keeper.take_up),
            Server(settings.public_socket, keeper.answer_public, MAX_PUBLIC_FRAME),
            Server(settings.operator_socket, keeper.answer_operator, MAX_PUBLIC_FRAME),
        ):
            server.start()
            stack.callback(server.close)
        keeper.witnesses.start()
        stack.callback(keeper.witnesses.stop)
        keeper.rewards.start()
        stack.callback(keeper.rewards.stop)
        yield keeper


@contextmanager
def writing(
    settings: Settings, clock: Clock, requests_per_minute: int = REQUESTS_PER_MINUTE
) -> Iterator[Keeper]:
    """A keeper that writes its log while the block runs, and that nobody can reach yet.

    Raises:
        KeeperFault: as `serving`.
    """
    folder = KeeperFolder(settings.keeper_folder, settings.operator_socket.parent)
    with ExitStack() as stack:
        stack.enter_context(folder.held())
        _own_folder(settings.operator_socket.parent)
        database = Database(settings.keeper_database_url, keeps_journal=True)
        stack.callback(database.dispose)
        upgrade(database.engine)
        folder.make_second_key()
        if is_under_way(folder):
            begin(folder, settings.origin, clock)  # goes on where a change of the log's keys broke off
        keeper = Keeper(
            folder, database, settings.origin, KeptTime(clock, folder.time_in_doubt), requests_per_minute
        )
        keeper.writer.start()
        stack.callback(keeper.writer.stop)
        yield keeper


def _own_folder(path: Path) -> None:
    """The folder of the operator's socket: neither site's account can enter it.

    Raises:
        CannotListen: it cannot be made, or belongs to somebody else.
    """
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        path.chmod(0o700)
    except OSError as error:
        raise CannotListen(f"The keeper cannot use {path}: {error.strerror}.") from error


def log_to_stderr() -> None:
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
