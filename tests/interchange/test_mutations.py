"""Malformed checkpoints, notes, cosignatures, tiles and proofs are refused: over 15,000 mutations.

They are the same in each run. Each changes bytes (a bit, a byte, a slice, the end), so none is another form
of the same thing.
"""

import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from crypto.cosignatures import Ed25519Cosigner, MldsaCosigner, cosign, open_cosigned, parse_vkey
from crypto.errors import CryptoError
from crypto.keys import SigningKey
from crypto.merkle import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from crypto.mldsa import MldsaSigningKey
from crypto.note_lines import split_note, to_base64
from crypto.notes import open_checkpoint, open_note, sign_note
from tests.tiles.stored import ORIGIN, SIGNER, Leaves
from tipline.tiles.checking import check_tiles
from tipline.tiles.errors import TilesError
from tipline.tiles.folder import TileFolder
from tipline.tiles.service import publish_tiles

LOG = Leaves(530)
OURS = [SIGNER.verifier]
FIRST = Ed25519Cosigner("witness.example/w1", SigningKey.from_seed(b"\x03" * 32))
SECOND = MldsaCosigner(ORIGIN, MldsaSigningKey.from_seed(bytes(32)))
AT = 1_700_000_000
CHECKPOINT = LOG.note(530)
NOTE = sign_note("a text\n\nwith a blank line: 文字\n", [SIGNER])


class Dice:
    """Numbers that look random and are the same in each run."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._thrown = 0

    def below(self, limit: int) -> int:
        self._thrown += 1
        return int.from_bytes(sha256(f"{self._name} {self._thrown}".encode()).digest()[:8], "big") % limit


def mutations(data: bytes, number: int, name: str) -> Iterator[bytes]:
    """Other bytes than these, each a small step away."""
    dice, made = Dice(name), 0
    ways: list[Callable[[bytes, int], bytes]] = [
        lambda old, at: old[:at] + bytes([old[at] ^ 1 << dice.below(8)]) + old[at + 1 :],
        lambda old, at: old[:at] + bytes([dice.below(256)]) + old[at + 1 :],
        lambda old, at: old[:at] + old[at + 1 + dice.below(4) :],
        lambda old, at: old[:at] + bytes([dice.below(256)]) + old[at:],
        lambda old, at: old[:at] + old[at : at + 1 + dice.below(40)] + old[at:],
        lambda old, at: old[:at],
        lambda old, at: old[:at] + old[at : at + 2][::-1] + old[at + 2 :],
        lambda old, at: old + bytes([dice.below(256)]) * (at % 3 + 1),
    ]
    while made < number:
        changed = ways[dice.below(len(ways))](data, dice.below(len(data)))
        if changed != data:
            made += 1
            yield changed


def all_refused(opened: Callable[[bytes], object], data: bytes, number: int, name: str) -> None:
    assert opened(data)  # otherwise a refusal would say nothing
    taken = 0
    for changed in mutations(data, number, name):
        try:
            assert not opened(changed), changed
        except (CryptoError, TilesError):
            taken += 1
    assert taken > number // 2


def test_mutated_checkpoints_are_refused() -> None:
    all_refused(lambda note: open_checkpoint(note, OURS), CHECKPOINT, 3_000, "checkpoint")


def test_mutated_notes_are_refused() -> None:
    all_refused(lambda note: open_note(note, OURS), NOTE, 2_000, "note")


@pytest.mark.parametrize(("cosigner", "number"), [(FIRST, 2_000), (SECOND, 2_000)], ids=["0x04", "0x06"])
def test_mutated_cosignatures_are_refused(cosigner: Ed25519Cosigner | MldsaCosigner, number: int) -> None:
    """One whose name or key id changed is by nobody known: it is left out, and so does not count either."""

    def counted(note: bytes) -> int:
        return len(open_cosigned(note, OURS, [cosigner.verifier]).by)

    note = cosign(CHECKPOINT, [cosigner], AT)
    start = len(CHECKPOINT)
    assert counted(note) == 1
    taken = 0
    for changed in mutations(note[start:], number, cosigner.verifier.vkey):
        try:
            assert not counted(CHECKPOINT + changed), changed
        except CryptoError:
            taken += 1
    assert taken > number // 2


@pytest.mark.parametrize("cosigner", [None, FIRST, SECOND], ids=["0x01", "0x04", "0x06"])
def test_mutated_signatures_in_well_formed_lines_are_refused(
    cosigner: Ed25519Cosigner | MldsaCosigner | None,
) -> None:
    note = cosign(CHECKPOINT, [cosigner], AT) if cosigner else CHECKPOINT
    known = [cosigner.verifier] if cosigner else []
    _, lines = split_note(note)
    name, blob = lines[-1].name, lines[-1].key_id + lines[-1].signature
    start = note.rindex("—".encode())

    def counted(changed: bytes) -> bool:
        line = f"— {name} {to_base64(changed)}\n".encode()
        return len(open_cosigned(note[:start] + line, OURS, known).by) == len(known)

    assert counted(blob)
    for changed in mutations(blob, 600, f"blob {name}"):
        try:
            assert not counted(changed)
        except CryptoError:
            continue


def test_mutated_verifier_keys_are_refused() -> None:
    for key in (SIGNER.verifier, FIRST.verifier, SECOND.verifier):
        all_refused(
            lambda vkey: parse_vkey(vkey.decode("utf-8", "replace")), key.vkey.encode(), 300, key.name
        )


def test_mutated_inclusion_proofs_are_refused() -> None:
    for index in (0, 77, 529):
        proof, leaf, root = inclusion_proof(index, 530, LOG.node), LOG.nodes[0, index], LOG.roots[530]

        def opened(data: bytes, index: int = index) -> bool:
            head, path = data[:64], data[64:]
            hashes = [path[at : at + 32] for at in range(0, len(path), 32)]
            verify_inclusion(head[:32], index, 530, hashes, head[32:])
            return True

        all_refused(opened, leaf + root + b"".join(proof), 500, f"inclusion {index}")


def test_mutated_consistency_proofs_are_refused() -> None:
    for old in (1, 256, 300):
        proof = consistency_proof(old, 530, LOG.node)

        def opened(data: bytes, old: int = old) -> bool:
            hashes = [data[at : at + 32] for at in range(0, len(data), 32)]
            verify_consistency(old, hashes[0], 530, hashes[1], hashes[2:]) if len(hashes) > 1 else refuse()
            return True

        all_refused(opened, LOG.roots[old] + LOG.roots[530] + b"".join(proof), 500, f"consistency {old}")


def refuse() -> None:
    raise CryptoError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published log of two full tiles and two partial ones."""
    path = tmp_path_factory.mktemp("tiles")
    publish_tiles(TileFolder(path), LOG, CHECKPOINT, OURS, lambda _done, _all: None)
    return path


NAMES = (
    "checkpoint",
    "tile/0/000",
    "tile/0/001",
    "tile/0/002.p/18",
    "tile/1/000.p/2",
    "tile/entries/000",
    "tile/entries/002.p/18",
)


@pytest.mark.parametrize("name", NAMES)
def test_mutated_tiles_are_refused(folder: Path, name: str) -> None:
    path = folder / name
    whole = path.read_bytes()

    def opened(data: bytes) -> bool:
        path.write_bytes(data)
        return bool(check_tiles(folder, OURS))

    try:
        all_refused(opened, whole, 150, name)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_tile_is_noticed(folder: Path, tmp_path: Path, name: str) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    check_tiles(copy, OURS)
    (copy / name).unlink()
    with pytest.raises((TilesError, FileNotFoundError)):
        check_tiles(copy, OURS)


def test_a_full_tile_stands_for_a_partial_one(tmp_path: Path) -> None:
    publish_tiles(TileFolder(tmp_path), LOG, LOG.note(300), OURS, lambda _done, _all: None)
    older = (tmp_path / "checkpoint").read_bytes()
    publish_tiles(TileFolder(tmp_path), LOG, CHECKPOINT, OURS, lambda _done, _all: None)
    (tmp_path / "checkpoint").write_bytes(older)
    assert check_tiles(tmp_path, OURS).size == 300


def test_entries_and_tiles_that_agree_and_are_not_those_that_were_signed_are_refused(tmp_path: Path) -> None:
    other = Leaves(530, changed=529)
    publish_tiles(TileFolder(tmp_path), other, other.note(530), OURS, lambda _done, _all: None)
    assert check_tiles(tmp_path, OURS).size == 530
    (tmp_path / "checkpoint").write_bytes(CHECKPOINT)
    with pytest.raises(TilesError, match="do not lead to the root"):
        check_tiles(tmp_path, OURS)
