"""An award that is to be paid by name: whom to pay, who is let see it, and what clerks then state."""

from dataclasses import replace
from typing import Any, Final

from crypto.identities import open_middle, put_back
from crypto.statements import Statement
from tests.keeper.disclosing import ASKS, NAME, Ceremony
from tests.keeper.rewards.till import FIRST, YEAR, Granted, Till
from tests.world import member_id, member_seed, name
from tipline.ids import CUSTODIANS, PAYMENTS, new_item_id
from tipline.keeper_client.collecting import Collect
from tipline.sealing.items import NewItem, seal_identity

CLERK: Final = FIRST
THIRD: Final = "clerk-3"


def sit_down(one: Till, *clerks: str) -> None:
    """Let clerks hold the desk that a payee is sealed for; whoever holds it lets the next one in."""
    for clerk, by in zip(clerks, (ASKS, *clerks), strict=False):
        give(one, clerk, PAYMENTS, by)


def give(one: Till, who: str, desk: str, by: str = FIRST) -> None:
    fields = {"member": member_id(who), "desk": desk, "until": ""}
    one.client.append(one.world.sign("grant", "registrar", by, **fields))


def by_name(one: Till, granted: Granted) -> None:
    """The reporter asks to be paid by name."""
    collect = Collect(granted.tip.id, granted.award.index, YEAR, (), named=True)
    one.public.ask_by_name(collect, granted.sign(collect))


def payee_of(one: Till, granted: Granted) -> NewItem:
    """Whom to pay, as the mailbox seals it: for the pay clerks alone."""
    tip, world = granted.tip, one.world
    return seal_identity(
        new_item_id(),
        tip.id,
        NAME,
        audience=replace(tip.audience, desks=world.desk_keys(PAYMENTS)),
        custodians=world.desks[CUSTODIANS].recipient,
        claim=tip.code.claim_key,
    )


class Paying(Ceremony):
    """The same ceremony at the pay clerks' desk."""

    def request(self, by: str = CLERK, **changes: Any) -> Statement:
        return super().request(by, **({"desk": PAYMENTS, "ground": "reward"} | changes))

    def looking(self, index: int, by: str = CLERK, **changes: Any) -> Statement:
        return super().looking(index, by, **({"desk": PAYMENTS} | changes))

    def asked(self, by: str = CLERK, **changes: Any) -> int:
        return super().asked(by, **({"desk": PAYMENTS} | changes))

    def sealed_for(self, index: int, clerk: str = CLERK) -> bytes:
        """What the custodian puts back for the clerk."""
        unlocked = self.unlocked(index, desk=PAYMENTS)
        inner = open_middle(unlocked.inner, [self.world.desks[CUSTODIANS]])
        requester = member_seed(clerk).identity.recipient
        return put_back(unlocked.window, inner, requester, self.world.keeper_identity.recipient)


def paying(one: Till, amount: int = 500, *, named: bool = True) -> tuple[Paying, Granted]:
    """A new award, to be paid by name unless it is said otherwise, and whom to pay."""
    granted = one.granted(amount)
    if named:
        by_name(one, granted)
    return Paying(one.world, one.seen, granted.tip, payee_of(one, granted)), granted


def confirm(one: Till, granted: Granted, clerk: str, payee: NewItem, **changes: Any) -> None:
    """A clerk says that this payee was paid."""
    one.client.append(word(one, granted, clerk, payee, **changes))


def word(one: Till, granted: Granted, clerk: str, payee: NewItem, **changes: Any) -> Statement:
    """The statement of it."""
    fields: dict[str, Any] = {"award": granted.award.index, "amount": granted.award.amount, **name(payee)}
    return one.world.sign("pay-named", clerk, **(fields | changes))


def agreed(ceremony: Paying, *clerks: str) -> None:
    """Clerks ask whom to pay, and a custodian says yes to each."""
    for clerk in clerks:
        ceremony.decided(ceremony.asked(clerk))
