"""Names of accused persons: hidden where the tip is shown, read by themselves, corrected beside the text."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, Final

import pytest
from flask_babel import force_locale
from werkzeug.test import TestResponse

from admin.accused import marking
from admin.accused.errors import (
    AccusedError,
    CorrectionTooLong,
    NameMissing,
    NameTooLong,
    NameTooShort,
    PositionTooLong,
    TooManySpellings,
)
from admin.accused.forms import NameForm
from admin.queue.errors import TagsNotStored
from admin.queue.tags import TagForm, set_tags
from admin.readings.accused import NamesReading
from admin.tip.page import TipPage, show_tip
from admin.transfers.papers import Watermark, as_plain_text, sections
from admin.transfers.reading import reading_all
from admin.visit import Visit
from tests.admin.accusing import CORRECTION, LATIN, NAME, POSITION, TEXT, Accusing
from tests.admin.conftest import Office, hidden_state
from tests.admin.disclosing import ENGLISH
from tests.admin.printing import keeper_away
from tests.admin.test_day import alike
from tests.admin.test_search import found, tag
from tests.admin.test_work import FILE
from tests.admin.visiting import keys_of, state_of, visit_of
from tests.admin.walking import settle, step, walk
from tests.keeper.observed import Observed
from tipline.accused.marks import code_of
from tipline.accused.record import (
    MAX_CORRECTION,
    MAX_POSITION,
    MAX_SPELLING,
    MAX_SPELLINGS,
    AccusedRecord,
)
from tipline.accused.tags import alias_in_tag
from tipline.ids import INTAKE, UnitId
from tipline.mailbox.thread import find_mailbox
from tipline.mailbox.writing import add_answers
from tipline.routing import Route
from tipline.sealing.audience import Audience
from tipline.sealing.items import seal_item
from tipline.tips.models import Item
from tipline.tips.moves import TipState
from tipline.tips.purposes import Purpose
from tipline.tips.storing import next_position, store_items
from tipline.tips.tags import Tag, TagKind

RECORD: Final = [column.name for column in Item.__table__.columns].index("record")
SECRETS = (NAME, LATIN, "Canary", "CANARY", POSITION, CORRECTION)


@contextmanager
def english_words(office: Office) -> Iterator[None]:
    with office.app.test_request_context(), force_locale("en"):
        yield


def told(page_text: str) -> list[str]:
    """What of the canaries stands in a page."""
    return [secret for secret in SECRETS if secret in page_text]


@pytest.fixture
def accusing(office: Office) -> Accusing:
    return Accusing.of(office)


# ------------------------------------------------------------------ who reaches it


def test_to_whom_the_tip_is_shut_its_names_are_the_page_of_an_unknown_tip(office: Office) -> None:
    accusing = Accusing.of(office, exclude=(UnitId("u3"),))
    accusing.mark()
    form = accusing.correction(accusing.names())
    for visitor in ("reviewer-b", "integrity"):  # of an excluded unit; of another desk
        staff = office.signed_in(visitor)
        staff.get("/tips")
        size = office.log_size()
        for end, fields in (("", None), ("", {"purpose": "triage"}), ("/correction", form)):
            paths = [f"/tips/{tip}/accused{end}" for tip in (accusing.tip.hex(), "0" * 32)]
            shut, unknown = (
                staff.get(path) if fields is None else staff.post(path, fields) for path in paths
            )
            assert (shut.status_code, unknown.status_code) == (404, 404)
            assert shut.data == unknown.data
        assert office.log_size() == size
    assert len(accusing.stored("accused")) == 1


def test_nothing_is_shown_without_an_entry_in_the_log(accusing: Accusing) -> None:
    accusing.mark(accused_position=POSITION, accused_correction=CORRECTION)
    log = Observed(accusing.office.world)
    size = log.size()
    assert told(accusing.staff.get(accusing.page, headers=ENGLISH).text) == []
    asked = accusing.names(purpose="curiosity")
    assert (asked.status_code, told(asked.text), log.size()) == (422, [], size)
    with keeper_away(accusing.office):
        away = accusing.names()
        assert (away.status_code, told(away.text)) == (503, [])
    assert log.size() == size
    shown = accusing.names()
    assert all(secret in shown.text for secret in (NAME, LATIN, POSITION, CORRECTION))
    assert f"Shown to reviewer-a · log entry {size} · 2026-03-03" in shown.text
    body = log.entry(size).statement.body
    (item,) = accusing.stored("accused")
    assert (body["type"], body["purpose"]) == ("read", "verification")
    assert [one["item"] for one in body["items"]] == [item.hex()]
    assert log.size() == size + 1


# ------------------------------------------------------------------ where the name stands, and where not


def test_a_marked_name_stands_on_no_page_of_the_tip_but_the_page_of_names(office: Office) -> None:
    accusing = Accusing.of(
        office,
        files={f"{LATIN}.jpg": bytes(100)},
    )
    _write_everywhere(accusing)
    before = accusing.read()
    assert before.text.count(NAME) >= 7, "the name stands in every place that is looked at below"
    page = accusing.mark(page=before, accused_position=POSITION, accused_correction=CORRECTION)
    alias = accusing.alias()
    assert page.text.count(alias) >= 8
    pages = {
        "the mark": page,
        "a reading": accusing.read(),
        "those alike": accusing.act(page, step="similar"),
        "a problem": accusing.act(page, 422, step="note", note=" "),
        "an answer that names somebody": accusing.act(page, 422, message="138 0013 8000"),
        "before a reading": accusing.staff.get(accusing.address, headers=ENGLISH),
        "the door to the names": accusing.staff.get(accusing.page, headers=ENGLISH),
        "the list": accusing.staff.get("/tips", headers=ENGLISH),
        "a search for the alias": accusing.staff.post("/tips", {"words": code_of(accusing.tip, 1)}),
        "the day": accusing.staff.get("/tips/day"),
        "the transfer": accusing.staff.get(f"{accusing.address}/transfer"),
        "a colleague's reading": accusing.read(office.signed_in("reviewer-b")),
        "a preview": _file(accusing, page, "/preview"),
        "in Chinese": accusing.staff.post(accusing.address, {"purpose": "reply"}),
    }
    assert {where: told(each.text) for where, each in pages.items()} == {where: [] for where in pages}
    assert f"被举报人-{code_of(accusing.tip, 1)}" in pages["in Chinese"].text
    download = _file(accusing, page)
    assert told(str(download.headers)) == []
    download.close()
    assert all(secret in accusing.names().text for secret in (NAME, LATIN, POSITION, CORRECTION))


def test_whom_a_tip_must_be_kept_from_is_hidden_in_the_reporters_words_too(office: Office) -> None:
    accusing = Accusing.of(office, by="integrity", exclude_text=f"The cousin of {NAME}")
    page = accusing.mark()
    assert f"The cousin of {accusing.alias()}" in page.text
    assert told(page.text) == []


def _write_everywhere(accusing: Accusing) -> None:
    """The name in a message, an answer, a reply, a note and a tag."""
    office = accusing.office
    office.write_back(accusing.code, f"{NAME} came again. {LATIN}!")
    with office.database.reading() as session:
        mailbox = find_mailbox(session, accusing.code)
    add_answers(mailbox, {"who": NAME, "vehicle": f"{LATIN}'s van"}, office.intake())
    accusing.act(accusing.read(), message=f"Who is {NAME}?", sure=NAME)
    accusing.act(accusing.read(), step="note", note=f"I know {NAME}, called {LATIN}.")
    accusing.act(accusing.read(), step="tags", tagged="", tag_nickname=f"{NAME}的弟弟\n{LATIN}")


def _file(accusing: Accusing, page: TestResponse, end: str = "") -> TestResponse:
    """The tip's file, or its preview, as a button of the page asks for it."""
    found = FILE.search(page.text)
    assert found
    return accusing.staff.post(found[1] + end, {"state": hidden_state(page)}, headers=ENGLISH)


def test_an_answer_that_names_a_marked_person_is_held_back_under_the_alias(accusing: Accusing) -> None:
    accusing.mark()
    answer = accusing.act(accusing.read(), 422, message=f"We looked at {NAME}.")
    assert answer.text.count(NAME) == 1, "in the field alone, where somebody typed it"
    assert f'name="sure" value="{accusing.alias()}"' in answer.text
    accusing.act(answer, message=f"We looked at {NAME}.", sure=accusing.alias())


def test_a_reason_reaches_the_auditors_under_the_alias(accusing: Accusing) -> None:
    walk(accusing.office, TipState.TRIAGE, accusing.tip)
    accusing.mark()
    accusing.act(accusing.read(), step="pause", reason=f"{NAME} is away, and so is {LATIN}.")
    auditor = accusing.office.signed_in("auditor")
    (item,) = accusing.stored("reason")
    told_why = auditor.post(f"/log/reasons/{item.hex()}", headers=ENGLISH).text
    assert f"{accusing.alias()} is away, and so is {accusing.alias()}." in told_why


def test_the_packet_for_the_competent_body_has_the_names_and_the_text_as_it_was(office: Office) -> None:
    accusing = Accusing.of(office)
    accusing.mark(accused_position=POSITION, accused_correction=CORRECTION)
    log = Observed(office.world)
    visit = visit_of(office, "reviewer-a")
    keys_of(visit)
    with english_words(office), reading_all(visit, show_tip(visit, accusing.tip.hex())) as opened:
        parts = sections(opened.read.read, office.clock.today(), [], "")
        paper = as_plain_text(parts, Watermark("reviewer-a", 1, office.clock.today()))
    assert TEXT in paper
    for words in (accusing.alias(), f"In the text: {NAME} · {LATIN}", POSITION, CORRECTION):
        assert words in paper
    (item,) = accusing.stored("accused")
    named = [one["item"] for one in log.entry(log.size() - 1).statement.body["items"]]
    assert item.hex() in named


def test_a_tag_takes_no_marked_name(accusing: Accusing) -> None:
    page = accusing.mark()
    answer = accusing.act(page, step="tags", tagged="", tag_nickname=f"{NAME}的弟弟\nScarface")
    assert told(answer.text) == []
    assert found(accusing.staff, NAME) == []
    assert found(accusing.staff, "Scarface") == [accusing.tip.hex()]


def test_tags_from_a_page_that_does_not_know_the_mark_yet_are_not_taken(accusing: Accusing) -> None:
    old = accusing.read()
    accusing.mark()
    answer = accusing.act(old, 409, step="tags", tagged="", tag_nickname=NAME)
    assert "Your tags were not taken" in answer.text
    assert NAME in answer.text, "nothing that was typed is lost"
    assert found(accusing.staff, NAME) == []


def test_when_the_tags_could_not_follow_it_is_said_and_the_page_mends_it(
    accusing: Accusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    accusing.act(accusing.read(), step="tags", tagged="", tag_nickname=NAME)

    def fails(*_: object) -> None:
        raise TagsNotStored

    monkeypatch.setattr(marking, "set_tags", fails)
    answer = accusing.mark(status=409)
    monkeypatch.undo()
    assert "a tag of this tip still holds it" in answer.text
    assert NAME not in _without_form(answer.text)
    assert found(accusing.staff, NAME) == [accusing.tip.hex()]
    tags = re.search(r'id="tag_nickname"[^>]*>([^<]*)<', answer.text)
    tagged = re.search(r'name="tagged" value="([0-9a-f]+)"', answer.text)
    assert tags
    assert tagged
    accusing.act(answer, step="tags", tagged=tagged[1], tag_nickname=tags[1])
    assert found(accusing.staff, NAME) == []


def _without_form(page: str) -> str:
    """A page without the field in which a name was typed."""
    return re.sub(r'<textarea id="accused-names".*?</textarea>', "", page, flags=re.DOTALL)


def test_a_name_that_stands_nowhere_is_told_so(accusing: Accusing) -> None:
    assert "hidden in 3 places" in accusing.mark().text
    assert "stands nowhere in this tip" in accusing.mark("Somebody Else").text


def test_a_row_put_beside_the_names_brings_none_back(accusing: Accusing) -> None:
    accusing.mark()
    office = accusing.office
    view = office.keeper().states([accusing.tip.hex()])[accusing.tip.hex()]
    directory = office.directory()
    audience = Audience(
        directory.keeper, directory.desk_keys(INTAKE), Route(view.desks, view.excluded), view.claim
    )
    nobody = AccusedRecord((), office.clock.today()).encode()
    forged = seal_item("accused", accusing.tip, nobody, audience=audience)
    (row,) = accusing.stored("accused").values()
    with office.database.writing() as session:
        position, day = next_position(session, accusing.tip), office.clock.today()
        store_items(session, [forged], first_position=position, day=day, record=row[RECORD])
    page = accusing.read()
    assert (page.status_code, told(page.text)) == (200, [])
    assert "1 entry is not genuine" in page.text


# ------------------------------------------------------------------ corrections


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"accused_names": " \n "}, NameMissing),
        ({"accused_names": "王"}, NameTooShort),
        ({"accused_names": "王 \u200b"}, NameTooShort),
        ({"accused_names": "x" * (MAX_SPELLING + 1)}, NameTooLong),
        (
            {"accused_names": "\n".join(f"name {number}" for number in range(MAX_SPELLINGS + 1))},
            TooManySpellings,
        ),
        ({"accused_names": NAME, "accused_position": "x" * (MAX_POSITION + 1)}, PositionTooLong),
        ({"accused_names": NAME, "accused_correction": "x" * (MAX_CORRECTION + 1)}, CorrectionTooLong),
    ],
)
def test_what_cannot_be_a_name_is_refused(fields: dict[str, str], error: type[AccusedError]) -> None:
    with pytest.raises(error):
        NameForm.read(fields)


def test_ways_of_writing_that_are_looked_for_alike_are_one_spelling() -> None:
    typed = NameForm.read({"accused_names": "王老虎\n 王 老虎 \nWang\nWANG", "accused_position": " a \n b "})
    assert (typed.spellings, typed.position) == (("王 老虎", "WANG"), "a b")


def test_what_is_refused_comes_back_and_nobody_is_marked(accusing: Accusing) -> None:
    typed: dict[str, Any] = {"accused_position": "x" * 121, "accused_correction": "My own words."}
    answer = accusing.mark(NAME, 422, **typed)
    assert "at most 120 characters" in answer.text
    assert all(text in answer.text for text in (NAME, *typed.values()))
    assert accusing.stored("accused") == {}


def test_nobody_is_marked_twice_and_not_more_than_an_item_takes(
    accusing: Accusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "MAX_PEOPLE", 2)
    page = accusing.mark()
    for again in (NAME, f" {LATIN.lower()} "):
        page = accusing.mark(again, 409, page=page)
        assert "This name is marked already" in page.text
    page = accusing.mark("Person 2", page=page)
    assert "At most 12 people" in accusing.mark("One more", 422, page=page).text


def test_a_correction_leaves_what_the_reporter_sent_as_it_is_byte_for_byte(office: Office) -> None:
    accusing = Accusing.of(office, files={"photo.jpg": bytes(100)})
    office.write_back(accusing.code, f"{NAME} again.")
    sent = ("text", "card", "message", "file")
    before = accusing.stored(*sent)
    assert len(before) == 4
    accusing.mark()
    first = accusing.stored("accused")
    done = accusing.correct(accusing.names(), names="王丝雀", accused_correction=CORRECTION)
    assert (done.status_code, done.location) == (303, f"{accusing.page}?done=accused-corrected")
    assert accusing.stored(*sent) == before
    assert accusing.stored("accused").items() > first.items(), "what stood before stays as history"
    shown = accusing.names()
    now, earlier = shown.text.split("As it was written down before")
    assert "王丝雀" in now
    assert CORRECTION in now
    assert LATIN in earlier
    assert accusing.alias() in now


def test_a_correction_keeps_the_alias_and_hides_by_the_new_spelling(accusing: Accusing) -> None:
    accusing.mark("Quarry")
    accusing.mark("Somebody Else")
    page = accusing.read().text
    assert NAME in page
    accusing.correct(accusing.names(), names=f"{NAME}\n{LATIN}")
    page = accusing.read().text
    assert told(page) == []
    assert f"{accusing.alias()} · hidden in 3 places" in page
    assert accusing.alias(2) in page


def test_a_correction_that_cannot_be_is_refused_and_comes_back(accusing: Accusing) -> None:
    accusing.mark()
    accusing.mark("Somebody Else")
    shown, before = accusing.names(), accusing.stored("accused")
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"names": "x"}, 422),
        ({"names": "Somebody Else", "accused_correction": "My own words."}, 409),
    ]
    for fields, status in wrong:
        answer = accusing.correct(shown, **fields)
        assert answer.status_code == status
        assert all(text in answer.text for text in fields.values())
    for number in ("3", "", "x"):
        answer = accusing.correct(shown, accused_person=number, accused_correction="My own words.")
        assert (answer.status_code, "My own words." in answer.text) == (400, True)
    assert accusing.stored("accused") == before


# ------------------------------------------------------------------ two at once


def test_two_who_mark_from_the_same_page_both_stand(accusing: Accusing) -> None:
    other = accusing.office.signed_in("reviewer-b")
    pages = accusing.read(), accusing.read(other)
    accusing.mark(NAME, page=pages[0])
    accusing.mark(LATIN, page=pages[1], by=other)
    shown = accusing.names().text
    assert NAME in shown
    assert LATIN in shown
    assert told(accusing.read().text) == []


def test_of_two_who_mark_in_the_same_moment_the_second_is_told_and_loses_nothing(
    accusing: Accusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = accusing.office.signed_in("reviewer-b")
    page, theirs = accusing.read(), accusing.read(other)
    real = marking.open_names

    def and_then_the_other(visit: Visit, tip: TipPage, purpose: Purpose) -> NamesReading:
        found = real(visit, tip, purpose)
        monkeypatch.setattr(marking, "open_names", real)
        meanwhile = Thread(target=lambda: accusing.mark(LATIN, page=theirs, by=other))
        meanwhile.start()
        meanwhile.join()
        return found

    monkeypatch.setattr(marking, "open_names", and_then_the_other)
    answer = accusing.mark(NAME, 409, page=page, accused_position=POSITION)
    assert "Yours were not taken" in answer.text
    assert NAME in answer.text
    assert POSITION in answer.text
    assert NAME not in accusing.names().text
    accusing.mark(NAME, page=answer)
    assert all(name in accusing.names().text for name in (NAME, LATIN))


def test_of_two_corrections_the_second_is_told_and_the_first_stands(accusing: Accusing) -> None:
    other = accusing.office.signed_in("reviewer-b")
    other.get("/tips")
    accusing.mark()
    pages = accusing.names(), accusing.names(other)
    accusing.correct(pages[0], accused_correction=CORRECTION)
    answer = accusing.correct(pages[1], by=other, accused_correction="Another correction.")
    assert answer.status_code == 409
    assert "Yours were not taken" in answer.text
    assert "Another correction." in answer.text
    shown = accusing.names().text
    assert CORRECTION in shown
    assert "Another correction." not in shown


# ------------------------------------------------------------------ cleared


def not_established(accusing: Accusing) -> None:
    """Two people find that it is not established."""
    office, tip = accusing.office, accusing.tip
    walk(office, TipState.VERIFYING, tip)
    step(office, tip, "verifying", "outcome", detail={"outcome": "not-established"})
    assert "(not established)" not in accusing.read().text
    step(office, tip, "outcome", "feedback", "reviewer-b")
    settle(office)


def test_not_established_clears_the_name_in_every_list(office: Office) -> None:
    accusing = Accusing.of(office)
    other = office.put_tip()
    accusing.staff.get("/tips")
    accusing.act(accusing.read(), step="tags", tagged="", tag_nickname=f"{NAME}\n{LATIN}\nScarface")
    tag(office, other, NAME, "Scarface")
    accusing.mark()
    not_established(accusing)
    cleared = f"{accusing.alias()} (not established)"
    staff, handle = accusing.staff, accusing.tip.hex()
    for where in (
        staff.get("/tips?state=all", headers=ENGLISH),
        staff.post("/tips", {"words": "Scarface", "state": "all"}, headers=ENGLISH),
        staff.get(accusing.address, headers=ENGLISH),
        accusing.read(),
    ):
        assert cleared in where.text
    assert f"被举报人-{code_of(accusing.tip, 1)}（查否）" in staff.get("/tips?state=all").text
    assert found(staff, NAME, state="all") == [other.hex()], "what another tip says is its own matter"
    assert found(staff, "Scarface", state="all").count(handle) == 1
    shown = accusing.names().text
    assert shown.index("Not established: this name stands cleared.") < shown.index(NAME)


def test_a_cleared_name_makes_no_tip_look_like_another(office: Office) -> None:
    accusing = Accusing.of(office)
    others = [office.put_tip() for _ in range(2)]
    accusing.staff.get("/tips")
    accusing.act(accusing.read(), step="tags", tagged="", tag_nickname=NAME)
    alias = alias_in_tag(code_of(accusing.tip, 1))
    for other, text in zip(others, (NAME, alias), strict=True):
        visit = visit_of(office, "reviewer-a")
        keys_of(visit)
        set_tags(visit, other, TagForm((Tag(TagKind.NICKNAME, text),), ""), state_of(office, visit, other))
    assert alike(office, accusing.tip) == [(others[0], 1, False)]
    accusing.mark()
    not_established(accusing)
    assert alike(office, accusing.tip) == []
    assert all(alike(office, other) == [] for other in others)


# ------------------------------------------------------------------ at rest


def test_the_names_stand_in_no_file_no_log_no_title_and_no_address(
    accusing: Accusing, capsys: pytest.CaptureFixture[str]
) -> None:
    office = accusing.office
    accusing.act(accusing.read(), step="tags", tagged="", tag_nickname=NAME)
    accusing.mark(accused_position=POSITION)
    accusing.correct(accusing.names(), names=f"{NAME}\n{LATIN}", accused_correction=CORRECTION)
    found(accusing.staff, NAME)
    shown = accusing.names()
    assert told(shown.text)
    assert told(shown.text.split("<title>")[1].split("</title>")[0]) == []
    assert told(str(shown.headers)) == []
    assert shown.headers["Cache-Control"] == "no-store"
    auditor = office.signed_in("auditor", confirmed=True)
    tip = accusing.tip.hex()
    for path in ("/log", f"/log/tips/{tip}", f"/log/reports/tips/{tip}", "/log/inventory"):
        assert told(auditor.get(path).text) == []
    exported = auditor.post("/log/export")
    assert told(exported.text) == []
    exported.close()
    files = [path for path in office.settings.data.rglob("*") if path.is_file()]
    files += [path for path in office.settings.ram.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    for secret in SECRETS:
        assert [path for path in files if secret.encode() in path.read_bytes()] == []
    assert told("".join(capsys.readouterr())) == []


def test_the_timeline_and_the_log_say_that_names_were_marked(accusing: Accusing) -> None:
    page = accusing.mark()
    assert "Marked names of reported persons" in page.text.split('id="timeline"')[1]
    auditor = accusing.office.signed_in("auditor")
    page = auditor.get(f"/log/tips/{accusing.tip.hex()}", headers=ENGLISH)
    assert "Marked names of reported persons" in page.text
