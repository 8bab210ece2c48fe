"""Rules of `crypto.keys`."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import bech32
from crypto.age_header import Stanza
from crypto.age_x25519 import X25519Identity
from crypto.errors import BadFormat, BadSignature, CannotOpen
from crypto.keys import (
    RECIPIENT_LENGTH,
    Identity,
    MemberSeed,
    Recipient,
    SigningKey,
    VerifyKey,
    derive,
    fingerprint,
)

SPECIFICATION = json.loads((Path(__file__).parent / "vectors" / "age_specification.json").read_text("utf-8"))
# Two points of small order, little-endian: the neutral element and one of order 8 (see crypto/keys.py).
NEUTRAL = bytes([1]) + bytes(31)
ORDER_8 = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")


@pytest.mark.parametrize("length", [0, 31, 33, 1_184, 1_217])
def test_keys_of_another_length_are_refused(length: int) -> None:
    for kind in (Recipient, Identity.from_seed, SigningKey.from_seed, VerifyKey, MemberSeed):
        with pytest.raises(BadFormat):
            kind(bytes(length))


@pytest.mark.parametrize(
    "raw", [b"\xff" * RECIPIENT_LENGTH, Identity(bytes(32)).recipient.raw[:-32] + bytes(32)]
)
def test_a_recipient_that_is_no_key_is_refused_when_it_is_used(raw: bytes) -> None:
    # Coefficients beyond the modulus (FIPS 203, 7.2), and an X25519 half of low order.
    with pytest.raises(BadFormat):
        Recipient(raw).wrap(bytes(16))


def test_a_recipient_or_identity_of_another_kind_is_refused() -> None:
    plain = X25519Identity.generate()
    longer = bech32.encode("age", bytes(RECIPIENT_LENGTH))
    for text in (plain.recipient.text, plain.reveal(), Identity.generate().reveal(), longer, ""):
        with pytest.raises(BadFormat):
            Recipient.parse(text)
    for text in (plain.recipient.text, plain.reveal(), bech32.encode("age1pq", bytes(32))):
        with pytest.raises(BadFormat):
            Identity.parse(text)


@pytest.mark.parametrize("raw", [bytes(32), NEUTRAL, ORDER_8, ORDER_8[:-1] + b"\xfa", b"\xee" + b"\xff" * 31])
def test_a_verification_key_of_small_order_is_refused(raw: bytes) -> None:
    with pytest.raises(BadFormat, match="small order"):
        VerifyKey(raw)


def test_a_signature_by_another_key_over_another_message_or_of_another_length_is_refused() -> None:
    key = SigningKey.generate()
    signature = key.sign(b"read tip 1")
    for other, signed, message in (
        (SigningKey.generate(), signature, b"read tip 1"),
        (key, signature, b"read tip 2"),
        (key, signature[:-1], b"read tip 1"),
        (key, signature + b"\0", b"read tip 1"),
        (key, b"", b"read tip 1"),
    ):
        with pytest.raises(BadSignature):
            other.public.verify(signed, message)


def test_a_stanza_for_somebody_else_opens_nothing() -> None:
    stanza = Identity.generate().recipient.wrap(bytes(16))
    with pytest.raises(CannotOpen):
        Identity.generate().unwrap(stanza)


def test_a_stanza_of_a_wrong_shape_is_refused() -> None:
    identity = Identity.generate()
    stanza = identity.recipient.wrap(bytes(16))
    share = stanza.arguments[0]
    for arguments, body in (
        ((), stanza.body),
        ((share, "more"), stanza.body),
        ((share[:-3],), stanza.body),
        ((share + "AAAA",), stanza.body),
        ((share,), stanza.body + b"\0"),
        ((share,), stanza.body[:-1]),
    ):
        with pytest.raises(BadFormat, match=r"wrong (shape|length)|base64"):
            identity.unwrap(Stanza(stanza.kind, arguments, body))


@given(st.text(max_size=100))
def test_any_text_is_no_key(text: str) -> None:
    for parse in (Recipient.parse, Identity.parse):
        with pytest.raises(BadFormat):
            parse(text)


def test_the_specifications_pair_is_reproduced() -> None:
    pair = SPECIFICATION["pairs"][0]
    identity = Identity.parse(pair["identity"])
    assert identity.recipient.text == pair["recipient"]
    assert identity.reveal() == pair["identity"]
    assert Recipient.parse(pair["recipient"]) == identity.recipient


def test_signatures_match_rfc_8032() -> None:
    # RFC 8032, section 7.1, test 2.
    key = SigningKey.from_seed(
        bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    )
    assert key.public.raw.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = key.sign(b"\x72")
    assert signature.hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    key.public.verify(signature, b"\x72")


def test_derivation_is_hkdf_sha256() -> None:
    # RFC 5869, appendix A.3: no salt, no info.
    assert derive(b"\x0b" * 22, "", 42).hex() == (
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    )


def test_a_members_keys_are_always_the_same_and_do_not_overlap() -> None:
    seed = MemberSeed(bytes(range(32)))
    again = MemberSeed(seed.seed)
    assert seed.identity.recipient == again.identity.recipient
    assert seed.signing_key.public == again.signing_key.public
    assert len({seed.seed, seed.identity.seed, seed.signing_key.seed}) == 3
    assert MemberSeed.generate().seed != MemberSeed.generate().seed


def test_public_keys_compare_and_hash_by_their_bytes() -> None:
    identity = Identity.generate()
    assert Recipient(identity.recipient.raw) == identity.recipient
    assert len({identity.recipient, Recipient(identity.recipient.raw), Identity.generate().recipient}) == 2
    key = SigningKey.generate().public
    assert len({key, VerifyKey(key.raw)}) == 1
    assert identity.recipient != identity.recipient.raw
    assert key != key.raw
    assert identity.recipient.raw[:4].hex() in repr(identity.recipient)
    assert key.raw.hex() in repr(key)


def test_a_fingerprint_is_four_groups_of_five_digits_and_depends_on_both_keys() -> None:
    one, two = MemberSeed(bytes(32)), MemberSeed(b"\x01" * 32)
    prints = {fingerprint(a.identity.recipient, b.signing_key.public) for a in (one, two) for b in (one, two)}
    assert len(prints) == 4
    for text in prints:
        assert [len(group) for group in text.split(" ")] == [5, 5, 5, 5]
        assert text.replace(" ", "").isdecimal()
