"""Rules of `crypto.tracking_codes`."""

import hashlib

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import assume, given
from hypothesis import strategies as st

from crypto.errors import BadFormat
from crypto.tracking_codes import MistypedCode, TrackingCode

CODES = st.binary(min_size=16, max_size=16).map(TrackingCode.from_bytes)
CODE = TrackingCode.from_bytes(bytes(range(16)))
GROUPS = CODE.reveal().split(" ")


def mistyped(text: str) -> MistypedCode:
    """The refusal that ``text`` gets."""
    with pytest.raises(MistypedCode) as refused:
        TrackingCode.parse(text)
    return refused.value


@pytest.mark.parametrize("length", [0, 15, 17])
def test_another_length_is_refused(length: int) -> None:
    with pytest.raises(BadFormat):
        TrackingCode.from_bytes(bytes(length))


@given(CODES, st.data())
def test_every_single_wrong_digit_is_caught_and_its_group_named(
    code: TrackingCode, draw: st.DataObject
) -> None:
    groups = code.reveal().split(" ")
    place, at = draw.draw(st.integers(0, 7)), draw.draw(st.integers(0, 5))
    digit = draw.draw(st.sampled_from("0123456789").filter(lambda d: d != groups[place][at]))
    wrong = groups[place][:at] + digit + groups[place][at + 1 :]
    refusal = mistyped(" ".join([*groups[:place], wrong, *groups[place + 1 :]]))
    assert wrong in refusal.groups
    assert (refusal.missing, refusal.surplus) == (0, 0)
    others = set(refusal.groups) - {wrong}
    # Named beside it is only the group whose place it claims.
    assert others <= {group for group in groups if int(group) % 11 == int(wrong) % 11}


@given(CODES, st.integers(0, 7), st.integers(0, 4))
def test_every_swap_of_neighbouring_digits_is_caught(code: TrackingCode, place: int, at: int) -> None:
    groups = code.reveal().split(" ")
    group = groups[place]
    assume(group[at] != group[at + 1])
    groups[place] = group[:at] + group[at + 1] + group[at] + group[at + 2 :]
    assert groups[place] in mistyped(" ".join(groups)).groups


def test_where_two_groups_claim_one_place_both_are_named() -> None:
    wrong = f"{11 * 1_000 + 5:06d}"
    refusal = mistyped(" ".join([*GROUPS[:2], wrong, *GROUPS[3:]]))
    assert refusal.groups == (wrong, GROUPS[5])
    assert (refusal.missing, refusal.surplus) == (0, 0)


def test_a_group_beyond_sixteen_bits_is_wrong() -> None:
    wrong = f"{11 * 65_536 + 2:06d}"
    assert mistyped(" ".join([*GROUPS[:2], wrong, *GROUPS[3:]])).groups == (wrong,)


@pytest.mark.parametrize("count", range(8))
def test_missing_groups_are_counted_and_right_ones_never_named(count: int) -> None:
    refusal = mistyped(" ".join(GROUPS[:count]))
    assert (refusal.groups, refusal.missing, refusal.surplus) == ((), 8 - count, 0)


def test_surplus_groups_are_counted() -> None:
    refusal = mistyped(CODE.reveal() + " 000008")
    assert (refusal.groups, refusal.missing, refusal.surplus) == (("000008",), 0, 1)


def test_letters_and_odd_digits_are_named_as_they_were_typed() -> None:
    assert mistyped(" ".join([GROUPS[0][:5] + "O", *GROUPS[1:]])).groups == (GROUPS[0][:5] + "O",)
    assert mistyped(" ".join(["12345²", *GROUPS[1:]])).groups == ("12345²",)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in "000008")
    assert mistyped(" ".join([wide, *GROUPS[1:]])).groups == (wide,)


def test_a_short_group_is_named() -> None:
    assert mistyped(" ".join([*GROUPS[:3], GROUPS[3][:5], *GROUPS[4:]])).groups == (GROUPS[3][:5],)


@given(CODES, st.integers(0, 47))
def test_a_digit_lost_from_an_unspaced_code_names_the_part_around_it(code: TrackingCode, at: int) -> None:
    run = code.reveal().replace(" ", "")
    refusal = mistyped(run[:at] + run[at + 1 :])
    assert [len(group) for group in refusal.groups] == [5]
    assert (refusal.missing, refusal.surplus) == (0, 0)


@given(CODES, st.integers(0, 48), st.sampled_from("0123456789"))
def test_a_digit_doubled_in_an_unspaced_code_is_caught(code: TrackingCode, at: int, digit: str) -> None:
    run = code.reveal().replace(" ", "")
    assert mistyped(run[:at] + digit + run[at:]).groups


def test_an_endless_text_is_refused_unread() -> None:
    refusal = mistyped("12345 " * 100_000)
    assert (refusal.groups, refusal.missing) == ((), 8)


def test_a_refusal_says_nothing_of_the_code_when_printed() -> None:
    refusal = mistyped(" ".join(["000008", *GROUPS[1:]]))
    assert not any(character.isdecimal() for character in str(refusal) + repr(refusal))


@given(st.text(max_size=120) | st.text("0123456789 -", max_size=80))
def test_any_text_is_refused_or_read(text: str) -> None:
    try:
        code = TrackingCode.parse(text)
    except MistypedCode:
        refusal = mistyped(text)
        assert refusal.groups or refusal.missing or refusal.surplus
    else:
        assert TrackingCode.parse(code.reveal()).raw == code.raw


@given(CODES)
def test_a_code_shows_eight_groups_of_six_digits(code: TrackingCode) -> None:
    groups = code.reveal().split(" ")
    assert len(groups) == 8
    assert all(len(group) == 6 and int(group) % 11 == place for place, group in enumerate(groups))


@given(
    CODES,
    st.permutations(range(8)),
    st.sampled_from([" ", "  ", "\n", "-", "–", " . ", ",", "，", "\u3000", "·", "/"]),
)
def test_groups_in_any_order_and_spacing_are_read(code: TrackingCode, order: list[int], between: str) -> None:
    groups = code.reveal().split(" ")
    assert TrackingCode.parse(between.join(groups[place] for place in order)).raw == code.raw


@given(CODES, st.sampled_from([0xFF10, 0x0660, 0x06F0, 0x0966, 0x1D7CE]))
def test_decimal_digits_of_any_script_are_read(code: TrackingCode, zero: int) -> None:
    text = "".join(chr(zero + int(c)) if c.isdecimal() else c for c in code.reveal())
    assert TrackingCode.parse(text).raw == code.raw
    assert TrackingCode.parse(text.replace(" ", "")).raw == code.raw


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 12, 24, 48])
def test_a_code_in_another_rhythm_is_read(size: int) -> None:
    run = CODE.reveal().replace(" ", "")
    text = " ".join(run[at : at + size] for at in range(0, len(run), size))
    assert TrackingCode.parse(text).raw == CODE.raw


def test_zero_width_characters_do_not_disturb() -> None:
    text = "\ufeff\u200e" + CODE.reveal().replace(" ", "\u200b ") + "\u200f"
    assert TrackingCode.parse(text).raw == CODE.raw


def test_a_group_typed_twice_counts_once() -> None:
    assert TrackingCode.parse(f"{CODE.reveal()} {GROUPS[3]}").raw == CODE.raw
    assert mistyped(" ".join([*GROUPS[:7], GROUPS[0]])).missing == 1


def test_what_is_derived_depends_on_the_bytes_alone_and_does_not_overlap() -> None:
    again = TrackingCode.parse(CODE.reveal())
    derived, expected = (
        [code.locator, code.identity.seed, code.claim_key.seed, code.marker_key, code.root_key]
        for code in (CODE, again)
    )
    assert derived == expected
    assert len({*derived, CODE.raw}) == 6
    assert all(len(secret) == 32 for secret in derived)
    assert CODE.locator_hash == hashlib.sha256(CODE.locator).digest()


def test_a_case_has_a_code_of_its_own_that_shares_nothing_and_leads_back_to_nothing() -> None:
    case = CODE.for_protection()
    assert case.raw == HKDF(SHA256(), 16, None, b"tipline/code/protection").derive(CODE.raw)
    assert case.raw == TrackingCode.parse(CODE.reveal()).for_protection().raw
    assert TrackingCode.parse(case.reveal()).raw == case.raw
    secrets = [
        secret
        for code in (CODE, case, case.for_protection())
        for secret in (code.raw, code.locator, code.identity.seed, code.claim_key.seed, code.marker_key)
    ]
    assert len(set(secrets)) == len(secrets)


def test_fresh_codes_differ() -> None:
    assert len({TrackingCode.generate().raw for _ in range(100)}) == 100
