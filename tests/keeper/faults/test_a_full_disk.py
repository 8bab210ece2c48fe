"""A full disk: nothing is read, nothing is half written, and with room again the keeper goes on by itself."""

from tests.keeper.faults.injected import Machine, injected

WRITES_ONLY = ("pwrite64", "write")
CALLS = 80
"""More than an append makes."""


def test_a_disk_that_is_full_at_any_write_of_an_append_costs_that_reading_alone(one: Machine) -> None:
    child = one.start()
    assert one.read()
    with_room = 0
    for number in range(1, CALLS + 1):
        with injected(child, WRITES_ONLY, f"error=ENOSPC:when={number}", one.files):
            with_room += one.read()
        assert one.read()
    assert 0 < with_room < CALLS, "some calls lie behind the append, and most within it"
    one.verify()
    child.terminate()
    assert one.wait() == 0


def test_while_the_disk_is_full_the_keeper_says_so_and_shows_nothing(one: Machine) -> None:
    child = one.start()
    assert one.read()
    size = one.size()
    with injected(child, WRITES_ONLY, "error=ENOSPC:when=1+", one.files):
        assert [one.read() for _ in range(3)] == [False] * 3
    assert one.size() == size
    assert one.read()
    one.verify()
    said = one.said()
    assert "the disk is full. Nothing is read; tips still arrive" in said
    assert "Free some space; the keeper then goes on by itself." in said
