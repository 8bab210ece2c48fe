"""What another implementation made: ours accepts it, and makes the same bytes, so that it accepts ours.

The vectors name their source. All of these formats are deterministic: one log has one checkpoint text, one
Ed25519 signature, one proof and one set of tiles.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from crypto.cosignatures import Ed25519Cosigner, cosign, open_cosigned, parse_vkey
from crypto.keys import SigningKey
from crypto.merkle import consistency_proof, inclusion_proof, leaf_hash, verify_consistency, verify_inclusion
from crypto.note_lines import Verifier
from crypto.notes import open_checkpoint
from tests.tiles.stored import ORIGIN, SIGNER, Leaves, made_up
from tipline.tiles.folder import TileFolder
from tipline.tiles.service import publish_tiles

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "vectors/aics_tlog.json").read_text("utf-8"))
LOG = Leaves(max(log["size"] for log in RECORDED["logs"]))
WITNESS = Ed25519Cosigner(RECORDED["witness"], SigningKey.from_seed(b"\x03" * 32))


@pytest.fixture(params=RECORDED["logs"], ids=lambda log: str(log["size"]))
def log(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A log as the other implementation recorded it."""
    return dict(request.param)


def known() -> tuple[Verifier, Verifier]:
    return parse_vkey(RECORDED["log_vkey"]), parse_vkey(RECORDED["witness_vkey"])


def test_its_verifier_keys_are_ours() -> None:
    assert known() == (SIGNER.verifier, WITNESS.verifier)
    assert [key.vkey for key in known()] == [RECORDED["log_vkey"], RECORDED["witness_vkey"]]


def test_its_checkpoints_are_accepted(log: dict[str, Any]) -> None:
    checkpoint = open_checkpoint(log["checkpoint"].encode(), [known()[0]])
    assert (checkpoint.origin, checkpoint.size, checkpoint.root.hex()) == (ORIGIN, log["size"], log["root"])


def test_its_cosignatures_are_accepted(log: dict[str, Any]) -> None:
    opened = open_cosigned(log["cosigned"].encode(), [known()[0]], [WITNESS.verifier])
    assert [(each.verifier, each.at) for each in opened.by] == [(WITNESS.verifier, RECORDED["time"])]


def test_its_proofs_are_accepted(log: dict[str, Any]) -> None:
    root = bytes.fromhex(log["root"])
    for index, proof in log["inclusion"]:
        verify_inclusion(leaf_hash(made_up(index)), index, log["size"], unhex(proof), root)
    for old, old_root, proof in log["consistency"]:
        verify_consistency(old, bytes.fromhex(old_root), log["size"], root, unhex(proof))


def test_our_checkpoints_and_cosignatures_are_the_same_bytes(log: dict[str, Any]) -> None:
    note = LOG.note(log["size"])
    assert note.decode() == log["checkpoint"]
    assert cosign(note, [WITNESS], RECORDED["time"]).decode() == log["cosigned"]


def test_our_proofs_are_the_same_hashes(log: dict[str, Any]) -> None:
    for index, proof in log["inclusion"]:
        assert inclusion_proof(index, log["size"], LOG.node) == unhex(proof)
    for old, _, proof in log["consistency"]:
        assert consistency_proof(old, log["size"], LOG.node) == unhex(proof)


def test_our_tiles_are_the_same_files(log: dict[str, Any], tmp_path: Path) -> None:
    note = LOG.note(log["size"])
    publish_tiles(TileFolder(tmp_path), LOG, note, [SIGNER.verifier], lambda _done, _all: None)
    files = [path for path in tmp_path.rglob("tile/**/*") if path.is_file()]
    ours = {str(path.relative_to(tmp_path)): sha256(path.read_bytes()).hexdigest() for path in files}
    assert ours == log["tiles"]


def unhex(proof: list[str]) -> list[bytes]:
    return [bytes.fromhex(value) for value in proof]
