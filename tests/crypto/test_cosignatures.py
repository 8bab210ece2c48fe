"""Cosignatures: what a witness says of a checkpoint counts under its key, its name and its time alone."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.cosignatures import (
    MAX_TIME,
    UNTIMED,
    Cosigner,
    Ed25519CosignatureVerifier,
    Ed25519Cosigner,
    MldsaCosigner,
    cosign,
    cosignature_lines,
    open_cosigned,
    parse_vkey,
    with_lines,
)
from crypto.errors import BadFormat, BadSignature, CryptoError
from crypto.keys import SigningKey
from crypto.merkle import EMPTY_ROOT
from crypto.mldsa import MldsaSigningKey, MldsaVerifyKey
from crypto.note_lines import Verifier, split_note, to_base64
from crypto.notes import Checkpoint, NoteSigner, NoteVerifier, sign_checkpoint, sign_note

ORIGIN = "log.example/tips"
LOG = NoteSigner(ORIGIN, SigningKey.from_seed(b"\x01" * 32))
CHECKPOINT = Checkpoint(ORIGIN, 7, EMPTY_ROOT)
NOTE = sign_checkpoint(CHECKPOINT, [LOG])
FIRST = Ed25519Cosigner("witness.example/w1", SigningKey.from_seed(b"\x02" * 32))
SECOND = MldsaCosigner("witness.example/w2", MldsaSigningKey.from_seed(b"\x03" * 32))
BOTH: list[Cosigner] = [FIRST, SECOND]
AT = 1_700_000_000


@pytest.fixture(params=BOTH, ids=["0x04", "0x06"])
def cosigner(request: pytest.FixtureRequest) -> Cosigner:
    found: Cosigner = request.param
    return found


def opened(note: bytes, *known: Cosigner) -> list[tuple[str, int]]:
    by = open_cosigned(note, [LOG.verifier], [each.verifier for each in known or BOTH]).by
    return [(each.verifier.name, each.at) for each in by]


def line(cosigner: Cosigner, blob: bytes) -> bytes:
    return f"— {cosigner.verifier.name} {to_base64(cosigner.verifier.key_id + blob)}\n".encode()


def blob_of(cosigner: Cosigner, note: bytes = NOTE, at: int = AT) -> bytes:
    return split_note(cosign(note, [cosigner], at))[1][-1].signature


# ------------------------------------------------------------------ refusals


def test_a_cosignature_over_another_checkpoint_is_refused(cosigner: Cosigner) -> None:
    for other in (
        Checkpoint(ORIGIN, 8, EMPTY_ROOT),
        Checkpoint(ORIGIN, 7, bytes(32)),
        Checkpoint("other.example", 7, EMPTY_ROOT),
    ):
        text = sign_note(other.text, [LOG])
        with pytest.raises(BadSignature):
            opened(NOTE + line(cosigner, blob_of(cosigner, text)))


def test_a_cosignature_with_another_time_is_refused(cosigner: Cosigner) -> None:
    signature = blob_of(cosigner)[8:]
    for at in (AT + 1, AT - 1, UNTIMED, 2**63, 2**64 - 1):
        with pytest.raises(BadSignature):
            opened(NOTE + line(cosigner, struct.pack(">Q", at) + signature))


def test_a_time_that_is_none_is_refused_though_the_key_signed_it(cosigner: Cosigner) -> None:
    keys: dict[str, SigningKey | MldsaSigningKey] = {
        "0x04": SigningKey.from_seed(b"\x02" * 32),
        "0x06": MldsaSigningKey.from_seed(b"\x03" * 32),
    }
    key = keys["0x04" if cosigner is FIRST else "0x06"]
    for at in (MAX_TIME + 1, *([UNTIMED] if cosigner is FIRST else [])):
        signature = key.sign(cosigner.verifier.message(cosigner.verifier.name, CHECKPOINT, at))
        with pytest.raises(BadSignature):
            opened(NOTE + line(cosigner, struct.pack(">Q", at) + signature))


@pytest.mark.parametrize("length", [1, 7, 8, 9, 71, 73, 2427, 2429])
def test_a_cosignature_of_another_length_is_refused(cosigner: Cosigner, length: int) -> None:
    blob = (blob_of(cosigner) + bytes(3000))[:length]
    with pytest.raises(BadSignature):
        opened(NOTE + line(cosigner, blob))


def test_a_cosignature_under_another_name_of_the_same_key_is_refused() -> None:
    """The message of 0x06 names its cosigner; that of 0x04 does not, and its key must have one name."""
    other = MldsaCosigner("witness.example/w9", MldsaSigningKey.from_seed(b"\x03" * 32))
    with pytest.raises(BadSignature):
        opened(NOTE + line(other, blob_of(SECOND)), other)


def test_a_plain_signature_is_no_cosignature() -> None:
    signature = SigningKey.from_seed(b"\x02" * 32).sign(CHECKPOINT.text.encode())
    with pytest.raises(BadSignature):
        opened(NOTE + line(FIRST, struct.pack(">Q", AT) + signature))


def test_witnesses_do_not_stand_for_the_log() -> None:
    alone = cosign(NOTE, BOTH, AT).replace(NOTE.partition(b"\n\n")[2], b"")
    with pytest.raises(BadSignature):
        opened(alone)
    # Its own second key alone does not do either.
    own = MldsaCosigner(ORIGIN, MldsaSigningKey.from_seed(b"\x04" * 32))
    with pytest.raises(BadSignature):
        opened(cosign(NOTE, [own], UNTIMED).replace(NOTE.partition(b"\n\n")[2], b""), own)


def test_an_ed25519_cosignature_has_a_time() -> None:
    with pytest.raises(BadFormat):
        cosign(NOTE, [FIRST], UNTIMED)


@pytest.mark.parametrize("at", [-1, MAX_TIME + 1])
def test_a_time_that_is_none_is_not_signed(cosigner: Cosigner, at: int) -> None:
    with pytest.raises(BadFormat):
        cosign(NOTE, [cosigner], at)


def test_what_is_no_checkpoint_is_not_cosigned(cosigner: Cosigner) -> None:
    for text in ("a text\n", CHECKPOINT.text + "an extension\n"):
        with pytest.raises(BadFormat):
            cosignature_lines(text, [cosigner], AT)


def test_a_name_that_no_message_can_hold_is_refused() -> None:
    long = MldsaCosigner("w" * 256, MldsaSigningKey.from_seed(bytes(32)))
    with pytest.raises(BadFormat):
        cosign(NOTE, [long], AT)


@pytest.mark.parametrize("answered", [b"", b"\n", b"x\n", "— w QUJDREU".encode(), b"\xff\n", NOTE])
def test_an_answer_that_is_no_signature_line_is_refused(answered: bytes) -> None:
    with pytest.raises(BadFormat):
        with_lines(NOTE, answered)


def test_a_note_takes_a_hundred_signatures() -> None:
    full = NOTE + line(FIRST, bytes(72)) * 99
    with pytest.raises(BadFormat):
        cosign(full, [FIRST], AT)
    with pytest.raises(BadFormat):
        with_lines(full, line(FIRST, bytes(72)))


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "w+00000000+AAAA",
        FIRST.verifier.vkey.replace("+BI", "+AI"),
        FIRST.verifier.vkey.replace("w1", "w2"),
        SECOND.verifier.vkey[:-4],
        "w1+01234567+" + to_base64(b"\x02" + bytes(32)),
    ],
)
def test_a_wrong_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(BadFormat):
        parse_vkey(vkey)


@given(st.text(max_size=80) | st.binary(max_size=40).map(lambda raw: "w+00000000+" + to_base64(raw)))
def test_any_text_is_a_verifier_key_or_refused(text: str) -> None:
    try:
        verifier = parse_vkey(text)
    except CryptoError:
        return
    assert verifier.vkey == text


@given(st.binary(max_size=3000))
def test_any_bytes_are_a_cosignature_or_refused(blob: bytes) -> None:
    for each in BOTH:
        with pytest.raises(CryptoError):
            opened(NOTE + line(each, blob))


# --------------------------------------------------------------------- success


def test_both_types_stand_beside_the_logs_own(cosigner: Cosigner) -> None:
    note = cosign(NOTE, BOTH, AT)
    assert opened(note) == [("witness.example/w1", AT), ("witness.example/w2", AT)]
    assert opened(note, cosigner) == [(cosigner.verifier.name, AT)]
    assert opened(NOTE) == []


def test_an_unknown_cosigner_is_ignored(cosigner: Cosigner) -> None:
    stranger = NOTE + line(cosigner, bytes(100))
    assert open_cosigned(stranger, [LOG.verifier], []).by == ()


def test_the_latest_of_one_cosigner_counts(cosigner: Cosigner) -> None:
    note = cosign(cosign(cosign(NOTE, [cosigner], AT), [cosigner], AT + 5), [cosigner], AT + 1)
    assert opened(note) == [(cosigner.verifier.name, AT + 5)]


def test_a_witness_answers_lines_that_fit_the_note(cosigner: Cosigner) -> None:
    answered = cosignature_lines(CHECKPOINT.text, [cosigner], AT).encode()
    assert opened(with_lines(NOTE, answered)) == [(cosigner.verifier.name, AT)]


def test_the_log_may_leave_the_time_out() -> None:
    own = MldsaCosigner(ORIGIN, MldsaSigningKey.from_seed(b"\x04" * 32))
    assert opened(cosign(NOTE, [own], UNTIMED), own) == [(ORIGIN, UNTIMED)]


def test_a_verifier_key_says_its_type() -> None:
    verifiers: list[Verifier] = [LOG.verifier, FIRST.verifier, SECOND.verifier]
    for verifier in verifiers:
        assert type(parse_vkey(verifier.vkey)) is type(verifier)
        assert parse_vkey(verifier.vkey) == verifier
    same = SigningKey.from_seed(b"\x02" * 32).public
    assert NoteVerifier("w", same).key_id != Ed25519CosignatureVerifier("w", same).key_id
    assert NoteVerifier("w", same) != Ed25519CosignatureVerifier("w", same)


def test_a_second_key_hides_its_seed_and_checks_its_length() -> None:
    key = MldsaSigningKey.from_seed(b"\x05" * 32)
    assert "05" * 8 not in repr(key)
    with pytest.raises(BadFormat):
        MldsaVerifyKey(key.public.raw[:-1])
    with pytest.raises(BadSignature):
        key.public.verify(b"", b"text")
    with pytest.raises(BadSignature):
        key.public.verify(key.sign(b"text"), b"test")
    key.public.verify(key.sign(b"text"), b"text")
