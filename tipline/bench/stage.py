"""An instance of its own for the measurements, its three processes, and the crowd that visits them.

Everything lies in a temporary folder and is gone afterwards. The processes are started as `tipline
serve` starts them, with the trial's profile (no HTTPS on the loopback address) and one trusted
proxy, whose part the visitors play: each has an address of its own, so that no limit is turned off.
"""

import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tipline.bench.accounting import ProcessTree
from tipline.bench.crowd import DRIVERS, Caller, Effort, Tally, drivers, let_run
from tipline.clock import Clock, SystemClock
from tipline.instance.founding import make_instance
from tipline.instance.plan import Plan
from tipline.processes import roles
from tipline.ram import prepare_ram_folder
from tipline.settings import TRIAL_RAM_ROOT, Settings
from tipline.supervisor import StopSignal, Supervisor
from tipline.trial.credentials import keep_credentials
from tipline.trial.service import township

Tell = Callable[[str], None]

PUBLIC: Final = "public site"
ADMIN: Final = "admin site"
READER: Final = "reviewer-a"
AUDITOR: Final = "auditor"
UNMEASURED: Final = frozenset({"protection", "payments", "proposer", "verifier", "approver", "pay-clerk"})
"""Desks and roles whose people are left out: what is measured of rewards has an instance of its own."""
STATEMENTS_EACH: Final = 280
"""Statements that one member makes here: below what the keeper takes from a member in a minute."""

WARM_UP_SECONDS: Final = 60.0
OTHERS_DATABASES: Final = frozenset({"TIPLINE_DATABASE_URL", "TIPLINE_KEEPER_DATABASE_URL"})


@dataclass(frozen=True)
class Crew:
    """How many members sign: enough that none meets the keeper's limit for one member.

    The log's first entry names them all, and has room for about 23 members.
    """

    readers: int = 2
    auditors: int = 16


@dataclass(frozen=True)
class Measured:
    """CPU time (milliseconds) of the servers for one operation, operations a second, and what failed."""

    cpu_ms: float | None
    per_second: float | None
    failures: int


@dataclass(frozen=True)
class Stage:
    """A running instance, and what is needed to measure it."""

    settings: Settings
    crew: Crew
    clock: Clock
    tell: Tell
    pids: Mapping[str, int]
    executor: Executor

    def public_pids(self) -> list[int]:
        """The processes of the public site."""
        return ProcessTree([self.pids[PUBLIC]]).pids()

    def admin_pids(self) -> list[int]:
        """The processes of the admin site."""
        return ProcessTree([self.pids[ADMIN]]).pids()

    def measure(self, caller: Caller, *, clients: int, effort: Effort, processes: int = DRIVERS) -> Measured:
        """Warm up, then let the clients work and count what the servers spend on it."""
        warm_up = replace(effort, seconds=WARM_UP_SECONDS, most=effort.warm_up)
        first = let_run(self.executor, caller, clients, warm_up, processes)
        tree = ProcessTree(list(self.pids.values()))
        spent, began = tree.cpu_seconds(), time.monotonic()
        tally = let_run(self.executor, caller, clients, effort, processes)
        spent, took = tree.cpu_seconds() - spent, time.monotonic() - began
        self._explain(first + tally)
        self.tell(f"The longest wait was {tally.longest:.2f} s.")
        return Measured(
            cpu_ms=1000 * spent / tally.done if tally.done else None,
            per_second=tally.done / took if tally.done else None,
            failures=first.failures + tally.failures,
        )

    def _explain(self, tally: Tally) -> None:
        for reason in sorted(tally.reasons):
            self.tell(f"Failed: {reason}")


@contextmanager
def open_stage(environment: Mapping[str, str], crew: Crew, tell: Tell) -> Iterator[Stage]:
    """Make an instance, start its processes and the drivers; all of it ends with the block.

    Raises:
        SupervisorError: a process did not start.
    """
    clock = SystemClock()
    with _folders() as (data, ram):
        own = _environment(environment, data, ram)
        settings = make_instance(
            own,
            _plan(crew),
            clock,
            trial=True,
            keep=lambda founders: keep_credentials(data, founders),
            tell=tell,
        )
        prepare_ram_folder(settings.ram, require_tmpfs=True)
        with Supervisor(own, tell) as supervisor, drivers() as executor:
            for role in roles(settings):
                tell(f"Starting the {role.name} …")
                supervisor.start(role, StopSignal())  # never entered: Ctrl-C ends the block as an exception
            yield Stage(settings, crew, clock, tell, supervisor.pids(), executor)


@contextmanager
def _folders() -> Iterator[tuple[Path, Path]]:
    with (
        tempfile.TemporaryDirectory(prefix="tipline-bench-") as top,
        tempfile.TemporaryDirectory(prefix="tipline-bench-", dir=TRIAL_RAM_ROOT) as ram,
    ):
        yield Path(top) / "data", Path(ram)


def _environment(environment: Mapping[str, str], data: Path, ram: Path) -> dict[str, str]:
    # Nobody's real database is measured: the addresses of databases are left out.
    return {name: value for name, value in environment.items() if name not in OTHERS_DATABASES} | {
        "TIPLINE_DATA": str(data),
        "TIPLINE_RAM": str(ram),
        "TIPLINE_PUBLIC_BIND": _free_address(),
        "TIPLINE_ADMIN_BIND": _free_address(),
        "TIPLINE_PROXIES": "1",
    }


def _plan(crew: Crew) -> Plan:
    """The trial's township with as many readers and auditors as the measurements need.

    They stand in the place of the one that is there; what nothing is measured of is left out.
    """
    plan = township()
    people = {member.name: member for member in plan.members}
    wanted = {READER: crew.readers, AUDITOR: crew.auditors}
    others = [
        member
        for member in plan.members
        if not wanted.get(member.name) and UNMEASURED.isdisjoint((*member.desks, *member.roles))
    ]
    desks = tuple(desk for desk in plan.desks if desk.id not in UNMEASURED)
    copies = [
        replace(people[name], name=f"{name}-{number}")
        for name, count in wanted.items()
        for number in range(count)
    ]
    return replace(plan, desks=desks, members=(*others, *copies))


def _free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"
