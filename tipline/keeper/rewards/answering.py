"""What the admin site asks of rewards: how everything stands, what mailboxes are told, the daily look.

No voucher in an answer can be told from another of its kind: neither its hash nor its pickup code is in it,
and nothing of today that has no entry (`yesterday`).
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from crypto.notes import NoteSigner, sign_json
from tipline.database import Database
from tipline.keeper.answering import Operation
from tipline.keeper.answers import Answers
from tipline.keeper.asked import REWARD_LOOK, Asked
from tipline.keeper.batch import Declined, Looked
from tipline.keeper.digests import rows as guarded
from tipline.keeper.errors import Refusal
from tipline.keeper.fields import read_number
from tipline.keeper.kept_time import KeptTime
from tipline.keeper.log import Log, read_head
from tipline.keeper.pins import Standing, read_standings
from tipline.keeper.rewards import awards, budgets, money
from tipline.keeper.rewards.books import Books
from tipline.keeper.rewards.crowds import crowds
from tipline.keeper.rewards.money import KeyRow, VoucherRow
from tipline.keeper.rewards.yesterday import awards_told, keys_told, vouchers_told
from tipline.keeper.snapshots import look
from tipline.keeper.writer import Writer
from tipline.keeper_client.frames import to_text
from tipline.rewards import reconciling
from tipline.rewards.award import Award, AwardState
from tipline.rewards.ledger import Budget
from tipline.rewards.records import AwardRecord
from tipline.rewards.rules import APPROVE_DAYS, CHECK_DAYS

AT_ONCE: Final = 1_000
"""Awards that one question for records looks at."""
NONE: Final = -1


@dataclass(frozen=True)
class Snapshot:
    """All rows about rewards, as one transaction saw them."""

    awards: list[Award]
    budgets: Mapping[int, Budget]
    keys: list[KeyRow]
    vouchers: list[VoucherRow]
    standings: Mapping[bytes, Standing]
    differences: list[reconciling.Difference]


class Rewarding:
    """The operations `rewards`, `reward-records` and `reward-look`, and the crowds of the directory."""

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
        self._turn = threading.Lock()

    def operations(self) -> Mapping[str, Operation]:
        """By their names on the admin site's socket."""
        return {"rewards": self._known, "reward-records": self._records, "reward-look": self._look}

    def crowds(self, today: date) -> list[dict[str, Any]]:
        """How many awards hide one another under each key, as of the end of yesterday."""
        roster = self._writer.memory.roster
        if not roster.mint_keys:
            return []

        def found(connection: Connection, rows: guarded.Rows) -> tuple[list[Award], list[VoucherRow]]:
            return awards.everything(connection, rows), money.all_vouchers(connection, rows)

        every, vouchers = look(self._writer, self._database, found)
        return crowds(every, vouchers, roster, today)

    def _known(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """All awards, budgets, keys and vouchers, and where the rows differ from the log.

        What has no entry is told when its day is over; it is compared before that.
        """
        with self._turn:
            found = look(self._writer, self._database, self._snapshot)
            today = self._clock.today().isoformat()
            # An award that nobody proposed is no award: it stands among the differences.
            told = [
                self._award(award, found.standings)
                for award in awards_told(found.awards, today)
                if award.index in self._books.proposals
            ]
        roster = self._writer.memory.roster
        keys = keys_told(found.keys, found.awards, found.vouchers, roster, today)
        vouchers = map(_voucher, vouchers_told(found.vouchers, today))
        return {
            "awards": told,
            "budgets": [_budget(year, budget) for year, budget in sorted(found.budgets.items())],
            "keys": [_key(key) for key in keys],
            "vouchers": sorted(vouchers, key=lambda one: sorted(one.items())),
            "differences": [one.to_fields() for one in found.differences],
        }

    def _snapshot(self, connection: Connection, rows: guarded.Rows) -> Snapshot:
        known, head = awards.everything(connection, rows), read_head(connection)
        keys, vouchers = money.all_keys(connection, rows), money.all_vouchers(connection, rows)
        set_budgets = budgets.all_budgets(connection, rows)
        if head.size < self._books.size:  # two members have let a log go on that was set back
            self._books = Books()
        self._books.bring_forward(self._log, connection, head)
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
            standings=read_standings(rows, {bytes.fromhex(award.tip) for award in known}),
            differences=self._books.differences(compared),
        )

    def _award(self, award: Award, standings: Mapping[bytes, Standing]) -> dict[str, Any]:
        proposed, standing = self._books.proposals[award.index], standings[bytes.fromhex(award.tip)]
        return {
            # What the reporter signed to collect is for nobody to compare with anything.
            "award": award.to_fields() | {"digest": ""},
            "due": self._due(award),
            "excluded": list(standing.route.excluded),
            "desks": list(standing.route.desks),
            "proposal": dict(proposed.body),
            "confirmed": proposed.confirmed,
        }

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
        known = look(self._writer, self._database, awards.everything)
        some = [award for award in known if award.index > after][:AT_ONCE]
        told = {record.tip: record for award in some if (record := AwardRecord.of(award)) is not None}
        return {
            "records": {tip: self._note(record) for tip, record in told.items()},
            "last": some[-1].index if len(some) == AT_ONCE else NONE,
        }

    def _note(self, record: AwardRecord) -> str:
        past = self._writer.memory.roster.past_log_keys
        # The present key signs whatever an earlier one signed then; else the same bytes each time.
        place = max(record.since, past[-1].until if past else 0)
        return to_text(sign_json(record.to_body(self._signer.name, place), self._signer))

    def _look(self, _request: Mapping[str, Any]) -> dict[str, Any]:
        """State days that are over, what expired, and what can be granted now."""
        self._writer.require_right_time()
        self._make_due()
        outcome = self._writer.submit(Asked(REWARD_LOOK))
        if isinstance(outcome, Declined):
            raise Refusal(outcome.reason, outcome.index)
        return self._answers.looked(outcome) if isinstance(outcome, Looked) else {}


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


def _voucher(voucher: VoucherRow) -> dict[str, Any]:
    state = "paid" if voucher.paid_day else "first" if voucher.first else "open"
    return {
        "year": voucher.year,
        "value": voucher.value,
        "state": state,
        "point": voucher.point,
        "day": voucher.day,
        "until": voucher.until,
        "paid_day": voucher.paid_day,
    }


def _voucher_row(voucher: VoucherRow) -> reconciling.VoucherRow:
    return reconciling.VoucherRow(
        spent=voucher.spent.hex(),
        key=(voucher.year, voucher.value),
        day=voucher.day,
        pickup=voucher.pickup.hex(),
        paid_day=voucher.paid_day,
    )
