"""The reporter's signature that an award is collected: nothing is minted without it, and the row keeps it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from tests.clocks import FixedClock
from tests.keeper.rewards.test_mint import refused
from tests.keeper.rewards.till import YEAR, Granted, Till, till
from tests.world import NOON, ORIGIN
from tipline.keeper.rewards import awards
from tipline.keeper.state import Draft
from tipline.keeper_client import KeeperUnavailable, Reason, Refused
from tipline.keeper_client.collecting import Collect
from tipline.rewards.award import Award


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    with till(tmp_path_factory.mktemp("proofs") / "world", FixedClock(NOON)) as made:
        yield made


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Till]:
    """One whose rows a test may spoil."""
    with till(tmp_path / "world", FixedClock(NOON)) as made:
        yield made


def row_of(one: Till, granted: Granted) -> Award:
    found: list[Award | None] = []
    one.settle(lambda draft: found.append(awards.of_tip(draft.rows, granted.tip.id)))
    assert found[0] is not None
    return found[0]


OTHERS: Final[dict[str, Callable[[Granted, Granted, Collect], bytes]]] = {
    "the request's": lambda granted, other, collect: granted.sign(collect),
    "another reporter's": lambda granted, other, collect: other.prove(collect),
    "of another tip": lambda granted, other, collect: granted.prove(replace(collect, tip=other.tip.id)),
    "of another award": lambda granted, other, collect: granted.prove(replace(collect, award=7)),
    "of another year": lambda granted, other, collect: granted.prove(replace(collect, year=YEAR - 1)),
    "of another log": lambda granted, other, collect: granted.tip.code.claim_key.sign(collect.proof("x")),
    "nobody's": lambda granted, other, collect: bytes(64),
}


@pytest.mark.parametrize("name", OTHERS)
def test_nothing_is_minted_without_the_signature_that_the_log_will_show(one: Till, name: str) -> None:
    granted, other = one.granted(), one.granted()
    collect = granted.request(one.world)
    proof = OTHERS[name](granted, other, collect)
    assert refused(one, collect, granted.sign(collect), proof) is Reason.CLAIM_SIGNATURE
    assert row_of(one, granted) == granted.award
    assert len(one.mint(granted)) == 1


def test_the_signature_for_the_log_stays_in_the_row_and_names_no_blinded_value(one: Till) -> None:
    granted = one.granted(1_500)
    collect = granted.request(one.world)
    one.mint(granted)
    kept = row_of(one, granted)
    assert kept.proof == granted.prove(collect).hex()
    one.mint(granted)
    assert row_of(one, granted) == kept
    other = granted.request(one.world, blinded=((500, bytes(384)), (1_000, bytes(384))))
    assert other.message(ORIGIN) != collect.message(ORIGIN)
    assert other.proof(ORIGIN) == collect.proof(ORIGIN)


@pytest.mark.parametrize("missing", ["signature", "proof"])
def test_a_request_without_one_of_the_two_signatures_is_refused(one: Till, missing: str) -> None:
    granted = one.granted()
    collect = granted.request(one.world)
    signatures = {"signature": granted.sign(collect).hex(), "proof": granted.prove(collect).hex()}
    del signatures[missing]
    with pytest.raises(Refused, match="malformed"):
        one.public._connections.ask({"op": "mint", **collect.to_fields(), **signatures})
    assert row_of(one, granted) == granted.award


def test_a_signature_put_into_a_row_by_hand_stops_the_keeper(alone: Till) -> None:
    granted, other = alone.granted(), alone.granted()
    alone.mint(granted)
    right, wrong = (each.prove(each.request(alone.world)).hex() for each in (granted, other))

    def by_hand(draft: Draft) -> None:
        query = text("SELECT file FROM awards WHERE tip = :tip")
        file = draft.connection.execute(query, {"tip": granted.tip.id}).scalar_one()
        changed = file.replace(right.encode(), wrong.encode())
        assert changed != file
        query = text("UPDATE awards SET file = :file WHERE tip = :tip")
        draft.connection.execute(query, {"file": changed, "tip": granted.tip.id})

    alone.settle(by_hand)
    alone.pass_days(1)
    with pytest.raises(KeeperUnavailable):
        alone.client.rewards.look()
    assert alone.keeper.writer.stopped is not None
