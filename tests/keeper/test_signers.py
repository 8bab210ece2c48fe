"""Who signed, for which log, when, and how often: refusals first, each an entry."""

from dataclasses import replace
from typing import Any

import pytest

from crypto.statements import MAX_STATEMENT, Statement
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.world import World, member_id, member_seed, name, request
from tipline.keeper.asked import Asked
from tipline.keeper.errors import Refusal
from tipline.keeper.rules.table import authenticate
from tipline.keeper.state import Draft
from tipline.keeper_client import Reason, Refused
from tipline.keeper_client.frames import to_text


def audit(world: World, **changes: Any) -> Statement:
    """The simplest statement there is."""
    return world.sign("audit", "auditor", **({"first": 0, "count": 1} | changes))


def append_bytes(keeper: Observed, data: bytes) -> None:
    keeper.ask("append", statement=to_text(data), slip="", seen=0)


@pytest.mark.parametrize("data", [b"", b"{}", b"not json", b'{"body":{},"signatures":{}}'])
def test_bytes_that_are_no_statement_are_refused_and_only_their_hash_is_logged(
    keeper: Observed, data: bytes
) -> None:
    assert keeper.refusal(lambda: append_bytes(keeper, data)) is Reason.MALFORMED
    body = keeper.entry(keeper.size() - 1).statement.body
    assert (body["type"], body["by"]) == ("unreadable", ["keeper"])


def test_a_statement_that_is_too_long_is_refused_and_only_its_hash_is_logged(keeper: Observed) -> None:
    data = b"x" * (MAX_STATEMENT + 1)
    assert keeper.refusal(lambda: append_bytes(keeper, data)) is Reason.TOO_LARGE
    assert keeper.entry(1).statement.body["type"] == "unreadable"


@pytest.mark.parametrize(
    "changes",
    [
        {"log": "other.example/log"},
        {"type": "unheard-of"},
        {"surplus": 1},
        {"first": -1},
        {"first": True},
        {"first": "0"},
        {"count": 0},
        {"count": 1_000_001},
    ],
    ids=str,
)
def test_a_body_of_another_shape_is_refused(world: World, keeper: Observed, changes: dict[str, Any]) -> None:
    assert keeper.refused(audit(world, **changes)) is Reason.MALFORMED


def test_text_that_no_column_may_hold_is_refused_like_any_other(world: World, keeper: Observed) -> None:
    statement = audit(world, type="a\0b", tip="\0")
    assert keeper.refused(statement) is Reason.MALFORMED


def test_a_stranger_is_refused(world: World, keeper: Observed) -> None:
    assert keeper.refused(world.sign("audit", "nobody", first=0, count=1)) is Reason.UNKNOWN_MEMBER


def test_the_keepers_own_name_opens_nothing(world: World, keeper: Observed) -> None:
    body = world.body("export", size=1, root="0" * 64) | {"by": ["keeper"]}
    assert keeper.refused(Statement.signed(body, {"keeper": world.log_key})) is Reason.UNKNOWN_MEMBER


def test_a_removed_member_is_refused(world: World, keeper: Observed) -> None:
    keeper.client.append(world.sign("remove", "registrar", member=member_id("auditor")))
    assert keeper.refused(audit(world)) is Reason.REMOVED_MEMBER


def test_another_persons_signature_is_refused(world: World, keeper: Observed) -> None:
    body = world.body("audit", "auditor", first=0, count=1)
    forged = Statement.signed(body, {member_id("auditor"): member_seed("reviewer-a").signing_key})
    assert keeper.refused(forged) is Reason.BAD_SIGNATURE


def test_text_that_nobody_is_known_to_have_signed_never_enters_the_log(
    world: World, keeper: Observed
) -> None:
    mine = member_seed("reviewer-a").signing_key
    bodies = [
        world.body("grant", "auditor", member="x", desk="said of somebody"),
        world.body("grant", "nobody", member="x", desk="said of somebody"),
        world.body("grant", "auditor", log="other.example/log", desk="said of somebody"),
    ]
    for body in bodies:
        keeper.refused(Statement.signed(body, dict.fromkeys(body["by"], mine)))
        entry = keeper.entry(keeper.size() - 1)
        assert entry.statement.body["type"] == "unreadable"
        assert b"said of" not in entry.encode()


def test_a_missing_signature_is_refused(world: World, keeper: Observed) -> None:
    body = world.body("unit", "registrar", "reviewer-a", unit={})
    half = Statement.signed(body, {member_id("registrar"): member_seed("registrar").signing_key})
    assert keeper.refused(half) is Reason.BAD_SIGNATURE


def test_a_signature_that_was_right_under_another_key_is_checked_again(world: World) -> None:
    """Signatures are tried before the writer's turn; a key may have changed until then."""
    other = member_seed("reviewer-a").signing_key
    body = world.body("audit", "auditor", first=0, count=1)
    forged = Statement.signed(body, {member_id("auditor"): other})
    with (
        world.keeper() as running,
        world.open_database(world.settings.keeper_database_url).reading() as session,
    ):
        draft = Draft(running.writer.memory, session.connection(), world.clock.unix())
        with pytest.raises(Refusal) as refused:
            authenticate(Asked("append", forged, verified={member_id("auditor"): other.public}), draft)
    assert refused.value.reason is Reason.BAD_SIGNATURE


def test_a_changed_body_is_refused(world: World, keeper: Observed) -> None:
    statement = audit(world)
    assert keeper.refused(replace(statement, body={**statement.body, "count": 2})) is Reason.BAD_SIGNATURE


@pytest.mark.parametrize("seconds", [121, -121])
def test_a_statement_two_minutes_off_is_stale(
    world: World, keeper: Observed, clock: FixedClock, seconds: int
) -> None:
    statement = audit(world)
    clock.advance(seconds)
    assert keeper.refused(statement) is Reason.STALE


@pytest.mark.parametrize("seconds", [120, -120])
def test_a_statement_within_two_minutes_is_fresh(
    world: World, keeper: Observed, clock: FixedClock, seconds: int
) -> None:
    statement = audit(world)
    clock.advance(seconds)
    assert keeper.client.append(statement).index == 1


def test_a_statement_counts_once(world: World, keeper: Observed) -> None:
    statement = audit(world)
    keeper.client.append(statement)
    assert keeper.refused(statement) is Reason.REPLAYED


def test_a_nonce_counts_once(world: World, keeper: Observed) -> None:
    statement = audit(world)
    keeper.client.append(statement)
    assert keeper.refused(audit(world, nonce=statement.body["nonce"], count=2)) is Reason.REPLAYED


def test_a_restart_forgets_no_nonce(world: World, clock: FixedClock) -> None:
    statement = audit(world)
    with world.keeper():
        Observed(world).client.append(statement)
    clock.advance(100)
    with world.keeper():
        assert Observed(world).refused(statement) is Reason.REPLAYED


def test_whoever_cannot_sign_uses_up_nobodys_nonce(world: World) -> None:
    body = world.body("audit", "auditor", first=0, count=1)
    forged = Statement.signed(body, {member_id("auditor"): member_seed("reviewer-a").signing_key})
    with world.keeper():
        assert Observed(world).refused(forged) is Reason.BAD_SIGNATURE
    true = Statement.signed(body, {member_id("auditor"): member_seed("auditor").signing_key})
    with world.keeper():
        assert Observed(world).client.append(true).index == 2


def test_requests_over_the_limit_are_refused_and_the_first_of_them_is_logged(
    world: World, clock: FixedClock
) -> None:
    with world.keeper(requests_per_minute=3):
        keeper = Observed(world)
        for _ in range(3):
            keeper.client.append(audit(world))
        assert keeper.refused(audit(world)) is Reason.TOO_MANY
        for _ in range(5):
            with pytest.raises(Refused) as refused:
                keeper.client.append(audit(world))
            assert (refused.value.reason, refused.value.index) == (Reason.TOO_MANY, -1)
        assert keeper.size() == 5
        tip = world.seal_tip()
        keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])  # somebody else may
        clock.advance(60)
        keeper.client.append(audit(world))


def test_a_flood_of_forgeries_fills_no_log_and_stops_nobody(world: World) -> None:
    with world.keeper(requests_per_minute=2):
        keeper = Observed(world)
        body = world.body("audit", "auditor", first=0, count=1)
        forged = Statement.signed(body, {member_id("auditor"): member_seed("reviewer-a").signing_key})
        assert keeper.refused(forged) is Reason.BAD_SIGNATURE
        assert keeper.refused(forged) is Reason.BAD_SIGNATURE
        # The entry of the flood rests on the keeper's word alone: what was sent may be signed by nobody.
        assert keeper.refusal(lambda: keeper.client.append(forged)) is Reason.TOO_MANY
        assert keeper.entry(3).statement.body["type"] == "unreadable"
        with pytest.raises(Refused):
            keeper.client.append(forged)
        assert keeper.size() == 4
        assert keeper.client.append(audit(world)).index == 4


@pytest.mark.parametrize("kind", ["read", "list"])
def test_a_reading_cannot_be_logged_without_being_released(world: World, keeper: Observed, kind: str) -> None:
    tip = world.seal_tip()
    statement = world.read("reviewer-a", tip)
    if kind == "list":
        statement = world.sign("list", "reviewer-a", desk="intake", items=[name(tip.item("card"))])
    assert keeper.refused(statement) is Reason.NOT_ALLOWED


def test_no_other_statement_releases_a_slip(world: World, keeper: Observed) -> None:
    assert keeper.refused(audit(world), world.seal_tip().item("text")) is Reason.NOT_ALLOWED
