"""Storing a tip: sealed as a whole, in one transaction, once for each form.

The form carries the tracking code's 16 bytes and the tip's id, sealed. Sending
it again finds the tip by its locator and adds only what was said differently,
so a lost connection costs neither a code nor a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import Table, insert
from sqlalchemy.exc import IntegrityError

from crypto.keys import SigningKey
from crypto.tracking_codes import TrackingCode
from tipline.clock import Clock
from tipline.directory.types import Directory
from tipline.ids import DeskId, TipId, UnitId
from tipline.mailbox.thread import (
    Mailbox,
    current_route,
    find_mailbox,
    first_text,
    new_marker,
    own_texts,
)
from tipline.mailbox.writing import add_difference, audience_for, check_text
from tipline.routing import Route, route_for
from tipline.sealing.audience import Audience
from tipline.sealing.items import FileSealer, NewItem, seal_item
from tipline.tips.answers import Card, FileEntry, TipText
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.errors import RouteChanged, TooManyUnits
from tipline.tips.intake import Intake
from tipline.tips.models import Tip
from tipline.tips.moves import DANGER_HOURS, TipState, due_on
from tipline.tips.storing import store_items

MAX_EXCLUDED_CHARACTERS = 480
"""What a slip's policy of 1,024 bytes has room for, as JSON."""

TIPS = cast("Table", Tip.__table__)


class Sending(StrEnum):
    """What a sending was: a new tip, the same form again, or the same form with something changed."""

    NEW = "new"
    SAME = "same"
    MORE = "more"


@dataclass(frozen=True, repr=False)
class TipDraft:
    """What a reporter answered. `unit` is empty, a unit's id or `tipline.routing.UNKNOWN_UNIT`."""

    description: str
    category: Category
    unit: UnitId
    official: Official
    exclude: tuple[UnitId, ...]
    exclude_text: str
    urgency: Urgency
    language: str


def submit_tip(
    draft: TipDraft, code: TrackingCode, tip: TipId, files: Sequence[FileSealer], use: Intake
) -> Sending:
    """Seal and store a tip under its code. When this returns, the code may be shown.

    The arrival is kept as a UTC day: an hour can be matched against somebody's
    network log. A second sending of the same form adds what it says differently.

    Args:
        files: finished and staged, sealed for this `tip`.

    A later sending never changes the route: that takes a logged statement, so what
    would need another one is refused.

    Raises:
        RouteChanged: sent before, and now with answers that shut out more units or name another desk.
        NothingWritten: no description.
        TextTooLong: a text over MAX_TEXT_BYTES as UTF-8.
        TooManyUnits: more exclusions than a slip's policy holds.
        DamagedMailbox: a tip has this code and does not open with it.
    """
    check_text(draft.description)
    route = _route(draft, use.directory)
    if _store_new(draft, code, tip, route, files, use):
        return Sending.NEW
    return _add_difference(draft, code, route, files, use)


def _store_new(
    draft: TipDraft,
    code: TrackingCode,
    tip: TipId,
    route: Route,
    files: Sequence[FileSealer],
    use: Intake,
) -> bool:
    """Store the tip; False when one with this code is stored already."""
    mailbox = Mailbox(code, tip, -1)
    audience = audience_for(route, use.directory, mailbox)
    items = _seal(draft, mailbox, audience, files, use.clock)
    try:
        with use.database.writing() as session:
            connection = session.connection()
            connection.execute(insert(TIPS), _tip_row(draft, mailbox, route, use.clock))
            store_items(session, items, first_position=0, day=use.clock.today())
    except IntegrityError:
        return False
    use.files.keep(file.item for file in files)
    return True


def _seal(
    draft: TipDraft, mailbox: Mailbox, audience: Audience, files: Sequence[FileSealer], clock: Clock
) -> list[NewItem]:
    """The items of a new tip: its text, its card, its files."""
    code, claim = mailbox.code, mailbox.code.claim_key
    file_items = [file.item_for(audience, claim) for file in files]
    text = _text(draft, code, claim, audience.route, list(zip(files, file_items, strict=True)), clock)
    card = Card(
        category=draft.category,
        unit=draft.unit,
        official=draft.official,
        urgency=draft.urgency,
        files=len(files),
        language=draft.language,
        day=clock.today(),
    )
    return [
        seal_item(
            "text",
            mailbox.tip,
            text.encode(),
            audience=audience,
            reporter=code.identity.recipient,
            claim=claim,
        ),
        seal_item("card", mailbox.tip, card.encode(), audience=audience, claim=claim),
        *file_items,
    ]


def _text(
    draft: TipDraft,
    code: TrackingCode,
    claim: SigningKey,
    route: Route,
    files: Sequence[tuple[FileSealer, NewItem]],
    clock: Clock,
) -> TipText:
    return TipText(
        description=draft.description,
        category=draft.category,
        unit=draft.unit,
        official=draft.official,
        exclude=draft.exclude,
        exclude_text=draft.exclude_text,
        urgency=draft.urgency,
        language=draft.language,
        received=clock.now().replace(microsecond=0),
        recipient=code.identity.recipient,
        claim=claim.public.raw,
        route=route,
        files=tuple(
            FileEntry(item.id.hex(), item.digest.hex(), file.name, file.size, file.media_type)
            for file, item in files
        ),
    )


def _tip_row(draft: TipDraft, mailbox: Mailbox, route: Route, clock: Clock) -> dict[str, object]:
    today = clock.today()
    return {
        "id": mailbox.tip,
        "locator": mailbox.code.locator_hash,
        "desk": DeskId(route.desks[0]),
        "state": TipState.RECEIVED.value,
        "state_record": None,
        "arrived_on": today,
        "due_on": due_on(TipState.RECEIVED, today),
        "due_at": _due_hour(clock.now()) if draft.urgency is Urgency.DANGER else None,
        "card_group": None,
        "card_version": 0,
        "card_box": None,
        "marker": new_marker(mailbox.code, mailbox.tip),
    }


def _due_hour(now: datetime) -> datetime:
    """Two hours from now, rounded up to the hour, in UTC without a zone as the column has it."""
    due = now + timedelta(hours=DANGER_HOURS)
    whole = due.replace(minute=0, second=0, microsecond=0, tzinfo=None)
    return whole if whole == due.replace(tzinfo=None) else whole + timedelta(hours=1)


def _route(draft: TipDraft, directory: Directory) -> Route:
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


def _add_difference(
    draft: TipDraft, code: TrackingCode, route: Route, files: Sequence[FileSealer], use: Intake
) -> Sending:
    """Add, as a message of the stored tip, what the second sending says that the first did not."""
    with use.database.reading() as session:
        mailbox = find_mailbox(session, code)
        first = first_text(session, mailbox)
        known = set(own_texts(session, mailbox))
        current = current_route(session, mailbox, use.log, first)
    sent_before = {(entry.name, entry.size) for entry in first.files}
    fresh = [file for file in files if (file.name, file.size) not in sent_before]
    text = _difference(draft, first, fresh)
    same = not text or (text in known and not fresh)
    if not same and _is_narrower(route, current, first.route):
        raise RouteChanged
    for file in files:
        if file not in fresh:
            use.files.delete(file.item)  # staged again, and in the tip already
    if same:
        return Sending.SAME
    add_difference(mailbox, text, fresh, use)
    return Sending.MORE


def _is_narrower(wanted: Route, current: Route, first: Route) -> bool:
    """Whether somebody could read the difference whom the answers now shut out.

    A tip that its desk handed on keeps its desk, as long as the answers still lead where they led first.
    """
    moved = wanted.desks != first.desks and not set(wanted.desks) <= set(current.desks)
    return moved or not set(wanted.excluded) <= set(current.excluded)


def _difference(draft: TipDraft, first: TipText, fresh: Sequence[FileSealer]) -> str:
    """What is new, in words for the desk: the description as it is, answers by their field's name."""
    lines = [] if draft.description == first.description else [draft.description]
    answers = {
        "category": (draft.category.value, first.category.value),
        "unit": (draft.unit or "", first.unit),
        "official": (draft.official.value, first.official.value),
        "exclude": (", ".join(draft.exclude), ", ".join(first.exclude)),
        "exclude_text": (draft.exclude_text, first.exclude_text),
        "urgency": (draft.urgency.value, first.urgency.value),
    }
    lines += [
        f"{name}: {before or '-'} → {now or '-'}" for name, (now, before) in answers.items() if now != before
    ]
    lines += [f"+ {file.name}" for file in fresh]
    return "\n".join(lines)
