"""`tipline witness`: what its keeper does by hand."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.witness.logs import ORIGIN, SmallLog
from tipline.cli import program
from tipline.clock import SystemClock
from tipline.witness.errors import NotAccepted
from tipline.witness.folder import WitnessFolder
from tipline.witness.service import Witness, accept, take

NAME = "witness.example/county"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the witness shall live."""
    return tmp_path / "w"


def run(path: Path, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(program, ["witness", *words], env={"TIPLINE_WITNESS": str(path)}, input=typed)


def known(path: Path, small: SmallLog) -> Witness:
    assert run(path, "init", NAME).exit_code == 0
    assert run(path, "log", *(key.vkey for key in small.vkeys), typed="y\n").exit_code == 0
    return Witness(WitnessFolder(path), SystemClock())


@pytest.mark.parametrize("words", [("serve",), ("show",)])
def test_without_a_witness_nothing_is_served_or_shown(path: Path, words: tuple[str, ...]) -> None:
    done = run(path, *words)
    assert done.exit_code == 1
    assert "tipline witness init" in done.output


def test_a_witness_keeps_its_keys_and_its_name(path: Path) -> None:
    first = run(path, "init", NAME)
    assert run(path, "init", NAME).stdout == first.stdout
    assert run(path, "init", "another").exit_code == 1
    assert run(path, "init", "with space").exit_code == 1
    (path / "ed25519.key").chmod(0o644)
    assert run(path, "show").exit_code == 1


def test_a_log_is_known_only_after_its_fingerprints_were_compared(path: Path, small: SmallLog) -> None:
    run(path, "init", NAME)
    vkeys = [key.vkey for key in small.vkeys]
    assert run(path, "log", vkeys[1]).exit_code == 1  # without the key of type 0x01
    assert run(path, "log", "nonsense").exit_code == 1
    asked = run(path, "log", *vkeys, typed="n\n")
    assert asked.exit_code == 1
    assert all(key.key_id.hex() in asked.output for key in small.vkeys)
    assert ORIGIN not in run(path, "show").output
    assert run(path, "log", *vkeys, typed="y\n").exit_code == 0
    assert ORIGIN in run(path, "show").output


def test_a_rollback_is_accepted_by_hand_alone_and_after_both_heads_were_shown(
    path: Path, small: SmallLog, tmp_path: Path
) -> None:
    witness, back = known(path, small), tmp_path / "back"
    witness.add_checkpoint(small.body(0, 7))
    back.write_bytes(small.fork(3).note(5))
    asked = run(path, "accept", str(back), typed="7\n")
    assert asked.exit_code == 1
    assert all(small.checkpoint(7).root.hex() in text for text in (asked.stdout, run(path, "show").output))
    assert small.fork(3).checkpoint(5).root.hex() in asked.stdout
    assert WitnessFolder(path).read(ORIGIN).size == 7
    assert run(path, "accept", str(back), typed="5\n").exit_code == 0
    assert WitnessFolder(path).read(ORIGIN).size == 5
    assert "does not fit" in run(path, "show").output  # the old head, kept
    witness.add_checkpoint(small.fork(3).body(5, 9))


def test_a_head_that_the_log_did_not_sign_is_not_accepted(
    path: Path, small: SmallLog, tmp_path: Path
) -> None:
    known(path, small).add_checkpoint(small.body(0, 7))
    for number, note in enumerate((SmallLog().note(5), b"", small.note(5)[:-40], b"\xff\xfe")):
        file = tmp_path / str(number)
        file.write_bytes(note)
        assert run(path, "accept", str(file), typed="5\n").exit_code == 1
    assert WitnessFolder(path).read(ORIGIN).size == 7


def test_a_record_that_changed_after_it_was_shown_is_not_replaced(path: Path, small: SmallLog) -> None:
    witness, folder = known(path, small), WitnessFolder(path)
    witness.add_checkpoint(small.body(0, 7))
    shown, _ = accept(folder, ORIGIN, small.note(5))
    witness.add_checkpoint(small.body(7, 9))
    with pytest.raises(NotAccepted):
        take(folder, shown, small.note(5))
    assert folder.read(ORIGIN).size == 9
