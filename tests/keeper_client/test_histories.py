"""What a site remembers of the tips that were read last."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.keeper_client.liar import lying
from tests.world import SealedTip, World, request
from tipline.keeper_client import AdminKeeper, KeeperLied, SeenFile
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.histories import KEPT_SECONDS, KEPT_TIPS, Histories
from tipline.keeper_client.trust import Proven


@pytest.fixture
def tip(world: World) -> SealedTip:
    return world.seal_tip()


def history(world: World, client: AdminKeeper, tip: SealedTip) -> list[Proven]:
    reading = world.read("reviewer-a", tip)
    client.release(reading, [request(tip.item("text"))])
    return client.history(reading)


class Between:
    """Stands between a client and the keeper: notes from where histories are asked, and adds to them."""

    def __init__(self, keeper: Path) -> None:
        self.keeper = keeper
        self.asked: list[int] = []
        self.tells_again = False

    def __call__(self, question: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        if question["op"] != "history":
            return answer
        self.asked.append(question["after"])
        if not self.tells_again:
            return answer
        connections = Connections(self.keeper, 5.0)
        try:
            return {"ok": connections.ask({**question, "after": -1})}
        finally:
            connections.close()


@pytest.fixture
def between(world: World, tmp_path: Path) -> Iterator[tuple[Between, AdminKeeper]]:
    path, noted = tmp_path / "between", Between(world.settings.admin_socket)
    with lying(world.settings.admin_socket, path, noted):
        client = AdminKeeper(
            path, world.settings.origin, world.verifier, SeenFile(tmp_path / "between-seen.json")
        )
        yield noted, client
        client.close()


def test_an_entry_that_is_told_again_is_a_lie(
    world: World, tip: SealedTip, between: tuple[Between, AdminKeeper]
) -> None:
    noted, client = between
    history(world, client, tip)
    noted.tells_again = True
    with pytest.raises(KeeperLied, match="other entries"):
        history(world, client, tip)


def test_only_what_came_since_is_asked_for(
    world: World, tip: SealedTip, between: tuple[Between, AdminKeeper]
) -> None:
    noted, client = between
    first = history(world, client, tip)
    second = history(world, client, tip)
    assert noted.asked == [-1, first[-1].index]
    assert second[: len(first)] == first


def test_nothing_is_remembered_for_longer_than_an_hour(world: World, tip: SealedTip) -> None:
    now = [0.0]
    histories, rows = Histories(lambda: now[0]), history(world, world.client("seen-1.json"), tip)
    histories.keep("aa", rows)
    now[0] = KEPT_SECONDS - 1
    histories.keep("aa", rows)  # what is read again and again is asked for anew, too
    assert histories.of("aa") == tuple(rows)
    now[0] = KEPT_SECONDS + 1
    assert histories.of("aa") == ()


def test_only_so_many_tips_are_remembered(world: World, tip: SealedTip) -> None:
    histories, rows = Histories(), history(world, world.client("seen-1.json"), tip)
    for number in range(KEPT_TIPS + 1):
        histories.keep(f"{number:032x}", rows)
    assert histories.of(f"{0:032x}") == ()
    assert histories.of(f"{1:032x}") == tuple(rows)
