"""/log/witnesses and /log/checkpoint: for auditors, what others countersigned and the head on paper."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from crypto.notes import open_checkpoint
from tests.admin.conftest import Office, Staff
from tests.keeper.test_witnesses import impostor, policy
from tests.witness.running import Running, log_of, running
from tests.world import member_id
from tipline.keeper.witnessing.asking import Asking

HOUR = 3600
ENGLISH = {"Accept-Language": "en"}
SIGN = re.compile(r'action="(/proposals/[0-9a-f]{32}/sign)"')


@pytest.fixture
def county(office: Office, tmp_path: Path) -> Iterator[Running]:
    """A witness of this office's log, named by two people, asked once."""
    with running(tmp_path / "county", office.world, office.clock) as one:
        yield one


def name_witnesses(office: Office, *witnesses: object, **changes: object) -> None:
    office.services.members.carry_out(policy(office.world, *witnesses, **changes))  # type: ignore[arg-type]


def down() -> dict[str, object]:
    return {**impostor("down.example"), "url": "http://127.0.0.1:9"}


def asked(office: Office, asking: Asking, name: str = "witness.example/county") -> None:
    witness = office.keeper().roster().witnesses.find(name)
    assert witness
    asking.ask(witness)


def page(office: Office, path: str = "/log/witnesses", name: str = "auditor") -> str:
    answer = office.signed_in(name).get(path, headers=ENGLISH)
    assert answer.status_code == 200
    return unescape(answer.text)


@pytest.mark.parametrize("path", ["/log/witnesses", "/log/checkpoint"])
def test_witnesses_and_heads_are_for_auditors_alone(office: Office, path: str) -> None:
    for name in ("registrar", "reviewer-a", "integrity"):
        assert office.signed_in(name).get(path).status_code == 403


def test_without_a_witness_the_page_says_what_that_means(office: Office) -> None:
    assert "No witness is named" in page(office)


def test_the_page_tells_who_is_late_and_for_how_long(office: Office) -> None:
    name_witnesses(office, down(), alarm_hours=1)
    assert "not yet" in page(office)
    office.clock.advance(HOUR + 1)
    shown = page(office)
    assert re.search(r"down\.example.*late.*never", shown, re.S)
    assert "Reading goes on all the same." in shown


def test_the_printed_head_is_the_signed_one(office: Office) -> None:
    shown = page(office, "/log/checkpoint")
    (note,) = re.findall(r'<pre class="note" tabindex="0">(.*?)</pre>', shown, re.S)
    head = open_checkpoint(note.encode(), [office.world.verifier])
    assert head.root.hex() in shown
    assert f"<dd>{head.size}</dd>" in shown
    keys = log_of(office.world).vkeys
    assert all(key.key_id.hex() in shown for key in keys)
    assert "<svg" in shown


def test_reading_that_is_not_stopped_is_not_let_go_on(office: Office) -> None:
    auditor = office.signed_in("auditor", confirmed=True)
    assert auditor.post("/log/witnesses", {"other": member_id("registrar")}).status_code == 409


def stop(office: Office) -> None:
    name_witnesses(office, down(), alarm_hours=1, stop=True)
    office.clock.advance(HOUR + 1)


def sign_second(office: Office, name: str) -> int:
    staff: Staff = office.signed_in(name, confirmed=True)
    found = SIGN.search(staff.get("/proposals").text)
    assert found
    return staff.post(found[1]).status_code


def test_below_the_quorum_the_page_says_why_nothing_is_read(office: Office) -> None:
    tip = office.put_tip()
    stop(office)
    refused = office.signed_in("reviewer-a").read(tip)
    assert refused.status_code == 503
    assert "会签" in refused.text
    assert "quarry" not in refused.text
    assert "Nothing is read now" in page(office)


def test_an_auditor_and_another_let_reading_go_on(office: Office) -> None:
    tip = office.put_tip()
    stop(office)
    auditor = office.signed_in("auditor", confirmed=True)
    for nobody in ("", "nobody", member_id("auditor")):
        assert auditor.post("/log/witnesses", {"other": nobody}).status_code == 422
    assert auditor.post("/log/witnesses", {"other": member_id("registrar")}).status_code == 303
    assert office.signed_in("reviewer-a").read(tip).status_code == 503
    assert sign_second(office, "registrar") == 303
    assert office.signed_in("reviewer-a").read(tip).status_code == 200


def test_below_the_quorum_no_list_opens_and_tips_still_come_in(office: Office) -> None:
    stop(office)
    tip = office.put_tip("A gang runs the market.")
    page = office.signed_in("reviewer-a").get("/tips")
    assert "会签" in page.text
    assert "Village tyrants" not in page.text
    assert office.row(tip).id == tip
