"""Taking the keeper's lock off a slip.

It happens before a statement is logged, because it takes longer than all checks together; what it gives
stays in this process until the entry is durable (`tipline.keeper.writer`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Final

from crypto.canonical import encode
from crypto.errors import CryptoError
from crypto.identities import open_put_back
from crypto.keys import Identity, VerifyKey
from crypto.policies import IDENTITY, Policy, Route
from crypto.slips import open_outer
from crypto.windows import Window
from tipline.ids import ItemId, TipId
from tipline.sealing.audience import claim_message

CLAIMED_KINDS: Final = frozenset(("text", "card", "file", "message", IDENTITY))
"""What a reporter sends: each carries the claim key's signature."""

STATED_KINDS: Final = frozenset(("reply", "note", "tags", "accused", "reason"))
"""What staff write: each was named by a statement that is in the log."""

CARD_KEY: Final = "card-key"
NO_TIP: Final = "0" * 32
NO_HASH: Final = "0" * 64


@dataclass(frozen=True)
class SlipFrame:
    """A slip as a site sends it, with what it says of the item."""

    slip: bytes
    kind: str
    claim_signature: bytes


@dataclass(frozen=True)
class OpenedSlip:
    """A slip without the keeper's lock. `claimed`: the key in its policy signed this very item."""

    policy: Policy
    claimed: bool
    inner: bytes = field(repr=False)

    @property
    def day(self) -> date | None:
        """The day for which the reporter signed a message; None for any other item, and older messages."""
        return _day(self.policy) if self.claimed else None


def open_slips(frames: Sequence[SlipFrame], keeper: Identity) -> tuple[OpenedSlip | None, ...]:
    """Open slips; None for one that is not for this keeper, or not of the kind the site says."""
    return tuple(_open(frame, keeper) for frame in frames)


def _open(frame: SlipFrame, keeper: Identity) -> OpenedSlip | None:
    try:
        policy, inner = open_outer(frame.slip, keeper)
    except CryptoError:
        return None
    if policy.kind != frame.kind:
        return None
    return OpenedSlip(policy, _is_claimed(policy, frame.claim_signature), inner)


def _is_claimed(policy: Policy, signature: bytes) -> bool:
    if policy.kind not in CLAIMED_KINDS:
        return False
    message = claim_message(
        TipId(bytes.fromhex(policy.tip)),
        ItemId(bytes.fromhex(policy.item)),
        bytes.fromhex(policy.digest),
        policy.kind,
        _day(policy),
    )
    try:
        VerifyKey(bytes.fromhex(policy.claim)).verify(signature, message)
    except CryptoError:
        return False
    return True


def _day(policy: Policy) -> date | None:
    return date.fromisoformat(policy.day) if policy.day else None


def read_put_back(sealed: bytes, keeper: Identity) -> tuple[Window, bytes] | None:
    """Take the lock off what was put back for a requester; None when it is nothing of the kind."""
    try:
        return open_put_back(sealed, keeper)
    except CryptoError:
        return None


def open_card_key(slip: bytes, keeper: Identity) -> OpenedSlip | None:
    """Open the slip of a card key, which belongs to a group and to no tip; None when it is none."""
    return _open(SlipFrame(slip, CARD_KEY, b""), keeper)


def card_key_policy(group: str, desk: str, epoch: int, excluded: tuple[str, ...]) -> Policy:
    """What the policy of a card key says: its group in place of an item, and nothing of a tip."""
    return Policy(
        item=group,
        digest=NO_HASH,
        tip=NO_TIP,
        desk=desk,
        epoch=epoch,
        kind=CARD_KEY,
        route=Route((desk,), excluded),
        claim=NO_HASH,
    )


def route_digest(route: Route) -> bytes:
    """32 bytes that stand for a route."""
    return sha256(encode({"desks": list(route.desks), "excluded": list(route.excluded)})).digest()
