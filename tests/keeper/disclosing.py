"""An identity that two people open, step by step, as their sessions would: for the tests of disclosures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crypto.errors import CryptoError
from crypto.identities import open_middle, open_put_back, open_view, put_back
from crypto.keys import Identity
from crypto.statements import Statement
from crypto.windows import Window
from tests.keeper.observed import Observed
from tests.world import SealedTip, World, member_id, member_seed, name, request
from tipline.ids import CUSTODIANS, new_item_id
from tipline.keeper_client.disclosures import Decided, Unlocked, Viewed
from tipline.sealing.items import NewItem, seal_identity
from tipline.sealing.opening import open_item

HOUR: Final = 3_600
DAY: Final = 86_400
NAME: Final = b"Li Na, 138 0000 0000"
ASKS: Final = "reviewer-a"
AGREES: Final = "custodian-1"
LIFE: Final[Mapping[str, Any]] = {"ground": "life", "hours": 24, "tell": "after", "emergency": True}


@dataclass(frozen=True)
class Ceremony:
    """A tip that was read once, the identity of its reporter, and a running keeper."""

    world: World
    keeper: Observed
    tip: SealedTip
    item: NewItem

    @classmethod
    def of(cls, world: World, keeper: Observed, *desks: str, excluded: tuple[str, ...] = ()) -> "Ceremony":
        """A new tip, at the intake desk when none is named."""
        tip = world.seal_tip(*desks, excluded=excluded)
        desk = tip.audience.route.desks[0]
        by = "integrity" if desk == "integrity" else "reviewer-b" if "u2" in excluded else ASKS
        keeper.client.release(world.read(by, tip, desk=desk), [request(tip.item("text"), desk)])
        return cls(world, keeper, tip, identity_of(world, tip))

    def request(self, by: str = ASKS, **changes: Any) -> Statement:
        """A request that asks nobody to wait: told after, and so open from the yes on."""
        fields = {
            "tip": self.tip.id.hex(),
            "desk": "intake",
            **name(self.item),
            "ground": "protection",
            "hours": 2,
            "tell": "after",
            "emergency": False,
            "reason": words(),
            "body": "",
            "letter": "",
        }
        return self.world.sign("disclosure", by, **(fields | changes))

    def decision(self, index: int, by: str = AGREES, *, approved: bool = True, **changes: Any) -> Statement:
        """A yes or a no."""
        fields = {"request": index, "approved": approved, "reason": words()}
        return self.world.sign("disclosure-decision", by, **(fields | changes))

    def looking(self, index: int, by: str = ASKS, **changes: Any) -> Statement:
        """A view."""
        fields = {"request": index, "tip": self.tip.id.hex(), "desk": "intake", **name(self.item)}
        return self.world.sign("disclosure-view", by, **(fields | changes))

    def asked(self, by: str = ASKS, **changes: Any) -> int:
        """A request in the log; its index."""
        desk = changes.get("desk", "intake")
        statement = self.request(by, **changes)
        return self.keeper.client.disclosures.request(statement, request(self.item, desk))

    def decided(self, index: int, by: str = AGREES, *, approved: bool = True) -> Decided:
        """A decision in the log."""
        return self.keeper.client.disclosures.decide(self.decision(index, by, approved=approved))

    def unlocked(self, index: int, by: str = AGREES, *, desk: str = "intake") -> Unlocked:
        """What the custodian gets."""
        statement = self.world.sign("disclosure-unlock", by, request=index)
        return self.keeper.client.disclosures.unlock(statement, request(self.item, desk))

    def put_back(self, unlocked: Unlocked, **changes: Any) -> bytes:
        """What the custodian's session puts back; `changes` are to its block."""
        inner = open_middle(unlocked.inner, [self.world.desks[CUSTODIANS]])
        window = changed(unlocked.window, **changes)
        requester = member_seed(ASKS if window.requester == member_id(ASKS) else "reviewer-b")
        return put_back(window, inner, requester.identity.recipient, self.world.keeper_identity.recipient)

    def viewed(self, index: int, sealed: bytes, by: str = ASKS, **changes: Any) -> Viewed:
        """One view in the log."""
        return self.keeper.client.disclosures.view(self.looking(index, by, **changes), sealed)

    def opened(self, viewed: Viewed, by: str = ASKS, desk: str = "intake") -> bytes:
        """What the requester reads."""
        return self.opened_with(viewed.inner, member_seed(by).identity, self.world.desks[desk])

    def opened_with(self, inner: bytes, member: Identity, desk: Identity) -> bytes:
        """What these keys give."""
        key = open_view(inner, member, desk)
        sealed = self.item.sealed or b""
        opened = open_item(sealed, key, kind="identity", tip=self.tip.id, item=self.item.id)
        return opened.content.reveal()

    def running(self, **changes: Any) -> tuple[int, bytes]:
        """A request that was approved and unlocked, with what was put back."""
        index = self.asked(**changes)
        self.decided(index)
        return index, self.put_back(self.unlocked(index))

    def shut(self, sealed: bytes) -> bool:
        """Whether the requester gets nothing from what was put back, as it is stored."""
        try:
            open_put_back(sealed, member_seed(ASKS).identity)
        except CryptoError:
            return True
        return False


def identity_of(world: World, tip: SealedTip, *, signed: bool = True) -> NewItem:
    """Who the reporter is, as their mailbox seals it."""
    return seal_identity(
        new_item_id(),
        tip.id,
        NAME,
        audience=tip.audience,
        custodians=world.desks[CUSTODIANS].recipient,
        claim=tip.code.claim_key if signed else None,
    )


def words() -> dict[str, str]:
    """The item of some reason."""
    return {"item": new_item_id().hex(), "hash": "cd" * 32}


def changed(window: Window, **changes: Any) -> Window:
    """A block with other fields."""
    fields = {field: getattr(window, field) for field in Window.__dataclass_fields__}
    return Window(**(fields | changes))
