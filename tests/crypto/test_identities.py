"""Rules of `crypto.identities`: three locks, and no two of the three who hold them are enough."""

import dataclasses
import traceback
from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import age
from crypto.age_x25519 import X25519Identity
from crypto.errors import BadFormat, CannotOpen, CryptoError
from crypto.identities import make_identity_slip, open_middle, open_put_back, open_view, put_back
from crypto.keys import Identity
from crypto.policies import IDENTITY, POLICY_LENGTH, Policy, Route
from crypto.slips import make_slip, open_inner, open_outer, rewrap
from crypto.windows import WINDOW_LENGTH, Window

Opens = Callable[[bytes], None]

KEEPER = Identity.from_seed(b"k" * 32)
CUSTODIANS = Identity.from_seed(b"c" * 32)
DESK = Identity.from_seed(b"d" * 32)
REQUESTER = Identity.from_seed(b"r" * 32)
ITEM_KEY = Identity.from_seed(b"i" * 32)
OTHER = Identity.from_seed(b"o" * 32)
ROUTE = Route(("intake", "integrity"), ("u1", "u12"))
POLICY = Policy("0" * 32, "1" * 64, "2" * 32, "intake", 1, IDENTITY, ROUTE, "3" * 64)
WINDOW = Window("0" * 32, "1" * 64, "2" * 32, "intake", 1, "m00000001", 7, 1_772_600_000)

SLIP = make_identity_slip(POLICY, ITEM_KEY, KEEPER.recipient, CUSTODIANS.recipient, DESK.recipient)
RELEASED = open_outer(SLIP, KEEPER)[1]
INNER = open_middle(RELEASED, [CUSTODIANS])
PUT_BACK = put_back(WINDOW, INNER, REQUESTER.recipient, KEEPER.recipient)
VIEW = open_put_back(PUT_BACK, KEEPER)[1]


def everything_that_opens(data: bytes, keys: tuple[Identity, ...]) -> list[bytes]:
    """What somebody with these keys gets out of a file, and out of all that they find in it."""
    found, waiting = [], [data]
    while waiting:
        sealed = waiting.pop()
        for key in keys:
            try:
                content = age.unseal(sealed, [key])
            except CryptoError:
                continue
            found.append(content)
            waiting += [content, content[POLICY_LENGTH:]]
    return found


def holds_item_key(contents: list[bytes]) -> bool:
    return any(ITEM_KEY.reveal().encode() in content for content in contents)


@pytest.mark.parametrize(
    "keys",
    list(combinations((KEEPER, CUSTODIANS, DESK, REQUESTER), 2)),
    ids=["-".join(names) for names in combinations(("keeper", "custodians", "desk", "requester"), 2)],
)
def test_two_of_the_three_keys_open_no_slip(keys: tuple[Identity, ...]) -> None:
    assert not holds_item_key(everything_that_opens(SLIP, keys))
    assert holds_item_key(everything_that_opens(SLIP, (KEEPER, CUSTODIANS, DESK)))


@pytest.mark.parametrize("left_out", [KEEPER, REQUESTER, DESK], ids=["keeper", "requester", "desk"])
def test_without_one_of_its_three_keys_what_was_put_back_stays_shut(left_out: Identity) -> None:
    keys = tuple(key for key in (KEEPER, REQUESTER, DESK, CUSTODIANS) if key is not left_out)
    assert not holds_item_key(everything_that_opens(PUT_BACK, keys))
    assert holds_item_key(everything_that_opens(PUT_BACK, (KEEPER, REQUESTER, DESK)))


def test_a_custodian_never_gets_the_item_key_and_a_reader_not_without_one() -> None:
    with pytest.raises(CannotOpen):
        open_inner(RELEASED, DESK)
    with pytest.raises(CannotOpen):
        open_inner(INNER, CUSTODIANS)
    with pytest.raises(CannotOpen):
        open_view(VIEW, CUSTODIANS, DESK)
    with pytest.raises(CannotOpen):
        open_view(VIEW, REQUESTER, CUSTODIANS)
    with pytest.raises(CannotOpen):
        open_view(INNER, REQUESTER, DESK)


@pytest.mark.parametrize(
    "keys", [(), (OTHER,), (DESK,), (KEEPER, OTHER)], ids=["none", "other", "desk", "keeper"]
)
def test_only_the_custodians_take_the_middle_lock_off(keys: tuple[Identity, ...]) -> None:
    with pytest.raises(CannotOpen):
        open_middle(RELEASED, keys)


def test_only_the_keeper_takes_its_lock_off_what_was_put_back() -> None:
    for key in (REQUESTER, DESK, CUSTODIANS, OTHER):
        with pytest.raises(CannotOpen):
            open_put_back(PUT_BACK, key)


def test_layers_in_another_order_are_refused() -> None:
    text = ITEM_KEY.reveal().encode()
    swapped = age.seal(age.seal(text, [CUSTODIANS.recipient]), [DESK.recipient])
    with pytest.raises(CannotOpen):
        open_middle(swapped, [CUSTODIANS])
    turned = age.seal(age.seal(text, [REQUESTER.recipient]), [DESK.recipient])
    with pytest.raises(CannotOpen):
        open_view(turned, REQUESTER, DESK)


@pytest.mark.parametrize(
    "inside",
    [
        ITEM_KEY.reveal().encode(),
        b"",
        age.seal(b"x", [DESK.recipient, OTHER.recipient]),
        age.seal(b"x", [X25519Identity.generate().recipient]),
    ],
    ids=["item-key", "nothing", "two-desks", "another-lock"],
)
def test_a_custodian_gets_nothing_that_is_not_locked_for_one_desk(inside: bytes) -> None:
    with pytest.raises(CryptoError):
        open_middle(age.seal(inside, [CUSTODIANS.recipient]), [CUSTODIANS])
    with pytest.raises(CryptoError):
        put_back(WINDOW, inside, REQUESTER.recipient, KEEPER.recipient)


def test_a_slip_is_nothing_that_was_put_back_and_the_other_way_round() -> None:
    with pytest.raises(BadFormat):
        open_put_back(SLIP, KEEPER)
    with pytest.raises(BadFormat):
        open_outer(PUT_BACK, KEEPER)
    with pytest.raises(BadFormat):
        rewrap([PUT_BACK], KEEPER, OTHER.recipient)


@pytest.mark.parametrize("content", [b"", b"short", bytes(WINDOW_LENGTH), b"{}".ljust(WINDOW_LENGTH, b"\0")])
def test_what_the_keeper_opens_must_have_been_put_back(content: bytes) -> None:
    with pytest.raises(BadFormat):
        open_put_back(age.seal(content, [KEEPER.recipient]), KEEPER)


def test_an_identity_gets_no_slip_without_the_custodians_lock_and_nothing_else_gets_one_with_it() -> None:
    with pytest.raises(BadFormat):
        make_slip(POLICY, ITEM_KEY, KEEPER.recipient, DESK.recipient)
    text = dataclasses.replace(POLICY, kind="text")
    with pytest.raises(BadFormat):
        make_identity_slip(text, ITEM_KEY, KEEPER.recipient, CUSTODIANS.recipient, DESK.recipient)


def _open_slip(data: bytes) -> None:
    _, released = open_outer(data, KEEPER)
    open_inner(open_middle(released, [CUSTODIANS]), DESK)


def _open_released(data: bytes) -> None:
    open_inner(open_middle(data, [CUSTODIANS]), DESK)


def _open_put_back(data: bytes) -> None:
    open_view(open_put_back(data, KEEPER)[1], REQUESTER, DESK)


def _open_view(data: bytes) -> None:
    open_view(data, REQUESTER, DESK)


LAYERS = [
    pytest.param(SLIP, _open_slip, id="slip"),
    pytest.param(RELEASED, _open_released, id="released"),
    pytest.param(PUT_BACK, _open_put_back, id="put-back"),
    pytest.param(VIEW, _open_view, id="view"),
]


@pytest.mark.parametrize(("sealed", "opens"), LAYERS)
def test_every_flipped_byte_is_refused(sealed: bytes, opens: Opens) -> None:
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(CryptoError):
            opens(bytes(changed))


@pytest.mark.parametrize(("sealed", "opens"), LAYERS)
@given(st.data())
def test_every_other_byte_is_refused_and_the_error_shows_no_key(
    sealed: bytes, opens: Opens, data: st.DataObject
) -> None:
    changed = bytearray(sealed)
    changed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CryptoError) as refused:
        opens(bytes(changed))
    shown = "".join(traceback.format_exception(refused.value)) + repr(refused.value)
    assert "AGE-SECRET-KEY" not in shown
    assert not any(key.seed.hex() in shown for key in (KEEPER, CUSTODIANS, DESK, REQUESTER, ITEM_KEY))


@pytest.mark.parametrize(("sealed", "opens"), LAYERS)
@given(st.data())
def test_what_is_cut_short_or_goes_on_is_refused(sealed: bytes, opens: Opens, data: st.DataObject) -> None:
    with pytest.raises(CryptoError):
        opens(sealed[: data.draw(st.integers(0, len(sealed) - 1))])
    with pytest.raises(CryptoError):
        opens(sealed + data.draw(st.binary(min_size=1, max_size=40)))


def test_no_layer_shows_what_is_inside() -> None:
    for sealed in (SLIP, RELEASED, INNER, PUT_BACK, VIEW):
        for canary in (POLICY.item, POLICY.digest, "intake", WINDOW.requester, "AGE-SECRET-KEY"):
            assert canary.encode() not in sealed


def test_the_three_keys_together_get_the_item_key() -> None:
    policy, released = open_outer(SLIP, KEEPER)
    assert policy == POLICY
    earlier = Identity.generate()  # the custodians' key of another epoch
    assert open_inner(open_middle(released, [earlier, CUSTODIANS]), DESK).seed == ITEM_KEY.seed


def test_what_was_put_back_opens_for_its_requester_and_tells_its_window() -> None:
    window, inner = open_put_back(PUT_BACK, KEEPER)
    assert window == WINDOW
    assert open_view(inner, REQUESTER, DESK).seed == ITEM_KEY.seed


def test_all_layers_are_plain_age_files() -> None:
    # By hand: age -d -i keeper slip | tail -c +1025 | age -d -i custodians | age -d -i desk
    middle = age.unseal(SLIP, [KEEPER])[1_024:]
    assert age.unseal(age.unseal(middle, [CUSTODIANS]), [DESK]).decode() == ITEM_KEY.reveal()
    middle = age.unseal(PUT_BACK, [KEEPER])[1_024:]
    assert age.unseal(age.unseal(middle, [REQUESTER]), [DESK]).decode() == ITEM_KEY.reveal()


def test_identity_slips_of_any_route_have_one_length() -> None:
    short = dataclasses.replace(POLICY, desk="x", route=Route((), ()))
    lengths = {
        len(make_identity_slip(policy, ITEM_KEY, KEEPER.recipient, CUSTODIANS.recipient, DESK.recipient))
        for policy in (POLICY, short)
    }
    assert len(lengths) == 1


def test_a_rewrapped_identity_slip_keeps_both_inner_locks() -> None:
    new = Identity.generate()
    [moved] = rewrap([SLIP], KEEPER, new.recipient)
    policy, released = open_outer(moved, new)
    assert policy == POLICY
    assert open_inner(open_middle(released, [CUSTODIANS]), DESK).seed == ITEM_KEY.seed
