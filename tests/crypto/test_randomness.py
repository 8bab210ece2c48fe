"""Rules of `crypto.randomness`."""

from crypto.randomness import random_bytes


def test_it_gives_as_many_bytes_as_asked_for_and_not_the_same_twice() -> None:
    assert [len(random_bytes(n)) for n in (0, 1, 32)] == [0, 1, 32]
    assert len({random_bytes(16) for _ in range(1000)}) == 1000
