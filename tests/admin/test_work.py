"""Replies, moves, exclusions and downloads: the log first, and nothing that was typed is lost."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from admin.readings.files import OpenFile
from admin.tip.downloads import attachment
from crypto.errors import CannotOpen
from tests.admin.conftest import Office, hidden_state
from tipline.ids import TipId, UnitId
from tipline.keeper_client import KeeperUnavailable
from tipline.mailbox.thread import current_route, find_mailbox, first_text
from tipline.tips.categories import Urgency
from tipline.tips.models import Item, Slip
from tipline.tips.moves import TipState

PHOTO = bytes(range(256)) * 700
FILE = re.compile(r'action="(/tips/[0-9a-f]{32}/files/[0-9a-f]{32})"')


def items(office: Office, tip: TipId, kind: str) -> list[Item]:
    with office.database.reading() as session:
        found = session.scalars(select(Item).where(Item.tip_id == tip, Item.kind == kind)).all()
        session.expunge_all()
        return list(found)


# --- replies


@pytest.mark.parametrize("text", ["", "  \n ", "字" * 30_000])
def test_a_reply_that_cannot_be_sent_comes_back(office: Office, text: str) -> None:
    reviewer, tip = office.signed_in("reviewer-a"), office.put_tip()
    page = reviewer.read(tip)
    answer = reviewer.act(tip, page, message=text)
    assert answer.status_code == 422
    assert text.strip() in answer.text
    assert items(office, tip, "reply") == []


def test_a_reply_is_not_sent_twice_and_not_past_a_new_message(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    tip, code = office.put_tip_with_code()
    page = reviewer.read(tip)
    office.write_back(code, "Wait, there is more")
    answer = reviewer.act(tip, page, message="A hasty answer")
    assert answer.status_code == 409
    assert "A hasty answer" in answer.text
    assert "Wait, there is more" in answer.text
    assert reviewer.act(tip, answer, message="A better answer").status_code == 200
    assert reviewer.act(tip, answer, message="A better answer").status_code == 409
    assert len(items(office, tip, "reply")) == 1


def test_a_reply_that_was_logged_and_not_stored_is_said_to_be_so(office: Office) -> None:
    reviewer, tip = office.signed_in("reviewer-a"), office.put_tip()
    page = reviewer.read(tip)
    office.change(
        "create trigger no_reply before insert on items when new.kind = 'reply'"
        " begin select raise(abort, 'disk full'); end"
    )
    answer = reviewer.act(tip, page, message="Important words")
    assert answer.status_code == 503
    assert "未能保存" in answer.text
    assert "Important words" in answer.text
    office.change("drop trigger no_reply")
    assert reviewer.act(tip, answer, message="Important words").status_code == 200


def test_a_reply_is_sealed_to_the_reporter_and_recorded(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    tip, code = office.put_tip_with_code()
    reviewer.act(tip, reviewer.read(tip), message="We look into it.")
    (reply,) = items(office, tip, "reply")
    assert b"We look into it." not in (reply.sealed or b"")
    assert reply.record
    with office.database.reading() as session:
        desks = set(session.scalars(select(Slip.desk).where(Slip.item_id == reply.id)))
        assert find_mailbox(session, code).tip == tip
    assert desks == {"intake", "integrity"}


# --- moves


def test_a_move_that_the_table_lacks_is_refused(office: Office) -> None:
    reviewer, tip = office.signed_in("reviewer-a"), office.put_tip()
    page = reviewer.read(tip)
    for target in ("closed", "received", "nowhere", ""):
        assert reviewer.act(tip, page, move=target).status_code == 422
    assert office.row(tip).state == TipState.RECEIVED


def test_a_move_with_a_required_reason_needs_it_and_seals_it(office: Office) -> None:
    reviewer, tip = office.signed_in("reviewer-a"), office.put_tip()
    page = reviewer.read(tip)
    for step in ("screening", "triage"):
        page = reviewer.act(tip, page, move=step)
    assert reviewer.act(tip, page, move="outside-remit", reason=" ").status_code == 422
    assert reviewer.act(tip, page, move="outside-remit", reason="A civil matter").status_code == 200
    (reason,) = items(office, tip, "reason")
    assert b"A civil matter" not in (reason.sealed or b"")
    with office.database.reading() as session:
        assert session.scalars(select(Slip.desk).where(Slip.item_id == reason.id)).all() == ["auditors"]


def test_the_loser_of_a_race_is_told_and_the_reason_goes(office: Office) -> None:
    first, second, tip = office.signed_in("reviewer-a"), office.signed_in("reviewer-b"), office.put_tip()
    first_page, second_page = first.read(tip), second.read(tip)
    assert first.act(tip, first_page, move="screening").status_code == 200
    answer = second.act(tip, second_page, move="screening", reason="My reason")
    assert answer.status_code == 409
    assert "另有人流转" in answer.text
    assert "My reason" in answer.text or "转入初筛" in answer.text
    assert items(office, tip, "reason") == []
    assert office.row(tip).state == TipState.SCREENING


def test_an_acknowledged_danger_tip_loses_its_hour(office: Office) -> None:
    reviewer, tip = office.signed_in("reviewer-a"), office.put_tip(urgency=Urgency.DANGER)
    assert office.row(tip).due_at
    reviewer.act(tip, reviewer.read(tip), move="screening")
    assert office.row(tip).due_at is None


def test_a_state_changed_by_hand_does_not_move_a_tip(office: Office) -> None:
    reviewer, tip = office.signed_in("reviewer-a"), office.put_tip()
    office.change("update tips set state = 'outside-remit'")
    page = reviewer.read(tip)
    assert "以日志为准" in page.text
    assert reviewer.act(tip, page, move="closed").status_code == 422


# --- exclusions


def test_an_added_unit_cuts_access_at_once_old_slips_included(office: Office) -> None:
    colleague, reviewer, tip = (
        office.signed_in("reviewer-b"),
        office.signed_in("reviewer-a"),
        office.put_tip(),
    )
    colleague_page = colleague.read(tip)
    unknown = colleague.get(f"/tips/{'0' * 32}").data
    page = reviewer.act(tip, reviewer.read(tip), exclude="u3", reason="A cousin")
    assert page.status_code == 200
    assert colleague.get(f"/tips/{tip.hex()}").data == unknown
    assert colleague.read(tip).data == unknown
    assert colleague.act(tip, colleague_page, message="x").data == unknown
    assert tip.hex() not in colleague.get("/tips").text
    assert tip.hex() in reviewer.get("/tips").text
    assert office.row(tip).card_version == 4


def test_an_exclusion_whose_rows_cannot_be_written_hides_the_tip_all_the_same(office: Office) -> None:
    colleague, reviewer, tip = (
        office.signed_in("reviewer-b"),
        office.signed_in("reviewer-a"),
        office.put_tip(),
    )
    colleague.read(tip)
    page = reviewer.read(tip)
    office.change(
        "create trigger full before insert on items when new.kind = 'route' "
        "begin select raise(abort, 'full'); end"
    )
    assert reviewer.act(tip, page, exclude="u3").status_code == 503
    assert tip.hex() not in colleague.get("/tips").text
    assert colleague.read(tip).status_code == 404


def test_the_keeper_refuses_an_excluded_member_whatever_the_rows_say(office: Office) -> None:
    colleague, reviewer, tip = (
        office.signed_in("reviewer-b"),
        office.signed_in("reviewer-a"),
        office.put_tip(),
    )
    colleague.read(tip)
    before = office.row(tip)
    reviewer.act(tip, reviewer.read(tip), exclude="u3")
    office.change(
        "update tips set card_group = :group, card_version = :version, card_box = :box",
        group=before.card_group,
        version=before.card_version,
        box=before.card_box,
    )
    assert colleague.read(tip).status_code == 404


@pytest.mark.parametrize(("desk", "excluded"), [("intake", ["u1", "u3"]), ("integrity", [])])
def test_rows_from_before_a_route_show_nothing(office: Office, desk: str, excluded: list[str]) -> None:
    colleague, tip = office.signed_in("reviewer-b"), office.put_tip()
    colleague.read(tip)
    unknown = colleague.get(f"/tips/{'0' * 32}").data
    fields = {"tip": tip.hex(), "desk": "intake", "desks": [desk], "excluded": excluded, "reason": {}}
    office.keeper().append(office.world.sign("route", "reviewer-a", **fields))  # and no row follows
    listed = colleague.get("/tips", query_string={"state": "all"})
    assert (listed.status_code, tip.hex() in listed.text) == (200, False)
    answer = colleague.get(f"/tips/{tip.hex()}")
    assert (answer.status_code, answer.data) == (404, unknown)


def test_a_card_put_back_from_before_an_exclusion_is_a_finding(office: Office) -> None:
    words = "与日志中的岗位和回避单位不符"
    reviewer, auditor, tip = (
        office.signed_in("reviewer-a"),
        office.signed_in("auditor", confirmed=True),
        office.put_tip(),
    )
    page = reviewer.read(tip)
    before = office.row(tip)
    reviewer.act(tip, page, exclude="u3")
    assert words not in auditor.post("/log/verify").text
    office.change(
        "update tips set card_group = :group, card_version = :version, card_box = :box",
        group=before.card_group,
        version=before.card_version,
        box=before.card_box,
    )
    assert words in auditor.post("/log/verify").text


def test_excluding_oneself_leads_back_to_the_list(office: Office) -> None:
    reviewer, tip = office.signed_in("reviewer-a"), office.put_tip()
    answer = reviewer.act(tip, reviewer.read(tip), exclude="u2")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tips?done=exclude")
    assert reviewer.get(f"/tips/{tip.hex()}").status_code == 404


def test_a_desk_with_nobody_left_hands_the_tip_to_the_integrity_desk(office: Office) -> None:
    tip = office.put_tip(unit=UnitId("u3"))
    reviewer = office.signed_in("reviewer-a")
    assert reviewer.act(tip, reviewer.read(tip), exclude="u2").status_code == 303
    assert office.row(tip).desk == "integrity"
    page = office.signed_in("integrity").read(tip)
    assert "A gang runs the quarry." in page.text


def test_a_tip_that_nobody_could_read_is_not_made(office: Office) -> None:
    tip = office.put_tip(unit=UnitId("u3"))
    reviewer, integrity = office.signed_in("reviewer-a"), office.signed_in("integrity")
    reviewer.act(tip, reviewer.read(tip), exclude="u2")
    page = integrity.read(tip)
    for unit in ("u9", "u3", "u77", ""):
        assert integrity.act(tip, page, exclude=unit).status_code == 422


def test_the_route_is_sealed_to_the_reporter_and_names_no_unit_in_clear(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    reviewer = office.signed_in("reviewer-a")
    reviewer.act(tip, reviewer.read(tip), exclude="u4")
    (route,) = items(office, tip, "route")
    assert route.record == b""
    assert b'"kind":"route"' not in (office.settings.data / "main.db").read_bytes()
    with office.database.reading() as session:
        mailbox = find_mailbox(session, code)
        log = office.world.verifier
        followed = current_route(session, mailbox, log, first_text(session, mailbox, log))
    assert followed.excluded == ("u1", "u4")


# --- downloads


def test_a_file_is_always_an_attachment_after_its_own_entry(office: Office) -> None:
    tip, _ = office.put_tip_with_code(files={'照片 "1"\n.html': PHOTO})
    reviewer = office.signed_in("reviewer-a")
    page = reviewer.read(tip)
    size = office.log_size()
    answer = reviewer.post(FILE.findall(page.text)[0], {"state": hidden_state(page)})
    assert answer.data == PHOTO
    assert answer.mimetype == "application/octet-stream"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=\"tip-file\"; filename*=UTF-8''%E7%85%A7")
    assert "\n" not in disposition
    assert ".html" in disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert office.log_size() == size + 1


@pytest.mark.parametrize("change", ["cut", "swap", "remove"])
def test_a_file_that_was_changed_is_refused_before_its_first_byte(office: Office, change: str) -> None:
    tip, _ = office.put_tip_with_code(files={"a.jpg": PHOTO, "b.jpg": PHOTO[::-1]})
    reviewer = office.signed_in("reviewer-a")
    page = reviewer.read(tip)
    path = FILE.findall(page.text)[0]
    stored = office.settings.files / path[-32:-30] / path[-32:]
    other = office.settings.files / FILE.findall(page.text)[1][-32:-30] / FILE.findall(page.text)[1][-32:]
    if change == "remove":
        stored.unlink()
    else:
        stored.write_bytes(other.read_bytes() if change == "swap" else stored.read_bytes()[:70_000])
    answer = reviewer.post(path, {"state": hidden_state(page)})
    assert answer.status_code == (404 if change == "remove" else 409)
    assert PHOTO[:64] not in answer.data


def test_an_error_in_the_stream_breaks_the_transfer_off() -> None:
    def cut() -> Iterator[bytes]:
        yield b"the first piece"
        raise CannotOpen("cut")

    answer = attachment(OpenFile("a.jpg", cut(), "image/jpeg"))
    assert "Content-Length" not in answer.headers
    with pytest.raises(CannotOpen):
        list(answer.response)


def test_no_other_item_downloads_as_a_file(office: Office) -> None:
    tip, _ = office.put_tip_with_code(files={"a.jpg": PHOTO})
    other, _ = office.put_tip_with_code(files={"b.jpg": PHOTO})
    reviewer = office.signed_in("reviewer-a")
    page, other_page = reviewer.read(tip), reviewer.read(other)
    text = items(office, tip, "text")[0].id.hex()
    foreign = FILE.findall(other_page.text)[0][-32:]
    for item in (text, foreign, "0" * 32, "x"):
        answer = reviewer.post(f"/tips/{tip.hex()}/files/{item}", {"state": hidden_state(page)})
        assert answer.status_code == 404


def test_a_step_that_was_taken_is_said_to_be_taken_though_the_page_fails(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewer, tip = office.signed_in("reviewer-a"), office.put_tip()
    page = reviewer.read(tip)

    def away(*_: object) -> None:
        raise KeeperUnavailable("gone after the reply")

    monkeypatch.setattr(office.keeper(), "release", away)
    answer = reviewer.act(tip, page, message="Sent once")
    assert answer.status_code == 503
    assert "请不要重复操作" in answer.text
    assert "Sent once" not in answer.text
    assert len(items(office, tip, "reply")) == 1
