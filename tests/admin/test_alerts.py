"""/log/alerts: for auditors alone; an alert is looked into, explained and signed; rules of two; decoys."""

import re
from typing import Any

import pytest

from tests.admin.conftest import Office, Staff
from tests.world import member_id
from tipline.ids import TipId
from tipline.searches.models import Search
from tipline.tips.models import Item, Tip

HOUR, DAY = 3_600, 86_400
ENGLISH = {"Accept-Language": "en"}
ADDRESSES = (
    "/log/alerts",
    "/log/alerts?show=reviewed",
    "/log/alerts/rules",
    "/log/alerts/decoys",
    "/log/alerts/1",
)
EXPLANATION = "I asked both. The tips were being handed over."


def set_rules(office: Office, **rules: Any) -> None:
    office.keeper().append(office.world.sign("alert-rules", "auditor", "integrity", rules=rules))


def raised(office: Office) -> tuple[int, TipId]:
    """An alert about reviewer-a: its index, and the tip that they read."""
    set_rules(office, burst={"count": 1})
    tip = office.put_tip()
    staff = office.signed_in("reviewer-a")
    staff.get("/tips")
    staff.read(tip)
    office.keeper().look_at_clocks([], [], [])
    return office.log_size() - 1, tip


def auditor(office: Office) -> Staff:
    return office.signed_in("auditor", confirmed=True)


def text(staff: Staff, path: str, status: int = 200) -> str:
    answer = staff.get(path, headers=ENGLISH)
    assert answer.status_code == status, answer.text
    return answer.text


def review(staff: Staff, alert: int, status: int = 303, **fields: str) -> str:
    form = {"finding": "explained", "reason": EXPLANATION, **fields}
    answer = staff.post(f"/log/alerts/{alert}", form, headers=ENGLISH)
    assert answer.status_code == status, answer.text
    return answer.text


@pytest.mark.parametrize("name", ["reviewer-a", "registrar", "integrity"])
def test_alerts_are_for_auditors_alone(office: Office, name: str) -> None:
    alert, _ = raised(office)
    staff = office.signed_in(name)
    for address in (*ADDRESSES, f"/log/alerts/{alert}"):
        assert staff.get(address).status_code == 403
    size = office.log_size()
    for address in (f"/log/alerts/{alert}", "/log/alerts/rules", "/log/alerts/decoys"):
        assert staff.post(address, {"finding": "explained", "reason": "x"}).status_code == 403
    assert office.log_size() == size


def test_a_look_at_alerts_is_an_entry_that_says_so(office: Office) -> None:
    alert, _ = raised(office)
    staff, size = auditor(office), office.log_size()
    assert "Many tips in a short time" in text(staff, "/log/alerts")
    assert f"/log/alerts/{alert}" in text(staff, "/log/alerts")
    text(staff, f"/log/alerts/{alert}")
    assert office.log_size() == size + 3


def test_what_is_no_alert_is_an_unknown_page(office: Office) -> None:
    alert, _ = raised(office)
    text(auditor(office), f"/log/alerts/{alert - 1}", 404)
    for nothing in ("99999", "burnt", "-1", "9" * 20, "٣"):
        text(auditor(office), f"/log/alerts/{nothing}", 404)


def test_an_alert_shows_the_entries_behind_it(office: Office) -> None:
    alert, tip = raised(office)
    page = text(auditor(office), f"/log/alerts/{alert}")
    assert f"{tip.hex()[:4]}-{tip.hex()[4:8]}" in page
    assert "reviewer-a" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"finding": ""}, "Choose what you found."),
        ({"finding": "fine"}, "Choose what you found."),
        ({"reason": "  "}, "Write what you found out"),
    ],
    ids=str,
)
def test_a_review_without_finding_or_explanation_is_not_taken(
    office: Office, fields: dict[str, str], sentence: str
) -> None:
    alert, _ = raised(office)
    page = review(auditor(office), alert, 422, **fields)
    assert sentence in page
    if "reason" not in fields:
        assert EXPLANATION in page
    assert "No alert waits" not in text(auditor(office), "/log/alerts")


def test_a_review_is_signed_sealed_and_read_by_auditors(office: Office) -> None:
    alert, _ = raised(office)
    staff = auditor(office)
    review(staff, alert)
    assert "No alert waits for a review." in text(staff, "/log/alerts")
    assert "there is an explanation" in text(staff, "/log/alerts?show=reviewed")
    page = text(staff, f"/log/alerts/{alert}")
    assert EXPLANATION not in page
    (item,) = re.findall(r'action="/log/reasons/([0-9a-f]{32})"', page)
    assert EXPLANATION in staff.post(f"/log/reasons/{item}").text


def test_two_reviews_of_one_alert_are_one_and_the_other_leaves_nothing(office: Office) -> None:
    alert, tip = raised(office)
    first, second = auditor(office), auditor(office)
    review(first, alert)
    assert "reviewed meanwhile" in review(second, alert, 409, finding="violation")
    with office.database.reading() as session:
        reasons = session.query(Item).filter(Item.tip_id == tip, Item.kind == "reason").count()
    assert reasons == 1


def test_an_alert_about_no_tip_is_explained_too_and_auditors_read_it(office: Office) -> None:
    set_rules(office, dormant={"days": 7})
    office.clock.advance(8 * DAY)
    office.keeper().append(
        office.world.sign("conflicts", "integrity", member=member_id("integrity"), add=["u4"])
    )
    office.keeper().look_at_clocks([], [], [])
    found = re.findall(r"/log/alerts/(\d+)", text(auditor(office), "/log/alerts"))
    alert = int(found[-1])
    assert "Write what you found out" in review(auditor(office), alert, 422, reason=" ")
    review(auditor(office), alert)
    page = text(auditor(office), f"/log/alerts/{alert}")
    assert EXPLANATION not in page
    (item,) = re.findall(r'action="/log/reasons/([0-9a-f]{32})"', page)
    assert EXPLANATION in auditor(office).post(f"/log/reasons/{item}").text
    assert office.signed_in("reviewer-a").post(f"/log/reasons/{item}").status_code == 403
    with office.database.reading() as session:
        assert session.query(Search).count() == 1
    assert "reviewed meanwhile" in review(auditor(office), alert, 409)
    with office.database.reading() as session:
        assert session.query(Search).count() == 1, "what was refused leaves nothing"


def test_rules_change_when_the_second_has_signed(office: Office) -> None:
    staff = auditor(office)
    fields = dict(
        re.findall(r'name="([a-z_-]+-[a-z_]+)"[^>]*value="(\d+)"', text(staff, "/log/alerts/rules"))
    )
    assert fields["burst-count"] == "30"
    switches = dict.fromkeys(re.findall(r'name="([a-z-]+-on)"', text(staff, "/log/alerts/rules")), "yes")
    assert len(switches) == 13
    form = {**fields, **switches, "other": member_id("integrity"), "burst-count": "5"}
    wrong = staff.post("/log/alerts/rules", {**form, "burst-count": "0"}, headers=ENGLISH)
    assert (wrong.status_code, "within the bounds" in wrong.text) == (422, True)
    assert staff.post("/log/alerts/rules", form).status_code == 303
    assert office.keeper().roster().alert_rules.changed == {}
    other = office.signed_in("integrity", confirmed=True)
    page = other.get("/proposals", headers=ENGLISH).text
    assert "from how many on: 5" in page
    (proposal,) = re.findall(r"/proposals/([0-9a-f]{32})/sign", page)
    assert other.post(f"/proposals/{proposal}/sign").status_code == 303
    assert office.keeper().roster().alert_rules.to_fields() == {"burst": {"count": 5}, "decoy": {"on": True}}


def decoys(office: Office) -> list[str]:
    return re.findall(r"/log/tips/([0-9a-f]{32})", text(auditor(office), "/log/alerts/decoys"))


def test_while_decoys_are_off_none_is_planted(office: Office) -> None:
    answer = auditor(office).post("/log/alerts/decoys", {"description": "A van."}, headers=ENGLISH)
    assert (answer.status_code, "switched off" in answer.text) == (409, True)
    with office.database.reading() as session:
        assert session.query(Tip).count() == 0


def test_a_decoy_without_a_text_is_not_planted_and_no_entry_says_so(office: Office) -> None:
    set_rules(office, decoy={"on": True})
    size = office.log_size()
    answer = auditor(office).post("/log/alerts/decoys", {"description": " "})
    assert (answer.status_code, office.log_size()) == (422, size + 1)  # the page itself asked for decoys
    assert decoys(office) == []


def test_a_decoy_is_a_tip_like_any_other_and_whoever_opens_it_is_told_of(office: Office) -> None:
    set_rules(office, decoy={"on": True})
    real = office.put_tip(language="zh-Hans", category="")
    fields = {"description": "A gang runs the ferry.", "category": "", "language": "zh-Hans"}
    assert auditor(office).post("/log/alerts/decoys", fields).status_code == 303
    (planted,) = decoys(office)
    tip = TipId(bytes.fromhex(planted))
    assert shape(office, tip) == shape(office, real)
    staff = office.signed_in("reviewer-a")
    page = staff.get("/tips").text
    assert f"{planted[:4]}-{planted[4:8]}" in page
    assert "A gang runs the ferry." in staff.read(tip).text
    assert "A decoy was opened" in text(auditor(office), "/log/alerts")
    again = staff.read(tip, "verification")
    assert "decoy" not in again.text.lower()


def shape(office: Office, tip: TipId) -> list[tuple[object, ...]]:
    """All that the database shows of a tip but its random values."""
    row = office.row(tip)
    with office.database.reading() as session:
        items = session.query(Item).filter(Item.tip_id == tip).order_by(Item.position).all()
        found: list[tuple[object, ...]] = [
            (
                one.kind,
                one.position,
                one.day,
                len(one.sealed or b""),
                len(one.claim_signature),
                len(one.record),
            )
            for one in items
        ]
    state = (
        row.desk,
        row.state,
        row.arrived_on,
        row.due_on,
        row.due_at,
        row.assignee,
        row.level,
        row.card_group,
    )
    return [state, (len(row.locator), len(row.marker)), *found]
