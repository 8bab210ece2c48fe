"""Storing a tip: sealed as a whole, in one transaction, once for each form.

The form carries the tracking code's 16 bytes and the tip's id, sealed. Sending
it again finds the tip by its locator and adds only what was said differently,
so a lost connection costs neither a code nor a word.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crypto.tracking_codes import TrackingCode
from tipline.clock import Clock
from tipline.ids import TipId
from tipline.mailbox.errors import UnknownCode
from tipline.mailbox.protection import AGREES, YES
from tipline.mailbox.thread import Sent, current_route, find_mailbox, first_text, own_messages, own_texts
from tipline.mailbox.writing import add_difference, add_notice, check_text
from tipline.routing import Route
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, SealedFile
from tipline.tips.answers import FileEntry, TipText
from tipline.tips.categories import Urgency
from tipline.tips.difference import difference
from tipline.tips.errors import CodeReplaced, RouteChanged
from tipline.tips.first import (
    TIPS,
    TipDraft,
    TipKeys,
    audience_under,
    route_of,
    seal_card,
    seal_text,
    tip_row,
)
from tipline.tips.intake import Intake
from tipline.tips.storing import held_files, settle_files, store_items
from tipline.tips.topics import Topic

__all__ = ["Sending", "TipDraft", "submit_tip"]

_NEW_TIP = insert(TIPS)  # built once: putting it together takes longer than carrying it out


class Sending(StrEnum):
    """What a sending was: a new tip, the same form again, or the same form with something changed."""

    NEW = "new"
    SAME = "same"
    MORE = "more"


def submit_tip(
    draft: TipDraft,
    code: TrackingCode,
    tip: TipId,
    files: Sequence[SealedFile],
    use: Intake,
    *,
    first: Callable[[Session], None] | None = None,
) -> Sending:
    """Seal and store a tip under its code. When this returns, the code may be shown.

    The arrival is kept as a UTC day: an hour can be matched against somebody's
    network log. A second sending of the same form adds what it says differently.

    Args:
        files: finished and staged, sealed for this `tip`.
        first: what to check in the transaction of a new tip; what it raises is raised.

    A later sending never changes the route: that takes a logged statement, so what
    would need another one is refused.

    Raises:
        CodeReplaced: sent before, and its code opens nothing any more.
        RouteChanged: sent before, and now with answers that shut out more units or name another desk.
        NothingWritten: no description.
        TextTooLong: a text over MAX_TEXT_BYTES as UTF-8.
        TooManyUnits: more exclusions than a slip's policy holds.
        DamagedMailbox: a tip has this code and does not open with it.
    """
    check_text(draft.description)
    route = route_of(draft, use.directory)
    if _store_new(draft, code, tip, route, files, use, first):
        return Sending.NEW
    return _add_difference(draft, code, route, files, use)


def _store_new(
    draft: TipDraft,
    code: TrackingCode,
    tip: TipId,
    route: Route,
    files: Sequence[SealedFile],
    use: Intake,
    first: Callable[[Session], None] | None,
) -> bool:
    """Store the tip; False when one with this code is stored already."""
    keys = TipKeys.of(code, tip)
    audience = audience_under(route, use.directory, keys.claim)
    items = _seal(draft, code, keys, audience, files, use.clock)
    try:
        with use.database.writing() as session:
            if first:
                first(session)
            connection = session.connection()
            connection.execute(_NEW_TIP, tip_row(draft, keys, route, use.directory.clocks, use.clock))
            store_items(session, items, first_position=0, day=use.clock.today())
    except IntegrityError:
        return False
    use.files.keep(file.item for file in files)
    return True


def _seal(
    draft: TipDraft,
    code: TrackingCode,
    keys: TipKeys,
    audience: Audience,
    files: Sequence[SealedFile],
    clock: Clock,
) -> list[NewItem]:
    """The items of a new tip: its text, its card, its files."""
    claim = code.claim_key
    file_items = [file.item_for(audience, claim) for file in files]
    entries = [
        FileEntry(item.id.hex(), item.digest.hex(), file.name, file.size, file.media_type, file.hidden)
        for file, item in zip(files, file_items, strict=True)
    ]
    return [
        seal_text(draft, keys, audience, entries, clock, claim=claim),
        seal_card(draft, keys, audience, len(files), clock, claim=claim),
        *file_items,
    ]


def _add_difference(
    draft: TipDraft, code: TrackingCode, route: Route, files: Sequence[SealedFile], use: Intake
) -> Sending:
    """Add, as a message of the stored tip, what the second sending says that the first did not."""
    with use.database.reading() as session:
        try:
            mailbox = find_mailbox(session, code)
        except UnknownCode:
            raise CodeReplaced from None
        first = first_text(session, mailbox, use.log)
        known = set(own_texts(session, mailbox, use.log))
        current = current_route(session, mailbox, use.log, first)
        held = held_files(session, files)
        consent = _agrees_now(draft, first, own_messages(session, mailbox, use.log))
    sent_before = {(entry.name, entry.size) for entry in first.files}
    fresh = [file for file in files if file.item not in held and (file.name, file.size) not in sent_before]
    text = difference(draft, first, fresh)
    same = not text or (text in known and not fresh)
    if (consent or not same) and _is_narrower(route, current, first.route):
        raise RouteChanged
    if not same:
        add_difference(mailbox, text, fresh, use, danger=draft.urgency is Urgency.DANGER)
    if consent:
        add_notice(mailbox, Topic.CONSENT, "", use, answers={AGREES: YES})
    settle_files(files, use)
    return Sending.SAME if same and not consent else Sending.MORE


def _agrees_now(draft: TipDraft, first: TipText, own: Sequence[Sent]) -> bool:
    """Whether the person agrees by this sending; what they said of it in their mailbox stays as it is."""
    if not (draft.asking and first.asking and draft.asking.agrees) or first.asking.agrees:
        return False
    return not any(one.message and one.message.topic == Topic.CONSENT for one in own)


def _is_narrower(wanted: Route, current: Route, first: Route) -> bool:
    """Whether somebody could read the difference whom the answers now shut out.

    A tip that its desk handed on keeps its desk, as long as the answers still lead where they led first.
    """
    moved = wanted.desks != first.desks and not set(wanted.desks) <= set(current.desks)
    return moved or not set(wanted.excluded) <= set(current.excluded)
