"""A head is believed once it is proved to stand in line with those seen before, and durable."""

import os
from pathlib import Path
from typing import Any

import pytest

from crypto.keys import SigningKey
from crypto.merkle import Frontier, consistency_proof, leaf_hash
from crypto.notes import Checkpoint, NoteSigner, sign_checkpoint
from tipline.keeper_client import KeeperRolledBack, SeenFile
from tipline.keeper_client.frames import to_text
from tipline.keeper_client.log_keys import LogKeys
from tipline.keeper_client.trust import Trust

ORIGIN = "test.example/log"
SIGNER = NoteSigner(ORIGIN, SigningKey.from_seed(bytes(32)))


class Grown:
    """A log of up to 20 entries, what its keeper answers, and what it was asked besides."""

    def __init__(self, mark: bytes = b"") -> None:
        self.asked: list[tuple[int, int]] = []
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._roots = [Frontier().root()]
        tree = Frontier()
        for number in range(20):
            for level, index, value in tree.append(leaf_hash(mark + bytes([number]))):
                self._nodes[level, index] = value
            self._roots.append(tree.root())

    def prove(self, old: int, new: int) -> list[bytes]:
        return consistency_proof(old, new, lambda level, index: self._nodes[level, index])

    def ask(self, old: int, new: int) -> list[bytes]:
        self.asked.append((old, new))
        return self.prove(old, new)

    def answer(self, size: int, *, seen: int, before: int) -> dict[str, Any]:
        note = sign_checkpoint(Checkpoint(ORIGIN, size, self._roots[size]), [SIGNER])
        proofs = {"consistency": self.prove(seen, size), "step": self.prove(before, size)}
        texts = {name: to_text(b"".join(proof)) for name, proof in proofs.items()}
        return {"checkpoint": to_text(note), "before": before, **texts}


@pytest.fixture
def grown() -> Grown:
    return Grown()


@pytest.fixture
def trust(grown: Grown, tmp_path: Path) -> Trust:
    made = Trust(LogKeys(SIGNER.verifier, None), SeenFile(tmp_path / "seen"), grown.ask)
    made.checkpoint(grown.answer(4, seen=0, before=0), 0)
    return made


def test_a_head_of_another_log_is_refused_before_or_after_the_one_that_follows_it(
    grown: Grown, trust: Trust
) -> None:
    forked = Grown(b"fork")
    with pytest.raises(KeeperRolledBack):
        trust.checkpoint(forked.answer(8, seen=4, before=4), 4)
    trust.checkpoint(grown.answer(12, seen=4, before=8), 4)
    with pytest.raises(KeeperRolledBack):
        trust.checkpoint(forked.answer(8, seen=4, before=4), 4)
    assert trust.seen_size() == 12


def test_of_two_heads_in_whichever_order_nothing_more_is_asked(grown: Grown, trust: Trust) -> None:
    first, next_one = grown.answer(8, seen=4, before=4), grown.answer(12, seen=4, before=8)
    assert trust.checkpoint(next_one, 4).size == 12
    assert trust.checkpoint(first, 4).size == 8
    assert trust.checkpoint(grown.answer(16, seen=4, before=12), 4).size == 16
    assert grown.asked == []
    assert trust.checkpoint(grown.answer(6, seen=4, before=4), 4).size == 6
    assert grown.asked == [(6, 16)], "what no answer proves is asked"


def test_a_head_is_older_than_what_was_seen_even_if_it_was_just_taken(grown: Grown, trust: Trust) -> None:
    with pytest.raises(KeeperRolledBack):
        trust.checkpoint(grown.answer(4, seen=0, before=0), 5)


def test_who_brings_a_head_that_is_durable_waits_for_nobody(
    grown: Grown, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = grown.answer(8, seen=4, before=4)
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    trust.checkpoint(answer, 4)
    with trust._turn:
        assert trust.checkpoint(answer, 4).size == 8
    assert len(synced) == 1
