"""My day, and tips that look like one another."""

from datetime import timedelta
from typing import Any

import pytest

from admin.queue.service import handle
from admin.queue.similar import similar
from tests.admin.conftest import Office
from tests.admin.test_queue import ENGLISH, TODAY, at, put, shown
from tests.admin.test_search import tag
from tests.admin.visiting import keys_of, visit_of
from tests.world import member_id
from tipline.ids import TipId, UnitId
from tipline.tips.categories import Category

ME = member_id("reviewer-a")


def test_the_day_has_three_urgent_ones_then_my_own_by_their_day(office: Office) -> None:
    urgent = [
        put(office, due_on=TODAY, due_at=at(13)),
        put(office, due_on=TODAY - timedelta(4)),
        put(office, due_on=TODAY - timedelta(2), assignee=ME),
    ]
    mine = [put(office, due_on=TODAY + timedelta(days), assignee=ME) for days in (5, 1)]
    others = put(office, assignee=member_id("reviewer-b"), due_on=TODAY)
    ended = put(office, assignee=ME, state="closed")
    page = office.signed_in("reviewer-a").get("/tips/day").text
    order = sorted((urgent[1], urgent[2], urgent[0], mine[1], mine[0]), key=lambda tip: page.index(tip.hex()))
    assert order == [urgent[1], urgent[2], urgent[0], mine[1], mine[0]]
    assert page.count(urgent[2].hex()) == 1  # it is mine too, and stands there once
    assert others.hex() not in page
    assert ended.hex() not in page


def test_the_day_names_handles_and_nothing_of_the_cards(office: Office) -> None:
    tip = put(office, unit=UnitId("u3"), category=Category.USURY)
    reviewer = office.signed_in("reviewer-a")
    shown(reviewer)
    tag(office, tip, "苏A12345")
    page = reviewer.get("/tips/day", headers=ENGLISH).text
    assert handle(tip.hex()) in page
    for word in ("Unit u3", "Usury", "苏A12345"):
        assert word in reviewer.get("/tips", headers=ENGLISH).text
        assert word not in page


# ------------------------------------------------------------------ similar tips


def alike(office: Office, tip: TipId, by: str = "reviewer-a") -> list[tuple[TipId, int, bool]]:
    """What is suggested: the tip, how many tags both have, whether it is on the same matter."""
    visit = visit_of(office, by)
    return [(one.tip.id, len(one.tags), one.same_matter) for one in similar(visit, tip, keys_of(visit))]


def matter(office: Office, **changes: Any) -> TipId:
    return put(office, **({"unit": UnitId("u3"), "category": Category.USURY} | changes))


def test_tips_with_the_same_tags_or_on_the_same_matter_are_suggested_the_most_alike_first(
    office: Office,
) -> None:
    tip, both, tagged, same = matter(office), matter(office), put(office), matter(office)
    matter(office, category=Category.VICE)  # another category
    matter(office, unit=UnitId("u4"))  # another unit
    put(office)
    shown(office.signed_in("reviewer-a"))
    tag(office, tip, "苏A12345", "Quarry")
    tag(office, both, "苏a12345", "QUARRY")
    tag(office, tagged, "Quarry", "Something else")
    assert alike(office, tip) == [(both, 2, True), (tagged, 1, False), (same, 0, True)]


def test_what_lies_more_than_ninety_days_back_is_not_on_the_same_matter(office: Office) -> None:
    old = matter(office)
    office.clock.advance(91 * 86_400)
    tip = matter(office)
    assert alike(office, tip) == []
    shown(office.signed_in("reviewer-a"))
    tag(office, tip, "Quarry")
    tag(office, old, "Quarry")
    assert alike(office, tip) == [(old, 1, False)]  # a tag counts however old it is


def test_a_tip_that_says_nothing_resembles_none(office: Office) -> None:
    tip = put(office, category=Category.NOT_SURE)
    put(office, category=Category.NOT_SURE)
    assert alike(office, tip) == []


def test_nothing_of_a_tip_that_excludes_the_reader_is_suggested(office: Office) -> None:
    tip, hidden = (
        matter(office, unit=UnitId("u4")),
        matter(office, unit=UnitId("u4"), exclude=(UnitId("u2"),)),
    )
    assert [one for one, *_ in alike(office, tip, "reviewer-b")] == [hidden]
    assert alike(office, tip) == []


@pytest.mark.parametrize("words", ["unit", "category", "u3"])
def test_words_that_every_card_holds_suggest_nothing(office: Office, words: str) -> None:
    tip, other = put(office), put(office)
    shown(office.signed_in("reviewer-a"))
    tag(office, tip, words)
    assert alike(office, tip) == []
    assert other not in [one for one, *_ in alike(office, tip)]
