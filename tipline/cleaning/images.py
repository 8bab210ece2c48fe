"""Pictures without their hidden data: read, turned upright, brought to sRGB, and written anew.

Only what one sees is carried over. Exif, GPS, XMP, IPTC, comments, thumbnails,
colour profiles and whatever stood behind the picture have no way into the new
file; `picture_parts` looks whether that is so.
"""

import io
from typing import Any

from PIL import (
    Image,
    ImageCms,
    ImageFile,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from tipline.cleaning.palettes import blank_unused_colours
from tipline.cleaning.picture_parts import refuse_other_parts, webp_is_lossless, webp_size
from tipline.confined.errors import CannotRead, Dangerous
from tipline.confined.types import Reason

BOMB_PIXELS = 250_000_000
"""More than any camera or scanner of a reporter makes: such a picture is there to burst its reader."""

MAX_PIXELS = {"JPEG": 32_000_000, "PNG": 32_000_000, "TIFF": 32_000_000, "WEBP": 8_000_000}
"""What fits into the process's memory, with the copies that each format's library makes."""

TURNED_PIXELS = 16_000_000
"""Up to this size a picture is turned, which takes a second copy of it.

A larger JPEG keeps the one tag that says which way is up.
"""

LOSSLESS_WEBP_PIXELS = 3_500_000

MAX_FRAMES = 1_000
JPEG_QUALITY = 92
_PNG_LEVEL = 4  # half the time of the usual 6, some percent more bytes

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}
# Named one by one: a confined process can look for none, and no file is read as another kind than was said.
_READERS: dict[str, type[ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
}
_ORIENTATION = 0x0112  # Exif 2.3, 4.6.4
_PROFILED = {"RGB": "RGB", "RGBA": "RGBA", "CMYK": "RGB"}
_KEPT = {"transparency"}
_JPEG_IN_TIFF = {"jpeg", "tiff_jpeg"}


def prepare() -> None:
    """Load what Pillow would look for later, when nothing can be opened any more."""
    Image.preinit()
    Image.MAX_IMAGE_PIXELS = None  # pictures are refused below by their number, not by a warning


def clean_image(file: io.BytesIO, media_type: str) -> io.BytesIO:
    """The same picture, or pictures, in the same format.

    Raises:
        CannotRead: too many pixels, or not the kind that its first bytes say.
        Dangerous: far too many pixels.
    """
    form = _FORMATS[media_type]
    out = io.BytesIO()
    try:
        _write(file, form, out)
    except MemoryError:
        raise CannotRead(Reason.TOO_MANY_PIXELS) from None
    refuse_other_parts(out.getbuffer(), form)
    return out


def _write(file: io.BytesIO, form: str, out: io.BytesIO) -> None:
    if form == "WEBP":
        _check_pixels(*webp_size(file.getbuffer()), 1, form)
    if form == "TIFF":
        _write_pages(_opened(file, form), out)
        return
    frames, options = _read(file, form)
    file.close()  # the memory is needed for what is written
    first, *others = frames
    if others:
        options |= {"save_all": True, "append_images": others}
    first.save(out, form, **options)


def _opened(file: io.BytesIO, form: str) -> Image.Image:
    image = _READERS[form](file)
    _check_pixels(image.width, image.height, _frames(image), form)
    return image


def _frames(image: Image.Image) -> int:
    return int(getattr(image, "n_frames", 1))


def _check_pixels(width: int, height: int, frames: int, form: str) -> None:
    pixels = width * height
    if pixels > BOMB_PIXELS:
        raise Dangerous(Reason.TOO_MANY_PIXELS)
    held = pixels * (2 * frames + 4) if frames > 1 and form != "TIFF" else pixels
    if held > MAX_PIXELS[form] or frames > MAX_FRAMES:
        raise CannotRead(Reason.TOO_MANY_PIXELS)


def _read(file: io.BytesIO, form: str) -> tuple[list[Image.Image], dict[str, Any]]:
    """The frames, and how they are to be written. The library's own copies are gone by then."""
    image = _opened(file, form)
    if _frames(image) > 1:
        return _read_animation(image, form)
    options: dict[str, Any] = {}
    if form == "JPEG":
        options = {"quality": JPEG_QUALITY, "subsampling": JpegImagePlugin.get_sampling(image)}
    elif form == "PNG":
        options = {"compress_level": _PNG_LEVEL}
    elif webp_is_lossless(file.getbuffer()):
        if image.width * image.height > LOSSLESS_WEBP_PIXELS:
            raise CannotRead(Reason.TOO_MANY_PIXELS)
        options = {"lossless": True, "quality": 20, "method": 1}
    else:
        options = {"quality": 90, "method": 2}
    options |= _turn_upright(image, form)
    image.load()
    picture = _bare(image)
    blank_unused_colours([picture])
    return [_in_srgb(picture, image.info.get("icc_profile"))], options


def _turn_upright(image: Image.Image, form: str) -> dict[str, Any]:
    """Turn it, or say how a large JPEG is written instead."""
    tag = image.getexif().get(_ORIENTATION, 1)
    if not isinstance(tag, int) or not 2 <= tag <= 8:
        return {}
    if image.width * image.height <= TURNED_PIXELS:
        ImageOps.exif_transpose(image, in_place=True)
        return {}
    if form != "JPEG":
        raise CannotRead(Reason.TOO_MANY_PIXELS)
    return {"exif": upright_tag(tag)}


def _write_pages(image: Image.Image, out: io.BytesIO) -> None:
    frames = _frames(image)
    with TiffImagePlugin.AppendingTiffWriter(out) as pages:
        for number in range(frames):
            image.seek(number)
            _check_pixels(image.width, image.height, frames, "TIFF")
            packed = str(image.info.get("compression"))
            image.load()  # turns it upright
            page = _bare(image)
            blank_unused_colours([page])
            page = _in_srgb(page, image.info.get("icc_profile"))
            page.save(pages, "TIFF", **_packing(page.mode, packed))
            pages.newFrame()


def _packing(mode: str, packed: str) -> dict[str, Any]:
    if mode == "1":
        return {"compression": "group4"}
    if packed in _JPEG_IN_TIFF and mode in {"L", "RGB"}:
        return {"compression": "jpeg", "quality": JPEG_QUALITY}
    return {"compression": "tiff_adobe_deflate"}


def _read_animation(image: Image.Image, form: str) -> tuple[list[Image.Image], dict[str, Any]]:
    profile, frames = image.info.get("icc_profile"), []
    options: dict[str, Any] = {"duration": [], "loop": int(image.info.get("loop", 0))}
    options |= {"quality": 90, "method": 1} if form == "WEBP" else {"compress_level": _PNG_LEVEL}
    for number in range(_frames(image)):
        image.seek(number)
        image.load()
        options["duration"].append(image.info.get("duration", 0))
        frames.append(_in_srgb(_bare(image).copy(), profile))
    blank_unused_colours(frames)
    if image.info.get("default_image"):
        # A picture for those who cannot play: it has no time of its own.
        options |= {"default_image": True, "duration": options["duration"][1:]}
    return frames, options


def _bare(image: Image.Image) -> Image.Image:
    """The pixels and palette alone, not copied."""
    bare = Image.Image()._new(image.im)
    if image.palette is not None and image.mode in {"P", "PA"}:
        bare.palette = image.palette.copy()
    bare.info = {name: value for name, value in image.info.items() if name in _KEPT}
    return bare


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """The picture in the colours of every screen, since a profile can name the device it was made for."""
    mode = _PROFILED.get(image.mode)
    if not isinstance(profile, bytes) or mode is None:
        return image
    try:
        source, screen = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        if mode == image.mode:
            ImageCms.profileToProfile(image, source, screen, inPlace=True)
        else:
            image = ImageCms.profileToProfile(image, source, screen, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError):
        return image  # a profile that nobody can use changes no colour
    image.info.pop("icc_profile")  # of the screen: the library would write it
    return image


def upright_tag(orientation: int) -> bytes:
    """Exif that says which way is up, and nothing else."""
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    return exif.tobytes()
