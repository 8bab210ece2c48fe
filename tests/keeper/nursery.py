"""Keepers as processes of their own, started quickly: one process loads the code once and forks each keeper.

python -m tests.keeper.nursery DATA RAM LOG_KEY GENESIS      then a line on its input starts a keeper

A keeper that is `held` stands still before it does anything, until it is let go.
"""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.world import PLENTY, World, settings_of
from tipline.keeper.app import run

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds


@dataclass(frozen=True)
class Child:
    """A keeper that runs."""

    pid: int

    def kill(self) -> None:
        """End it without a word to it."""
        os.kill(self.pid, signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        os.kill(self.pid, signal.SIGTERM)

    def let_go(self) -> None:
        """Let one that is held begin."""
        os.kill(self.pid, signal.SIGCONT)

    def has_ended(self) -> bool:
        """Whether it is no longer there, but for its exit code."""
        return self._state() == "Z"

    def stands_still(self) -> bool:
        """Whether it waits to be let go."""
        return self._state() == "T"

    def _state(self) -> str:
        """As the system calls it: proc_pid_stat(5)."""
        return Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(") ")[2][0]

    def limit_files(self, size: int) -> None:
        """From now on no file of its can grow beyond `size` bytes; -1 lifts that."""
        _, hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (hard if size < 0 else size, hard))


class Nursery:
    """Starts keepers of one world, one after the other."""

    def __init__(self, process: "subprocess.Popen[str]", world: World) -> None:
        self._process = process
        self._world = world

    def start(self) -> Child:
        """A new keeper, listening."""
        self._world.settings.admin_socket.unlink(missing_ok=True)
        self._write("start")
        child = Child(int(self._read()))
        for _ in range(1000):
            if self._world.settings.public_socket.exists() and self._world.settings.admin_socket.exists():
                return child
            time.sleep(0.005)
        raise TimeoutError("the keeper does not listen")

    def hold(self) -> Child:
        """A new keeper that has not begun."""
        self._world.settings.admin_socket.unlink(missing_ok=True)
        self._write("hold")
        child = Child(int(self._read()))
        while not child.stands_still():
            time.sleep(0.001)
        return child

    def wait(self) -> int:
        """The exit code of the last keeper; negative: the signal that ended it."""
        self._write("wait")
        return int(self._read())

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def nursery(world: World, errors: Path) -> Iterator[Nursery]:
    """Keepers of a world that has the system's clock; what they write to stderr goes to a file."""
    settings = world.settings
    names = [str(settings.data), str(settings.ram), settings.log_key, settings.genesis]
    with (
        errors.open("wb") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "tests.keeper.nursery", *names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            cwd=REPOSITORY,
        ) as process,
    ):
        yield Nursery(process, world)


def main(data: str, ram: str, log_key: str, genesis: str) -> None:
    """Fork a keeper for each "start" or "hold"; say how it ended for each "wait"."""
    settings = settings_of(Path(data), Path(ram), log_key=log_key, genesis=genesis)
    child, children = 0, list[int]()
    signal.signal(signal.SIGALRM, lambda _number, _frame: os.kill(child, signal.SIGKILL))
    for line in sys.stdin:
        if line.strip() == "wait":
            signal.alarm(PATIENCE)  # a keeper that does not end fails its test, and holds up no run
            _, status = os.waitpid(child, 0)
            signal.alarm(0)
            children.remove(child)
            print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  this is the answer
            continue
        child = os.fork()
        if child == 0:
            sys.stdin.close()
            if line.strip() == "hold":
                os.kill(os.getpid(), signal.SIGSTOP)
            os._exit(run(settings, None, PLENTY))
        children.append(child)
        print(child, flush=True)  # noqa: T201
    for child in children:  # a test that fails, or is done, waits for none
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
