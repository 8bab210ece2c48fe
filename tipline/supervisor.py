"""Starts the three processes, keeps them running, and ends them together.

    keeper ─▶ answers ─▶ public site, admin site ─▶ both answer ─▶ watch
                                                                    │
              a dead one starts again after a short delay ◀─────────┤
              SIGINT or SIGTERM: sites first, the keeper last ◀─────┘

The keeper ends last, so that a reading under way still gets its entry. A child
is told to end when this process dies without a word (PR_SET_PDEATHSIG), and has
a session of its own, so that Ctrl-C reaches this process alone.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

PR_SET_PDEATHSIG = 1  # linux/prctl.h
START_SECONDS = 60.0
END_SECONDS = 20.0
LOOK_SECONDS = 0.1
FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
STEADY_SECONDS = 60.0
"""A process that ran this long and died is started again as if for the first time."""

Tell = Callable[[str], None]
_libc = ctypes.CDLL(None, use_errno=True)


class SupervisorError(Exception):
    """The three processes could not be started; the sentence says which and what to do."""


@dataclass(frozen=True)
class Role:
    """One of the three processes.

    `answers` tells whether it can be talked to; `without` names variables of the
    environment that are none of its business.
    """

    name: str
    command: Sequence[str]
    answers: Callable[[], bool]
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Chore:
    """A command that runs every so many seconds, for the first time when that many have passed.

    One that fails is told of and runs again in its turn; the processes stay as they are.
    """

    name: str
    command: Sequence[str]
    every: float
    without: frozenset[str] = frozenset()


@dataclass
class _Turn:
    chore: Chore
    next_at: float
    process: subprocess.Popen[bytes] | None = None


@dataclass
class _Child:
    role: Role
    process: subprocess.Popen[bytes]
    started: float
    delay: float = FIRST_DELAY
    start_again_at: float | None = None


@dataclass
class Supervisor:
    """Runs roles in the order they are given; leaving the block ends them in the opposite order."""

    environment: Mapping[str, str]
    tell: Tell
    chores: Sequence[Chore] = ()
    _children: list[_Child] = field(default_factory=list)
    _turns: list[_Turn] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def start(self, role: Role, stop: "StopSignal", seconds: float = START_SECONDS) -> None:
        """Start a role and wait until it answers, or until somebody asked to stop.

        Raises:
            SupervisorError: it ended, or did not answer in time.
        """
        child = _Child(role, self._popen(role), time.monotonic())
        self._children.append(child)
        ends = time.monotonic() + seconds
        while not stop.asked:
            code = child.process.poll()
            if code is not None:
                raise SupervisorError(
                    f"The {role.name} could not start ({_ending(code)}); its last words are above."
                )
            if role.answers():
                return
            if time.monotonic() > ends:
                raise SupervisorError(f"The {role.name} did not answer within {seconds:.0f} seconds.")
            stop.wait(LOOK_SECONDS)

    def watch(self, stop: "StopSignal") -> None:
        """Start again what dies, and do the chores, until somebody asks to stop."""
        self._turns = [_Turn(chore, time.monotonic() + chore.every) for chore in self.chores]
        while not stop.asked:
            for child in self._children:
                self._look_after(child)
            for turn in self._turns:
                self._take(turn)
            stop.wait(LOOK_SECONDS)

    def pids(self) -> dict[str, int]:
        """The process of each role, by its name."""
        return {child.role.name: child.process.pid for child in self._children}

    def end(self) -> None:
        """End chores, then every child, the last started first, and wait; what does not end is killed."""
        for turn in self._turns:
            if turn.process is not None:
                _kill_group(turn.process.pid)
                turn.process.wait()
        self._turns.clear()
        for child in reversed(self._children):
            if child.process.poll() is None:
                child.process.terminate()
            try:
                child.process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self.tell(
                    f"The {child.role.name} did not end within {END_SECONDS:.0f} seconds and is killed."
                )
            _kill_group(child.process.pid)
            child.process.wait()
        self._children.clear()

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.start_again_at is None:
            code = child.process.poll()
            if code is None:
                return
            _kill_group(child.process.pid)  # a dead parent's workers would keep its address
            if now - child.started > STEADY_SECONDS:
                child.delay = FIRST_DELAY
            child.start_again_at = now + child.delay
            self.tell(
                f"The {child.role.name} ended ({_ending(code)}); it starts again in {child.delay:.0f} s."
            )
            child.delay = min(child.delay * 2, LONGEST_DELAY)
        elif now >= child.start_again_at:
            child.process, child.started, child.start_again_at = self._popen(child.role), now, None

    def _take(self, turn: _Turn) -> None:
        now = time.monotonic()
        if turn.process is not None:
            code = turn.process.poll()
            if code is None:
                return
            if code:
                self.tell(f"{turn.chore.name} failed ({_ending(code)}); its last words are above.")
            turn.process = None
        elif now >= turn.next_at:
            turn.process, turn.next_at = self._popen(turn.chore), now + turn.chore.every

    def _popen(self, role: Role | Chore) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in self.environment.items() if name not in role.without}
        return subprocess.Popen(  # noqa: S603  the commands are our own, without a shell
            role.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509  this process has one thread
        )


class StopSignal:
    """Whether SIGINT or SIGTERM has come since the block began; a second one changes nothing."""

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[signal.Signals, signal.Handlers | Callable[..., object] | int | None] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def wait(self, seconds: float) -> None:
        """Let some time pass, less when somebody asks to stop."""
        ends = time.monotonic() + seconds
        while not self.asked and (left := ends - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the one place of an instance's supervisor, by a lock on a file in its RAM folder.

    Raises:
        SupervisorError: another one runs.
    """
    place = os.open(folder / "supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SupervisorError(
                "This instance is running already. End that one first (Ctrl-C there)."
            ) from None
        yield
    finally:
        os.close(place)


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _die_with(parent: int) -> Callable[[], None]:
    def in_the_child() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return in_the_child
