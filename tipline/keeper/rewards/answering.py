"""What the admin site asks of rewards: sums, awards, the ledger by day, what mailboxes tell, the daily look.

No answer grows with the number of awards: sums are worked out here, and lists go page by page. No voucher in
an answer can be told from another of its kind, and nothing of today that has no entry is in it (`yesterday`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from functools import cache
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection

from crypto.errors import BadFormat
from crypto.notes import NoteSigner
from tipline.database import Database
from tipline.keeper.answering import Operation
from tipline.keeper.answers import Answers
from tipline.keeper.asked import REWARD_LOOK, Asked, Due
from tipline.keeper.batch import Declined, Looked
from tipline.keeper.digests import rows as guarded
from tipline.keeper.errors import Refusal, Unavailable
from tipline.keeper.fields import read_days, read_ids, read_list, read_number, read_text
from tipline.keeper.kept_time import KeptTime
from tipline.keeper.pins import read_standings
from tipline.keeper.rewards import awards, budgets, money
from tipline.keeper.rewards.crowds import crowds, words_of
from tipline.keeper.rewards.kept import Place
from tipline.keeper.rewards.memory import InMemory, StillReading
from tipline.keeper.rewards.money import KeyRow
from tipline.keeper.rewards.notes import note_of
from tipline.keeper.rewards.selections import Selections
from tipline.keeper.rewards.yesterday import awards_told, keys_told
from tipline.keeper.snapshots import look
from tipline.keeper.writer import Writer
from tipline.rewards.award import Award, AwardState
from tipline.rewards.knowing import may_know
from tipline.rewards.ledger import Budget
from tipline.rewards.lines import Wanted
from tipline.rewards.records import AwardRecord
from tipline.rewards.rules import APPROVE_DAYS, CHECK_DAYS
from tipline.rewards.totals import Counted, counted

AT_ONCE: Final = 1_000
"""Tips whose awards one question for records looks at."""
MOST_AWARDS: Final = 100
"""Awards in one answer, or asked for by number or tip."""
MOST_LINES: Final = 5_000
"""Lines of the ledger in one answer."""
MOST_DIFFERENCES: Final = 500
"""Differences in one answer, which says how many there are."""
PARTS: Final = 24
"""In so many hours every mailbox is told anew of its award, whatever became of what was stored."""
RECENT: Final = timedelta(days=2)
NONE: Final = -1
_HOUR: Final = 3_600


class Rewarding:
    """The operations about rewards on the admin site's socket, and the crowds of the directory."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        answers: Answers,
        signer: NoteSigner,
        clock: KeptTime,
        make_due: Callable[[], None],
        memory: InMemory,
    ) -> None:
        """Answer from these; `make_due` has the keys made under which awards are collected next."""
        self._database = database
        self._writer = writer
        self._answers = answers
        self._signer = signer
        self._clock = clock
        self._make_due = make_due
        self._memory = memory
        self._selections = Selections(self._memory, writer)

    def operations(self) -> Mapping[str, Operation]:
        """By their names on the admin site's socket."""
        return {
            "rewards": self._sums,
            "reward-budgets": self._budgets,
            "reward-approved": self._approved,
            "reward-awards": self._named,
            "reward-list": self._in_state,
            "reward-lines": self._lines,
            "reward-figures": self._figures,
            "reward-records": self._records,
            "reward-look": self._look,
        }

    def crowds(self, today: date) -> tuple[list[dict[str, Any]], bool]:
        """How many awards hide one another under each key, at the end of yesterday; whether that is counted.

        While the rows are still being read nothing is said of any: then nobody redeems either.
        """
        roster = self._writer.memory.roster
        if not roster.mint_keys:
            return [], True

        def found(connection: Connection, rows: guarded.Rows) -> list[dict[str, Any]]:
            pools = self._memory.pooled_at(connection, rows, today).pools(roster)
            return crowds(pools, money.all_keys(connection, rows), roster, today)

        try:
            return self._memory.look(found), True
        except StillReading:
            return [], False

    def _sums(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """Budgets, keys and awards in sum, and where the rows differ from the log.

        What has no entry is told when its day is over; it is compared before that.
        """
        today, roster = self._clock.today(), self._writer.memory.roster

        def found(connection: Connection, rows: guarded.Rows) -> dict[str, Any]:
            told = self._memory.at(connection, rows)
            keys, years = money.all_keys(connection, rows), budgets.all_budgets(connection, rows)
            different = self._memory.differences(keys, years)
            shown = keys_told(keys, told.fresh_awards, told.fresh_vouchers, roster, today.isoformat())
            pools = self._memory.pooled_at(connection, rows, today).pools(roster)
            sizes = words_of(pools, keys, roster, today)
            return {
                "budgets": [_budget(year, budget) for year, budget in sorted(years.items())],
                "keys": [_key(key) | {"size": sizes[key.year, key.value]} for key in shown],
                "totals": [one.to_fields() for one in told.totals()],
                "months": told.months(today),
                "differences": [one.to_fields() for one in different[:MOST_DIFFERENCES]],
                "different": len(different),
            }

        return self._memory.look(found)

    def _budgets(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """The years' budgets alone."""
        found = look(self._writer, self._database, budgets.all_budgets)
        return {"budgets": [_budget(year, budget) for year, budget in sorted(found.items())]}

    def _approved(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """How many awards wait for the budget, and their yuan."""

        def found(connection: Connection, _rows: guarded.Rows) -> list[int]:
            books = self._memory.books_at(connection)
            return [books.ledger.awards[one].amount for one in books.in_state(AwardState.APPROVED)]

        amounts = self._memory.look(found)
        return {"count": len(amounts), "amount": sum(amounts)}

    def _named(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Awards by their numbers, and all awards of tips."""
        numbers = set(read_list(request, "awards", most=MOST_AWARDS))
        tips = set(read_ids(request, "tips", most=MOST_AWARDS))

        def found(connection: Connection, rows: guarded.Rows) -> list[dict[str, Any]]:
            books = self._memory.books_at(connection)
            of_tips = {index for tip in tips for index in books.of_tip.get(tip, ())}
            return self._awards(rows, sorted((numbers & books.proposals.keys()) | of_tips))

        return {"awards": self._memory.look(found)}

    def _in_state(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The next awards that stand somewhere by the log, the newest or the oldest first; those alone that
        the member may know of, where one is named, and what the budget lacks for all that are such.

        By the log: there an award stands as collected when that day is over, as everywhere here.
        """
        state, beyond = _state(request), read_number(request, "beyond", least=NONE)
        count = max(1, min(read_number(request, "count"), MOST_AWARDS))
        newest, member = request.get("newest") is True, read_text(request, "member")

        def found(connection: Connection, rows: guarded.Rows) -> dict[str, Any]:
            books = self._memory.books_at(connection)
            numbers, fits = books.in_state(state), self._known_to(member, connection, rows)
            if newest:
                left = (one for one in reversed(numbers) if one < beyond or beyond == NONE)
            else:
                left = (one for one in numbers if one > beyond)
            some = list(islice(filter(fits, left), count + 1))
            more = len(some) > count
            lacking = books.lacking(self._clock.today().year) if state is AwardState.APPROVED else {}
            return {
                "awards": self._awards(rows, some[:count]),
                "last": some[count - 1] if more else NONE,
                "lacking": max((lack for index, lack in lacking.items() if fits(index)), default=0),
            }

        return self._memory.look(found)

    def _known_to(self, member: str, connection: Connection, rows: guarded.Rows) -> Callable[[int], bool]:
        """Whether somebody may know of an award, by its number."""
        if not member:
            return lambda _: True
        today, proposals = self._clock.today(), self._memory.books.proposals
        roster = self._writer.memory.roster.as_of(today)
        known, places = roster.members.get(member), self._memory.places_at(connection, rows)
        if known is None:
            raise BadFormat("nobody has this id")
        asked = cache(lambda place: may_know(roster, known, place.desks, place.excluded, today))
        return lambda number: asked(places.get(proposals[number].tip, Place()))

    def _lines(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Some lines of the ledger by day, as a member may see it, and all that fit in sum.

        The answer names the `size` of the log that it is of. Who asks for more names it, and gets more of the
        same: else a line could come twice, or never, where the log has grown.

        Raises:
            Refusal: stale; that ledger is not kept any more. It must be asked for from its beginning.
        """
        start, count = read_number(request, "start"), min(read_number(request, "count"), MOST_LINES)
        size = read_number(request, "size", least=NONE)
        wanted = Wanted(*(read_text(request, name) for name in ("kind", "year", "value", "since", "until")))
        asked = read_text(request, "member"), wanted
        if size == NONE:
            size, selection = self._selections.make(asked)
        else:
            selection = self._selections.find(asked, size)
        return {
            "size": size,
            "lines": [line.to_fields() for line in selection.lines[start : start + count]],
            "sums": [{**asdict(one), "kind": one.kind.value} for one in selection.sums],
        }

    def _figures(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A year's rewards up to a day."""
        [day] = read_days(request, "days", most=1)

        def found(connection: Connection, rows: guarded.Rows) -> Counted:
            told = self._memory.at(connection, rows)
            return counted(told.awards(), told.vouchers(), day)

        return asdict(self._memory.look(found))

    def _awards(self, rows: guarded.Rows, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Awards with their proposals and where their tips stand, in this order; the turn is ours."""
        proposals = self._memory.books.proposals
        known = awards.some(rows, {number: proposals[number].tip for number in numbers})
        standings = read_standings(rows, {bytes.fromhex(award.tip) for award in known})
        waits = any(award.state is AwardState.APPROVED for award in known)
        lacking = self._memory.books.lacking(self._clock.today().year) if waits else {}
        return [
            {
                # What the reporter signed to collect is for nobody to compare with anything.
                "award": award.to_fields() | {"digest": "", "proof": ""},
                "due": self._due(award),
                "excluded": list(standings[bytes.fromhex(award.tip)].route.excluded),
                "desks": list(standings[bytes.fromhex(award.tip)].route.desks),
                "proposal": dict(proposals[award.index].body),
                "confirmed": proposals[award.index].confirmed,
                "lacking": lacking.get(award.index, 0),
            }
            for award in awards_told(known, self._clock.today().isoformat())
        ]

    def _due(self, award: Award) -> str:
        """The last day for the next step of a person, ISO; "" where nobody's is awaited."""
        calendar = self._writer.memory.roster.clocks.calendar
        if award.state is AwardState.PROPOSED:
            return calendar.after(date.fromisoformat(award.proposed), CHECK_DAYS).isoformat()
        if award.state is AwardState.CHECKED:
            return calendar.after(date.fromisoformat(award.checked), APPROVE_DAYS).isoformat()
        return ""

    def _records(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What mailboxes are told: the same each time, so that nothing told can be lost.

        Of all awards; or of those of which something was told since an entry of the log; or, with `recent`,
        of those of the last two days and of one part in `PARTS` of all others, another one each hour.
        """
        after, since = read_number(request, "after", least=NONE), read_number(request, "since", least=NONE)
        recent = request.get("recent") is True

        def found(connection: Connection, rows: guarded.Rows) -> tuple[list[tuple[Award, ...]], int]:
            books, part = self._memory.books_at(connection), self._clock.unix() // _HOUR % PARTS
            first = books.since(self._clock.today() - RECENT) if recent else since

            def fits(award: Award) -> bool:
                told = award.told >= first or (recent and award.index % PARTS == part)
                return award.index > after and told

            tips = self._memory.tips_told(connection, rows, fits)
            some = list(islice(tips, AT_ONCE))
            return awards.all_of(rows, some), tips[some[-1]] if len(tips) > AT_ONCE else NONE

        tips, last = self._memory.look(found)
        roster = self._writer.memory.roster
        every = (award for of_tip in tips for award in of_tip)
        told = {record.tip: record for award in every if (record := AwardRecord.of(award)) is not None}
        return {
            "records": {tip: note_of(record, self._signer, roster) for tip, record in told.items()},
            "last": last,
        }

    def _look(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """State days that are over, what expired, and what can be granted now."""
        self._writer.require_right_time()
        self._make_due()
        outcome = self._writer.submit(Asked(REWARD_LOOK, due=self._all_due()))
        if isinstance(outcome, Declined):
            raise Refusal(outcome.reason, outcome.index)
        return self._answers.looked(outcome) if isinstance(outcome, Looked) else {}

    def _all_due(self) -> Due | None:
        """What there may be to state; None where the rows cannot be read: the writer must find out why.

        Raises:
            StillReading: they can, and not all were.
        """
        try:
            return self._memory.due()
        except StillReading:
            raise
        except Unavailable:
            return None


def _state(request: Mapping[str, Any]) -> AwardState | None:
    """The state that a request names; None where it asks for all."""
    written = read_text(request, "state")
    try:
        return AwardState(written) if written else None
    except ValueError as error:
        raise BadFormat("not a state of an award") from error


def _budget(year: int, budget: Budget) -> dict[str, int]:
    return {"year": year, "amount": budget.amount, "granted": budget.granted, "returned": budget.returned}


def _key(key: KeyRow) -> dict[str, int]:
    return {
        "year": key.year,
        "value": key.value,
        "minted": key.minted,
        "awards": key.awards,
        "presented": key.presented,
        "paid": key.paid,
        "opened": key.opened,
        "returned": key.returned,
    }
