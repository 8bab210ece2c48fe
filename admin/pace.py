"""When an answer leaves, where the work behind it tells of tips that the member must not know of."""

import time
from typing import Final

from flask import Response, g

PACE_SECONDS: Final = 0.1


def begin() -> None:
    """Remember when the request began."""
    g.began = time.monotonic()


def keep_pace(response: Response) -> Response:
    """Hold an answer until the next multiple of the pace since its request began.

    A tip that is hidden from the member costs the list a statement in the log,
    so without this the time of the answer would tell that one has arrived.
    """
    if PACE_SECONDS:
        time.sleep((g.began - time.monotonic()) % PACE_SECONDS)
    return response
