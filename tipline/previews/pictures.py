"""The pixels of a picture, in the process that reads it: upright, on white, no larger than `SIDE`."""

import io
from collections.abc import Iterator

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason
from tipline.previews.frames import Frame
from tipline.previews.types import MAX_PICTURES, SIDE

# Named one by one: a confined process can look for none, and no file is read as another kind than was said.
_READERS: dict[str, type[ImageFile.ImageFile]] = {
    "image/jpeg": JpegImagePlugin.JpegImageFile,
    "image/png": PngImagePlugin.PngImageFile,
    "image/webp": WebPImagePlugin.WebPImageFile,
    "image/tiff": TiffImagePlugin.TiffImageFile,
    "image/gif": GifImagePlugin.GifImageFile,
    "image/bmp": BmpImagePlugin.BmpImageFile,
    "image/x-ms-bmp": BmpImagePlugin.BmpImageFile,
}
_PAGED = "image/tiff"  # in the others, frames are a film: its first picture stands for it
_DEEP = {"I", "I;16", "I;16L", "I;16B", "I;16N"}


def prepare() -> None:
    """Load what Pillow would look for later, when nothing can be opened any more."""
    Image.preinit()
    Image.MAX_IMAGE_PIXELS = None  # what is too large ends at the limit of memory, not with a warning


def draw_pictures(file: bytes, media_type: str) -> Iterator[Frame]:
    """The picture, or the first pages of one that has several.

    What the library raises otherwise ends the process: the file is damaged.

    Raises:
        CannotRead: it has more pixels than the process has memory for.
    """
    image = _READERS[media_type](io.BytesIO(file))
    frames = int(getattr(image, "n_frames", 1))
    shown = min(frames, MAX_PICTURES) if media_type == _PAGED else 1
    for number in range(shown):
        if number:
            image.seek(number)
        try:
            drawn = _small(image if shown == 1 else image.copy())
        except MemoryError:
            raise CannotRead(Reason.TOO_MANY_PIXELS) from None
        yield Frame(frames, drawn.width, drawn.height, drawn.tobytes())


def _small(image: Image.Image) -> Image.Image:
    if image.mode in _DEEP:
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode in {"1", "F"}:
        image = image.convert("L")
    # A JPEG can be decoded at a half, a quarter or an eighth of its size, which takes as much less memory.
    image.draft(None, _fitted(image.size))
    image.load()
    image = image.resize(_fitted(image.size), Image.Resampling.BICUBIC, reducing_gap=2.0)
    ImageOps.exif_transpose(image, in_place=True)
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen)
    return paper


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
