"""Storing a tip: sealed as a whole, in one transaction, once for each form.

The form carries the tracking code's 16 bytes and the tip's id, sealed. Sending
it again finds the tip by its locator and adds only what was said differently,
so a lost connection costs neither a code nor a word.
"""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from crypto.tracking_codes import TrackingCode
from tipline.clock import Clock
from tipline.ids import TipId
from tipline.mailbox.errors import UnknownCode
from tipline.mailbox.thread import current_route, find_mailbox, first_text, own_texts
from tipline.mailbox.writing import add_difference, check_text
from tipline.routing import Route
from tipline.sealing.audience import Audience
from tipline.sealing.items import NewItem, SealedFile
from tipline.tips.answers import FileEntry, TipText
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

__all__ = ["Sending", "TipDraft", "submit_tip"]

_NEW_TIP = insert(TIPS)  # built once: putting it together takes longer than carrying it out


class Sending(StrEnum):
    """What a sending was: a new tip, the same form again, or the same form with something changed."""

    NEW = "new"
    SAME = "same"
    MORE = "more"


def submit_tip(
    draft: TipDraft, code: TrackingCode, tip: TipId, files: Sequence[SealedFile], use: Intake
) -> Sending:
    """Seal and store a tip under its code. When this returns, the code may be shown.

    The arrival is kept as a UTC day: an hour can be matched against somebody's
    network log. A second sending of the same form adds what it says differently.

    Args:
        files: finished and staged, sealed for this `tip`.

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
    if _store_new(draft, code, tip, route, files, use):
        return Sending.NEW
    return _add_difference(draft, code, route, files, use)


def _store_new(
    draft: TipDraft,
    code: TrackingCode,
    tip: TipId,
    route: Route,
    files: Sequence[SealedFile],
    use: Intake,
) -> bool:
    """Store the tip; False when one with this code is stored already."""
    keys = TipKeys.of(code, tip)
    audience = audience_under(route, use.directory, keys.claim)
    items = _seal(draft, code, keys, audience, files, use.clock)
    try:
        with use.database.writing() as session:
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
    sent_before = {(entry.name, entry.size) for entry in first.files}
    fresh = [file for file in files if file.item not in held and (file.name, file.size) not in sent_before]
    text = _difference(draft, first, fresh)
    same = not text or (text in known and not fresh)
    if not same and _is_narrower(route, current, first.route):
        raise RouteChanged
    if not same:
        add_difference(mailbox, text, fresh, use)
    settle_files(files, use)
    return Sending.SAME if same else Sending.MORE


def _is_narrower(wanted: Route, current: Route, first: Route) -> bool:
    """Whether somebody could read the difference whom the answers now shut out.

    A tip that its desk handed on keeps its desk, as long as the answers still lead where they led first.
    """
    moved = wanted.desks != first.desks and not set(wanted.desks) <= set(current.desks)
    return moved or not set(wanted.excluded) <= set(current.excluded)


def _difference(draft: TipDraft, first: TipText, fresh: Sequence[SealedFile]) -> str:
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
