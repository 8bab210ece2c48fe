"""Pickup codes: no slip of a digit or of neighbours passes, and only the keeper's key leads to one."""

import copy
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadFormat
from crypto.pickup_codes import MistypedPickup, PickupCode
from crypto.vouchers import Voucher

FROZEN: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "vouchers.json").read_text("utf-8"))
KEY = bytes.fromhex(FROZEN["pickup_key"])
spents = st.binary(min_size=32, max_size=32)


def digits_of(code: PickupCode) -> str:
    return code.reveal().replace(" ", "")


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    "text", ["", "123", "12345678901", "123456789x", "hello", "二三四五六七八九十一", "1" * 200, "½" * 10]
)
def test_what_is_no_ten_digits_is_refused(text: str) -> None:
    with pytest.raises(MistypedPickup):
        PickupCode.parse(text)


@given(spent=spents, at=st.integers(0, 9), by=st.integers(1, 9))
def test_every_single_wrong_digit_is_caught(spent: bytes, at: int, by: int) -> None:
    digits = digits_of(PickupCode.derive(KEY, spent, 0))
    wrong = digits[:at] + str((int(digits[at]) + by) % 10) + digits[at + 1 :]
    with pytest.raises(MistypedPickup):
        PickupCode.parse(wrong)


@given(spent=spents, at=st.integers(0, 8))
def test_every_swap_of_neighbours_is_caught(spent: bytes, at: int) -> None:
    digits = digits_of(PickupCode.derive(KEY, spent, 0))
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    if swapped != digits:
        with pytest.raises(MistypedPickup):
            PickupCode.parse(swapped)


@given(text=st.text(max_size=120))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert PickupCode.parse(text) == PickupCode.parse(PickupCode.parse(text).reveal())
    except MistypedPickup:
        return


def test_a_voucher_is_named_by_its_hash_alone() -> None:
    with pytest.raises(BadFormat):
        PickupCode.derive(KEY, bytes(31), 0)


def test_a_code_is_never_shown_or_copied() -> None:
    code = PickupCode.derive(KEY, bytes(32), 0)
    assert {repr(code), str(code), f"{code}"} == {"PickupCode(…)"}
    for copied in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError, match="never pickled"):
            copied(code)


# --------------------------------------------------------------------- rules


def test_the_codes_of_a_voucher_stay_what_they_were() -> None:
    spent = Voucher(2026, 5_000, bytes.fromhex(FROZEN["message"]), b"").spent
    codes = [PickupCode.derive(KEY, spent, attempt) for attempt in range(3)]
    assert [code.reveal() for code in codes] == FROZEN["pickups"]
    assert codes[0].digest(KEY).hex() == FROZEN["pickup_digest"]


@pytest.mark.parametrize(
    "typed", ["{0}{1}{2}", "{0} {1} {2}", "{0}-{1}-{2}", " {0}.{1}\u2009{2}\n", "({0}) {1}/{2}"]
)
def test_spaces_and_signs_between_the_digits_do_not_matter(typed: str) -> None:
    code = PickupCode.derive(KEY, bytes(32), 0)
    assert PickupCode.parse(typed.format(*code.reveal().split())) == code


def test_digits_of_any_script_are_read() -> None:
    code = PickupCode.derive(KEY, bytes(32), 0)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in digits_of(code))
    assert PickupCode.parse(wide) == code


def test_another_voucher_attempt_or_key_gives_another_code() -> None:
    codes = {
        digits_of(PickupCode.derive(key, spent, attempt))
        for key in (KEY, bytes(32))
        for spent in (bytes(32), b"\x01" * 32)
        for attempt in (0, 1)
    }
    assert len(codes) == 8
    code = PickupCode.derive(KEY, bytes(32), 0)
    assert code.digest(KEY) != code.digest(bytes(32))
    assert len(code.digest(KEY)) == 16


def test_the_check_digit_is_damms() -> None:
    # The example of the thesis: the check digit of 572 is 4.
    assert PickupCode.parse("0000005724").reveal() == "000 000 5724"
