"""Directories for tests: a small township, signed by a log key made here."""

from typing import Any

from crypto.keys import Identity, SigningKey
from crypto.log_keys import LogVerifier
from crypto.notes import NoteSigner, sign_json
from tipline.directory.service import Pin

ORIGIN = "test.example/log"
GENESIS = "ab" * 32
LOG_KEY = SigningKey.generate()
KEEPER = Identity.generate()
DESK = Identity.generate()


def pin(key: SigningKey = LOG_KEY) -> Pin:
    return Pin(ORIGIN, GENESIS, LogVerifier(ORIGIN, key.public))


def body(version: int = 1, **changes: Any) -> dict[str, Any]:
    def unit(name: str, superior: str, *, inside: bool = True) -> dict[str, Any]:
        return {"id": name, "names": {"zh": name, "en": name}, "superior": superior, "inside": inside}

    def desk(name: str, *staff: list[str]) -> dict[str, Any]:
        names = {"zh": name, "en": name}
        recipient = DESK.recipient.text
        return {
            "id": name,
            "names": names,
            "epoch": 1,
            "recipient": recipient,
            "reads": True,
            "staff": [*staff],
        }

    return {
        "v": 1,
        "type": "directory",
        "log": ORIGIN,
        "version": version,
        "genesis": GENESIS,
        "keeper": KEEPER.recipient.text,
        "log_key": LOG_KEY.public.raw.hex(),
        "mint": [],
        "units": [
            unit("u9", "", inside=False),
            unit("u1", "u9"),
            unit("u2", "u1"),
            unit("u3", "u1"),
            unit("u10", "u2"),
        ],
        "desks": [desk("intake", ["u2"], ["u3"]), desk("integrity", ["u9"])],
        **changes,
    }


def note(version: int = 1, key: SigningKey = LOG_KEY, **changes: Any) -> bytes:
    return sign_json(body(version, **changes), NoteSigner(ORIGIN, key))
