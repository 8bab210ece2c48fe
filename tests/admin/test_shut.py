"""A card that was overwritten by hand does not hide its tip for good."""

import pytest

from tests.admin.conftest import Office, Staff
from tests.admin.test_queue import shown
from tipline.ids import TipId, UnitId

PLACES = ("/tips", "/tips?state=all&sort=age", "/tips?category=village-tyrants", "/tips/day")


def overwrite(office: Office, tip: TipId, box: bytes | None = bytes(900)) -> None:
    office.change("update tips set card_box = :box where id = :tip", box=box, tip=bytes(tip))


def listed(office: Office) -> tuple[TipId, TipId, Staff]:
    """Two tips, and a reviewer who has listed them."""
    reviewer, tips = office.signed_in("reviewer-a"), (office.put_tip(), office.put_tip())
    assert len(shown(reviewer)) == len(tips)
    return *tips, reviewer


@pytest.mark.parametrize("place", PLACES)
def test_a_list_that_meets_an_overwritten_card_has_it_boxed_again(office: Office, place: str) -> None:
    tip, other, reviewer = listed(office)
    group, beside = office.row(tip).card_group, office.row(other)
    overwrite(office, tip)
    page = reviewer.get(place)
    assert page.status_code == 200
    assert tip.hex() not in page.text
    assert other.hex() in page.text
    assert (office.row(tip).card_group, office.row(tip).card_box) == (None, None)
    assert tip.hex() in reviewer.get(place).text
    assert office.row(tip).card_group == group
    assert office.row(other).card_version == beside.card_version


def test_a_look_at_a_tip_whose_card_is_overwritten_has_it_boxed_again(office: Office) -> None:
    tip, _, reviewer = listed(office)
    overwrite(office, tip)
    assert reviewer.get(f"/tips/{tip.hex()}").status_code == 404
    assert office.row(tip).card_group is None
    assert tip.hex() in shown(reviewer)
    assert reviewer.get(f"/tips/{tip.hex()}").status_code == 200


def test_a_card_that_was_emptied_by_hand_is_boxed_again(office: Office) -> None:
    tip, _, reviewer = listed(office)
    overwrite(office, tip, None)
    shown(reviewer)
    assert tip.hex() in shown(reviewer)


def test_a_card_under_a_key_that_the_member_does_not_hold_stays_where_it_is(office: Office) -> None:
    hidden = office.put_tip(unit=UnitId("u2"))
    colleague, (*_, reviewer) = office.signed_in("reviewer-b"), listed(office)
    assert hidden.hex() in shown(colleague)
    before = office.row(hidden)
    assert reviewer.get(f"/tips/{hidden.hex()}").status_code == 404
    shown(reviewer, "?category=village-tyrants")
    after = office.row(hidden)
    assert (after.card_group, after.card_version) == (before.card_group, before.card_version)
