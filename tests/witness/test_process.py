"""`tipline witness serve` as a process: killed and started anew, it goes on from its record."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.trial import wait_for
from tests.witness.logs import ORIGIN, SmallLog
from tipline.calling import Answer, get, post
from tipline.witness.folder import WitnessFolder, hash_of


@contextmanager
def serving(folder: WitnessFolder) -> Iterator[str]:
    """A process of its own; killed at the end, with its worker."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {**os.environ, "TIPLINE_WITNESS": str(folder.path), "TIPLINE_WITNESS_BIND": bind}
    command = [sys.executable, "-m", "tipline.cli", "witness", "serve"]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True, cwd=Path.cwd()
    ) as process:
        url = f"http://{bind}"
        try:
            wait_for("the witness answers", lambda: answers(url), pause=0.05)
            yield url
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def answers(url: str) -> bool:
    try:
        return get(url).status == 404
    except OSError:
        return False


def add(url: str, body: bytes) -> Answer:
    return post(f"{url}/add-checkpoint", body)


def test_a_witness_that_was_killed_goes_on_from_its_record(folder: WitnessFolder, small: SmallLog) -> None:
    with serving(folder) as url:
        assert add(url, small.body(0, 5)).status == 200
    with serving(folder) as url:
        assert add(url, small.fork(2).body(0, 9)).status == 409
        assert add(url, small.fork(2).body(5, 9)).status == 422
        assert add(url, small.body(5, 9)).status == 200
        shown = get(f"{url}/{hash_of(ORIGIN)}/checkpoint")
    assert shown.body.startswith(small.checkpoint(9).text.encode())
