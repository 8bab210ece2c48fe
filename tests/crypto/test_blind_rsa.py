"""Blind signatures: what is no number of the key is refused, and RFC 9474's vectors match."""

import copy
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from crypto.blind_rsa import Blinding, MintKey, MintPublicKey, SigningFailed
from crypto.errors import BadFormat, BadSignature
from crypto.pss import encode_pss
from crypto.randomness import random_bytes

RFC = json.loads((Path(__file__).parent / "vectors" / "rfc9474.json").read_text("utf-8"))
MESSAGE, SALT = b"\x07" * 32, b"\x08" * 48


class LongPublicKey(MintPublicKey):
    """The RFC's vectors have a modulus of 4,096 bits."""

    BITS: ClassVar[int] = 4_096


class LongZeroPublicKey(LongPublicKey):
    """And two of them no salt."""

    SALT_LENGTH: ClassVar[int] = 0


@pytest.fixture(scope="module")
def key() -> MintKey:
    return MintKey.generate()


@pytest.fixture(scope="module")
def another() -> MintKey:
    return MintKey.generate()


def factors(_: int) -> bytes:
    return random_bytes(MintPublicKey.length())


def blinding(key: MintKey, message: bytes = MESSAGE) -> Blinding:
    return key.public.blind(message, SALT, factors)


def signed(key: MintKey, message: bytes = MESSAGE) -> bytes:
    hidden = blinding(key, message)
    return key.public.finalize(message, key.blind_sign(hidden.blinded), hidden.inverse)


def pem(key: Any) -> bytes:
    return bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda number, n: number[1:], id="cut"),
        pytest.param(lambda number, n: b"\0" + number, id="too long"),
        pytest.param(lambda number, n: b"", id="empty"),
        pytest.param(lambda number, n: bytes(384), id="zero"),
        pytest.param(lambda number, n: n.to_bytes(384, "big"), id="the modulus"),
        pytest.param(lambda number, n: (n + 1).to_bytes(384, "big"), id="above the modulus"),
        pytest.param(lambda number, n: b"\xff" * 384, id="the largest"),
    ],
)
def test_what_is_no_number_below_the_modulus_is_never_signed(
    key: MintKey, spoil: Callable[[bytes, int], bytes]
) -> None:
    hidden = blinding(key)
    spoiled = spoil(hidden.blinded, key.public.n)
    with pytest.raises(BadFormat):
        key.blind_sign(spoiled)
    for blind_signature, inverse in ((spoiled, hidden.inverse), (hidden.blinded, spoiled)):
        with pytest.raises(BadFormat):
            key.public.finalize(MESSAGE, blind_signature, inverse)


def test_the_answer_of_another_key_is_refused(key: MintKey, another: MintKey) -> None:
    hidden = blinding(key)
    small = min(key.public.n, another.public.n)
    blinded = (int.from_bytes(hidden.blinded, "big") % small).to_bytes(384, "big")
    answer = (int.from_bytes(another.blind_sign(blinded), "big") % small).to_bytes(384, "big")
    with pytest.raises(BadSignature):
        key.public.finalize(MESSAGE, answer, hidden.inverse)


def test_the_answer_to_another_message_is_refused(key: MintKey) -> None:
    hidden, other = blinding(key), blinding(key, b"\x09" * 32)
    with pytest.raises(BadSignature):
        key.public.finalize(MESSAGE, key.blind_sign(other.blinded), hidden.inverse)


def test_the_inverse_of_another_blinding_finishes_nothing(key: MintKey) -> None:
    hidden = blinding(key)
    with pytest.raises(BadSignature):
        key.public.finalize(MESSAGE, key.blind_sign(hidden.blinded), blinding(key).inverse)


def test_a_finished_signature_is_for_one_key_and_one_message(key: MintKey, another: MintKey) -> None:
    signature = signed(key)
    for public, message, spoiled in (
        (another.public, MESSAGE, signature),
        (key.public, b"\x09" * 32, signature),
        (key.public, MESSAGE, signature[:-1]),
        (key.public, MESSAGE, signature + b"\0"),
        (key.public, MESSAGE, signature[:-1] + bytes([signature[-1] ^ 1])),
        (key.public, MESSAGE, b""),
        (key.public, MESSAGE, bytes(384)),
    ):
        with pytest.raises(BadSignature):
            public.verify(message, spoiled)


def test_a_signature_with_a_salt_of_another_length_is_none_of_the_mints(key: MintKey) -> None:
    ordinary = serialization.load_pem_private_key(key.to_pem(), None)
    assert isinstance(ordinary, rsa.RSAPrivateKey)
    for length in (0, 32, 47, 49):
        scheme = padding.PSS(padding.MGF1(hashes.SHA384()), length)
        with pytest.raises(BadSignature):
            key.public.verify(MESSAGE, ordinary.sign(MESSAGE, scheme, hashes.SHA384()))


@pytest.mark.parametrize("length", [0, 32, 47, 49])
def test_a_salt_of_another_length_blinds_nothing(key: MintKey, length: int) -> None:
    with pytest.raises(BadFormat, match="48 bytes"):
        key.public.blind(MESSAGE, bytes(length), factors)


@pytest.mark.parametrize("bits", [1_024, 2_048, 3_071, 3_073, 4_096])
def test_a_key_has_exactly_3072_bits(bits: int) -> None:
    with pytest.raises(BadFormat, match="3072 bits"):
        MintPublicKey((1 << bits - 1) + 1)


def test_an_even_modulus_is_refused(key: MintKey) -> None:
    with pytest.raises(BadFormat):
        MintPublicKey(key.public.n - 1)


@pytest.mark.parametrize(
    "spoil",
    [str.upper, lambda text: text[1:], lambda text: f"0{text}", lambda text: f"0x{text[2:]}"],
    ids=["upper case", "cut", "too long", "with a prefix"],
)
def test_a_modulus_is_written_in_one_way(key: MintKey, spoil: Callable[[str], str]) -> None:
    with pytest.raises(BadFormat, match="lower-case"):
        MintPublicKey.from_hex(spoil(key.public.n_hex))


def test_only_an_rsa_key_of_the_mints_size_and_exponent_is_loaded() -> None:
    small, cubic = rsa.generate_private_key(65_537, 2_048), rsa.generate_private_key(3, 3_072)
    curve = ec.generate_private_key(ec.SECP256R1())
    for each in (pem(small), pem(cubic), pem(curve), b"", b"-----BEGIN PRIVATE KEY-----\n"):
        with pytest.raises(BadFormat):
            MintKey.from_pem(each)


def test_a_computing_fault_gives_nothing_away(key: MintKey, monkeypatch: pytest.MonkeyPatch) -> None:
    # One wrong half is enough: gcd(wrong^e - value, n) would be a prime of the key.
    blinded, right = blinding(key).blinded, key._root
    q = key._numbers.q
    monkeypatch.setattr(key, "_root", lambda value: (right(value) + q) % key.public.n)
    with pytest.raises(SigningFailed):
        key.blind_sign(blinded)


def test_the_private_key_is_never_shown_or_copied(key: MintKey) -> None:
    for text in (repr(key), str(key), f"{key}"):
        assert text == "MintKey(…)"
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="never pickled"):
            copied(key)


def test_a_blinding_shows_nothing(key: MintKey) -> None:
    assert repr(blinding(key)) == str(blinding(key)) == "Blinding(…)"


# --------------------------------------------------------------------- rules


@pytest.mark.parametrize("vector", RFC["vectors"], ids=lambda vector: vector["name"])
def test_the_vectors_of_rfc_9474_match(vector: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    p, q, n, e, d = (int(RFC["key"][name], 16) for name in "pqned")
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(e, n)
    )
    salt = bytes.fromhex(vector["salt"])
    monkeypatch.setattr(MintKey, "PUBLIC", LongPublicKey if salt else LongZeroPublicKey)
    mint = MintKey(numbers.private_key())
    message = bytes.fromhex(vector["prefix"] + vector["message"])
    factor = pow(int(vector["inverse"], 16), -1, n).to_bytes(512, "big")
    hidden = mint.public.blind(message, salt, lambda _: factor)
    assert hidden.blinded.hex() == vector["blinded"]
    assert hidden.inverse.hex() == vector["inverse"]
    blind_signature = mint.blind_sign(hidden.blinded)
    assert blind_signature.hex() == vector["blind_signature"]
    signature = mint.public.finalize(message, blind_signature, hidden.inverse)
    assert signature.hex() == vector["signature"]
    if "encoded" in vector:
        assert encode_pss(message, salt, n.bit_length() - 1).hex() == vector["encoded"]


def test_an_ordinary_pss_verifier_takes_the_signature(key: MintKey) -> None:
    ordinary = rsa.RSAPublicNumbers(65_537, key.public.n).public_key()
    scheme = padding.PSS(padding.MGF1(hashes.SHA384()), 48)
    ordinary.verify(signed(key), MESSAGE, scheme, hashes.SHA384())


def test_a_key_comes_back_from_its_file(key: MintKey) -> None:
    again = MintKey.from_pem(key.to_pem())
    assert (again.public, again.public.n_hex) == (key.public, key.public.n_hex)
    assert MintPublicKey.from_hex(key.public.n_hex) == key.public
    blinded = blinding(key).blinded
    assert again.blind_sign(blinded) == key.blind_sign(blinded)


def test_the_mint_computes_with_another_number_each_time(
    key: MintKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How long a power takes depends on its base: nobody who chose the input may know that base.
    blinded, right = blinding(key).blinded, key._root
    seen: list[int] = []

    def watched(value: int) -> int:
        seen.append(value)
        return right(value)

    monkeypatch.setattr(key, "_root", watched)
    assert key.blind_sign(blinded) == key.blind_sign(blinded)
    assert len({*seen, int.from_bytes(blinded, "big")}) == 3


def test_factors_that_are_no_units_are_passed_over(key: MintKey) -> None:
    n, p = key.public.n, key._numbers.p
    good = random_bytes(383).rjust(384, b"\0")
    tried = [bytes(384), n.to_bytes(384, "big"), b"\xff" * 384, p.to_bytes(384, "big"), good]
    assert (
        key.public.blind(MESSAGE, SALT, tried.__getitem__).inverse
        == key.public.blind(MESSAGE, SALT, lambda _: good).inverse
    )


@given(message=st.binary(max_size=200), salt=st.binary(min_size=48, max_size=48))
def test_whatever_is_blinded_can_be_finished(key: MintKey, message: bytes, salt: bytes) -> None:
    hidden = key.public.blind(message, salt, factors)
    assert len(hidden.blinded) == len(hidden.inverse) == 384
    signature = key.public.finalize(message, key.blind_sign(hidden.blinded), hidden.inverse)
    key.public.verify(message, signature)


def test_one_message_is_blinded_into_any_number(key: MintKey) -> None:
    """For each blinded value and each message there is one factor that leads from one to the other.

    So the mint, with its private key and all signatures, finds a factor for every pair: none is likelier.
    """
    first, second = signed(key), signed(key, b"\x09" * 32)
    answer = int.from_bytes(key.blind_sign(blinding(key).blinded), "big")
    for signature in (first, second):
        factor = answer * pow(int.from_bytes(signature, "big"), -1, key.public.n) % key.public.n
        message = MESSAGE if signature == first else b"\x09" * 32
        encoded = pow(int.from_bytes(signature, "big"), 65_537, key.public.n)
        hidden = encoded * pow(factor, 65_537, key.public.n) % key.public.n
        inverse = pow(factor, -1, key.public.n).to_bytes(384, "big")
        blind_signature = key.blind_sign(hidden.to_bytes(384, "big"))
        assert int.from_bytes(blind_signature, "big") == answer
        assert key.public.finalize(message, blind_signature, inverse) == signature
