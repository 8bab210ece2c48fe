"""tipline/previews/reader.py and writer.py: what each of the two can do, and what it cannot."""

import io
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.previews import files
from tipline.confined.errors import CannotRead
from tipline.confined.process import ConfinedProcess
from tipline.confined.types import Reason
from tipline.previews.fonts import PLACES
from tipline.previews.frames import Frame, decode_pictures, encode_picture, next_frame
from tipline.previews.service import READER, WRITER
from tipline.previews.types import MAX_PICTURES, SIDE

MOST_RESIDENT = 300_000_000
PIXELS = bytes(30)
FRAME = Frame(1, 5, 2, PIXELS)


def status(pid: int, field: str) -> str:
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(f"{field}:"))


def limits(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/limits").read_text("utf-8").splitlines()
    return {line[:26].strip(): line[26:47].strip() for line in lines[1:]}


def test_the_process_that_reads_holds_its_pipes_and_a_font_and_can_open_nothing() -> None:
    with ConfinedProcess(30, READER, "application/pdf") as process:
        process.write(files.pdf(3))
        assert process.answer() > SIDE
        at = Path(f"/proc/{process.pid}")
        assert (at / "environ").read_bytes() == b""
        held = {one.resolve() for one in (at / "fd").iterdir() if one.name not in {"0", "1", "2"}}
        assert held <= {place.resolve() for place in PLACES}
        assert status(process.pid, "NoNewPrivs") == "1"
        found = limits(process.pid)
        for name in ("Max open files", "Max processes", "Max file size", "Max core file size"):
            assert found[name] == "0", name
        assert os.getsid(process.pid) == process.pid


def test_a_large_file_stays_within_the_memory_that_was_promised() -> None:
    photo = files.written(files.halves(6_000, 5_000), "PNG", compress_level=1)
    with ConfinedProcess(30, READER, "image/png") as process:
        process.write(photo)
        assert process.answer() > 1_000_000
        assert int(status(process.pid, "VmHWM").split()[0]) * 1_024 < MOST_RESIDENT


def test_the_process_that_writes_is_confined_too() -> None:
    with ConfinedProcess(30, WRITER) as process:
        process.write(FRAME.encode() * MAX_PICTURES)
        assert process.answer() > 100
        assert status(process.pid, "NoNewPrivs") == "1"


@pytest.mark.parametrize(
    "bad",
    [
        b"\xff\xd8\xff\xe0 the file itself",
        Frame(1, 0, 5, b"").encode(),
        Frame(1, SIDE + 1, 1, bytes(3 * SIDE + 3)).encode(),
        FRAME.encode()[:-1],
        FRAME.encode()[:3],
    ],
)
def test_what_is_no_pixels_becomes_no_picture(bad: bytes) -> None:
    with ConfinedProcess(30, WRITER) as process:
        process.write(FRAME.encode() + bad)
        with pytest.raises(CannotRead) as refused:
            process.answer()
    assert refused.value.reason is Reason.DAMAGED


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\x00",
        encode_picture(1, b"<html>"),
        encode_picture(1, b"\xff\xd8\xff")[:-1],
        encode_picture(1, b"\xff\xd8\xff") * (MAX_PICTURES + 1),
    ],
)
def test_what_is_no_picture_is_not_shown(bad: bytes) -> None:
    with pytest.raises(CannotRead) as refused:
        decode_pictures(bad)
    assert refused.value.reason is Reason.DAMAGED


@given(st.binary(max_size=80))
def test_any_bytes_are_frames_or_refused(data: bytes) -> None:
    stream = io.BytesIO(data)
    with suppress(CannotRead):
        while frame := next_frame(stream.read):
            assert len(frame.pixels) == frame.width * frame.height * 3
    with suppress(CannotRead):
        assert decode_pictures(data).pictures


def test_frames_and_pictures_come_back() -> None:
    assert next_frame(io.BytesIO(FRAME.encode()).read) == FRAME
    jpegs = [b"\xff\xd8\xff one", b"\xff\xd8\xff two"]
    preview = decode_pictures(b"".join(encode_picture(7, one) for one in jpegs))
    assert (list(preview.pictures), preview.pages) == (jpegs, 7)
