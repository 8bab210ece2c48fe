"""Keeper and verifiers agree on routes: they take the same, and find in a forged log what it refuses."""

import random
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

from crypto.merkle import Frontier, leaf_hash
from crypto.notes import Checkpoint, NoteSigner, sign_checkpoint
from crypto.statements import Entry, Statement, commitment
from tests.clocks import FixedClock
from tests.evidence import alone
from tests.evidence.logs import salt
from tests.keeper.observed import Observed
from tests.world import ORIGIN, SealedTip, World, request
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.export import ExportWriter
from tipline.evidence.verify import VerifyResult, verify_export
from tipline.keeper_client import Refused

STEPS: Final = 48
OF_ONE_TIP: Final = 8
SEED: Final = 5
SIGNERS: Final = (
    ["reviewer-a"],
    ["reviewer-b"],
    ["integrity"],
    ["registrar"],
    ["reviewer-a", "integrity"],
    ["reviewer-b", "registrar"],
    ["integrity", "reviewer-a"],
    ["reviewer-a", "reviewer-b"],
    ["integrity", "registrar"],
    ["reviewer-a", "integrity", "registrar"],
)
DESKS: Final = (*3 * (["intake"], ["integrity"], ["intake", "integrity"]), ["auditors"], ["protection"])
EXCLUDED: Final[Sequence[list[str]]] = (
    *3 * ([], ["u3"]),
    ["u2"],
    ["u9"],
    ["u3", "u9"],
    ["u2", "u3"],
    ["u77"],
)

verifier = alone.load()


def stated(world: World, tip: SealedTip, chance: random.Random) -> Statement:
    """A reading, or a route, by anybody."""
    desk = chance.choice(["intake", "integrity"])
    if not chance.randrange(4):
        return world.read(chance.choice(["reviewer-a", "reviewer-b", "integrity"]), tip, desk=desk)
    return world.sign(
        "route",
        *chance.choice(SIGNERS),
        tip=tip.id.hex(),
        desk=desk,
        desks=chance.choice(DESKS),
        excluded=chance.choice(EXCLUDED),
        reason={},
    )


def routed(world: World, keeper: Observed) -> SealedTip:
    """A tip that was read, and whose route a statement told."""
    tip = world.seal_tip()
    keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    keeper.client.append(world.route("reviewer-a", tip, desks=["intake"], excluded=["u3"]))
    return tip


def is_done(keeper: Observed, statement: Statement, tip: SealedTip) -> bool:
    """Whether the keeper takes it."""
    try:
        if statement.body["type"] == "read":
            keeper.client.release(statement, [request(tip.item("text"), statement.body["desk"])])
        else:
            keeper.client.append(statement)
    except Refused:
        return False
    return True


def exported(world: World, entries: Sequence[bytes]) -> bytes:
    """These entries under a checkpoint by the log's key."""
    out, tree = BytesIO(), Frontier()
    writer = ExportWriter(out)
    writer.header(ORIGIN, sha256(entries[0]).hexdigest())
    for index, entry in enumerate(entries):
        writer.entry(index, salt(index), entry)
        tree.append(leaf_hash(commitment(salt(index), entry)))
    signer = NoteSigner(ORIGIN, world.log_key)
    writer.finish(sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), [signer]))
    return out.getvalue()


def verified(world: World, data: bytes) -> VerifyResult:
    return verify_export(BytesIO(data), log_key=world.verifier, old_checkpoint=None, progress=None)


def test_both_verifiers_take_and_refuse_what_the_keeper_does(
    world: World, keeper: Observed, clock: FixedClock, tmp_path: Path
) -> None:
    chance, file, tip = random.Random(SEED), tmp_path / "log", None
    pins = verifier.Pins(verifier.Key.parse(world.verifier.vkey), "", None)
    decided, before = {True: 0, False: 0}, list[bytes]()
    for number in range(STEPS):
        clock.advance(30)
        if tip is None or number % OF_ONE_TIP == 0:
            tip = routed(world, keeper)
        statement = stated(world, tip, chance)
        before += [keeper.entry(index).encode() for index in range(len(before), keeper.size())]
        done = is_done(keeper, statement, tip)
        decided[done] += 1
        forged = exported(world, [*before, Entry(clock.unix(), "done", "", statement).encode()])
        file.write_bytes(forged)
        if done:
            assert verified(world, forged).routed == number // OF_ONE_TIP + 1
            verifier.verify(file, pins)
            continue
        with pytest.raises(VerificationFailed) as failed:
            verified(world, forged)
        assert failed.value.index == len(before), statement.body
        with pytest.raises(verifier.Failed) as other:
            verifier.verify(file, pins)
        assert other.value.index == len(before), statement.body
    assert min(decided.values()) >= STEPS // 8, decided
