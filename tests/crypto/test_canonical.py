"""Canonical JSON: one value, one encoding, and nothing else is read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import canonical
from crypto.errors import BadFormat

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
INTEGERS = st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
VALUES = st.recursive(
    TEXT | INTEGERS | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=5)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="not an object"),
        pytest.param(b'{"a":1,"a":1}', id="a key twice"),
        pytest.param(b'{"a":1,"\\u0061":1}', id="a key twice, once escaped"),
        pytest.param(b'{"b":1,"a":1}', id="keys out of order"),
        pytest.param(b'{"a": 1}', id="a space"),
        pytest.param(b'{"a":1}\n', id="a newline at the end"),
        pytest.param(b'{"a":null}', id="null"),
        pytest.param(b'{"a":1.0}', id="a float"),
        pytest.param(b'{"a":1e2}', id="an exponent"),
        pytest.param(b'{"a":NaN}', id="not a number"),
        pytest.param(b'{"a":-0}', id="minus zero"),
        pytest.param(b'{"a":9007199254740993}', id="beyond 2^53"),
        pytest.param(b'{"a":' + b"9" * 5000 + b"}", id="an absurdly long number"),
        pytest.param(b'{"a":"\\u00e9"}', id="a needless escape"),
        pytest.param(b'{"a":"\\/"}', id="an escaped slash"),
        pytest.param(b'{"a":"\\ud800"}', id="half a surrogate pair"),
        pytest.param(b'{"a":"\xff"}', id="not UTF-8"),
        pytest.param(b'\xef\xbb\xbf{"a":1}', id="a byte order mark"),
        pytest.param(b'{"a":' + b"[" * 8 + b"]" * 8 + b"}", id="nine levels"),
        pytest.param(b'{"a":' * 100_000, id="levels without end"),
    ],
)
def test_what_is_not_the_one_encoding_is_refused(data: bytes) -> None:
    with pytest.raises(BadFormat):
        canonical.decode(data)


@pytest.mark.parametrize(
    "value",
    [
        [],
        "text",
        {"a": None},
        {"a": 1.5},
        {"a": b"bytes"},
        {"a": (1, 2)},
        {1: "number as key"},
        {"a": [{2: "b"}]},
        {"a": canonical.MAX_INTEGER + 1},
        {"a": -canonical.MAX_INTEGER - 1},
        {"a": "\ud800"},
        {"\udfff": 1},
        {"a": [[[[[[[[]]]]]]]]},
    ],
)
def test_a_value_without_a_canonical_form_is_not_encoded(value: Any) -> None:
    with pytest.raises(BadFormat):
        canonical.encode(value)


def test_the_encoding_is_sorted_and_bare() -> None:
    value = {"ä": "é\n", "a": [True, -1, {}], "B": canonical.MAX_INTEGER}
    assert canonical.encode(value) == '{"B":9007199254740992,"a":[true,-1,{}],"ä":"é\\n"}'.encode()


def test_eight_levels_are_allowed() -> None:
    value: dict[str, Any] = {"a": [[[[[[[]]]]]]]}
    assert canonical.decode(canonical.encode(value)) == value


@given(OBJECTS)
def test_what_is_encoded_is_read_back(value: dict[str, Any]) -> None:
    assert canonical.decode(canonical.encode(value)) == value


@given(st.binary(max_size=200) | OBJECTS.map(lambda value: json.dumps(value).encode()))
def test_bytes_that_are_read_are_the_encoding_of_what_was_read(data: bytes) -> None:
    try:
        value = canonical.decode(data)
    except BadFormat:
        return
    assert canonical.encode(value) == data
