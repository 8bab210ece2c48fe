"""Pictures with real hidden data."""

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

XMP = b"<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'>HIDDENXMP</x:xmpmeta><?xpacket end='w'?>"
COMMENT = b"HIDDENCOMMENT"
TAIL = b"PK\x03\x04HIDDENTAIL"


def exif(orientation: int = 1) -> Image.Exif:
    """Camera, owner, place, and which way is up."""
    tags = Image.Exif()
    tags[0x010F] = "HIDDENMAKE"
    tags[0x0110] = "HIDDENMODEL"
    tags[0x013B] = "HIDDENARTIST"
    tags[0x0132] = "2026:01:02 03:04:05"
    tags[0x0112] = orientation
    tags.get_ifd(0x8769)[0xA431] = "HIDDENSERIAL"
    tags.get_ifd(0x8825).update(
        {1: "N", 2: (29.0, 33.0, 7.25), 3: "E", 4: (106.0, 30.0, 59.5), 29: "HIDDENDAY"}
    )
    return tags


def picture(width: int = 80, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Red in the left half, blue in the right."""
    made = Image.new(mode, (width, height), "red" if mode == "RGB" else 200)
    made.paste("blue" if mode == "RGB" else 30, (width // 2, 0, width, height))
    return made


def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + b"HIDDENPROFILE"


def written(made: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    made.save(out, form, **options)
    return out.getvalue()


def jpeg(orientation: int = 1, **options: Any) -> bytes:
    """With Exif, GPS, XMP, a comment, a profile and something behind the picture."""
    return TAIL.join(
        [
            written(
                picture(),
                "JPEG",
                exif=exif(orientation),
                xmp=XMP,
                comment=COMMENT,
                icc_profile=profile(),
                **options,
            ),
            b"",
        ]
    )


def png(**options: Any) -> bytes:
    info = PngInfo()
    info.add_text("Author", "HIDDENAUTHOR")
    info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    info.add_text("Comment", "HIDDENPACKED" * 20, zip=True)
    return written(picture(), "PNG", exif=exif(), pnginfo=info, icc_profile=profile(), **options) + TAIL


def webp(orientation: int = 1, **options: Any) -> bytes:
    return written(
        picture(), "WEBP", exif=exif(orientation).tobytes(), xmp=XMP, icc_profile=profile(), **options
    )


def tiff(**options: Any) -> bytes:
    tags = {270: "HIDDENDESCRIPTION", 271: "HIDDENMAKE", 305: "HIDDENSOFTWARE", 315: "HIDDENARTIST", 700: XMP}
    return written(picture(), "TIFF", tiffinfo=tags, icc_profile=profile(), **options) + TAIL


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width: int, height: int) -> bytes:
    """A picture that says it has this size, of few bytes."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", zlib.compress(bytes(99))) + png_chunk(b"IEND", b"")
    )


def opened(file: bytes) -> Image.Image:
    """The picture, loaded."""
    found = Image.open(io.BytesIO(file))
    found.load()
    return found
