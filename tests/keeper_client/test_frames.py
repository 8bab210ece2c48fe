"""A frame is one object, however it comes in, and no second one before the answer."""

import socket
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadFormat
from tipline.keeper_client import frames

LIMIT = 1_000
OBJECTS = st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers(0, 9), max_size=5)


def test_a_frame_behind_another_is_refused() -> None:
    whole = frames.encode({"op": "hello"})
    with pytest.raises(BadFormat):
        frames.Incoming(LIMIT).take(whole + whole[:1])


@pytest.mark.parametrize("length", [LIMIT + 1, 2**32 - 1])
def test_a_frame_that_announces_too_much_is_refused_at_once(length: int) -> None:
    with pytest.raises(BadFormat):
        frames.Incoming(LIMIT).take(length.to_bytes(4, "big"))


def test_what_a_frame_announces_takes_no_memory() -> None:
    incoming = frames.Incoming(frames.MAX_FRAME)
    assert incoming.take(frames.MAX_FRAME.to_bytes(4, "big")) is None
    assert incoming.wanted <= 256 * 1024


def test_an_object_that_is_too_long_is_not_framed() -> None:
    with pytest.raises(BadFormat):
        frames.encode({"op": "x" * frames.MAX_FRAME})


@given(OBJECTS, st.lists(st.integers(1, 40), max_size=8))
def test_an_object_comes_out_as_it_went_in_whatever_the_pieces(
    value: dict[str, Any], cuts: list[int]
) -> None:
    data, incoming, found = frames.encode(value), frames.Incoming(LIMIT), None
    for cut in [*cuts, len(data)]:
        assert found is None
        piece, data = data[:cut], data[cut:]
        if piece:
            found = incoming.take(piece)
        if not data:
            break
    assert found == value


def test_an_end_inside_a_frame_is_told_from_one_before_it() -> None:
    for sent, midway in ((b"", False), (b"\0", True), (b"\0\0\0\x05{", True)):
        ours, theirs = socket.socketpair()
        with closing(ours), closing(theirs):
            theirs.sendall(sent)
            theirs.shutdown(socket.SHUT_WR)
            with pytest.raises(frames.ConnectionEnded) as ended:
                frames.receive(ours)
        assert ended.value.midway is midway
