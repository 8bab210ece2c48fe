"""tipline/cleaning/images.py: what one sees stays, what one does not see goes."""

import io
import zlib

import pytest
from PIL import Image, ImageChops, ImageCms

from tests.cleaning import pictures
from tests.cleaning.conftest import Clean
from tests.cleaning.inside import everything, hidden
from tipline.cleaning import images
from tipline.cleaning.picture_parts import refuse_other_parts
from tipline.confined.errors import CannotRead, Dangerous
from tipline.confined.types import Reason

KINDS = {
    "image/jpeg": pictures.jpeg(),
    "image/png": pictures.png(),
    "image/webp": pictures.webp(),
    "image/tiff": pictures.tiff(),
}


def colour_at(image: Image.Image, x: int, y: int) -> str:
    """The strongest of the three."""
    names = ("red", "green", "blue")
    strengths = image.convert("RGB").crop((x, y, x + 1, y + 1)).tobytes()
    return names[strengths.index(max(strengths))]


@pytest.mark.parametrize(
    ("media_type", "file"),
    [
        ("image/png", pictures.png_of(50_000, 50_000)),
        (
            "image/webp",
            b"RIFF\x00\x01\x00\x00WEBPVP8X\x0a\x00\x00\x00"
            + b"\x00" * 4
            + b"\xff\xff\x00" * 2
            + b"\x00" * 99,
        ),
        ("image/tiff", pictures.written(Image.new("1", (50_000, 8_000)), "TIFF", compression="group4")),
    ],
)
def test_a_picture_made_to_burst_its_reader_is_refused(clean: Clean, media_type: str, file: bytes) -> None:
    with pytest.raises(Dangerous) as refused:
        clean(file, media_type)
    assert refused.value.reason is Reason.TOO_MANY_PIXELS


def test_a_picture_of_more_pixels_than_fit_keeps_its_hidden_data(clean: Clean) -> None:
    with pytest.raises(CannotRead) as refused:
        clean(pictures.png_of(9_000, 9_000), "image/png")
    assert refused.value.reason is Reason.TOO_MANY_PIXELS
    assert not isinstance(refused.value, Dangerous)


def test_a_picture_with_text_that_grows_without_end_is_not_read(clean: Clean) -> None:
    chunk = pictures.png_chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(b"a" * 80_000_000))
    whole = pictures.written(pictures.picture(), "PNG")
    with pytest.raises(CannotRead):
        clean(whole[:33] + chunk + whole[33:], "image/png")


@pytest.mark.parametrize("media_type", KINDS)
def test_a_picture_that_is_another_kind_than_its_name_says_is_damaged(clean: Clean, media_type: str) -> None:
    other = KINDS["image/png" if media_type == "image/jpeg" else "image/jpeg"]
    with pytest.raises(CannotRead) as refused:
        clean(other, media_type)
    assert refused.value.reason is Reason.DAMAGED


@pytest.mark.parametrize("media_type", KINDS)
def test_nothing_hidden_is_left_in_a_picture(clean: Clean, media_type: str) -> None:
    file = KINDS[media_type]
    assert {"HIDDENXMP", "HIDDENMAKE"} <= hidden(file)
    cleaned = clean(file, media_type)
    assert hidden(cleaned) == set()
    for trace in (b"Exif\x00\x00", b"<?xpacket", b"2026:01:02", b"ICC_PROFILE", b"PK\x03\x04"):
        assert trace not in everything(cleaned)


@pytest.mark.parametrize("media_type", KINDS)
def test_one_sees_the_same_picture(clean: Clean, media_type: str) -> None:
    before, after = pictures.opened(KINDS[media_type]), pictures.opened(clean(KINDS[media_type], media_type))
    assert (after.format, after.mode, after.size) == (before.format, before.mode, before.size)
    difference = ImageChops.difference(before.convert("RGB"), after.convert("RGB"))
    assert max(difference.crop((0, 0, 30, 40)).tobytes()) <= 12


@pytest.mark.parametrize(
    ("media_type", "file"), [("image/jpeg", pictures.jpeg(6)), ("image/webp", pictures.webp(6))]
)
def test_a_picture_stands_upright_without_the_tag_that_said_so(
    clean: Clean, media_type: str, file: bytes
) -> None:
    after = pictures.opened(clean(file, media_type))
    assert after.size == (40, 80)
    assert after.getexif().get(0x0112) is None
    assert colour_at(after, 20, 10) == "red"


def test_a_large_jpeg_keeps_which_way_is_up_and_nothing_else(clean: Clean) -> None:
    large = pictures.written(
        Image.new("L", (5_000, 4_000)), "JPEG", exif=pictures.exif(6), comment=pictures.COMMENT
    )
    cleaned = clean(large, "image/jpeg")
    assert dict(pictures.opened(cleaned).getexif()) == {0x0112: 6}
    assert hidden(cleaned) == set()


def test_a_jpeg_keeps_its_subsampling(clean: Clean) -> None:
    for sampling in (0, 1, 2):
        cleaned = pictures.opened(clean(pictures.jpeg(subsampling=sampling), "image/jpeg"))
        layers = [layer[1:3] for layer in cleaned.layer]  # type: ignore[attr-defined]
        assert layers[0] == [(1, 1), (2, 1), (2, 2)][sampling]


def test_colours_of_another_device_become_those_of_a_screen(clean: Clean) -> None:
    lab = ImageCms.createProfile("sRGB")
    green = Image.new("RGB", (8, 8), (10, 200, 30))
    file = pictures.written(green, "PNG", icc_profile=ImageCms.ImageCmsProfile(lab).tobytes())
    after = pictures.opened(clean(file, "image/png"))
    assert "icc_profile" not in after.info
    assert after.getpixel((0, 0)) == pytest.approx((10, 200, 30), abs=2)


@pytest.mark.parametrize(
    ("media_type", "form"), [("image/png", "PNG"), ("image/webp", "WEBP"), ("image/tiff", "TIFF")]
)
def test_every_frame_is_kept(clean: Clean, media_type: str, form: str) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    file = pictures.written(
        frames[0], form, save_all=True, append_images=frames[1:], duration=[100, 200, 300]
    )
    after = Image.open(io.BytesIO(clean(file, media_type)))
    found = []
    for number in range(int(getattr(after, "n_frames", 1))):
        after.seek(number)
        found.append(colour_at(after, 5, 5))
    assert found == ["red", "green", "blue"]


def test_a_picture_that_the_library_wrote_with_more_than_its_pixels_is_not_handed_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = pictures.written(pictures.picture(), "PNG", icc_profile=b"HIDDENPROFILE")
    assert hidden(images.clean_image(io.BytesIO(broken), "image/png").getvalue()) == set()
    monkeypatch.setattr(images, "_KEPT", {"icc_profile"})
    with pytest.raises(CannotRead) as refused:
        images.clean_image(io.BytesIO(broken), "image/png")
    assert refused.value.reason is Reason.DAMAGED


@pytest.mark.parametrize("media_type", KINDS)
def test_our_own_reader_finds_what_a_library_left(media_type: str) -> None:
    form = media_type.removeprefix("image/").upper()
    with pytest.raises(CannotRead):
        refuse_other_parts(memoryview(KINDS[media_type]), form)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_our_own_reader_finds_what_stands_behind_a_picture(form: str) -> None:
    plain = pictures.written(pictures.picture(), form)
    refuse_other_parts(memoryview(plain), form)
    with pytest.raises(CannotRead):
        refuse_other_parts(memoryview(plain + pictures.TAIL), form)
