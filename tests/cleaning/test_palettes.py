"""tipline/cleaning/palettes.py: a palette holds the colours of the picture, and nothing spelt with others."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.cleaning import pictures
from tests.cleaning.inside import hidden
from tipline.cleaning.images import clean_image

WORD = b"HIDDENPALETTEWORD "  # six colours that no pixel has
COLOURS = [255, 0, 0, *WORD, 0, 0, 255, *WORD]


def painted(second: int = 7) -> Image.Image:
    """Red and blue, with words between and behind."""
    made = Image.new("P", (20, 10), 0)
    made.putpalette(COLOURS)
    made.paste(second, (10, 0, 20, 10))
    return made


def cleaned(file: bytes, media_type: str) -> Image.Image:
    after = clean_image(io.BytesIO(file), media_type).getvalue()
    assert hidden(after) == set()
    return pictures.opened(after)


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("PNG", {}),
        ("PNG", {"transparency": b"\xff" + b"HIDDENCLEARNESS"}),
        ("PNG", {"transparency": 3}),
        ("TIFF", {}),
    ],
)
def test_colours_that_no_pixel_has_are_gone(form: str, options: dict[str, Any]) -> None:
    before = pictures.written(painted(), form, **options)
    assert WORD in before or form == "TIFF"
    after = cleaned(before, f"image/{form.lower()}")
    assert after.convert("RGBA").convert("RGB").tobytes() == painted().convert("RGB").tobytes()
    assert "transparency" not in after.info or after.info["transparency"][1:7] == b"\xff" * 6


def test_a_colour_that_is_clear_stays_clear() -> None:
    before = pictures.written(painted(), "PNG", transparency=7)
    assert cleaned(before, "image/png").convert("RGBA").getpixel((15, 5)) == (0, 0, 255, 0)


def test_frames_of_one_animation_keep_the_colours_of_all() -> None:
    frames = [painted(), painted(second=0)]
    before = pictures.written(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=100)
    after = cleaned(before, "image/png")
    for number, frame in enumerate(frames):
        after.seek(number)
        assert after.convert("RGB").tobytes() == frame.convert("RGB").tobytes()
