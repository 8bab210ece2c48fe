"""Entering a tip: sealed at once to its route's desks, logged before it is stored.

All is one transaction: the rows, which make the tip the only one under its sheet and form, then the keeper's
entry, then its record, and the end. So nothing is logged for a sheet that was used or for rows that do not
fit, and nothing ever stands in the database that the log does not know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin.entry.errors import (
    EnteredBefore,
    EntryRefused,
    NobodyReads,
    SheetAltered,
    SheetSpent,
    SheetUnknown,
    SheetUsed,
    TooManyExcluded,
)
from admin.readings.errors import refusal
from admin.tip.records import check_returned
from admin.visit import Visit
from crypto.tracking_codes import TrackingCode
from tipline.ids import DeskId, TipId
from tipline.keeper_client import Reason, Refused, SlipRequest
from tipline.routing import Route
from tipline.sealing.items import NewItem
from tipline.sheets.errors import AlteredSheet, UnknownSheet, UsedSheet
from tipline.sheets.numbers import SheetNumber
from tipline.sheets.service import find_sheet, sheet_digest, use_sheet
from tipline.tips.answers import Entered
from tipline.tips.errors import NobodyMayRead, TooManyUnits
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
from tipline.tips.storing import ITEMS, store_items


@dataclass(frozen=True)
class Handed:
    """An entered tip and the desk that it went to; `is_ours` when the member may find it in their list."""

    tip: TipId
    desk: str
    is_ours: bool


def enter_tip(
    visit: Visit, draft: TipDraft, entered: Entered, number: SheetNumber | None, spare: TipId, desk: DeskId
) -> Handed:
    """Seal, log and store a tip, or a protection case, that came on paper or by word of mouth.

    Args:
        number: of the reporter's sheet; without one the tip gets a code that nobody ever sees.
        spare: the id of a tip without a sheet, so that the same form makes one tip.
        desk: the desk of the member who types it in.

    Raises:
        EntryError: nothing was entered; the sentence says why.
        KeeperError: nothing was proved to be logged, and nothing was stored.
    """
    route = _route(visit, draft)
    keys = _keys(visit, number, spare)
    audience = audience_under(route, visit.directory, keys.claim)
    clock = visit.services.clock
    items = [
        seal_text(draft, keys, audience, (), clock, entered=entered),
        seal_card(draft, keys, audience, 0, clock),
    ]
    fields = {
        "tip": keys.tip.hex(),
        "desk": desk,
        "claim": keys.claim.hex(),
        "channel": entered.channel.value,
        "sheet": sheet_digest(number, keys) if number else "",
        "items": [{"item": item.id.hex(), "hash": item.digest.hex()} for item in items],
    }
    with visit.services.database.writing() as session:
        _claim_row(session, tip_row(draft, keys, route, visit.directory.clocks, clock), number)
        store_items(session, items, first_position=0, day=clock.today())
        record = _log(visit, fields, items, route)
        session.execute(update(ITEMS).where(ITEMS.c.tip_id == keys.tip).values(record=record))
    return Handed(keys.tip, route.desks[0], _may_list(visit, route))


def _route(visit: Visit, draft: TipDraft) -> Route:
    try:
        return route_of(draft, visit.directory)
    except NobodyMayRead as error:
        raise NobodyReads from error
    except TooManyUnits as error:
        raise TooManyExcluded from error


def _keys(visit: Visit, number: SheetNumber | None, spare: TipId) -> TipKeys:
    if number is None:
        return TipKeys.of(TrackingCode.generate(), spare)
    with visit.services.database.reading() as session:
        try:
            return find_sheet(session, number, visit.services.log_key)
        except UnknownSheet as error:
            raise SheetUnknown from error
        except UsedSheet as error:
            raise SheetUsed from error
        except AlteredSheet as error:
            raise SheetAltered from error


def _claim_row(session: Session, row: Mapping[str, object], number: SheetNumber | None) -> None:
    """Write the tip's row and use up its sheet; it is committed with everything else, or not at all."""
    try:
        session.connection().execute(insert(TIPS), [dict(row)])
        if number is not None:
            use_sheet(session, number)
    except (IntegrityError, UsedSheet) as error:
        raise (EnteredBefore if number is None else SheetUsed) from error


def _log(visit: Visit, fields: Mapping[str, Any], items: list[NewItem], route: Route) -> bytes:
    """The keeper's record of the entry."""
    slips = [
        SlipRequest(slip.slip, item.kind, b"")
        for item in items
        for slip in item.slips
        if slip.desk == route.desks[0]
    ]
    try:
        record = visit.services.keeper.enter(visit.sign("entry", fields), slips).record
    except Refused as refused:
        if refused.reason is Reason.TIP_EXISTS:
            raise (SheetSpent if fields["sheet"] else EnteredBefore) from refused
        if refused.reason in (Reason.TOO_MANY, Reason.STALE, Reason.REPLAYED):
            raise refusal(refused.reason) from refused
        raise EntryRefused from refused
    named = ("tip", "claim", "sheet", "items")
    check_returned(record, visit.services.log_key, {"kind": "entry"} | {name: fields[name] for name in named})
    return record


def _may_list(visit: Visit, route: Route) -> bool:
    today = visit.services.clock.today()
    barred = visit.roster.is_excluded(visit.member.id, route.excluded, today)
    return route.desks[0] in visit.desks and not barred
