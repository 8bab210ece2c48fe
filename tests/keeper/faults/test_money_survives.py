"""Kill -9 or a failing disk while money moves: neither award nor voucher is lost, nothing is paid twice."""

import signal
from dataclasses import dataclass

from crypto.vouchers import Voucher
from tests.keeper.faults.injected import SYNCS, WRITES, Machine, injected
from tests.keeper.rewards.till import FIRST, SECOND, Granted, Till
from tipline.keeper.rewards.money import KeyRow, all_keys
from tipline.keeper.snapshots import look
from tipline.keeper_client import KeeperUnavailable, Reason, Refused
from tipline.keeper_client.public import Paid, Pickup

CROWD = 5
FIRST_KILL = 3
EVERY = 11
KILLS = 8
"""From the first write of a collect to the last one of the second clerk's confirmation."""


@dataclass
class Purse:
    """One reporter's award, all the way to the cash; it begins again wherever it was cut off."""

    till: Till
    granted: Granted
    voucher: Voucher | None = None

    def fetch(self) -> None:
        """Collect, redeem, and have both clerks confirm."""
        [self.voucher] = self.till.mint(self.granted, self.till.world.clock.today().year)
        found = self.till.ask(self.voucher)
        if isinstance(found, Pickup):
            for clerk in (FIRST, SECOND):
                self._confirm(found, clerk)

    def _confirm(self, pickup: Pickup, clerk: str) -> None:
        try:
            self.till.pay(pickup, clerk)
        except Refused as why:
            if why.reason not in (Reason.ANOTHER_PERSON, Reason.ALREADY_PAID):  # it counted before the cut
                raise


def purses(one: Machine, number: int) -> tuple[Till, list[Purse]]:
    """A till with a crowd, and so many awards that may be collected."""
    with one.world.keeper() as keeper:
        made = Till(one.world, keeper)
        year = one.world.clock.today().year
        made.people()
        made.points()
        made.keys(year)
        for _ in range(CROWD):
            made.mint(made.granted(), year)
        made.open_key(500, year)
        return made, [Purse(made, made.granted()) for _ in range(number)]


def key_of_500(one: Machine) -> KeyRow:
    """What the stored rows say, as a keeper that starts anew takes them."""
    with one.world.keeper() as keeper:
        return next(row for row in look(keeper.writer, keeper._database, all_keys) if row.value == 500)


def try_to_fetch(purse: Purse) -> bool:
    try:
        purse.fetch()
    except KeeperUnavailable:
        return False
    return True


def test_whenever_a_keeper_is_killed_each_award_is_paid_once(one: Machine) -> None:
    till, waiting = purses(one, KILLS)
    cut = 0
    for place, purse in enumerate(waiting):
        child = one.start()
        with injected(child, WRITES, f"signal=SIGKILL:when={FIRST_KILL + EVERY * place}"):
            done = try_to_fetch(purse)
        cut += not done
        if done:
            child.kill()
        assert one.wait() == -signal.SIGKILL
    one.start()
    assert cut >= KILLS // 2
    assert all(map(try_to_fetch, waiting))
    require_paid_once(one, till, waiting)


def test_what_a_failing_disk_cut_off_can_be_done_again(one: Machine) -> None:
    till, waiting = purses(one, 3)
    for number, purse in enumerate(waiting, start=1):
        with injected(one.start(), SYNCS, f"error=EIO:when={number}", one.files):
            assert not try_to_fetch(purse)
        assert one.wait() == 1
    one.start()
    assert all(map(try_to_fetch, waiting))
    require_paid_once(one, till, waiting)


def require_paid_once(one: Machine, till: Till, waiting: list[Purse]) -> None:
    """Everybody has learnt the day, the log proves itself, and the rows count nothing twice."""
    for purse in waiting:
        assert purse.voucher is not None
        assert isinstance(till.ask(purse.voucher), Paid)
    one.verify()
    one.terminate()
    assert one.wait() == 0
    till.public.close()
    row, number = key_of_500(one), len(waiting)
    assert (row.minted, row.awards) == (number + CROWD, number + CROWD)
    assert (row.presented, row.paid, row.overdrawn) == (number, number, 0)
