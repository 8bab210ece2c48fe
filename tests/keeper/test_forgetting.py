"""Statements past their time are gone from the disk, the tree still stands, and what must stay stays."""

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crypto.merkle import Frontier, leaf_hash
from crypto.notes import open_checkpoint
from crypto.statements import Entry, commitment
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.test_cases import move, opened, reason, stated
from tests.keeper.test_clocks import deadlines
from tests.world import SealedTip, World, request
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.export import ExportWriter
from tipline.evidence.verify import verify_export
from tipline.keeper import forgetting, models
from tipline.keeper.forgetting import ranges
from tipline.keeper_client import KeeperLied, KeeperStopped, Reason, Refused
from tipline.keeper_client.entries import plain_row
from tipline.roster.changes import CHANGES
from tipline.roster.forgetting import KEPT_TYPES, is_kept

DAY = 86_400
TERM = 1826
"""Five years."""


@pytest.fixture
def erased(world: World, keeper: Observed, clock: FixedClock) -> SealedTip:
    """A tip that was read, closed as spam and erased, two months and a day after."""
    tip = opened(world, keeper)
    keeper.client.append(stated(world, "close-spam", "reviewer-a", tip, reason=reason(1)))
    clock.advance(61 * DAY)
    keeper.client.erase([tip.id.hex()])
    return tip


def rows(world: World) -> list[Any]:
    with world.open_database(world.settings.keeper_database_url).reading() as session:
        return list(session.execute(select(models.entries).order_by(models.entries.c.index)))


def forgotten(world: World) -> set[int]:
    return {row.index for row in rows(world) if not row.entry}


def of_type(world: World, kind: str) -> set[int]:
    return {row.index for row in rows(world) if row.type == kind}


def past(clock: FixedClock, keeper: Observed, days: int = TERM + 1) -> None:
    """The term passes, and in every night something is stated that stays."""
    keeper.client.held.end(keeper.client.held.begin()[0])
    clock.advance(days * DAY)


def test_nothing_is_forgotten_before_its_time(
    world: World, keeper: Observed, clock: FixedClock, erased: SealedTip
) -> None:
    past(clock, keeper, TERM)
    size = keeper.size()
    assert keeper.client.held.forget() == 0
    assert (forgotten(world), keeper.size()) == (set(), size)
    clock.advance(DAY)
    assert keeper.client.held.forget() == 1


def test_what_is_over_is_stated_and_gone(
    world: World, keeper: Observed, clock: FixedClock, erased: SealedTip
) -> None:
    before = {row.index: row for row in rows(world)}
    past(clock, keeper)
    assert keeper.client.held.forget() == 1
    gone = forgotten(world)
    assert gone == {index for index, row in before.items() if row.type in ("read", "close-spam")}
    body = keeper.entry(keeper.size() - 1).statement.body
    assert (body["type"], body["by"], body["entries"]) == ("forget", ["keeper"], ranges(sorted(gone)))
    assert body["before"] == "2026-05-04"
    for row in rows(world):
        if row.index in gone:
            was = before[row.index]
            assert (row.type, row.actor, row.tip, row.outcome, row.reason) == ("forgotten", "", b"", "", "")
            assert (row.salt, row.at) == (commitment(was.salt, was.entry), was.at)
    for table in (models.facets, models.mentions):
        with world.open_database(world.settings.keeper_database_url).reading() as session:
            found = set(session.scalars(select(table.c.index)))
        assert not gone & found
        assert found
    assert keeper.client.held.forget() == 0


def test_of_forgotten_statements_no_byte_is_stored(
    world: World, keeper: Observed, clock: FixedClock, erased: SealedTip
) -> None:
    path = Path(world.settings.keeper_folder, "keeper.db")
    secrets = [
        value
        for row in rows(world)
        if row.type in ("read", "close-spam")
        for value in (row.salt, Entry.decode(row.entry).statement.body["nonce"].encode())
    ]
    assert all(secret in path.read_bytes() for secret in secrets)
    past(clock, keeper)
    keeper.client.held.forget()
    files = [file.read_bytes() for file in Path(world.settings.keeper_folder).rglob("*") if file.is_file()]
    assert not any(secret in data for secret in secrets for data in files)


def test_the_tree_verifies_without_what_was_forgotten(
    world: World, keeper: Observed, clock: FixedClock, erased: SealedTip
) -> None:
    past(clock, keeper)
    keeper.client.held.forget()
    gone = forgotten(world)
    assert gone
    audit = world.sign("audit", "auditor", first=0, count=100)
    keeper.client.append(audit)
    page = keeper.client.entries(audit, 0, 100)  # each with its proof, which the client checks
    tree = Frontier()
    for _, salt, data in page.rows:
        tree.append(leaf_hash(commitment(salt, data)) if data else salt)
    assert {index for index, _, data in page.rows if not data} == gone
    checkpoint = open_checkpoint(page.checkpoint, [world.verifier])
    assert (checkpoint.size, checkpoint.root) == (tree.size, tree.root())


def test_an_export_verifies_elsewhere_and_not_when_more_is_missing(
    world: World, keeper: Observed, clock: FixedClock, erased: SealedTip
) -> None:
    past(clock, keeper)
    keeper.client.held.forget()
    export = world.operator().export()
    rows_out = list(export)

    def verified(left_out: int = -1) -> int:
        out = BytesIO()
        writer = ExportWriter(out)
        writer.header(world.settings.origin, world.settings.genesis)
        for index, salt, data in rows_out:
            if data and index != left_out:
                writer.entry(index, salt, data)
            else:
                writer.forgotten(index, leaf_hash(commitment(salt, data)) if data else salt)
        writer.finish(export.checkpoint)
        out.seek(0)
        return verify_export(out, log_key=world.verifier, old_checkpoint=None, progress=None).forgotten

    assert verified() == len(forgotten(world)) == 2
    [kept] = of_type(world, "received") or of_type(world, "inventory")
    with pytest.raises(VerificationFailed):
        verified(left_out=kept)


def test_a_keeper_starts_again_on_a_log_with_forgotten_entries(world: World, clock: FixedClock) -> None:
    with world.keeper():
        keeper = Observed(world)
        tip = opened(world, keeper)
        keeper.client.append(stated(world, "close-spam", "reviewer-a", tip, reason=reason(1)))
        clock.advance(61 * DAY)
        keeper.client.erase([tip.id.hex()])
        past(clock, keeper)
        keeper.client.held.forget()
        assert forgotten(world)
    with world.keeper():
        again = Observed(world)
        opened(world, again)
        assert again.client.roster().members
        assert again.client.figures().days == {}


def test_what_names_a_tip_that_is_kept_is_kept(world: World, keeper: Observed, clock: FixedClock) -> None:
    tip = opened(world, keeper)
    keeper.client.append(move(world, tip, "received", "screening"))
    listed = world.sign("list", "reviewer-a", desk="intake", items=[])
    keeper.client.list_cards(listed, [])
    past(clock, keeper)
    keeper.client.held.forget()
    assert forgotten(world) == of_type(world, "forgotten")
    kinds = {row.type for row in rows(world)}
    assert {"read", "move"} <= kinds
    assert "list" not in kinds


def test_what_must_stay_for_ever_stays(
    world: World, keeper: Observed, clock: FixedClock, erased: SealedTip
) -> None:
    tip = opened(world, keeper)
    keeper.client.append(world.route("reviewer-a", tip, desks=["intake", "integrity"], excluded=[]))
    pair = ("reviewer-a", "registrar")
    keeper.client.append(stated(world, "hold", pair, tip, reason=reason(5)))
    list(world.operator().export())
    keeper.client.append(deadlines(world, "registrar", "integrity", triage=4))
    before = rows(world)
    past(clock, keeper)
    keeper.client.held.forget()
    after = {row.index: row for row in rows(world)}
    kept = [row for row in before if row.type in KEPT_TYPES]
    assert {row.type for row in kept} >= {"genesis", "route", "hold", "export", "deadlines", "erase"}
    assert all(after[row.index] == row for row in kept)


def test_no_type_that_the_law_of_the_log_keeps_is_missing_from_the_list() -> None:
    assert set(CHANGES) < KEPT_TYPES
    assert {"genesis", "route", "erase", "forget", "inventory", "hold", "unhold", "export"} < KEPT_TYPES
    for state, kept in (("transferred", True), ("outcome", True), ("feedback", True), ("triage", False)):
        assert is_kept({"type": "move", "to": state}) is kept
    assert all(is_kept({"type": kind}) for kind in KEPT_TYPES)
    assert not is_kept({"type": "read"})


def test_a_type_column_changed_by_hand_lets_nothing_be_forgotten(
    world: World, keeper: Observed, clock: FixedClock, erased: SealedTip
) -> None:
    with world.open_database(world.settings.keeper_database_url).writing() as session:
        session.connection().exec_driver_sql("update entries set type = 'read' where type = 'erase'")
    past(clock, keeper)
    with pytest.raises(KeeperStopped, match="in the table entries:"):
        keeper.client.held.forget()
    assert any(Entry.decode(row.entry).statement.body["type"] == "erase" for row in rows(world))


def test_behind_the_last_forgotten_one_stands_an_entry_as_old_as_the_term(
    world: World, keeper: Observed, clock: FixedClock, erased: SealedTip
) -> None:
    past(clock, keeper, 100)
    keeper.client.list_cards(world.sign("list", "reviewer-a", desk="intake", items=[]), [])
    [last] = of_type(world, "list")
    clock.advance((TERM + 1) * DAY)
    keeper.client.held.forget()
    assert last not in forgotten(world)  # nothing that stays stands between it and the end of the term
    body = keeper.entry(keeper.size() - 1).statement.body
    midnight = datetime.combine(date.fromisoformat(body["before"]), datetime.min.time(), UTC).timestamp()
    present = [row for row in rows(world) if row.entry]
    for index in forgotten(world):
        assert next(row.at for row in present if row.index > index) < midnight


def test_two_people_may_set_another_term_but_not_below_a_year(
    world: World, keeper: Observed, clock: FixedClock, erased: SealedTip
) -> None:
    keeper.client.append(deadlines(world, "registrar", "integrity", statement=1))
    past(clock, keeper, 365)
    assert keeper.client.held.forget() == 0
    clock.advance(DAY)
    assert keeper.client.held.forget() == 1


def test_more_is_over_than_one_statement_names(
    world: World, keeper: Observed, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 3)
    for _ in range(7):
        keeper.client.list_cards(world.sign("list", "reviewer-a", desk="intake", items=[]), [])
        keeper.client.append(world.sign("audit", "auditor", first=0, count=1))
    past(clock, keeper)
    assert keeper.client.held.forget() == 5
    assert len(forgotten(world)) == 14


def test_a_forgotten_entry_cannot_be_put_in_the_place_of_one_that_is_there(
    world: World, keeper: Observed
) -> None:
    trust = keeper.client._trust
    audit = world.sign("audit", "auditor", first=0, count=1)
    keeper.client.append(audit)
    asked = {"statement": audit.digest, "first": 0, "count": 1, "seen": 0, "proofs": 1}
    answer = keeper.ask("entries", **asked)
    checkpoint = trust.checkpoint(answer, 0)
    [row] = answer["rows"]
    for lie in ({**row, "leaf": "A" * 43 + "="}, {**row, "leaf": ""}, {**row, "leaf": row["salt"]}):
        with pytest.raises(KeeperLied):
            trust.row(lie, checkpoint)


def test_an_export_takes_no_empty_entry_for_a_forgotten_one() -> None:
    with pytest.raises(KeeperLied):
        plain_row({"index": 1, "salt": "A" * 43 + "=", "entry": ""})


def test_a_member_cannot_state_it(world: World, keeper: Observed) -> None:
    for kind, fields in (("forget", {"entries": [[0, 1]], "before": "2026-01-01"}), ("inventory", {})):
        assert keeper.refused(world.sign(kind, "registrar", **fields)) is Reason.MALFORMED


def test_a_reading_of_long_ago_lets_nothing_be_read_again(
    world: World, keeper: Observed, clock: FixedClock, erased: SealedTip
) -> None:
    past(clock, keeper)
    keeper.client.held.forget()
    with pytest.raises(Refused):
        keeper.client.release(world.read("reviewer-a", erased), [request(erased.item("text"))])
