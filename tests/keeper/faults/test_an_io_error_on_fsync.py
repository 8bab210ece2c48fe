"""An I/O error on fsync: what was perhaps dropped is trusted no more, and the process starts anew."""

import pytest

from tests.keeper.faults.injected import SYNCS, Machine, injected

CALLS = 6
"""More syncs than an append makes on its files."""


def test_a_keeper_whose_disk_failed_at_any_fsync_ends_and_starts_anew_with_what_is_stored(
    one: Machine,
) -> None:
    ended = 0
    for number in range(1, CALLS + 1):
        child = one.start()
        one.check()
        assert one.read()
        with injected(child, SYNCS, f"error=EIO:when={number}", one.files):
            survived = one.read()
        ended += not survived
        assert one.said().count('"disk failed"') == ended
        if survived:
            child.terminate()
        assert one.wait() == (0 if survived else 1)
    assert ended >= 3, "journal, database and last signed head are synced each"
    child = one.start()
    assert one.read()
    one.verify()
    said = one.said()
    assert "the disk failed" in said
    assert "Nothing was shown. The keeper ends and must be started anew" in said
    assert "replace the disk" in said


@pytest.mark.parametrize("call", ["pwrite64", "ftruncate"])
def test_a_keeper_whose_disk_failed_at_any_other_write_has_shown_nothing(one: Machine, call: str) -> None:
    child = one.start()
    assert one.read()
    for number in range(1, 12):
        with injected(child, (call,), f"error=EIO:when={number}", one.files):
            one.read()
        one.size()
    child.kill()
    one.wait()
    child = one.start()
    assert one.read()
    one.verify()
