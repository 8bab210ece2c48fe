"""Rules of `crypto.bech32`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import bech32
from crypto.errors import BadFormat

PREFIXES = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "age1",
        "1qqqqqqq",  # no prefix
        "age1zzzzz",  # shorter than a checksum
        "x1b4n0q5v",  # BIP 173: a character outside the alphabet
        "li1dgmt3",  # BIP 173: too short a checksum
        "A1G7SGD8",  # BIP 173: a checksum made over the prefix in upper case
        "de1lg7wt\xff",  # BIP 173: a character outside ASCII
        "\x201nwldj5",  # BIP 173: a prefix that is not printable
        "ａge1qqqqqqq",
    ],
)
def test_what_is_no_bech32_is_refused(text: str) -> None:
    with pytest.raises(BadFormat):
        bech32.decode(text)


def test_mixed_case_is_refused() -> None:
    text = bech32.encode("age", b"0123")
    with pytest.raises(BadFormat):
        bech32.decode(text.replace("age", "Age"))
    with pytest.raises(BadFormat):
        bech32.encode("aGe", b"0123")


@pytest.mark.parametrize("prefix", ["", "a b", "é"])
def test_a_wrong_prefix_is_refused(prefix: str) -> None:
    with pytest.raises(BadFormat):
        bech32.encode(prefix, b"")


@pytest.mark.parametrize(
    "text",
    # BIP 173, "Test vectors": the valid ones whose data are whole bytes.
    [
        "A12UEL5L",
        "a12uel5l",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
    ],
)
def test_the_empty_vectors_of_bip_173_decode(text: str) -> None:
    prefix, data = bech32.decode(text)
    assert data == b""
    assert bech32.encode(prefix, data) == text


@pytest.mark.parametrize(
    "text",
    [
        "age1ll2lu7g0",  # ten bits, the two to spare are ones
        "age1qdd35qf",  # five bits are no byte
        "age1qqqyst3gn",  # a whole character to spare
    ],
)
def test_wrong_padding_bits_are_refused(text: str) -> None:
    with pytest.raises(BadFormat, match="padding"):
        bech32.decode(text)


@given(PREFIXES, st.binary(max_size=64), st.data())
def test_any_changed_character_is_refused(prefix: str, data: bytes, draw: st.DataObject) -> None:
    text = bech32.encode(prefix, data)
    at = draw.draw(st.integers(len(prefix) + 1, len(text) - 1))
    other = draw.draw(st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l").filter(lambda c: c != text[at]))
    with pytest.raises(BadFormat):
        bech32.decode(text[:at] + other + text[at + 1 :])


@given(st.text(max_size=200))
def test_any_text_decodes_or_is_refused(text: str) -> None:
    try:
        prefix, data = bech32.decode(text)
    except BadFormat:
        return
    assert bech32.encode(prefix, data) in (text, text.upper())


@given(PREFIXES, st.binary(max_size=1500))
def test_what_was_encoded_decodes(prefix: str, data: bytes) -> None:
    assert bech32.decode(bech32.encode(prefix, data)) == (prefix, data)
    upper = bech32.encode(prefix.upper(), data)
    assert upper == upper.upper()
    assert bech32.decode(upper) == (prefix.upper(), data)
