"""The auditors' room: look-ups are entries, refusals are shown, evidence verifies elsewhere."""

import io
import re

import pytest

from admin.log_words import ACTIONS
from admin.words import REFUSALS
from tests.admin.conftest import Office, hidden_state
from tests.world import request
from tipline.deadlines.look import look_at_clocks
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.verify import verify_export
from tipline.ids import TipId, UnitId
from tipline.keeper.shapes import TYPES
from tipline.keeper_client import Reason, Refused
from tipline.rebuild import rebuild_caches
from tipline.retention.service import erase_expired

FILE = re.compile(r'action="(/tips/[0-9a-f]{32}/files/[0-9a-f]{32})"')
REASON = re.compile(r"/log/reasons/[0-9a-f]{32}")


def test_an_auditor_reads_no_tip_and_a_reader_no_log(office: Office) -> None:
    tip = office.put_tip()
    auditor, reviewer = office.signed_in("auditor"), office.signed_in("reviewer-a")
    assert auditor.get(f"/tips/{tip.hex()}").status_code == 403
    assert auditor.read(tip).status_code == 403
    size = office.log_size()
    for path in ("/log/verify", "/log/export", f"/log/reasons/{'0' * 32}"):
        assert reviewer.post(path).status_code == 403
    assert office.log_size() == size


def test_looking_is_an_entry(office: Office) -> None:
    auditor = office.signed_in("auditor")
    size = office.log_size()
    auditor.get("/log")
    assert office.log_size() == size + 1
    assert "查看日志" in auditor.get("/log").text


def test_refusals_stand_in_the_list(office: Office) -> None:
    sealed = office.world.seal_tip(excluded=["u2"])
    with pytest.raises(Refused):
        office.keeper().release(office.world.read("reviewer-a", sealed), [request(sealed.item("text"))])
    page = office.signed_in("auditor").get("/log").text
    assert "单位须回避" in page
    assert 'class="refused"' in page


def test_a_name_is_shown_only_where_the_log_knows_it(office: Office) -> None:
    office.put_tip()
    office.signed_in("reviewer-a").get("/tips")
    office.change("update accounts set name = 'somebody else' where name = 'reviewer-a'")
    page = office.signed_in("auditor").get("/log").text
    assert "somebody else" not in page
    assert "姓名不符" in page


def test_older_entries_are_a_page_away(office: Office) -> None:
    auditor = office.signed_in("auditor")
    for _ in range(52):
        office.keeper().append(office.world.sign("audit", "auditor", first=0, count=1))
    page = auditor.get("/log").text
    older = re.search(r'rel="next" href="(/log\?before=\d+)"', page)
    assert older
    assert "日志起点" in auditor.get(older[1]).text
    for odd in ("-5", "999999", "x"):
        assert auditor.get("/log", query_string={"before": odd}).status_code == 200


def test_an_export_verifies_elsewhere_and_not_when_changed(office: Office) -> None:
    office.put_tip()
    office.signed_in("reviewer-a").get("/tips")
    answer = office.signed_in("auditor", confirmed=True).post("/log/export")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    result = verify_export(
        io.BytesIO(answer.data), log_key=office.world.verifier, old_checkpoint=None, progress=None
    )
    assert result.signer_checked
    changed = answer.data.replace(b'"intake"', b'"intakf"', 1)
    with pytest.raises(VerificationFailed):
        verify_export(io.BytesIO(changed), log_key=office.world.verifier, old_checkpoint=None, progress=None)


def test_verification_goes_on_from_what_the_site_saw(office: Office) -> None:
    auditor = office.signed_in("auditor", confirmed=True)
    auditor.get("/log")
    page = auditor.post("/log/verify").text
    assert "日志验证通过" in page
    assert "是，前" in page


def test_a_sealed_reason_is_read_by_auditors_as_an_entry(office: Office) -> None:
    tip, reviewer, auditor = office.put_tip(), office.signed_in("reviewer-a"), office.signed_in("auditor")
    reviewer.act(tip, reviewer.read(tip), exclude="u4", reason="His brother works there")
    page = auditor.get("/log").text
    assert "His brother" not in page
    path = REASON.findall(page)[0]
    assert reviewer.post(path).status_code == 403
    size = office.log_size()
    answer = auditor.post(path)
    assert "His brother works there" in answer.text
    assert office.log_size() == size + 1
    assert auditor.post(f"/log/reasons/{'0' * 32}").status_code == 404
    assert auditor.post("/log/reasons/x").status_code == 404


def test_a_download_is_told_from_a_reading_of_the_text(office: Office) -> None:
    tip, _ = office.put_tip_with_code(files={"a.jpg": b"picture"})
    reviewer, auditor = office.signed_in("reviewer-a"), office.signed_in("auditor")
    page = reviewer.read(tip)
    assert "打开文件" not in auditor.get("/log").text
    reviewer.post(FILE.findall(page.text)[0], {"state": hidden_state(page)})
    assert auditor.get("/log").text.count("打开文件") == 1


def test_looking_at_everything_shows_how_far_the_log_reached(office: Office) -> None:
    auditor = office.signed_in("auditor", confirmed=True)
    ends = []
    for path in ("/log/verify", "/log/export"):
        ends.append(office.log_size())
        assert auditor.post(path).status_code == 200
    page = auditor.get("/log").text
    assert "999999" not in page
    for end in ends:
        assert f"0–{end}<" in page


@pytest.mark.parametrize(("language", "words"), [("zh", "已回避 {}；{}"), ("en", "excluded {}; {}")])
def test_excluded_units_stand_apart_under_a_word(office: Office, language: str, words: str) -> None:
    tip, reviewer = office.put_tip(), office.signed_in("reviewer-a")
    reviewer.act(tip, reviewer.read(tip), exclude="u4")
    units = office.directory().units
    page = office.signed_in("auditor").get("/log", headers={"Accept-Language": language}).text
    assert words.format(*(units[UnitId(unit)].names[language] for unit in ("u1", "u4"))) in page
    assert "−" not in page


def test_a_change_of_a_member_tells_whom_it_is_about(office: Office) -> None:
    members, pair = office.services.members, [office.member("registrar"), office.member("integrity")]
    for held in (True, False):
        members.set_role(pair[: 1 + held], "reviewer-b", "liaison", held=held)
    members.declare(office.member("reviewer-b"), ["u4"])
    page = office.signed_in("auditor").get("/log", headers={"Accept-Language": "en"}).text
    for words in ("Role given", "Role taken", "reviewer-b Liaison", "reviewer-b Unit u4"):
        assert words in page, words


def test_every_statement_and_every_refusal_has_a_word() -> None:
    assert ACTIONS.keys() >= TYPES
    assert {reason.value for reason in Reason} <= REFUSALS.keys()


def findings(office: Office) -> str:
    """What the comparison of database and log shows, in English."""
    auditor = office.signed_in("auditor", confirmed=True)
    page = auditor.post("/log/verify", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    return page.text


def overdue_tip(office: Office) -> TipId:
    """A tip that missed its day, with a row that says so."""
    tip = office.put_tip()
    office.clock.advance(3 * 86_400)
    look_at_clocks(office.database, office.keeper(), office.clock)
    assert office.row(tip).level == 1
    return tip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("level = 0", "due day, escalation, pause or assignee is not the one in the log"),
        ("paused = 1", "due day, escalation, pause or assignee is not the one in the log"),
        ("assignee = 'm1'", "due day, escalation, pause or assignee is not the one in the log"),
        ("due_on = '2030-01-01'", "due day, escalation, pause or assignee is not the one in the log"),
        ("state = 'closed'", "state is not the one in the log"),
        ("state_record = x'00'", "state has no valid record of the keeper"),
        ("state_record = null", "state has no valid record of the keeper"),
    ],
)
def test_a_case_that_somebody_wrote_by_hand_is_found(office: Office, change: str, words: str) -> None:
    overdue_tip(office)
    assert words not in findings(office)
    office.change(f"update tips set {change}")
    assert words in findings(office)


def test_an_erased_tip_lacks_nothing_and_one_that_is_still_there_is_found(office: Office) -> None:
    tip = office.put_tip()
    staff = office.signed_in("reviewer-a")
    staff.get("/tips")
    staff.read(tip)
    reason = {"item": "ab" * 16, "hash": "cd" * 32}
    fields = {"desk": "intake", "tips": [tip.hex()], "reason": reason}
    office.keeper().append(office.world.sign("close-spam", "reviewer-a", **fields))
    office.clock.advance(61 * 86_400)
    office.keeper().erase([tip.hex()])
    rebuild_caches(office.database, office.keeper(), office.world.verifier)
    assert "something of it is still stored" in findings(office)
    erase_expired(office.database, office.keeper(), office.files)
    page = findings(office)
    assert "something of it is still stored" not in page
    assert "that the database lacks" not in page


def test_what_the_keeper_states_by_itself_has_words_and_details(office: Office) -> None:
    overdue_tip(office)
    english = office.signed_in("auditor")
    page = english.get("/log", headers={"Accept-Language": "en"}).text
    assert "Tips taken in that nobody had opened" in page
    assert "Deadline missed" in page
    assert "2026-03-04" in page
    assert "超期" in office.signed_in("auditor").get("/log").text


def test_every_type_of_statement_has_a_word() -> None:
    assert ACTIONS.keys() >= TYPES
