"""Whatever is tried in whatever order, no yuan appears and none is lost, and no voucher is paid twice.

The machine tries, as people and as reporters; what happened is counted here, outside: vouchers that somebody
holds, cash that lies on a table. After each step it is held against the keeper's rows, read from its
database, and at the end both verifiers take the log.
"""

import io
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from crypto import canonical
from crypto.vouchers import Voucher
from tests.clocks import FixedClock
from tests.evidence import alone
from tests.keeper.rewards import till
from tests.keeper.rewards.board import Board, words
from tests.keeper.rewards.payees import Paying, payee_of, sit_down, word
from tests.keeper.rewards.till import DAY, OTHER, POINT, Granted, Till, lay_keys
from tests.rewards.quick_keys import quick_mint
from tests.world import NOON, ORIGIN, SealedTip, World
from tipline.commands.exporting import write_export
from tipline.evidence.verify import verify_export
from tipline.keeper_client import Refused
from tipline.keeper_client.collecting import Collect
from tipline.keeper_client.public import Pickup
from tipline.rewards.award import OWED, Award, AwardState
from tipline.sealing.items import NewItem

AMOUNTS: Final = {"ordinary": (500, 2_000, 5_000), "organised": (60_000,)}
CLERKS = st.sampled_from(["clerk-1", "clerk-2"])
SOME: Final = st.integers(0, 20)
"""Which of what there is; the newest are the likeliest to be of use."""
EXAMPLES: Final = 12
STEPS: Final = 30

verifier = alone.load()


class Machine(RuleBasedStateMachine):
    """Proposers, verifiers, approvers, reporters, clerks and years against a running keeper."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._stack.enter_context(quick_mint())
        self.clock = FixedClock(NOON)
        self.world = self._stack.enter_context(World.made(folder / "world", self.clock))
        keeper = self._stack.enter_context(self.world.keeper())
        self.board, self.till = Board(self.world, self.clock, keeper), Till(self.world, keeper)
        self._stack.callback(self.till.public.close)
        self.rows = sqlite3.connect(self.world.settings.keeper_database_url.removeprefix("sqlite:///"))
        self._stack.callback(self.rows.close)
        self.board.people()
        sit_down(self.till, "clerk-1", "clerk-2")
        self.till.points()
        self.new_year()
        self.tips: list[SealedTip] = []
        self.awards: list[int] = []
        self.collected: dict[int, list[Voucher]] = {}
        self.pickups: list[tuple[Voucher, Pickup]] = []
        self.cash: dict[bytes, int] = {}  # paid for each voucher, and not taken back
        self.digests: dict[str, bytes] = {}  # by which statements name a payment: its voucher
        self.by_name = 0
        self.payees: dict[int, list[NewItem]] = {}  # by award: whom to pay, the newest last
        self.shown: dict[str, set[str]] = {}  # by item: clerks whom a custodian let see it
        self.asked: dict[int, list[str]] = {}  # by award: items that clerks asked for, in that order

    def teardown(self) -> None:
        try:
            self.both_verifiers_take_it()
        finally:
            self._stack.close()

    def new_year(self) -> None:
        """The keys of the year that it is."""
        year = self.clock.today().year
        for one in (year, year + 1):  # from December on the keeper makes the next year's, too
            lay_keys(self.world, one)
        self.board.client.paying.make_keys(year)

    @initialize(tier=st.sampled_from(sorted(AMOUNTS)), size=SOME)
    def begin(self, tier: str, size: int) -> None:
        """Some tips that were found true, money for them, and one award that was collected yesterday."""
        self.tips += [self.board.found() for _ in range(4)]
        self.set_budget(500_000)
        self.go_through(0, tier, size)
        self.collect(0, 0)
        for value in (500, 1_000, 5_000, 10_000):
            self.open_key(value)
        self.wait(1)

    # --------------------------------------------------------------- awards

    @rule(which=SOME, tier=st.sampled_from(sorted(AMOUNTS)), size=SOME)
    def propose(self, which: int, tier: str, size: int) -> None:
        """Somebody proposes an award."""
        amount = newest(list(AMOUNTS[tier]), size)
        major = ["organised"] if tier == "organised" else ["serious"]
        tip = newest(self.tips, which)
        found = self._try(lambda: self.board.propose(tip, tier=tier, amount=amount, major=major))
        if found is not None:
            self.awards.append(found)

    @precondition(lambda self: self.awards)
    @rule(
        which=SOME, by=st.sampled_from(["verifier", "verifier", "reviewer-a", "approver"]), yes=st.booleans()
    )
    def check(self, which: int, by: str, yes: bool) -> None:
        """Somebody checks one."""
        told = {} if yes else {"confirmed": False, "reason": words()}
        self._state(lambda: self.board.checked(newest(self.awards, which), by, **told))

    @precondition(lambda self: self.awards)
    @rule(
        which=SOME,
        by=st.sampled_from(["approver", "approver-2", "verifier"]),
        amount=st.sampled_from([500, 2_000, 60_000, 100_000]),
    )
    def approve(self, which: int, by: str, amount: int) -> None:
        """Somebody approves one."""
        self._state(lambda: self.board.approval(newest(self.awards, which), by, amount=amount))

    @rule(which=SOME, tier=st.sampled_from(["ordinary", "ordinary", "organised"]), size=SOME)
    def go_through(self, which: int, tier: str, size: int) -> None:
        """Everybody does their part, as far as they are let."""
        self.propose(which, tier, size)
        if not self.awards:
            return
        amount = newest(list(AMOUNTS[tier]), size)
        self.check(0, "verifier", yes=True)
        for by in ("approver", "approver-2"):
            self.approve(0, by, amount)

    @rule(amount=st.sampled_from([0, 2_500, 70_000, 500_000, 500_000]))
    def set_budget(self, amount: int) -> None:
        """Two people set what may be spent."""
        self._state(lambda: self.board.budgeted(amount, self.clock.today().year))

    @precondition(lambda self: self.awards)
    @rule(which=SOME)
    def cancel(self, which: int) -> None:
        """Two people take an award back."""
        self._state(lambda: self.board.cancel(newest(self.awards, which)))

    @precondition(lambda self: self.awards)
    @rule(which=SOME, days=st.sampled_from([100, 400, 2_000]))
    def extend(self, which: int, days: int) -> None:
        """An approver gives more time."""
        until = (self.clock.today() + timedelta(days=days)).isoformat()
        self._state(lambda: self.board.extension(newest(self.awards, which), until))

    # --------------------------------------------------------------- reporters

    @precondition(lambda self: self.awards)
    @rule(which=SOME, shift=st.sampled_from([0, 0, 0, 1]))
    def collect(self, which: int, shift: int) -> None:
        """A reporter collects, perhaps once more, or another sum."""
        award = self._award(newest(self.awards, which))
        before = self.collected.get(award.index)
        year = before[0].year if before else self.clock.today().year
        asking = Granted(self._tip(award), award)
        request = asking.request(self.world, year)
        if shift:  # one voucher more of the least value
            request = Collect(request.tip, request.award, year, (request.blinded[0], *request.blinded))
        signed = self._try(
            lambda: self.till.public.mint(request, asking.sign(request), asking.prove(request))
        )
        if signed is None:
            return
        seeds = asking.seeds(self.world, year)
        vouchers = [seed.finish(one, key_of(seed)) for seed, one in zip(seeds, signed, strict=True)]
        assert sum(voucher.value for voucher in vouchers) == award.amount
        assert before is None or [one.spent for one in before] == [one.spent for one in vouchers]
        self.collected[award.index] = vouchers

    @precondition(lambda self: self.awards)
    @rule(which=SOME)
    def want_by_name(self, which: int) -> None:
        """A reporter wants to be paid by name."""
        award = self._award(newest(self.awards, which))
        wish = Collect(bytes.fromhex(award.tip), award.index, self.clock.today().year, named=True)
        signature = self._tip(award).code.claim_key.sign(wish.message(ORIGIN))
        if self._try(lambda: self.till.public.ask_by_name(wish, signature)) is not None:
            sent = payee_of(self.till, Granted(self._tip(award), award))
            self.payees.setdefault(award.index, []).append(sent)

    @precondition(lambda self: self.collected)
    @rule(which=SOME, point=st.sampled_from([POINT, OTHER]))
    def redeem(self, which: int, point: str) -> None:
        """Somebody presents a voucher."""
        voucher = newest(self._vouchers(), which)
        found = self._try(lambda: self.till.ask(voucher, point))
        if isinstance(found, Pickup):
            assert voucher.spent not in self.cash
            self.pickups.append((voucher, found))

    @rule(value=st.sampled_from([500, 1_000, 5_000, 10_000]))
    def open_key(self, value: int) -> None:
        """Two people open a key."""
        year = self.clock.today().year
        self._state(
            lambda: self.world.sign(
                "reward-open", "approver", "verifier", year=year, value=value, reason=words()
            )
        )

    # --------------------------------------------------------------- the pay desk

    @precondition(lambda self: self.pickups)
    @rule(which=SOME, by=CLERKS, again=st.booleans())
    def pay(self, which: int, by: str, again: bool) -> None:
        """A clerk confirms a code; perhaps the other one, too."""
        voucher, pickup = newest(self.pickups, which)
        for clerk in (by, "clerk-1" if by == "clerk-2" else "clerk-2")[: 1 + again]:
            self._confirm(voucher, pickup, clerk)

    @precondition(lambda self: self.collected)
    @rule(which=SOME, by=CLERKS)
    def fetch(self, which: int, by: str) -> None:
        """Somebody presents a voucher and goes to the point with its code."""
        self.redeem(which, POINT)
        if self.pickups:
            self.pay(0, by, again=True)

    @precondition(lambda self: self.digests)
    @rule(which=SOME, by=st.sampled_from(["verifier", "verifier", "clerk-1"]))
    def undo(self, which: int, by: str) -> None:
        """Two people take a payment back."""
        pickup = newest(sorted(self.digests), which)
        spent = self.digests[pickup]
        value = next(one.value for one in self._vouchers() if one.spent == spent)
        told = {"pickup": pickup, "value": value, "reason": words()}
        if self._state(lambda: self.world.sign("pay-undo", "approver", by, **told)):
            del self.cash[spent], self.digests[pickup]

    @precondition(lambda self: self.payees)
    @rule(which=SOME, payee=SOME, by=CLERKS, yes=st.booleans())
    def ask_whom(self, which: int, payee: int, by: str, yes: bool) -> None:
        """A clerk asks whom to pay, of what was sent; a custodian says yes or no."""
        award = self._award(newest(sorted(self.payees), which))
        sent = newest(self.payees[award.index], payee)
        ceremony = Paying(self.world, self.board.seen, self._tip(award), sent)
        request = self._try(lambda: ceremony.asked(by))
        if request is None:
            return
        self.asked.setdefault(award.index, []).append(sent.id.hex())
        if self._try(lambda: ceremony.decided(request, approved=yes)) is not None and yes:
            self.shown.setdefault(sent.id.hex(), set()).add(by)

    @precondition(lambda self: self.payees)
    @rule(which=SOME, payee=SOME, by=CLERKS)
    def pay_by_name(self, which: int, payee: int, by: str) -> None:
        """A clerk confirms that some payee was paid: the last to be asked for anew, whom this clerk saw."""
        award = self._award(newest(sorted(self.payees), which))
        sent = newest(self.payees[award.index], payee)
        if self._state(lambda: word(self.till, Granted(self._tip(award), award), by, sent)):
            known = list(dict.fromkeys(self.asked[award.index]))
            assert (sent.id.hex(), by in self.shown[sent.id.hex()]) == (known[-1], True)
        if award.state is AwardState.NAMED and self._award(award.index).state is AwardState.SETTLED:
            self.by_name += award.amount

    @precondition(lambda self: self.payees)
    @rule(which=SOME, payee=SOME, yes=st.booleans())
    def go_to_the_bank(self, which: int, payee: int, yes: bool) -> None:
        """Both clerks ask for one payee and confirm it, as far as they are let."""
        for clerk in ("clerk-1", "clerk-2"):
            self.ask_whom(which, payee, clerk, yes)
        for clerk in ("clerk-1", "clerk-2"):
            self.pay_by_name(which, payee, clerk)

    # --------------------------------------------------------------- time

    @rule(days=st.sampled_from([1, 1, 1, 31, 190, 400]))
    def wait(self, days: int) -> None:
        """Days pass; the keeper looks at them."""
        self.clock.advance(days * DAY)
        self.new_year()
        self.board.client.rewards.look()

    # --------------------------------------------------------------- what must hold

    @invariant()
    def money_in_is_money_out_and_balance(self) -> None:
        budgets = self.rows.execute("SELECT amount, granted, returned FROM budgets").fetchall()
        awards = self._all_awards()
        keys = self.rows.execute("SELECT value, minted, presented, paid, returned FROM mint_keys").fetchall()
        balances = [amount - granted + returned for amount, granted, returned in budgets]
        assert all(balance >= 0 for balance in balances)
        aside = sum(award.amount for award in awards if award.state in OWED)
        paid = sum(self.cash.values()) + self.by_name
        held = sum(voucher.value for voucher in self._vouchers() if voucher.spent not in self.cash)
        given_back = sum(returned for *_, returned in keys)
        assert sum(row[0] for row in budgets) == sum(balances) + aside + (held - given_back) + paid
        assert sum(value * count for value, _, _, count, _ in keys) == sum(self.cash.values())
        assert all(paid <= presented <= minted for _, minted, presented, paid, _ in keys)

    @invariant()
    def no_voucher_is_too_many(self) -> None:
        minted = sum(row[0] for row in self.rows.execute("SELECT minted FROM mint_keys"))
        assert minted == len({voucher.spent for voucher in self._vouchers()}) == len(self._vouchers())
        back = {bytes(row[0]) for row in self.rows.execute("SELECT spent FROM vouchers")}
        assert back <= {voucher.spent for voucher in self._vouchers()}
        paid = {bytes(row[0]) for row in self.rows.execute("SELECT spent FROM vouchers WHERE paid_day != ''")}
        assert paid == self.cash.keys()

    @invariant()
    def the_log_says_what_the_rows_say(self) -> None:
        self.board.known()

    def both_verifiers_take_it(self) -> None:
        """At the end the log goes to somebody else."""
        file = self.world.settings.data / "log.txt"
        write_export(self.world.settings, file)
        data = file.read_bytes()
        result = verify_export(
            io.BytesIO(data), log_key=self.world.verifier, old_checkpoint=None, progress=None
        )
        pins = verifier.Pins(verifier.Key.parse(self.world.verifier.vkey), "", None)
        assert set(result.rewards) <= set(verifier.verify(file, pins).yes)

    # --------------------------------------------------------------- hands

    def _award(self, index: int) -> Award:
        return next(award for award in self._all_awards() if award.index == index)

    def _all_awards(self) -> list[Award]:
        files = self.rows.execute("SELECT file FROM awards").fetchall()
        return [Award.from_fields(one) for (file,) in files for one in canonical.decode(file)["awards"]]

    def _tip(self, award: Award) -> SealedTip:
        return next(tip for tip in self.tips if tip.id.hex() == award.tip)

    def _vouchers(self) -> list[Voucher]:
        return [voucher for _, vouchers in sorted(self.collected.items()) for voucher in vouchers]

    def _confirm(self, voucher: Voucher, pickup: Pickup, clerk: str) -> None:
        """One clerk looks, and confirms what they see."""
        seen = self._try(lambda: self.till.look(pickup.code, clerk, pickup.point))
        paid = self._try(lambda: self.till.pay(pickup, clerk))
        if paid is not None and paid.paid is not None:
            assert voucher.spent not in self.cash, "paid twice"
            self.cash[voucher.spent] = voucher.value
            self.digests[seen.pickup] = voucher.spent

    def _state(self, statement: Callable[[], Any]) -> bool:
        """Whether a statement is taken."""
        return self._try(lambda: self.board.client.append(statement())) is not None

    def _try(self, call: Callable[[], Any]) -> Any:
        """What comes of it; None where it is refused."""
        try:
            return call()
        except Refused:
            return None


def newest(some: list[Any], which: int) -> Any:
    """One of a list, counted from its end."""
    return some[-1 - which % len(some)]


def key_of(seed: Any) -> Any:
    """The public key under which a voucher is made."""
    return till.public_key(seed.value, seed.year)


def test_the_machine_pays_an_award_from_its_proposal_to_the_table() -> None:
    machine = Machine()
    try:
        machine.begin("ordinary", 1)
        assert sum(voucher.value for voucher in machine.collected[machine.awards[0]]) == 2_000
        machine.go_through(1, "ordinary", 1)
        machine.collect(0, 1)
        assert len(machine.collected) == 1, "another sum is not minted"
        machine.collect(0, 0)
        machine.collect(0, 0)
        assert len(machine.collected) == len(machine.awards)
        machine.wait(1)
        machine.redeem(0, till.POINT)
        machine.pay(0, "clerk-1", again=False)
        assert machine.cash == {}, "one clerk pays nothing"
        machine.pay(0, "clerk-2", again=False)
        machine.redeem(0, till.POINT)
        machine.pay(0, "clerk-1", again=True)
        assert sum(machine.cash.values()) == 1_000
        machine.wait(1)
        machine.undo(0, "verifier")
        assert machine.cash == {}
        machine.redeem(0, till.POINT)
        machine.pay(0, "clerk-1", again=True)
        assert sum(machine.cash.values()) == 1_000
        machine.money_in_is_money_out_and_balance()
        machine.no_voucher_is_too_many()
    finally:
        machine.teardown()


def test_the_machine_pays_by_name_whom_both_clerks_saw_last() -> None:
    machine = Machine()
    try:
        machine.begin("ordinary", 1)
        machine.go_through(1, "ordinary", 1)
        machine.want_by_name(0)
        machine.pay_by_name(0, 0, "clerk-1")
        assert not machine.asked
        machine.ask_whom(0, 0, "clerk-1", yes=True)
        machine.pay_by_name(0, 0, "clerk-1")
        machine.want_by_name(0)  # another payee
        machine.ask_whom(0, 0, "clerk-2", yes=False)
        machine.go_to_the_bank(0, 1, yes=True)
        machine.wait(1)
        assert machine.by_name == 0
        machine.go_to_the_bank(0, 0, yes=True)
        assert machine.by_name == 2_000
        machine.money_in_is_money_out_and_balance()
    finally:
        machine.teardown()


TestMoneyIsNeverMadeAndNeverLost = Machine.TestCase
TestMoneyIsNeverMadeAndNeverLost.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
