"""Tokens: what a cookie or a link holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.tokens import TOKEN_BYTES, Token


@given(st.text(max_size=60))
def test_what_is_no_token_is_refused_and_what_is_one_has_32_bytes(text: str) -> None:
    try:
        token = Token.parse(text)
    except ValueError:
        return
    assert token.reveal() == text


@pytest.mark.parametrize(
    "text", ["", "A" * 42, "A" * 44, "A" * 42 + "+", "A" * 42 + "B", "A" * 42 + "é", "A" * 42 + "="]
)
def test_another_length_or_alphabet_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a token"):
        Token.parse(text)


@given(st.binary(min_size=TOKEN_BYTES, max_size=TOKEN_BYTES))
def test_what_is_revealed_is_read_back(raw: bytes) -> None:
    token = Token(raw)
    again = Token.parse(token.reveal())
    assert (again.hash, again.key("a")) == (token.hash, token.key("a"))
    assert token.key("a") != token.key("b")


def test_a_token_shows_nothing_of_itself() -> None:
    token = Token.generate()
    assert token.reveal() not in f"{token} {token!r}"
    assert token.reveal() != Token.generate().reveal()
