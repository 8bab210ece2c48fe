"""A site's copy of the roster rests on its signers, not on the keeper's word."""

from typing import Any

import pytest

from crypto.keys import SigningKey
from crypto.statements import DONE, REFUSED, Entry, Statement
from tests.world import World, member_body, member_id, member_seed
from tipline.keeper_client import KeeperLied
from tipline.keeper_client.roster import RosterCopy
from tipline.keeper_client.trust import Proven
from tipline.roster import Roster


def proven(index: int, statement: Statement, **changes: Any) -> Proven:
    fields: dict[str, Any] = {"at": 0, "outcome": DONE, "reason": "", "statement": statement}
    entry = Entry(**(fields | changes))
    return Proven(index, bytes(32), entry.encode(), entry)


@pytest.fixture
def genesis(world: World) -> Proven:
    """The true first entry."""
    entry = world.client()._ask_roster(-1)[0][0]
    assert entry.index == 0
    return entry


def replayed(world: World, *changes: Proven, more: bool = False) -> Roster:
    return RosterCopy(world.verifier).current(lambda _after: (list(changes), more))


def remove(world: World, key: SigningKey) -> Statement:
    body = world.body("remove", "registrar", member=member_id("auditor"))
    return Statement.signed(body, {member_id("registrar"): key})


def test_a_change_that_its_signer_did_not_sign_is_a_lie(world: World, genesis: Proven) -> None:
    forged = remove(world, member_seed("auditor").signing_key)
    with pytest.raises(KeeperLied, match="signers"):
        replayed(world, genesis, proven(1, forged))


def test_a_change_that_was_refused_is_a_lie(world: World, genesis: Proven) -> None:
    statement = remove(world, member_seed("registrar").signing_key)
    with pytest.raises(KeeperLied):
        replayed(world, genesis, proven(1, statement, outcome=REFUSED, reason="stale"))


def test_a_change_against_the_rules_is_a_lie(world: World, genesis: Proven) -> None:
    alone = world.sign("grant", "registrar", member=member_id("protection"), desk="intake")
    with pytest.raises(KeeperLied, match="signers"):
        replayed(world, genesis, proven(1, alone))


def test_a_change_told_twice_is_a_lie(world: World, genesis: Proven) -> None:
    statement = world.sign("member", "registrar", member=member_body("new", "u2"))
    with pytest.raises(KeeperLied):
        replayed(world, genesis, proven(2, statement), proven(2, statement))


def test_a_second_genesis_is_a_lie(world: World, genesis: Proven) -> None:
    with pytest.raises(KeeperLied):
        replayed(world, genesis, genesis)


def test_a_roster_without_genesis_is_a_lie(world: World) -> None:
    change = proven(1, remove(world, member_seed("registrar").signing_key))
    for changes in ([], [change]):
        with pytest.raises(KeeperLied):
            replayed(world, *changes)


def test_a_roster_without_end_is_a_lie(world: World, genesis: Proven) -> None:
    answers: list[tuple[list[Proven], bool]] = [([genesis], True), ([], True)]

    def ask(_after: int) -> tuple[list[Proven], bool]:
        return answers.pop(0)

    with pytest.raises(KeeperLied):
        RosterCopy(world.verifier).current(ask)


def test_the_genesis_of_another_log_is_a_lie(world: World, genesis: Proven) -> None:
    body = dict(genesis.entry.statement.body) | {"log": "other.example/log"}
    other = Statement.signed(body, {"keeper": world.log_key})
    with pytest.raises(KeeperLied):
        replayed(world, proven(0, other))


def test_what_was_signed_counts(world: World, genesis: Proven) -> None:
    statement = remove(world, member_seed("registrar").signing_key)
    roster = replayed(world, genesis, proven(7, statement))
    assert roster.version == 7
    assert not roster.members[member_id("auditor")].active
