"""Rules of `crypto.age_x25519`, with pyrage (the Rust implementation) as a counterpart."""

import json
from io import BytesIO
from pathlib import Path

import pyrage  # type: ignore[import-untyped]  # it carries no annotations
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import age
from crypto.age_header import Stanza, encode_base64
from crypto.age_x25519 import X25519Identity, X25519Recipient
from crypto.errors import BadFormat, CannotOpen
from crypto.keys import Identity

SPECIFICATION = json.loads((Path(__file__).parent / "vectors" / "age_specification.json").read_text("utf-8"))
LENGTHS = [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000]


@pytest.mark.parametrize("length", [0, 31, 33])
def test_keys_of_another_length_are_refused(length: int) -> None:
    with pytest.raises(BadFormat):
        X25519Recipient(bytes(length))
    with pytest.raises(BadFormat):
        X25519Identity.from_seed(bytes(length))


def test_keys_of_another_kind_are_refused() -> None:
    other = Identity.generate()
    with pytest.raises(BadFormat):
        X25519Recipient.parse(other.recipient.text)
    with pytest.raises(BadFormat):
        X25519Identity.parse(other.reveal())


@pytest.mark.parametrize("point", [bytes(32), bytes([1]) + bytes(31)])
def test_points_of_low_order_are_refused(point: bytes) -> None:
    with pytest.raises(BadFormat, match="low order"):
        X25519Recipient(point).wrap(bytes(16))
    stanza = Stanza("X25519", (encode_base64(point).decode(),), bytes(32))
    with pytest.raises(BadFormat, match="low order"):
        X25519Identity.generate().unwrap(stanza)


def test_a_stanza_of_a_wrong_shape_is_refused() -> None:
    identity = X25519Identity.generate()
    stanza = identity.recipient.wrap(bytes(16))
    share = stanza.arguments[0]
    for arguments, body in (
        ((), stanza.body),
        ((share, share), stanza.body),
        ((share[:-4],), stanza.body),
        ((share,), stanza.body + b"\0"),
    ):
        with pytest.raises(BadFormat):
            identity.unwrap(Stanza(stanza.kind, arguments, body))


def test_a_stanza_for_somebody_else_or_of_another_kind_opens_nothing() -> None:
    identity = X25519Identity.generate()
    stanza = identity.recipient.wrap(bytes(16))
    with pytest.raises(CannotOpen):
        X25519Identity.generate().unwrap(stanza)
    with pytest.raises(CannotOpen):
        identity.unwrap(Stanza("x25519", stanza.arguments, stanza.body))


def test_the_specifications_pair_is_reproduced() -> None:
    pair = SPECIFICATION["pairs"][1]
    identity = X25519Identity.parse(pair["identity"])
    assert identity.recipient.text == pair["recipient"]
    assert identity.reveal() == pair["identity"]
    assert X25519Recipient.parse(pair["recipient"]) == identity.recipient
    assert len({identity.recipient, X25519Recipient(identity.recipient.raw)}) == 1
    assert pair["recipient"] in repr(identity.recipient)


@pytest.mark.parametrize("length", LENGTHS)
def test_what_pyrage_sealed_opens_here(length: int) -> None:
    identity = pyrage.x25519.Identity.generate()
    data = bytes(range(256)) * (length // 256) + bytes(length % 256)
    others = [pyrage.x25519.Identity.generate().to_public()]
    sealed = pyrage.encrypt(data, [*others, identity.to_public()])
    ours = X25519Identity.parse(str(identity))
    assert ours.recipient.text == str(identity.to_public())
    assert age.unseal(sealed, [ours]) == data
    assert b"".join(age.unseal_stream(BytesIO(sealed), [Identity.generate(), ours])) == data


@pytest.mark.parametrize("length", LENGTHS)
def test_what_was_sealed_here_opens_in_pyrage(length: int) -> None:
    identity = X25519Identity.generate()
    data = bytes(range(256)) * (length // 256) + bytes(length % 256)
    sealed = age.seal(data, [X25519Identity.generate().recipient, identity.recipient])
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity.reveal())]) == data


@given(st.binary(max_size=300))
def test_both_agree_on_any_bytes(data: bytes) -> None:
    identity = X25519Identity.generate()
    theirs = pyrage.x25519.Identity.from_str(identity.reveal())
    assert pyrage.decrypt(age.seal(data, [identity.recipient]), [theirs]) == data
    assert age.unseal(pyrage.encrypt(data, [theirs.to_public()]), [identity]) == data
