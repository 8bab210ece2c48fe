"""What the admin site asks of rewards: sums, awards, the ledger by day, what mailboxes tell, the daily look.

No answer grows with the number of awards: sums are worked out here, and lists go page by page. No voucher in
an answer can be told from another of its kind, and nothing of today that has no entry is in it (`yesterday`).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from crypto.errors import BadFormat
from crypto.notes import NoteSigner
from tipline.database import Database
from tipline.keeper.answering import Operation
from tipline.keeper.answers import Answers
from tipline.keeper.asked import REWARD_LOOK, Asked
from tipline.keeper.batch import Declined, Looked
from tipline.keeper.digests import rows as guarded
from tipline.keeper.errors import Refusal
from tipline.keeper.fields import read_days, read_ids, read_list, read_number, read_text
from tipline.keeper.kept_time import KeptTime
from tipline.keeper.log import Log, read_head
from tipline.keeper.pins import read_standings
from tipline.keeper.rewards import awards, budgets, money
from tipline.keeper.rewards.books import Books
from tipline.keeper.rewards.crowds import crowds, words_of
from tipline.keeper.rewards.money import KeyRow, VoucherRow
from tipline.keeper.rewards.notes import note_of
from tipline.keeper.rewards.told import Told, monthly, told
from tipline.keeper.rewards.yesterday import awards_told, keys_told
from tipline.keeper.snapshots import look
from tipline.keeper.writer import Writer
from tipline.rewards import reconciling
from tipline.rewards.award import Award, AwardState
from tipline.rewards.ledger import Budget
from tipline.rewards.lines import Wanted, sums_of
from tipline.rewards.records import AwardRecord
from tipline.rewards.rules import APPROVE_DAYS, CHECK_DAYS
from tipline.rewards.totals import counted, totals_of

AT_ONCE: Final = 1_000
"""Tips whose awards one question for records looks at."""
MOST_AWARDS: Final = 100
"""Awards in one answer, or asked for by number or tip."""
MOST_LINES: Final = 5_000
"""Lines of the ledger in one answer."""
MOST_DIFFERENCES: Final = 500
"""Differences in one answer, which says how many there are."""
NONE: Final = -1


@dataclass(frozen=True)
class Snapshot:
    """All rows about rewards, as one transaction saw them, and where they differ from the log."""

    awards: list[Award]
    budgets: Mapping[int, Budget]
    keys: list[KeyRow]
    vouchers: list[VoucherRow]
    differences: list[reconciling.Difference]
    told: Told


class Rewarding:
    """The operations about rewards on the admin site's socket, and the crowds of the directory."""

    def __init__(
        self,
        database: Database,
        log: Log,
        writer: Writer,
        answers: Answers,
        signer: NoteSigner,
        clock: KeptTime,
        make_due: Callable[[], None],
    ) -> None:
        """Answer from these; `make_due` has the keys made under which awards are collected next."""
        self._database = database
        self._log = log
        self._writer = writer
        self._answers = answers
        self._signer = signer
        self._clock = clock
        self._make_due = make_due
        self._books = Books()
        self._told: Told | None = None
        self._turn = threading.Lock()

    def operations(self) -> Mapping[str, Operation]:
        """By their names on the admin site's socket."""
        return {
            "rewards": self._sums,
            "reward-budgets": self._budgets,
            "reward-awards": self._named,
            "reward-list": self._in_state,
            "reward-lines": self._lines,
            "reward-figures": self._figures,
            "reward-records": self._records,
            "reward-look": self._look,
        }

    def crowds(self, today: date) -> list[dict[str, Any]]:
        """How many awards hide one another under each key, as of the end of yesterday."""
        roster = self._writer.memory.roster
        if not roster.mint_keys:
            return []

        def found(
            connection: Connection, rows: guarded.Rows
        ) -> tuple[list[Award], list[KeyRow], list[VoucherRow]]:
            every, keys = awards.everything(connection, rows), money.all_keys(connection, rows)
            return every, keys, money.all_vouchers(connection, rows)

        every, keys, vouchers = look(self._writer, self._database, found)
        return crowds(every, keys, vouchers, roster, today)

    def _sums(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """Budgets, keys and awards in sum, and where the rows differ from the log.

        What has no entry is told when its day is over; it is compared before that.
        """
        with self._turn:
            found = look(self._writer, self._database, self._snapshot)
        today, roster = self._clock.today(), self._writer.memory.roster
        keys = keys_told(found.keys, found.awards, found.vouchers, roster, today.isoformat())
        sizes = words_of(found.awards, found.keys, found.vouchers, roster, today)
        return {
            "budgets": [_budget(year, budget) for year, budget in sorted(found.budgets.items())],
            "keys": [_key(key) | {"size": sizes[key.year, key.value]} for key in keys],
            "totals": [one.to_fields() for one in totals_of(found.told.awards)],
            "months": monthly(found.told.lines, today),
            "differences": [one.to_fields() for one in found.differences[:MOST_DIFFERENCES]],
            "different": len(found.differences),
        }

    def _snapshot(self, connection: Connection, rows: guarded.Rows) -> Snapshot:
        known, vouchers = awards.everything(connection, rows), money.all_vouchers(connection, rows)
        keys, set_budgets = money.all_keys(connection, rows), budgets.all_budgets(connection, rows)
        books = self._books_at(connection)
        compared = reconciling.Rows(
            awards={award.index: award for award in known},
            budgets=set_budgets,
            keys={(key.year, key.value): _key_row(key) for key in keys},
            vouchers=[_voucher_row(voucher) for voucher in vouchers],
        )
        return Snapshot(
            awards=known,
            budgets=set_budgets,
            keys=keys,
            vouchers=vouchers,
            differences=books.differences(compared),
            told=self._told_at(connection, rows),
        )

    def _books_at(self, connection: Connection) -> Books:
        """What the log says, as this transaction sees it; the turn is ours."""
        head = read_head(connection)
        if head.size < self._books.size:  # two members have let a log go on that was set back
            self._books, self._told = Books(), None
        self._books.bring_forward(self._log, connection, head)
        return self._books

    def _told_at(self, connection: Connection, rows: guarded.Rows) -> Told:
        """The ledger by day, as this transaction sees it; the turn is ours.

        An award that nobody proposed is no award: it stands among the differences.
        """
        proposed, today = self._books_at(connection).proposals.keys(), self._clock.today().isoformat()
        self._told = told(connection, rows, proposed, today, self._told)
        return self._told

    def _budgets(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """The years' budgets alone."""
        found = look(self._writer, self._database, budgets.all_budgets)
        return {"budgets": [_budget(year, budget) for year, budget in sorted(found.items())]}

    def _named(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Awards by their numbers, and all awards of tips."""
        numbers = set(read_list(request, "awards", most=MOST_AWARDS))
        tips = set(read_ids(request, "tips", most=MOST_AWARDS))

        def found(connection: Connection, rows: guarded.Rows) -> list[dict[str, Any]]:
            proposals = self._books_at(connection).proposals
            wanted = [index for index, one in proposals.items() if index in numbers or one.tip in tips]
            return self._awards(rows, sorted(wanted))

        with self._turn:
            return {"awards": look(self._writer, self._database, found)}

    def _in_state(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The next awards that stand somewhere by the log, the newest or the oldest first.

        By the log: there an award stands as collected when that day is over, as everywhere here.
        """
        state, beyond = _state(request), read_number(request, "beyond", least=NONE)
        newest = request.get("newest") is True

        def found(connection: Connection, rows: guarded.Rows) -> tuple[list[dict[str, Any]], int]:
            numbers = self._books_at(connection).in_state(state)
            if newest:
                left = [one for one in reversed(numbers) if one < beyond or beyond == NONE]
            else:
                left = [one for one in numbers if one > beyond]
            some = left[:MOST_AWARDS]
            return self._awards(rows, some), some[-1] if len(left) > len(some) else NONE

        with self._turn:
            listed, last = look(self._writer, self._database, found)
        return {"awards": listed, "last": last}

    def _lines(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Some lines of the ledger by day, as a member may see it, and all that fit in sum."""
        start, count = read_number(request, "start"), min(read_number(request, "count"), MOST_LINES)
        wanted = Wanted(*(read_text(request, name) for name in ("kind", "year", "value", "since", "until")))
        with self._turn:
            known = look(self._writer, self._database, self._told_at)
        roster = self._writer.memory.roster.as_of(date.fromisoformat(known.day))
        member = roster.members.get(read_text(request, "member"))
        if member is None:
            raise BadFormat("nobody has this id")
        lines = [line for line in known.lines_for(member, roster) if wanted.fits(line)]
        return {
            "lines": [line.to_fields() for line in lines[start : start + count]],
            "sums": [{**asdict(one), "kind": one.kind.value} for one in sums_of(lines)],
        }

    def _figures(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A year's rewards up to a day."""
        [day] = read_days(request, "days", most=1)
        with self._turn:
            known = look(self._writer, self._database, self._told_at)
        return asdict(counted(known.awards, known.vouchers, day))

    def _awards(self, rows: guarded.Rows, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Awards with their proposals and where their tips stand, in this order; the turn is ours."""
        proposals = self._books.proposals
        known = awards.some(rows, {number: proposals[number].tip for number in numbers})
        standings = read_standings(rows, {bytes.fromhex(award.tip) for award in known})
        return [
            {
                # What the reporter signed to collect is for nobody to compare with anything.
                "award": award.to_fields() | {"digest": ""},
                "due": self._due(award),
                "excluded": list(standings[bytes.fromhex(award.tip)].route.excluded),
                "desks": list(standings[bytes.fromhex(award.tip)].route.desks),
                "proposal": dict(proposals[award.index].body),
                "confirmed": proposals[award.index].confirmed,
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
        """What mailboxes are told: the same each time, so that nothing told can be lost."""
        after = read_number(request, "after", least=NONE)

        def found(connection: Connection, rows: guarded.Rows) -> list[tuple[Award, ...]]:
            return awards.following(connection, rows, after, AT_ONCE)

        tips, roster = look(self._writer, self._database, found), self._writer.memory.roster
        every = (award for of_tip in tips for award in of_tip)
        told = {record.tip: record for award in every if (record := AwardRecord.of(award)) is not None}
        return {
            "records": {tip: note_of(record, self._signer, roster) for tip, record in told.items()},
            "last": tips[-1][-1].index if len(tips) == AT_ONCE else NONE,
        }

    def _look(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """State days that are over, what expired, and what can be granted now."""
        self._writer.require_right_time()
        self._make_due()
        outcome = self._writer.submit(Asked(REWARD_LOOK))
        if isinstance(outcome, Declined):
            raise Refusal(outcome.reason, outcome.index)
        return self._answers.looked(outcome) if isinstance(outcome, Looked) else {}


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


def _key_row(key: KeyRow) -> reconciling.KeyRow:
    return reconciling.KeyRow(key.minted, key.awards, key.presented, key.paid, bool(key.opened), key.returned)


def _voucher_row(voucher: VoucherRow) -> reconciling.VoucherRow:
    return reconciling.VoucherRow(
        spent=voucher.spent.hex(),
        key=(voucher.year, voucher.value),
        day=voucher.day,
        pickup=voucher.pickup.hex(),
        paid_day=voucher.paid_day,
    )
