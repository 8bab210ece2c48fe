"""What a reader was shown stands in the log, whatever happens to the keeper."""

import random
import threading
import time
from io import BytesIO
from pathlib import Path

import pytest

from tests.keeper.nursery import nursery
from tests.keeper.observed import Observed
from tests.world import World, request
from tipline.clock import SystemClock
from tipline.evidence.export import ExportWriter
from tipline.evidence.verify import verify_export
from tipline.keeper_client import AdminKeeper, KeeperUnavailable

KILLS = 50
READERS = 4


class Reader(threading.Thread):
    """Reads without a pause, and keeps what was released and where it should stand in the log."""

    def __init__(self, world: World, client: AdminKeeper, done: threading.Event) -> None:
        super().__init__()
        self._world = world
        self._client = client
        self._done = done
        self.released: dict[str, int] = {}
        self.unavailable = 0

    def run(self) -> None:
        tip = self._world.seal_tip()
        while not self._done.is_set():
            statement = self._world.read("reviewer-a", tip)
            try:
                release = self._client.release(statement, [request(tip.item("text"))])
            except KeeperUnavailable:
                self.unavailable += 1
                time.sleep(0.002)
            else:
                self.released[statement.digest] = release.index


def verified_size(world: World, client: AdminKeeper) -> int:
    """Export the log, verify it as another machine would, and return its size."""
    export, file = world.operator().export(), BytesIO()
    writer = ExportWriter(file)
    writer.header(world.settings.origin, world.settings.genesis)
    for index, salt, entry in export:
        writer.entry(index, salt, entry)
    writer.finish(export.checkpoint)
    file.seek(0)
    return verify_export(file, log_key=world.verifier, old_checkpoint=None, progress=None).size


def test_fifty_kills_during_readings_never_show_what_is_not_in_the_log(tmp_path: Path) -> None:
    chance = random.Random(7)
    errors = tmp_path / "stderr"
    with World.made(tmp_path / "world", SystemClock()) as world, nursery(world, errors) as keepers:
        client, done = world.client(timeout=2.0), threading.Event()
        readers = [Reader(world, client, done) for _ in range(READERS)]
        child = keepers.start()
        for reader in readers:
            reader.start()
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.01, 0.12))
            child.kill()
            keepers.wait()
            child = keepers.start()
        time.sleep(0.2)
        done.set()
        for reader in readers:
            reader.join()
        observed = Observed(world)
        released = {digest: index for reader in readers for digest, index in reader.released.items()}
        assert len(released) > KILLS
        assert sum(reader.unavailable for reader in readers) > 0
        for digest, index in released.items():
            entry = observed.entry(index)
            assert (entry.outcome, entry.statement.digest) == ("done", digest)
        assert verified_size(world, client) == observed.size()
        child.terminate()
        assert keepers.wait() == 0


def test_a_full_disk_makes_the_keeper_unavailable_and_no_more(tmp_path: Path) -> None:
    errors = tmp_path / "stderr"
    with World.made(tmp_path / "world", SystemClock()) as world, nursery(world, errors) as keepers:
        child, client, tip = keepers.start(), world.client(), world.seal_tip()
        calls = [request(tip.item("text"))]
        client.release(world.read("reviewer-a", tip), calls)
        child.limit_files(1024)
        lost = world.read("reviewer-a", tip)
        for statement in (lost, world.read("reviewer-a", tip)):
            with pytest.raises(KeeperUnavailable, match="cannot write"):
                client.release(statement, calls)
        assert Observed(world).size() == 2
        child.limit_files(-1)
        assert client.release(world.read("reviewer-a", tip), calls).index == 2
        assert client.release(lost, calls).index == 3  # what was not logged was not used up either
        child.terminate()
        assert keepers.wait() == 0
        assert not world.settings.admin_socket.exists()
        # The keeper's own log lines tell that something happened, never to whom or to what.
        text = errors.read_text("utf-8")
        assert "batch unavailable" in text
        for secret in (tip.id.hex(), tip.item("text").id.hex(), lost.signers[0], lost.digest, "reviewer"):
            assert secret not in text
