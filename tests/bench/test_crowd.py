"""tipline.bench.crowd: many clients at once, in processes of their own."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tipline.bench.crowd import Effort, Operation, Tally, drivers, let_run
from tipline.bench.errors import OperationFailed


@dataclass(frozen=True)
class Scribes:
    """Each operation leaves a file named by client and process; those of client 1 fail."""

    folder: Path

    @contextmanager
    def operations(self, clients: Sequence[int]) -> Iterator[Sequence[Operation]]:
        """Write the next file."""
        yield [partial(self.write, client, count()) for client in clients]

    def write(self, client: int, numbers: Iterator[int]) -> None:
        """Leave the next file."""
        (self.folder / f"{client}-{os.getpid()}-{next(numbers)}").touch()
        if client == 1:
            raise OperationFailed("a blot")


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with drivers() as processes:
        yield processes


def test_failures_are_counted_and_their_reasons_kept_once(executor: Executor, tmp_path: Path) -> None:
    tally = let_run(executor, Scribes(tmp_path), 2, Effort(most=6))
    assert tally == Tally(3, 3, frozenset({"OperationFailed: a blot"}))


def test_every_client_works_and_none_more_than_its_share(executor: Executor, tmp_path: Path) -> None:
    assert let_run(executor, Scribes(tmp_path), 4, Effort(most=8)).tried == 8
    clients = sorted(path.name.split("-")[0] for path in tmp_path.iterdir())
    assert clients == ["0", "0", "1", "1", "2", "2", "3", "3"]


def test_clients_share_one_process_where_they_must(executor: Executor, tmp_path: Path) -> None:
    let_run(executor, Scribes(tmp_path), 4, Effort(most=8), processes=1)
    assert len({path.name.split("-")[1] for path in tmp_path.iterdir()}) == 1


def test_clients_work_in_other_processes(executor: Executor, tmp_path: Path) -> None:
    let_run(executor, Scribes(tmp_path), 2, Effort(most=2))
    assert str(os.getpid()) not in {path.name.split("-")[1] for path in tmp_path.iterdir()}


def test_nothing_is_done_where_nothing_is_wanted(executor: Executor, tmp_path: Path) -> None:
    assert let_run(executor, Scribes(tmp_path), 2, Effort(most=0)) == Tally()
    assert not list(tmp_path.iterdir())


def test_time_ends_the_work(executor: Executor, tmp_path: Path) -> None:
    assert let_run(executor, Scribes(tmp_path), 1, Effort(seconds=0.0)).tried == 0
