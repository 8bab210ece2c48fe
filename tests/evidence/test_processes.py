"""Signatures checked on all cores: the first bad entry is the same, and ^C leaves no process behind."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from crypto.keys import SigningKey
from crypto.statements import Entry, Statement
from tests.evidence.logs import Log, read
from tests.evidence.test_verify_log import KEY, one_file
from tests.journeys.trial import wait_for
from tests.roster.township import REVIEWER_A, START, genesis
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.processes import SharedSignatures
from tipline.evidence.signatures import WRONG, Signatures
from tipline.evidence.verify import verify_export

FEW: Final = 1_600
MANY: Final = 4_600
"""Entries: of the second, the one-file verifier leaves the last to other processes."""
OTHER_KEY: Final = SigningKey.from_seed(b"\x31" * 32)


def log_of(size: int) -> Log:
    log = Log()
    log.done(genesis())
    for number in range(1, size):
        log.done(read(number, at=START + number))
    return log


@pytest.fixture(scope="module")
def few() -> Log:
    return log_of(FEW)


def forged(log: Log, *places: int, desk: str = "intake") -> Log:
    """The log with readings under another key at these places; `desk` is where the last of them was."""
    changed = log.copy()
    for place in places:
        told = read(place, at=START + place, desk=desk if place == places[-1] else "intake")
        changed.entries[place] = Entry(START + place, "done", "", _by_another(told)).encode()
    return changed


def _by_another(told: dict[str, object]) -> Statement:
    return Statement.signed(told, {REVIEWER_A: OTHER_KEY})


def failed(log: Log, signatures: Signatures) -> tuple[int | None, str]:
    """Which entry is to blame, and why."""
    with pytest.raises(VerificationFailed) as raised:
        verify_export(
            io.BytesIO(log.export()), log_key=KEY, old_checkpoint=None, progress=None, signatures=signatures
        )
    return raised.value.index, raised.value.sentence


@pytest.mark.parametrize("places", [(1_550, 1_560), (499, 501)])
def test_the_first_bad_entry_is_the_same_however_many_processes_look(
    few: Log, places: tuple[int, int]
) -> None:
    """The second one is at a desk that its signer does not hold: found first, and told second."""
    log = forged(few, *places, desk="integrity")
    assert failed(log, Signatures()) == failed(log, SharedSignatures(alone=0)) == (places[0], WRONG)


def test_what_fails_before_a_wrong_signature_is_told_first(few: Log) -> None:
    log, elsewhere = forged(few, 1_560), Log()
    elsewhere.done(read(1_500, at=START + 1_500, desk="integrity"))
    [log.entries[1_500]] = elsewhere.entries
    index, sentence = failed(log, SharedSignatures(alone=0))
    assert (index, sentence) == failed(log, Signatures())
    assert (index, "does not hold" in sentence) == (1_500, True)


def test_a_log_whose_signatures_are_right_is_taken(few: Log) -> None:
    found = verify_export(
        io.BytesIO(few.export()),
        log_key=KEY,
        old_checkpoint=None,
        progress=None,
        signatures=SharedSignatures(alone=0),
    )
    assert found.size == FEW


def test_the_one_file_verifier_finds_the_same_with_all_cores(tmp_path: Path) -> None:
    file, log = tmp_path / "log", log_of(MANY)
    file.write_bytes(log.export())
    assert f"{MANY} signatures are right" in one_file(file, "--key", KEY.vkey).stdout
    file.write_bytes(forged(log, 4_550, 4_560, desk="integrity").export())
    assert one_file(file).stderr.startswith("DOES NOT HOLD: entry 4550: the signature")


LONG: Final = """
from tipline.evidence.processes import SharedSignatures
from tests.evidence.test_processes import batches
if __name__ == "__main__":
    with SharedSignatures(alone=0) as signatures:
        for number, batch in enumerate(batches()):
            signatures.check(batch)
            if number == 4:
                print("under way", flush=True)
"""


def batches() -> list[list[tuple[int, bytes, bytes, bytes]]]:
    """More work than a test waits for."""
    key = SigningKey.from_seed(bytes(32))
    signature = key.sign(b"tipline-statement-v1\nbody")
    return [[(0, key.public.raw, signature, b"body")] * 500] * 10_000


def test_an_interrupt_ends_all_processes(tmp_path: Path, repository: Path) -> None:
    script = tmp_path / "long.py"
    script.write_text(LONG)
    with subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(repository)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "under way\n", process.stderr.read()
        os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(60) == -signal.SIGINT
    assert said.count("Traceback") == 1, "the one that was interrupted, and none of the others"
    wait_for("nobody is left", lambda: not _is_alive(process.pid))


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
