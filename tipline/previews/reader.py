"""The process that reads the file: the whole of it on standard input, frames on standard output.

    python -I -B -m tipline.previews.reader MEDIA-TYPE

Each frame comes behind a line that says its length, as `tipline.confined.answer`
has it; a length of 0 ends them.
"""

import sys
from collections.abc import Callable, Iterator

from tipline.confined.answer import refusal_line, whole_line
from tipline.confined.confinement import close_the_door, confine
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason
from tipline.previews.frames import Frame
from tipline.previews.types import PDF_TYPE, PICTURE_TYPES

MEMORY_BYTES = 256 * 1024 * 1024
"""For the file, one page of it as it unpacks, and a copy of that which becomes smaller."""


def main(media_type: str) -> int:
    """Draw standard input; 0 once the last answer was given."""
    confine(MEMORY_BYTES)
    draw = _drawer_for(media_type)
    close_the_door()
    out = sys.stdout.buffer
    try:
        for frame in draw(sys.stdin.buffer.read()):
            whole = frame.encode()
            out.write(whole_line(len(whole)))
            out.write(whole)
    except CannotRead as error:
        out.write(refusal_line(error))
    except MemoryError:
        out.write(refusal_line(CannotRead(Reason.TOO_LARGE)))
    else:
        out.write(whole_line(0))
    out.flush()
    return 0


def _drawer_for(media_type: str) -> Callable[[bytes], Iterator[Frame]]:
    if media_type in PICTURE_TYPES:
        from tipline.previews import pictures  # noqa: PLC0415 - each kind loads its own library

        pictures.prepare()
        return lambda file: pictures.draw_pictures(file, media_type)
    if media_type == PDF_TYPE:
        from tipline.previews.pages import PageDrawer  # noqa: PLC0415 - likewise

        return PageDrawer().draw
    raise CannotRead(Reason.KIND)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
