"""Entries are handed out under an audit statement, for a while; the whole log under an export."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest

from crypto.merkle import leaf_hash
from crypto.notes import open_checkpoint
from crypto.statements import Entry, Statement, commitment
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.world import World, request
from tipline.evidence.export import ExportWriter
from tipline.evidence.verify import verify_export
from tipline.keeper_client import AdminKeeper, Reason, Refused
from tipline.keeper_client.connections import Connections


def audit(world: World, first: int = 0, count: int = 1000, by: str = "auditor") -> Statement:
    return world.sign("audit", by, first=first, count=count)


def not_allowed(keeper: Observed, statement: Statement, first: int, count: int) -> None:
    with pytest.raises(Refused) as refused:
        keeper.client.entries(statement, first, count)
    assert refused.value.reason is Reason.NOT_ALLOWED


def fill(world: World, client: AdminKeeper, number: int) -> None:
    tip = world.seal_tip()
    with ThreadPoolExecutor(16) as pool:
        done = [
            pool.submit(client.release, world.read("reviewer-a", tip), [request(tip.item("text"))])
            for _ in range(number)
        ]
    assert all(each.result() for each in done)


def test_only_auditors_ask_for_entries(world: World, keeper: Observed) -> None:
    assert keeper.refused(audit(world, by="integrity")) is Reason.DESK_NOT_HELD


def test_entries_do_not_come_without_a_logged_statement(world: World, keeper: Observed) -> None:
    not_allowed(keeper, audit(world), 0, 1)
    refused = audit(world, by="integrity")
    keeper.refused(refused)
    not_allowed(keeper, refused, 0, 1)
    read = world.seal_tip()
    statement = world.read("reviewer-a", read)
    keeper.client.release(statement, [request(read.item("text"))])
    with pytest.raises(Refused):
        keeper.ask("entries", statement=statement.digest, first=0, count=1, seen=0, proofs=1)


def test_entries_outside_what_was_stated_do_not_come(world: World, keeper: Observed) -> None:
    fill(world, keeper.client, 5)
    statement = audit(world, first=2, count=2)
    keeper.client.append(statement)
    not_allowed(keeper, statement, 0, 1)
    not_allowed(keeper, statement, 4, 1)
    assert [index for index, _, _ in keeper.client.entries(statement, 2, 100).rows] == [2, 3]


def test_after_ten_minutes_entries_do_not_come(world: World, keeper: Observed, clock: FixedClock) -> None:
    statement = audit(world)
    keeper.client.append(statement)
    clock.advance(600)
    assert keeper.client.entries(statement, 0, 10).rows
    clock.advance(1)
    not_allowed(keeper, statement, 0, 10)


def test_a_restart_keeps_an_audit_open(world: World, clock: FixedClock) -> None:
    statement = audit(world)
    with world.keeper():
        Observed(world).client.append(statement)
    clock.advance(500)
    with world.keeper():
        keeper = Observed(world)
        assert len(keeper.client.entries(statement, 0, 10).rows) == 2
        clock.advance(200)
        not_allowed(keeper, statement, 0, 10)


def test_pages_join_without_a_gap(world: World, keeper: Observed) -> None:
    fill(world, keeper.client, 300)
    statement = audit(world)
    keeper.client.append(statement)
    page = keeper.client.entries(statement, 0, 1000)
    assert [index for index, _, _ in page.rows] == list(range(302))
    assert open_checkpoint(page.checkpoint, [world.verifier]).size == 302
    assert Entry.decode(page.rows[301][2]).statement == statement


def test_an_export_verifies_elsewhere_and_holds_its_own_statement(world: World, keeper: Observed) -> None:
    fill(world, keeper.client, 300)
    keeper.refused(audit(world, by="integrity"))
    early = keeper.client.checkpoint()
    fill(world, keeper.client, 3)
    export = world.operator().export()
    file = BytesIO()
    writer = ExportWriter(file)
    writer.header(world.settings.origin, world.settings.genesis)
    for index, salt, entry in export:
        writer.entry(index, salt, entry)
    writer.finish(export.checkpoint)
    file.seek(0)
    result = verify_export(file, log_key=world.verifier, old_checkpoint=early, progress=None)
    assert (result.size, result.genesis, result.signer_checked) == (306, world.settings.genesis, True)
    last = keeper.entry(305)
    assert (last.statement.body["type"], last.statement.body["by"]) == ("export", ["keeper"])
    assert last.statement.body["size"] == 305


def test_a_proof_leads_from_any_entry_to_the_checkpoint(world: World, keeper: Observed) -> None:
    fill(world, keeper.client, 20)
    statement = audit(world)
    keeper.client.append(statement)
    _, salt, entry = keeper.client.entries(statement, 7, 1).rows[0]
    answer = keeper.ask("proof", index=7, seen=0)
    assert answer["proof"]
    assert len(leaf_hash(commitment(salt, entry))) == 32
    with pytest.raises(Refused):
        keeper.ask("proof", index=22, seen=0)
    with pytest.raises(Refused):
        keeper.ask("consistency", old=3, new=99)


@pytest.mark.parametrize(
    "operation", ["hello", "append", "release", "directory", "pay", "rewards", "reward-lines", ""]
)
def test_the_public_socket_mints_and_redeems_and_answers_nothing_else(
    world: World, keeper: Observed, operation: str
) -> None:
    connections = Connections(world.settings.public_socket, 5.0)
    with pytest.raises(Refused) as refused:
        connections.ask({"op": operation})
    connections.close()
    assert (refused.value.reason, refused.value.index) == (Reason.NOT_ALLOWED, -1)


@pytest.mark.parametrize(
    "fields",
    [{"op": "append"}, {"op": "states", "tips": ["x"]}, {"op": "entries"}, {"op": "checkpoint", "seen": -1}],
    ids=str,
)
def test_a_request_of_another_form_is_refused(keeper: Observed, fields: dict[str, object]) -> None:
    operation = str(fields.pop("op"))
    with pytest.raises(Refused) as refused:
        keeper.ask(operation, **fields)
    assert (refused.value.reason, refused.value.index) == (Reason.MALFORMED, -1)


def test_hello_names_the_log(world: World, keeper: Observed) -> None:
    assert keeper.ask("hello") == {"log": world.settings.origin, "vkey": world.verifier.vkey}
