"""tipline/confined/process.py and confinement.py: what the child cannot do, and that it always ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.cleaning import pictures
from tipline.cleaning.service import CHILD
from tipline.confined import process as processes
from tipline.confined.errors import CannotRead
from tipline.confined.process import ConfinedProcess
from tipline.confined.types import Reason

MOST_RESIDENT = 200_000_000

CONFINED = """
import os, sys
from tipline.confined.confinement import close_the_door, confine
confine()
{before}
close_the_door()
try:
    {forbidden}
except (OSError, MemoryError) as error:
    os.write(1, type(error).__name__.encode())
else:
    os.write(1, b"it could")
"""


def confined(forbidden: str, before: str = "", **options: object) -> str:
    """What comes of a line in a confined process."""
    script = CONFINED.format(forbidden=forbidden, before=before)
    command = [sys.executable, "-I", "-B", "-c", script]
    return subprocess.run(command, capture_output=True, check=True, env={}, **options).stdout.decode()  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(
    ("forbidden", "before"),
    [
        ("open('/etc/passwd')", ""),
        ("open('/tmp/tipline-confined-wrote-this', 'w')", ""),
        ("tempfile.TemporaryFile()", "import tempfile"),
        ("socket.socket()", "import socket"),
        ("os.pipe()", ""),
        ("os.listdir('/')", ""),
        ("bytearray(190 * 1024 * 1024)", ""),
    ],
)
def test_a_confined_process_cannot(forbidden: str, before: str) -> None:
    assert confined(forbidden, before) in {"OSError", "MemoryError", "FileNotFoundError"}


def test_a_confined_process_cannot_make_a_file_longer(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    before = f"kept = os.open({str(kept)!r}, os.O_WRONLY | os.O_CREAT)"
    assert confined("os.write(kept, b'readable')", before) == "OSError"
    assert kept.read_bytes() == b""


def test_a_confined_process_gains_no_rights_and_leaves_no_core() -> None:
    script = """
import resource
from tipline.confined.confinement import confine
confine()
print([line for line in open("/proc/self/status") if line.startswith("NoNewPrivs")])
print(resource.getrlimit(resource.RLIMIT_CORE), resource.getrlimit(resource.RLIMIT_CPU))
"""
    command = [sys.executable, "-I", "-c", script]
    said = subprocess.run(command, capture_output=True, check=True, env={}, text=True).stdout
    assert said == "['NoNewPrivs:\\t1\\n']\n(0, 0) (30, 31)\n"


def status(process: ConfinedProcess, field: str) -> str:
    lines = Path(f"/proc/{process.pid}/status").read_text("utf-8").splitlines()
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(f"{field}:"))


def started(file: bytes, media_type: str = "image/jpeg", seconds: float = 30.0) -> ConfinedProcess:
    process = ConfinedProcess(seconds, CHILD, media_type)
    process.write(file)
    return process


def test_the_largest_picture_stays_within_the_memory_that_was_promised() -> None:
    large = Image.effect_noise((1_625, 1_225), 60).resize((6_500, 4_900)).convert("RGB")
    file = pictures.written(large, "JPEG", quality=80, icc_profile=pictures.profile())
    with started(file) as process:
        assert process.answer() > 1_000_000
        assert int(status(process, "VmHWM").split()[0]) * 1_024 < MOST_RESIDENT


def test_a_child_knows_no_environment_no_folder_and_no_descriptor_of_ours(tmp_path: Path) -> None:
    secret = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(secret, True)
    try:
        with started(pictures.written(Image.effect_noise((900, 900), 60), "JPEG")) as process:
            process.answer()
            at = Path(f"/proc/{process.pid}")
            assert (at / "environ").read_bytes() == b""
            assert (at / "cwd").resolve() == Path("/")
            assert {one.name for one in (at / "fd").iterdir()} == {"0", "1", "2"}
            assert os.getsid(process.pid) == process.pid
    finally:
        os.close(secret)


def test_a_process_is_gone_and_reaped_when_its_block_ends() -> None:
    with started(b"half of ") as process:
        pid = process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_process_that_takes_too_long_is_ended() -> None:
    with started(pictures.jpeg(), seconds=0.0) as process, pytest.raises(CannotRead) as refused:
        process.answer()
    assert refused.value.reason is Reason.TOOK_TOO_LONG


def take_all() -> None:
    with ConfinedProcess(2.0, CHILD, "image/jpeg") as process:
        for _ in process.read(process.answer()):
            pass


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("raise SystemExit", Reason.DAMAGED),
        ("import os; os.abort()", Reason.DAMAGED),
        ("print('whole 7'); print('but')", Reason.DAMAGED),
        ("print('cannot because I say so')", Reason.DAMAGED),
        ("print('whole -1')", Reason.DAMAGED),
        ("print('x' * 9999)", Reason.DAMAGED),
        ("import time; time.sleep(60)", Reason.TOOK_TOO_LONG),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", Reason.TOOK_TOO_LONG),
    ],
)
def test_a_child_that_breaks_its_word_gives_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, reason: Reason
) -> None:
    (tmp_path / "liar.py").write_text(script, "utf-8")
    monkeypatch.setattr(processes, "_COMMAND", [sys.executable, str(tmp_path / "liar.py")])
    with pytest.raises(CannotRead) as refused:
        take_all()
    assert refused.value.reason is reason


PARENT = """
import sys, time
from tipline.confined.process import ConfinedProcess
process = ConfinedProcess(30, "tipline.cleaning.child", "image/jpeg")
process.write(b"half of ")
print(process.pid, flush=True)
time.sleep(60)
"""


def test_a_process_dies_with_whoever_started_it() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        child = int(parent.stdout.readline()) if parent.stdout else 0
        wait_until(lambda: "tipline.cleaning" in command_of(child) and is_confined(child))
        os.kill(child, signal.SIGSTOP)  # it cannot see that its pipe ends
        parent.kill()
    wait_until(lambda: command_of(child) == "")


def is_confined(pid: int) -> bool:
    return "NoNewPrivs:\t1" in Path(f"/proc/{pid}/status").read_text("utf-8")


def command_of(pid: int) -> str:
    """What runs under this number; nothing when it is gone, or waits to be reaped."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("it did not come to that")


def test_what_a_child_says_of_a_file_reaches_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "talks.py").write_text("import sys; print('HIDDENTEXT', file=sys.stderr)", "utf-8")
    monkeypatch.setattr(processes, "_COMMAND", [sys.executable, str(tmp_path / "talks.py")])
    with pytest.raises(CannotRead):
        take_all()
    assert capfd.readouterr() == ("", "")
