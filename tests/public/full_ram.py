"""What visitors of a site get whose RAM folder is full. Run as a process of its own: it might be killed."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.public.instance import make_instance
from tests.public.visitor import Visitor, code_on
from tipline.public.form_keys import PERIOD_SECONDS
from tipline.public.limits import KEY_SECONDS

CANARY = "canary at the market"
FILM = (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00" + b"f" * 9_000, "film.mp4")
FRESH_CLIENTS = 300


def fill(folder: Path) -> None:
    """Leave no byte."""
    for length in (1 << 20, 1 << 12, 1):
        try:
            with (folder / f"filling-{length}").open("wb", buffering=0) as file:
                while file.write(bytes(length)):
                    pass
        except OSError:
            continue
    room = os.statvfs(folder)
    if room.f_bavail:
        raise SystemExit("the folder could not be filled")


def visits(folder: Path) -> Iterator[tuple[str, object]]:
    """Fill the RAM folder below this one and see what visitors are answered."""
    instance = make_instance(folder)
    code = code_on(Visitor(instance.app).report())
    inside = Visitor(instance.app, "192.0.2.3")
    inside.sign_in(code)
    fill(folder / "ram")
    addresses = (f"198.51.{number >> 8}.{number & 255}" for number in range(FRESH_CLIENTS))
    yield "pages", sorted({Visitor(instance.app, address).get("/").status_code for address in addresses})
    yield "report", Visitor(instance.app, "192.0.2.4").report().status_code
    kept = Visitor(instance.app, "192.0.2.5").report(files=[FILM], review="files", description=CANARY)
    yield "files", (CANARY in kept.text, kept.status_code < 300 or "choose them again" in kept.text)
    yield "sign-in", Visitor(instance.app, "192.0.2.6").sign_in(code).status_code
    instance.clock.advance(600)
    yield "session", inside.get("/mailbox/messages").status_code
    instance.clock.advance(max(KEY_SECONDS, PERIOD_SECONDS))
    yield "next hour", Visitor(instance.app, "192.0.2.7").report().status_code
    yield "left", Visitor(instance.app, "192.0.2.7").get("/leave").status_code
    instance.close()


if __name__ == "__main__":
    answers = json.dumps(dict(visits(Path(sys.argv[1]))))
    sys.stdout.write(f"\n{answers}")
