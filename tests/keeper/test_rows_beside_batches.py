"""Whoever asks beside the writer may see a batch more or less than it remembers: that is no changed row."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from tests.keeper.observed import Observed
from tests.keeper.test_cases import opened, stated
from tests.keeper.test_listing import Group
from tests.world import SealedTip, World, member_id, request
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.errors import Unavailable
from tipline.keeper.pins import read_standings
from tipline.keeper.service import Keeper
from tipline.keeper.snapshots import look
from tipline.keeper.writer import Writer
from tipline.keeper_client import KeeperUnavailable

ASKING: Final = 8
BATCHES: Final = 60
PATIENCE: Final = 30.0
GAP: Final = 0.005  # seconds between a commit and what memory makes of it: usually some microseconds


@pytest.fixture
def running(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    """A keeper that takes its time between a commit and taking it over."""
    adopt = Writer._adopt

    def slowly(self: Writer, *rest: Any) -> None:
        time.sleep(GAP)
        adopt(self, *rest)

    monkeypatch.setattr(Writer, "_adopt", slowly)
    with world.keeper() as keeper:
        yield keeper


def change_again_and_again(world: World, tips: list[SealedTip]) -> None:
    client = world.client(timeout=PATIENCE)
    for number in range(BATCHES):
        to = member_id("reviewer-b" if number % 2 else "reviewer-a")
        client.append(stated(world, "assign", "reviewer-a", *tips, to=to))
        if number in (0, 20):  # the roster's units are few, and so are the groups
            group = Group(world, "u4" if number else "u9")
            client.append(group.stated(world, "reviewer-b"), group.slip)


def test_no_question_beside_batches_that_change_what_it_asks_for_stops_the_keeper(
    world: World, running: Keeper
) -> None:
    keeper = Observed(world)
    tips = [opened(world, keeper) for _ in range(6)]
    names = [tip.id.hex() for tip in tips]
    reading = world.read("reviewer-a", tips[0])
    keeper.client.release(reading, [request(tips[0].item("text"))])
    over = threading.Event()
    asked: list[int] = []

    def ask(number: int) -> None:
        client = world.client(timeout=PATIENCE)
        questions: list[Callable[[], object]] = [
            lambda: client.states(names),
            lambda: client.states(names[:1]),
            lambda: keeper.ask("groups"),
            lambda: client.next_letter("intake"),
            lambda: keeper.ask("history", statement=reading.digest, after=-1, seen=0),
            client.expiring,
        ]
        while not over.is_set():
            questions[(len(asked) + number) % len(questions)]()
            asked.append(number)

    with ThreadPoolExecutor(ASKING) as pool:
        askers = [pool.submit(ask, number) for number in range(ASKING)]
        try:
            change_again_and_again(world, tips)
        finally:
            over.set()
        for asker in askers:
            asker.result()
    assert set(asked) == set(range(ASKING))
    assert keeper.client.heads() is None


def test_what_does_not_fit_at_first_is_looked_at_again_while_no_batch_is_on_its_way(
    world: World, running: Keeper
) -> None:
    keeper, writer = Observed(world), running.writer
    tip = opened(world, keeper)
    database = world.open_database(world.settings.keeper_database_url)
    times: list[bool] = []

    def question(_connection: object, rows: Rows) -> object:
        times.append(writer.turn.locked())
        if len(times) == 1:
            raise RowsChanged("tips")
        return read_standings(rows, [bytes(tip.id)])

    assert look(writer, database, question)
    assert times == [False, True]
    assert keeper.client.heads() is None


def test_a_question_after_a_commit_of_which_nobody_knows_stops_nothing(
    world: World, running: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took effect, and memory is not what is stored: the next batch reads it anew."""
    keeper = Observed(world)
    tip = opened(world, keeper)
    with monkeypatch.context() as patch:
        patch.setattr(Writer, "_adopt", _unavailable)
        with pytest.raises(KeeperUnavailable):
            keeper.client.append(stated(world, "assign", "reviewer-a", tip))
    with pytest.raises(KeeperUnavailable):
        keeper.client.states([tip.id.hex()])
    assert keeper.client.health().alarms == ()
    opened(world, keeper)
    assert keeper.client.states([tip.id.hex()])[tip.id.hex()].case.assignee == member_id("reviewer-b")


def _unavailable(*_: object) -> None:
    raise Unavailable("nobody knows")
