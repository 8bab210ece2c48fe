"""Who may open an item, and under which route."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from crypto.canonical import encode
from crypto.errors import BadSignature
from crypto.identities import make_identity_slip
from crypto.keys import Identity, Recipient, VerifyKey
from crypto.policies import IDENTITY, MESSAGE, Policy, Route
from crypto.slips import make_slip
from tipline.ids import DeskId, ItemId, TipId

CLAIM_TAG = b"tipline-item-v1\n"


@dataclass(frozen=True)
class DeskKey:
    """A desk's current public key."""

    id: DeskId
    epoch: int
    recipient: Recipient


@dataclass(frozen=True)
class Audience:
    """The desks that get a slip, the route they stand under, and the reporter's claim key.

    `claim` is the raw Ed25519 public key (32 bytes) that the tip is bound to.
    """

    keeper: Recipient
    desks: Sequence[DeskKey]
    route: Route
    claim: bytes


@dataclass(frozen=True)
class NewSlip:
    """A slip that is not stored yet."""

    desk: DeskId
    epoch: int
    slip: bytes


def claim_message(tip: TipId, item: ItemId, digest: bytes, kind: str, day: date | None = None) -> bytes:
    """What a reporter's claim key signs for each item they send.

    Args:
        day: of a message, the UTC day on which it is sent, so that nobody plays it as another day's. None for
            any other kind, and for messages from before days were bound.
    """
    fields = {"tip": tip.hex(), "item": item.hex(), "hash": digest.hex(), "kind": kind}
    return CLAIM_TAG + encode(fields | ({"day": day.isoformat()} if day else {}))


def verify_claim(
    key: VerifyKey, signature: bytes, tip: TipId, item: ItemId, digest: bytes, kind: str, day: date
) -> None:
    """Check that a reporter's claim key signed a stored item.

    Args:
        day: the day that stands beside the item. A message is bound to it; one from before days were bound
            is taken without.

    Raises:
        BadSignature: it did not, or the message is another day's.
    """
    if kind == MESSAGE:
        try:
            key.verify(signature, claim_message(tip, item, digest, kind, day))
        except BadSignature:
            pass  # from before days were bound, or nobody's: the old form tells
        else:
            return
    key.verify(signature, claim_message(tip, item, digest, kind))


def write_slips(
    tip: TipId,
    item: ItemId,
    kind: str,
    digest: bytes,
    item_key: Identity,
    audience: Audience,
    day: date | None = None,
) -> tuple[NewSlip, ...]:
    """One slip for each desk of the audience; a message's says the `day` on which it is sent.

    Raises:
        BadFormat: an identity, whose slips have one lock more.
    """
    policies = _policies(tip, item, kind, digest, audience, day)
    return tuple(
        NewSlip(desk.id, desk.epoch, make_slip(policy, item_key, audience.keeper, desk.recipient))
        for desk, policy in policies
    )


def write_identity_slips(
    tip: TipId, item: ItemId, digest: bytes, item_key: Identity, audience: Audience, custodians: Recipient
) -> tuple[NewSlip, ...]:
    """One slip for each desk of the audience, with the custodians' lock around the desk's."""
    policies = _policies(tip, item, IDENTITY, digest, audience)
    keeper = audience.keeper
    return tuple(
        NewSlip(
            desk.id,
            desk.epoch,
            make_identity_slip(policy, item_key, keeper, custodians, desk.recipient),
        )
        for desk, policy in policies
    )


def _policies(
    tip: TipId, item: ItemId, kind: str, digest: bytes, audience: Audience, day: date | None = None
) -> Iterator[tuple[DeskKey, Policy]]:
    for desk in audience.desks:
        yield (
            desk,
            Policy(
                item=item.hex(),
                digest=digest.hex(),
                tip=tip.hex(),
                desk=desk.id,
                epoch=desk.epoch,
                kind=kind,
                route=audience.route,
                claim=audience.claim.hex(),
                day=day.isoformat() if day else "",
            ),
        )
