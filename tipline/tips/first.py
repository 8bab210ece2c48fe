"""What a new tip consists of: its row, its text, its card, and who may read it.

A reporter's own form and a paper that staff enter differ only in what is known of the code: the form has
the code itself, an entry has what a printed sheet left behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table

from crypto.keys import Recipient, SigningKey
from crypto.tracking_codes import TrackingCode
from tipline.clock import Clock
from tipline.deadlines import Clocks
from tipline.directory.types import Directory
from tipline.ids import INTEGRITY, DeskId, TipId, UnitId
from tipline.mailbox.roots import seal_root
from tipline.mailbox.thread import new_marker
from tipline.protection.asking import Asking
from tipline.protection.states import PROTECTION_MOVES
from tipline.routing import Route, desk_of, protection_route, route_for
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, seal_item
from tipline.tips.answers import Card, Entered, FileEntry, TipText
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.errors import TooManyUnits
from tipline.tips.models import Tip
from tipline.tips.moves import DANGER_HOURS, TIP_MOVES, CaseState

MAX_EXCLUDED_CHARACTERS = 480
"""What a slip's policy of 1,024 bytes has room for, as JSON."""

TIPS = cast("Table", Tip.__table__)


@dataclass(frozen=True, repr=False)
class TipDraft:
    """What a reporter answered. `unit` is empty, a unit's id or `tipline.routing.UNKNOWN_UNIT`.

    With `asking` it begins a protection case.
    """

    description: str
    category: Category
    unit: UnitId
    official: Official
    exclude: tuple[UnitId, ...]
    exclude_text: str
    urgency: Urgency
    language: str
    asking: Asking | None = None


@dataclass(frozen=True, repr=False)
class TipKeys:
    """What a tip keeps of its code: public values, and boxes that only the code opens.

    Attributes:
        locator: SHA-256 of the code's locator (32 bytes).
        recipient: what the reporter may read is sealed to it.
        claim: the raw public claim key (32 bytes).
        marker: the box of the read position.
        root: the box of the first code, which is this one.
    """

    tip: TipId
    locator: bytes
    recipient: Recipient
    claim: bytes
    marker: bytes
    root: bytes

    @classmethod
    def of(cls, code: TrackingCode, tip: TipId) -> "TipKeys":
        """What the tip of this id keeps of a code."""
        return cls(
            tip=tip,
            locator=code.locator_hash,
            recipient=code.identity.recipient,
            claim=code.claim_key.public.raw,
            marker=new_marker(code, tip),
            root=seal_root(code, tip, code),
        )


def route_of(draft: TipDraft, directory: Directory) -> Route:
    """The first route of a tip.

    Raises:
        NobodyMayRead: everybody at the desk that would get it belongs to an excluded unit.
        NoProtectionDesk: nobody protects people here.
        TooManyUnits: more exclusions than a slip's policy holds.
    """
    if draft.asking:
        route = protection_route(directory, [*([draft.unit] if draft.unit else []), *draft.exclude])
    else:
        route = route_for(
            directory,
            category=draft.category,
            official=draft.official,
            unit=draft.unit or None,
            exclude=draft.exclude,
            exclude_text=draft.exclude_text,
        )
    if sum(len(unit) + len('"",') for unit in route.excluded) > MAX_EXCLUDED_CHARACTERS:
        raise TooManyUnits
    return route


def audience_under(route: Route, directory: Directory, claim: bytes) -> Audience:
    """The desks of a route, and the integrity desk always, so that escalation needs nobody's help."""
    desks = dict.fromkeys((*(DeskId(desk) for desk in route.desks), INTEGRITY))
    return Audience(directory.keeper, directory.desk_keys(*desks), route, claim)


def seal_text(
    draft: TipDraft,
    keys: TipKeys,
    audience: Audience,
    files: Sequence[FileEntry],
    clock: Clock,
    *,
    claim: SigningKey | None = None,
    entered: Entered | None = None,
) -> NewItem:
    """The first item of a tip: the answers, and what binds the reporter to it.

    Args:
        claim: signs for the reporter; None where staff enter a tip, whose statement is logged instead.
    """
    text = TipText(
        description=draft.description,
        category=draft.category,
        unit=draft.unit,
        official=draft.official,
        exclude=draft.exclude,
        exclude_text=draft.exclude_text,
        urgency=draft.urgency,
        language=draft.language,
        received=clock.now().replace(microsecond=0),
        recipient=keys.recipient,
        claim=keys.claim,
        route=audience.route,
        files=tuple(files),
        entered=entered,
        asking=draft.asking,
    )
    return seal_item("text", keys.tip, text.encode(), audience=audience, reporter=keys.recipient, claim=claim)


def seal_card(
    draft: TipDraft,
    keys: TipKeys,
    audience: Audience,
    files: int,
    clock: Clock,
    *,
    claim: SigningKey | None = None,
) -> NewItem:
    """What a desk's list shows of the tip; `files` is how many there are."""
    card = Card(
        category=draft.category,
        unit=draft.unit,
        official=draft.official,
        urgency=draft.urgency,
        files=files,
        language=draft.language,
        day=clock.today(),
        asking=draft.asking,
    )
    return seal_item("card", keys.tip, card.encode(), audience=audience, claim=claim)


def tip_row(draft: TipDraft, keys: TipKeys, route: Route, clocks: Clocks, clock: Clock) -> dict[str, object]:
    """The row of a new tip, dated by the UTC day: an hour can be matched against a network log."""
    today = clock.today()
    start: CaseState = PROTECTION_MOVES.start if draft.asking else TIP_MOVES.start
    return {
        "id": keys.tip,
        "locator": keys.locator,
        "desk": desk_of(route),
        "state": start.value,
        "state_record": None,
        "arrived_on": today,
        "due_on": clocks.due(start, today),
        "due_at": due_hour(clock.now()) if draft.urgency is Urgency.DANGER else None,
        "card_group": None,
        "card_version": 0,
        "card_box": None,
        "marker": keys.marker,
        "root": keys.root,
    }


def due_hour(now: datetime) -> datetime:
    """By when danger must be looked at: two hours on, rounded up, in UTC without a zone as the column is."""
    due = now + timedelta(hours=DANGER_HOURS)
    whole = due.replace(minute=0, second=0, microsecond=0, tzinfo=None)
    return whole if whole == due.replace(tzinfo=None) else whole + timedelta(hours=1)
