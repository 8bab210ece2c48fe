"""A card in another group than its route's: put right by `tipline rebuild`, and by the list that meets it."""

from tests.admin.conftest import Office
from tests.admin.test_queue import shown
from tipline.ids import TipId
from tipline.rebuild import rebuild_caches


def route(office: Office, tip: TipId, *excluded: str) -> None:
    """An exclusion in the log for which no row was changed, as when the site breaks off after it."""
    statement = office.world.sign(
        "route",
        "reviewer-b",
        tip=tip.hex(),
        desk="intake",
        desks=["intake"],
        excluded=sorted(excluded),
        reason={},
    )
    office.keeper().append(statement)


def test_rebuild_takes_a_card_out_of_a_group_that_its_route_has_left(office: Office) -> None:
    tip, other = office.put_tip(), office.put_tip()
    shown(office.signed_in("reviewer-a"))
    group = office.row(tip).card_group
    route(office, tip, "u2")
    database, log_key = office.services.database, office.services.log_key
    assert rebuild_caches(database, office.keeper(), log_key).put_right == 1
    assert office.row(tip).card_group is None
    assert office.row(other).card_group == group
    assert rebuild_caches(database, office.keeper(), log_key).put_right == 0
    colleague = office.signed_in("reviewer-b")
    assert tip.hex() in shown(colleague)
    assert office.row(tip).card_group not in (None, group)
    assert rebuild_caches(database, office.keeper(), log_key).put_right == 0


def test_a_list_puts_a_card_right_whose_route_does_not_exclude_the_reader(office: Office) -> None:
    tip = office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    shown(reviewer)
    group = office.row(tip).card_group
    route(office, tip, "u4")
    assert shown(reviewer) == []
    assert shown(reviewer) == [tip.hex()]
    assert office.row(tip).card_group not in (None, group)
