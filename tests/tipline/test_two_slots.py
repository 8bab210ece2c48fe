"""Whatever cuts a write short, the one before it stands."""

from hypothesis import given
from hypothesis import strategies as st

from tipline.two_slots import NOTHING, TRAILER, newest, place_of, slot

LENGTH = 256


def both(contents: list[bytes]) -> bytes:
    data = bytes(2 * LENGTH)
    for number, content in enumerate(contents):
        start = place_of(number, LENGTH)
        data = data[:start] + slot(content, number, LENGTH) + data[start + LENGTH :]
    return data


def test_the_last_write_counts_and_not_the_largest() -> None:
    assert newest(both([b"9", b"4"])) == (1, b"4")
    assert newest(both([b"9", b"4", b"1"])) == (2, b"1")


@given(st.data(), st.integers(1, 5), st.binary(max_size=LENGTH))
def test_whatever_stands_in_the_slot_that_is_written_the_write_before_it_counts(
    data: st.DataObject, writes: int, rubbish: bytes
) -> None:
    contents = [b"write %d" % number for number in range(writes)]
    stored, start = both(contents), place_of(writes, LENGTH)
    at = start + data.draw(st.integers(0, LENGTH - len(rubbish)))
    torn = stored[:at] + rubbish + stored[at + len(rubbish) :]
    assert newest(torn) == (writes - 1, contents[-1])


@given(st.binary(max_size=4 * TRAILER))
def test_what_is_no_pair_of_slots_holds_nothing(data: bytes) -> None:
    assert newest(data) == (NOTHING, b"")
