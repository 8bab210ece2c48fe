"""`tipline log verify` runs where nothing else of the service is, and fails with a sentence and a code."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.evidence.logs import sample

OTHERS = {"sqlalchemy", "flask", "gunicorn", "tipline.keeper", "tipline.public", "admin"}
CLI = (sys.executable, "-m", "tipline.cli")


def verify(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CLI, "log", "verify", *map(str, arguments)],
        env={},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def export(tmp_path: Path) -> Path:
    file = tmp_path / "log.txt"
    file.write_bytes(sample().export())
    return file


def test_a_flipped_bit_fails_and_the_entry_is_named(export: Path) -> None:
    content = bytearray(export.read_bytes())
    lines = content.splitlines(keepends=True)
    place = len(lines[0]) + len(lines[1]) + lines[2].index(b'"at":') + 6
    content[place] ^= 1
    export.write_bytes(content)
    failed = verify(export.name, folder=export.parent)
    assert failed.returncode == 1
    assert "entry 1" in failed.stderr
    assert failed.stdout == ""


def test_a_cut_tail_fails(export: Path) -> None:
    export.write_bytes(b"".join(export.read_bytes().splitlines(keepends=True)[:3]))
    assert verify(export.name, folder=export.parent).returncode == 1


def test_a_file_that_is_no_export_fails_without_a_trace(tmp_path: Path) -> None:
    (tmp_path / "none").write_bytes(b"\0\xff nothing")
    failed = verify("none", folder=tmp_path)
    assert failed.returncode == 1
    assert "not that of an exported log" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    failed = verify("none", folder=tmp_path)
    assert failed.returncode == 2
    assert "none" in failed.stderr


@pytest.mark.parametrize("key", ["nonsense", "other.example/log+00000000+AAAA"])
def test_a_key_that_is_none_is_refused_without_a_trace(export: Path, key: str) -> None:
    failed = verify(export.name, "--key", key, folder=export.parent)
    assert failed.returncode == 1
    assert "key" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_rewritten_log_fails_against_an_earlier_export(export: Path, tmp_path: Path) -> None:
    log = sample()
    log.entries[-1] = log.entries[-2]
    earlier = tmp_path / "earlier.txt"
    earlier.write_bytes(log.export())
    failed = verify(export.name, "--checkpoint", earlier.name, folder=tmp_path)
    assert failed.returncode == 1
    assert "were changed or the tail was cut" in failed.stderr


def test_without_a_key_it_claims_no_more_than_it_knows(export: Path) -> None:
    done = verify(export.name, folder=export.parent)
    assert done.returncode == 0, done.stderr
    assert "consistent, signer not checked" in done.stdout


def test_with_the_key_and_an_earlier_checkpoint_it_says_both(export: Path, tmp_path: Path) -> None:
    log = sample()
    earlier = tmp_path / "checkpoint"
    earlier.write_bytes(log.checkpoint(2))
    done = verify(
        export.name, "--key", log.signer.verifier.vkey, "--checkpoint", earlier.name, folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "signed by the given key" in done.stdout
    assert "2 entries of the earlier checkpoint stand unchanged" in done.stdout


def test_verification_loads_neither_database_nor_web_nor_keeper(export: Path) -> None:
    code = (
        "import sys\n"
        "from tipline.cli import program\n"
        f"program(['log', 'verify', {str(export)!r}], standalone_mode=False)\n"
        "loaded = {name.partition('.')[0] for name in sys.modules} | set(sys.modules)\n"
        f"print(sorted(loaded & {OTHERS!r}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={},
        cwd=export.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr
