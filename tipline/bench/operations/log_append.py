"""Appending to the log, eight callers at once, through the keeper's client as the admin site uses it.

The statement is an auditor's: the shortest there is, and it needs no tip. Each auditor signs no more
than the keeper takes from one member in a minute.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from crypto.keys import MemberSeed
from crypto.notes import NoteVerifier
from tipline.accounts.service import Accounts
from tipline.accounts.types import UnlockedMember
from tipline.bench.crowd import Effort, Operation
from tipline.bench.limits import limit_of
from tipline.bench.results import Result
from tipline.bench.stage import AUDITOR, STATEMENTS_EACH, Stage
from tipline.clock import SystemClock
from tipline.database import Database
from tipline.ids import MemberId
from tipline.keeper_client import AdminKeeper, SeenFile
from tipline.trial.credentials import sign_ins

NAME: Final = "log-append"
CLIENTS: Final = 8


@dataclass(frozen=True)
class Auditors:
    """Members (id, seed) who sign, and where the keeper listens."""

    socket: Path
    origin: str
    log_key: str
    members: tuple[tuple[str, bytes], ...] = field(repr=False)

    @contextmanager
    def operations(self, clients: Sequence[int]) -> Iterator[Sequence[Operation]]:
        """Sign a statement and have it logged, each client's members taking turns."""
        with TemporaryDirectory(prefix="tipline-bench-") as folder:
            seen = SeenFile(Path(folder) / "seen")
            keeper = AdminKeeper(self.socket, self.origin, NoteVerifier.parse(self.log_key), seen)
            with closing(keeper):
                yield [
                    partial(append_next, keeper, self.origin, cycle(self._members_of(client)))
                    for client in clients
                ]

    def _members_of(self, client: int) -> list[UnlockedMember]:
        return [
            UnlockedMember(MemberId(identifier), identifier, MemberSeed(seed))
            for identifier, seed in self.members[client::CLIENTS]
        ]


def append_next(keeper: AdminKeeper, origin: str, members: Iterator[UnlockedMember]) -> None:
    """The next member states something, and it is in the log when this returns.

    Raises:
        KeeperError: it is not.
    """
    statement = next(members).sign("audit", {"first": 0, "count": 1}, origin=origin, clock=SystemClock())
    keeper.append(statement)


def run(stage: Stage, effort: Effort) -> Result:
    """Measure."""
    settings, members = stage.settings, _unlocked(stage)
    caller = Auditors(settings.admin_socket, settings.origin, settings.log_key, members)
    most = len(members) * STATEMENTS_EACH - effort.warm_up
    bounded = replace(effort, most=min(effort.most, most))
    # One process, as the admin site is one: its callers share what they have seen of the log.
    measured = stage.measure(caller, clients=CLIENTS, effort=bounded, processes=1)
    return Result(NAME, measured.cpu_ms, measured.per_second, measured.failures, limit_of(NAME))


def _unlocked(stage: Stage) -> tuple[tuple[str, bytes], ...]:
    database = Database(stage.settings.database_url)
    try:
        accounts = Accounts(database, stage.settings.account_key_file.read_bytes(), stage.clock)
        members = [
            accounts.unlock(person.name, person.password, person.otp)
            for person in sign_ins(stage.settings, stage.clock)
            if person.name.startswith(f"{AUDITOR}-")
        ]
    finally:
        database.dispose()
    return tuple((member.id, member.seed.seed) for member in members)
