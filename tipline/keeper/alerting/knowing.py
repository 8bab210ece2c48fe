"""Who knew already: members of a unit that is excluded now, and who had read the tip before."""

from collections.abc import Iterator

from sqlalchemy import select

from crypto.statements import DONE, Entry, Statement
from tipline.alerts.finding import Alert, read_before_exclusion
from tipline.alerts.rules import Rule
from tipline.alerts.seen import READ, Seen
from tipline.ids import AUDITORS
from tipline.keeper import models
from tipline.keeper.state import Draft

ROUTE = "route"


def who_knew(statement: Statement, index: int, draft: Draft) -> Alert | None:
    """The alert of a route that was just stated and excludes units whose members have read the tip.

    What an earlier route excluded already is no news: those who read it in between had been let in again.
    """
    body = statement.body
    if body["type"] != ROUTE or not draft.roster.alert_rules.is_on(Rule.READ_BEFORE_EXCLUSION):
        return None
    readings, excluded = _so_far(body["tip"], index, draft)
    added = frozenset(body["excluded"]) - excluded
    if not added:
        return None
    knew = [one for one in readings if draft.roster.is_excluded(one.member, added, draft.today)]
    stated = Seen(index, draft.at, body["at"], ROUTE, statement.signers, body["desk"], body["tip"])
    return read_before_exclusion(stated, knew) if knew else None


def _so_far(tip: str, index: int, draft: Draft) -> tuple[list[Seen], frozenset[str]]:
    """Each member's first reading of a tip before an index, and what its last route before excluded."""
    firsts, excluded = dict[str, Seen](), frozenset[str]()
    for place, data in _entries(tip, draft):
        if place >= index or not data:  # what was forgotten names nobody any more
            continue
        entry = Entry.decode(data)
        body, seen = entry.statement.body, Seen.of(place, entry)
        if entry.outcome != DONE or body.get("tip") != tip:
            continue
        if body["type"] == ROUTE:
            excluded = frozenset(body["excluded"])
        elif body["type"] == READ and body["desk"] != AUDITORS:  # they read reasons, and no tip
            firsts.setdefault(seen.member, seen)
    return list(firsts.values()), excluded


def _entries(tip: str, draft: Draft) -> Iterator[tuple[int, bytes]]:
    """Readings and routes of a tip in their order, those of this batch too."""
    table = models.entries.c
    about = (table.tip == bytes.fromhex(tip)) & table.type.in_((READ, ROUTE)) & (table.outcome == DONE)
    query = select(table.index, table.entry).where(about).order_by(table.index)
    yield from ((place, data) for place, data in draft.connection.execute(query))
    yield from draft.growth.added()
