"""Rules of `crypto.slips`."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import age, canonical
from crypto.errors import BadFormat, CannotOpen, CryptoError
from crypto.keys import Identity
from crypto.policies import KINDS, POLICY_LENGTH, Policy, Route
from crypto.slips import make_slip, open_inner, open_outer, rewrap

KEEPER = Identity.from_seed(b"k" * 32)
DESK = Identity.from_seed(b"d" * 32)
ITEM_KEY = Identity.from_seed(b"i" * 32)
ROUTE = Route(("intake", "integrity"), ("u1", "u12"))
POLICY = Policy("0" * 32, "1" * 64, "2" * 32, "intake", 1, "text", ROUTE, "3" * 64)
FIELDS: dict[str, Any] = canonical.decode(POLICY.encode().rstrip(b"\0"))

IDS = st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True)
ID_SETS = st.frozensets(IDS, max_size=6).map(lambda ids: tuple(sorted(ids)))
POLICIES = st.builds(
    Policy,
    item=st.binary(min_size=16, max_size=16).map(bytes.hex),
    digest=st.binary(min_size=32, max_size=32).map(bytes.hex),
    tip=st.binary(min_size=16, max_size=16).map(bytes.hex),
    desk=IDS,
    epoch=st.integers(0, 10_000),
    kind=st.sampled_from(sorted(KINDS)),
    route=st.builds(Route, ID_SETS, ID_SETS),
    claim=st.binary(min_size=32, max_size=32).map(bytes.hex),
)


def block(fields: dict[str, Any]) -> bytes:
    """A policy block of any fields."""
    return canonical.encode(fields).ljust(POLICY_LENGTH, b"\0")


@pytest.fixture(scope="module")
def slip() -> bytes:
    return make_slip(POLICY, ITEM_KEY, KEEPER.recipient, DESK.recipient)


def test_without_the_keeper_a_slip_opens_nothing(slip: bytes) -> None:
    for identity in (DESK, ITEM_KEY, Identity.generate()):
        with pytest.raises(CannotOpen):
            open_outer(slip, identity)
        with pytest.raises(CannotOpen):
            open_inner(slip, identity)


def test_the_keeper_alone_gets_no_item_key(slip: bytes) -> None:
    _, inner = open_outer(slip, KEEPER)
    for identity in (KEEPER, Identity.generate()):
        with pytest.raises(CannotOpen):
            open_inner(inner, identity)


def test_a_slip_shows_neither_policy_nor_item_key(slip: bytes) -> None:
    for canary in (POLICY.item, POLICY.digest, POLICY.desk, ITEM_KEY.reveal(), ITEM_KEY.seed.decode()):
        assert canary.encode() not in slip
    _, inner = open_outer(slip, KEEPER)
    assert b"AGE-SECRET-KEY" not in inner


@pytest.mark.parametrize("content", [b"", b"short", bytes(POLICY_LENGTH), b"{}".ljust(POLICY_LENGTH, b"\0")])
def test_what_the_keeper_opens_must_be_a_slip(content: bytes) -> None:
    with pytest.raises(BadFormat):
        open_outer(age.seal(content, [KEEPER.recipient]), KEEPER)


@pytest.mark.parametrize("content", [b"", b"\xff", DESK.recipient.text.encode(), ITEM_KEY.seed])
def test_what_the_desk_opens_must_be_an_item_key(content: bytes) -> None:
    with pytest.raises(BadFormat):
        open_inner(age.seal(content, [DESK.recipient]), DESK)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("item", "0" * 31),
        ("item", "A" * 32),
        ("item", "0" * 32 + "\n"),
        ("tip", "g" * 32),
        ("digest", "1" * 32),
        ("claim", ""),
        ("desk", ""),
        ("epoch", -1),
        ("kind", "texts"),
    ],
)
def test_a_field_of_another_form_is_refused(field: str, value: Any) -> None:
    with pytest.raises(BadFormat):
        dataclasses.replace(POLICY, **{field: value})
    with pytest.raises(BadFormat):
        Policy.decode(block({**FIELDS, field: value}))


@pytest.mark.parametrize("day", ["2026-3-3", "2026-02-30", "20260303", "2026-03-03 ", "today", 3, None])
def test_a_day_that_is_none_is_refused(day: Any) -> None:
    fields = {**FIELDS, "kind": "message", "day": day}
    with pytest.raises(BadFormat):
        Policy.decode(block(fields))


@pytest.mark.parametrize("kind", sorted(KINDS - {"message"}))
def test_the_policy_of_a_message_alone_has_a_day(kind: str) -> None:
    with pytest.raises(BadFormat):
        Policy.decode(block({**FIELDS, "kind": kind, "day": "2026-03-03"}))


def test_a_policy_without_a_day_leaves_it_out() -> None:
    with pytest.raises(BadFormat):
        Policy.decode(block({**FIELDS, "kind": "message", "day": ""}))
    message = dataclasses.replace(POLICY, kind="message")
    assert b'"day"' not in message.encode()
    dated = dataclasses.replace(message, day="2026-03-03")
    assert Policy.decode(dated.encode()) == dated
    assert Policy.decode(message.encode()) == message


@pytest.mark.parametrize("ids", [("b", "a"), ("a", "a"), ("",), ("u3 u1",), ("U1",), ("u1\n",), ("u" * 41,)])
def test_a_route_that_is_not_in_order_or_names_what_is_no_id_is_refused(ids: tuple[str, ...]) -> None:
    with pytest.raises(BadFormat):
        Route(ids, ())
    with pytest.raises(BadFormat):
        Route((), ids)
    with pytest.raises(BadFormat):
        Policy.decode(block({**FIELDS, "excluded": list(ids)}))


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"epoch": True},
        {"epoch": "1"},
        {"desks": "intake"},
        {"desks": [1]},
        {"desks": [["intake"]]},
        {"desk": 1},
        {"more": 1},
    ],
)
def test_other_fields_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadFormat):
        Policy.decode(block({**FIELDS, **change}))


def test_a_missing_field_is_refused() -> None:
    for name in FIELDS:
        with pytest.raises(BadFormat):
            Policy.decode(block({key: value for key, value in FIELDS.items() if key != name}))


@pytest.mark.parametrize(
    "wrong", [POLICY.encode()[:-1], POLICY.encode() + b"\0", POLICY.encode()[:-1] + b"\x01"]
)
def test_a_block_of_another_length_or_with_other_padding_is_refused(wrong: bytes) -> None:
    with pytest.raises(BadFormat):
        Policy.decode(wrong)


def test_a_route_too_long_for_the_block_is_refused() -> None:
    long = Route((), tuple(sorted(f"u{number:09d}" for number in range(100))))
    with pytest.raises(BadFormat, match="does not fit"):
        dataclasses.replace(POLICY, route=long).encode()


@given(st.binary(max_size=1_024).map(lambda data: data.ljust(POLICY_LENGTH, b"\0")))
def test_any_block_is_refused(data: bytes) -> None:
    with pytest.raises(BadFormat):
        Policy.decode(data)


@given(st.integers(0, POLICY_LENGTH - 1), st.integers(1, 255))
def test_a_changed_block_is_refused_or_another_policy(at: int, change: int) -> None:
    data = bytearray(POLICY.encode())
    data[at] ^= change
    try:
        policy = Policy.decode(bytes(data))
    except BadFormat:
        return
    assert policy != POLICY
    assert policy.encode() == data


def test_an_altered_slip_is_refused(slip: bytes) -> None:
    for at in range(0, len(slip), 37):
        changed = bytearray(slip)
        changed[at] ^= 1
        with pytest.raises(CryptoError):
            open_outer(bytes(changed), KEEPER)


def test_rewrapping_refuses_slips_of_another_keeper_and_what_is_no_slip(slip: bytes) -> None:
    other = Identity.generate()
    with pytest.raises(CannotOpen):
        rewrap([slip], other, KEEPER.recipient)
    with pytest.raises(BadFormat):
        rewrap([slip, age.seal(b"", [KEEPER.recipient])], KEEPER, other.recipient)


@given(POLICIES)
def test_a_policy_has_1024_bytes_and_comes_back(policy: Policy) -> None:
    encoded = policy.encode()
    assert len(encoded) == POLICY_LENGTH
    assert Policy.decode(encoded) == policy


def test_keeper_and_desk_together_get_the_item_key(slip: bytes) -> None:
    policy, inner = open_outer(slip, KEEPER)
    assert policy == POLICY
    assert open_inner(inner, DESK).seed == ITEM_KEY.seed


def test_the_layers_are_plain_age_files(slip: bytes) -> None:
    # By hand: age -d -i keeper slip | tail -c +1025 | age -d -i desk
    inner = age.unseal(slip, [KEEPER])[POLICY_LENGTH:]
    assert age.unseal(inner, [DESK]).decode() == ITEM_KEY.reveal()


def test_slips_of_any_route_have_one_length() -> None:
    short = dataclasses.replace(POLICY, desk="x", route=Route((), ()))
    lengths = {
        len(make_slip(policy, ITEM_KEY, KEEPER.recipient, DESK.recipient)) for policy in (POLICY, short)
    }
    assert lengths == {4_419}


def test_rewrapped_slips_open_with_the_new_keeper_key_only(slip: bytes) -> None:
    new = Identity.generate()
    moved = rewrap([slip, slip], KEEPER, new.recipient)
    assert len(moved) == 2
    for each in moved:
        with pytest.raises(CannotOpen):
            open_outer(each, KEEPER)
        policy, inner = open_outer(each, new)
        assert policy == POLICY
        assert open_inner(inner, DESK).seed == ITEM_KEY.seed
