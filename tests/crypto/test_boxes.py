"""Rules of `crypto.boxes`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.boxes import open_box, seal_box
from crypto.errors import CannotOpen

KEY = bytes(range(32))


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal_box(bytes(length), b"", b"")


@pytest.mark.parametrize("length", [0, 11, 27])
def test_a_short_box_is_refused(length: int) -> None:
    with pytest.raises(CannotOpen):
        open_box(KEY, bytes(length), b"")


def test_another_key_or_context_opens_nothing() -> None:
    box = seal_box(KEY, b"card", b"tip 1")
    with pytest.raises(CannotOpen):
        open_box(bytes(32), box, b"tip 1")
    with pytest.raises(CannotOpen):
        open_box(KEY, box, b"tip 2")


def test_any_changed_bit_is_refused() -> None:
    box = seal_box(KEY, b"card", b"tip 1")
    for bit in range(len(box) * 8):
        changed = bytearray(box)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotOpen):
            open_box(KEY, bytes(changed), b"tip 1")


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_any_bytes_are_refused(box: bytes, context: bytes) -> None:
    with pytest.raises(CannotOpen):
        open_box(KEY, box, context)


def test_it_is_aes_256_gcm() -> None:
    # NIST "gcmEncryptExtIV256.rsp" style, from McGrew and Viega, "The Galois/Counter Mode of
    # Operation (GCM)", appendix B, test case 14: zero key, zero nonce, one zero block.
    box = bytes.fromhex(
        "000000000000000000000000cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
    )
    assert open_box(bytes(32), box, b"") == bytes(16)


@given(st.binary(max_size=500), st.binary(max_size=50))
def test_a_box_opens_with_its_key_and_context(data: bytes, context: bytes) -> None:
    box = seal_box(KEY, data, context)
    assert open_box(KEY, box, context) == data
    assert box != seal_box(KEY, data, context)
