"""admin/links: tips on one matter, shown only to whom both are shown."""

import re

import pytest

from admin.queue.rows import handle
from tests.admin.conftest import Office
from tests.admin.printing import english
from tests.admin.walking import state
from tipline.ids import TipId, UnitId
from tipline.tips.models import Tip

ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)


def links(office: Office, tip: TipId) -> tuple[str, ...]:
    return office.keeper().states([tip.hex()])[tip.hex()].case.links


def timeline(page: str) -> list[str]:
    """The lines of the timeline of a page that was read."""
    return ROW.findall(page.split('id="timeline"')[1].split("</section>", maxsplit=1)[0])


@pytest.mark.parametrize("text", ["", "x", "1234", "zzzz-zzzz", "0" * 32, "'; drop table tips"])
def test_what_is_no_handle_of_ones_tips_links_nothing(office: Office, text: str) -> None:
    tip = office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    answer = reviewer.act(tip, reviewer.read(tip), step="link", other=text)
    assert answer.status_code == 422
    assert links(office, tip) == ()


def test_a_tip_that_one_may_not_know_cannot_be_linked_and_is_not_there(office: Office) -> None:
    tip, hidden = office.put_tip(), office.put_tip(unit=UnitId("u2"))
    office.signed_in("reviewer-b").get("/tips")
    reviewer = english(office.signed_in("reviewer-a"))
    page = reviewer.read(tip)
    answers = [reviewer.act(tip, page, step="link", other=other) for other in (hidden.hex(), "0" * 32)]
    assert [answer.status_code for answer in answers] == [422, 422]
    for answer in answers:
        assert "None of your tips has this handle" in answer.text


def test_a_link_to_a_tip_that_the_reader_may_not_know_is_not_shown_nor_counted(office: Office) -> None:
    tip, other = office.put_tip(), office.put_tip(unit=UnitId("u2"))
    colleague = english(office.signed_in("reviewer-b"))
    page = colleague.act(tip, colleague.read(tip), step="link", other=handle(other.hex()))
    assert page.status_code == 200
    assert handle(other.hex()) in page.text
    shown = english(office.signed_in("reviewer-a")).read(tip).text
    for words in (handle(other.hex()), other.hex(), "Linked tips (1)"):
        assert words not in shown


@pytest.mark.parametrize("steps", [("link",), ("link", "unlink"), ("unlink",)], ids="-".join)
def test_the_timeline_does_not_tell_an_excluded_reader_that_a_hidden_tip_was_linked(
    office: Office, steps: tuple[str, ...]
) -> None:
    tip, shown, hidden = office.put_tip(), office.put_tip(), office.put_tip(unit=UnitId("u2"))
    colleague = english(office.signed_in("reviewer-b"))
    colleague.get("/tips")
    if steps == ("unlink",):  # begun before the reader looks
        state(office, tip, "link", "reviewer-b", to=hidden.hex())
    before = timeline(english(office.signed_in("reviewer-a")).read(tip).text)
    for step in steps:
        state(office, tip, step, "reviewer-b", to=hidden.hex())
    after = timeline(english(office.signed_in("reviewer-a")).read(tip).text)
    assert [line for line in after if "Read" not in line] == [line for line in before if "Read" not in line]
    assert not any("link" in line.lower() for line in after)
    assert any("link" in line.lower() for line in timeline(colleague.read(tip).text))
    state(office, tip, "link", "reviewer-b", to=shown.hex())  # what may be known is told
    assert any(
        "link" in line.lower() for line in timeline(english(office.signed_in("reviewer-a")).read(tip).text)
    )


def test_linking_leaves_both_mailboxes_apart(office: Office) -> None:
    (tip, code), (other, other_code) = office.put_tip_with_code(), office.put_tip_with_code("Another.")
    reviewer = english(office.signed_in("reviewer-a"))
    page = reviewer.act(tip, reviewer.read(tip), step="link", other=other.hex())
    assert page.status_code == 200
    assert (links(office, tip), links(office, other)) == ((other.hex(),), (tip.hex(),))
    office.write_back(other_code, "Only the other reporter wrote this.")
    assert "Only the other reporter wrote this." not in reviewer.read(tip).text
    with office.database.reading() as session:
        assert session.query(Tip).count() == 2
    office.write_back(code, "Each has a mailbox of their own.")
    assert "Each has a mailbox of their own." not in reviewer.read(other).text
    page = reviewer.act(tip, reviewer.read(tip), step="unlink", other=other.hex())
    assert page.status_code == 200
    assert (links(office, tip), links(office, other)) == ((), ())


def test_a_tip_is_linked_once_and_not_with_itself(office: Office) -> None:
    tip, other = office.put_tip(), office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    page = reviewer.read(tip)
    assert reviewer.act(tip, page, step="link", other=tip.hex()).status_code == 422
    assert reviewer.act(tip, page, step="link", other=other.hex()).status_code == 200
    assert reviewer.act(tip, page, step="link", other=other.hex()).status_code == 409
    assert reviewer.act(tip, page, step="unlink", other=other.hex()).status_code == 200
    assert reviewer.act(tip, page, step="unlink", other=other.hex()).status_code == 409


def test_suggestions_are_shown_when_they_are_asked_for_and_hold_nothing_hidden(office: Office) -> None:
    tip, alike = office.put_tip(unit=UnitId("u4")), office.put_tip(unit=UnitId("u4"))
    hidden = office.put_tip(unit=UnitId("u4"), exclude=(UnitId("u2"),))
    office.signed_in("reviewer-b").get("/tips")
    reviewer = english(office.signed_in("reviewer-a"))
    page = reviewer.read(tip)
    assert handle(alike.hex()) not in page.text
    found = reviewer.act(tip, page, step="similar").text
    assert handle(alike.hex()) in found
    assert handle(hidden.hex()) not in found
    assert reviewer.act(tip, page, step="link", other=alike.hex()).status_code == 200


def test_the_other_tip_follows_in_the_log_alone(office: Office) -> None:
    tip, other = office.put_tip(), office.put_tip()
    office.signed_in("reviewer-a").get("/tips")
    state(office, tip, "link", to=other.hex())
    assert handle(other.hex()) in english(office.signed_in("reviewer-a")).read(tip).text
