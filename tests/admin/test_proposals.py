"""Proposals on the page: who may sign, refuse or withdraw, and what is seen of them."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from admin.members.names import Names
from admin.proposals.sentences import say
from admin.visit import Visit
from tests.admin.conftest import Office, Staff
from tests.admin.people import confirmed, enrol, invite, registrar
from tests.admin.printing import english
from tests.admin.test_members import PROPOSAL
from tests.world import member_body, member_id
from tipline.rewards.rules import DEFAULT_REWARD_RULES
from tipline.roster.rewards import write_reward_rules

A, B, C = (member_id(name) for name in ("reviewer-a", "reviewer-b", "custodian-1"))


@pytest.fixture
def proposal(office: Office) -> str:
    """A lead that a registrar has signed and reviewer-b has yet to."""
    fields = {"do": "lead", "desk": "intake", "other": B}
    assert registrar(office).post(f"/members/{A}/change", fields).status_code == 303
    found = PROPOSAL.search(english(office.signed_in("reviewer-b")).get("/proposals").text)
    assert found
    return found[1]


def lead(office: Office) -> str | None:
    return office.keeper().roster().desks["intake"].lead


def tries(staff: Staff, proposal: str) -> list[int]:
    """The statuses of everything that can be done to a proposal, but for signing it."""
    return [staff.post(f"/proposals/{proposal}/{what}").status_code for what in ("refuse", "withdraw")]


def test_nobody_but_the_second_signs(office: Office, proposal: str) -> None:
    for name in ("registrar", "registrar-2", "reviewer-a", "auditor"):
        assert confirmed(office, name).post(f"/proposals/{proposal}/sign").status_code == 409
    assert lead(office) is None


def test_what_others_have_proposed_is_seen_by_nobody_else(office: Office, proposal: str) -> None:
    for name in ("registrar-2", "reviewer-a", "auditor"):
        staff = confirmed(office, name)
        assert proposal not in staff.get("/proposals").text
        here, nowhere = (
            staff.post(f"/proposals/{proposal}/refuse"),
            staff.post(f"/proposals/{'0' * 32}/refuse"),
        )
        assert here.status_code == nowhere.status_code == 409
        assert tries(staff, proposal) == [409, 409]
    assert confirmed(office, "reviewer-b").post(f"/proposals/{proposal}/sign").status_code == 303


def test_signing_asks_for_password_and_code(office: Office, proposal: str) -> None:
    staff = english(office.signed_in("reviewer-b"))
    assert staff.post(f"/proposals/{proposal}/sign").status_code == 428
    assert lead(office) is None


def test_a_mark_says_that_something_waits(office: Office, proposal: str) -> None:
    assert 'href="/proposals"' in english(office.signed_in("reviewer-b")).get("/members").text
    nav = english(office.signed_in("reviewer-b")).get("/sheets").text.split("</nav>")[0]
    assert "To sign" in nav
    nav = english(office.signed_in("reviewer-a")).get("/sheets").text.split("</nav>")[0]
    assert "To sign" not in nav


def test_the_home_page_says_what_waits(office: Office) -> None:
    registrar(office).post(
        f"/members/{A}/change", {"do": "lead", "desk": "intake", "other": member_id("registrar-2")}
    )
    page = english(office.signed_in("registrar-2")).get("/").text
    assert "1 change waits for your signature." in page
    enrol(office, invite(office))
    page = english(office.signed_in("registrar")).get("/").text
    assert "1 person waits for you to compare their fingerprint." in page


def test_it_is_said_in_words_who_asks_for_what(office: Office, proposal: str) -> None:
    page = english(office.signed_in("reviewer-b")).get("/proposals").text
    assert "reviewer-a leads the desk “Desk intake”." in page
    assert "registrar asks you for it since 2026-03-03" in page


def test_what_was_refused_or_withdrawn_is_gone(office: Office, proposal: str) -> None:
    assert confirmed(office, "reviewer-b").post(f"/proposals/{proposal}/refuse").status_code == 303
    assert confirmed(office, "reviewer-b").post(f"/proposals/{proposal}/sign").status_code == 409
    assert registrar(office).post(f"/proposals/{proposal}/withdraw").status_code == 409
    assert lead(office) is None


def test_who_asked_may_withdraw_and_the_second_may_not(office: Office, proposal: str) -> None:
    assert confirmed(office, "reviewer-b").post(f"/proposals/{proposal}/withdraw").status_code == 409
    assert registrar(office).post(f"/proposals/{proposal}/refuse").status_code == 409
    assert registrar(office).post(f"/proposals/{proposal}/withdraw").status_code == 303
    assert confirmed(office, "reviewer-b").post(f"/proposals/{proposal}/sign").status_code == 409


def test_it_is_signed_once(office: Office, proposal: str) -> None:
    staff = confirmed(office, "reviewer-b")
    assert staff.post(f"/proposals/{proposal}/sign").status_code == 303
    size = office.log_size()
    assert staff.post(f"/proposals/{proposal}/sign").status_code == 409
    assert office.log_size() == size
    assert lead(office) == A


def test_after_three_days_it_has_lapsed(office: Office, proposal: str) -> None:
    office.clock.advance(3 * 24 * 3600 + 1)
    staff = confirmed(office, "reviewer-b")
    assert "Lapsed" in staff.get("/proposals").text
    assert staff.post(f"/proposals/{proposal}/sign").status_code == 409
    assert lead(office) is None


def test_the_proposal_of_a_removed_member_has_lapsed(office: Office, proposal: str) -> None:
    removed = office.world.sign("remove", "registrar-2", member=member_id("registrar"))
    office.keeper().append(removed)
    staff = confirmed(office, "reviewer-b")
    assert staff.post(f"/proposals/{proposal}/sign").status_code == 409
    assert lead(office) is None


def test_a_desks_key_is_passed_on_by_those_alone_who_hold_it(office: Office) -> None:
    for name in ("registrar", "integrity", "reviewer-a"):
        staff, size = confirmed(office, name), office.log_size()
        answer = staff.post("/proposals/keys", {"member": B, "desk": "intake"})
        assert answer.status_code == 409
        assert office.log_size() == size


# ------------------------------------------------------------------ in words

UNIT = {"id": "u3", "names": {"zh": "单位", "en": "A new unit"}, "superior": "u1", "inside": True}
DESK = {"id": "intake", "names": {"zh": "组", "en": "A desk"}, "epoch": 2, "recipient": "", "reads": True}
BODY = {"id": "police", "names": {"zh": "公安", "en": "The police"}, "recipient": "age1key", "accepts": True}
FOUND = {"size": 7, "root": "0a" * 32}
WITNESS = {"name": "w", "url": "https://w.example", "keys": ["w+0a0b0c0d+BA=="]}
POLICY = {"witnesses": [WITNESS], "quorum": 1, "alarm_hours": 24, "stop": True}
POINT: Final[Mapping[str, Any]] = {
    "id": "post",
    "names": {"zh": "邮局", "en": "Post office"},
    "places": {"zh": "南街", "en": "South Street"},
    "unit": "u9",
    "recipient": "",
    "open": True,
}
SAID: dict[str, list[tuple[dict[str, Any], str]]] = {
    "member": [({"member": member_body("li", "u2")}, "becomes a member, of unit: Unit u2.")],
    "member-unit": [({"member": A, "unit": "u3", "conflicts": ["u4"]}, "see: Unit u4.")],
    "grant": [
        ({"member": A, "desk": "intake", "until": ""}, "joins the desk “Desk intake”."),
        ({"member": A, "desk": "intake"}, "joins the desk “Desk intake”."),
        ({"member": A, "desk": "intake", "until": "2026-04-01"}, "until the end of 2026-04-01"),
    ],
    "revoke": [({"member": A, "desk": "intake"}, "leaves the desk “Desk intake”.")],
    "remove": [({"member": A}, "is no longer a member.")],
    "role": [
        ({"member": A, "role": "liaison", "held": True}, "gets the role “Liaison”."),
        ({"member": A, "role": "liaison", "held": False}, "gives up the role “Liaison”."),
    ],
    "lead": [({"member": A, "desk": "intake"}, "leads the desk “Desk intake”.")],
    "new-keys": [(member_body("li", "u2") | {"member": A}, "gets new keys.")],
    "passkey": [
        ({"member": A, "passkey": {}}, "gives up their passkey."),
        ({"member": A, "passkey": {"id": "x"}}, "gets another passkey."),
    ],
    "calendar": [({"year": 2027, "off": ["2027-02-08"], "worked": []}, "Off: 2027-02-08. Worked: none.")],
    "deadlines": [({"days": {"triage": 5}}, "Triage: 5"), ({"days": {}}, "as they were by default")],
    "unit": [({"unit": UNIT}, "A unit of the township: 单位 / A new unit.")],
    "desk": [({"desk": DESK}, "The desk “A desk” has key number 2.")],
    "body": [
        ({"body": BODY}, "Packets are sealed to its key: age1key"),
        ({"body": BODY | {"recipient": ""}}, "on paper"),
        ({"body": BODY | {"accepts": False}}, "transferred to this body any more: 公安 / The police."),
    ],
    "hold": [({"tip": "ab" * 16}, "is not erased")],
    "unhold": [({"tip": "ab" * 16}, "is erased when its time is over")],
    "acknowledge": [
        ({"what": "rollback", "found": FOUND}, "The log was set back, and goes on from entry 7. Root: 0a0a"),
        ({"what": "moved", "found": FOUND}, "The keeper goes on at another place, from entry 7."),
        ({"what": "unwitnessed", "found": FOUND}, "Reading goes on for three days"),
    ],
    "witnesses": [
        (POLICY, "countersign the log: w at https://w.example, keys 0a0b0c0d. It is an alarm when one"),
        (POLICY, "for 24 hours. 1 must have done so. With fewer nothing is read."),
        (POLICY | {"stop": False}, "Reading goes on with fewer, too."),
        (POLICY | {"witnesses": []}, "These bodies countersign the log: none."),
    ],
    "alert-rules": [
        ({"rules": {}}, "otherwise than by default: none. What is not named here"),
        ({"rules": {"burst": {"on": False}}}, " (off)."),
    ],
    "reward-budget": [({"year": 2027, "amount": 1_000_000}, "of 2027 is 1,000,000 yuan.")],
    "reward-cancel": [({"award": 17}, "The award no. 17 is taken back.")],
    "reward-open": [({"year": 2026, "value": 500}, "Vouchers of 500 yuan from 2026")],
    "reward-rules": [
        (
            {"rules": write_reward_rules(DEFAULT_REWARD_RULES)},
            "Umbrella: 5,000 to 30,000. Values of vouchers: 500, ",
        )
    ],
    "point": [
        ({"point": POINT}, "邮局 / Post office. Address and hours: 南街 / South Street. Unit: Unit u9."),
        ({"point": {**POINT, "open": False, "unit": "u1"}}, "It lies inside the township."),
    ],
    "pay-undo": [({"pickup": "ab" * 16, "value": 500}, "A payment of 500 yuan is taken back")],
    "pickup-list": [({"point": "post", "day": "2026-03-03", "hash": "ab" * 32}, "of 2026-03-03.")],
    "route": [({"tip": "ab" * 16, "desks": ["intake"], "excluded": ["u3"]}, "from then on: Unit u3.")],
}
"""For each kind that may be proposed: fields, and part of what is said."""

ALONE = {"conflicts", "rekey", "regrant", "lapse", "log-key", "mint-keys"}
"""What one person, or the keeper, states: nobody is asked to sign it second."""


def test_every_kind_that_may_be_proposed_is_said_in_words(office: Office) -> None:
    assert set(office.services.proposals.handlers) - ALONE == set(SAID)


@pytest.mark.parametrize("kind", SAID)
def test_a_statement_says_what_it_would_do(office: Office, kind: str) -> None:
    with office.app.test_request_context(headers={"Accept-Language": "en"}):
        names = Names({A: "reviewer-a"}, visit_of(office, "registrar"), "en")
        for fields, part in SAID[kind]:
            said = say(kind, {"type": kind, **fields}, names)
            assert part in f"{said.sentence} {said.follows}"
            assert bool(said.fingerprint) == (kind in ("member", "new-keys"))


def visit_of(office: Office, name: str) -> Visit:
    """A request of a member."""
    services, roster = office.services, office.keeper().roster()
    session = services.sessions.resume(services.sessions.start(office.member(name)).reveal())
    return Visit(services, session, roster, office.directory(), roster.members[session.member.id])
