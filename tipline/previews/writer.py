"""The process that writes the pictures: frames on standard input, pictures on standard output.

    python -I -B -m tipline.previews.writer

It never sees the file. Whoever takes over the process that reads one can choose
the pixels, and nothing of the bytes that a browser gets.
"""

import io
import sys

from PIL import Image

from tipline.confined.answer import refusal_line, whole_line
from tipline.confined.confinement import close_the_door, confine
from tipline.confined.errors import CannotRead
from tipline.previews.frames import Frame, encode_picture, next_frame

MAX_PICTURE_BYTES = 1024 * 1024
"""One picture, so that a page of twenty of them still opens. Noise alone comes near it."""

QUALITIES = (85, 60, 35, 10)


def main() -> int:
    """Write every frame of standard input; 0 once the answer was given."""
    confine()
    Image.preinit()
    close_the_door()
    pictures = bytearray()
    out = sys.stdout.buffer
    try:
        while frame := next_frame(sys.stdin.buffer.read):
            pictures += encode_picture(frame.pages, _jpeg(frame))
    except CannotRead as error:
        out.write(refusal_line(error))
    else:
        out.write(whole_line(len(pictures)))
        out.write(pictures)
    out.flush()
    return 0


def _jpeg(frame: Frame) -> bytes:
    image = Image.frombytes("RGB", (frame.width, frame.height), frame.pixels)
    out = io.BytesIO()
    for quality in QUALITIES:
        out = io.BytesIO()
        # Colours at full size: red letters stay sharp.
        image.save(out, "JPEG", quality=quality, subsampling=0)
        if out.tell() <= MAX_PICTURE_BYTES:
            break
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
