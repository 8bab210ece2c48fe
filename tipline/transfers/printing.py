"""Documents, made by a process that can do nothing else: there strangers' text meets fonts and layout.

It gets markup and paragraphs, answers with a PDF or a .docx, and ends. This process loads neither library.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tipline.confined.errors import CannotRead
from tipline.confined.process import ConfinedProcess
from tipline.confined.slots import Slots
from tipline.transfers.blocks import Block
from tipline.transfers.errors import CannotPrint

CHILD: Final = "tipline.transfers.print_child"
SECONDS: Final = 60.0
"""How long one document may take."""
WAIT_SECONDS: Final = 30.0
"""How long a document waits for its turn: two are made at a time."""


class Printer:
    """Makes documents, two at a time."""

    def __init__(self, folder: Path) -> None:
        """Keep the turns in a folder in RAM."""
        self._slots = Slots(folder)

    def pdf(self, markup: str, styles: str, who: str) -> bytes:
        """A PDF of an HTML page, which may name nothing outside itself.

        Args:
            who: whose turn it takes.

        Raises:
            CannotPrint: none came.
        """
        return self._made({"kind": "pdf", "markup": markup, "styles": styles}, who)

    def docx(self, blocks: Sequence[Block], language: str, who: str) -> bytes:
        """A word-processor file of a letter; `language` is a tag such as "zh-CN".

        Raises:
            CannotPrint: none came.
        """
        paragraphs = [[block.style.value, block.text] for block in blocks]
        return self._made({"kind": "docx", "language": language, "blocks": paragraphs}, who)

    def _made(self, job: dict[str, object], who: str) -> bytes:
        order = json.dumps(job, ensure_ascii=False).encode("utf-8", "ignore")
        try:
            with self._slots.hold(who, WAIT_SECONDS), ConfinedProcess(SECONDS, CHILD) as process:
                process.write(order)
                return b"".join(process.read(process.answer()))
        except CannotRead as error:
            raise CannotPrint(error.reason.value) from error
