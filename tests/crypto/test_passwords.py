"""Rules of `crypto.passwords`. Each call takes an eighth of a second, so there are few."""

import unicodedata

import pytest

from crypto.errors import BadFormat, CannotOpen
from crypto.passwords import LANES, MEMORY_KIB, PASSES, unwrap, wrap

SECRET = b"a seed of thirty-two bytes here!"
KEY_FILE = bytes(range(32))
PASSWORD = "Straße né 口令"


@pytest.fixture(scope="module")
def wrapped() -> bytes:
    return wrap(SECRET, PASSWORD, KEY_FILE)


def test_a_guess_costs_what_the_source_recommends() -> None:
    assert (MEMORY_KIB, PASSES, LANES) == (64 * 1024, 3, 4)  # RFC 9106, section 4


def test_a_wrong_password_opens_nothing(wrapped: bytes) -> None:
    with pytest.raises(CannotOpen):
        unwrap(wrapped, PASSWORD + " ", KEY_FILE)


def test_another_key_file_opens_nothing(wrapped: bytes) -> None:
    with pytest.raises(CannotOpen):
        unwrap(wrapped, PASSWORD, KEY_FILE[::-1])


@pytest.mark.parametrize("key_file", [b"", bytes(31)])
def test_a_key_file_that_guards_nothing_is_refused(wrapped: bytes, key_file: bytes) -> None:
    with pytest.raises(BadFormat):
        wrap(SECRET, PASSWORD, key_file)
    with pytest.raises(BadFormat):
        unwrap(wrapped, PASSWORD, key_file)


@pytest.mark.parametrize("at", [1, 17, -1])
def test_altered_bytes_open_nothing(wrapped: bytes, at: int) -> None:
    changed = bytearray(wrapped)
    changed[at] ^= 1
    with pytest.raises(CannotOpen):
        unwrap(bytes(changed), PASSWORD, KEY_FILE)


def test_another_version_or_a_short_text_is_refused_before_any_work(wrapped: bytes) -> None:
    for other in (b"", b"\x01", wrapped[:16], b"\x02" + wrapped[1:]):
        with pytest.raises(CannotOpen, match="version"):
            unwrap(other, PASSWORD, KEY_FILE)


def test_half_a_surrogate_pair_is_a_wrong_password_and_no_crash(wrapped: bytes) -> None:
    with pytest.raises(CannotOpen):
        unwrap(wrapped, "\ud800", KEY_FILE)


def test_a_password_opens_however_its_accents_were_typed(wrapped: bytes) -> None:
    assert unwrap(wrapped, unicodedata.normalize("NFD", PASSWORD), KEY_FILE) == SECRET
