"""Two reviewers take sample tips through every state there is, by clicking.

One reads Chinese on a telephone without scripts, the other English on a desktop.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.staff import Member, at_work
from tests.journeys.store import rows
from tests.journeys.trial import Trial
from tests.journeys.windows import DESKTOP, PHONE, Screen
from tipline.tips.moves import TIP_MOVES

PLATE: Final = "粤X·81K24"
SPAM: Final = 3


@dataclass
class Desk:
    """The two at work, and which tips they have had."""

    one: Member
    other: Member
    had: set[str] = field(default_factory=set)

    def next_tip(self, member: Member, state: str) -> str:
        """Somebody opens and reads the next tip in a state; its id."""
        fresh = [handle for handle in member.handles(state) if handle not in self.had]
        assert fresh, f"the samples have no other tip in {state}"
        self.had.add(fresh[0])
        return member.open(fresh[0])

    def again(self, member: Member, tip: str) -> None:
        """Somebody else opens and reads a tip that was had before."""
        member.go(f"/tips/{tip}")
        member.read()


@pytest.fixture(scope="module")
def desk(sampled: Trial, chromium: Browser) -> Iterator[Desk]:
    one = at_work(chromium, Screen(PHONE, "zh-CN", False, "198.51.100.190"), sampled, "reviewer-a")
    other = at_work(chromium, Screen(DESKTOP, "en", True, "198.51.100.191"), sampled, "reviewer-b")
    yield Desk(one, other)
    one.window.close()
    other.window.close()


# ------------------------------------------------------------ ways of ten tips


def _from_received_to_review(desk: Desk) -> None:
    """The whole way: asked for more, transferred with letter and receipt, confirmed by the second person."""
    one, other = desk.one, desk.other
    tip = desk.next_tip(one, "received")
    one.press("#assign button[name=assign]")
    one.read()
    for target in ("screening", "triage", "need-more", "triage"):
        one.move(tip, target)
    assert one.transfer(tip).startswith(b"%PDF-")
    one.go(f"/tips/{tip}/transfer")
    assert "〕" in one.page.inner_text(".facts"), "the letter has a number"
    one.fill(reference="SG-2026-7", received_on=one.page.get_attribute("#received_on", "max") or "")
    one.moving(tip, "verifying", lambda: one.press("#receipt button"))
    desk.again(one, tip)
    assert "SG-2026-7" in one.page.inner_text("main")
    one.move(tip, "outcome", outcome="true")
    assert one.barred() == 1, "whoever recorded the outcome does not confirm it"
    desk.again(other, tip)
    other.move(tip, "feedback")
    assert other.barred() == 1, "no closing before the reporter has an answer"
    text = other.answer()
    assert text in other.page.inner_text(".thread >> nth=0")
    other.move(tip, "closed")
    other.move(tip, "review")
    assert other.barred() == 2, "a review is for somebody who did not decide"


def _repeats_another(desk: Desk) -> None:
    tip = desk.next_tip(desk.one, "triage")
    handle = desk.other.handles("verifying")[0]
    desk.one.move(tip, "duplicate", other=handle)
    desk.one.answer()
    desk.one.move(tip, "closed")


def _repeats_none(desk: Desk) -> None:
    desk.other.move(desk.next_tip(desk.other, "duplicate"), "triage")


def _outside_and_looked_at_again_by_another(desk: Desk) -> None:
    one, other = desk.one, desk.other
    tip = desk.next_tip(one, "triage")
    one.move(tip, "outside-remit")
    one.move(tip, "review")
    assert one.barred() == 2, "who declined does not review"
    desk.again(other, tip)
    other.answer()
    other.move(tip, "closed")


def _not_outside(desk: Desk) -> None:
    desk.other.move(desk.next_tip(desk.other, "outside-remit"), "triage")


def _outside_closed_and_begun_anew(desk: Desk) -> None:
    """Who declined it in the samples is one of the two, and does not review it."""
    tip = desk.next_tip(desk.one, "outside-remit")
    desk.one.answer()
    desk.one.move(tip, "closed")
    desk.one.move(tip, "review")
    reviewing = desk.one
    if desk.one.barred() == 2:
        reviewing = desk.other
        desk.again(reviewing, tip)
    reviewing.move(tip, "triage")


def _returned_by_the_body(desk: Desk) -> None:
    one = desk.one
    tip = desk.next_tip(one, "transferred")
    one.press("#move a.go")
    one.page.locator("#return-reason").fill("The body says it is not theirs.")
    one.moving(tip, "triage", lambda: one.press("#return button"))


def _verified_too_early(desk: Desk) -> None:
    desk.other.move(desk.next_tip(desk.other, "verifying"), "triage")


def _outcome_taken_back(desk: Desk) -> None:
    tip = desk.next_tip(desk.one, "outcome")
    desk.one.move(tip, "verifying")
    desk.one.move(tip, "outcome", outcome="not-established")


def _kept_standing(desk: Desk) -> None:
    """The clock of a tenth is stopped, which bars its moves, and runs again."""
    other = desk.other
    desk.next_tip(other, "verifying")
    other.step("pause")
    assert other.page.locator("button[name=move]").count() == 0
    other.step("resume")
    assert other.page.locator("button[name=move]").count() > 0


WAYS: Final[Sequence[Callable[[Desk], None]]] = (
    _from_received_to_review,
    _repeats_another,
    _repeats_none,
    _outside_and_looked_at_again_by_another,
    _not_outside,
    _outside_closed_and_begun_anew,
    _returned_by_the_body,
    _verified_too_early,
    _outcome_taken_back,
    _kept_standing,
)


@pytest.mark.parametrize("path", ["/tips?due=overdue", "/tips/hand-over", "/tips/day"])
def test_an_overdue_row_has_a_line_that_shows(desk: Desk, path: str) -> None:
    """As the browser draws it: in the list the first cell is a box to tick, and no heading.

    It stands first: those after it work on what is overdue.
    """
    for member in (desk.one, desk.other):
        member.go(path)
        late = member.page.locator("tr.overdue > :first-child, li.overdue")
        drawn = late.evaluate_all("all => all.map(each => getComputedStyle(each).boxShadow)")
        assert all("inset" in shadow for shadow in drawn)
        assert drawn or "overdue" not in path


def test_ten_tips_go_through_every_move_of_the_table(desk: Desk) -> None:
    for way in WAYS:
        way(desk)
    assert len(desk.had) == len(WAYS)
    table = {(move.source.value, move.target.value) for move in TIP_MOVES.moves if not move.by_itself}
    assert desk.one.moves | desk.other.moves == table


def test_of_two_who_move_a_tip_at_once_one_moves_it_and_the_other_is_told(desk: Desk) -> None:
    tip = desk.next_tip(desk.one, "screening")
    desk.again(desk.other, tip)
    desk.one.move(tip, "triage")
    desk.other.press("button[name=move][value=triage]")
    expect(desk.other.page.locator(".problem[role=alert]")).to_be_visible()
    assert desk.one.state(tip) == "triage"


def test_what_is_no_tip_is_closed_many_at_once_by_one_statement(desk: Desk) -> None:
    one = desk.one
    one.go("/tips?state=received")
    boxes = one.page.locator("tbody input[name=tip]")
    chosen = [str(boxes.nth(number).get_attribute("value")) for number in range(min(SPAM, boxes.count()))]
    for tip in chosen:
        one.page.locator(f"input[name=tip][value='{tip}']").check()
    one.press("button[form=spam]")
    one.fill(reason="Somebody tries the form out.")
    one.press("main form[action='/tips/spam/close'] button")
    assert len(chosen) > 1
    assert {one.state(tip) for tip in chosen} == {"closed"}


def test_a_tag_finds_its_tip_for_the_colleague_and_stands_in_no_address(desk: Desk) -> None:
    one, other = desk.one, desk.other
    tip = desk.next_tip(one, "verifying")
    one.step("tags", tag_plate=PLATE)
    other.go("/tips")
    other.fill(words=PLATE)
    other.press("search button")
    assert PLATE not in other.page.url
    links = other.page.locator("tbody th a.handle")
    assert [link.get_attribute("href") for link in links.all()] == [f"/tips/{tip}"]
    assert not [row for row in rows(desk.one.trial, "SELECT * FROM tips") if PLATE in str(row)]


def test_a_colleague_gets_ones_tips_and_gives_some_back(desk: Desk) -> None:
    one, other = desk.one, desk.other
    one.go("/tips/hand-over")
    boxes = one.page.locator("#hand-over input[name=tips]")
    assert not [box for box in boxes.all() if box.is_checked()], "whoever ticks gives"
    one.press("#hand-over a[href$='tick=all']")
    given = [str(box.get_attribute("value")) for box in boxes.all()]
    assert len(given) > 1
    one.page.locator("#to").select_option(label=other.name)
    one.press("#hand-over button")
    assert _whose(desk, given) == {other.name}
    one.press(".notice a")
    for box in one.page.locator("#hand-over input[name=tips]").all():
        box.set_checked(box.get_attribute("value") == given[0])
    one.page.locator("#to").select_option(value=_member(desk, one.name))
    one.press("#hand-over button")
    assert _whose(desk, given[:1]) == {one.name}
    assert _whose(desk, given[1:]) == {other.name}


def _whose(desk: Desk, tips: Sequence[str]) -> set[str]:
    query = "SELECT name FROM accounts WHERE member_id = (SELECT assignee FROM tips WHERE id = ?)"
    return {str(rows(desk.one.trial, query, bytes.fromhex(tip))[0][0]) for tip in tips}


def _member(desk: Desk, name: str) -> str:
    return str(rows(desk.one.trial, "SELECT member_id FROM accounts WHERE name = ?", name)[0][0])
