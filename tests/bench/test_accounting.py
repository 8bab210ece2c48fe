"""tipline.bench.accounting: whose time and memory count."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tipline.bench.accounting import MemoryWatch, ProcessTree
from tipline.bench.errors import BenchError

BURN = "import time\nwhile time.process_time() < 0.3: pass\n"
SAY_AND_WAIT = "print('ready', flush=True)\ninput()\n"


@contextmanager
def running(program: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process that has said "ready" and ends with the block."""
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def answer(process: subprocess.Popen[bytes]) -> None:
    """Let it go on, and wait for its next "ready"."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"ready\n"


def test_time_of_a_process_beside_the_tree_does_not_count() -> None:
    with running(SAY_AND_WAIT) as idle, running(BURN + SAY_AND_WAIT):
        assert ProcessTree([idle.pid]).cpu_seconds() < 0.25


def test_time_of_a_child_that_has_ended_counts() -> None:
    parent = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}], check=True)\n"
    with running(parent + SAY_AND_WAIT) as process:
        assert ProcessTree([process.pid]).cpu_seconds() >= 0.3


def test_time_of_a_child_that_lives_counts() -> None:
    child = BURN + "print('ready', flush=True)\nimport time\ntime.sleep(60)\n"
    parent = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {child!r}])\ninput()\n"
    with running(parent) as process:
        tree = ProcessTree([process.pid])
        below = [pid for pid in tree.pids() if pid != process.pid]
        try:
            assert len(below) == 1
            assert tree.cpu_seconds() >= 0.3
        finally:
            for pid in below:
                os.kill(pid, 9)


def test_a_name_with_brackets_and_spaces_is_read_rightly() -> None:
    rename = "open('/proc/self/comm', 'w').write('a) R 1 (b')\n"
    with running(rename + SAY_AND_WAIT) as process:
        assert process.pid in ProcessTree([os.getpid()]).pids()


def test_memory_that_was_given_back_still_counts_as_growth() -> None:
    grow = "input()\nblock = b'x' * (40 * 2**20)\ndel block\n"
    with running("print('ready', flush=True)\n" + grow + SAY_AND_WAIT) as process:
        watch = MemoryWatch([process.pid])
        answer(process)
        assert 39 <= watch.growth_mib() <= 60


def test_memory_of_before_does_not_count_as_growth() -> None:
    grown = "block = b'x' * (40 * 2**20)\ndel block\n"
    with running(grown + SAY_AND_WAIT) as process:
        assert MemoryWatch([process.pid]).growth_mib() < 10


def test_a_process_that_is_gone_is_said_plainly() -> None:
    with running(SAY_AND_WAIT) as process:
        pid = process.pid
    with pytest.raises(BenchError, match="cannot be measured"):
        MemoryWatch([pid])
