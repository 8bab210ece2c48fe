"""tipline/confined/slots.py: whoever sends without end holds up nobody else."""

import threading
import time
from pathlib import Path

import pytest

from tipline.cleaning.service import Cleaner, Sender
from tipline.confined.errors import CannotRead
from tipline.confined.slots import Slots
from tipline.confined.types import Reason


def test_a_sender_who_sends_without_end_leaves_the_other_place_free(tmp_path: Path) -> None:
    worker, other_worker = Slots(tmp_path), Slots(tmp_path)
    with worker.hold("greedy", 0):
        for slots in (worker, other_worker):
            with pytest.raises(CannotRead) as refused, slots.hold("greedy", 0.1):
                pytest.fail("never entered")
            assert refused.value.reason is Reason.BUSY
        with other_worker.hold("somebody else", 0):
            pass
    with other_worker.hold("greedy", 0):
        pass


def test_who_came_first_is_cleaned_first(tmp_path: Path) -> None:
    slots, order, threads = Slots(tmp_path), list[str](), list[threading.Thread]()

    def wait(name: str) -> None:
        with slots.hold(name, 60):
            order.append(name)

    # One place stays taken, so that only one of them is at work at a time.
    with slots.hold("one", 0):
        with slots.hold("two", 0):
            for number in range(6):
                threads.append(threading.Thread(target=wait, args=(str(number),)))
                threads[-1].start()
                while len(slots._queue) <= number:
                    time.sleep(0.001)
        for thread in threads:
            thread.join()
    assert order == ["0", "1", "2", "3", "4", "5"]


def test_who_gave_up_waiting_holds_up_nobody(tmp_path: Path) -> None:
    slots = Slots(tmp_path)
    with slots.hold("one", 0), slots.hold("two", 0), pytest.raises(CannotRead), slots.hold("three", 0.1):
        pytest.fail("never entered")
    with slots.hold("four", 0):
        pass


def test_waiting_for_ones_own_file_holds_up_nobody(tmp_path: Path) -> None:
    slots = Slots(tmp_path)
    with slots.hold("greedy", 0):
        waiting = threading.Thread(target=lambda: slots.hold("greedy", 60).__enter__())
        waiting.start()
        with slots.hold("somebody else", 0):
            pass
    waiting.join()


def test_a_sender_is_told_what_their_file_took_whatever_became_of_it_and_nothing_of_waiting(
    tmp_path: Path,
) -> None:
    spent: list[float] = []
    cleaner, sender = Cleaner(tmp_path, wait=0.1), Sender("somebody", spent.append)
    with pytest.raises(CannotRead), cleaner.clean("image/jpeg", [b"no picture"], sender):
        pytest.fail("never entered")
    assert len(spent) == 1
    assert spent[0] > 0
    with (
        Slots(tmp_path).hold("somebody", 0),
        pytest.raises(CannotRead),
        cleaner.clean("image/jpeg", [], sender),
    ):
        pytest.fail("never entered")
    assert len(spent) == 1
