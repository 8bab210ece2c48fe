"""Requests that nobody decided in time lapse: the keeper says so when it looks at the clocks."""

from collections.abc import Iterator, Mapping
from typing import Any

from tipline.keeper.disclosing import standing as stored
from tipline.keeper.rules.case import Granted
from tipline.keeper.state import Draft


def lapse(draft: Draft) -> Iterator[tuple[Mapping[str, Any], Granted]]:
    """State each that is late, once; from its last day on nobody could decide it anyway."""
    for asked in stored.all_open(draft.connection, draft.rows):
        if asked.is_late(draft.today):
            stored.decide(draft.rows, asked.lapsed())
            yield {"type": "disclosure-lapse", "request": asked.index}, Granted()
