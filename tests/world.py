"""A small township with a real keeper: what most tests of the sites and the keeper stand on.

    u9 district (outside)
    u1 township ── u2 governance office, u3 police station, u4 village (all inside)

Everybody's seed and every desk's key is at hand. The keeper runs in this process, on real sockets, by a clock
that the test moves.
"""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, Self

from sqlalchemy import insert

from crypto.keys import Identity, MemberSeed, SigningKey
from crypto.notes import NoteVerifier
from crypto.policies import Policy, Route
from crypto.randomness import random_bytes
from crypto.statements import Statement
from crypto.tracking_codes import TrackingCode
from tests.clocks import FixedClock
from tests.founded import KEEPER_DATABASE, MAIN_DATABASE, FoundedKeeper, found_keeper, make_tables
from tipline.clock import Clock
from tipline.database import Database
from tipline.deadlines import Clocks
from tipline.ids import DeskId, TipId, new_tip_id
from tipline.keeper.app import serving
from tipline.keeper.folder import KeeperFolder
from tipline.keeper.genesis import Founding
from tipline.keeper.service import Keeper
from tipline.keeper_client import AdminKeeper, OperatorKeeper, SeenFile, SlipRequest
from tipline.routing import protects
from tipline.sealing.audience import Audience, DeskKey
from tipline.sealing.items import NewItem, seal_item
from tipline.settings import Settings
from tipline.tips.case_file import CaseFile
from tipline.tips.models import Tip
from tipline.tips.storing import store_items

ORIGIN: Final = "test.tipline.example/log"
NOON: Final = datetime(2026, 3, 3, 12, tzinfo=UTC)
PLENTY: Final = 1_000_000  # requests a minute: only tests of the limit want another

UNITS: Final = {
    "u1": ("", True),
    "u2": ("u1", True),
    "u3": ("u1", True),
    "u4": ("u1", True),
    "u9": ("", False),
}
READING_DESKS: Final = ("intake", "integrity", "protection")
DESKS: Final = (*READING_DESKS, "custodians", "rewards", "payments", "auditors")


@dataclass(frozen=True)
class Person:
    """A founding member: their unit, desks and roles. Id and seed follow from the name."""

    name: str
    unit: str
    desks: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return member_id(self.name)

    @property
    def seed(self) -> MemberSeed:
        return member_seed(self.name)


PEOPLE: Final = (
    Person("registrar", "u1", roles=("registrar",)),
    Person("registrar-2", "u1", roles=("registrar",)),
    Person("reviewer-a", "u2", ("intake",)),
    Person("reviewer-b", "u3", ("intake",)),
    Person("integrity", "u9", ("integrity",)),
    Person("protection", "u1", ("protection",)),
    Person("custodian-1", "u1", ("custodians",)),
    Person("custodian-2", "u9", ("custodians",)),
    Person("auditor", "u9", ("auditors",)),
)


def member_id(name: str) -> str:
    """The id of a member of this name."""
    return "m" + hashlib.sha256(name.encode()).hexdigest()[:8]


def member_seed(name: str) -> MemberSeed:
    """The seed of a member of this name."""
    return MemberSeed(hashlib.sha256(b"member " + name.encode()).digest())


def member_body(name: str, unit: str, **changes: Any) -> dict[str, Any]:
    """A member as a statement names them, without roles and desks unless they are given."""
    seed = member_seed(name)
    fields: dict[str, Any] = {
        "id": member_id(name),
        "name_digest": hashlib.sha256(name.encode()).hexdigest(),
        "signing_key": seed.signing_key.public.raw.hex(),
        "recipient": seed.identity.recipient.text,
        "unit": unit,
        "past_units": [],
        "conflicts": [],
        "roles": [],
        "desks": [],
    }
    return fields | changes


@dataclass(frozen=True)
class SealedTip:
    """A tip in the main database, and what its reporter has."""

    id: TipId
    code: TrackingCode
    audience: Audience
    items: tuple[NewItem, ...]

    def item(self, kind: str) -> NewItem:
        """Its first item of a kind."""
        return next(item for item in self.items if item.kind == kind)


class World:
    """One instance in folders of its own."""

    def __init__(self, folder: Path, ram: Path, clock: Clock) -> None:
        self.clock = clock
        for part in ("keeper", "admin", "public", "files", "staging"):
            (folder / part).mkdir(mode=0o700, parents=True)
        self.settings = settings_of(folder, ram)
        self.desks = {desk: Identity.from_seed(_desk_seed(desk)) for desk in DESKS}
        self._databases: list[Database] = []
        self._clients: list[AdminKeeper | OperatorKeeper] = []
        founded = _founded_at(clock.unix())
        founded.copy_into(self.keeper_folder.path)
        keys = self.keeper_folder.keys()
        self.keeper_identity, self.log_key = keys.identity, keys.log_key
        self.verifier = NoteVerifier(ORIGIN, keys.log_key.public)
        self.settings = replace(self.settings, genesis=founded.genesis, log_key=self.verifier.vkey)

    @classmethod
    @contextmanager
    def made(cls, folder: Path, clock: Clock | None = None) -> Iterator[Self]:
        """A world without a running keeper; at the end its databases and connections are closed."""
        with tempfile.TemporaryDirectory(prefix="tl-") as ram:  # a socket's path has 107 bytes at most
            world = cls(folder, Path(ram), clock or FixedClock(NOON))
            try:
                yield world
            finally:
                world.close()

    @contextmanager
    def keeper(self, requests_per_minute: int = PLENTY) -> Iterator[Keeper]:
        """The keeper, answering on its sockets while the block runs."""
        with serving(self.settings, self.clock, requests_per_minute) as keeper:
            yield keeper

    def client(self, name: str = "seen.json", timeout: float = 5.0) -> AdminKeeper:
        """A client of the running keeper, with a memory of its own."""
        seen = SeenFile(self.settings.admin_folder / name)
        client = AdminKeeper(self.settings.admin_socket, ORIGIN, self.verifier, seen, timeout)
        self._clients.append(client)
        return client

    def operator(self, timeout: float = 5.0) -> OperatorKeeper:
        """The operator's client of the running keeper."""
        seen = SeenFile(self.settings.keeper_folder / "operator-seen.json")
        operator = OperatorKeeper(self.settings.operator_socket, ORIGIN, self.verifier, seen, timeout)
        self._clients.append(operator)
        return operator

    def close(self) -> None:
        """Close what was opened."""
        for client in self._clients:
            client.close()
        for database in self._databases:
            database.dispose()

    def open_database(self, url: str) -> Database:
        """A database that is closed with the world."""
        database = Database(url)
        self._databases.append(database)
        return database

    @property
    def keeper_folder(self) -> KeeperFolder:
        """The keeper's folder."""
        return KeeperFolder(self.settings.keeper_folder)

    @cached_property
    def database(self) -> Database:
        """The main database, with its tables."""
        make_tables(self.settings.data / MAIN_DATABASE)
        return self.open_database(self.settings.database_url)

    def body(self, kind: str, *by: str, **fields: Any) -> dict[str, Any]:
        """A fresh statement's body, signed by members of these names."""
        return {
            "v": 1,
            "log": ORIGIN,
            "type": kind,
            "at": self.clock.unix(),
            "nonce": random_bytes(16).hex(),
            "by": [member_id(name) for name in by],
            **fields,
        }

    def sign(self, kind: str, *by: str, **fields: Any) -> Statement:
        """A fresh statement, signed by members of these names."""
        keys = {member_id(name): member_seed(name).signing_key for name in by}
        return Statement.signed(self.body(kind, *by, **fields), keys)

    def desk_keys(self, *desks: str) -> list[DeskKey]:
        """Current keys of desks; each has the epoch of its genesis."""
        return [DeskKey(DeskId(desk), 1, self.desks[desk].recipient) for desk in desks]

    def audience(self, route: Route, claim: SigningKey) -> Audience:
        """Who gets slips under a route: its desks, and the integrity desk always."""
        desks = dict.fromkeys((*route.desks, "integrity"))
        keeper = self.keeper_identity.recipient
        return Audience(keeper, self.desk_keys(*desks), route, claim.public.raw)

    def seal_tip(self, *desks: str, excluded: Sequence[str] = ()) -> SealedTip:
        """A text and a card under a route (the intake desk's, when none is named); stored nowhere."""
        code, tip = TrackingCode.generate(), new_tip_id()
        route = Route(tuple(sorted(desks or ("intake",))), tuple(sorted(excluded)))
        audience = self.audience(route, code.claim_key)
        items = tuple(
            seal_item(kind, tip, content, audience=audience, claim=code.claim_key)
            for kind, content in (("text", b"{}"), ("card", b"{}"))
        )
        return SealedTip(tip, code, audience, items)

    def put_in(self, sealed: SealedTip) -> SealedTip:
        """Store a sealed tip in the main database."""
        today = self.clock.today()
        with self.database.writing() as session:
            row = {
                "id": sealed.id,
                "locator": sealed.code.locator_hash,
                "desk": sealed.audience.route.desks[0],
                "state": CaseFile.opened(
                    today, Clocks(), protects=protects(sealed.audience.route)
                ).state.value,
                "arrived_on": today,
                "due_on": today,
                "card_version": 0,
                "marker": b"",
            }
            session.execute(insert(Tip), [row])
            store_items(session, sealed.items, first_position=0, day=today)
        return sealed

    def staff_item(self, tip: SealedTip, kind: str, *desks: str) -> NewItem:
        """What staff write about a tip: sealed to desks (those of its route, when none is named)."""
        keys = self.desk_keys(*(desks or tip.audience.route.desks))
        return seal_item(kind, tip.id, b"{}", audience=replace(tip.audience, desks=keys))

    def read(
        self, by: str, tip: SealedTip, /, *items: NewItem, desk: str = "intake", **changes: Any
    ) -> Statement:
        """A read statement for items of a tip, its text when none is named."""
        named = [name(item) for item in items or (tip.item("text"),)]
        fields = {"tip": tip.id.hex(), "desk": desk, "purpose": "triage", "items": named}
        return self.sign("read", by, **(fields | changes))

    def route(self, by: str, tip: SealedTip, /, *, desk: str = "intake", **changes: Any) -> Statement:
        """A route statement of one member."""
        fields = {"tip": tip.id.hex(), "desk": desk, "reason": {}}
        return self.sign("route", by, **(fields | changes))

    def policy(self, tip: SealedTip, item: NewItem, desk: str = "intake") -> Policy:
        """The policy under which an item was sealed for a desk."""
        return Policy(
            item=item.id.hex(),
            digest=item.digest.hex(),
            tip=tip.id.hex(),
            desk=desk,
            epoch=1,
            kind=item.kind,
            route=tip.audience.route,
            claim=tip.audience.claim.hex(),
        )


def name(item: NewItem) -> dict[str, str]:
    """An item as statements name it."""
    return {"item": item.id.hex(), "hash": item.digest.hex()}


def request(item: NewItem, desk: str = "intake") -> SlipRequest:
    """An item's slip for a desk, as a site sends it."""
    slip = next(slip.slip for slip in item.slips if slip.desk == desk)
    return SlipRequest(slip, item.kind, item.claim_signature)


def _desk_seed(desk: str) -> bytes:
    return hashlib.sha256(b"desk " + desk.encode()).digest()


@lru_cache(maxsize=4)
def _founded_at(moment: int) -> FoundedKeeper:
    """The founded keeper of every world that begins at a Unix time: all of them have its keys."""
    desks = {desk: Identity.from_seed(_desk_seed(desk)) for desk in DESKS}
    return found_keeper(ORIGIN, _founding(desks), FixedClock(datetime.fromtimestamp(moment, UTC)))


def _founding(desks: dict[str, Identity]) -> Founding:
    return Founding(
        units=[
            {
                "id": unit,
                "names": {"zh": f"单位{unit}", "en": f"Unit {unit}"},
                "superior": above,
                "inside": inside,
            }
            for unit, (above, inside) in UNITS.items()
        ],
        desks=[
            {
                "id": desk,
                "names": {"zh": f"组{desk}", "en": f"Desk {desk}"},
                "epoch": 1,
                "recipient": identity.recipient.text,
                "reads": desk in READING_DESKS,
            }
            for desk, identity in desks.items()
        ],
        members=[
            member_body(one.name, one.unit, desks=list(one.desks), roles=list(one.roles)) for one in PEOPLE
        ],
    )


def settings_of(folder: Path, ram: Path, *, genesis: str = "", log_key: str = "") -> Settings:
    """The settings of a world in these folders."""
    return Settings(
        data=folder,
        ram=ram,
        public_bind="127.0.0.1:0",
        admin_bind="127.0.0.1:0",
        database_url=f"sqlite:///{folder / MAIN_DATABASE}",
        keeper_database_url=f"sqlite:///{folder / 'keeper' / KEEPER_DATABASE}",
        proxies=0,
        trial=True,
        origin=ORIGIN,
        genesis=genesis,
        log_key=log_key,
        admin_host="localhost",
    )
