"""The list and the page of a tip: who finds what, and what is shown of forged rows."""

import re

import pytest

from admin.queue.service import handle
from crypto.keys import Identity
from crypto.notes import NoteSigner, open_json, sign_json
from tests.admin.conftest import Office, Staff, hidden_state
from tipline.ids import TipId, UnitId
from tipline.tips.categories import Official, Urgency

UNKNOWN = "0" * 32
TEXT = "A gang runs the quarry."


def findings(office: Office) -> str:
    page = office.signed_in("auditor", confirmed=True).post("/log/verify", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    return page.text


def hidden_tips(office: Office) -> dict[str, TipId]:
    """Tips that reviewer-a (unit u2, desk intake) must not find."""
    return {
        "excluded": office.put_tip(unit=UnitId("u2")),
        "other desk": office.put_tip(official=Official.YES),
    }


def test_what_a_member_may_not_see_is_the_page_of_an_unknown_tip(office: Office) -> None:
    hidden = hidden_tips(office)
    for listed_by in ("reviewer-b", "integrity"):
        assert office.signed_in(listed_by).get("/tips").status_code == 200
    reviewer = office.signed_in("reviewer-a")
    for method in ("get", "read"):
        pages = {}
        for name, tip in {"unknown": TipId(bytes(16)), **hidden}.items():
            answer = reviewer.get(f"/tips/{tip.hex()}") if method == "get" else reviewer.read(tip)
            assert answer.status_code == 404
            pages[name] = answer.data
        assert len(set(pages.values())) == 1
    for odd in ("x", "0" * 31, "A" * 32, "0" * 31 + "é"):
        assert reviewer.get(f"/tips/{odd}").data == reviewer.get(f"/tips/{UNKNOWN}").data


def test_what_a_member_may_not_see_is_not_listed_and_not_counted(office: Office) -> None:
    hidden = hidden_tips(office)
    mine = office.put_tip()
    office.signed_in("reviewer-b").get("/tips")
    page = office.signed_in("reviewer-a").get("/tips", query_string={"state": "all"}).text
    assert handle(mine.hex()) in page
    for tip in hidden.values():
        assert handle(tip.hex()) not in page
    assert "1 件举报" in page
    assert max(map(int, re.findall(r'class="count">(\d+)', page))) == 1


def test_a_tip_that_excludes_the_reader_is_listed_by_a_colleague(office: Office) -> None:
    tip = office.put_tip(unit=UnitId("u2"))
    assert tip.hex() not in office.signed_in("reviewer-a").get("/tips").text
    assert tip.hex() in office.signed_in("reviewer-b").get("/tips").text


def test_a_second_page_view_makes_no_statement(office: Office) -> None:
    office.put_tip()
    office.put_tip(unit=UnitId("u2"))  # withheld from this reader: not asked for again
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    size = office.log_size()
    reviewer.get("/tips")
    assert office.log_size() == size
    office.put_tip()
    reviewer.get("/tips")
    assert office.log_size() == size + 1


def test_two_sessions_share_the_groups(office: Office) -> None:
    tip = office.put_tip()
    for _ in range(2):
        assert tip.hex() in office.signed_in("reviewer-a").get("/tips").text


def test_a_group_that_a_colleague_makes_is_opened_by_sessions_that_run_already(office: Office) -> None:
    reviewer, excluded = office.signed_in("reviewer-a"), office.signed_in("reviewer-b")
    for staff in (reviewer, excluded):
        staff.get("/tips")
    tip = office.put_tip(unit=UnitId("u3"))
    colleague = office.signed_in("reviewer-a")
    assert tip.hex() in colleague.get("/tips").text
    assert tip.hex() in reviewer.get("/tips").text
    assert tip.hex() not in excluded.get("/tips").text
    size = office.log_size()
    for staff in (reviewer, excluded):
        staff.get("/tips")
    assert office.log_size() == size  # what stays shut is not asked for again


def test_danger_stands_on_top_and_late_tips_are_marked(office: Office) -> None:
    calm = office.put_tip()
    urgent = office.put_tip(urgency=Urgency.DANGER)
    page = office.signed_in("reviewer-a").get("/tips").text
    assert page.index(urgent.hex()) < page.index(calm.hex())
    office.clock.advance(7 * 86_400)
    assert office.signed_in("reviewer-a").get("/tips").text.count('class="overdue"') == 2


def test_the_list_is_paged(office: Office) -> None:
    for _ in range(51):
        office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    pages = [reviewer.get("/tips", query_string={"page": number}).text for number in (1, 2)]
    assert [page.count('scope="row"') for page in pages] == [50, 1]


def test_a_reading_needs_a_purpose(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    tip = office.put_tip()
    reviewer.get("/tips")
    size = office.log_size()
    for purpose in ("", "audit", "curiosity"):
        answer = reviewer.read(tip, purpose)
        assert answer.status_code == 422
        assert TEXT not in answer.text
    assert office.log_size() == size


def test_opening_the_page_reads_nothing(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    tip = office.put_tip()
    reviewer.get("/tips")
    size = office.log_size()
    page = reviewer.get(f"/tips/{tip.hex()}")
    assert (page.status_code, TEXT in page.text) == (200, False)
    assert office.log_size() == size


def test_a_reading_is_one_entry_and_shows_text_and_thread(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    office.write_back(code, "One thing more")
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    size = office.log_size()
    page = reviewer.read(tip)
    assert TEXT in page.text
    assert "One thing more" in page.text
    assert office.log_size() == size + 1


HOUR = re.compile(r"\d\d:\d\d")
ZONED = re.compile(r"\d\d:\d\d(:\d\d)? UTC\b")


def test_of_the_arrival_staff_see_the_day_alone(office: Office) -> None:
    tip, danger = office.put_tip(), office.put_tip(urgency=Urgency.DANGER)
    reviewer = office.signed_in("reviewer-a")
    page = before_timeline(read_of(reviewer, tip))
    assert office.clock.today().isoformat() in page
    assert not HOUR.search(page)
    due = f"{office.row(danger).due_at:%Y-%m-%d %H:%M} UTC"
    page = before_timeline(read_of(reviewer, danger))
    assert due in page
    assert HOUR.findall(page) == HOUR.findall(due)


def before_timeline(page: str) -> str:
    """The page without what staff did, which has its hour."""
    before, timeline = page.split('id="timeline"')
    assert ZONED.search(timeline)
    return before


def test_no_time_stands_without_its_zone(office: Office) -> None:
    reviewer, auditor = office.signed_in("reviewer-a"), office.signed_in("auditor")
    tip = office.put_tip(urgency=Urgency.DANGER)
    pages = [reviewer.get("/tips").text, read_of(reviewer, tip), auditor.get("/log").text]
    for page in pages:
        assert ZONED.search(page)
        assert not HOUR.search(ZONED.sub("", page))
        assert "协调世界时（UTC）" in page


def test_the_hidden_field_says_nothing_and_fits_its_tip_and_session_alone(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    tip, other = office.put_tip(unit=UnitId("u4")), office.put_tip()
    page = reviewer.read(tip)
    state = hidden_state(page)
    assert "age1pq" not in page.text
    path = f"/tips/{other.hex()}"
    assert reviewer.post(path, {"state": state, "message": "x"}).status_code == 400
    stranger = office.signed_in("reviewer-b")
    stranger.get("/tips")
    assert stranger.post(f"/tips/{tip.hex()}", {"state": state, "message": "x"}).status_code == 400
    for broken in ("", "é", state[:-8]):
        assert reviewer.post(f"/tips/{tip.hex()}", {"state": broken, "move": "screening"}).status_code == 400


def read_of(reviewer: Staff, tip: TipId) -> str:
    answer = reviewer.read(tip)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_forged_reply_is_not_opened_and_the_auditor_sees_it(office: Office) -> None:
    tip, other = office.put_tip(), office.put_tip("Another matter")
    reviewer = office.signed_in("reviewer-a")
    reviewer.act(other, reviewer.read(other), message="Meant for another reporter")
    office.change(
        "insert into items select :id, :tip, 90, kind, day, digest, sealed, claim_signature, record"
        " from items where kind = 'reply'",
        id=b"f" * 16,
        tip=bytes(tip),
    )
    office.change(
        "insert into slips select :id, desk, epoch, slip from slips"
        " where item_id in (select id from items where kind = 'reply' and id != :id)",
        id=b"f" * 16,
    )
    reviewer.get(f"/tips/{tip.hex()}")
    size = office.log_size()
    page = read_of(reviewer, tip)
    assert office.log_size() == size + 1  # the forged row was not even asked for
    assert TEXT in page
    assert "Meant for another reporter" not in page
    assert "不真实，不予显示" in page
    assert "no valid record of the keeper" in findings(office)


def test_a_message_that_the_reporter_did_not_sign_is_left_shut(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    office.write_back(code, "Genuine words")
    office.change("update items set claim_signature = :other where kind = 'message'", other=bytes(64))
    page = read_of(office.signed_in("reviewer-a"), tip)
    assert TEXT in page
    assert "Genuine words" not in page
    assert "不真实，不予显示" in page


def test_a_swapped_text_is_refused_and_found(office: Office) -> None:
    tip, other = office.put_tip(), office.put_tip("Another matter")
    reviewer = office.signed_in("reviewer-a")
    read_of(reviewer, tip)
    office.change(
        "update items set sealed = (select sealed from items where kind = 'text' and tip_id = :other),"
        " digest = (select digest from items where kind = 'text' and tip_id = :other)"
        " where kind = 'text' and tip_id = :tip",
        tip=bytes(tip),
        other=bytes(other),
    )
    answer = reviewer.read(tip)
    assert answer.status_code == 409
    assert "Another matter" not in answer.text
    assert "not those in the log" in findings(office)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ("update tips set desk = 'integrity', card_group = null", "another desk than its route"),
        ("update tips set state = 'closed'", "state is not the one in the log"),
        ("delete from slips; delete from items; delete from tips", "The log knows this tip"),
        ("update items set sealed = zeroblob(9) where kind = 'text'", "not those in the log"),
        (
            "update slips set desk = 'friends' where desk = 'integrity'",
            "a desk that the roster does not know",
        ),
        ("update directory_notes set note = zeroblob(9)", "not signed by the keeper"),
        ("update accounts set name = 'mallory' where name = 'reviewer-b'", "name is not the one in the log"),
        (
            "insert into accounts select 'm00000000', 'mallory', name_salt, wrapped, 0, null"
            " from accounts limit 1",
            "belongs to nobody in the roster",
        ),
        (
            "insert into desk_seals select 'integrity', 1, member_id, sealed from desk_seals"
            " where desk = 'intake' limit 1",
            "somebody who does not hold the desk",
        ),
    ],
)
def test_rows_written_by_hand_are_found(office: Office, change: str, finding: str) -> None:
    tip = office.put_tip()
    read_of(office.signed_in("reviewer-a"), tip)
    assert "Nowhere." in findings(office)
    for one in change.split(";"):
        office.change(one)
    assert finding in findings(office)


def test_a_desk_changed_by_hand_gives_the_other_desk_nothing(office: Office) -> None:
    tip = office.put_tip(official=Official.YES)
    office.change("update tips set desk = 'intake'")
    reviewer = office.signed_in("reviewer-a")
    assert tip.hex() not in reviewer.get("/tips").text
    assert reviewer.read(tip).status_code == 404


def test_a_card_group_changed_by_hand_gives_an_excluded_member_nothing(office: Office) -> None:
    hidden, mine = office.put_tip(unit=UnitId("u2")), office.put_tip()
    office.signed_in("reviewer-b").get("/tips")
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    office.change(
        "update tips set card_group = (select card_group from tips where id = :mine) where id = :hidden",
        mine=bytes(mine),
        hidden=bytes(hidden),
    )
    assert hidden.hex() not in reviewer.get("/tips").text
    assert reviewer.read(hidden).status_code == 404


def test_a_card_of_another_tip_is_not_shown_for_this_one(office: Office) -> None:
    tips = [office.put_tip(), office.put_tip()]
    reviewer = office.signed_in("reviewer-a")
    reviewer.get("/tips")
    boxes = [office.row(tip).card_box for tip in tips]
    for tip, box in zip(tips, reversed(boxes), strict=True):
        office.change("update tips set card_box = :box where id = :tip", box=box, tip=bytes(tip))
    page = reviewer.get("/tips").text
    for tip in tips:
        assert tip.hex() not in page
        assert reviewer.read(tip).status_code == 404


def test_a_desk_seal_and_a_row_give_no_desk(office: Office) -> None:
    office.put_tip(official=Official.YES)
    office.change(
        "insert into desk_seals"
        " select 'integrity', 1, member_id, sealed from desk_seals where desk = 'intake'"
    )
    page = office.signed_in("reviewer-a").get("/tips", query_string={"state": "all"}).text
    assert "0 条" in page or "没有您可以查看的举报" in page


def test_a_directory_that_the_log_key_alone_made_is_found(office: Office) -> None:
    read_of(office.signed_in("reviewer-a"), office.put_tip())
    log_key = office.world.keeper_folder.keys().log_key
    body = open_json(office.world.client().directory(), office.world.verifier)
    for ahead in (0, 1):
        body["version"] += ahead
        body["desks"][0]["recipient"] = Identity.generate().recipient.text
        forged = sign_json(body, NoteSigner(office.world.settings.origin, log_key))
        office.change("delete from directory_notes")
        office.change(
            "insert into directory_notes values (:version, :note)", version=body["version"], note=forged
        )
        assert "no statement in the log gave" in findings(office)


def test_a_swapped_directory_changes_no_recipient(office: Office) -> None:
    tip = office.put_tip()
    reviewer = office.signed_in("reviewer-a")
    page = reviewer.read(tip)
    office.change("update directory_notes set note = zeroblob(9)")
    assert reviewer.act(tip, page, message="Sealed to the right keys").status_code == 200
    assert "Sealed to the right keys" in read_of(reviewer, tip)


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "举报人另外勾选的</dt><dd>{}；{}<"), ("en", "Also ticked by the reporter</dt><dd>{}; {}<")],
)
def test_what_the_reporter_ticked_is_named_apart_from_what_is_excluded(
    office: Office, language: str, words: str
) -> None:
    tip = office.put_tip(exclude=(UnitId("u3"), UnitId("u4")))
    page = office.signed_in("reviewer-a").post(
        f"/tips/{tip.hex()}", {"purpose": "triage"}, headers={"Accept-Language": language}
    )
    units = office.directory().units
    assert words.format(*(units[UnitId(unit)].names[language] for unit in ("u3", "u4"))) in page.text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "试用版：这里的内容只用来试验，拿到试用密码的人都能看到。"),
        ("en", "This is a trial: whoever has its passwords can read what is here."),
    ],
)
def test_a_trial_says_who_can_read_it(office: Office, language: str, sentence: str) -> None:
    assert sentence in office.browser().get("/sign-in", headers={"Accept-Language": language}).text
