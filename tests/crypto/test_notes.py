"""Signed notes and checkpoints: a text counts only under a known key."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import BadFormat, BadSignature, CryptoError
from crypto.keys import SigningKey, VerifyKey
from crypto.merkle import EMPTY_ROOT
from crypto.notes import (
    Checkpoint,
    NoteSigner,
    NoteVerifier,
    add_signature,
    open_checkpoint,
    open_json,
    open_note,
    sign_checkpoint,
    sign_json,
    sign_note,
)

# The example of golang.org/x/mod/sumdb/note, whose format c2sp.org/signed-note specifies.
NEUMANN_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
NEUMANN_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
NEUMANN_NOTE = (
    NEUMANN_TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqd"
    "ngotpRZb6KE6RyyBwJnAM=\n"
).encode()

LOG = NoteSigner("log.example/tips", SigningKey.from_seed(b"\x01" * 32))
WITNESS = NoteSigner("witness.example", SigningKey.from_seed(b"\x02" * 32))
TEXT = "a text\n\nwith a blank line\n"
NOTE = sign_note(TEXT, [LOG])
CHECKPOINT = Checkpoint("log.example/tips", 7, EMPTY_ROOT)


@given(st.integers(0, len(NOTE) * 8 - 1))
def test_a_note_with_one_bit_flipped_is_refused(bit: int) -> None:
    changed = bytearray(NOTE)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises((BadFormat, BadSignature)):
        open_note(bytes(changed), [LOG.verifier])


@pytest.mark.parametrize("cut", range(1, len(NOTE)))
def test_a_note_cut_short_is_refused(cut: int) -> None:
    with pytest.raises((BadFormat, BadSignature)):
        open_note(NOTE[:-cut], [LOG.verifier])


def test_a_note_without_a_known_signature_is_refused() -> None:
    with pytest.raises(BadSignature):
        open_note(NOTE, [WITNESS.verifier])
    with pytest.raises(BadSignature):
        open_note(NOTE, [])


def test_one_bad_signature_by_a_known_key_rejects_the_note() -> None:
    forged = sign_note("another text\n", [WITNESS]).split(b"\n\n")[1]
    with pytest.raises(BadSignature):
        open_note(NOTE + forged, [LOG.verifier, WITNESS.verifier])


def test_a_key_under_another_name_is_not_known() -> None:
    with pytest.raises(BadSignature):
        open_note(NOTE, [NoteVerifier("other.example", LOG.verifier.key)])


def line(blob: bytes, name: str = "x.example") -> bytes:
    return f"— {name} {base64.b64encode(blob).decode()}\n".encode()


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"text\n", id="no signatures"),
        pytest.param(b"text\n\n", id="a blank line and nothing after it"),
        pytest.param(NOTE + b"\n", id="a blank line after the signatures"),
        pytest.param(NOTE + b"x\n", id="a line that is no signature"),
        pytest.param(NOTE + line(b"1234"), id="a signature without bytes"),
        pytest.param(NOTE + line(b"123456", "a+b"), id="a plus in the name"),
        pytest.param(NOTE + "— x.example \n".encode(), id="an empty signature"),
        pytest.param(NOTE + "— x.example MTIzNDU2Nz==\n".encode(), id="base64 with bits left over"),
        pytest.param(NOTE + "— x.example MTIzNDU2Nw\n".encode(), id="base64 without padding"),
        pytest.param(NOTE + line(b"123456").replace(b" ", b"  ", 1), id="two spaces"),
        pytest.param(NOTE.replace(b"a text", b"a\ttext"), id="a control character"),
        pytest.param(NOTE.replace(b"a text", b"a\xfftext"), id="not UTF-8"),
        pytest.param(NOTE.replace(b"\n", b"\r\n"), id="other line ends"),
        pytest.param(NOTE + line(b"123456") * 100, id="too many signatures"),
        pytest.param(b"x" * 1_000_001, id="too long"),
    ],
)
def test_what_is_not_a_note_is_refused(note: bytes) -> None:
    with pytest.raises(BadFormat):
        open_note(note, [LOG.verifier])


@pytest.mark.parametrize("text", ["", "no newline", "tab\t\n", "carriage return\r\n", "half \ud800\n"])
def test_a_text_that_cannot_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(BadFormat):
        sign_note(text, [LOG])


def test_a_note_needs_a_signer() -> None:
    with pytest.raises(BadFormat):
        sign_note(TEXT, [])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "\ud800"])
def test_a_key_name_has_no_space_and_no_plus(name: str) -> None:
    with pytest.raises(BadFormat):
        NoteVerifier(name, LOG.verifier.key)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        NEUMANN_VKEY.replace("c74f20a3", "c74f20a4"),
        NEUMANN_VKEY.replace("c74f20a3", "C74F20A3"),
        NEUMANN_VKEY.replace("Peter", "Petra"),
        NEUMANN_VKEY.replace("ARpc", "Arpc"),
        NEUMANN_VKEY[:-4],
        NEUMANN_VKEY + "\n",
        "name+00000000+é",
    ],
)
def test_a_wrong_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(BadFormat):
        NoteVerifier.parse(vkey)


@given(st.text(max_size=120))
def test_any_text_is_a_verifier_key_or_refused(text: str) -> None:
    try:
        verifier = NoteVerifier.parse(text)
    except CryptoError:
        return
    assert verifier.vkey == text


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_refused_without_a_signature(data: bytes) -> None:
    with pytest.raises((BadFormat, BadSignature)):
        open_note(data, [LOG.verifier])


def test_the_example_of_the_specification_opens_and_is_made_again() -> None:
    verifier = NoteVerifier.parse(NEUMANN_VKEY)
    assert (verifier.name, verifier.key_id.hex(), verifier.vkey) == ("PeterNeumann", "c74f20a3", NEUMANN_VKEY)
    assert open_note(NEUMANN_NOTE, [verifier]) == (NEUMANN_TEXT, (verifier,))
    signer = NoteSigner("PeterNeumann", SigningKey.from_seed(NEUMANN_SEED))
    assert signer.verifier == verifier
    assert sign_note(NEUMANN_TEXT, [signer]) == NEUMANN_NOTE


def test_signatures_by_unknown_keys_are_kept_and_ignored() -> None:
    both = add_signature(NOTE, WITNESS)
    assert both.startswith(NOTE)
    assert open_note(both, [WITNESS.verifier]) == (TEXT, (WITNESS.verifier,))
    assert open_note(both, [WITNESS.verifier, LOG.verifier]) == (TEXT, (LOG.verifier, WITNESS.verifier))


def test_a_signature_is_added_to_a_note_only() -> None:
    with pytest.raises(BadFormat):
        add_signature(b"no note", LOG)
    full = NOTE + line(b"123456") * 99
    with pytest.raises(BadFormat):
        add_signature(full, WITNESS)


def test_a_signer_does_not_show_its_key() -> None:
    assert repr(LOG) == "NoteSigner('log.example/tips')"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n7\n",
        CHECKPOINT.text + "extension\n",
        CHECKPOINT.text.removesuffix("\n"),
        CHECKPOINT.text.replace("\n7\n", "\n07\n"),
        CHECKPOINT.text.replace("\n7\n", "\n+7\n"),
        CHECKPOINT.text.replace("\n7\n", "\n-7\n"),
        CHECKPOINT.text.replace("\n7\n", "\n７\n"),
        CHECKPOINT.text.replace("\n7\n", "\n" + "9" * 20 + "\n"),
        CHECKPOINT.text.replace("log.example/tips", ""),
        CHECKPOINT.text.replace("=\n", "\n"),
        "log\n7\nAAAA\n",
    ],
)
def test_a_wrong_checkpoint_text_is_refused(text: str) -> None:
    with pytest.raises(BadFormat):
        Checkpoint.parse(text)


@given(
    st.text(max_size=100) | st.tuples(st.text(max_size=5), st.integers(), st.binary(max_size=33)).map(repr)
)
def test_any_text_is_a_checkpoint_or_refused(text: str) -> None:
    try:
        checkpoint = Checkpoint.parse(text)
    except BadFormat:
        return
    assert checkpoint.text == text


def test_a_checkpoint_needs_its_own_logs_signature() -> None:
    with pytest.raises(BadFormat):
        sign_checkpoint(CHECKPOINT, [WITNESS])
    by_witness = sign_note(CHECKPOINT.text, [WITNESS])
    with pytest.raises(BadSignature):
        open_checkpoint(by_witness, [LOG.verifier, WITNESS.verifier])
    with pytest.raises(BadSignature):
        open_checkpoint(sign_checkpoint(CHECKPOINT, [LOG, WITNESS]), [WITNESS.verifier])


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(BadFormat):
        open_checkpoint(sign_json({"a": 1}, LOG), [LOG.verifier])
    with pytest.raises(BadFormat):
        open_json(sign_checkpoint(CHECKPOINT, [LOG]), LOG.verifier)


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_read_back(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("log.example/tips", size, root)
    assert open_checkpoint(sign_checkpoint(checkpoint, [LOG, WITNESS]), [LOG.verifier]) == checkpoint


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [("", 1, EMPTY_ROOT), ("a\nb", 1, EMPTY_ROOT), ("a", -1, EMPTY_ROOT), ("a", 1, b"")],
)
def test_a_checkpoint_that_could_not_be_read_back_is_not_made(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(BadFormat):
        Checkpoint(origin, size, root)


def test_json_under_another_key_or_not_canonical_is_refused() -> None:
    with pytest.raises(BadSignature):
        open_json(sign_json({"a": 1}, LOG), WITNESS.verifier)
    for text in ('{"a": 1}\n', '{"a":1}\n\n', '{"a":1}\n{"b":1}\n'):
        with pytest.raises(BadFormat):
            open_json(sign_note(text, [LOG]), LOG.verifier)


def test_json_is_read_back() -> None:
    value = {"names": {"zh": "石桥镇\n", "en": "a\u0085b"}, "version": 3}
    assert open_json(sign_json(value, LOG), LOG.verifier) == value


def test_a_key_of_a_wrong_length_is_refused() -> None:
    with pytest.raises(BadFormat):
        NoteVerifier.parse("a+00000000+" + base64.b64encode(b"\x01" + b"k" * 31).decode())
    assert NoteVerifier("a", VerifyKey(LOG.verifier.key.raw)) == NoteVerifier("a", LOG.verifier.key)
