"""The printing process: an order as JSON on standard input, an answer and the document on standard output.

    python -I -B -m tipline.transfers.print_child

Fonts are opened while it draws, so it keeps descriptors for reading files; network, writing and new processes
are taken away.
"""

import json
import resource
import sys
from typing import Any, Final

from tipline.confined.answer import refusal_line, whole_line
from tipline.confined.confinement import confine
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason

MEMORY_BYTES: Final = 512 * 1024 * 1024
"""A million characters of Chinese take half of it."""


def main() -> int:
    """Make one document; 0 once an answer was given."""
    confine(MEMORY_BYTES)
    order = json.loads(sys.stdin.buffer.read())
    try:
        document = _made(order)
    except MemoryError:
        sys.stdout.buffer.write(refusal_line(CannotRead(Reason.TOO_LARGE)))
    else:
        sys.stdout.buffer.write(whole_line(len(document)))
        sys.stdout.buffer.write(document)
    sys.stdout.buffer.flush()
    return 0


def _made(order: dict[str, Any]) -> bytes:
    if order["kind"] == "pdf":
        from tipline.transfers.print_pdf import make_pdf  # noqa: PLC0415 - each kind loads its own library

        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        return make_pdf(order["markup"], order["styles"])
    from tipline.transfers.print_docx import make_docx  # noqa: PLC0415 - likewise

    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    return make_docx(order["blocks"], order["language"])


if __name__ == "__main__":
    sys.exit(main())
