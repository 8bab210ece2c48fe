"""The reading process: a photo on standard input, an answer and the texts of its codes on standard output.

python -I -B -m tipline.voucher_photos.child
"""

import sys

from tipline.confined.answer import refusal_line, whole_line
from tipline.confined.confinement import close_the_door, confine
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason


def main() -> int:
    """Read standard input; 0 once an answer was given."""
    confine()
    from tipline.voucher_photos import reader  # noqa: PLC0415 - limited before the libraries are loaded

    reader.prepare()
    close_the_door()
    try:
        texts = reader.texts_in(sys.stdin.buffer.read())
    except CannotRead as error:
        sys.stdout.buffer.write(refusal_line(error))
    except MemoryError:
        sys.stdout.buffer.write(refusal_line(CannotRead(Reason.TOO_LARGE)))
    else:
        sys.stdout.buffer.write(whole_line(len(texts)) + texts)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
