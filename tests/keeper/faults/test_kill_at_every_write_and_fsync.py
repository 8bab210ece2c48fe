"""Kill -9 at every write and fsync of an append, for N = 1 … 200."""

import signal

from tests.keeper.faults.injected import WRITES, Machine, injected

KILLS = 200
READINGS = 40
"""More than enough for 200 calls."""


def test_a_keeper_killed_at_every_write_and_fsync_of_an_append_has_shown_nothing_without_its_entry(
    one: Machine,
) -> None:
    for number in range(1, KILLS + 1):
        child = one.start()
        one.check()
        with injected(child, WRITES, f"signal=SIGKILL:when={number}"):
            readings = sum(1 for _ in iter(one.read, False) if _)
        assert one.wait() == -signal.SIGKILL
        assert readings < READINGS
        if number % 50 == 0:
            one.size()
    child = one.start()
    one.verify()
    assert one.read()
    assert len(one.lost) == KILLS
    assert len(one.handed) > KILLS
    assert "log stopped" not in one.said()
    child.terminate()
    assert one.wait() == 0
