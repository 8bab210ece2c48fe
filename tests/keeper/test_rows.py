"""A row that is not as the keeper wrote it stops the keeper before anything of it is answered."""

from collections.abc import Callable
from typing import Final

import pytest

from tests.clocks import FixedClock
from tests.keeper.edited import Scene, assert_stopped, bucket_at, kept, let_go_on, works_for_another
from tests.keeper.observed import Observed
from tests.keeper.test_alerts import look, rules
from tests.keeper.test_cases import advance, opened
from tests.keeper.test_listing import Group, listing
from tests.world import World, member_id, request
from tipline.keeper_client import KeeperStopped, Refused

HOUR: Final = 3_600
DAY: Final = 24 * HOUR
TERM: Final = 1826


@pytest.fixture
def scene(world: World, keeper: Observed) -> Scene:
    decoy, tip = world.seal_tip(), world.seal_tip()
    keeper.client.append(rules(world, decoy={"on": True}))
    keeper.client.append(world.sign("decoy", "auditor", tip=decoy.id.hex()))
    group = Group(world, "u2")
    keeper.client.append(group.stated(world, "reviewer-b"), group.slip)
    advance(world, keeper, opened(world, keeper), "screening", "triage", "transferred")
    keeper.client.release(world.read("reviewer-b", tip), [request(tip.item("text"))])
    bucket = bucket_at("tips", bytes(tip.id))
    before = (
        kept(world, "tips", "tip = ?", bytes(tip.id)),
        kept(world, "row_digests", "bucket = ?", bucket),
    )
    keeper.client.append(world.route("reviewer-b", tip, desks=["intake"], excluded=["u2"]))
    look(keeper)
    return Scene(world, keeper, tip, decoy, before)


# ------------------------------------------------------------------- what somebody does by hand

Deed = Callable[[Scene], None]


def lift_the_exclusion(scene: Scene) -> None:
    scene.run(("update tips set excluded = '' where tip = ?", (bytes(scene.tip.id),)))


def put_an_earlier_row_back(scene: Scene) -> None:
    scene.put_back(scene.before[0])


def put_an_earlier_row_back_with_its_bucket(scene: Scene) -> None:
    scene.put_back(*scene.before)


def delete_the_row(scene: Scene) -> None:
    scene.run(("delete from tips where tip = ?", (bytes(scene.tip.id),)))


def delete_the_row_and_its_bucket(scene: Scene) -> None:
    delete_the_row(scene)
    bucket = bucket_at("tips", bytes(scene.tip.id))
    scene.run(("delete from row_digests where bucket = ?", (bucket,)))


def change_the_item(scene: Scene) -> None:
    scene.run(("update items set kind = 'note' where item = ?", (bytes(scene.tip.item("text").id),)))


def delete_the_item(scene: Scene) -> None:
    scene.run(("delete from items where item = ?", (bytes(scene.tip.item("text").id),)))


def add_an_item(scene: Scene) -> None:
    row = (bytes(scene.tip.item("card").id), bytes(scene.tip.id), bytes(32), "card")
    scene.run(("insert into items (item, tip, digest, kind) values (?, ?, ?, ?)", row))


def change_what_the_group_excludes(scene: Scene) -> None:
    scene.run(("update card_groups set excluded = ''", ()))


def remove_the_group(scene: Scene) -> None:
    scene.run(("delete from card_groups", ()))


def remove_the_group_and_its_count(scene: Scene) -> None:
    remove_the_group(scene)
    scene.run(("delete from row_counts where of = 'card_groups/intake'", ()))


def remove_the_decoy(scene: Scene) -> None:
    scene.run(("delete from decoys", ()))


def put_the_look_ahead(scene: Scene) -> None:
    scene.run(('update watched set "index" = 1000000', ()))


def change_when_somebody_acted(scene: Scene) -> None:
    scene.run(("update acts set at = at + 1000000 where member = ?", (member_id("reviewer-b"),)))


def change_the_count_of_letters(scene: Scene) -> None:
    scene.run(("update letters set count = 0", ()))


def close_the_tip(scene: Scene) -> None:
    scene.run(("update tips set state = 'closed' where tip = ?", (bytes(scene.tip.id),)))


def call_the_tip_erased(scene: Scene) -> None:
    scene.run(("update tips set state = 'erased' where tip = ?", (bytes(scene.tip.id),)))


def call_the_tip_overdue(scene: Scene) -> None:
    scene.run(("update tips set due = '2020-01-01' where tip = ?", (bytes(scene.tip.id),)))


def give_the_tip_to_somebody(scene: Scene) -> None:
    given = (member_id("reviewer-b"), bytes(scene.tip.id))
    scene.run(("update tips set assignee = ? where tip = ?", given))


# ------------------------------------------------------------------- who then asks for it


def read(scene: Scene) -> object:
    return scene.read("reviewer-a")


def read_as_the_other(scene: Scene) -> object:
    return scene.read("reviewer-b")


def read_the_decoy(scene: Scene) -> object:
    statement = scene.world.read("reviewer-a", scene.decoy)
    return scene.keeper.client.release(statement, [request(scene.decoy.item("text"))])


def show_the_decoys(scene: Scene) -> object:
    asked = scene.world.sign(
        "audit", "auditor", first=2**40, count=100, view="alerts", filter={"type": "all-alerts"}
    )
    scene.keeper.client.append(asked)
    return scene.keeper.ask("decoys", statement=asked.digest, seen=0)


def list_cards(scene: Scene) -> object:
    return listing(scene.keeper, "reviewer-a", scene.tip)


def list_the_others_cards(scene: Scene) -> object:
    return listing(scene.keeper, "reviewer-b", scene.tip)


def ask_for_groups(scene: Scene) -> object:
    return scene.keeper.ask("groups")


def ask_where_it_stands(scene: Scene) -> object:
    return scene.keeper.client.states([scene.tip.id.hex()])


def ask_what_expires(scene: Scene) -> object:
    return scene.keeper.client.expiring()


def ask_for_the_next_letter(scene: Scene) -> object:
    return scene.keeper.client.next_letter("intake")


def make_the_group_again(scene: Scene) -> object:
    group = Group(scene.world, "u2")
    return scene.keeper.client.append(group.stated(scene.world, "reviewer-b"), group.slip)


def look_an_hour_later(scene: Scene) -> object:
    clock = scene.world.clock
    assert isinstance(clock, FixedClock)
    clock.advance(HOUR)
    return scene.keeper.client.look_at_clocks([], [], [])


def act_and_look_an_hour_later(scene: Scene) -> object:
    works_for_another(scene.world)
    return look_an_hour_later(scene)


def hand_it_over_at_night(scene: Scene) -> object:
    run = scene.keeper.ask("inventory-begin")["run"]
    item = scene.tip.item("text")
    line = [item.id.hex(), scene.tip.id.hex(), item.digest.hex(), item.kind]
    return scene.keeper.ask("inventory-piece", run=run, items=[line])


def make_the_nightly_list(scene: Scene) -> object:
    clock = scene.world.clock
    assert isinstance(clock, FixedClock)
    clock.advance(DAY)
    return scene.keeper.client.held.end(scene.keeper.client.held.begin()[0])


def forget_what_is_over(scene: Scene) -> object:
    clock = scene.world.clock
    assert isinstance(clock, FixedClock)
    clock.advance((TERM + 1) * DAY)
    works_for_another(scene.world)
    return scene.keeper.client.held.forget()


def look_at_the_clocks(scene: Scene) -> object:
    return scene.keeper.client.look_at_clocks([], [], [])


def remove_the_assignee(scene: Scene) -> object:
    return scene.keeper.client.append(
        scene.world.sign("remove", "registrar", "registrar-2", member=member_id("reviewer-b"))
    )


CASES: Final[list[tuple[Deed, Callable[[Scene], object], str]]] = [
    (lift_the_exclusion, read, "tips"),
    (lift_the_exclusion, list_cards, "tips"),
    (lift_the_exclusion, ask_where_it_stands, "tips"),
    (put_an_earlier_row_back, read, "tips"),
    (put_an_earlier_row_back_with_its_bucket, read, "row_digests"),
    (put_an_earlier_row_back_with_its_bucket, ask_where_it_stands, "row_digests"),
    (delete_the_row, read, "tips"),
    (delete_the_row, ask_where_it_stands, "tips"),
    (delete_the_row_and_its_bucket, read, "row_digests"),
    (close_the_tip, ask_what_expires, "tips"),
    (call_the_tip_erased, make_the_nightly_list, "tips"),
    (call_the_tip_erased, forget_what_is_over, "tips"),
    (call_the_tip_overdue, look_at_the_clocks, "tips"),
    (give_the_tip_to_somebody, remove_the_assignee, "tips"),
    (change_the_item, make_the_nightly_list, "items"),
    (change_the_item, read_as_the_other, "items"),
    (change_the_item, hand_it_over_at_night, "items"),
    (delete_the_item, read_as_the_other, "items"),
    (delete_the_item, hand_it_over_at_night, "items"),
    (add_an_item, list_the_others_cards, "items"),
    (change_what_the_group_excludes, list_cards, "card_groups"),
    (change_what_the_group_excludes, ask_for_groups, "card_groups"),
    (remove_the_group, list_the_others_cards, "card_groups"),
    (remove_the_group, ask_for_groups, "card_groups"),
    (remove_the_group, make_the_group_again, "card_groups"),
    (remove_the_group_and_its_count, list_the_others_cards, "row_counts"),
    (remove_the_decoy, read_the_decoy, "decoys"),
    (remove_the_decoy, show_the_decoys, "decoys"),
    (put_the_look_ahead, look_an_hour_later, "watched"),
    (change_when_somebody_acted, act_and_look_an_hour_later, "acts"),
    (change_the_count_of_letters, ask_for_the_next_letter, "letters"),
]
WITH_A_READING: Final = (act_and_look_an_hour_later, forget_what_is_over)
"""What reads another tip first, so that the time goes on."""
IDS: Final = [f"{deed.__name__}-{ask.__name__}" for deed, ask, _ in CASES]


@pytest.mark.parametrize(("deed", "ask", "table"), CASES, ids=IDS)
def test_a_row_that_was_changed_by_hand_stops_the_keeper_before_anything_of_it_is_answered(
    scene: Scene, deed: Deed, ask: Callable[[Scene], object], table: str
) -> None:
    deed(scene)
    entries = [scene.keeper.entry(index) for index in range(scene.keeper.size())]
    with pytest.raises(KeeperStopped, match=f"in the table {table}:"):
        ask(scene)
    assert_stopped(scene, table)
    later = [scene.keeper.entry(index) for index in range(len(entries), scene.keeper.size())]
    about = {entry.statement.body["type"] for entry in later}
    allowed = {"read"} if ask in WITH_A_READING else {"audit"}
    assert about <= allowed, "nothing of it is logged"
    let_go_on(scene.world, scene.keeper)
    answered(ask, scene)


def answered(ask: Callable[[Scene], object], scene: Scene) -> None:
    """By the rows as they are: an answer or a refusal, and no stop."""
    try:
        ask(scene)
    except Refused:
        assert scene.keeper.client.heads() is None


@pytest.mark.parametrize("words", ["cast(file as text)", "x'7b7d'"], ids=["text", "no-case"])
def test_a_row_of_which_nobody_can_make_anything_stops_the_keeper_although_two_took_it(
    scene: Scene, words: str
) -> None:
    scene.run((f"update tips set file = {words} where tip = ?", (bytes(scene.tip.id),)))
    for _ in range(2):
        with pytest.raises(KeeperStopped, match="in the table tips:"):
            scene.read()
        let_go_on(scene.world, scene.keeper)
