"""Entries and answers as sites seal and sign them, in a world."""

from crypto.statements import Statement
from tests.world import World, member_id, member_seed, name
from tipline.ids import NO_TIP
from tipline.interference.contents import Account, Answer
from tipline.interference.storing import NO_CLAIM, READERS
from tipline.interference.ways import INTERFERENCE, Measure, Way
from tipline.routing import Route
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, seal_item

ACCOUNT = Account(
    "Old Zhou", "township office", "deputy", "2026-17", Way.STOP, "Friday", "He rang me.", "No."
)
ANSWER = Answer((Measure.INTERVIEW,), "He was spoken to.")


def sealed(world: World, content: bytes = ACCOUNT.encode()) -> NewItem:
    """An item of the register, stored nowhere."""
    keeper = world.keeper_identity.recipient
    audience = Audience(keeper, world.desk_keys(*READERS), Route(READERS, ()), NO_CLAIM)
    return seal_item(INTERFERENCE, NO_TIP, content, audience=audience)


def filed(world: World, by: str, item: NewItem, *excluded: str) -> Statement:
    return world.sign("interference", by, **name(item), excluded=sorted(excluded))


def answered(world: World, by: str, entry: int, item: NewItem) -> Statement:
    return world.sign("interference-answer", by, **name(item), entry=entry)


def reported(world: World, *by: str, kind: str = "interference") -> Statement:
    body = world.body("report", *by) | {"kind": kind, "period": "2026-03", "hash": "0" * 64}
    return Statement.signed(body, {member_id(one): member_seed(one).signing_key for one in by})


def reading(world: World, by: str, desk: str, *items: NewItem) -> Statement:
    fields = {"tip": NO_TIP.hex(), "desk": desk, "purpose": "audit", "items": [name(one) for one in items]}
    return world.sign("read", by, **fields)
