"""A passkey's answer counts for one challenge, one host and one purpose, and a person was there.

Counterpart: py_webauthn, which parses and verifies with code of its own.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from webauthn import verify_authentication_response
from webauthn.helpers import encode_cbor
from webauthn.helpers.exceptions import InvalidAuthenticationResponse

from crypto.assertions import (
    ALGORITHMS,
    EDDSA,
    ES256,
    MAX_PART,
    RS256,
    Passkey,
    check_host,
    check_shape,
    decode_part,
    encode_part,
    url_text,
)
from crypto.errors import BadFormat, BadSignature, CryptoError
from tests.passkeys import HOST, PRESENT, VERIFIED, SoftPasskey, public_text

VECTORS = Path(__file__).parent / "vectors"
CHALLENGE = bytes(range(32))
KINDS = {algorithm: SoftPasskey.make(algorithm) for algorithm in ALGORITHMS}
SOFT = KINDS[ES256]
ANSWER = SOFT.answer(CHALLENGE)


@pytest.mark.parametrize(
    "changes",
    [
        {"flags": 0},
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"host": "tipline.example"},
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": f"https://{HOST}.evil.example"},
        {"origin": f"https://evil{HOST}"},
        {"origin": f"http://{HOST}"},
        {"origin": f"https://user@{HOST}"},
        {"origin": f"https://{HOST}/path"},
        {"origin": f"https://{HOST}:x"},
        {"origin": f"ftp://{HOST}"},
        {"origin": HOST},
        {"origin": 7},
        {"type": "webauthn.create"},
        {"type": "payment.get"},
        {"challenge": url_text(bytes(32))},
        {"challenge": url_text(CHALLENGE) + "="},
        {"challenge": None},
        {"crossOrigin": True},
        {"crossOrigin": 1},
    ],
    ids=str,
)
def test_an_answer_to_something_else_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadSignature):
        SOFT.passkey.verify(SOFT.answer(CHALLENGE, **changes), CHALLENGE)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_another_key_s_answer_is_refused(algorithm: int) -> None:
    other = SoftPasskey.make(ES256 if algorithm != ES256 else EDDSA)
    with pytest.raises(BadSignature):
        KINDS[algorithm].passkey.verify(other.answer(CHALLENGE), CHALLENGE)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_challenge_of_another_length_is_never_answered(length: int) -> None:
    with pytest.raises(BadSignature):
        SOFT.passkey.verify(SOFT.answer(bytes(length)), bytes(length))


@pytest.mark.parametrize(
    "client",
    [b"", b"{", b"[]", b"\xff", b'"text"', b'{"type":"webauthn.get","type":"webauthn.get"}', b"[" * 2000],
    ids=lambda value: repr(value[:20]),
)
def test_client_data_that_is_no_object_is_refused(client: bytes) -> None:
    data = decode_part(SOFT.answer(CHALLENGE)["authenticator_data"])
    with pytest.raises(CryptoError):
        SOFT.passkey.verify(SOFT.answer_with(data, client), CHALLENGE)


@pytest.mark.parametrize("length", [0, 31, 36, 38])
def test_authenticator_data_of_another_length_is_refused(length: int) -> None:
    good = SOFT.answer(CHALLENGE)
    data = (decode_part(good["authenticator_data"]) + b"x")[:length]
    with pytest.raises(BadFormat):
        SOFT.passkey.verify(SOFT.answer_with(data, decode_part(good["client_data"])), CHALLENGE)


@pytest.mark.parametrize(
    "assertion",
    [
        None,
        {},
        {"authenticator_data": "AA==", "client_data": "AA=="},
        {"authenticator_data": "AA==", "client_data": "AA==", "signature": "AA==", "more": "AA=="},
        {"authenticator_data": "AA", "client_data": "AA==", "signature": "AA=="},
        {"authenticator_data": "", "client_data": "AA==", "signature": "AA=="},
        {"authenticator_data": "AB==", "client_data": "AA==", "signature": "AA=="},
        {"authenticator_data": "é", "client_data": "AA==", "signature": "AA=="},
        {"authenticator_data": 1, "client_data": "AA==", "signature": "AA=="},
        {"authenticator_data": "AA==", "client_data": "AA==", "signature": encode_part(bytes(MAX_PART + 1))},
    ],
    ids=[str(number) for number in range(10)],
)
def test_what_has_not_the_form_of_an_assertion_is_refused(assertion: object) -> None:
    with pytest.raises(BadFormat):
        check_shape(assertion)


def ed25519(raw: bytes) -> str:
    return public_text(Ed25519PublicKey.from_public_bytes(raw))


GOOD = SOFT.passkey.fields()
P384 = ec.generate_private_key(ec.SECP384R1())
SHORT = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  it must be refused


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": "a="},
        {"id": "a"},
        {"id": "+/+/"},
        {"id": 1},
        {"id": url_text(bytes(1024))},
        {"key": ""},
        {"key": "AAAA"},
        {"key": public_text(P384.public_key())},
        {"key": public_text(SHORT.public_key()), "algorithm": RS256},
        {"key": public_text(X25519PrivateKey.generate().public_key()), "algorithm": EDDSA},
        {"key": ed25519(bytes(32)), "algorithm": EDDSA},
        {"key": encode_part(decode_part(GOOD["key"]) + b"\0")},
        {"algorithm": EDDSA},
        {"algorithm": RS256},
        {"algorithm": -35},
        {"algorithm": "-7"},
        {"algorithm": True},
        {"rp": ""},
        {"rp": "Admin.example"},
        {"rp": "127.0.0.1"},
        {"rp": "[::1]"},
        {"rp": "a..b"},
        {"rp": "-a.example"},
        {"rp": "a.example."},
        {"rp": "https://a.example"},
        {"rp": ("a" * 60 + ".") * 5 + "example"},
        {"rp": 1},
        {"more": 1},
    ],
    ids=[str(number) for number in range(29)],
)
def test_a_passkey_of_another_form_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadFormat):
        Passkey.read({**GOOD, **changes})


@pytest.mark.parametrize("value", [None, [], "passkey", {}, {**GOOD, "id": None}])
def test_what_is_no_passkey_is_refused(value: object) -> None:
    with pytest.raises(BadFormat):
        Passkey.read(value)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_passkey_is_read_as_it_was_written(algorithm: int) -> None:
    passkey = KINDS[algorithm].passkey
    assert Passkey.read(json.loads(json.dumps(passkey.fields()))) == passkey


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"origin": f"https://{HOST}:8443"},
        {"origin": f"https://inner.{HOST}"},
        {"flags": PRESENT | VERIFIED | 0x18},
        {"flags": PRESENT | VERIFIED | 0x80, "extra": b"\xa0"},
        {"other_keys_can_be_added_here": "yes"},
    ],
    ids=str,
)
def test_the_answer_of_a_person_who_was_there_counts(algorithm: int, changes: dict[str, Any]) -> None:
    soft = KINDS[algorithm]
    soft.passkey.verify(soft.answer(CHALLENGE, **changes), CHALLENGE)


def test_what_chromium_answered_counts() -> None:
    vector = json.loads((VECTORS / "passkey_chromium.json").read_text("utf-8"))
    challenge = bytes.fromhex(vector["challenge"])
    Passkey.read(vector["passkey"]).verify(vector["assertion"], challenge)
    with pytest.raises(BadSignature):
        Passkey.read(vector["passkey"]).verify(vector["assertion"], bytes(32))


def test_localhost_needs_no_tls_and_no_other_host_does_without() -> None:
    soft = SoftPasskey.make(host="localhost")
    soft.passkey.verify(soft.answer(CHALLENGE, origin="http://localhost:8001"), CHALLENGE)
    with pytest.raises(BadSignature):
        soft.passkey.verify(soft.answer(CHALLENGE, origin="http://127.0.0.1:8001"), CHALLENGE)


@pytest.mark.parametrize("host", ["localhost", "a.example", "admin-1.town.gov.example", "xn--fiq228c.cn"])
def test_a_host_with_a_name_may_have_passkeys(host: str) -> None:
    check_host(host)


@given(part=st.sampled_from(["authenticator_data", "client_data", "signature"]), data=st.data())
def test_no_changed_bit_of_an_answer_counts(part: str, data: st.DataObject) -> None:
    raw = bytearray(decode_part(ANSWER[part]))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(CryptoError):
        SOFT.passkey.verify({**ANSWER, part: encode_part(bytes(raw))}, CHALLENGE)


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=100))
def test_no_other_bytes_are_an_answer(data: bytes, client: bytes, signature: bytes) -> None:
    parts = dict(
        zip(
            ("authenticator_data", "client_data", "signature"),
            map(encode_part, (data, client, signature)),
            strict=True,
        )
    )
    with pytest.raises(CryptoError):
        SOFT.passkey.verify(parts, CHALLENGE)


@given(st.dictionaries(st.sampled_from([*GOOD, "more"]), st.one_of(st.text(), st.integers(), st.booleans())))
def test_no_other_object_is_a_passkey(value: dict[str, Any]) -> None:
    with pytest.raises(BadFormat):
        Passkey.read({**value, "key": value.get("key", "AAAA")})


# ------------------------------------------------------------------ the counterpart


def cose(soft: SoftPasskey) -> bytes:
    """The public key as an authenticator gives it. Source: RFC 9053, section 7; RFC 8230, section 4."""
    public = soft.private.public_key()
    if soft.passkey.algorithm == ES256:
        numbers = public.public_numbers()
        point = {-1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return encode_cbor({1: 2, 3: ES256, **point})
    if soft.passkey.algorithm == EDDSA:
        return encode_cbor({1: 1, 3: EDDSA, -1: 6, -2: public.public_bytes_raw()})
    numbers = public.public_numbers()
    return encode_cbor({1: 3, 3: RS256, -1: numbers.n.to_bytes(256, "big"), -2: b"\x01\x00\x01"})


def the_counterpart_accepts(soft: SoftPasskey, answer: dict[str, str]) -> bool:
    def plain(part: str) -> str:
        return base64.urlsafe_b64encode(decode_part(answer[part])).decode().rstrip("=")

    response = {
        "authenticatorData": plain("authenticator_data"),
        "clientDataJSON": plain("client_data"),
        "signature": plain("signature"),
    }
    identifier = soft.passkey.id
    try:
        verify_authentication_response(
            credential={"id": identifier, "rawId": identifier, "type": "public-key", "response": response},
            expected_challenge=CHALLENGE,
            expected_rp_id=soft.passkey.rp,
            expected_origin=f"https://{soft.passkey.rp}",
            credential_public_key=cose(soft),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except InvalidAuthenticationResponse:
        return False
    return True


def we_accept(soft: SoftPasskey, answer: dict[str, str]) -> bool:
    try:
        soft.passkey.verify(answer, CHALLENGE)
    except CryptoError:
        return False
    return True


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({}, True),
        ({"flags": PRESENT | VERIFIED | 0x18}, True),
        ({"flags": PRESENT}, False),
        ({"flags": VERIFIED}, False),
        ({"host": "evil.example"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"type": "webauthn.create"}, False),
        ({"challenge": url_text(bytes(32))}, False),
    ],
    ids=str,
)
def test_py_webauthn_and_we_agree(algorithm: int, changes: dict[str, Any], *, good: bool) -> None:
    soft = KINDS[algorithm]
    answer = soft.answer(CHALLENGE, **changes)
    assert the_counterpart_accepts(soft, answer) is good
    assert we_accept(soft, answer) is good


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_py_webauthn_and_we_refuse_another_signature(algorithm: int) -> None:
    soft = KINDS[algorithm]
    answer = {**soft.answer(CHALLENGE), "signature": soft.answer(bytes(32))["signature"]}
    assert not the_counterpart_accepts(soft, answer)
    assert not we_accept(soft, answer)
