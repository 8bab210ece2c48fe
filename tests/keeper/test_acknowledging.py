"""A keeper that stopped takes one thing: what two members, one of them an auditor, sign over both heads."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from crypto.notes import open_checkpoint
from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.test_rollback import database_file, in_ram, readings
from tests.world import World, member_body, member_id, request
from tipline.keeper import models
from tipline.keeper.heads import LogHead
from tipline.keeper_client import (
    KeeperError,
    KeeperLied,
    KeeperRolledBack,
    KeeperStopped,
    KeeperUnavailable,
    Reason,
    Refused,
)

Fields = dict[str, Any]


def head(world: World) -> Fields:
    """The head that was signed last."""
    notes = [open_checkpoint(note, [world.verifier]) for note in world.keeper_folder.signed()]
    return LogHead.of(max(notes, key=lambda one: one.size)).to_fields()


def set_back(world: World, kept: int = 2, lost: int = 3) -> tuple[Fields, Fields]:
    """A database as it was before some readings, and the two heads: lost and found."""
    readings(world, kept)
    with world.keeper():
        world.client().roster()  # as the site asks before each page: from then on it knows who may vouch
    found, old = head(world), world.settings.data / "old.db"
    shutil.copy(database_file(world), old)
    readings(world, lost)
    shutil.copy(old, database_file(world))
    return head(world), found


def acknowledgement(
    world: World, lost: Fields, found: Fields, *by: str, what: str = "rollback", **changes: Any
) -> Statement:
    fields = {"what": what, "lost": lost, "found": found, "reason": {}}
    return world.sign("acknowledge", *(by or ("auditor", "registrar")), **(fields | changes))


@contextmanager
def stopped(world: World) -> Iterator[Observed]:
    """The keeper runs and reads nothing."""
    with world.keeper():
        keeper, tip = Observed(world), world.seal_tip()
        with pytest.raises(KeeperStopped):
            keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
        yield keeper


def works(world: World, keeper: Observed) -> None:
    tip = world.seal_tip()
    assert keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))]).inner


def refuse(call: Callable[[], object], reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        call()
    assert (refused.value.reason, refused.value.index) == (reason, -1)


# ------------------------------------------------------------------ who and what

WRONG_SIGNERS = [
    (("auditor",), Reason.TWO_SIGNATURES),
    (("registrar",), Reason.TWO_SIGNATURES),
    (("registrar", "reviewer-a"), Reason.NOT_ALLOWED),
    (("auditor", "newcomer"), Reason.NOT_ALLOWED),
]


@pytest.mark.parametrize(("by", "reason"), WRONG_SIGNERS)
def test_a_rollback_is_acknowledged_by_two_members_one_of_them_an_auditor(
    world: World, by: tuple[str, ...], reason: Reason
) -> None:
    with world.keeper():  # whom one registrar alone brought in is no second person
        Observed(world).client.append(world.sign("member", "registrar", member=member_body("newcomer", "u2")))
    lost, found = set_back(world)
    with stopped(world) as keeper:
        refuse(lambda: keeper.client.acknowledge(acknowledgement(world, lost, found, *by)), reason)
        assert keeper.size() == found["size"]
        with pytest.raises(KeeperStopped):
            keeper.client.roster()


def test_an_acknowledgement_names_both_heads_as_the_keeper_sees_them(world: World) -> None:
    lost, found = set_back(world)
    other = {"size": lost["size"], "root": "0" * 64}
    wrong = [(other, found), (lost, other), (found, lost), (lost, lost), ({}, found)]
    with stopped(world) as keeper:
        for one, two in wrong:
            said = acknowledgement(world, one, two)
            refuse(partial(keeper.client.acknowledge, said), Reason.NOT_ALLOWED)
        said = acknowledgement(world, {}, found, what="moved")
        refuse(lambda: keeper.client.acknowledge(said), Reason.NOT_ALLOWED)
        assert keeper.size() == found["size"]


def test_an_old_acknowledgement_is_refused(world: World, clock: FixedClock) -> None:
    lost, found = set_back(world)
    said = acknowledgement(world, lost, found)
    clock.advance(4 * 86_400)
    with stopped(world) as keeper:
        refuse(lambda: keeper.client.acknowledge(said), Reason.STALE)


def test_a_stopped_keeper_takes_nothing_else(world: World) -> None:
    set_back(world)
    with stopped(world) as keeper:
        removal = world.sign("remove", "registrar", member=member_id("auditor"))
        grant = world.sign("lead", "registrar", "reviewer-a", desk="intake", member=member_id("reviewer-a"))
        for statement in (removal, grant):
            with pytest.raises(KeeperStopped):
                keeper.client.append(statement)


def test_after_the_acknowledgement_reading_goes_on_and_the_log_holds_it(world: World) -> None:
    lost, found = set_back(world)
    with stopped(world) as keeper:
        heads = keeper.client.heads()
        assert heads is not None
        assert (heads.what, heads.lost, heads.found) == ("rollback", lost, found)
        appended = keeper.client.acknowledge(acknowledgement(world, lost, found))
        assert appended.index == found["size"]
        works(world, keeper)
        assert keeper.client.heads() is None
    with world.keeper():  # and after a restart
        keeper = Observed(world)
        works(world, keeper)
        assert keeper.entry(found["size"]).statement.body["lost"] == lost


def test_a_keeper_killed_while_it_takes_an_acknowledgement_goes_on(world: World) -> None:
    lost, found = set_back(world)
    before = {path: path.read_bytes() for path in (world.keeper_folder.last_signed, in_ram(world))}
    with stopped(world) as keeper:
        keeper.client.acknowledge(acknowledgement(world, lost, found))
    for path, content in before.items():  # as after a kill between the commit and these files
        path.write_bytes(content)
    with world.keeper():
        works(world, Observed(world))


def test_an_acknowledgement_counts_once(world: World) -> None:
    lost, found = set_back(world)
    with stopped(world) as keeper:
        said = acknowledgement(world, lost, found)
        keeper.client.acknowledge(said)
        with pytest.raises(Refused) as refused:
            keeper.client.append(said)
        assert refused.value.reason is Reason.REPLAYED


def test_a_damaged_log_cannot_be_acknowledged(world: World) -> None:
    lost, _ = set_back(world)
    database = world.open_database(world.settings.keeper_database_url)
    with database.writing() as session:
        session.execute(update(models.head).values(size=1))
    with stopped(world) as keeper:
        heads = keeper.client.heads()
        assert heads is not None
        assert (heads.what, heads.stop, heads.lost, heads.found) == ("", "damaged", lost, {})
        with pytest.raises(KeeperStopped, match="as evidence"):
            keeper.client.acknowledge(acknowledgement(world, lost, lost))


# ------------------------------------------------------------- copies and seconds


def test_a_keeper_at_another_place_stops_until_two_acknowledge(world: World) -> None:
    readings(world, 2)
    found = head(world)
    world.keeper_folder.place.write_bytes(bytes(32))  # as on a copy: the hash of another place
    with stopped(world) as keeper:
        heads = keeper.client.heads()
        assert heads is not None
        assert (heads.what, heads.lost, heads.found) == ("moved", {}, found)
        refuse(
            lambda: keeper.client.acknowledge(acknowledgement(world, found, found)),
            Reason.NOT_ALLOWED,
        )
        keeper.client.acknowledge(acknowledgement(world, {}, found, what="moved"))
        works(world, keeper)
    with world.keeper():
        works(world, Observed(world))


def test_a_keeper_beside_which_a_second_one_wrote_stops(world: World, keeper: Observed) -> None:
    works(world, keeper)
    database = world.open_database(world.settings.keeper_database_url)
    with database.writing() as session:
        session.execute(update(models.claims).values(nonce=bytes(16)))
    size = keeper.size()
    tip = world.seal_tip()
    for _ in range(2):
        with pytest.raises(KeeperStopped, match="second keeper"):
            keeper.client.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    assert keeper.size() == size
    found = head(world)
    keeper.client.acknowledge(acknowledgement(world, {}, found, what="moved"))
    works(world, keeper)


# ------------------------------------------------------------------- what sites do


def test_a_site_follows_no_rollback_that_nobody_acknowledged(world: World) -> None:
    """The keeper's own folder was put back whole: it knows of nothing."""
    _, found = set_back(world)
    for name in ("last-signed",):
        (world.settings.operator_socket.parent / name).unlink()
    world.keeper_folder.last_signed.unlink()
    with stopped(world) as keeper:
        refuse(
            lambda: keeper.client.acknowledge(acknowledgement(world, found, found)),
            Reason.NOT_ALLOWED,
        )
        # Two people acknowledge that nothing is known of what was signed last: less than was seen.
        with pytest.raises(KeeperRolledBack):
            keeper.client.acknowledge(acknowledgement(world, {}, found))
        with pytest.raises(KeeperRolledBack):
            keeper.client.roster()


def test_a_site_that_saw_more_than_the_keeper_follows_an_acknowledgement_of_just_that(world: World) -> None:
    lost, found = set_back(world)
    (world.settings.operator_socket.parent / "last-signed").unlink()
    world.keeper_folder.last_signed.write_bytes(database_checkpoint(world))
    with world.keeper():
        keeper = Observed(world)
        with pytest.raises(KeeperRolledBack):
            keeper.client.roster()
        heads = keeper.client.heads()
        assert heads is not None
        assert (heads.what, heads.lost, heads.found) == ("rollback", lost, found)
        less = {"size": lost["size"] - 1, "root": lost["root"]}
        other = {"size": lost["size"], "root": "0" * 64}
        size = keeper.size()
        for named in (less, other, {"size": 2**40, "root": "0" * 64}):
            with pytest.raises(Refused) as refused:
                keeper.client.acknowledge(acknowledgement(world, named, found))
            assert refused.value.reason is Reason.NOT_ALLOWED
        with pytest.raises(KeeperRolledBack):
            keeper.client.roster()
        # Refusals of a keeper that is not stopped are entries; the head that is found stays one of its log.
        assert keeper.size() == size + 3
        keeper.client.acknowledge(acknowledgement(world, lost, found))
        works(world, keeper)


def test_a_keeper_that_is_not_stopped_takes_no_lost_head_that_the_log_did_not_sign(
    world: World, keeper: Observed
) -> None:
    works(world, keeper)
    keeper.client.roster()
    found = head(world)
    for lost in ({"size": 2**53, "root": "0" * 64}, {"size": 2**40, "root": "0" * 64}):
        said = acknowledgement(world, lost, found)
        for take in (keeper.client.append, keeper.client.acknowledge):
            with pytest.raises(Refused) as refused:
                take(said)
            assert refused.value.reason in (Reason.NOT_ALLOWED, Reason.MALFORMED, Reason.REPLAYED)
    assert keeper.client.roster().lost == 0


def test_a_site_that_saw_another_fork_before_the_head_that_is_found_does_not_follow(world: World) -> None:
    """What the two name as found is larger than what this site saw, and does not continue it."""
    readings(world, 1)
    with world.keeper():
        world.client().roster()
    old, memory = world.settings.data / "old.db", world.settings.admin_folder / "seen.json"
    shutil.copy(database_file(world), old)
    outside = {path: path.read_bytes() for path in (world.keeper_folder.last_signed, in_ram(world))}
    readings(world, 2)
    with world.keeper():
        world.client().roster()
    kept = memory.read_bytes()
    shutil.copy(old, database_file(world))
    for path, content in outside.items():
        path.write_bytes(content)
    memory.unlink()
    readings(world, 4)
    lost, found = set_back(world)
    memory.write_bytes(kept)
    with stopped(world) as keeper, pytest.raises(KeeperRolledBack):
        keeper.client.acknowledge(acknowledgement(world, lost, found))


def database_checkpoint(world: World) -> bytes:
    """The checkpoint in the database."""
    database = world.open_database(world.settings.keeper_database_url)
    with database.reading() as session:
        return bytes(session.scalar(models.head.select().with_only_columns(models.head.c.checkpoint)) or b"")


def test_a_site_asks_whom_it_knew_and_not_whom_the_older_log_knows(world: World) -> None:
    """The auditor was removed in what is lost; the older log would take their word again."""
    readings(world, 1)
    with world.keeper():
        Observed(world).client.roster()
    found, old = head(world), world.settings.data / "old.db"
    shutil.copy(database_file(world), old)
    with world.keeper():
        client = Observed(world).client
        client.append(world.sign("remove", "registrar", "reviewer-a", member=member_id("auditor")))
        client.roster()
    lost = head(world)
    shutil.copy(old, database_file(world))
    with stopped(world) as keeper:
        roster = keeper.client.found_roster()
        assert not roster.members[member_id("auditor")].active
        with pytest.raises(KeeperRolledBack):
            keeper.client.acknowledge(acknowledgement(world, lost, found))
        with pytest.raises(KeeperLied):
            keeper.client.roster()


def test_a_site_follows_an_acknowledgement_to_no_other_log_than_the_one_it_names(world: World) -> None:
    """After it was followed once, the same two signatures lead nowhere else."""
    lost, found = set_back(world, lost=30)
    with stopped(world) as keeper:
        keeper.client.acknowledge(acknowledgement(world, lost, found))
        shutil.copy(database_file(world), world.settings.data / "acknowledged.db")
    readings(world, 4)
    with world.keeper():
        Observed(world).client.roster()
    # A keeper with the log's key sets the log back once more, and forgets it everywhere.
    shutil.copy(world.settings.data / "acknowledged.db", database_file(world))
    (world.settings.operator_socket.parent / "last-signed").unlink()
    world.keeper_folder.last_signed.write_bytes(database_checkpoint(world))
    with world.keeper(), pytest.raises(KeeperRolledBack):
        Observed(world).client.roster()


def test_every_worker_of_a_site_begins_anew_with_the_log_that_is_followed(world: World) -> None:
    lost, found = set_back(world)
    with stopped(world) as keeper:
        other = world.client()  # the same memory, another process's worker
        with pytest.raises(KeeperUnavailable):
            other.roster()
        keeper.client.acknowledge(acknowledgement(world, lost, found))
        assert other.roster().version == keeper.client.roster().version == found["size"]


def test_what_a_lost_change_gave_is_gone_in_a_worker_that_had_it(world: World) -> None:
    readings(world, 1)
    found, old = head(world), world.settings.data / "old.db"
    shutil.copy(database_file(world), old)
    worker = world.client()
    with world.keeper():
        client = Observed(world).client
        client.append(world.sign("member", "registrar", member=member_body("newcomer", "u2")))
        assert member_id("newcomer") in worker.roster().members
    lost = head(world)
    shutil.copy(old, database_file(world))
    with stopped(world) as keeper:
        keeper.client.acknowledge(acknowledgement(world, lost, found))
        assert member_id("newcomer") not in worker.roster().members


def test_a_directory_after_a_rollback_is_newer_than_every_one_before(world: World) -> None:
    with world.keeper():
        keeper = Observed(world)
        works(world, keeper)
    found, old = head(world), world.settings.data / "old.db"
    shutil.copy(database_file(world), old)
    readings(world, 5)
    with world.keeper():
        client = Observed(world).client
        client.append(world.sign("member", "registrar", member=member_body("newcomer", "u2")))
        before = client.roster().directory_version
        client.directory()
    lost = head(world)
    shutil.copy(old, database_file(world))
    with stopped(world) as keeper:
        keeper.client.acknowledge(acknowledgement(world, lost, found))
        assert keeper.client.directory()
        assert keeper.client.roster().directory_version > before
        assert keeper.client.roster().version < before


def test_reporters_of_a_stopped_keeper_are_none_of_its_business(world: World) -> None:
    """The public site's socket has no operation, so nothing of it waits for the keeper."""
    set_back(world)
    with stopped(world) as keeper, pytest.raises(KeeperError):
        keeper.client.states(["0" * 32])
