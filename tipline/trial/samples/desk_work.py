"""What staff do in the story: statements first, rows after, as the admin site does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from crypto.keys import Recipient
from crypto.randomness import random_bytes
from crypto.tracking_codes import TrackingCode
from tipline.accounts.types import UnlockedMember
from tipline.clock import Clock
from tipline.database import Database
from tipline.deadlines.look import write_down
from tipline.directory.types import Directory
from tipline.ids import AUDITORS, INTEGRITY, DeskId, TipId
from tipline.keeper_client import AdminKeeper, SlipRequest
from tipline.routing import Route
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, seal_item
from tipline.tips.answers import Message
from tipline.tips.models import Item, Slip
from tipline.tips.moves import Needs
from tipline.tips.purposes import Purpose
from tipline.tips.storing import next_position, store_items

HASH_BYTES: Final = 32
READ_KINDS: Final = ("text", "message", "reply", "note")


@dataclass(frozen=True)
class SentTip:
    """A tip of the story, with the code that its reporter has."""

    id: TipId
    code: TrackingCode
    route: Route
    language: str

    @property
    def desk(self) -> str:
        """The desk that works on it."""
        return self.route.desks[0]


@dataclass(frozen=True)
class DeskWork:
    """Statements about sample tips, by members whose keys are open for as long as the story lasts."""

    keeper: AdminKeeper
    database: Database
    directory: Directory
    origin: str
    clock: Clock

    def read(self, by: UnlockedMember, tip: SentTip, purpose: Purpose) -> None:
        """Read a tip: it is logged and the keeper takes its lock off. Nobody looks at what is opened."""
        query = (
            select(Item.id, Item.digest, Item.kind, Item.claim_signature, Slip.slip)
            .join(Slip, Slip.item_id == Item.id)
            .where(Item.tip_id == tip.id, Slip.desk == tip.desk, Item.kind.in_(READ_KINDS))
            .order_by(Item.position)
        )
        with self.database.reading() as session:
            rows = session.execute(query).all()
        items = [{"item": row.id.hex(), "hash": row.digest.hex()} for row in rows]
        fields = {"tip": tip.id.hex(), "desk": tip.desk, "purpose": purpose.value, "items": items}
        slips = [SlipRequest(row.slip, row.kind, row.claim_signature) for row in rows]
        self.keeper.release(by.sign("read", fields, origin=self.origin, clock=self.clock), slips)

    def move(
        self,
        by: UnlockedMember,
        tip: SentTip,
        target: str,
        reason: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Move a tip on from where it stands."""
        source = self.keeper.states([tip.id.hex()])[tip.id.hex()].state
        self._step(
            "move", by, tip, reason, {"from": source.value, "to": target, "detail": dict(detail or {})}
        )

    def step(self, kind: str, by: UnlockedMember, tip: SentTip, reason: str, **more: Any) -> None:
        """Any other statement about one tip."""
        self._step(kind, by, tip, reason, more)

    def close_spam(self, by: UnlockedMember, tip: SentTip, reason: str) -> None:
        """Close what is none."""
        fields = {"desk": tip.desk, "tips": [tip.id.hex()], "reason": self.reason(tip, reason)}
        self._state("close-spam", by, fields)

    def assign(self, by: UnlockedMember, tip: SentTip) -> None:
        """Take a tip."""
        self._state("assign", by, {"desk": tip.desk, "tips": [tip.id.hex()], "to": by.id})
        write_down(self.database, self.keeper, {tip.id.hex(): None})

    def transfer(self, by: UnlockedMember, tip: SentTip, body: str) -> None:
        """Hand a tip to the competent body, under the next number."""
        packet = random_bytes(HASH_BYTES).hex()
        detail = {"body": body, "number": self.keeper.next_letter(tip.desk), "packet": packet}
        self.move(by, tip, "transferred", detail=detail)

    def receipt(self, by: UnlockedMember, tip: SentTip, text: str) -> None:
        """Record that the competent body has it."""
        case = self.keeper.states([tip.id.hex()])[tip.id.hex()].case
        answers = {"letter": case.letter, "received_on": self.clock.today().isoformat()}
        note = self.note(by, tip, Message(text, self.clock.today(), Needs.RECEIPT, answers))
        self.move(by, tip, "verifying", detail={"receipt": note})

    def note(self, by: UnlockedMember, tip: SentTip, message: Message) -> dict[str, str]:
        """Keep a note; how a statement names it."""
        return self._write(by, tip, "note", message, None)

    def reply(self, by: UnlockedMember, tip: SentTip, text: str) -> None:
        """Answer the reporter."""
        message = Message(text, self.clock.today())
        self._write(by, tip, "reply", message, tip.code.identity.recipient)

    def _write(
        self, by: UnlockedMember, tip: SentTip, kind: str, message: Message, reporter: Recipient | None
    ) -> dict[str, str]:
        """State an item, then store it with its record; how a statement names it."""
        audience = self._audience(tip, [DeskId(tip.desk), INTEGRITY])
        item = seal_item(kind, tip.id, message.encode(), audience=audience, reporter=reporter)
        named = {"item": item.id.hex(), "hash": item.digest.hex()}
        record = self._state(kind, by, {"tip": tip.id.hex(), "desk": tip.desk, **named})
        self._store(item, record)
        return named

    def _step(
        self, kind: str, by: UnlockedMember, tip: SentTip, reason: str, more: Mapping[str, Any]
    ) -> None:
        fields = {"tip": tip.id.hex(), "desk": tip.desk, "reason": self.reason(tip, reason), **more}
        self._state(kind, by, fields)

    def _state(self, kind: str, by: UnlockedMember, fields: Mapping[str, Any]) -> bytes:
        appended = self.keeper.append(by.sign(kind, fields, origin=self.origin, clock=self.clock))
        write_down(self.database, self.keeper, appended.records)
        return appended.record

    def reason(self, tip: SentTip, text: str) -> dict[str, str]:
        """Seal and store a reason, which the next statement names."""
        if not text:
            return {}
        content = Message(text, self.clock.today()).encode()
        item = seal_item("reason", tip.id, content, audience=self._audience(tip, [AUDITORS]))
        self._store(item, b"")
        return {"item": item.id.hex(), "hash": item.digest.hex()}

    def _store(self, item: NewItem, record: bytes) -> None:
        with self.database.writing() as session:
            first = next_position(session, item.tip)
            store_items(session, [item], first_position=first, day=self.clock.today(), record=record)

    def _audience(self, tip: SentTip, desks: Sequence[DeskId]) -> Audience:
        keys = self.directory.desk_keys(*desks)
        return Audience(self.directory.keeper, keys, tip.route, tip.code.claim_key.public.raw)
