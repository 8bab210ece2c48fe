"""A public site over an instance of its own: units, two desks, a log key, no keeper process."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from crypto.age import unseal
from crypto.keys import Identity, SigningKey
from crypto.notes import NoteSigner, sign_json
from crypto.slips import open_inner, open_outer
from tests.clocks import FixedClock
from tests.founded import MAIN_DATABASE, links_when_asked_for, make_tables, share_templates
from tipline.database import Database
from tipline.directory.service import publish_directory
from tipline.public.app import create_app
from tipline.public.services import EXTENSION
from tipline.settings import Settings

ORIGIN = "test.tipline.example/log"
GENESIS = "ab" * 32
MOMENT = datetime(2026, 3, 3, 9, 41, 7, tzinfo=UTC)

UNITS = [
    ("u1", "示例镇党委、政府", "Township leadership", "", True),
    ("u2", "示例镇综治办", "Governance office", "u1", True),
    ("u3", "示例镇派出所", "Police station", "u1", True),
    ("u9", "示例区", "Example district", "", False),
]


@dataclass
class Instance:
    """An instance whose every private key the test holds."""

    settings: Settings
    clock: FixedClock
    database: Database
    keeper: Identity
    signer: NoteSigner
    desks: dict[str, Identity]
    app: Flask

    def close(self) -> None:
        """Close every connection."""
        self.database.dispose()
        self.app.extensions[EXTENSION].database.dispose()
        self.app.extensions[EXTENSION].keeper.close()

    def rows(self, query: str, **values: object) -> list[Any]:
        """What the main database holds, by plain SQL."""
        with self.database.reading() as session:
            return list(session.execute(text(query), values))

    def change(self, statement: str, **values: object) -> None:
        """Change the main database by hand, as its administrator could."""
        with self.database.writing() as session:
            session.execute(text(statement), values)

    def publish(self, version: int, **more: object) -> None:
        """Sign and store a directory, with more or other fields."""
        body = {
            "v": 1,
            "type": "directory",
            "log": ORIGIN,
            "version": version,
            "genesis": GENESIS,
            "keeper": self.keeper.recipient.text,
            "log_key": self.signer.verifier.key.raw.hex(),
            "mint": [],
            "units": [
                {"id": unit, "names": {"zh": zh, "en": en}, "superior": superior, "inside": inside}
                for unit, zh, en, superior, inside in UNITS
            ],
            "desks": [
                {
                    "id": desk,
                    "names": {"zh": desk, "en": desk},
                    "epoch": 1,
                    "recipient": key.recipient.text,
                    "reads": desk != "custodians",
                    "staff": [["u2"], ["u3"]] if desk == "intake" else [["u9"]],
                }
                for desk, key in self.desks.items()
            ],
            **more,
        }
        with self.database.writing() as session:
            publish_directory(session, version, sign_json(body, self.signer))

    def open_slipped(self, sealed: bytes, slip: bytes, desk: str) -> bytes:
        """Open an item with all the keys that the keeper and a desk hold: the padded plaintext."""
        _, inner = open_outer(slip, self.keeper)
        return unseal(sealed, [open_inner(inner, self.desks[desk])])


def make_instance(folder: Path, *, trial: bool = True, proxies: int = 0) -> Instance:
    """Make an instance below a folder, and its site."""
    keys = NoteSigner(ORIGIN, SigningKey.generate())
    data = folder / "data"
    data.mkdir(parents=True)
    settings = Settings(
        data=data,
        ram=folder / "ram",
        public_bind="127.0.0.1:0",
        admin_bind="127.0.0.1:0",
        database_url=f"sqlite:///{data / MAIN_DATABASE}",
        keeper_database_url=f"sqlite:///{data / 'keeper.db'}",
        proxies=proxies,
        trial=trial,
        origin=ORIGIN,
        genesis=GENESIS,
        log_key=keys.verifier.vkey,
    )
    clock = FixedClock(MOMENT)
    make_tables(data / MAIN_DATABASE)
    database = Database(settings.database_url, dated_by=clock)
    desks = {"intake": Identity.generate(), "integrity": Identity.generate()}
    with links_when_asked_for():
        app = create_app(settings, clock)
    share_templates(app)
    instance = Instance(settings, clock, database, Identity.generate(), keys, desks, app)
    instance.publish(1)
    return instance


def with_settings(instance: Instance, **changes: object) -> Settings:
    """The instance's settings with changes."""
    return replace(instance.settings, **changes)  # type: ignore[arg-type]  # any field of the settings
