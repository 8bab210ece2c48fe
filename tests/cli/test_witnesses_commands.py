"""`tipline witnesses …` and `tipline log checkpoint`, as people at a terminal use them."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crypto.cosignatures import parse_vkey
from crypto.notes import NoteVerifier, open_checkpoint
from tests.clocks import FixedClock
from tests.founded import copy_trial
from tests.roster.test_witnesses import FIRST, NAME, SECOND
from tests.witness.running import served
from tipline.accounts.service import OTP_SECONDS
from tipline.cli import program
from tipline.keeper.app import serving
from tipline.keeper.service import Keeper
from tipline.settings import Settings
from tipline.trial.credentials import sign_ins
from tipline.trial.service import find_trial
from tipline.witness.app import create_app
from tipline.witness.folder import WitnessFolder, read_keys
from tipline.witness.service import Witness, know

SIGNERS = ("--registrar", "registrar", "--second", "integrity")


class Terminal:
    """A trial's people at a terminal."""

    def __init__(self, settings: Settings, environment: dict[str, str], clock: FixedClock) -> None:
        self.settings, self._environment, self.clock = settings, environment, clock

    def run(self, *arguments: str, by: tuple[str, ...] = ()) -> Result:
        """A command, with what its signers type."""
        typed = "".join(self._typed(name) for name in by)
        return CliRunner().invoke(program, arguments, env=self._environment, input=typed)

    def change(self, *arguments: str) -> Result:
        """A change of the policy that two sign."""
        return self.run("witnesses", *arguments, *SIGNERS, by=("registrar", "integrity"))

    def _typed(self, name: str) -> str:
        self.clock.advance(OTP_SECONDS)
        [person] = sign_ins(self.settings, self.clock, [name])
        return f"{person.password}\n{person.otp}\n"


@pytest.fixture
def keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Terminal, Keeper]]:
    """A terminal, and the keeper that runs."""
    clock = FixedClock(datetime(2026, 11, 22, 10, tzinfo=UTC))
    monkeypatch.setattr("tipline.commands.signing.SystemClock", lambda: clock)
    ram = tempfile.mkdtemp(prefix="tl-", dir="/dev/shm")
    environment = {"TIPLINE_DATA": str(tmp_path / "data"), "TIPLINE_RAM": ram}
    copy_trial(tmp_path / "data", clock.unix())
    settings = find_trial(environment)
    with serving(settings, clock, 300) as running:
        yield Terminal(settings, environment, clock), running
    shutil.rmtree(ram)


@pytest.fixture
def terminal(keeper: tuple[Terminal, Keeper]) -> Terminal:
    """The terminal alone."""
    return keeper[0]


def test_what_cannot_be_agreed_is_refused_before_anybody_types(terminal: Terminal) -> None:
    for words in (
        ("add", NAME, "ftp://witness.example", FIRST.vkey),
        ("add", NAME, "https://witness.example", "nonsense"),
        ("remove", NAME),
        ("policy", "--quorum", "1"),
        ("policy", "--stop"),
    ):
        refused = terminal.run("witnesses", *words, *SIGNERS)
        assert refused.exit_code == 1, words
        assert "password" not in refused.output


def test_one_person_alone_names_no_witness(terminal: Terminal) -> None:
    words = ("add", NAME, "https://witness.example", FIRST.vkey)
    alone = ("--registrar", "registrar", "--second", "registrar")
    assert terminal.run("witnesses", *words, *alone, by=("registrar", "registrar")).exit_code == 1
    assert NAME not in terminal.run("witnesses", "list").output


def test_two_people_name_witnesses_and_say_what_follows(terminal: Terminal) -> None:
    added = terminal.change("add", NAME, "https://witness.example", FIRST.vkey, SECOND.vkey)
    assert added.exit_code == 0, added.output
    keys = [parse_vkey(line) for line in added.stdout.splitlines()]
    assert [key.name for key in keys] == [terminal.settings.origin] * 2
    assert terminal.change("policy", "--quorum", "1", "--alarm-hours", "6", "--stop").exit_code == 0
    listed = terminal.run("witnesses", "list")
    assert "never" in listed.stdout
    assert all(key.key_id.hex() in listed.stdout for key in (FIRST, SECOND))
    assert "late by 6 hours" in listed.output
    assert "With fewer than 1 of 1 in that time nothing is read." in listed.output
    assert terminal.change("remove", NAME).exit_code == 0
    assert "Reading goes on" in terminal.run("witnesses", "list").output


def test_the_heads_file_has_the_witnesses_lines_and_verifies_an_export(
    keeper: tuple[Terminal, Keeper], tmp_path: Path
) -> None:
    terminal, running = keeper
    head, export = tmp_path / "head", tmp_path / "export"
    assert "No witness" in terminal.run("log", "checkpoint", str(head)).output
    folder = WitnessFolder(tmp_path / "witness")
    folder.make(NAME)
    witness = Witness(folder, terminal.clock)
    with served(create_app(witness)) as url:
        added = terminal.change("add", NAME, url, *(key.vkey for key in witness.verifiers))
        know(folder, read_keys(added.stdout.splitlines()))
        (named,) = running.writer.memory.roster.witnesses.witnesses
        running.witnesses.ask(named)
    written = terminal.run("log", "checkpoint", str(head))
    assert written.exit_code == 0, written.output
    assert NAME in written.output
    pinned = NoteVerifier.parse(terminal.settings.log_key)
    signers = [pinned, *witness.verifiers]
    assert f"{open_checkpoint(head.read_bytes(), signers).size} entries" in written.output
    assert head.read_bytes().count("—".encode()) == 4
    assert terminal.run("log", "export", str(export)).exit_code == 0
    assert terminal.run("log", "verify", str(export), "--checkpoint", str(head)).exit_code == 0
