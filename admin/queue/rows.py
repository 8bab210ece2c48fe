"""The lines of a list: what stands in clear of a tip, and its card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from admin.queue.clear import HAS_NEWS, Looking
from admin.readings.card_keys import CardKeys, GroupKey
from crypto.errors import CryptoError
from tipline.ids import GroupId, TipId
from tipline.tips.answers import Card
from tipline.tips.columns import NOTHING_DUE
from tipline.tips.models import Tip
from tipline.tips.moves import ENDED, SPAM_FROM

HANDLE: Final = 8

_COLUMNS: Final = (
    *(Tip.id, Tip.desk, Tip.state, Tip.due_on, Tip.due_at, Tip.arrived_on, Tip.assignee, Tip.level),
    *(Tip.paused, Tip.card_group, Tip.card_version, Tip.card_box),
    HAS_NEWS.label("has_news"),
)


@dataclass(frozen=True)
class QueueRow:
    """One line of a list. `excluded` are the units that its card's group shuts out.

    `cleared`: by the log, whom the tip accuses stands cleared.
    """

    id: TipId
    desk: str
    state: str
    due_on: date
    due_at: datetime | None
    overdue: bool
    days_over: int
    age: int
    assignee: str
    level: int
    paused: bool
    has_news: bool
    card: Card
    excluded: tuple[str, ...]
    version: int
    cleared: bool = False

    @property
    def handle(self) -> str:
        """A short name to say aloud; the whole id is in the address."""
        return handle(self.id.hex())

    @property
    def is_due(self) -> bool:
        """Whether anything is due by a day."""
        return self.due_on != NOTHING_DUE

    @property
    def may_be_spam(self) -> bool:
        """Whether it can be closed together with others as no tip."""
        return self.state in SPAM_FROM and not self.paused


def handle(tip: str) -> str:
    """How a tip is called on pages: the first eight digits of its id, in two groups."""
    return f"{tip[: HANDLE // 2]}-{tip[HANDLE // 2 : HANDLE]}"


def load_rows(session: Session, looking: Looking, tips: Sequence[bytes]) -> list[QueueRow]:
    """The lines of these tips in their order, without those whose card this session cannot open."""
    found = {row.id: row for row in session.execute(select(*_COLUMNS).where(Tip.id.in_(tips)))}
    rows = (_row(found[tip], looking) for tip in tips if tip in found)
    return [row for row in rows if row is not None]


def key_of(keys: CardKeys, group: bytes | None, desk: str) -> GroupKey | None:
    """The key of a card's group; None when the session does not hold it, or it is another desk's."""
    key = keys.groups.get(GroupId(group)) if group else None
    return key if key is not None and key.desk == desk else None


def open_card(key: GroupKey | None, box: bytes | None, tip: TipId, version: int) -> Card | None:
    """A listed card; None when it does not open."""
    if key is None or box is None:
        return None
    try:
        return key.open_card(box, tip, version)
    except CryptoError:
        return None


def is_late(state: str, *, paused: bool, due_on: date, due_at: datetime | None, now: datetime) -> bool:
    """Whether a tip has stayed in its state for longer than it should."""
    if state in ENDED or paused:
        return False
    return due_on < now.date() or (due_at is not None and due_at.replace(tzinfo=UTC) <= now)


def _row(row: Row[*tuple[Any, ...]], looking: Looking) -> QueueRow | None:
    tip, now = TipId(row.id), looking.now
    key = key_of(looking.keys, row.card_group, row.desk)
    card = open_card(key, row.card_box, tip, row.card_version)
    if key is None or card is None:
        return None
    return QueueRow(
        id=tip,
        desk=row.desk,
        state=row.state,
        due_on=row.due_on,
        due_at=row.due_at.replace(tzinfo=UTC) if row.due_at else None,
        overdue=is_late(row.state, paused=row.paused, due_on=row.due_on, due_at=row.due_at, now=now),
        days_over=(now.date() - row.due_on).days,
        age=(now.date() - row.arrived_on).days,
        assignee=row.assignee,
        level=row.level,
        paused=row.paused,
        has_news=row.has_news,
        card=card,
        excluded=key.excluded,
        version=row.card_version,
    )
