"""A pay desk at work: clerks with accounts, awards that people granted, vouchers from a real mint."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert
from werkzeug.test import TestResponse

from crypto.policies import Route
from crypto.tracking_codes import TrackingCode
from crypto.vouchers import Voucher
from tests.admin.conftest import Office, Staff, wrapped
from tests.admin.printing import english
from tests.admin.rewarding import Rewarding
from tests.admin.walking import walk
from tests.clocks import FixedClock
from tests.keeper.rewards.known import award_of
from tests.keeper.rewards.till import POINT, Granted, Till
from tests.world import NOON, SealedTip, World, member_body, member_id
from tipline.accounts.models import Account
from tipline.ids import TipId
from tipline.keeper.service import Keeper
from tipline.keeper_client.public import Pickup
from tipline.sealing.audience import Audience
from tipline.tips.moves import TipState

FIRST, SECOND, THIRD = CLERKS = ("clerk-1", "clerk-2", "clerk-3")
SMALL: Final = {"tier": "ordinary", "amount": "500", "major": ["serious"]}
"""An award of one voucher of the least value."""


@dataclass
class Counter:
    """An office with its till; `awards` are the numbers of those that were granted here."""

    office: Office
    till: Till
    rewarding: Rewarding
    awards: list[int] = field(default_factory=list)
    browsers: dict[str, Staff] = field(default_factory=dict)

    @classmethod
    def of(cls, office: Office, keeper: Keeper) -> "Counter":
        """Clerks with accounts, points, the keys of this year and its budget."""
        till, rewarding = Till(office.world, keeper), Rewarding(office)
        for name in CLERKS:
            till.client.append(office.world.sign("member", "registrar", member=member_body(name, "u9")))
            held = {"member": member_id(name), "role": "pay-clerk", "held": True}
            till.client.append(office.world.sign("role", "registrar", "registrar-2", **held))
        shared = {"name_salt": b"", "wrapped": wrapped("auditor"), "last_step": 0}
        with office.database.writing() as session:
            rows = [{"member_id": member_id(name), "name": name, **shared} for name in CLERKS]
            session.execute(insert(Account), rows)
        till.points()
        till.keys()
        rewarding.set_budget("100,000")
        return cls(office, till, rewarding)

    def granted(self) -> Granted:
        """An award of 500 yuan, granted by everybody whom it takes."""
        office = self.office
        tip, code = office.put_tip_with_code()
        number = office.keeper().next_letter("intake")
        walk(office, TipState.FEEDBACK, tip)
        award = self.rewarding.proposed(tip, **SMALL)
        self.rewarding.check(award, number=str(number))
        self.rewarding.approve(award, "500")
        self.awards.append(award)
        return granted_to(office, tip, code, award)

    def crowd(self, number: int = 5) -> Sequence[Voucher]:
        """Vouchers of so many awards, collected, under a key that two people have opened."""
        vouchers = [voucher for _ in range(number) for voucher in self.till.mint(self.granted())]
        self.till.open_key(vouchers[0].value)
        return vouchers

    def browser(self, name: str) -> Staff:
        """A member's browser in English, the same each time, who confirmed just now."""
        if name not in self.browsers:
            self.browsers[name] = english(self.office.signed_in(name, confirmed=True))
        return self.browsers[name]

    def sit(self, name: str, point: str = POINT) -> Staff:
        """A clerk's browser, at a point."""
        staff = self.browser(name)
        assert staff.post("/rewards/pay/point", {"point": point}).status_code == 303
        return staff

    def see(self, name: str, code: str) -> TestResponse:
        """A clerk types a code."""
        return self.browser(name).post("/rewards/pay/code", {"pickup_code": code})

    def lay(self, name: str, one: Pickup, /, **changes: Any) -> TestResponse:
        """A clerk confirms that the cash lies on the table, with the fields that the page has."""
        fields = {"pickup_code": one.code, "pickup": self.named(one), "value": str(one.value)}
        return self.browser(name).post("/rewards/pay/confirm", {**fields, **changes})

    def paid(self, pickup: Pickup) -> TestResponse:
        """Both clerks confirm."""
        assert self.lay(FIRST, pickup).status_code == 200
        return self.lay(SECOND, pickup)

    def pass_days(self, days: int) -> None:
        """Let days go by: everybody signs in anew."""
        self.till.pass_days(days)
        self.browsers.clear()

    def named(self, pickup: Pickup) -> str:
        """What names a code in statements."""
        return self.till.look(pickup.code, THIRD, pickup.point).pickup


def granted_to(office: Office, tip: TipId, code: TrackingCode, award: int) -> Granted:
    """An award as its reporter has it."""
    claim, keeper = code.claim_key.public.raw, office.world.keeper_identity.recipient
    sealed = SealedTip(tip, code, Audience(keeper, (), Route((), ()), claim), ())
    return Granted(sealed, award_of(office.keeper().rewards, award).award)


@contextmanager
def counter(folder: Path, clock: FixedClock | None = None) -> Iterator[Counter]:
    """An office with its keeper running and its till ready."""
    moved = clock or FixedClock(NOON)
    with ExitStack() as stack:
        world = stack.enter_context(World.made(folder, moved))
        keeper = stack.enter_context(world.keeper())
        office = Office(world, moved)
        office.start()
        stack.callback(office.services.database.dispose)
        stack.callback(office.services.keeper.close)
        made = Counter.of(office, keeper)
        stack.callback(made.till.public.close)
        yield made
