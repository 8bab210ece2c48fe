"""What a visit may see of the ledger: who leads sees sums, auditors see counter-entries from the log, too."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from admin.ledger.balances import Collected, KeyLine, Owed, collected_of, key_lines, owed_of, sheet_of
from admin.ledger.books import counter_line, first_needed, merged, payment_line
from admin.ledger.charts import Months, months
from admin.ledger.choice import PAGE, Choice, LedgerPage
from admin.ledger.reconciling import Red, red_lines
from admin.log.looking import NEWEST, look_up
from admin.pay_desk.desk import PAY
from admin.pay_desk.handlers import UNDO
from admin.visit import Visit
from crypto.statements import DONE, Entry
from tipline.keeper_client import Reason, Refused
from tipline.keeper_client.rewards import Budget
from tipline.lookups.filters import Filter
from tipline.lookups.groups import COUNTER
from tipline.lookups.views import View
from tipline.rewards.ledger import Sheet
from tipline.rewards.lines import Kind, KindSum, Line, Wanted, sums_of

AT_ONCE: Final = 5_000
"""Lines that are asked for at once for a file."""
TRIES: Final = 3
"""So often a file is begun anew, when the keeper has put the ledger away meanwhile."""
MOST_AT_ONCE: Final = 1_000
"""Entries under one audit statement: more counter-entries there never were; payments are looked through."""


@dataclass(frozen=True)
class Books:
    """The ledger as a member may see it.

    Attributes:
        at: when the keeper compared rows and log.
        red: where they differ, the first of `different`; nothing when all agrees.
        months: None for whoever sees sums alone.
    """

    at: datetime
    red: Sequence[Red]
    different: int
    sheet: Sheet
    years: Sequence[Budget]
    keys: Sequence[KeyLine]
    owed: Owed
    collected: Sequence[Collected]
    months: Months | None


def sees_days(visit: Visit) -> bool:
    """Whether a member sees the ledger by day: not those who lead only."""
    return visit.may("REWARDS")


def books_of(visit: Visit) -> Books:
    """Ask the keeper, and put the sums together.

    Raises:
        KeeperError: the keeper does not answer.
    """
    known, clock = visit.services.keeper.rewards.money(), visit.services.clock
    return Books(
        at=clock.now().astimezone(UTC),
        red=red_lines(known.differences, in_full=visit.audits),
        different=known.different,
        sheet=sheet_of(known),
        years=sorted(known.budgets, key=lambda one: -one.year),
        keys=key_lines(known, clock.today()),
        owed=owed_of(known),
        collected=collected_of(known),
        months=months(known.months, clock.today()) if sees_days(visit) else None,
    )


def page_of(visit: Visit, choice: Choice) -> LedgerPage:
    """A page of the ledger by day. For an auditor the log is asked for counter-entries: an entry, too.

    Raises:
        AdminError: the keeper does not hand entries out.
        KeeperError: the keeper does not answer.
    """
    counter, start = _fitting_counter(visit, choice.wanted), choice.start
    first = first_needed(start, counter)
    found = visit.services.keeper.rewards.lines(visit.member.id, choice.wanted, first, start + PAGE - first)
    return LedgerPage(choice, merged(found.lines, counter, start, PAGE), _in_sum(found.sums, counter))


def lines_of(visit: Visit) -> Sequence[Line]:
    """All of it, for a file, as it stands at one size of the log.

    Raises:
        AdminError: the keeper does not hand entries out.
        Refused: again and again the keeper had put that ledger away before all of it was fetched.
        KeeperError: the keeper does not answer.
    """
    counter = _fitting_counter(visit, Wanted())
    for _ in range(TRIES - 1):
        try:
            return _with_all(visit, counter)
        except Refused as refused:
            if refused.reason is not Reason.STALE:
                raise
    return _with_all(visit, counter)


def _with_all(visit: Visit, counter: Sequence[Line]) -> Sequence[Line]:
    """All lines of one ledger, and counter-entries."""
    found, size, rewards = list[Line](), None, visit.services.keeper.rewards
    while True:
        some = rewards.lines(visit.member.id, Wanted(), len(found), AT_ONCE, size)
        size = some.size
        found += some.lines
        if len(some.lines) < AT_ONCE:
            return merged(found, counter, 0, len(found) + len(counter))


def _in_sum(sums: Sequence[KindSum], counter: Sequence[Line]) -> Sequence[KindSum]:
    both: dict[Kind, KindSum] = {}
    for one in (*sums, *sums_of(counter)):
        had = both.get(one.kind, KindSum(one.kind, 0, 0, 0))
        total = had.lines + one.lines, had.count + one.count, had.amount + one.amount
        both[one.kind] = KindSum(one.kind, *total)
    return [both[kind] for kind in Kind if kind in both]


def _fitting_counter(visit: Visit, wanted: Wanted) -> Sequence[Line]:
    return [line for line in _counter(visit) if wanted.fits(line)] if visit.audits else ()


def _counter(visit: Visit) -> Sequence[Line]:
    """Counter-entries, and beside each payment that was taken back the payment itself."""
    stated = _stated(visit, COUNTER, NEWEST)
    bodies = [(_day(entry), entry.statement.body) for _, entry in stated]
    lines = [line for day, body in bodies if (line := counter_line(day, body)) is not None]
    undone = {body["pickup"] for _, body in bodies if body["type"] == UNDO}
    return lines + _payments(visit, undone)


def _payments(visit: Visit, pickups: Set[str]) -> list[Line]:
    """The payments of these codes; the newest confirmation of a code is the one that made it paid."""
    found: dict[str, Line] = {}
    before = NEWEST
    while pickups - found.keys():
        stated = _stated(visit, PAY, before)
        for _, entry in stated:
            body = entry.statement.body
            if body["pickup"] in pickups:
                found.setdefault(body["pickup"], payment_line(_day(entry), body))
        if len(stated) < MOST_AT_ONCE:
            break
        before = stated[-1][0]
    return [found[pickup] for pickup in sorted(found)]


def _stated(visit: Visit, kind: str, before: int) -> list[tuple[int, Entry]]:
    """Done statements of a type or a group of types below an index, the newest first."""
    looked = look_up(visit, View.LEDGER, Filter(type=kind, outcome=DONE), MOST_AT_ONCE, before=before)
    return [(one.index, one.entry) for one in looked.entries]


def _day(entry: Entry) -> str:
    """The UTC day of an entry, ISO."""
    return datetime.fromtimestamp(entry.at, UTC).date().isoformat()
