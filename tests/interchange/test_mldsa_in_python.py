"""ML-DSA-44 cosignatures (0x06), made here and there: another FIPS 204 takes ours, and ours takes its."""

import struct

import pytest
from dilithium_py.ml_dsa import ML_DSA_44

from crypto.cosignatures import UNTIMED, MldsaCosignatureVerifier, MldsaCosigner, cosign, open_cosigned
from crypto.errors import BadSignature
from crypto.mldsa import MldsaSigningKey, MldsaVerifyKey
from crypto.note_lines import split_note, to_base64
from tests.tiles.stored import ORIGIN, SIGNER, Leaves

LOG = Leaves(40)
SEED = bytes(range(32))
NAME = "witness.example/w2"
AT = 1_700_000_000


def message(name: str, at: int, size: int) -> bytes:
    """`cosigned_message` of c2sp.org/tlog-cosignature, written out once more."""
    named, origin = name.encode(), ORIGIN.encode()
    head = b"subtree/v1\n\0" + bytes([len(named)]) + named + struct.pack(">Q", at)
    return head + bytes([len(origin)]) + origin + struct.pack(">QQ", 0, size) + LOG.roots[size]


def test_the_key_of_a_seed_is_the_same() -> None:
    public, _ = ML_DSA_44.key_derive(SEED)
    assert public == MldsaSigningKey.from_seed(SEED).public.raw


@pytest.mark.parametrize("at", [UNTIMED, AT])
def test_it_takes_our_cosignatures(at: int) -> None:
    signer = MldsaCosigner(NAME, MldsaSigningKey.from_seed(SEED))
    _, lines = split_note(cosign(LOG.note(40), [signer], at))
    time, signature = lines[1].signature[:8], lines[1].signature[8:]
    public, _ = ML_DSA_44.key_derive(SEED)
    assert time == struct.pack(">Q", at)
    assert ML_DSA_44.verify(public, message(NAME, at, 40), signature)
    for other in (message(NAME, at, 39), message("witness.example/w3", at, 40), message(NAME, at + 1, 40)):
        assert not ML_DSA_44.verify(public, other, signature)


def test_ours_takes_its_cosignatures_over_this_checkpoint_alone() -> None:
    public, private = ML_DSA_44.key_derive(SEED)
    verifier = MldsaCosignatureVerifier(NAME, MldsaVerifyKey(public))
    signature = ML_DSA_44.sign(private, message(NAME, AT, 40))

    def note(size: int, at: int) -> bytes:
        blob = verifier.key_id + struct.pack(">Q", at) + signature
        return LOG.note(size) + f"— {NAME} {to_base64(blob)}\n".encode()

    opened = open_cosigned(note(40, AT), [SIGNER.verifier], [verifier])
    assert [(each.verifier, each.at) for each in opened.by] == [(verifier, AT)]
    for size, at in ((39, AT), (40, AT + 1), (40, UNTIMED)):
        with pytest.raises(BadSignature):
            open_cosigned(note(size, at), [SIGNER.verifier], [verifier])


def test_a_signature_under_a_context_string_is_none() -> None:
    public, private = ML_DSA_44.key_derive(SEED)
    signature = ML_DSA_44.sign(private, b"text", ctx=b"c2sp.org")
    with pytest.raises(BadSignature):
        MldsaVerifyKey(public).verify(signature, b"text")
