"""A file that waits for its download, so that a page can say that it was made.

    pieces ─▶ sealed under a key of its own ─▶ a file of the admin site
                         └─▶ in the session, boxed under its cookie

On the disk nobody opens it: whoever has no cookie of that session has no key. After ten minutes the address
answers no more, and the next handout throws the file away.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from flask import Response

from admin.handouts.errors import HandoutGone, NoRoomForHandout
from admin.visit import Visit
from crypto.keys import Identity
from crypto.randomness import random_bytes
from tipline.transfers.waiting import read_waiting, throw_away, write_waiting

HELD: Final = "handouts"
"""Where a session keeps what waits in it, by its address."""
WAITS_SECONDS: Final = 600


def keep(visit: Visit, room: str, name: str, pieces: Iterable[bytes]) -> str:
    """Seal a file until its member downloads it; the address below `room` at which it waits.

    Args:
        name: for the browser, in ASCII.

    Raises:
        NoRoomForHandout: the disk is full, or its reserve is reached.
    """
    now, key, handout = visit.services.clock.unix(), Identity.generate(), random_bytes(16).hex()
    address, until = f"{room}/{handout}", now + WAITS_SECONDS
    try:
        folder = _folder(visit)
        folder.mkdir(mode=0o700, exist_ok=True)
        throw_away(folder, now)
        size = write_waiting(folder / f"{until}.{handout}", key, pieces)
    except OSError as error:
        raise NoRoomForHandout from error
    kept = {"name": name, "key": key.reveal(), "file": f"{until}.{handout}", "size": size, "until": until}
    visit.services.sessions.hold(
        visit.session, lambda held: {**held, HELD: {**_waiting(held, now), address: kept}}
    )
    return address


def hand_out(visit: Visit, address: str) -> Response:
    """What waits at an address of this session, as an attachment.

    Raises:
        HandoutGone: nothing, or its time is over.
    """
    kept = _waiting(visit.session.held, visit.services.clock.unix()).get(address)
    path = _folder(visit) / kept["file"] if kept else None
    if kept is None or path is None or not path.is_file():
        raise HandoutGone
    response = Response(read_waiting(path, Identity.parse(kept["key"])), mimetype="application/octet-stream")
    response.headers["Content-Length"] = str(kept["size"])
    response.headers["Content-Disposition"] = f'attachment; filename="{kept["name"]}"'
    return response


def _waiting(held: Mapping[str, Any], now: int) -> dict[str, Any]:
    return {address: kept for address, kept in held.get(HELD, {}).items() if kept["until"] > now}


def _folder(visit: Visit) -> Path:
    return visit.services.settings.admin_folder / "handouts"
