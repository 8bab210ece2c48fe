"""The admin site over a real keeper: members with accounts, tips as the public site stores them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

from admin.app import create_app
from admin.confirming.look import CONFIRMED
from admin.services import Services
from admin.sessions.cookie import NAME
from crypto import age
from crypto.notes import open_checkpoint
from crypto.tracking_codes import TrackingCode
from tests.clocks import FixedClock
from tests.founded import (
    links_when_asked_for,
    quick_passwords,
    share_templates,
    wrapped_once,
    wrapping_once,
)
from tests.world import NOON, PEOPLE, Person, World, member_id, member_seed
from tipline.accounts.models import Account, DeskSeal
from tipline.accounts.service import OTP_SECONDS, one_time_codes
from tipline.accounts.types import UnlockedMember
from tipline.directory.types import Directory, open_directory
from tipline.files.store import FileStore
from tipline.ids import MemberId, TipId, UnitId, new_tip_id
from tipline.keeper_client import AdminKeeper
from tipline.mailbox.thread import find_mailbox
from tipline.mailbox.writing import add_message
from tipline.sealing.items import FileSealer, SealedFile
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.intake import Intake
from tipline.tips.models import Tip
from tipline.tips.submission import TipDraft, submit_tip

KEY_FILE: Final = bytes(range(32))
PASSWORD: Final = "correct horse battery staple"
OTP_SECRET: Final = bytes(20)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
STATE = re.compile(r'name="state" value="([^"]+)"')


def wrapped(name: str) -> bytes:
    """A member's seed under the password."""
    return wrapped_once(member_seed(name).seed + OTP_SECRET, PASSWORD, KEY_FILE)


@cache
def sealed_once(seed: bytes, name: str) -> bytes:
    """A desk's seed, sealed to a member of this name."""
    return age.seal(seed, [member_seed(name).identity.recipient])


class Staff:
    """A member's browser: keeps cookies and fills in the form's token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def post(self, path: str, fields: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token(), **(fields or {})}, **more)

    def token(self) -> str:
        found = TOKEN.search(self.client.get("/sign-in").text)
        assert found
        return found[1]

    def read(self, tip: TipId, purpose: str = "triage") -> TestResponse:
        return self.post(f"/tips/{tip.hex()}", {"purpose": purpose})

    def act(self, tip: TipId, page: TestResponse, **fields: str) -> TestResponse:
        return self.post(f"/tips/{tip.hex()}", {"state": hidden_state(page), **fields})


def hidden_state(page: TestResponse) -> str:
    """The hidden field of a read page's forms."""
    found = STATE.search(page.text)
    assert found, page.text
    return unescape(found[1])


class Office:
    """A world with accounts, the admin site, and reporters."""

    def __init__(self, world: World, clock: FixedClock) -> None:
        self.world = world
        self.clock = clock
        self.settings = world.settings
        self.database = world.database
        self.settings.account_key_file.write_bytes(KEY_FILE)
        self._open_accounts()

    def start(self) -> None:
        """Build the site; the keeper runs."""
        with wrapping_once(), links_when_asked_for():
            self.app: Flask = create_app(self.settings, self.clock)
        share_templates(self.app)
        self.app.testing = True
        self.services: Services = self.app.extensions["tipline"]
        self.files = FileStore(
            self.settings.files, self.settings.staging, self.settings.ram / "staged", self.clock
        )

    def keeper(self) -> AdminKeeper:
        return self.services.keeper

    def browser(self) -> Staff:
        return Staff(self.app.test_client())

    def member(self, name: str) -> UnlockedMember:
        return UnlockedMember(MemberId(member_id(name)), name, member_seed(name))

    def signed_in(self, name: str, *, confirmed: bool = False) -> Staff:
        """A browser with a session, without the cost of a password; `confirmed` asks for no second look."""
        staff = self.browser()
        token = self.services.sessions.start(self.member(name))
        if confirmed:
            now, opened = self.clock.unix(), self.services.sessions.resume(token.reveal())
            self.services.sessions.hold(opened, lambda held: {**held, CONFIRMED: now})
        staff.client.set_cookie(NAME, token.reveal())
        return staff

    def otp(self) -> str:
        return one_time_codes(OTP_SECRET).generate_otp(self.clock.unix() // OTP_SECONDS)

    def directory(self) -> Directory:
        note = self.world.client("directory-seen.json").directory()
        return open_directory(note, self.world.verifier, self.settings.origin, self.settings.genesis)

    def intake(self) -> Intake:
        return Intake(self.database, self.files, self.directory(), self.world.verifier, self.clock)

    def put_tip(self, description: str = "A gang runs the quarry.", **changes: Any) -> TipId:
        """A tip as the public site stores it, at the intake desk unless its answers say otherwise."""
        return self.put_tip_with_code(description, **changes)[0]

    def put_tip_with_code(
        self,
        description: str = "A gang runs the quarry.",
        *,
        files: Mapping[str, bytes] | None = None,
        **changes: Any,
    ) -> tuple[TipId, TrackingCode]:
        tip, code, intake = new_tip_id(), TrackingCode.generate(), self.intake()
        answers: dict[str, Any] = {
            "description": description,
            "category": Category.VILLAGE_TYRANTS,
            "unit": UnitId(""),
            "official": Official.NO,
            "exclude": (),
            "exclude_text": "",
            "urgency": Urgency.NORMAL,
            "language": "en",
        }
        sealers = [self._stage(tip, name, data) for name, data in (files or {}).items()]
        submit_tip(TipDraft(**(answers | changes)), code, tip, sealers, intake)
        return tip, code

    def write_back(self, code: TrackingCode, text: str) -> None:
        """A message of the reporter's."""
        intake = self.intake()
        with self.database.reading() as session:
            mailbox = find_mailbox(session, code)
        add_message(mailbox, text, intake)

    def row(self, tip: TipId) -> Tip:
        with self.database.reading() as session:
            row = session.get(Tip, tip)
            assert row
            session.expunge(row)
            return row

    def change(self, sql: str, **values: Any) -> None:
        """Change rows by hand, as somebody with the database would."""
        with self.database.writing() as session:
            session.connection().exec_driver_sql(sql, values)

    def log_size(self) -> int:
        return open_checkpoint(self.keeper().checkpoint(), [self.world.verifier]).size

    def _stage(self, tip: TipId, name: str, data: bytes) -> SealedFile:
        staged = self.files.stage()
        sealer = FileSealer(staged, tip, name, "image/jpeg")
        source = BytesIO(data)
        while piece := source.read(65_536):
            sealer.write(piece)
        sealed = sealer.finish()
        staged.finish(sealed.item)
        staged.release()
        return sealed

    def _open_accounts(self) -> None:
        with self.database.writing() as session:
            rows = [
                {
                    "member_id": one.id,
                    "name": one.name,
                    "name_salt": b"",  # the world's digests have none
                    "wrapped": wrapped(one.name),
                    "last_step": 0,
                }
                for one in PEOPLE
            ]
            session.execute(insert(Account), rows)
            session.execute(insert(DeskSeal), [self._seal(one, desk) for one in PEOPLE for desk in one.desks])

    def _seal(self, one: Person, desk: str) -> dict[str, Any]:
        key = self.world.desk_keys(desk)[0]
        sealed = sealed_once(self.world.desks[desk].seed, one.name)
        return {"desk": key.id, "epoch": key.epoch, "member_id": one.id, "sealed": sealed}


@pytest.fixture(autouse=True)
def unpaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer waits for the pace, so that the suite stays quick."""
    monkeypatch.setattr("admin.pace.PACE_SECONDS", 0)


@pytest.fixture(autouse=True, scope="module")
def cheap() -> Iterator[None]:
    """Hundreds of passwords are typed here."""
    with quick_passwords():
        yield


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def office(tmp_path: Path, clock: FixedClock) -> Iterator[Office]:
    """The site with its keeper running."""
    with ExitStack() as stack:
        world = stack.enter_context(World.made(tmp_path, clock))
        stack.enter_context(world.keeper())
        made = Office(world, clock)
        made.start()
        stack.callback(made.services.database.dispose)
        stack.callback(made.services.keeper.close)
        yield made
