"""Vouchers: what is cut, mistyped or foreign is told apart, and a voucher can be made again."""

import hashlib
import hmac
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.blind_rsa import MintKey, MintPublicKey
from crypto.errors import BadFormat, BadSignature
from crypto.pss import encode_pss
from crypto.vouchers import (
    CutVoucher,
    ForeignVoucher,
    MistypedVoucher,
    NotAVoucher,
    SeveralVouchers,
    Voucher,
    VoucherError,
    VoucherSeed,
    derive_voucher,
)

FROZEN: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "vouchers.json").read_text("utf-8"))
KEY = MintPublicKey.from_hex(FROZEN["n"])
KEYS = {(FROZEN["year"], FROZEN["value"]): KEY}
CARRIED: str = FROZEN["carried"]
ROOT = bytes.fromhex(FROZEN["root"])
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def frozen_seed() -> VoucherSeed:
    return derive_voucher(ROOT, FROZEN["award"], FROZEN["year"], FROZEN["value"], FROZEN["number"], KEY)


def hkdf(secret: bytes, info: str, length: int) -> bytes:
    """RFC 5869 by hand."""
    key, blocks, block = hmac.digest(bytes(32), secret, "sha256"), b"", b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(key, block + info.encode() + bytes([number]), "sha256")
        blocks += block
    return blocks[:length]


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    "text", ["", "   ", "hello", "490118 262147", "TIPLINE-VOUCHE", "x" * 30_000, "我的代码", "AB23" * 20]
)
def test_what_is_no_voucher_is_called_none(text: str) -> None:
    with pytest.raises(NotAVoucher):
        Voucher.read(text, KEYS)


@pytest.mark.parametrize("length", [16, 18, 20, 21, 25, 26, 27, 100, 400, 697])
def test_a_voucher_without_its_end_is_called_cut(length: int) -> None:
    with pytest.raises(CutVoucher):
        Voucher.read(CARRIED[:length], KEYS)


@pytest.mark.parametrize("start", [1, 15, 16, 21, 26, 300])
def test_a_voucher_without_its_beginning_is_called_cut(start: int) -> None:
    with pytest.raises(CutVoucher):
        Voucher.read(CARRIED[start:], KEYS)


@pytest.mark.parametrize("at", [16, 17, 21, 26, 27, 90, 500, 696, 697])
def test_a_wrong_character_is_called_mistyped(at: int) -> None:
    alphabet = "0123456789" if at < 26 else BASE32
    for character in (alphabet[(alphabet.find(CARRIED[at]) + 1) % len(alphabet)], "?", "\x00"):
        if character != CARRIED[at]:
            with pytest.raises(MistypedVoucher):
                Voucher.read(CARRIED[:at] + character + CARRIED[at + 1 :], KEYS)


@pytest.mark.parametrize("more", ["A", "=", "thank you"])
def test_characters_after_a_voucher_are_called_mistyped(more: str) -> None:
    with pytest.raises(MistypedVoucher):
        Voucher.read(CARRIED + more, KEYS)


def test_two_vouchers_at_once_are_refused_as_two() -> None:
    with pytest.raises(SeveralVouchers):
        Voucher.read(f"{CARRIED}\n{CARRIED}", KEYS)


def test_a_whole_voucher_of_another_mint_is_called_foreign() -> None:
    other = MintKey.generate()
    seed = derive_voucher(ROOT, 1, 2026, 5_000, 0, other.public)
    foreign = seed.finish(other.blind_sign(seed.blinding.blinded), other.public)
    with pytest.raises(ForeignVoucher):
        Voucher.read(foreign.carry(), KEYS)


def test_a_voucher_claims_no_other_value_or_year() -> None:
    voucher = Voucher.read(CARRIED, KEYS)
    for year, value in ((2026, 50_000), (2027, 5_000)):
        lying = Voucher(year, value, voucher.message, voucher.signature)
        other = MintKey.generate().public
        for keys in (KEYS, {**KEYS, (year, value): other}):
            with pytest.raises(ForeignVoucher):
                Voucher.read(lying.carry(), keys)


def test_the_answer_of_another_mint_makes_no_voucher() -> None:
    other, seed = MintKey.generate(), frozen_seed()
    foreign = derive_voucher(ROOT, FROZEN["award"], 2026, 5_000, 1, other.public)
    answer = other.blind_sign(foreign.blinding.blinded)
    with pytest.raises((BadSignature, BadFormat)):
        seed.finish(answer, KEY)
    with pytest.raises(BadFormat):
        seed.finish(answer[1:], KEY)


def test_neither_voucher_nor_seed_is_shown() -> None:
    for secret in (Voucher.read(CARRIED, KEYS), frozen_seed()):
        assert {repr(secret), str(secret), f"{secret}"} == {f"{type(secret).__name__}(…)"}


@given(text=st.text(max_size=200) | st.text(alphabet=CARRIED[:40] + "\n :-", max_size=100))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    with pytest.raises(VoucherError):
        Voucher.read(text, KEYS)


@given(at=st.integers(0, 697), character=st.sampled_from(BASE32 + "0189:-?"), cut=st.booleans())
def test_one_slip_never_makes_another_voucher(at: int, character: str, cut: bool) -> None:
    slipped = CARRIED[:at] + ("" if cut else character) + CARRIED[at + 1 :]
    if slipped != CARRIED:
        with pytest.raises((CutVoucher, MistypedVoucher)):
            Voucher.read(slipped, KEYS)


# --------------------------------------------------------------------- rules


def test_the_same_code_award_and_number_give_the_same_voucher_for_years() -> None:
    seed = frozen_seed()
    assert seed.message.hex() == FROZEN["message"]
    assert seed.blinding.blinded.hex() == FROZEN["blinded"]
    voucher = seed.finish(bytes.fromhex(FROZEN["blind_signature"]), KEY)
    assert voucher.carry() == CARRIED


def test_message_salt_and_factor_are_what_the_document_says() -> None:
    print_of_key = hashlib.sha256(FROZEN["n"].encode()).hexdigest()
    info = f"tipline/voucher/{FROZEN['award']}/2026/5000/1/{print_of_key}"
    message = hkdf(ROOT, f"{info}/message", 32)
    encoded = int.from_bytes(encode_pss(message, hkdf(ROOT, f"{info}/salt", 48), 3_071), "big")
    candidates = (
        int.from_bytes(hkdf(ROOT, f"{info}/factor/{attempt}", 384), "big") for attempt in itertools.count()
    )
    factor = next(candidate for candidate in candidates if candidate < KEY.n)
    assert message.hex() == FROZEN["message"]
    assert f"{encoded * pow(factor, 65_537, KEY.n) % KEY.n:0768x}" == FROZEN["blinded"]


def test_whatever_differs_gives_an_unrelated_voucher() -> None:
    other = MintKey.generate().public
    seeds = [
        frozen_seed(),
        derive_voucher(bytes(16), 4_711, 2026, 5_000, 1, KEY),
        derive_voucher(ROOT, 4_712, 2026, 5_000, 1, KEY),
        derive_voucher(ROOT, 4_711, 2027, 5_000, 1, KEY),
        derive_voucher(ROOT, 4_711, 2026, 500, 1, KEY),
        derive_voucher(ROOT, 4_711, 2026, 5_000, 0, KEY),
        derive_voucher(ROOT, 4_711, 2026, 5_000, 1, other),
    ]
    for part in (
        [seed.message for seed in seeds],
        [seed.blinding.blinded for seed in seeds],
        [seed.blinding.inverse for seed in seeds],
    ):
        assert len(set(part)) == len(seeds)


@pytest.mark.parametrize(
    "carry",
    [
        CARRIED,
        CARRIED.lower(),
        "\n".join(re.findall(".{1,60}", CARRIED)),
        " ".join(re.findall(".{1,4}", CARRIED)),
        f"  My voucher:\n\n{CARRIED}\n",
        CARRIED.replace(":", "\uff1a").replace("-", "\uff0d"),
        CARRIED.replace("-", "\u2011"),
        "\u200b".join(re.findall(".{1,70}", CARRIED)),
        "".join(chr(ord(c) + 0xFEE0) for c in CARRIED),
    ],
    ids=["plain", "lower", "lines", "groups", "words before", "colons", "dash", "zero width", "full width"],
)
def test_a_voucher_is_read_however_a_messenger_carried_it(carry: str) -> None:
    voucher = Voucher.read(carry, KEYS)
    assert (voucher.year, voucher.value, voucher.message.hex()) == (2026, 5_000, FROZEN["message"])
    assert voucher.carry() == CARRIED
    assert voucher.spent == hashlib.sha256(voucher.message).digest()


def test_a_carried_voucher_fits_the_tight_characters_of_a_qr_code() -> None:
    # ISO/IEC 18004, 7.4.4; 734 of them fit into version 17 with correction M.
    assert set(CARRIED) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert len(CARRIED) + len("500000") - len("5000") <= 734
