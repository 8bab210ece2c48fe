"""tipline/previews: pictures made of pixels alone, a sentence for the rest, and always an end."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.cleaning import pictures
from tests.cleaning.inside import hidden
from tests.previews import files
from tipline.confined import process as processes
from tipline.confined.errors import CannotRead
from tipline.confined.slots import AT_ONCE, Slots
from tipline.confined.types import Reason
from tipline.previews.service import Previewer
from tipline.previews.types import MAX_PICTURES, MAX_SHOWN_BYTES, PICTURE_TYPES, SIDE, Preview

PDF = "application/pdf"
PIECE = 65_536


@pytest.fixture
def previewer(tmp_path: Path) -> Previewer:
    return Previewer(tmp_path / "slots", wait=60)


def show(previewer: Previewer, file: bytes, media_type: str) -> Preview:
    return previewer.show(media_type, [file[at : at + PIECE] for at in range(0, len(file), PIECE)], "member")


def why_not(previewer: Previewer, file: bytes, media_type: str) -> Reason:
    with pytest.raises(CannotRead) as refused:
        show(previewer, file, media_type)
    assert children() == set()
    return refused.value.reason


OTHERS: set[int] = set()
"""Children of this process from before the test: another file's trial may still run."""


@pytest.fixture(autouse=True)
def others() -> None:
    OTHERS.clear()  # children() leaves nobody out now
    OTHERS.update(children())


def children() -> set[int]:
    now = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()
    return {int(one) for one in now} - OTHERS


def seen(jpeg: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(jpeg))
    assert image.format == "JPEG"
    image.load()
    return image


def is_red(image: Image.Image, x: float, y: float) -> bool:
    red, green, blue = image.getpixel((int(image.width * x), int(image.height * y)))  # type: ignore[misc]
    return bool(red > 200 and green < 60 and blue < 60)


# ------------------------------------------------------------- refused


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "text/html", "image/svg+xml", "video/mp4", "application/zip", "", "image/heic"],
)
def test_another_kind_is_not_read_at_all(previewer: Previewer, media_type: str) -> None:
    with pytest.raises(CannotRead) as refused:
        previewer.show(media_type, map(pytest.fail, ["it was read"]), "member")
    assert refused.value.reason is Reason.KIND


def test_a_file_that_is_too_long_is_not_read_to_its_end(previewer: Previewer) -> None:
    taken: list[int] = []

    def pieces() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield bytes(1 << 20)

    with pytest.raises(CannotRead) as refused:
        previewer.show(PDF, pieces(), "member")
    assert refused.value.reason is Reason.TOO_LARGE
    assert len(taken) == (MAX_SHOWN_BYTES >> 20) + 1
    assert children() == set()


def test_a_locked_pdf_is_said_to_be_locked(previewer: Previewer) -> None:
    assert why_not(previewer, files.locked(), PDF) is Reason.ENCRYPTED


@pytest.mark.parametrize("bad", [files.endless, files.bursting])
def test_a_pdf_that_bursts_or_never_ends_takes_its_own_process_along_and_nothing_else(
    previewer: Previewer, bad: object
) -> None:
    assert callable(bad)
    assert why_not(previewer, bad(), PDF) in {Reason.DAMAGED, Reason.TOO_LARGE, Reason.TOOK_TOO_LONG}
    assert show(previewer, files.pdf(), PDF).pages == 1


def test_a_picture_that_bursts_is_refused_by_its_size(previewer: Previewer) -> None:
    assert why_not(previewer, pictures.png_of(60_000, 60_000), "image/png") is Reason.TOO_MANY_PIXELS


def test_a_picture_with_more_pixels_than_memory_is_said_to_be_too_large(previewer: Previewer) -> None:
    large = files.written(Image.new("RGBA", (9_000, 9_000)), "PNG", compress_level=1)
    assert why_not(previewer, large, "image/png") is Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize("media_type", sorted(PICTURE_TYPES | {PDF}))
@pytest.mark.parametrize("file", [b"", b"no file", b"%PDF-1.7\n" + b"[" * 100_000])
def test_what_is_not_what_it_says_is_damaged(previewer: Previewer, media_type: str, file: bytes) -> None:
    assert why_not(previewer, file, media_type) is Reason.DAMAGED


def test_a_file_is_read_as_no_other_kind_than_was_said(previewer: Previewer) -> None:
    assert why_not(previewer, files.written(files.halves(9, 9), "JPEG"), "image/png") is Reason.DAMAGED


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    assert why_not(Previewer(tmp_path, seconds=0), files.pdf(), PDF) is Reason.TOOK_TOO_LONG


def test_no_more_than_two_files_are_shown_at_a_time_and_one_of_each_member(tmp_path: Path) -> None:
    slots, previewer = Slots(tmp_path), Previewer(tmp_path, wait=0.1)
    with slots.hold("member", 0):
        assert why_not(previewer, files.pdf(), PDF) is Reason.BUSY
        assert previewer.show(PDF, [files.pdf()], "somebody else").pages == 1
    held = [slots.hold(f"member {number}", 0) for number in range(AT_ONCE)]
    for one in held:
        one.__enter__()
    assert why_not(previewer, files.pdf(), PDF) is Reason.BUSY
    for one in held:
        one.__exit__(None, None, None)
    assert show(previewer, files.pdf(), PDF).pages == 1


def test_a_stream_that_breaks_off_leaves_no_process(previewer: Previewer) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"%PDF-1.7"
        raise LookupError("the sealed file was cut")

    with pytest.raises(LookupError):
        previewer.show(PDF, pieces(), "member")
    assert children() == set()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_file_ends_in_pictures_or_a_sentence(previewer: Previewer, data: st.DataObject) -> None:
    whole, kind = data.draw(
        st.sampled_from(
            [(files.chinese(), PDF), (pictures.jpeg(), "image/jpeg"), (pictures.tiff(), "image/tiff")]
        )
    )
    bad = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 8))):
        bad[data.draw(st.integers(0, len(bad) - 1))] = data.draw(st.integers(0, 255))
    try:
        shown = show(previewer, bytes(bad[: data.draw(st.integers(0, len(bad)))]), kind)
    except CannotRead:
        pass
    else:
        assert all(max(seen(one).size) <= SIDE for one in shown.pictures)
    assert children() == set()


LIAR = """
import runpy, struct, sys
if sys.argv[1].endswith("writer"):
    del sys.argv[0]
    runpy.run_module("tipline.previews.writer", run_name="__main__", alter_sys=True)
    sys.exit()
out, jpeg = sys.stdout.buffer, b"\\xff\\xd8\\xff\\xe0 the stranger's own bytes"
frame = struct.pack(">HHH", 1, 2, 1) + bytes(6)
def say(data): out.write(b"whole %d\\n" % len(data) + data)
"""


@pytest.mark.parametrize(
    "lie",
    [
        "while True: say(frame)",
        "say(struct.pack('>HHH', 1, 2, 1) + jpeg); say(b'')",
        "say(jpeg); say(b'')",
        "say(bytes(8_000_000))",
        "say(frame)",
        "out.write(b'whole 9999999999\\n'); out.write(bytes(9_000_000))",
    ],
)
def test_a_reader_that_was_taken_over_brings_none_of_its_bytes_to_anybody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lie: str
) -> None:
    (tmp_path / "liar.py").write_text(f"{LIAR}\n{lie}\n", "utf-8")
    monkeypatch.setattr(processes, "_COMMAND", [sys.executable, str(tmp_path / "liar.py")])
    assert why_not(Previewer(tmp_path, seconds=20), b"", PDF) is Reason.DAMAGED


# ------------------------------------------------------------- shown


@pytest.mark.parametrize(
    ("form", "mode", "media_type"),
    [
        ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "P", "image/png"),
        ("WEBP", "RGB", "image/webp"),
        ("TIFF", "RGB", "image/tiff"),
        ("GIF", "P", "image/gif"),
        ("BMP", "RGB", "image/bmp"),
    ],
)
def test_a_picture_is_shown_at_most_so_large(
    previewer: Previewer, form: str, mode: str, media_type: str
) -> None:
    shown = show(previewer, files.written(files.halves(3_000, 1_500, mode), form), media_type)
    (picture,) = map(seen, shown.pictures)
    assert picture.size == (SIDE, SIDE // 2)
    assert is_red(picture, 0.2, 0.5)
    assert not is_red(picture, 0.8, 0.5)


def test_a_photo_of_a_large_camera_is_shown(previewer: Previewer) -> None:
    photo = files.written(files.halves(12_000, 9_000), "JPEG")
    assert seen(show(previewer, photo, "image/jpeg").pictures[0]).size == (SIDE, 1_200)


def test_a_small_picture_stays_small_and_what_is_clear_is_white(previewer: Previewer) -> None:
    clear = files.written(Image.new("RGBA", (40, 20), (255, 0, 0, 0)), "PNG")
    picture = seen(show(previewer, clear, "image/png").pictures[0])
    assert picture.size == (40, 20)
    assert picture.getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_stands_upright(previewer: Previewer) -> None:
    turned = files.written(files.halves(400, 200), "JPEG", exif=pictures.exif(6))
    picture = seen(show(previewer, turned, "image/jpeg").pictures[0])
    assert picture.size == (200, 400)
    assert is_red(picture, 0.5, 0.2)


def test_sixteen_bits_of_grey_are_grey(previewer: Previewer) -> None:
    deep = files.written(Image.new("I;16", (10, 10), 32_768), "PNG")
    picture = seen(show(previewer, deep, "image/png").pictures[0])
    assert picture.getpixel((5, 5)) == (128, 128, 128)


def test_nothing_of_the_file_but_its_pixels_is_in_a_picture(previewer: Previewer) -> None:
    for file, kind in (
        (pictures.jpeg(), "image/jpeg"),
        (pictures.png(), "image/png"),
        (pictures.webp(), "image/webp"),
        (pictures.tiff(), "image/tiff"),
    ):
        assert hidden(file)
        (picture,) = show(previewer, file, kind).pictures
        assert not hidden(picture)
        assert not set(seen(picture).info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize(("pages", "shown"), [(1, 1), (3, 3), (MAX_PICTURES + 1, MAX_PICTURES)])
def test_the_first_pages_of_a_pdf_are_shown_in_their_order(
    previewer: Previewer, pages: int, shown: int
) -> None:
    preview = show(previewer, files.pdf(pages), PDF)
    assert (preview.pages, len(preview.pictures)) == (pages, shown)
    for number, picture in enumerate(map(seen, preview.pictures)):
        assert picture.size == (SIDE, 1_067)
        assert is_red(picture, (10 * number + 8) / 300, 0.98)
        assert not is_red(picture, (10 * number + 12) / 300, 0.98)


@pytest.mark.parametrize("size", [(14_400, 14_400), (3, 14_400), (14_400, 3), (3, 3)])
def test_a_page_of_any_size_is_shown_at_most_so_large(previewer: Previewer, size: tuple[int, int]) -> None:
    assert max(seen(show(previewer, files.pdf(size=size), PDF).pictures[0]).size) == SIDE


def test_the_first_pages_of_a_scan_are_shown(previewer: Previewer) -> None:
    first, *more = [files.halves(200, 100) for _ in range(MAX_PICTURES + 2)]
    scan = files.written(first, "TIFF", save_all=True, append_images=more)
    preview = show(previewer, scan, "image/tiff")
    assert (preview.pages, len(preview.pictures)) == (MAX_PICTURES + 2, MAX_PICTURES)


def test_of_a_film_the_first_picture_is_shown(previewer: Previewer) -> None:
    film = files.written(
        files.halves(20, 10, "P"), "GIF", save_all=True, append_images=[Image.new("P", (20, 10), 7)]
    )
    preview = show(previewer, film, "image/gif")
    assert (preview.pages, len(preview.pictures)) == (2, 1)
    assert is_red(seen(preview.pictures[0]), 0.2, 0.5)


def test_chinese_letters_whose_font_is_not_in_the_file_are_drawn(previewer: Previewer) -> None:
    with_letters = seen(show(previewer, files.chinese(), PDF).pictures[0])
    dark = sum(with_letters.convert("L").histogram()[:100])
    without = seen(show(previewer, files.pdf(), PDF).pictures[0])
    assert dark - sum(without.convert("L").histogram()[:100]) > 10_000


def test_what_was_filled_into_a_form_is_shown(previewer: Previewer) -> None:
    picture = seen(show(previewer, files.form_with("a name"), PDF).pictures[0])
    red, _, blue = picture.getpixel((int(picture.width * 0.3), int(picture.height * 0.8)))  # type: ignore[misc]
    assert blue > red
