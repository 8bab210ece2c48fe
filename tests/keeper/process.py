"""The keeper as a process of its own, over the folders of a world: it can be killed as a power cut would."""

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Final

from tests.journeys.trial import wait_for
from tests.world import ORIGIN, World
from tipline.addresses import answers_socket
from tipline.keeper.app import run
from tipline.settings import Settings, write_site

# Forked from a server that has loaded the keeper's code: a start takes a tenth of a second instead of two.
_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    ["__main__", "tipline.keeper.app", "sqlalchemy.dialects.sqlite", "alembic.command"]
)


def environment(world: World) -> dict[str, str]:
    """What the command line must be told to find this world."""
    settings = world.settings
    if not (settings.data / "site.json").exists():
        write_site(
            settings.data, origin=ORIGIN, genesis=settings.genesis, log_key=settings.log_key, profile="trial"
        )
    return {**os.environ, "TIPLINE_DATA": str(settings.data), "TIPLINE_RAM": str(settings.ram)}


@contextmanager
def keeper_process(world: World) -> Iterator[BaseProcess]:
    """The keeper with its own limits and the system's clock; it answers. Killed at the end, if it lives."""
    process = _FORKS.Process(target=_be_the_keeper, args=(world.settings,))
    process.start()
    try:
        wait_for("the keeper answers", answers_socket(world.settings.admin_socket), pause=0.01)
        yield process
    finally:
        process.kill()
        process.join()
        process.close()


def _be_the_keeper(settings: Settings) -> None:
    # Its log lines say nothing that a test asks for.
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    raise SystemExit(run(settings))
