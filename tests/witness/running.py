"""A witness that answers over HTTP on this machine."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from crypto.note_lines import Verifier
from tests.witness.logs import SmallLog
from tests.world import ORIGIN, World
from tipline.clock import Clock
from tipline.witness.app import create_app
from tipline.witness.folder import WitnessFolder
from tipline.witness.service import Witness, know


@dataclass(frozen=True)
class Running:
    """A witness, its folder, and where it answers."""

    witness: Witness
    folder: WitnessFolder
    url: str

    def fields(self, **changes: Any) -> dict[str, Any]:
        """As a policy names it."""
        keys = [key.vkey for key in self.witness.verifiers]
        return {"name": self.folder.name, "url": self.url, "keys": keys, **changes}


def log_of(world: World) -> SmallLog:
    """Another log with the keys of a world's: what a taken-over keeper could sign."""
    keys = world.keeper_folder.keys()
    return SmallLog(keys.log_key, keys.log_pq, origin=ORIGIN)


@contextmanager
def running(
    path: Path, world: World, clock: Clock, name: str = "witness.example/county"
) -> Iterator[Running]:
    """A witness of a world's log, while the block runs."""
    with countersigning(path, log_of(world).vkeys, clock, name) as witness:
        yield witness


@contextmanager
def countersigning(path: Path, vkeys: Sequence[Verifier], clock: Clock, name: str) -> Iterator[Running]:
    """A witness of the log that has these keys, while the block runs."""
    folder = WitnessFolder(path)
    folder.make(name)
    know(folder, tuple(vkeys))
    witness = Witness(folder, clock)
    with served(create_app(witness)) as url:
        yield Running(witness, folder, url)


@contextmanager
def served(app: Any) -> Iterator[str]:
    """A site on this machine, and its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
