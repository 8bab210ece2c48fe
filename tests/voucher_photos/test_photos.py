"""A photo of a voucher is read in a limited process, however it was held, and nothing else comes of it."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image, ImageFilter

from tipline.cleaning.service import Sender
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason
from tipline.voucher_photos.service import VoucherPhotos
from tipline.voucher_photos.types import MAX_PHOTO_BYTES

TEXT = "TIPLINE-VOUCHER:2026:5000:" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 21


@pytest.fixture
def photos(tmp_path: Path) -> VoucherPhotos:
    return VoucherPhotos(tmp_path / "slots")


def square(text: str = TEXT) -> Image.Image:
    """What the page prints."""
    drawn = io.BytesIO()
    segno.make(text, error="l", micro=False).save(drawn, kind="png", scale=8, border=4)
    return Image.open(drawn).convert("RGB")


def on_a_table(picture: Image.Image) -> Image.Image:
    """Somewhere on a large photo, turned and not quite sharp."""
    table = Image.new("RGB", (3_000, 4_000), (90, 70, 50))
    table.paste(picture.rotate(187, expand=True, fillcolor=(90, 70, 50)).resize((1_500, 1_500)), (700, 900))
    return table.filter(ImageFilter.GaussianBlur(2))


def saved(picture: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def by_a_phone(picture: Image.Image) -> bytes:
    """A JPEG as cameras write it: with Exif, and without the JFIF segment of other programs."""
    tags = Image.Exif()
    tags[0x0112] = 6  # Orientation: turned; Exif 2.3, 4.6.4
    photo = saved(picture, exif=tags.tobytes())
    begin = photo.index(b"\xff\xe0")
    end = begin + 2 + int.from_bytes(photo[begin + 2 : begin + 4], "big")
    return photo[:begin] + photo[end:]


def of_two_pictures(picture: Image.Image) -> bytes:
    """An MPO, as phones write it that keep a second shot: CIPA DC-007."""
    return saved(picture, "MPO", save_all=True, append_images=[picture])


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (lambda: b"", Reason.DAMAGED),
        (lambda: b"no picture", Reason.DAMAGED),
        (lambda: saved(square())[:2_000], Reason.DAMAGED),
        (lambda: saved(square(), "GIF"), Reason.DAMAGED),
        (lambda: saved(Image.new("1", (5_000, 5_000)), "PNG"), Reason.TOO_MANY_PIXELS),
        (lambda: saved(Image.new("1", (20_000, 20_000)), "PNG"), Reason.TOO_MANY_PIXELS),
        (lambda: bytes(MAX_PHOTO_BYTES + 1), Reason.TOO_LARGE),
    ],
    ids=["nothing", "text", "cut", "another-kind", "many-pixels", "bomb", "large"],
)
def test_what_is_no_photo_is_refused(
    photos: VoucherPhotos, photo: Callable[[], bytes], reason: Reason
) -> None:
    with pytest.raises(CannotRead) as refused:
        photos.read(photo())
    assert refused.value.reason is reason


def test_a_photo_without_a_code_says_nothing(photos: VoucherPhotos) -> None:
    assert photos.read(saved(Image.new("RGB", (800, 600), (200, 10, 10)))) == ""


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_printed_square_is_read(photos: VoucherPhotos, form: str) -> None:
    assert photos.read(saved(square(), form)) == TEXT


@pytest.mark.parametrize("photo", [by_a_phone, of_two_pictures])
def test_what_a_phone_takes_is_read(photos: VoucherPhotos, photo: Callable[[Image.Image], bytes]) -> None:
    assert photos.read(photo(square())) == TEXT


def test_a_phones_second_picture_makes_no_photo_too_large(photos: VoucherPhotos) -> None:
    wide = Image.new("RGB", (4_624, 3_468), (200, 200, 200))  # above what another kind may have
    wide.paste(square().resize((1_800, 1_800)), (900, 700))
    assert photos.read(of_two_pictures(wide)) == TEXT


def test_a_square_that_lies_on_a_table_turned_and_blurred_is_read(photos: VoucherPhotos) -> None:
    assert photos.read(saved(on_a_table(square()))) == TEXT


def test_two_squares_are_two_lines(photos: VoucherPhotos) -> None:
    both = Image.new("RGB", (1_400, 700), "white")
    for number in range(2):
        both.paste(square(f"{TEXT}{number}").resize((680, 680)), (number * 700, 0))
    assert sorted(photos.read(saved(both)).splitlines()) == [f"{TEXT}0", f"{TEXT}1"]


def test_a_line_holds_a_whole_square_whatever_stands_in_it(photos: VoucherPhotos) -> None:
    assert photos.read(saved(square("two\nlines, and spaces"))) == "twolines,andspaces"


def test_whose_photo_took_how_long_is_told(photos: VoucherPhotos) -> None:
    spent: list[float] = []
    for photo in (saved(square()), b"none"):
        try:
            photos.read(photo, Sender("somebody", spent.append))
        except CannotRead:
            continue
    assert len(spent) == 2
    assert all(seconds > 0 for seconds in spent)
