"""Rules of `crypto.windows`."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import canonical
from crypto.errors import BadFormat
from crypto.policies import IDENTITY, Policy, Route
from crypto.windows import WINDOW_LENGTH, Window

WINDOW = Window("0" * 32, "1" * 64, "2" * 32, "intake", 1, "m00000001", 7, 1_772_600_000)
POLICY = Policy("0" * 32, "1" * 64, "2" * 32, "intake", 1, IDENTITY, Route(("intake",), ()), "3" * 64)
FIELDS: dict[str, Any] = canonical.decode(WINDOW.encode().rstrip(b"\0"))

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True)
NUMBERS = st.integers(0, 2**53)
WINDOWS = st.builds(
    Window,
    item=st.binary(min_size=16, max_size=16).map(bytes.hex),
    digest=st.binary(min_size=32, max_size=32).map(bytes.hex),
    tip=st.binary(min_size=16, max_size=16).map(bytes.hex),
    desk=NAMES,
    epoch=NUMBERS,
    requester=NAMES,
    request=NUMBERS,
    until=NUMBERS,
)


def block(fields: dict[str, Any]) -> bytes:
    """A block of any fields."""
    return canonical.encode(fields).ljust(WINDOW_LENGTH, b"\0")


def test_a_policy_is_no_window_and_a_window_no_policy() -> None:
    with pytest.raises(BadFormat):
        Window.decode(POLICY.encode())
    with pytest.raises(BadFormat):
        Policy.decode(WINDOW.encode())


@pytest.mark.parametrize(
    "change", [{"tag": "tipline-policy"}, {"tag": ""}, {"tag": 1}, {"v": 2}, {"v": True}]
)
def test_another_tag_or_version_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadFormat, match="another tag or an unknown version"):
        Window.decode(block({**FIELDS, **change}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("item", "0" * 31),
        ("item", "A" * 32),
        ("item", "0" * 32 + "\n"),
        ("tip", "g" * 32),
        ("digest", "1" * 32),
        ("desk", ""),
        ("desk", "Intake"),
        ("requester", ""),
        ("requester", "m1 m2"),
        ("requester", "m" * 41),
        ("epoch", -1),
        ("request", -1),
        ("until", -1),
        ("until", True),
        ("until", "9"),
        ("request", "7"),
        ("desk", 1),
    ],
)
def test_a_field_of_another_form_is_refused(field: str, value: Any) -> None:
    with pytest.raises(BadFormat):
        dataclasses.replace(WINDOW, **{field: value})
    with pytest.raises(BadFormat):
        Window.decode(block({**FIELDS, field: value}))


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_a_field_that_is_missing_or_too_many_is_refused(name: str) -> None:
    with pytest.raises(BadFormat):
        Window.decode(block({key: value for key, value in FIELDS.items() if key != name}))
    with pytest.raises(BadFormat):
        Window.decode(block({**FIELDS, f"{name}2": FIELDS[name]}))


@pytest.mark.parametrize(
    "wrong", [b"", WINDOW.encode()[:-1], WINDOW.encode() + b"\0", WINDOW.encode()[:-1] + b"\x01"]
)
def test_a_block_of_another_length_or_with_other_padding_is_refused(wrong: bytes) -> None:
    with pytest.raises(BadFormat):
        Window.decode(wrong)


@given(st.binary(max_size=WINDOW_LENGTH).map(lambda data: data.ljust(WINDOW_LENGTH, b"\0")))
def test_any_block_is_refused(data: bytes) -> None:
    with pytest.raises(BadFormat):
        Window.decode(data)


@given(st.integers(0, WINDOW_LENGTH - 1), st.integers(1, 255))
def test_a_changed_block_is_refused_or_another_window(at: int, change: int) -> None:
    data = bytearray(WINDOW.encode())
    data[at] ^= change
    try:
        window = Window.decode(bytes(data))
    except BadFormat:
        return
    assert window != WINDOW
    assert window.encode() == data


@given(WINDOWS)
def test_every_window_has_1024_bytes_and_comes_back(window: Window) -> None:
    encoded = window.encode()
    assert len(encoded) == WINDOW_LENGTH
    assert Window.decode(encoded) == window
