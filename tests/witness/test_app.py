"""What a witness answers: each refusal of c2sp.org/tlog-witness, then what it countersigns."""

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crypto.cosignatures import open_cosigned, with_lines
from crypto.keys import SigningKey
from crypto.merkle import EMPTY_ROOT
from crypto.notes import Checkpoint, NoteSigner, sign_checkpoint
from tests.witness.conftest import NAME
from tests.witness.logs import ORIGIN, SmallLog
from tests.world import NOON
from tipline.witness.app import MAX_BODY
from tipline.witness.errors import AnotherSize
from tipline.witness.folder import WitnessFolder, hash_of
from tipline.witness.requests import MAX_PROOF, add_checkpoint
from tipline.witness.service import Witness, know

ADD = "/add-checkpoint"
REPOSITORY = Path(__file__).resolve().parents[2]


def nothing_countersigned(folder: WitnessFolder, size: int = 0) -> bool:
    return folder.read(ORIGIN).size == size


BAD_BODIES: dict[str, Callable[[SmallLog], bytes]] = {
    "empty": lambda small: b"",
    "no blank line": lambda small: b"old 0\n" + small.note(3).replace(b"\n\n", b"\n"),
    "no old size": lambda small: b"\n" + small.note(3),
    "old size with a sign": lambda small: small.body(0, 3).replace(b"old 0", b"old +0"),
    "leading zero": lambda small: small.body(0, 3).replace(b"old 0", b"old 00"),
    "carriage return": lambda small: small.body(0, 3).replace(b"old 0\n", b"old 0\r\n"),
    "proof that is no hash": lambda small: small.body(0, 3).replace(b"old 0\n", b"old 0\nAAAA\n"),
    "proof that is no base64": lambda small: small.body(0, 3).replace(b"old 0\n", b"old 0\n!\n"),
    "too many hashes": lambda small: add_checkpoint(0, [bytes(32)] * (MAX_PROOF + 1), small.note(3)),
    "no signature": lambda small: small.body(0, 3).split("—".encode())[0],
    "old size is larger": lambda small: add_checkpoint(4, [], small.note(3)),
}


@pytest.mark.parametrize("kind", list(BAD_BODIES))
def test_a_malformed_request_is_400(
    site: FlaskClient, folder: WitnessFolder, small: SmallLog, kind: str
) -> None:
    answer = site.post(ADD, data=BAD_BODIES[kind](small))
    assert answer.status_code == 400
    assert nothing_countersigned(folder)


def test_too_long_a_request_is_not_read(site: FlaskClient, small: SmallLog) -> None:
    assert site.post(ADD, data=small.body(0, 3) + b"\n" * MAX_BODY).status_code == 413


def test_an_unknown_log_is_404(site: FlaskClient) -> None:
    key = NoteSigner("other.example/log", SigningKey.generate())
    note = sign_checkpoint(Checkpoint("other.example/log", 0, EMPTY_ROOT), [key])
    assert site.post(ADD, data=add_checkpoint(0, [], note)).status_code == 404


def test_another_key_of_the_logs_name_is_403(
    site: FlaskClient, folder: WitnessFolder, small: SmallLog
) -> None:
    assert site.post(ADD, data=SmallLog().body(0, 3)).status_code == 403
    assert site.post(ADD, data=SmallLog(key=small.key).body(0, 3)).status_code == 403
    assert nothing_countersigned(folder)


def test_one_signature_of_two_is_403(site: FlaskClient, folder: WitnessFolder, small: SmallLog) -> None:
    note = small.note(3)
    first, second = note.split(b"\n\n")[1].splitlines(keepends=True)
    for line in (first, second):
        assert site.post(ADD, data=add_checkpoint(0, [], note.replace(line, b""))).status_code == 403
    assert nothing_countersigned(folder)


def test_a_wrong_signature_by_a_known_key_is_403(
    site: FlaskClient, folder: WitnessFolder, small: SmallLog
) -> None:
    text = small.note(3).split(b"\n\n")[0]
    signatures = small.note(4).split(b"\n\n")[1]
    assert site.post(ADD, data=add_checkpoint(0, [], text + b"\n\n" + signatures)).status_code == 403
    assert nothing_countersigned(folder)


@pytest.mark.parametrize("old", [0, 2, 4])
def test_another_old_size_is_409_with_the_last_size(
    site: FlaskClient, folder: WitnessFolder, small: SmallLog, old: int
) -> None:
    site.post(ADD, data=small.body(0, 3))
    answer = site.post(ADD, data=small.body(old, 5))
    assert (answer.status_code, answer.data) == (409, b"3\n")
    assert answer.content_type == "text/x.tlog.size"
    assert nothing_countersigned(folder, 3)


def test_a_log_that_was_rolled_back_is_not_countersigned(
    site: FlaskClient, folder: WitnessFolder, small: SmallLog
) -> None:
    site.post(ADD, data=small.body(0, 5))
    assert site.post(ADD, data=small.body(0, 3)).status_code == 409
    assert site.post(ADD, data=add_checkpoint(5, [], small.note(3))).status_code == 400
    assert nothing_countersigned(folder, 5)


def test_a_fork_is_422_and_kept_as_evidence(
    site: FlaskClient, folder: WitnessFolder, small: SmallLog
) -> None:
    site.post(ADD, data=small.body(0, 5))
    fork = small.fork(4)
    assert site.post(ADD, data=add_checkpoint(5, [], fork.note(5))).status_code == 422
    assert site.post(ADD, data=fork.body(5, 7)).status_code == 422
    assert nothing_countersigned(folder, 5)
    (kept,) = folder.evidence(ORIGIN)
    assert kept.read_bytes().startswith(fork.checkpoint(5).text.encode())


def test_a_proof_from_nothing_is_422(site: FlaskClient, folder: WitnessFolder, small: SmallLog) -> None:
    assert site.post(ADD, data=add_checkpoint(0, [bytes(32)], small.note(3))).status_code == 422
    assert nothing_countersigned(folder)


def test_an_empty_log_has_the_root_of_nothing(site: FlaskClient, small: SmallLog) -> None:
    wrong = SmallLog(small.key, small.pq)
    wrong.checkpoint = lambda size: Checkpoint(ORIGIN, 0, bytes(32))  # type: ignore[method-assign]
    assert site.post(ADD, data=add_checkpoint(0, [], wrong.note(0))).status_code == 422
    assert site.post(ADD, data=small.body(0, 0)).status_code == 200


def test_a_log_that_was_never_countersigned_has_no_checkpoint(site: FlaskClient) -> None:
    assert site.get(f"/{hash_of(ORIGIN)}/checkpoint").status_code == 404
    assert site.get("/../witness.json").status_code == 404
    assert site.get(ADD).status_code == 405


def test_a_damaged_record_is_no_new_beginning(
    site: FlaskClient, folder: WitnessFolder, small: SmallLog
) -> None:
    site.post(ADD, data=small.body(0, 3))
    (record,) = (folder.path / "logs").iterdir()
    record.write_bytes(record.read_bytes()[:40])
    assert site.post(ADD, data=small.body(0, 5)).status_code == 500
    record.unlink()
    assert site.post(ADD, data=small.body(0, 5)).status_code == 404


def test_a_full_disk_countersigns_nothing(
    site: FlaskClient, folder: WitnessFolder, small: SmallLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tipline.witness.folder.replace_durably", full)
    answer = site.post(ADD, data=small.body(0, 3))
    assert answer.status_code == 500
    assert "—" not in answer.text


def test_what_continues_is_countersigned_with_both_keys(
    site: FlaskClient, witness: Witness, folder: WitnessFolder, small: SmallLog
) -> None:
    for old, new in ((0, 3), (3, 3), (3, 64), (64, 65)):
        answer = site.post(ADD, data=small.body(old, new))
        assert answer.status_code == 200
        note = with_lines(small.note(new), answer.data)
        opened = open_cosigned(note, small.vkeys, witness.verifiers)
        assert opened.checkpoint == small.checkpoint(new)
        assert {(one.verifier, one.at) for one in opened.by} == {
            (key, int(NOON.timestamp())) for key in witness.verifiers
        }
        assert {key.name for key in witness.verifiers} == {NAME}
        assert nothing_countersigned(folder, new)
        served = site.get(f"/{hash_of(ORIGIN)}/checkpoint").data
        assert open_cosigned(served, small.vkeys, witness.verifiers).checkpoint == opened.checkpoint


def test_what_others_signed_is_neither_kept_nor_served(site: FlaskClient, small: SmallLog) -> None:
    stranger = NoteSigner("stranger", SigningKey.generate())
    note = small.note(3) + stranger.line(small.checkpoint(3).text).encode()
    assert site.post(ADD, data=add_checkpoint(0, [], note)).status_code == 200
    assert b"stranger" not in site.get(f"/{hash_of(ORIGIN)}/checkpoint").data


def test_new_keys_of_a_log_replace_the_old_ones(
    site: FlaskClient, folder: WitnessFolder, small: SmallLog
) -> None:
    site.post(ADD, data=small.body(0, 3))
    renewed = SmallLog()
    assert site.post(ADD, data=renewed.body(3, 5)).status_code == 403
    know(folder, renewed.vkeys)
    assert site.post(ADD, data=small.body(3, 5)).status_code == 403
    assert site.post(ADD, data=renewed.body(3, 5)).status_code == 200


def test_of_two_requests_at_once_one_is_countersigned(witness: Witness, folder: WitnessFolder) -> None:
    """The race that the specification describes: the shorter one must not be recorded after the longer."""
    small = SmallLog()
    know(folder, small.vkeys)
    witness.add_checkpoint(small.body(0, 3))
    bodies = [small.body(3, size) for size in range(4, 12)]
    site = [Witness(WitnessFolder(folder.path), witness._clock) for _ in bodies]
    begin, done, refused = threading.Barrier(len(bodies)), [], []

    def ask(number: int) -> None:
        begin.wait()
        try:
            site[number].add_checkpoint(bodies[number])
            done.append(number + 4)
        except AnotherSize:
            refused.append(number + 4)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(bodies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [folder.read(ORIGIN).size]
    assert len(refused) == len(bodies) - 1


KILLED = """
import os, sys
from pathlib import Path
from tests.clocks import FixedClock
from tests.world import NOON
from tipline.witness import folder, service
class Killed(folder.WitnessFolder):
    def write(self, log):
        if sys.argv[2] == "before":
            os._exit(9)
        super().write(log)
        os._exit(9)
service.Witness(Killed(Path(sys.argv[1])), FixedClock(NOON)).add_checkpoint(sys.stdin.buffer.read())
"""


@pytest.mark.parametrize(("when", "size"), [("before", 3), ("after", 5)])
def test_a_witness_killed_around_its_record_never_goes_back(
    witness: Witness, folder: WitnessFolder, small: SmallLog, when: str, size: int
) -> None:
    witness.add_checkpoint(small.body(0, 3))
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder.path), when],
        input=small.body(3, 5),
        capture_output=True,
        check=False,
        cwd=REPOSITORY,
    )
    assert ended.returncode == 9, ended.stderr
    assert folder.read(ORIGIN).size == size
    witness.add_checkpoint(small.body(size, 5))  # the log asks again, with the size that it is told


def test_a_record_is_written_under_the_lock(folder: WitnessFolder, witness: Witness, small: SmallLog) -> None:
    held = os.open(folder.path / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX)
    thread = threading.Thread(target=witness.add_checkpoint, args=(small.body(0, 3),))
    thread.start()
    thread.join(0.3)
    assert nothing_countersigned(folder)
    os.close(held)
    thread.join()
    assert nothing_countersigned(folder, 3)


@given(at=st.integers(0, 4000), by=st.integers(1, 255))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_byte_is_countersigned_by_nobody(
    site: FlaskClient, folder: WitnessFolder, small: SmallLog, at: int, by: int
) -> None:
    body = bytearray(small.body(0, 6))
    body[at % len(body)] ^= by
    answer = site.post(ADD, data=bytes(body))
    if answer.status_code == 200:  # a line by a name or key id that is not known is none of its business
        assert folder.read(ORIGIN).root == small.checkpoint(6).root
        assert nothing_countersigned(folder, 6)
    else:
        assert answer.status_code in {400, 403, 404, 409, 422}
