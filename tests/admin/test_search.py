"""Searching by handle and tag: words stay inside the session, and saved views hold none."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select

from admin.queue.choice import MAX_TYPED, Choice
from admin.queue.saved import MAX_VIEWS, saved_views
from admin.queue.service import handle
from admin.queue.tags import TagForm, set_tags
from tests.admin.conftest import Office, Staff
from tests.admin.test_queue import ENGLISH, shown
from tests.admin.visiting import keys_of, state_of, visit_of
from tests.keeper.observed import Observed
from tests.world import member_id
from tipline.ids import TipId, UnitId
from tipline.keeper_client import Reason, Refused
from tipline.searches.models import Search
from tipline.searches.service import drop_old_words
from tipline.tips.tags import Tag, TagKind

SECRET: Final = "zauberlehrling"
ROW = re.compile(r'href="/tips/([0-9a-f]{32})"')


def tag(office: Office, tip: TipId, *texts: str, by: str = "reviewer-a") -> None:
    """Give a tip number plates."""
    visit = visit_of(office, by)
    keys_of(visit)
    tags = tuple(Tag(TagKind.PLATE, text) for text in texts)
    set_tags(visit, tip, TagForm(tags, ""), state_of(office, visit, tip))


def found(staff: Staff, words: str, **fields: str) -> list[str]:
    """The ids that a search finds."""
    answer = staff.post("/tips", {"words": words, **fields})
    assert answer.status_code == 200
    return ROW.findall(answer.text)


def test_a_search_needs_its_token(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    assert reviewer.client.post("/tips", data={"words": SECRET}).status_code == 400


def test_tips_are_found_by_handle_and_by_tag(office: Office) -> None:
    tips = [office.put_tip() for _ in range(3)]
    reviewer = office.signed_in("reviewer-a")
    shown(reviewer)
    tag(office, tips[0], "苏A12345", "Long Ge")
    tag(office, tips[1], "苏B12345")
    assert found(reviewer, "苏Ａ１２３") == [tips[0].hex()]
    assert found(reviewer, "long ge") == [tips[0].hex()]
    assert found(reviewer, "LONG 12345") == [tips[0].hex()]
    assert set(found(reviewer, "12345")) == {tips[0].hex(), tips[1].hex()}
    assert found(reviewer, handle(tips[2].hex())) == [tips[2].hex()]
    assert found(reviewer, tips[2].hex()) == [tips[2].hex()]
    assert found(reviewer, "苏C") == []


def test_only_tags_and_handles_are_searched(office: Office) -> None:
    """A card holds other words: its codes, and the names of its fields."""
    tip = office.put_tip(unit=UnitId("u4"))
    reviewer = office.signed_in("reviewer-a")
    shown(reviewer)
    tag(office, tip, "x")
    assert found(reviewer, "X") == [tip.hex()]
    for word in ("category", "village-tyrants", "u4", "plate", "tagged", "kind", '"', "\\", "{"):
        assert found(reviewer, word) == []


def test_a_search_keeps_to_the_filters_at_hand(office: Office) -> None:
    open_tip, closed = office.put_tip(), office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    shown(reviewer)
    for tip in (open_tip, closed):
        tag(office, tip, "Same")
    office.change("update tips set state = 'closed' where id = :id", id=bytes(closed))
    assert found(reviewer, "same") == [open_tip.hex()]
    assert found(reviewer, "same", state="closed") == [closed.hex()]


def test_a_search_finds_nothing_of_a_tip_that_excludes_the_reader(office: Office) -> None:
    colleague, reviewer = office.signed_in("reviewer-b"), office.signed_in("reviewer-a")
    tip = office.put_tip(unit=UnitId("u2"))
    shown(colleague)
    tag(office, tip, "Hidden", by="reviewer-b")
    assert found(colleague, "hidden") == [tip.hex()]
    page = reviewer.post("/tips", {"words": "hidden"}, headers=ENGLISH).text
    assert tip.hex() not in page
    assert "There is no tip here for you." in page


def test_searching_leaves_no_words_in_database_log_or_address(office: Office) -> None:
    tip = office.put_tip()
    reviewer, log = office.signed_in("reviewer-a"), Observed(office.world)
    shown(reviewer)
    tag(office, tip, SECRET)
    size = log.size()
    answer = reviewer.post("/tips", {"words": SECRET})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "Location" not in answer.headers
    addresses = re.findall(r'(?:href|action)="([^"]*)"', answer.text)
    assert not [address for address in addresses if SECRET in address]
    assert log.size() == size + 1  # the search itself; the cards were listed before, nothing new is read
    office.database.dispose()
    for path in office.settings.data.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


def test_the_pages_of_a_search_are_turned_by_posting_the_words(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin.queue.service.PAGE", 1)
    tips = [office.put_tip() for _ in range(2)]
    reviewer = office.signed_in("reviewer-a")
    shown(reviewer)
    for tip in tips:
        tag(office, tip, "Same")
    page = reviewer.post("/tips", {"words": "same"}).text
    assert '<button name="page" value="2"' in page
    assert "page=2" not in page
    assert {*found(reviewer, "same"), *found(reviewer, "same", page="2")} == {tip.hex() for tip in tips}


def test_what_is_typed_is_bounded() -> None:
    assert len(Choice.read({}, "x " * 500).typed) <= MAX_TYPED
    assert len(Choice.read({}, "a b c d e f g h i j k l").words) == 8


def test_the_words_of_a_choice_are_not_shown_by_accident() -> None:
    assert SECRET not in repr(Choice.read({}, SECRET))


# ------------------------------------------------------------------ saved views


def keep(staff: Staff, name: str, **fields: Any) -> int:
    return staff.post("/tips/views", {"view_name": name, **fields}).status_code


def test_a_view_without_a_name_or_with_a_long_one_is_not_kept(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    for name in ("", "  ", "n" * 41):
        answer = reviewer.post("/tips/views", {"view_name": name, "unit": "u3"})
        assert answer.status_code == 422
        assert name.strip() in answer.text
    office.change("select 1")
    assert 'href="/tips?unit=u3"' not in reviewer.get("/tips").text


def test_a_kept_view_stands_as_a_link_until_it_is_removed(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    assert keep(reviewer, "Quarry", unit="u3", sort="age") == 303
    assert keep(reviewer, "Quarry", unit="u4") == 303  # the same name: replaced
    page = reviewer.get("/tips").text
    assert 'href="/tips?unit=u4"' in page
    assert page.count("Quarry") == 3  # the link; the button that removes it, and its value
    assert reviewer.post("/tips/views", {"drop": "Quarry"}).status_code == 303
    assert "Quarry" not in reviewer.get("/tips").text


def test_a_member_keeps_twenty_views_and_no_more(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    assert [keep(reviewer, f"View {number}") for number in range(MAX_VIEWS)] == [303] * MAX_VIEWS
    assert keep(reviewer, "One more") == 422
    assert keep(reviewer, "View 3", unit="u3") == 303


def test_a_saved_view_is_sealed_to_its_member_and_holds_no_words(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    keep(reviewer, "Quarry", unit="u3", words=SECRET)
    member, other = office.member("reviewer-a"), office.member("reviewer-b")
    with office.database.reading() as session:
        [view] = saved_views(session, member)
        assert (view.name, view.choice.chosen, view.choice.words) == ("Quarry", {"unit": "u3"}, ())
        assert saved_views(session, other) == ()
        assert saved_views(session, replace(member, seed=other.seed)) == ()  # the id alone opens nothing
    assert "Quarry" not in office.signed_in("reviewer-b").get("/tips").text
    office.change(
        "insert into saved_views select :other, box from saved_views", other=member_id("reviewer-b")
    )
    assert "Quarry" not in office.signed_in("reviewer-b").get("/tips").text  # a box moved to another
    office.database.dispose()
    for path in office.settings.data.rglob("*.db*"):
        assert b"Quarry" not in path.read_bytes()


def test_how_many_views_a_member_keeps_does_not_show_in_the_size_of_the_box(office: Office) -> None:
    reviewer, sizes = office.signed_in("reviewer-a"), set()
    for number in range(3):
        keep(reviewer, f"View {number}", unit="u3")
        with office.database.reading() as session:
            sizes.add(session.connection().exec_driver_sql("select length(box) from saved_views").scalar())
    assert len(sizes) == 1


# ------------------------------------------------------------------ every search is an entry


def test_a_search_is_an_entry_whose_words_only_an_auditor_reads(office: Office) -> None:
    tip, reviewer, auditor = office.put_tip(), office.signed_in("reviewer-a"), office.signed_in("auditor")
    reviewer.get("/tips")
    size = office.log_size()
    reviewer.post("/tips", {"words": SECRET})
    entry = Observed(office.world).entry(size)
    body = entry.statement.body
    assert (body["type"], body["desk"], body["by"]) == ("search", "intake", [member_id("reviewer-a")])
    assert SECRET not in str(entry.statement.body)
    path = f"/log/reasons/{body['item']}"
    assert path in auditor.get("/log").text
    assert reviewer.post(path).status_code == 403
    read = office.log_size()
    answer = auditor.post(path)
    assert (answer.status_code, SECRET in answer.text) == (200, True)
    assert Observed(office.world).entry(read).statement.body["tip"] == "0" * 32
    assert tip


def test_filters_by_code_are_no_search(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    size = office.log_size()
    reviewer.post("/tips", {"words": "  ", "state": "all"})
    reviewer.get("/tips?state=all&category=usury")
    assert office.log_size() == size


def test_what_the_log_does_not_take_is_not_searched(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    tip, reviewer = office.put_tip(), office.signed_in("reviewer-a")
    reviewer.get("/tips")

    def refuse(*_args: object, **_more: object) -> None:
        raise Refused(Reason.TOO_MANY)

    monkeypatch.setattr(office.services.keeper, "append", refuse)
    answer = reviewer.post("/tips", {"words": tip.hex()[:8]})
    assert answer.status_code >= 400
    assert f"/tips/{tip.hex()}" not in answer.text
    with office.database.reading() as session:
        assert not session.scalars(select(Search)).all()


def test_words_of_a_search_go_with_their_statement(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    reviewer.post("/tips", {"words": SECRET})
    clocks, today = office.keeper().roster().clocks, office.clock.today()
    for more, left in ((0, 1), (1, 0)):
        day = today + timedelta(clocks.statement_days + more)
        with office.database.writing() as session:
            drop_old_words(session, clocks, day)
            assert len(session.scalars(select(Search)).all()) == left
