"""Opening items after the keeper has logged who reads them and why: the one door to plaintext."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from admin.readings.errors import NothingSealed, NotWhatWasSealed, refusal
from admin.readings.reader import Reader
from admin.readings.sealed import SealedItem
from crypto.errors import CryptoError
from crypto.statements import Statement
from tipline.ids import TipId
from tipline.keeper_client import AdminKeeper, Refused, SlipRequest
from tipline.routing import Route
from tipline.sealing.opening import Opened, open_item
from tipline.tips.purposes import Purpose


class Signs(Protocol):
    """Signs statements for the member at hand."""

    def __call__(self, kind: str, fields: Mapping[str, Any], /) -> Statement:
        """A fresh statement with these fields."""
        ...


@dataclass(frozen=True)
class ReadItems:
    """Items that were opened, where the reading stands in the log, and the tip's latest route.

    `statement` is the reading's own: for ten minutes it opens what the log says of the tip.
    """

    index: int
    route: Route
    opened: tuple[Opened, ...]
    statement: Statement


def read_items(
    tip: TipId,
    items: Sequence[SealedItem],
    reader: Reader,
    purpose: Purpose,
    keeper: AdminKeeper,
    sign: Signs,
) -> ReadItems:
    """Open items of one tip, all or none, after the keeper has logged who reads them and why.

    Raises:
        AdminError: the roster, a policy, or an excluded unit forbids it; the refusal is in the log too.
        KeeperError: nothing was proved to be logged, so nothing is shown.

    Source: docs/threat-model.md, T3 (a reader who leaves no trace).
    """
    if not items:
        raise NothingSealed
    statement = sign("read", reading(tip, reader, purpose, [item.named for item in items]))
    requests = [SlipRequest(item.slip, item.kind, item.claim_signature) for item in items]
    try:
        release = keeper.release(statement, requests)
    except Refused as refused:
        raise refusal(refused.reason) from refused
    try:
        opened = tuple(
            open_item(item.sealed, reader.open_slip(inner), kind=item.kind, tip=tip, item=item.id)
            for item, inner in zip(items, release.inner, strict=True)
        )
    except CryptoError as error:
        raise NotWhatWasSealed from error
    return ReadItems(release.index, release.route, opened, statement)


def reading(
    tip: TipId, reader: Reader, purpose: Purpose, items: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """The fields of a reading's statement."""
    return {
        "tip": tip.hex(),
        "desk": reader.desk.id,
        "purpose": purpose.value,
        "items": [dict(item) for item in items],
    }
