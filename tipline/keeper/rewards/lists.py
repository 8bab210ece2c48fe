"""Pickup codes for a bank or a post office: a printed list, sealed to its key.

Codes follow from the vouchers, so nothing is stored. The sealed list lies in memory until two clerks have
stated its hash; a keeper that was started anew prepares another.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Final, cast

from sqlalchemy import select

from crypto import age
from crypto.pickup_codes import PickupCode
from crypto.statements import DONE, Entry
from tipline.clock import Clock
from tipline.database import Database
from tipline.keeper import models
from tipline.keeper.asked import Settled
from tipline.keeper.errors import Refusal
from tipline.keeper.fields import read_text
from tipline.keeper.proved import proved_at
from tipline.keeper.rewards.memory import InMemory
from tipline.keeper.rewards.money import VoucherRow
from tipline.keeper.rewards.settling import settle
from tipline.keeper.state import Draft
from tipline.keeper.writer import Writer
from tipline.keeper_client.frames import to_text
from tipline.keeper_client.reasons import Reason
from tipline.rewards.rules import PICKUP_DAYS
from tipline.roster.freshness import JOINT_SECONDS
from tipline.roster.points import Point

PICKUP_LIST: Final = "pickup-list"
KEPT: Final = timedelta(seconds=JOINT_SECONDS)
MOST_KEPT: Final = 50
"""Prepared lists of all points; the oldest goes first."""

_ENTRIES: Final = models.entries.c
_STATED: Final = (
    select(_ENTRIES.index)
    .where(_ENTRIES.type == PICKUP_LIST, _ENTRIES.outcome == DONE)
    .order_by(_ENTRIES.index.desc())
    .limit(MOST_KEPT)
)


@dataclass(frozen=True)
class Prepared:
    """A sealed list."""

    point: str
    day: date
    count: int
    sealed: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """What two clerks state of it: SHA-256, hex."""
        return sha256(self.sealed).hexdigest()

    def to_fields(self, *, stated: bool) -> dict[str, Any]:
        """What clerks may know of it."""
        named = {"point": self.point, "digest": self.digest, "day": self.day.isoformat()}
        return {**named, "count": self.count, "stated": stated}


class Lists:
    """The operations `pickup-prepare`, `pickup-lists` and `pickup-file` of the admin site's socket."""

    def __init__(
        self, writer: Writer, database: Database, pickup_key: bytes, clock: Clock, memory: InMemory
    ) -> None:
        self._writer = writer
        self._memory = memory
        self._database = database
        self._key = pickup_key
        self._clock = clock
        self._guard = threading.Lock()
        self._prepared: dict[str, Prepared] = {}  # by digest

    def prepare(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Seal the codes that are good at a point to its key.

        Raises:
            Refusal: unknown-point, also for one that has no key.
        """
        point = self._writer.memory.roster.points.get(read_text(request, "point"))
        if point is None or point.recipient is None:
            raise Refusal(Reason.UNKNOWN_POINT)
        day = self._clock.today()
        good = self._memory.look(
            lambda connection, rows: _good(self._memory.vouchers_at(connection, rows).values(), point, day)
        )
        text = _written(point, day, [(self._code(voucher), voucher) for voucher in good])
        sealed = age.seal(text.encode("utf-8"), cast("age.Recipients", [point.recipient]))
        made = Prepared(point.id, day, len(good), sealed)
        with self._guard:
            self._prepared[made.digest] = made
            while len(self._prepared) > MOST_KEPT:
                del self._prepared[next(iter(self._prepared))]
        return made.to_fields(stated=False)

    def stated(self, body: Mapping[str, Any]) -> bytes:
        """The digest of the prepared list that a `pickup-list` names; empty when there is none such."""
        made = self._find(body.get("hash"))
        if made is None or (made.point, made.day.isoformat()) != (body.get("point"), body.get("day")):
            return b""
        return bytes.fromhex(made.digest)

    def prepared(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """The lists that are kept, the newest first, and whether two clerks have stated each."""
        with self._guard:
            kept = [one for one in self._prepared.values() if self._clock.today() <= one.day + KEPT]
        with self._database.reading() as session:
            found = session.execute(_STATED.with_only_columns(models.entries.c.entry)).scalars().all()
        entries = [Entry.decode(data) for data in found if data]
        stated = {one.digest for one in kept if any(_names(entry, one) for entry in entries)}
        return {"lists": [one.to_fields(stated=one.digest in stated) for one in reversed(kept)]}

    def file(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The sealed list, once two clerks' statement of its hash is in the log.

        Raises:
            Refusal: unknown-pickup, when no such list is kept; not-allowed, when nobody stated it.
        """
        made = self._find(read_text(request, "digest"))
        if made is None or made.point != read_text(request, "point"):
            raise Refusal(Reason.UNKNOWN_PICKUP)
        settle(self._writer, lambda draft: _require_stated(draft, made))
        return {"file": to_text(made.sealed)}

    def _find(self, digest: object) -> Prepared | None:
        with self._guard:
            made = self._prepared.get(str(digest))
        return made if made is not None and self._clock.today() <= made.day + KEPT else None

    def _code(self, voucher: VoucherRow) -> str:
        return PickupCode.derive(self._key, voucher.spent, voucher.attempt).reveal()


def _good(vouchers: Iterable[VoucherRow], point: Point, day: date) -> list[VoucherRow]:
    """The codes that are good there on a day, but for those that somebody got on it.

    Whoever could make lists again and again would learn the minute in which a voucher came back.
    """
    fresh = (day + timedelta(days=PICKUP_DAYS)).isoformat()
    return [
        voucher
        for voucher in vouchers
        if voucher.point == point.id and not voucher.paid_day
        if day.isoformat() <= voucher.until < fresh
    ]


def _written(point: Point, day: date, codes: list[tuple[str, VoucherRow]]) -> str:
    """Lines that print on any machine, in both languages, in the order of the codes, which tells nothing."""
    head = [
        f"领取码清单 · Pickup codes · {day.isoformat()}",
        f"{point.names['zh']} · {point.names['en']}",
        "领取码 Code\t金额（元） Yuan\t最后一天 Last day\t",
    ]
    lines = [f"{code}\t{voucher.value}\t{voucher.until}\t________" for code, voucher in sorted(codes)]
    total = sum(voucher.value for _, voucher in codes)
    return "\n".join([*head, *lines, f"{len(codes)}\t{total}", ""])


def _require_stated(draft: Draft, made: Prepared) -> Settled:
    for index in draft.connection.scalars(_STATED):
        if index < draft.stored and _names(proved_at(draft, index), made):
            return Settled({})
    raise Refusal(Reason.NOT_ALLOWED)


def _names(entry: Entry, made: Prepared) -> bool:
    body = entry.statement.body
    is_done = (entry.outcome, body["type"]) == (DONE, PICKUP_LIST)
    return is_done and (body["point"], body["hash"]) == (made.point, made.digest)
