"""The cleaning process: the whole file on standard input, an answer and the cleaned file on standard output.

    python -I -B -m tipline.cleaning.child MEDIA-TYPE

It imports what its kind of file needs and nothing else, since it starts anew for
each file.
"""

import io
import sys
from collections.abc import Callable

from tipline.cleaning.types import IMAGE_TYPES, OFFICE_TYPES, PDF_TYPE
from tipline.confined.answer import refusal_line, whole_line
from tipline.confined.confinement import close_the_door, confine
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason


def main(media_type: str) -> int:
    """Clean standard input; 0 once an answer was given."""
    confine()
    clean = _cleaner_for(media_type)
    close_the_door()
    try:
        cleaned = clean(io.BytesIO(sys.stdin.buffer.read()))
    except CannotRead as error:
        sys.stdout.buffer.write(refusal_line(error))
    except MemoryError:
        sys.stdout.buffer.write(refusal_line(CannotRead(Reason.TOO_LARGE)))
    else:
        whole = cleaned.getbuffer()
        sys.stdout.buffer.write(whole_line(len(whole)))
        sys.stdout.buffer.write(whole)
    sys.stdout.buffer.flush()
    return 0


def _cleaner_for(media_type: str) -> Callable[[io.BytesIO], io.BytesIO]:
    if media_type in IMAGE_TYPES:
        from tipline.cleaning.images import clean_image, prepare  # noqa: PLC0415 - each kind loads its own library

        prepare()
        return lambda file: clean_image(file, media_type)
    if media_type == PDF_TYPE:
        from tipline.cleaning import pdf  # noqa: PLC0415 - likewise

        pdf.prepare()
        return pdf.clean_pdf
    if media_type in OFFICE_TYPES:
        from tipline.cleaning import office  # noqa: PLC0415 - likewise

        office.prepare()
        return office.clean_office
    raise CannotRead(Reason.KIND)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
