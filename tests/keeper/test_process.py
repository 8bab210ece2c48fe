"""Many readings at once, and readings while the keeper is killed: what was handed out stands in the log."""

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import pytest

from crypto.statements import DONE, Entry
from tests.journeys.trial import CLI
from tests.keeper.observed import Observed
from tests.keeper.process import environment, keeper_process
from tests.world import SealedTip, World, member_id, request
from tipline.clock import SystemClock
from tipline.evidence.export import read_export
from tipline.evidence.lines import ExportedEntry
from tipline.keeper_client import AdminKeeper, KeeperUnavailable

READERS: Final = (
    ("reviewer-a", "intake"),
    ("reviewer-b", "intake"),
    ("integrity", "integrity"),
    ("protection", "protection"),
)
READINGS: Final = 1_000
KILLS: Final = 8
"""Of the whole process, as it is installed; `test_durability` kills a forked keeper fifty times."""
LONGEST_LIFE: Final = 0.06  # seconds after the first reading

Handed = tuple[int, str]
"""A reading that the client was given content for: its index, and the digest of its statement."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world by the system's clock, as the process has it."""
    with World.made(tmp_path / "world", SystemClock()) as made:
        yield made


def sealed_for_all(world: World) -> Mapping[str, SealedTip]:
    """What the readers read, by their desk: a tip, and at the desk that protects a protection case."""
    tip = world.seal_tip("intake", "integrity")
    return {"intake": tip, "integrity": tip, "protection": world.seal_tip("protection")}


def read_one(
    world: World, client: AdminKeeper, tips: Mapping[str, SealedTip], reader: tuple[str, str]
) -> Handed:
    """One reading through the client, which checks every proof before it hands anything out."""
    name, desk = reader
    tip = tips[desk]
    statement = world.read(name, tip, desk=desk, purpose="reply")
    release = client.release(statement, [request(tip.item("text"), desk)])
    assert len(release.inner) == 1
    return release.index, statement.digest


def run(world: World, *arguments: str) -> str:
    done = subprocess.run(
        [*CLI, *arguments], env=environment(world), capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def exported(file: Path) -> dict[int, Entry]:
    with file.open("rb") as source:
        return {
            part.index: Entry.decode(part.entry)
            for part in read_export(source)
            if isinstance(part, ExportedEntry)
        }


def test_a_thousand_readings_at_once_are_a_thousand_entries_that_verify(world: World, tmp_path: Path) -> None:
    tips = sealed_for_all(world)
    with keeper_process(world), ThreadPoolExecutor(16) as threads:
        clients = [world.client(f"seen-{number}.json") for number in range(len(READERS))]

        def one(number: int) -> Handed:
            which = number % len(READERS)
            return read_one(world, clients[which], tips, READERS[which])

        handed = list(threads.map(one, range(READINGS)))
        file = tmp_path / "log.txt"
        run(world, "log", "export", str(file))
    said = run(world, "log", "verify", str(file), "--key", world.verifier.vkey)
    entries = exported(file)
    assert f"{len(entries)} entries, signed by the given key" in said
    readings = {index: entry for index, entry in entries.items() if entry.statement.body["type"] == "read"}
    assert {index: entry.statement.digest for index, entry in readings.items()} == dict(handed)
    assert sorted(readings) == list(range(1, READINGS + 1))
    assert {entry.outcome for entry in readings.values()} == {DONE}
    share = READINGS // len(READERS)
    signed = Counter(entry.statement.signers[0] for entry in readings.values())
    assert signed == {member_id(name): share for name, _ in READERS}


@dataclass
class Life:
    """One life of the keeper: what it handed out before it was killed."""

    handed: list[Handed] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)

    def read_until_killed(
        self, world: World, client: AdminKeeper, tips: Mapping[str, SealedTip], reader: tuple[str, str]
    ) -> None:
        """Read without pause until the keeper is gone."""
        while True:
            try:
                self.handed.append(read_one(world, client, tips, reader))
            except KeeperUnavailable:
                return
            self.begun.set()


def test_a_keeper_killed_during_readings_has_handed_out_nothing_that_is_not_in_the_log(world: World) -> None:
    chance = Random(20_261_123)
    tips = sealed_for_all(world)
    clients = [world.client(f"seen-{number}.json") for number in range(len(READERS))]
    log = Observed(world)
    lives = [Life() for _ in range(KILLS)]
    with ThreadPoolExecutor(len(READERS)) as threads:
        for number, life in enumerate(lives):
            with keeper_process(world) as keeper:
                # Only now may anybody look: the new keeper has settled what the old one left half written.
                check_logged(log, lives[number - 1].handed if number else [])
                reading = [
                    threads.submit(life.read_until_killed, world, client, tips, reader)
                    for client, reader in zip(clients, READERS, strict=True)
                ]
                assert life.begun.wait(30)
                time.sleep(chance.uniform(0.0, LONGEST_LIFE))
                keeper.kill()
                for each in reading:
                    each.result()
    with keeper_process(world):
        check_logged(log, [each for life in lives for each in life.handed])
        read_one(world, clients[0], tips, READERS[0])


def check_logged(log: Observed, handed: Sequence[Handed]) -> None:
    for index, digest in handed:
        entry = log.entry(index)
        assert (entry.outcome, entry.statement.digest) == (DONE, digest)
