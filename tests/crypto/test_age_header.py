"""Rules of `crypto.age_header`."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.age_header import Header, Stanza, decode_base64, encode_base64, encode_header, read_header
from crypto.errors import BadFormat, CannotOpen

KEY = bytes(range(16))
VERSION = b"age-encryption.org/v1\n"
STANZA = b"-> kind argument\nAAAA\n"
END = b"--- " + b"A" * 43 + b"\n"
VCHARS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=80)


def read(data: bytes) -> Header:
    return read_header(BytesIO(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        VERSION,
        VERSION + END,  # no recipient
        VERSION + STANZA,  # no end
        VERSION + STANZA + END[:-1],  # the end is cut
        STANZA + END,
        b"age-encryption.org/v2\n" + STANZA + END,
        b"age-encryption.org/v1\r\n" + STANZA + END,
        b"-----BEGIN AGE ENCRYPTED FILE-----\n",
        VERSION + b"\n" + STANZA + END,
        VERSION + b"->\nAAAA\n" + END,
        VERSION + b"-> \nAAAA\n" + END,
        VERSION + b"-> kind \nAAAA\n" + END,
        VERSION + b"-> kind  argument\nAAAA\n" + END,
        VERSION + b"-> kind\targument\nAAAA\n" + END,
        VERSION + b"-> kind \xc3\xa9\nAAAA\n" + END,
        VERSION + b"-> kind\r\nAAAA\n" + END,
        VERSION + b"->  kind\nAAAA\n" + END,
        VERSION + b"-> kind\n" + END,  # no body
        VERSION + b"-> kind\n" + b"A" * 64 + b"\n" + END,  # the body's last line is full
        VERSION + b"-> kind\n" + b"A" * 68 + b"\n" + END,  # a line too long
        VERSION + b"-> kind\nAAAA\nAAAA\n" + END,  # a short line in between
        VERSION + b"-> kind\nAA==\n" + END,  # padded base64
        VERSION + b"-> kind\nAB\n" + END,  # base64 that is not canonical
        VERSION + b"-> kind\nA\n" + END,
        VERSION + b"-> kind\nAA-_\n" + END,  # another alphabet
        VERSION + b"-> kind\nAA A\n" + END,
        VERSION + STANZA + b"---\n",
        VERSION + STANZA + b"---" + b"A" * 43 + b"\n",
        VERSION + STANZA + b"---  " + b"A" * 43 + b"\n",
        VERSION + STANZA + b"--- " + b"A" * 42 + b"\n",
        VERSION + STANZA + b"--- " + b"A" * 42 + b"B\n",
        VERSION + STANZA + b"--- " + b"A" * 43 + b"=\n",
        VERSION + STANZA + b"--- " + b"A" * 43 + b" \n",
        VERSION + STANZA + b"--- " + b"A" * 43 + b"\r\n",
        VERSION + STANZA + b"---- " + b"A" * 43 + b"\n",
    ],
)
def test_what_the_grammar_does_not_allow_is_refused(data: bytes) -> None:
    with pytest.raises(BadFormat):
        read(data)


@pytest.mark.parametrize("data", [VERSION + b"-> " + b"A" * 20_000, VERSION + STANZA * 60_000 + END])
def test_an_endless_header_is_refused(data: bytes) -> None:
    with pytest.raises(BadFormat, match="too long"):
        read(data)


def test_a_header_made_with_another_file_key_is_refused() -> None:
    header = read(encode_header(KEY, [Stanza("kind", (), b"body")]))
    with pytest.raises(CannotOpen):
        header.verify(bytes(16))


def test_an_altered_header_is_refused() -> None:
    data = encode_header(KEY, [Stanza("kind", ("argument",), b"body")])
    with pytest.raises(CannotOpen):
        read(data.replace(b"argument", b"Argument")).verify(KEY)


@given(st.binary(max_size=400))
def test_any_bytes_after_the_version_are_refused_or_read(data: bytes) -> None:
    try:
        header = read(VERSION + data)
    except BadFormat:
        return
    assert (VERSION + data).startswith(header.covered)


@given(st.binary(max_size=20) | st.text("AB+/=-_ ", max_size=8).map(str.encode))
def test_base64_has_one_form(text: bytes) -> None:
    try:
        data = decode_base64(text)
    except BadFormat:
        return
    assert encode_base64(data) == text


@given(
    st.lists(
        st.builds(Stanza, VCHARS, st.lists(VCHARS, max_size=3).map(tuple), st.binary(max_size=200)),
        min_size=1,
        max_size=4,
    ),
    st.binary(max_size=20),
)
def test_what_was_encoded_is_read_up_to_the_payload(stanzas: list[Stanza], payload: bytes) -> None:
    source = BytesIO(encode_header(KEY, stanzas) + payload)
    header = read_header(source)
    header.verify(KEY)
    assert header.stanzas == tuple(stanzas)
    assert source.read() == payload
