"""The auditors' workbench: what is shown comes from proved entries, is asked for by entries, by auditors."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from admin.log.choice import TYPES
from admin.log.tip_life import tip_life
from admin.visit import Visit
from crypto.statements import Entry
from tests.admin.conftest import Office, Staff
from tests.keeper.observed import Observed
from tests.world import member_id, name, request
from tipline.deadlines.look import look_at_clocks
from tipline.ids import TipId
from tipline.keeper_client import Refused
from tipline.keeper_client.looking_up import LookUps
from tipline.lookups.groups import GROUPS
from tipline.lookups.views import VIEWS

EN = {"Accept-Language": "en"}
ROOMS = ("refusals", "exports", "roster", "duties", "missed", "charts")
INDEX = re.compile(r'<th scope="row" class="number">(\d+)</th>')


def get(staff: Staff, path: str) -> str:
    answer = staff.get(path, headers=EN)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.text


def listed(page: str) -> list[int]:
    """The indices of the entries in a page's tables."""
    return [int(index) for index in INDEX.findall(page)]


def read_once(office: Office, *names: str, **changes: Any) -> TipId:
    tip = office.put_tip(**changes)
    for one in names:
        reader = office.signed_in(one)
        reader.get("/tips")
        reader.read(tip)
    return tip


def asked(office: Office, since: int) -> list[dict[str, Any]]:
    """What was stated from an entry on."""
    log = Observed(office.world)
    return [dict(log.entry(index).statement.body) for index in range(since, log.size())]


def addresses(office: Office) -> list[str]:
    tip = read_once(office, "reviewer-a")
    rooms = [f"/log/{room}" for room in ROOMS]
    return ["/log", *rooms, f"/log/tips/{tip.hex()}", f"/log/members/{member_id('reviewer-a')}"]


def test_nobody_but_an_auditor_sees_any_room_of_the_log(office: Office) -> None:
    for path in addresses(office):
        size = office.log_size()
        for visitor in ("reviewer-a", "registrar", "integrity"):
            assert office.signed_in(visitor).get(path).status_code == 403, path
        assert office.log_size() == size


def test_every_look_is_an_entry_that_says_what_was_looked_for(office: Office) -> None:
    auditor = office.signed_in("auditor")
    for path in addresses(office):
        size = office.log_size()
        get(auditor, path)
        stated = asked(office, size)
        assert stated, path
        assert {body["type"] for body in stated} == {"audit"}, path
        assert all(body["view"] in VIEWS for body in stated), path
    size = office.log_size()
    get(auditor, "/log?type=read&from=2026-01-01&outcome=refused")
    assert [body["filter"] for body in asked(office, size)] == [
        {"type": "read", "from": "2026-01-01", "outcome": "refused"}
    ]
    assert "a tip&#39;s life" in get(auditor, "/log?type=audit") or "a tip's life" in get(auditor, "/log")


def test_the_list_shows_what_fits_and_no_more(office: Office) -> None:
    tip = read_once(office, "reviewer-a", "reviewer-b")
    auditor, log = office.signed_in("auditor"), Observed(office.world)
    wanted = [
        index
        for index in reversed(range(log.size()))
        if log.entry(index).statement.body["by"] == [member_id("reviewer-a")]
        and log.entry(index).statement.body["type"] == "read"
    ]
    page = get(auditor, f"/log?member={member_id('reviewer-a')}&type=read")
    assert listed(page) == wanted != []
    assert "1 entry fits." in page
    handle = f"{tip.hex()[:4]}-{tip.hex()[4:8]}"
    by_handle = get(auditor, f"/log?tip={handle}&type=read")
    assert len(listed(by_handle)) == 2
    assert listed(get(auditor, "/log?purpose=audit&type=read")) == []


def test_a_handle_that_no_tip_has_is_said_and_kept(office: Office) -> None:
    size = office.log_size()
    answer = office.signed_in("auditor").get("/log?tip=0000-0000&type=read", headers=EN)
    assert answer.status_code == 404
    assert "No stored tip has this handle" in answer.text
    assert 'value="0000-0000"' in answer.text
    assert '<option value="read" selected>' in answer.text
    assert office.log_size() == size


@pytest.mark.parametrize(
    "field", ["type=%3Cscript%3E", "from=yesterday", "member=%00", "before=-4", "outcome="]
)
def test_what_is_no_filter_chooses_nothing(office: Office, field: str) -> None:
    assert listed(get(office.signed_in("auditor"), f"/log?{field}"))[-1] == 0


def test_every_type_that_is_offered_has_a_word(office: Office) -> None:
    page = get(office.signed_in("auditor"), "/log")
    assert set(GROUPS) <= set(TYPES)
    for code in TYPES:
        assert f">{code}<" not in page, code


def test_pages_of_what_fits_join_without_a_gap(office: Office) -> None:
    tip = office.world.seal_tip()
    for _ in range(60):
        office.keeper().release(office.world.read("reviewer-a", tip), [request(tip.item("text"))])
    auditor = office.signed_in("auditor")
    first = get(auditor, "/log?type=read")
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = get(auditor, older[1].replace("&amp;", "&"))
    together = listed(first) + listed(second)
    assert len(together) == 60
    assert together == sorted(set(together), reverse=True)
    assert 'rel="prev"' in second


def _leave_out_nothing(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    return rows


def _another(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row with another member's name in it, as somebody with the keeper's database would write it."""
    (index, salt, data), *rest = rows
    other = data.replace(member_id("reviewer-a").encode(), member_id("reviewer-b").encode())
    assert Entry.decode(other).statement.body["by"] == [member_id("reviewer-b")]
    return ((index, salt, other), *rest)


@pytest.mark.parametrize(("forge", "status"), [(_leave_out_nothing, 200), (_another, 502)])
def test_a_forged_row_is_not_shown(
    office: Office, forge: Callable[[Any], Any], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_once(office, "reviewer-a")
    auditor = office.signed_in("auditor")
    with office.world.open_database(office.settings.keeper_database_url).writing() as session:
        rows = tuple(
            session.connection().exec_driver_sql(
                'select "index", salt, entry from entries where type = ?', ("read",)
            )
        )
        for index, _, data in forge(rows):
            session.connection().exec_driver_sql(
                'update entries set entry = ? where "index" = ?', (data, index)
            )
    answer = auditor.get("/log?type=read", headers=EN)
    assert (answer.status_code == 200) == (status == 200)
    assert ("reviewer-b</a>" in answer.text) is False


def test_a_members_day_holds_that_day_alone(office: Office) -> None:
    read_once(office, "reviewer-a")
    office.clock.advance(86_400)
    read_once(office, "reviewer-a")
    auditor, day = office.signed_in("auditor"), office.clock.today().isoformat()
    page = get(auditor, f"/log/members/{member_id('reviewer-a')}?day={day}")
    log = Observed(office.world)
    days = {log.entry(index).at // 86_400 for index in listed(page)}
    assert days == {office.clock.unix() // 86_400}
    assert "?day=2026-03-03" in page
    assert auditor.get("/log/members/m00000000").status_code == 404
    assert "Nothing on this day." in get(auditor, f"/log/members/{member_id('reviewer-a')}?day=2001-01-01")


def test_hours_outside_the_office_are_counted_apart(office: Office) -> None:
    read_once(office, "reviewer-a")  # at noon UTC, which is eight in the evening in China
    page = get(office.signed_in("auditor"), f"/log/members/{member_id('reviewer-a')}")
    assert "outside office hours" in page


def life(office: Office, tip: TipId) -> dict[str, tuple[bool, bool, int, int]]:
    """Of each member whether they could have read, may still, how often they did, and were refused."""
    session = office.services.sessions.resume(
        office.services.sessions.start(office.member("auditor")).reveal()
    )
    roster = office.keeper().roster()
    visit = Visit(office.services, session, roster, office.directory(), roster.members[member_id("auditor")])
    return {
        one.member: (one.could, one.could and one.could_until is None, one.readings, one.refused)
        for one in tip_life(visit, tip.hex()).readers
    }


def test_who_could_have_read_a_tip_is_told_apart_from_who_did(office: Office) -> None:
    tip = read_once(office, "reviewer-a")
    found = life(office, tip)
    assert found[member_id("reviewer-a")] == (True, True, 1, 0)
    assert found[member_id("reviewer-b")] == (True, True, 0, 0)
    assert member_id("integrity") not in found


def test_who_was_excluded_later_could_have_read_until_then(office: Office) -> None:
    tip = read_once(office, "reviewer-a", "reviewer-b")
    office.clock.advance(86_400)
    world, keeper = office.world, office.keeper()
    fields = {"tip": tip.hex(), "desk": "intake", "desks": ["intake"], "excluded": ["u3"], "reason": {}}
    keeper.append(world.sign("route", "reviewer-a", **fields))
    found = life(office, tip)
    assert found[member_id("reviewer-a")] == (True, True, 1, 0)
    assert found[member_id("reviewer-b")] == (True, False, 1, 0)
    assert member_id("custodian-1") not in found


def test_whoever_leaves_the_desk_could_have_read_until_then(office: Office) -> None:
    tip = read_once(office, "reviewer-a")
    office.clock.advance(86_400)
    leaves = {"member": member_id("reviewer-b"), "desk": "intake"}
    office.keeper().append(office.world.sign("revoke", "registrar", **leaves))
    found = life(office, tip)
    assert found[member_id("reviewer-b")] == (True, False, 0, 0)
    page = get(office.signed_in("auditor"), f"/log/tips/{tip.hex()}")
    assert "Who could have read it, and who did" in page


def test_refused_readings_of_a_tip_are_counted(office: Office) -> None:
    sealed = office.world.seal_tip(excluded=["u3"])
    office.keeper().release(office.world.read("reviewer-a", sealed), [request(sealed.item("text"))])
    with pytest.raises(Refused):
        office.keeper().release(office.world.read("reviewer-b", sealed), [request(sealed.item("text"))])
    assert life(office, sealed.id)[member_id("reviewer-b")] == (False, False, 0, 1)
    page = get(office.signed_in("auditor"), "/log/refusals")
    assert "/log?outcome=excluded" in page


def test_an_unknown_tip_has_no_life(office: Office) -> None:
    for tip in ("0" * 32, "12345678", "x"):
        assert office.signed_in("auditor").get(f"/log/tips/{tip}").status_code == 404


def test_a_missed_deadline_counts_for_its_desk_and_month(office: Office) -> None:
    read_once(office, "reviewer-a")
    office.clock.advance(20 * 86_400)
    look_at_clocks(office.database, office.keeper(), office.clock)
    page = get(office.signed_in("auditor"), "/log/missed")
    assert re.search(r"2026-03</th><td class=\"number\">\d", page)
    assert "Desk intake</th>" in page


def test_two_signatures_stand_with_both_names(office: Office) -> None:
    leads = {"desk": "intake", "member": member_id("reviewer-b")}
    office.keeper().append(office.world.sign("lead", "registrar", "integrity", **leads))
    page = get(office.signed_in("auditor"), "/log/duties")
    assert re.search(r"registrar</a>, <a [^>]*>integrity</a>", page)


def test_whoever_tries_to_sign_for_two_is_named(office: Office) -> None:
    with pytest.raises(Refused):
        office.keeper().append(
            office.world.sign("lead", "registrar", desk="intake", member=member_id("reviewer-b"))
        )
    page = get(office.signed_in("auditor"), "/log/duties")
    assert "Nobody did" not in page
    assert "needs two signatures" in page


def test_charts_hold_the_numbers_of_their_tables(office: Office) -> None:
    read_once(office, "reviewer-a", "reviewer-b")
    read_once(office, "reviewer-a")
    page = get(office.signed_in("auditor"), "/log/charts")
    assert re.search(r'2026-03-03</th><td class="number">3</td>', page)
    assert page.count('class="h5"') == 1  # one hour has all of them
    assert "style=" not in page
    assert "<script" not in page
    for range_ in ("from=2025-01-01", "from=2020-01-01&to=2026-03-03", "to=x", "desk=intake"):
        assert "Readings per" in get(office.signed_in("auditor"), f"/log/charts?{range_}")
    empty = get(office.signed_in("auditor"), "/log/charts?to=2001-01-01")
    assert "Nothing was read" in empty


def test_a_list_leaves_the_service_only_after_a_second_look(office: Office) -> None:
    size = office.log_size()
    assert office.signed_in("auditor").post("/log/list.csv", {"type": "read"}).status_code == 428
    assert office.log_size() == size


def test_what_fits_leaves_as_a_spreadsheet_and_as_an_export(office: Office) -> None:
    read_once(office, "reviewer-a", "reviewer-b")
    auditor, size = office.signed_in("auditor", confirmed=True), office.log_size()
    answer = auditor.post("/log/list.xlsx", {"type": "read"}, headers=EN)
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert [row[2] for row in rows[1:]] == ["reviewer-b", "reviewer-a"]
    [stated] = asked(office, size)
    assert (stated["type"], stated["act"], stated["filter"]) == ("audit-all", "export", {"type": "read"})
    assert "to another" not in answer.headers["Content-Disposition"]
    assert listed(get(auditor, "/log/exports"))[0] == size


def test_too_much_for_a_spreadsheet_is_said_before_it_is_fetched(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_once(office, "reviewer-a", "reviewer-b")
    monkeypatch.setattr("admin.log.looking.MOST_EXPORTED", 1)
    monkeypatch.setattr(LookUps, "find", lambda *_args: pytest.fail("it was fetched"))
    auditor = office.signed_in("auditor", confirmed=True)
    assert auditor.post("/log/list.csv", {"type": "read"}).status_code == 413


def test_outcomes_stand_with_who_recorded_and_who_confirmed(office: Office) -> None:
    tip, world, keeper = office.world.seal_tip(), office.world, office.keeper()
    keeper.release(world.read("reviewer-a", tip), [request(tip.item("text"))])
    court = {"id": "court", "names": {"zh": "法院", "en": "Court"}, "recipient": "", "accepts": True}
    keeper.append(world.sign("body", "registrar", "auditor", body=court))
    receipt = world.staff_item(tip, "note")
    keeper.append(world.sign("note", "reviewer-a", tip=tip.id.hex(), desk="intake", **name(receipt)))
    letter = {"body": "court", "number": keeper.next_letter("intake"), "packet": "0" * 64}
    for by, source, target, detail in (
        ("reviewer-a", "received", "screening", {}),
        ("reviewer-a", "screening", "triage", {}),
        ("reviewer-a", "triage", "transferred", letter),
        ("reviewer-a", "transferred", "verifying", {"receipt": name(receipt)}),
        ("reviewer-a", "verifying", "outcome", {"outcome": "true"}),
        ("reviewer-b", "outcome", "feedback", {}),
    ):
        states = {"tip": tip.id.hex(), "desk": "intake", "from": source, "to": target}
        keeper.append(world.sign("move", by, **states, detail=detail, reason={}))
    page = get(office.signed_in("auditor"), "/log/duties")
    found = re.search(r"Recorded by.*?</table>", page, re.S)
    assert found
    assert re.search(r">reviewer-a</a>.*>reviewer-b</a>.*yes", found[0], re.S)
    assert "one and the same" not in page
