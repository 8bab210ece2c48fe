"""A trial instance that runs beside the tests, as `make run` starts it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import update

from tipline.accounts.models import Account
from tipline.clock import SystemClock
from tipline.database import Database
from tipline.settings import Settings
from tipline.trial.credentials import sign_ins

START_SECONDS = 180.0
END_SECONDS = 40.0
CLI = (sys.executable, "-m", "tipline.cli")


@dataclass(frozen=True)
class Trial:
    """A running trial: its addresses, its folders, its process, and how to sign in."""

    public: str
    admin: str
    data: Path
    ram: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    output: Path

    def codes(self, *names: str) -> dict[str, dict[str, Any]]:
        """What `tipline trial codes --json` prints, by name; ask again before each sign-in.

        A code works once and the next one comes in half a minute. So that no journey waits for it, their
        count begins anew for those who are named; tests of one-time codes have a clock of their own.
        """
        settings, clock = Settings.from_mapping(self.environment), SystemClock()
        database = Database(settings.database_url, dated_by=clock)
        with database.writing() as session:
            session.execute(update(Account).where(Account.name.in_(names)).values(last_step=0))
        database.dispose()
        return {person.name: person.fields() for person in sign_ins(settings, clock, names)}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ours in this trial's environment."""
        return subprocess.run(
            [*CLI, *arguments], env=self.environment, capture_output=True, text=True, timeout=90, check=True
        )


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def trial_environment(data: Path, ram: Path) -> dict[str, str]:
    """The environment of a trial on free ports."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIPLINE_")}
    return {
        **kept,
        "TIPLINE_DATA": str(data),
        "TIPLINE_RAM": str(ram),
        "TIPLINE_PUBLIC_BIND": f"127.0.0.1:{free_port()}",
        "TIPLINE_ADMIN_BIND": f"127.0.0.1:{free_port()}",
        # The tests play the one trusted proxy, so that each visitor can have an address and no limit is off.
        "TIPLINE_PROXIES": "1",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def running_trial(
    data: Path,
    ram: Path,
    output: Path,
    environment: dict[str, str] | None = None,
    *,
    samples: bool = False,
) -> Iterator[Trial]:
    """Start `tipline trial` and wait until it shows its people; end it by its own process id."""
    environment = environment or trial_environment(data, ram)
    command = [*CLI, "trial", *([] if samples else ["--empty"])]
    with output.open("wb") as file:
        process = subprocess.Popen(
            command, env=environment, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    trial = Trial(
        public=f"http://{environment['TIPLINE_PUBLIC_BIND']}",
        admin=f"http://{environment['TIPLINE_ADMIN_BIND']}",
        data=data,
        ram=ram,
        environment=environment,
        process=process,
        output=output,
    )
    try:
        _wait_until_shown(trial)
        yield trial
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C, then patience, then force."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answers(address: str) -> bool:
    """Whether a site answers at this address."""
    try:
        with urlopen(address, timeout=5) as answer:  # noqa: S310  our own http:// address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def wait_for(what: str, condition: Any, seconds: float = 30.0, pause: float = 0.1) -> None:
    """Wait until something holds, or fail with what was waited for; `pause` lies between two looks."""
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(pause)


def children(parent: int) -> dict[str, int]:
    """The three processes by name."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(entry) == parent:
            arguments = (entry / "cmdline").read_bytes().decode().split("\0")
            if len(arguments) > 3:  # one that has died and is not waited for yet has none
                found[arguments[3]] = int(entry.name)
    return found


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _wait_until_shown(trial: Trial) -> None:
    def shown() -> bool:
        said = trial.output.read_text(encoding="utf-8")
        if trial.process.poll() is not None:
            raise AssertionError(f"the trial ended with code {trial.process.returncode}:\n{said}")
        return "Ctrl-C ends all three" in said

    try:
        wait_for("the trial is shown", shown, START_SECONDS)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{trial.output.read_text(encoding='utf-8')}") from error
