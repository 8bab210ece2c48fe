"""What the keeper takes into the register, and whom it lets read it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.clocks import FixedClock
from tests.interference.filing import ANSWER, answered, filed, reading, reported, sealed
from tests.keeper.observed import Observed
from tests.world import NOON, World, member_body, member_id, request
from tipline.keeper_client import KeeperError, Reason
from tipline.keeper_client.interference import Known
from tipline.sealing.items import NewItem

SECOND = "integrity-2"
"""Of unit u3, at the integrity desk, as `integrity` is."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World.made(tmp_path / "world", FixedClock(NOON)) as made:
        yield made


@pytest.fixture
def keeper(world: World) -> Iterator[Observed]:
    """A running keeper; two people hold the integrity desk, of whom one is of unit u3."""
    with world.keeper():
        observed = Observed(world)
        observed.client.append(world.sign("member", "registrar", member=member_body(SECOND, "u3")))
        grant = {"member": member_id(SECOND), "desk": "integrity", "until": ""}
        observed.client.append(world.sign("grant", "registrar", "integrity", **grant))
        yield observed


def file(keeper: Observed, by: str = "reviewer-a", *excluded: str) -> tuple[int, NewItem]:
    item = sealed(keeper.world)
    return keeper.client.append(filed(keeper.world, by, item, *excluded)).index, item


def known(keeper: Observed, name: str) -> Known:
    return keeper.client.interference.of_member(member_id(name))


def seen(keeper: Observed, name: str) -> list[int]:
    return [one.index for one in known(keeper, name).entries]


def read(keeper: Observed, by: str, desk: str, item: NewItem) -> int:
    statement = reading(keeper.world, by, desk, item)
    return keeper.client.release(statement, [request(item, desk)]).index


def refused(keeper: Observed, by: str, desk: str, item: NewItem) -> Reason:
    statement = reading(keeper.world, by, desk, item)
    return keeper.refusal(lambda: keeper.client.release(statement, [request(item, desk)]))


def test_only_somebody_with_a_desk_or_a_role_files_alone_and_for_units_that_there_are(
    world: World, keeper: Observed
) -> None:
    keeper.client.append(world.sign("member", "registrar", member=member_body("newcomer", "u2")))
    assert keeper.refused(filed(world, "newcomer", sealed(world))) is Reason.NOT_ALLOWED
    assert keeper.refused(filed(world, "reviewer-a", sealed(world), "u7")) is Reason.NOT_ALLOWED
    two = world.sign("interference", "reviewer-a", "reviewer-b", item="1" * 32, hash="0" * 64, excluded=[])
    assert keeper.refused(two) is Reason.NOT_ALLOWED
    for name in ("reviewer-a", "registrar", "auditor", "custodian-1", "integrity"):
        file(keeper, name)


def test_an_entry_that_nobody_else_could_read_is_refused(world: World, keeper: Observed) -> None:
    assert keeper.refused(filed(world, "reviewer-a", sealed(world), "u3", "u9")) is Reason.NOT_ALLOWED
    # The only reader whom it would leave is whoever files it.
    assert keeper.refused(filed(world, SECOND, sealed(world), "u9")) is Reason.NOT_ALLOWED
    file(keeper, "reviewer-a", "u9")


def test_a_second_statement_for_the_same_item_is_refused(world: World, keeper: Observed) -> None:
    index, item = file(keeper)
    assert keeper.refused(filed(world, "reviewer-a", item)) is Reason.ITEM_MISMATCH
    assert keeper.refused(filed(world, "reviewer-b", item, "u2")) is Reason.ITEM_MISMATCH
    assert keeper.refused(answered(world, "integrity", index, item)) is Reason.ITEM_MISMATCH
    answer = sealed(world, ANSWER.encode())
    keeper.client.append(answered(world, "integrity", index, answer))
    assert keeper.refused(answered(world, "integrity", index, answer)) is Reason.ITEM_MISMATCH


def test_a_filer_cannot_answer_themselves(world: World, keeper: Observed) -> None:
    index, _ = file(keeper, "integrity")
    assert keeper.refused(answered(world, "integrity", index, sealed(world))) is Reason.ANOTHER_PERSON
    keeper.client.append(answered(world, SECOND, index, sealed(world)))


def test_only_the_integrity_desk_answers_what_is_an_entry(world: World, keeper: Observed) -> None:
    index, _ = file(keeper)
    for name in ("reviewer-b", "auditor", "registrar"):
        assert keeper.refused(answered(world, name, index, sealed(world))) is Reason.DESK_NOT_HELD
    assert keeper.refused(answered(world, "integrity", index - 1, sealed(world))) is Reason.NOT_ALLOWED
    answer = keeper.client.append(answered(world, "integrity", index, sealed(world))).index
    assert keeper.refused(answered(world, "integrity", answer, sealed(world))) is Reason.NOT_ALLOWED
    assert keeper.refused(answered(world, "integrity", answer + 99, sealed(world))) is Reason.NOT_ALLOWED


def test_several_answers_stand_beside_an_entry_and_take_nothing_away(world: World, keeper: Observed) -> None:
    index, item = file(keeper)
    answers = [
        keeper.client.append(answered(world, name, index, sealed(world))).index
        for name in ("integrity", SECOND)
    ]
    [one] = known(keeper, "reviewer-a").entries
    assert (one.index, one.by, one.item) == (index, member_id("reviewer-a"), item.id.hex())
    assert [(each.index, each.by) for each in one.answers] == [
        (answers[0], member_id("integrity")),
        (answers[1], member_id(SECOND)),
    ]


def test_an_excluded_unit_neither_lists_nor_reads_nor_answers(world: World, keeper: Observed) -> None:
    index, item = file(keeper, "reviewer-a", "u3")
    answer = sealed(world, ANSWER.encode())
    keeper.client.append(answered(world, "integrity", index, answer))
    assert seen(keeper, SECOND) == []
    assert keeper.refused(answered(world, SECOND, index, sealed(world))) is Reason.EXCLUDED
    for one in (item, answer):
        assert refused(keeper, SECOND, "integrity", one) is Reason.EXCLUDED
        read(keeper, "integrity", "integrity", one)
    # An auditor whom an entry excludes is kept out likewise; so is whoever declares a conflict later.
    district, hidden = file(keeper, "reviewer-a", "u9")
    assert refused(keeper, "auditor", "auditors", hidden) is Reason.EXCLUDED
    assert district not in seen(keeper, "auditor") + seen(keeper, "integrity")
    assert seen(keeper, SECOND) == [district]
    keeper.client.append(world.sign("conflicts", SECOND, member=member_id(SECOND), add=["u9"]))
    assert seen(keeper, SECOND) == []
    assert refused(keeper, SECOND, "integrity", hidden) is Reason.EXCLUDED


def test_nobody_else_reads(world: World, keeper: Observed) -> None:
    index, item = file(keeper)
    assert [seen(keeper, name) for name in ("integrity", "auditor", "reviewer-a")] == [[index]] * 3
    for name in ("reviewer-b", "protection", "custodian-1", "registrar"):
        assert seen(keeper, name) == []
    for name, desk in (("reviewer-a", "intake"), ("protection", "protection"), ("custodian-1", "custodians")):
        statement = reading(world, name, desk, item)
        call = partial(keeper.client.release, statement, [request(item, "integrity")])
        assert keeper.refusal(call) is Reason.NOT_ALLOWED
    for name in ("reviewer-a", "registrar"):  # who does not hold the desk
        assert refused(keeper, name, "integrity", item) is Reason.DESK_NOT_HELD
    before = keeper.size()
    assert read(keeper, "integrity", "integrity", item) == before
    assert read(keeper, "auditor", "auditors", item) == before + 1


def test_what_no_statement_named_is_read_by_nobody(world: World, keeper: Observed) -> None:
    file(keeper)
    stray = sealed(world)
    assert refused(keeper, "integrity", "integrity", stray) is Reason.NOT_ALLOWED
    assert refused(keeper, "auditor", "auditors", stray) is Reason.ITEM_MISMATCH


def test_a_report_on_interference_is_signed_by_the_integrity_desk_and_no_other(
    world: World, keeper: Observed
) -> None:
    file(keeper)
    for name in ("auditor", "reviewer-a", "registrar"):
        assert keeper.refused(reported(world, name)) is Reason.DESK_NOT_HELD
    assert keeper.refused(reported(world, "integrity", kind="monthly")) is Reason.DESK_NOT_HELD
    assert keeper.refused(reported(world, "integrity", SECOND)) is Reason.NOT_ALLOWED
    index = keeper.client.append(reported(world, "integrity")).index
    assert [one.index for one in known(keeper, "auditor").reports] == [index]
    assert known(keeper, "reviewer-a").reports == ()


def test_a_register_of_more_than_one_answer_s_length_is_told_whole(
    world: World, keeper: Observed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipline.keeper.registering.answering.AT_ONCE", 2)
    indices = [file(keeper, name)[0] for name in ("reviewer-a", "reviewer-b", "reviewer-a", "auditor")]
    answer = keeper.client.append(answered(world, "integrity", indices[0], sealed(world))).index
    assert seen(keeper, "integrity") == indices
    assert seen(keeper, "reviewer-b") == indices[1:2]
    assert [one.index for one in known(keeper, "integrity").entries[0].answers] == [answer]


EDITS = {
    "an exclusion taken away": "UPDATE interference SET excluded = ''",
    "another's name": f"UPDATE interference SET member = '{member_id('reviewer-b')}'",
    "an entry taken out": "DELETE FROM interference WHERE act = 'filed'",
    "an answer taken out": "DELETE FROM interference WHERE act = 'answered'",
    "an entry put in": "INSERT INTO interference VALUES (1, 'filed', -1, x'00', 'x', '')",
}


@pytest.mark.parametrize("sql", EDITS.values(), ids=EDITS)
def test_a_row_of_the_keeper_s_that_was_changed_stops_it_and_is_never_believed(
    sql: str, world: World, keeper: Observed
) -> None:
    index, _ = file(keeper, "reviewer-a", "u3")
    keeper.client.append(answered(world, "integrity", index, sealed(world)))
    with world.open_database(world.settings.keeper_database_url).writing() as session:
        session.connection().exec_driver_sql(sql)
    with pytest.raises(KeeperError):
        known(keeper, SECOND)
