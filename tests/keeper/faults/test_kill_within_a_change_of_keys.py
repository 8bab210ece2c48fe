"""Kill -9 at every write and fsync of the commit that brings the log its next keys: a start goes on."""

import signal

from tests.journeys.trial import wait_for
from tests.keeper.faults.injected import WRITES, Machine, injected
from tipline.addresses import answers_socket
from tipline.keeper import rotation

MOST = 120
"""More calls than that commit makes."""
FEWEST = 12
"""Fewer would mean that it was not met: journal, database and last signed head are written and synced."""


def test_a_keeper_killed_anywhere_in_the_commit_of_its_next_keys_goes_on_with_them(one: Machine) -> None:
    changes = 1
    while begins_and_is_killed(one, changes):
        one.start()
        settles(one, changes)
        changes += 1
        assert changes < MOST
    assert changes > FEWEST
    settles(one, changes)


def begins_and_is_killed(one: Machine, number: int) -> bool:
    """Begin one more change of the keys; whether a keeper that takes it up was killed at its n-th call."""
    rotation.begin(one.world.keeper_folder, one.world.settings.origin, one.world.clock)
    child = one.hold()
    with injected(child, WRITES, f"signal=SIGKILL:when={number}", one.files):
        child.let_go()
        wait_for("it answers or is gone", lambda: answers(one) or child.has_ended(), pause=0.005)
    if not child.has_ended():
        return False
    assert one.wait() == -signal.SIGKILL
    return True


VERIFIED = 10
"""Each so many changes the whole log is taken out."""


def answers(one: Machine) -> bool:
    return answers_socket(one.world.settings.operator_socket)()


def settles(one: Machine, changes: int) -> None:
    """The keeper that runs has the keys that were begun; readings go on, and the log verifies."""
    folder, roster = one.world.keeper_folder, one.client.roster()
    assert not rotation.is_under_way(folder)
    assert len(roster.past_log_keys) == changes
    assert (roster.log_key, roster.log_key_pq) == tuple(key.public for key in folder.present_pair())
    assert one.read()
    if changes % VERIFIED == 0:
        one.verify()
    one.terminate()
    assert one.wait() == 0
