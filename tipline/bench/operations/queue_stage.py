"""A desk with 100,000 tips, and its member signed in: what both measurements of the list need.

The tips are at the integrity desk, where no other measurement puts any. They are written as rows with boxed
cards, under a card group that is made here by a logged statement: sealing as many whole tips would take
longer than measuring. The keeper has never seen them, as it has never seen a tip that nobody opened.
"""

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import insert

from crypto.keys import Identity
from crypto.notes import NoteVerifier
from crypto.randomness import random_bytes
from tipline.accounts.service import Accounts
from tipline.bench.reporting import LANGUAGES
from tipline.bench.stage import Stage
from tipline.bench.visitor import Visitor
from tipline.database import Database
from tipline.directory.types import open_directory
from tipline.ids import INTEGRITY, GroupId, ItemId, TipId, new_group_id
from tipline.keeper_client import AdminKeeper, SeenFile
from tipline.routing import Route
from tipline.sealing.audience import Audience, write_slips
from tipline.sealing.cards import box_key, seal_card
from tipline.tips.answers import Card
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.first import TIPS
from tipline.tips.moves import ENDED, TipState
from tipline.tips.tags import Tag, TagKind
from tipline.trial.credentials import sign_ins

MEMBER: Final = "integrity"
TIPS_AT_THE_DESK: Final = 100_000
KEPT: Final = "queue-bench.json"
"""In the RAM folder: the session, for the measurement that comes second."""
_BATCH: Final = 1_000
_STATES: Final = (*(state.value for state in TipState if state not in ENDED), TipState.CLOSED.value)


@dataclass(frozen=True)
class Seat:
    """A signed-in member's cookies, and a hidden field that their forms need."""

    cookies: dict[str, str]
    token: str


def sit_down(stage: Stage) -> Seat:
    """The member of the full desk, who has listed once.

    Raises:
        OperationFailed: a page did not come.
    """
    kept = stage.settings.ram / KEPT
    if kept.exists():
        return Seat(**json.loads(kept.read_text(encoding="utf-8")))
    stage.tell(f"Filling a desk with {TIPS_AT_THE_DESK:,} tips …")
    _fill(stage, TIPS_AT_THE_DESK)
    person = sign_ins(stage.settings, stage.clock, [MEMBER])[0]
    with Visitor(stage.settings.admin_bind, LANGUAGES[0]) as visitor:
        form = visitor.get("/sign-in").hidden()
        form |= {"name": person.name, "password": person.password, "otp": person.otp}
        token = visitor.post("/sign-in", form).hidden()["csrf_token"]
        seat = Seat(dict(visitor.cookies), token)
    kept.write_text(json.dumps({"cookies": seat.cookies, "token": seat.token}), encoding="utf-8")
    return seat


def _fill(stage: Stage, tips: int) -> None:
    database = Database(stage.settings.database_url)
    try:
        group, key = _make_group(stage, database)
        ids = sorted(TipId(random_bytes(16)) for _ in range(tips))  # in the order in which the table has them
        today = stage.clock.today()
        with database.writing() as session:
            for start in range(0, tips, _BATCH):
                some = enumerate(ids[start : start + _BATCH], start)
                session.execute(insert(TIPS), [_row(number, tip, group, key, today) for number, tip in some])
    finally:
        database.dispose()


def _make_group(stage: Stage, database: Database) -> tuple[GroupId, bytes]:
    """A card group that excludes nobody: its id and the key of its cards."""
    settings = stage.settings
    accounts = Accounts(database, settings.account_key_file.read_bytes(), stage.clock)
    person = sign_ins(settings, stage.clock, [MEMBER])[0]
    member = accounts.unlock(person.name, person.password, person.otp)
    log_key, seen = NoteVerifier.parse(settings.log_key), SeenFile(settings.ram / "queue-bench-seen.json")
    with closing(AdminKeeper(settings.admin_socket, settings.origin, log_key, seen)) as keeper:
        directory = open_directory(keeper.directory(), log_key, settings.origin, settings.genesis)
        group, identity = new_group_id(), Identity.generate()
        audience = Audience(
            directory.keeper, directory.desk_keys(INTEGRITY), Route((INTEGRITY,), ()), bytes(32)
        )
        nothing = TipId(bytes(16)), ItemId(group), "card-key", bytes(32)
        [slip] = write_slips(*nothing, identity, audience)
        fields = {
            "desk": INTEGRITY,
            "group": group.hex(),
            "excluded": [],
            "slip": hashlib.sha256(slip.slip).hexdigest(),
        }
        keeper.append(member.sign("card-group", fields, origin=settings.origin, clock=stage.clock), slip.slip)
    return group, box_key(identity)


def _row(number: int, tip: TipId, group: GroupId, key: bytes, today: date) -> dict[str, Any]:
    """A tip as it stands after it was listed: a fifth of them overdue, a few in danger, all codes mixed."""
    danger = number % 500 == 0
    age = number % 90
    return {
        "id": tip,
        "locator": random_bytes(32),
        "desk": INTEGRITY,
        "state": _STATES[number % len(_STATES)],
        "state_record": random_bytes(700),
        "arrived_on": today - timedelta(days=age),
        "due_on": today + timedelta(days=number % 10 - 2),
        "due_at": None,
        "assignee": "" if number % 3 else "m00000000",
        "level": 1 if number % 50 == 0 else 0,
        "paused": number % 40 == 0,
        "read_position": -1,
        "card_group": group,
        "card_version": 1,
        "card_box": seal_card(key, _card(number, age, today, danger=danger), tip, group, 1),
        "marker": random_bytes(36),
        "root": random_bytes(60),
    }


def _card(number: int, age: int, today: date, *, danger: bool) -> bytes:
    categories = tuple(Category)
    tags = (Tag(TagKind.PLATE, f"苏A{number:05d}"), Tag(TagKind.PLACE, f"采石场 {number % 97}"))
    return Card(
        category=categories[number % len(categories)],
        unit=f"u{number % 9}",
        official=Official.YES,
        urgency=Urgency.DANGER if danger else Urgency.NORMAL,
        files=number % 4,
        language="en" if number % 20 == 0 else "zh-Hans",
        day=today - timedelta(days=age),
        tags=tags if number % 2 else (),
    ).encode()
