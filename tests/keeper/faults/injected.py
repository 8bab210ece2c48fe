"""Faults below Python: strace lets the n-th system call of a running keeper fail, or kills it there."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crypto.note_lines import split_note
from crypto.notes import Checkpoint
from crypto.statements import Entry
from tests.journeys.trial import wait_for
from tests.keeper.nursery import Child, Nursery, nursery
from tests.world import SealedTip, World, request
from tipline.addresses import answers_socket
from tipline.clock import SystemClock
from tipline.evidence.export import ExportWriter
from tipline.evidence.verify import verify_export
from tipline.keeper import models
from tipline.keeper.folder import Kept
from tipline.keeper.last_signed import SignedFile
from tipline.keeper_client import AdminKeeper, KeeperUnavailable

WRITES = ("pwrite64", "write", "ftruncate", "rename", "fsync", "fdatasync")
"""Every call by which an append changes a file, or makes it durable."""
SYNCS = ("fsync", "fdatasync")
PATIENCE = 2.0  # seconds

Handed = tuple[int, str]
"""A reading whose content was handed out: where it should stand, and the digest of its statement."""


@contextmanager
def injected(child: Child, calls: Sequence[str], fault: str, paths: Sequence[Path] = ()) -> Iterator[None]:
    """While the block runs, a fault meets calls of each thread of the keeper; with paths, only those on them.

    `fault` is in strace's words: "signal=SIGKILL:when=7", "error=EIO:when=1+".
    """
    names = ",".join(calls)
    command = ["strace", "-f", "-o", os.devnull, "-p", str(child.pid), "-e", f"trace={names}"]
    command += ["-e", f"inject={names}:{fault}", *(part for path in paths for part in ("-P", str(path)))]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert "attached" in line, line
        try:
            yield
        finally:
            _let_go(process, gone=fault.startswith("signal"))


def _let_go(process: "subprocess.Popen[str]", *, gone: bool) -> None:
    """End strace. Asked to, it lets a live keeper go; after a killed one it may wait for ever."""
    if not gone:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            gone = True
    if gone:
        process.kill()
    process.wait()


@dataclass
class Machine:
    """A keeper's process that is started again and again, and a reader who keeps what was handed out."""

    world: World
    keepers: Nursery
    errors: Path
    client: AdminKeeper
    tip: SealedTip
    handed: list[Handed] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    child: Child | None = None

    @property
    def files(self) -> list[Path]:
        """What an append writes."""
        folder = self.world.settings.keeper_folder
        return [folder / name for name in ("keeper.db", "keeper.db-journal", "last-signed")]

    def start(self) -> Child:
        """A new keeper; it answers on the last of its sockets."""
        self.child = self.keepers.start()
        wait_for("the keeper answers", answers_socket(self.world.settings.operator_socket), pause=0.005)
        return self.child

    def hold(self) -> Child:
        """A new keeper that has not begun."""
        self.child = self.keepers.hold()
        return self.child

    def terminate(self) -> None:
        """Ask the keeper to end."""
        assert self.child is not None
        self.child.terminate()

    def wait(self) -> int:
        """The exit code of the keeper; negative: the signal that ended it."""
        self.child = None
        return self.keepers.wait()

    def end(self) -> None:
        """Leave no keeper behind."""
        if self.child is not None:
            self.child.kill()
            self.wait()

    def read(self) -> bool:
        """One reading; whether its content was handed out."""
        statement = self.world.read("reviewer-a", self.tip)
        try:
            release = self.client.release(statement, [request(self.tip.item("text"))])
        except KeeperUnavailable:
            self.lost.append(statement.digest)
            return False
        self.handed.append((release.index, statement.digest))
        kept = Kept.decode(SignedFile(self.world.keeper_folder.last_signed).read())
        assert Checkpoint.parse(split_note(kept.checkpoint)[0]).size > release.index, (
            "kept outside before it was shown"
        )
        return True

    def said(self) -> str:
        """What the keeper told its operator."""
        return self.errors.read_text("utf-8")

    def size(self) -> int:
        """How many entries are stored; they stand one after the other, in the order of time."""
        database = self.world.open_database(self.world.settings.keeper_database_url)
        table = models.entries.c
        with database.reading() as session:
            rows = session.execute(select(table.index, table.at).order_by(table.index)).all()
            nodes = session.scalar(
                select(func.count()).select_from(models.nodes).where(models.nodes.c.level == 0)
            )
        database.dispose()
        assert [index for index, _ in rows] == list(range(len(rows)))
        assert [at for _, at in rows] == sorted(at for _, at in rows)
        assert nodes == len(rows)
        return len(rows)

    def check(self) -> None:
        """Everything that was handed out so far stands in the log, which continues what was seen."""
        self.client.checkpoint()
        database = self.world.open_database(self.world.settings.keeper_database_url)
        with database.reading() as session:
            for index, digest in self.handed[-20:]:
                data = session.scalar(select(models.entries.c.entry).where(models.entries.c.index == index))
                assert data is not None
                assert digest == _digest(data)
        database.dispose()

    def verify(self) -> None:
        """Take the whole log out and verify it, as another machine would."""
        export, file = self.world.operator().export(), BytesIO()
        writer = ExportWriter(file)
        writer.header(self.world.settings.origin, self.world.settings.genesis)
        held = {}
        for index, salt, entry in export:
            writer.entry(index, salt, entry)
            held[index] = _digest(entry)
        writer.finish(export.checkpoint)
        file.seek(0)
        found = verify_export(file, log_key=self.world.verifier, old_checkpoint=None, progress=None)
        assert found.size == len(held) == self.size()
        for index, digest in self.handed:
            assert held[index] == digest


def _digest(entry: bytes) -> str:
    return Entry.decode(entry).statement.digest


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """A world whose keeper is not started yet, by the system's clock."""
    errors = folder / "stderr"
    with World.made(folder / "world", SystemClock()) as world, nursery(world, errors) as keepers:
        made = Machine(world, keepers, errors, world.client(timeout=5.0), world.seal_tip())
        try:
            yield made
        finally:
            made.end()


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Machine]:
    """One machine."""
    with machine(tmp_path) as made:
        yield made
