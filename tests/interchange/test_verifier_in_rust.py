"""A verifier that is not ours takes our notes, checkpoints and proofs, and refuses what ours refuses."""

from collections.abc import Callable

import metamorphic_log as theirs
import pytest

from crypto.cosignatures import UNTIMED, Ed25519Cosigner, MldsaCosigner, cosign
from crypto.errors import CryptoError
from crypto.keys import SigningKey
from crypto.merkle import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from crypto.mldsa import MldsaSigningKey
from crypto.notes import open_checkpoint, open_note, sign_note
from tests.tiles.stored import ANOTHER, ORIGIN, SIGNER, Leaves

LOG = Leaves(530)
SIZES = (1, 2, 7, 255, 256, 257, 530)
VKEY = SIGNER.verifier.vkey
SECOND = MldsaCosigner(ORIGIN, MldsaSigningKey.from_seed(bytes(32)))
WITNESS = Ed25519Cosigner("witness.example/w1", SigningKey.from_seed(b"\x03" * 32))


def both_refuse(ours: Callable[[], object], other: Callable[[], object]) -> None:
    with pytest.raises(CryptoError):
        ours()
    with pytest.raises(theirs.VerifyError):
        other()


@pytest.mark.parametrize("size", SIZES)
def test_it_takes_our_checkpoints_with_all_their_signatures(size: int) -> None:
    note = cosign(cosign(LOG.note(size), [SECOND], UNTIMED), [WITNESS], 1_700_000_000)
    for each in (LOG.note(size), note):
        head = theirs.checkpoint_verify(each.decode(), [VKEY])
        assert (head.origin, head.size, bytes(head.root)) == (ORIGIN, size, LOG.roots[size])


def test_it_takes_our_notes() -> None:
    note = sign_note("a text\n\nwith a blank line: 文字\n", [SIGNER, ANOTHER])
    assert theirs.verify_signed_note(note.decode(), [VKEY, ANOTHER.verifier.vkey]) == 2


@pytest.mark.parametrize("size", SIZES)
def test_it_takes_our_proofs(size: int) -> None:
    root, note = LOG.roots[size], LOG.note(size).decode()
    for index in {0, size // 2, size - 1}:
        proof, leaf = inclusion_proof(index, size, LOG.node), LOG.nodes[0, index]
        theirs.verify_inclusion(index, size, leaf, proof, root)
        theirs.checkpoint_verify_inclusion(note, [VKEY], index, leaf, proof)
    for old in {1, size // 2 or 1, size}:
        proof = consistency_proof(old, size, LOG.node)
        theirs.verify_consistency(old, size, proof, LOG.roots[old], root)
        theirs.checkpoint_verify_consistency(LOG.note(old).decode(), note, [VKEY], proof)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda note: note.replace("\n530\n", "\n531\n"), id="another size"),
        pytest.param(lambda note: note.replace("\n530\n", "\n0530\n"), id="a leading zero"),
        pytest.param(lambda note: note.replace("tips\n530", "taps\n530"), id="another log"),
        pytest.param(lambda note: note[:-3] + "\n", id="a signature cut short"),
        pytest.param(lambda note: note.partition("\n\n")[0] + "\n", id="no signature"),
        pytest.param(lambda note: note.replace("—", "-"), id="no dash"),
        pytest.param(lambda note: note.replace("\n\n", "\n"), id="no blank line"),
        pytest.param(lambda note: note.replace("example/tips ", "example/taps "), id="another signer"),
        pytest.param(lambda note: LOG.note(530, ANOTHER).decode(), id="another key"),
    ],
)
def test_both_refuse_the_same_checkpoints(spoil: Callable[[str], str]) -> None:
    note = spoil(LOG.note(530).decode())
    both_refuse(
        lambda: open_checkpoint(note.encode(), [SIGNER.verifier]),
        lambda: theirs.checkpoint_verify(note, [VKEY]),
    )


def test_both_refuse_the_same_notes() -> None:
    note = sign_note("a text\n", [SIGNER])
    forged = note + sign_note("another text\n", [ANOTHER]).partition(b"\n\n")[2]
    for each in (note.replace(b"text", b"test"), note[:-1], note + b"\n", forged):
        both_refuse(
            lambda each=each: open_note(each, [SIGNER.verifier, ANOTHER.verifier]),  # type: ignore[misc]  # bound now
            lambda each=each: theirs.verify_signed_note(each.decode(), [VKEY, ANOTHER.verifier.vkey]),  # type: ignore[misc]
        )


@pytest.mark.parametrize("spoiled", ["leaf", "index", "shorter", "longer", "hash", "root"])
def test_both_refuse_the_same_proofs(spoiled: str) -> None:
    index, leaf, root = 77, LOG.nodes[0, 77], LOG.roots[530]
    proof = inclusion_proof(index, 530, LOG.node)
    changed = {
        "leaf": (index, bytes(32), proof, root),
        "index": (index + 1, leaf, proof, root),
        "shorter": (index, leaf, proof[:-1], root),
        "longer": (index, leaf, [*proof, bytes(32)], root),
        "hash": (index, leaf, [bytes(32), *proof[1:]], root),
        "root": (index, leaf, proof, bytes(32)),
    }
    at, value, path, top = changed[spoiled]
    both_refuse(
        lambda: verify_inclusion(value, at, 530, path, top),
        lambda: theirs.verify_inclusion(at, 530, value, path, top),
    )
    steps = consistency_proof(300, 530, LOG.node)
    steps = {"shorter": steps[:-1], "longer": [*steps, bytes(32)], "hash": [bytes(32), *steps[1:]]}.get(
        spoiled, steps
    )
    old_root = bytes(32) if spoiled in ("leaf", "index") else LOG.roots[300]
    both_refuse(
        lambda: verify_consistency(300, old_root, 530, top, steps),
        lambda: theirs.verify_consistency(300, 530, steps, old_root, top),
    )
