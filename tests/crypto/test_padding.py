"""Rules of `crypto.padding`."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.errors import BadFormat, CannotOpen
from crypto.padding import (
    CARD_FLOOR,
    FILE_FLOOR,
    TEXT_FLOOR,
    TRAILER_LENGTH,
    pad,
    padded_length,
    tail,
    unpad,
    unpad_stream,
)


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    """``data`` in pieces of the given sizes, then the rest."""
    for size in sizes:
        yield data[:size]
        data = data[size:]
    yield data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(7),
        bytes(7) + b"\x01",  # says one byte of data, holds none
        b"\xff" * 8,
        b"x" + bytes(7) + b"\x02",
        b"ab\x01" + bytes(7) + b"\x02",  # the padding is not zero
        b"ab" + bytes(5) + b"\x01" + bytes(7) + b"\x02",
    ],
)
def test_wrong_padding_is_refused(data: bytes) -> None:
    with pytest.raises(BadFormat):
        unpad(data)
    with pytest.raises(CannotOpen):
        list(unpad_stream([data]))


@given(st.binary(max_size=300), st.lists(st.integers(0, 40), max_size=10))
@example(b"\x01" + bytes(20), [])
def test_any_bytes_are_refused_or_read_alike_at_once_and_as_a_stream(data: bytes, sizes: list[int]) -> None:
    try:
        whole = unpad(data)
    except BadFormat:
        with pytest.raises(CannotOpen):
            list(unpad_stream(cut(data, sizes)))
    else:
        assert b"".join(unpad_stream(cut(data, sizes))) == whole


@given(st.integers(0, 2**45), st.sampled_from([CARD_FLOOR, FILE_FLOOR, TEXT_FLOOR]))
def test_a_padded_length_holds_all_and_says_little(length: int, floor: int) -> None:
    padded = padded_length(length, floor)
    total = length + TRAILER_LENGTH
    assert padded >= max(total, floor)
    # Padmé: at most 12 % more, and a mantissa no longer than the exponent.
    assert padded == floor or padded - total <= total * 0.12
    assert padded == floor or len(f"{padded:b}".rstrip("0")) <= (padded.bit_length() - 1).bit_length() + 1
    assert padded_length(length + 1, floor) >= padded


@pytest.mark.parametrize(
    ("total", "padme"),
    # By hand, as in the paper: E = ⌊log2 L⌋, S = ⌊log2 E⌋ + 1, round the last E - S bits up to zero.
    [(9, 10), (16, 16), (17, 18), (100, 104), (1_000, 1_024), (1_025, 1_088), (65_537, 67_584)],
)
def test_padme_gives_known_sizes(total: int, padme: int) -> None:
    assert padded_length(total - TRAILER_LENGTH, 0) == padme


def test_texts_of_1_and_of_2000_chinese_characters_have_one_size() -> None:
    assert {len(pad("举".encode() * count, TEXT_FLOOR)) for count in (0, 1, 2_000)} == {TEXT_FLOOR}


@given(
    st.binary(max_size=3_000) | st.integers(0, 3_000).map(bytes), st.sampled_from([0, CARD_FLOOR, FILE_FLOOR])
)
def test_what_was_padded_comes_back(data: bytes, floor: int) -> None:
    padded = pad(data, floor)
    assert len(padded) == padded_length(len(data), floor)
    assert data + b"".join(tail(len(data), floor)) == padded
    assert unpad(padded) == data
    for size in (1, 7, 8, 9, 500):
        assert b"".join(unpad_stream(cut(padded, [size] * (len(padded) // size)))) == data


def test_a_stream_of_zeros_takes_constant_memory() -> None:
    length = 20_000_000
    piece = bytes(65_536)
    full, rest = divmod(length, len(piece))

    def stream() -> Iterator[bytes]:
        yield b"\x01"
        for _ in range(full):
            yield piece
        yield piece[:rest]
        yield from tail(length + 1, FILE_FLOOR)

    tracemalloc.start()
    try:
        assert sum(map(len, unpad_stream(stream()))) == length + 1
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_tail_comes_in_pieces_of_at_most_64_kib() -> None:
    pieces = list(tail(50_000_000, FILE_FLOOR))
    assert max(map(len, pieces)) <= 65_536
    assert sum(map(len, pieces)) == padded_length(50_000_000, FILE_FLOOR) - 50_000_000
