"""Processes are started in order, kept running and ended together, also when their supervisor is killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.trial import wait_for
from tipline.addresses import BadAddress, answers_http, answers_socket, refuse_taken, split_bind
from tipline.processes import chores
from tipline.supervisor import Chore, Role, StopSignal, Supervisor, SupervisorError, only_one

FOREVER = (sys.executable, "-c", "import time; time.sleep(600)")


def writes_its_id(path: Path) -> tuple[str, ...]:
    code = f"import os, time; open({str(path)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(600)"
    return (sys.executable, "-c", code)


def ids(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Supervisor:
    return Supervisor(dict(os.environ), said.append)


@pytest.fixture
def stop() -> StopSignal:
    return StopSignal()


def role(
    command: tuple[str, ...], answers: Callable[[], bool], without: frozenset[str] = frozenset()
) -> Role:
    return Role("keeper", command, answers, without)


def test_a_process_that_ends_at_once_is_an_error_that_names_it(
    supervisor: Supervisor, stop: StopSignal
) -> None:
    with supervisor, pytest.raises(SupervisorError, match=r"The keeper could not start \(code 3\)"):
        supervisor.start(role((sys.executable, "-c", "raise SystemExit(3)"), lambda: False), stop)


def test_a_process_that_never_answers_is_an_error_and_is_ended(
    supervisor: Supervisor, stop: StopSignal, tmp_path: Path
) -> None:
    with supervisor, pytest.raises(SupervisorError, match="did not answer"):
        supervisor.start(role(writes_its_id(tmp_path / "ids"), lambda: False), stop, seconds=1.5)
    assert not any(is_alive(process) for process in ids(tmp_path / "ids"))


def test_an_address_that_is_taken_is_refused_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BadAddress, match="TIPLINE_PUBLIC_BIND"):
            refuse_taken(f"127.0.0.1:{taken.getsockname()[1]}", "TIPLINE_PUBLIC_BIND")


@pytest.mark.parametrize(
    "bind", ["", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:0", "127.0.0.1:70000"]
)
def test_an_address_without_a_port_is_refused(bind: str) -> None:
    with pytest.raises(BadAddress, match="TIPLINE_ADMIN_BIND"):
        split_bind(bind, "TIPLINE_ADMIN_BIND")


def test_a_second_supervisor_of_one_instance_is_refused(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(SupervisorError, match="running already"), only_one(tmp_path):
        pass
    with only_one(tmp_path):
        pass


def test_addresses_are_read_with_and_without_a_host() -> None:
    assert split_bind("127.0.0.1:8000", "X") == ("127.0.0.1", 8000)
    assert split_bind(":8001", "X") == ("127.0.0.1", 8001)
    assert split_bind("[::1]:8000", "X") == ("::1", 8000)


def test_nothing_answers_where_nobody_listens(tmp_path: Path) -> None:
    assert not answers_socket(tmp_path / "none.sock")()
    assert not answers_http("127.0.0.1:1", "X", "/")()


def test_a_process_is_not_told_what_is_none_of_its_business(stop: StopSignal, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    code = f"import os, time; open({str(seen)!r}, 'w').write(repr(sorted(os.environ))); time.sleep(600)"
    with Supervisor({**os.environ, "KEPT": "1", "SECRET": "1"}, print) as supervisor:
        supervisor.start(role((sys.executable, "-c", code), seen.exists, frozenset({"SECRET"})), stop)
        wait_for("the names are written", lambda: "'KEPT'" in seen.read_text())
    assert "'SECRET'" not in seen.read_text()


def test_a_process_that_dies_is_started_again_and_that_is_said(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    started = tmp_path / "ids"

    class Once(StopSignal):
        def wait(self, seconds: float) -> None:
            super().wait(seconds)
            if len(ids(started)) == 1 and not said:
                os.kill(ids(started)[0], signal.SIGKILL)
            self.asked = self.asked or len(ids(started)) == 2

    with supervisor:
        supervisor.start(role(writes_its_id(started), lambda: bool(ids(started))), StopSignal())
        supervisor.watch(Once())
    assert said == ["The keeper ended (signal 9); it starts again in 1 s."]
    assert not any(is_alive(process) for process in ids(started))


def test_what_does_not_end_is_killed_and_that_is_said(
    supervisor: Supervisor, said: list[str], stop: StopSignal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tipline.supervisor.END_SECONDS", 0.5)
    ready = tmp_path / "ready"
    code = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"open({str(ready)!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    with supervisor:
        deaf = role((sys.executable, "-c", code), lambda: bool(ready.exists() and ready.read_text()))
        supervisor.start(deaf, stop)
    assert "did not end" in said[0]
    assert not is_alive(int(ready.read_text()))


def test_children_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    started = tmp_path / "ids"
    code = (
        "import os, sys\n"
        "from tipline.supervisor import Role, StopSignal, Supervisor\n"
        f"role = Role('keeper', {writes_its_id(started)!r}, lambda: os.path.exists({str(started)!r}))\n"
        "with StopSignal() as stop, Supervisor(dict(os.environ), print) as supervisor:\n"
        "    supervisor.start(role, stop)\n"
        "    supervisor.watch(stop)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    try:
        wait_for("the child is started", lambda: ids(started))
    finally:
        parent.kill()
        parent.wait()
    wait_for("the child has ended", lambda: not is_alive(ids(started)[0]), seconds=10)


def test_both_signals_ask_to_stop_and_nothing_else_does() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        with StopSignal() as stop:
            os.kill(os.getpid(), number)
            began = time.monotonic()
            stop.wait(5)
            assert stop.asked
            assert time.monotonic() - began < 1


def test_the_workers_of_a_dead_process_do_not_outlive_it(supervisor: Supervisor, tmp_path: Path) -> None:
    workers = tmp_path / "workers"
    code = (
        "import subprocess, time\n"
        f"worker = subprocess.Popen({FOREVER!r})\n"
        f"open({str(workers)!r}, 'a').write(f'{{worker.pid}}\\n')\n"
        "time.sleep(1)\n"
    )

    class UntilTwo(StopSignal):
        def wait(self, seconds: float) -> None:
            super().wait(seconds)
            self.asked = self.asked or len(ids(workers)) == 2

    with supervisor:
        supervisor.start(role((sys.executable, "-c", code), lambda: bool(ids(workers))), StopSignal())
        supervisor.watch(UntilTwo())
        wait_for("the first worker is gone", lambda: not is_alive(ids(workers)[0]), seconds=5)
    wait_for("the second worker is gone", lambda: not is_alive(ids(workers)[1]), seconds=5)


class Until(StopSignal):
    """Asked to stop once something was seen, or after some seconds."""

    def __init__(self, seen: Callable[[], bool], seconds: float = 20) -> None:
        super().__init__()
        self._seen = seen
        self._ends = time.monotonic() + seconds

    def wait(self, seconds: float) -> None:
        super().wait(seconds)
        self.asked = self._seen() or time.monotonic() > self._ends


def test_a_chore_is_done_again_and_again_and_one_that_fails_is_told_of(
    said: list[str], tmp_path: Path
) -> None:
    code = f"open({str(tmp_path / 'ids')!r}, 'a').write('1\\n'); raise SystemExit(3)"
    chore = Chore("The look", (sys.executable, "-c", code), 0.2)
    supervisor = Supervisor(dict(os.environ), said.append, [chore])
    with supervisor:
        supervisor.watch(Until(lambda: len(said) > 1))
    assert len(ids(tmp_path / "ids")) > 1
    assert set(said) == {"The look failed (code 3); its last words are above."}


def test_a_chore_does_not_outlive_the_supervisor_and_is_never_done_twice_at_once(
    said: list[str], tmp_path: Path
) -> None:
    chore = Chore("The look", writes_its_id(tmp_path / "ids"), 0.1)
    supervisor = Supervisor(dict(os.environ), said.append, [chore])
    started = time.monotonic()
    with supervisor:
        supervisor.watch(Until(lambda: bool(ids(tmp_path / "ids")) and time.monotonic() - started > 1))
    assert len(ids(tmp_path / "ids")) == 1
    assert not is_alive(ids(tmp_path / "ids")[0])


def test_deadlines_are_looked_at_every_hour() -> None:
    [chore] = chores()
    assert (chore.command[-1], chore.every) == ("clocks", 3600)
    assert "TIPLINE_KEEPER_DATABASE_URL" in chore.without
