"""A township that pays: points, clerks, the keys of a year, awards that were granted, and everybody's hands.

Awards are written by the keeper's own writer, as if their people had agreed; what leads there is tested
elsewhere. The keys of the mint are made once for all tests.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeVar

from crypto.blind_rsa import MintKey, MintPublicKey
from crypto.randomness import random_bytes
from crypto.vouchers import Voucher, VoucherSeed, derive_voucher
from tests.keeper.observed import Observed
from tests.world import ORIGIN, SealedTip, World, member_body, member_id, request
from tipline.keeper.asked import SETTLE, Asked, Settled
from tipline.keeper.rewards import awards, budgets
from tipline.keeper.rewards.awards import log_day
from tipline.keeper.rewards.money import all_keys
from tipline.keeper.service import Keeper
from tipline.keeper.snapshots import look
from tipline.keeper.state import Draft
from tipline.keeper_client.collecting import Collect
from tipline.keeper_client.paying import Paid, SeenPickup
from tipline.keeper_client.public import KeeperPublic, Pickup
from tipline.rewards.amounts import VALUES, split
from tipline.rewards.award import Award
from tipline.rewards.ledger import Budget
from tipline.rewards.scoring import Tier

Answer = TypeVar("Answer")

YEAR: Final = 2026
POINT: Final = "counter"
OTHER: Final = "market"
BANK: Final = "bank"
FIRST: Final = "clerk-1"
SECOND: Final = "clerk-2"
ROLES: Final = {
    FIRST: "pay-clerk",
    SECOND: "pay-clerk",
    "clerk-3": "pay-clerk",
    "verifier": "verifier",
    "approver": "approver",
}
DAY: Final = 86_400
PATIENCE: Final = 60.0


@cache
def mint_key(year: int, value: int) -> MintKey:
    """One key for each year and value, in all tests of a process."""
    return MintKey.generate()


def _pem(year: int, value: int) -> bytes:
    return mint_key(year, value).to_pem()


def lay_keys(world: World, year: int = YEAR) -> None:
    """Put private keys where the keeper finds them made: an earlier attempt to make them was cut short."""
    for value in VALUES:
        world.keeper_folder.make_mint_key(year, value, partial(_pem, year, value))


@dataclass(frozen=True)
class Granted:
    """An award that its reporter may collect."""

    tip: SealedTip
    award: Award

    def seeds(self, world: World, year: int = YEAR) -> list[VoucherSeed]:
        """Its vouchers before the mint signed them, ascending by value."""
        return [
            derive_voucher(
                self.tip.code.raw, self.award.index, year, value, number, mint_key(year, value).public
            )
            for value, count in sorted(split(self.award.amount, VALUES))
            for number in range(count)
        ]

    def request(self, world: World, year: int = YEAR, **changes: Any) -> Collect:
        """What the mailbox asks."""
        blinded = tuple((seed.value, seed.blinding.blinded) for seed in self.seeds(world, year))
        index = self.award.index
        fields: dict[str, Any] = {"tip": self.tip.id, "award": index, "year": year, "blinded": blinded}
        return Collect(**(fields | changes))

    def sign(self, collect: Collect) -> bytes:
        """The reporter's signature."""
        return self.tip.code.claim_key.sign(collect.message(ORIGIN))

    def prove(self, collect: Collect) -> bytes:
        """The reporter's other signature, which is for the log."""
        return self.tip.code.claim_key.sign(collect.proof(ORIGIN))


class Till:
    """A world whose keeper runs, from all sides."""

    def __init__(self, world: World, keeper: Keeper) -> None:
        self.world = world
        self.keeper = keeper
        self.seen = Observed(world)
        # With patience: fifty visitors at once keep a small machine busy.
        self.client = world.client("till.json", timeout=PATIENCE)
        self.public = KeeperPublic(world.settings.public_socket, timeout=PATIENCE)
        self._next = 1_000_000

    def people(self) -> None:
        """Clerks and those who agree, each with their role."""
        for name, role in ROLES.items():
            body = member_body(name, "u9")
            self.client.append(self.world.sign("member", "registrar", member=body))
            fields = {"member": member_id(name), "role": role, "held": True}
            self.client.append(self.world.sign("role", "registrar", "registrar-2", **fields))

    def points(self) -> None:
        """Two counters and a bank."""
        for point in (POINT, OTHER, BANK):
            self.point(point)

    def point(self, point: str, *, is_open: bool = True) -> None:
        """One point, new or changed."""
        bank = self.world.desks["rewards"].recipient.text if point == BANK else ""
        lines = {"zh": f"点{point}", "en": f"Point {point}"}
        body = {"id": point, "names": lines, "places": lines, "unit": "u9", "recipient": bank}
        self.client.append(
            self.world.sign("point", "registrar", "registrar-2", point={**body, "open": is_open})
        )

    def keys(self, year: int = YEAR) -> None:
        """The keys of a year, published."""
        lay_keys(self.world, year)
        self.client.paying.make_keys(year)

    def settle(self, change: Any) -> None:
        """Let rows be changed by the keeper's own writer."""

        def settle(draft: Draft) -> Settled:
            change(draft)
            return Settled({})

        self.keeper.writer.submit(Asked(SETTLE, settle=settle))

    def tip(self) -> SealedTip:
        """A tip that the keeper knows."""
        tip = self.world.seal_tip()
        self.client.release(self.world.read("reviewer-a", tip), [request(tip.item("text"))])
        return tip

    def approved(self, amount: int = 500) -> Granted:
        """An award that waits for the budget."""
        tip, self._next = self.tip(), self._next + 1
        proposed = Award(
            index=self._next,
            tip=tip.id.hex(),
            claim=tip.code.claim_key.public.raw.hex(),
            desk="intake",
            tier=Tier.ORDINARY,
            amount=amount,
            share="",
            proposer=member_id("reviewer-a"),
            proposed=self.world.clock.today().isoformat(),
        )
        return Granted(tip, proposed)

    def granted(self, amount: int = 500) -> Granted:
        """An award that may be collected."""
        proposed = self.approved(amount)
        found: list[Award] = []

        def change(draft: Draft) -> None:
            rules, day = draft.roster.reward_rules, log_day(draft)
            checked = proposed.award.verified(member_id("verifier"), day, confirmed=True)
            approvers = ("approver", "approver-2") if amount > rules.limit else ("approver",)
            wide = replace(rules, bounds=dict.fromkeys(Tier, (500, 500000)))
            decided = checked
            for name in approvers:
                decided = decided.decided(member_id(name), day, amount, wide, approved=True)
            granted = decided.set_aside(day)
            awards.put(draft.rows, granted)
            budget = budgets.budget_of(draft.rows, day.year)
            more = Budget(budget.amount + amount, budget.granted + amount, budget.returned)
            budgets.put_budget(draft.rows, day.year, more)
            found.append(granted)

        self.settle(change)
        return Granted(proposed.tip, found[0])

    def rewrite(self, granted: Granted, **changes: Any) -> None:
        """Change what the keeper's row says of an award, by its own writer."""

        def change(draft: Draft) -> None:
            award = awards.of_tip(draft.rows, granted.tip.id)
            assert award is not None
            awards.put(draft.rows, replace(award, **changes))

        self.settle(change)

    def mint(self, granted: Granted, year: int = YEAR) -> list[Voucher]:
        """Collect, and take the blinding off."""
        collect = granted.request(self.world, year)
        signed = self.public.mint(collect, granted.sign(collect), granted.prove(collect))
        return finished(granted.seeds(self.world, year), signed)

    def crowd(self, amount: int = 500, number: int = 5) -> list[Voucher]:
        """So many awards of one amount, collected, under keys that two people have opened."""
        vouchers = [voucher for _ in range(number) for voucher in self.mint(self.granted(amount))]
        for value in sorted({voucher.value for voucher in vouchers}):
            self.open_key(value, self.world.clock.today().year)
        return vouchers

    def hidden(self, amount: int = 500, number: int = 5) -> list[Voucher]:
        """So many awards of one amount, collected; the keys are left as they are."""
        return [voucher for _ in range(number) for voucher in self.mint(self.granted(amount))]

    def open_key(self, value: int, year: int = YEAR) -> None:
        """Two people open a key, where nobody has."""
        rows = look(self.keeper.writer, self.keeper._database, all_keys)
        if not any(row.opened for row in rows if (row.year, row.value) == (year, value)):
            body = {"year": year, "value": value, "reason": words()}
            self.client.append(self.world.sign("reward-open", "approver", "verifier", **body))

    def redeem(self, voucher: Voucher, point: str = POINT) -> Pickup:
        """The voucher's pickup code."""
        found = self.ask(voucher, point)
        assert isinstance(found, Pickup)
        return found

    def ask(self, voucher: Voucher, point: str = POINT) -> Any:
        """The same, or the day on which it was paid."""
        return self.public.redeem(voucher.year, voucher.value, voucher.message, voucher.signature, point)

    def look(self, code: str, by: str = FIRST, point: str = POINT) -> SeenPickup:
        """A clerk types a code."""
        return self.client.paying.look(self.world.sign("pay-look", by, point=point), code)

    def pay(self, pickup: Pickup, by: str, **changes: Any) -> Paid:
        """A clerk confirms a code; the digest that names it comes from a look."""
        named = changes.pop("named", None) or self.look(pickup.code, by, pickup.point).pickup
        fields = {"pickup": named, "point": pickup.point, "value": pickup.value}
        code = changes.pop("code", pickup.code)
        return self.client.paying.pay(self.world.sign("pay", by, **(fields | changes)), code)

    def paid(self, pickup: Pickup) -> Paid:
        """Both clerks confirm it."""
        self.pay(pickup, FIRST)
        return self.pay(pickup, SECOND)

    def undo(self, pickup: str, value: int, *by: str) -> None:
        """Two people take a payment back."""
        self.client.append(self.world.sign("pay-undo", *by, pickup=pickup, value=value, reason=words()))

    def pass_days(self, days: int) -> date:
        """Let days go by."""
        self.world.clock.advance(days * DAY)  # type: ignore[attr-defined]
        return self.world.clock.today()


def at_once(one: Till, number: int, ask: Callable[[KeeperPublic, int], Answer]) -> list[Answer]:
    """So many visitors at the same moment, each on a connection of its own."""
    begin = threading.Barrier(number)

    def visit(place: int) -> Answer:
        public = KeeperPublic(one.world.settings.public_socket, timeout=PATIENCE)
        try:
            begin.wait()
            return ask(public, place)
        finally:
            public.close()

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(visit, range(number)))


def finished(seeds: list[VoucherSeed], signed: tuple[bytes, ...]) -> list[Voucher]:
    """Vouchers, each checked under its key."""
    return [
        seed.finish(each, mint_key(seed.year, seed.value).public)
        for seed, each in zip(seeds, signed, strict=True)
    ]


def words() -> dict[str, str]:
    """The item of some reason."""
    return {"item": random_bytes(16).hex(), "hash": "cd" * 32}


def public_key(value: int, year: int = YEAR) -> MintPublicKey:
    """A key as everybody knows it."""
    return mint_key(year, value).public


@contextmanager
def till(folder: Path, clock: Any) -> Iterator[Till]:
    """A till that is ready: people, points and the keys of this year."""
    with World.made(folder, clock) as world, world.keeper() as keeper:
        made = Till(world, keeper)
        made.people()
        made.points()
        made.keys()
        try:
            yield made
        finally:
            made.public.close()
