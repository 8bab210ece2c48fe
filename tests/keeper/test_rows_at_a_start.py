"""The seal over all rows: what does not fit it stops the keeper at a start, and beside a running one."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any, Final

import pytest

from tests.clocks import FixedClock
from tests.keeper.disclosing import NAME, Ceremony
from tests.keeper.edited import Scene, assert_stopped, found, kept, let_go_on, said, works_for_another
from tests.keeper.observed import Observed
from tests.keeper.test_acknowledging import acknowledgement, head, refuse, set_back, works
from tests.keeper.test_rollback import change
from tests.world import World, member_id, request
from tipline.keeper import tail
from tipline.keeper.digests.rows import bucket_of
from tipline.keeper.digests.tables import TIPS, digest_of
from tipline.keeper_client import KeeperStopped, Reason

Deed = Callable[[Scene], None]


def lift_the_exclusion(scene: Scene) -> None:
    scene.run(("update tips set excluded = '' where tip = ?", (bytes(scene.tip.id),)))


@pytest.fixture
def written(world: World, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """The same of a keeper that has ended; a test starts it again.

    A removal lies days back: where a start looks at the statements that make the roster, and at no others.
    """
    monkeypatch.setattr(tail, "_AT_ONCE", 1)
    with world.keeper():
        keeper = Observed(world)
        tip = world.seal_tip(excluded=["u2"])
        keeper.client.release(world.read("reviewer-b", tip), [request(tip.item("text"))])
        scene = Scene(world, keeper, tip, tip, ())
        keeper.client.append(world.sign("remove", "registrar", member=member_id("registrar-2")))
        keeper.client.roster()
        works_for_another(world)
        clock.advance(4 * 86_400)
        works_for_another(world)
    return scene


def hide_a_removal(scene: Scene) -> None:
    scene.run(("update entries set type = 'note' where type = 'remove'", ()))


def seal_of_another_head(scene: Scene) -> None:
    earlier = kept(scene.world, "head", "id = 1").rows[0][-1]
    with scene.world.keeper():
        works_for_another(scene.world)
    scene.run(("update head set rows = ?", (earlier,)))


def remove_the_seal(scene: Scene) -> None:
    scene.run(("update head set rows = null", ()))


def take_digests_by_hand(scene: Scene) -> None:
    """A row and its bucket made to fit each other, as somebody would who knows how it is done."""
    lift_the_exclusion(scene)
    row = kept(scene.world, "tips", "tip = ?", bytes(scene.tip.id)).rows[0]
    scene.run(*forged_bucket(scene, TIPS.place(TIPS.key_of(row)), tuple(row)))


def forged_bucket(scene: Scene, place: bytes, row: tuple[Any, ...]) -> list[tuple[str, tuple[object, ...]]]:
    bucket = bucket_of(place)
    leaves = kept(scene.world, "row_digests", "bucket = ?", bucket).rows[0][2]
    at = leaves.index(place) + len(place)
    forged = leaves[:at] + digest_of(row) + leaves[at + 32 :]
    statement = "update row_digests set leaves = ?, hash = ? where bucket = ?"
    return [(statement, (forged, sha256(forged).digest(), bucket))]


def delete_all_digests(scene: Scene) -> None:
    scene.run(("delete from row_digests", ()))


def change_a_stored_hash(scene: Scene) -> None:
    scene.run(("update row_digests set hash = zeroblob(32)", ()))


BEFORE_A_START: Final[list[Deed]] = [
    hide_a_removal,
    seal_of_another_head,
    remove_the_seal,
    take_digests_by_hand,
    delete_all_digests,
    change_a_stored_hash,
]


@pytest.mark.parametrize("deed", BEFORE_A_START, ids=[deed.__name__ for deed in BEFORE_A_START])
def test_what_does_not_fit_the_seal_at_a_start_stops_the_keeper_until_two_acknowledge(
    written: Scene, deed: Deed
) -> None:
    deed(written)
    with written.world.keeper():
        scene = Scene(written.world, Observed(written.world), written.tip, written.tip, ())
        assert_stopped(scene, "row_digests")
        let_go_on(scene.world, scene.keeper)
    with written.world.keeper():
        works_for_another(written.world)


def test_a_row_that_was_changed_before_a_start_stops_the_keeper_when_it_is_used(written: Scene) -> None:
    lift_the_exclusion(written)
    with written.world.keeper():
        scene = Scene(written.world, Observed(written.world), written.tip, written.tip, ())
        works_for_another(written.world)
        with pytest.raises(KeeperStopped, match="in the table tips:"):
            scene.read("reviewer-b")


def test_the_seal_of_another_head_put_in_beside_a_running_keeper_stops_it(
    world: World, keeper: Observed
) -> None:
    tip = world.seal_tip()
    scene = Scene(world, keeper, tip, tip, ())
    scene.read()
    earlier = kept(world, "head", "id = 1").rows[0][-1]
    works_for_another(world)
    scene.run(("update head set rows = ?", (earlier,)))
    with pytest.raises(KeeperStopped, match="row_digests"):
        scene.read("reviewer-b")
    assert_stopped(scene, "row_digests")
    let_go_on(world, keeper)


def test_the_rows_count_as_they_are_when_two_say_so_one_of_them_an_auditor_and_of_this_very_head(
    written: Scene,
) -> None:
    world = written.world
    remove_the_seal(written)
    with world.keeper():
        keeper, now = Observed(world), found(world)
        wrong = [
            (said(world, "auditor"), Reason.TWO_SIGNATURES),
            (said(world, "registrar", "reviewer-a"), Reason.NOT_ALLOWED),
            (said(world, found={**now, "size": 1}), Reason.NOT_ALLOWED),
            (said(world, found={**now, "root": "0" * 64}), Reason.NOT_ALLOWED),
            (said(world, found={**now, "rows": "0" * 64}), Reason.NOT_ALLOWED),
            (said(world, found=head(world)), Reason.MALFORMED),
            (said(world, what="rollback", found=head(world)), Reason.NOT_ALLOWED),
            (said(world, what="moved", found=head(world)), Reason.NOT_ALLOWED),
        ]
        size = keeper.size()
        for statement, reason in wrong:
            refuse(partial(keeper.client.acknowledge, statement), reason)
        assert keeper.size() == size
        let_go_on(world, keeper)


def test_a_keeper_that_has_not_stopped_for_its_rows_takes_no_such_acknowledgement(
    world: World, keeper: Observed
) -> None:
    works(world, keeper)
    assert keeper.refused(said(world)) is Reason.NOT_ALLOWED


def test_a_rollback_that_is_acknowledged_says_nothing_of_rows(world: World) -> None:
    lost, found = set_back(world)
    change(world, "UPDATE head SET rows = NULL")
    with world.keeper():
        keeper = Observed(world)
        heads = keeper.client.heads()
        assert heads is not None
        assert (heads.what, heads.table) == ("rollback", "")
        refuse(lambda: keeper.client.acknowledge(said(world)), Reason.NOT_ALLOWED)
        with pytest.raises(KeeperStopped):  # it was logged, and the keeper is not yet what a site may follow
            keeper.client.acknowledge(acknowledgement(world, lost, found))
        assert keeper.size() == found["size"] + 1
    with world.keeper():
        keeper = Observed(world)
        assert keeper.client.health().alarms[0] == "rows-changed"
        with pytest.raises(KeeperStopped):
            keeper.client.roster()
        keeper.client.acknowledge(said(world))
        works(world, keeper)
    with world.keeper():
        works(world, Observed(world))


def test_only_the_rows_that_two_people_were_shown_count(written: Scene) -> None:
    """Whoever changes more once both have signed has nothing from their word."""
    world = written.world
    remove_the_seal(written)
    with world.keeper():
        keeper = Observed(world)
        statement, size = said(world), keeper.size()
        lift_the_exclusion(written)
        refuse(lambda: keeper.client.acknowledge(statement), Reason.NOT_ALLOWED)
        assert keeper.size() == size
        with pytest.raises(KeeperStopped):
            written.read("reviewer-b")
        let_go_on(world, keeper)


def test_what_two_people_let_count_is_what_the_keeper_then_seals(written: Scene) -> None:
    remove_the_seal(written)
    with written.world.keeper():
        keeper = Observed(written.world)
        rows = found(written.world)["rows"]
        assert found(written.world)["rows"] == rows, "looking changes nothing"
        index = keeper.client.acknowledge(said(written.world)).index
        assert keeper.entry(index).statement.body["found"]["rows"] == rows


def test_a_database_whose_requests_were_counted_anew_goes_on_with_them(world: World) -> None:
    with world.keeper():
        ceremony = Ceremony.of(world, Observed(world))
        ceremony.asked()
    change(world, "UPDATE head SET rows = NULL")
    with world.keeper():
        keeper = Observed(world)
        keeper.client.acknowledge(said(world))
        other = Ceremony.of(world, keeper)
        number, sealed = other.running()
        assert other.opened(other.viewed(number, sealed)) == NAME
        assert keeper.client.heads() is None
