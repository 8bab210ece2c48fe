"""admin/exclusions/lifting.py: two people let a unit find a tip again, and nothing else comes with it."""

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from admin.exclusions.handlers import KEPT_ROUTE
from tests.admin.asking import HOST, challenge, hidden, with_passkey
from tests.admin.conftest import Office, Staff
from tests.admin.test_work import items
from tests.admin.walking import new_item
from tests.passkeys import SoftPasskey
from tests.world import member_id
from tipline.ids import MemberId, TipId, UnitId
from tipline.keeper_client import Refused
from tipline.mailbox.thread import current_route, find_mailbox, first_text
from tipline.proposals.errors import ProposalRefused
from tipline.sealing.items import seal_item
from tipline.tips.models import Item
from tipline.tips.storing import next_position, store_items


def excluded(office: Office, tip: TipId) -> tuple[str, ...]:
    return office.keeper().states([tip.hex()])[tip.hex()].excluded


def propose(
    staff: Staff, tip: TipId, *units: str, second: str = "integrity", reason: str = "Moved away"
) -> int:
    page = staff.read(tip)
    fields = {"step": "lift", "lift": list(units), "second": member_id(second), "reason": reason}
    return staff.act(tip, page, **fields).status_code  # type: ignore[arg-type]  # several values of one field


def said(soft: SoftPasskey, page: TestResponse) -> dict[str, str]:
    """The form that the page which asks a passkey sends again, with its answer."""
    answer = soft.answer(challenge(page), origin=f"http://{HOST}")
    return {**hidden(page), **{f"confirm_{part}": value for part, value in answer.items()}}


def sign(office: Office, name: str) -> None:
    proposals, member = office.services.proposals, office.member(name)
    (proposal,) = proposals.waiting_for(member)
    proposals.finish(proposal.id, proposals.sign(proposal.id, member))


def test_one_person_lifts_nothing(office: Office) -> None:
    tip = office.put_tip(exclude=(UnitId("u3"),))
    office.signed_in("reviewer-a").get("/tips")
    fields = {"tip": tip.hex(), "desk": "intake", "desks": ["intake"], "excluded": [], "reason": new_item()}
    for by in (("reviewer-a",), ("reviewer-a", "registrar")):  # u1 is excluded with u3, the registrar's
        with pytest.raises(Refused):
            office.keeper().append(office.world.sign("route", *by, **fields))
    assert excluded(office, tip) == ("u1", "u3")


def test_a_lift_names_what_is_excluded_a_reason_and_somebody_outside(office: Office) -> None:
    tip = office.put_tip(exclude=(UnitId("u3"),))
    reviewer = office.signed_in("reviewer-a", confirmed=True)
    assert propose(reviewer, tip) == 422
    assert propose(reviewer, tip, "u3", "u9") == 422
    assert propose(reviewer, tip, "u3", reason=" ") == 422
    for second in ("reviewer-b", "registrar", "reviewer-a"):
        assert propose(reviewer, tip, "u3", second=second) == 422
    assert items(office, tip, "reason") == []


def test_a_lifted_unit_finds_the_tip_once_two_have_signed_and_the_reporter_learns_of_it(
    office: Office,
) -> None:
    tip, code = office.put_tip_with_code(exclude=(UnitId("u3"),))
    reviewer, colleague = office.signed_in("reviewer-a", confirmed=True), office.signed_in("reviewer-b")
    assert propose(reviewer, tip, "u3") == 200
    assert colleague.get(f"/tips/{tip.hex()}").status_code == 404
    sign(office, "integrity")
    assert excluded(office, tip) == ("u1",)
    assert tip.hex() in colleague.get("/tips").text
    assert "A gang runs the quarry." in colleague.read(tip).text
    assert items(office, tip, "route") == []  # it was not reviewer-b who proposed it
    reviewer.get("/tips")
    reviewer.read(tip)
    with office.database.reading() as session:
        assert session.scalars(select(Item.kind).where(Item.kind == "kept-route")).all() == []
        mailbox, log = find_mailbox(session, code), office.world.verifier
        assert current_route(session, mailbox, log, first_text(session, mailbox, log)).excluded == ("u1",)


def test_what_was_excluded_after_a_proposal_is_not_undone_by_it(office: Office) -> None:
    tip = office.put_tip(exclude=(UnitId("u3"),))
    reviewer = office.signed_in("reviewer-a", confirmed=True)
    assert propose(reviewer, tip, "u3") == 200
    office.clock.advance(5)
    reviewer.act(tip, reviewer.read(tip), exclude="u4")
    with pytest.raises(ProposalRefused):
        sign(office, "integrity")
    assert excluded(office, tip) == ("u1", "u3", "u4")


def test_a_lift_asks_for_a_second_look_and_an_exclusion_for_none(office: Office) -> None:
    tip = office.put_tip(exclude=(UnitId("u3"),))
    reviewer = office.signed_in("reviewer-a")
    assert propose(reviewer, tip, "u3") == 428
    assert (items(office, tip, "reason"), office.services.proposals.made_by(office.member("reviewer-a"))) == (
        [],
        [],
    )
    assert reviewer.act(tip, reviewer.read(tip), exclude="u4").status_code == 200
    assert excluded(office, tip) == ("u1", "u3", "u4")


def test_a_passkey_answers_over_a_lift_for_each_of_the_two(office: Office) -> None:
    tip = office.put_tip(exclude=(UnitId("u3"),))
    passkeys = {name: with_passkey(office, name) for name in ("reviewer-a", "integrity")}
    reviewer = office.signed_in("reviewer-a", confirmed=True)
    fields = {"step": "lift", "lift": "u3", "second": member_id("integrity"), "reason": "Moved away"}
    asked = reviewer.act(tip, reviewer.read(tip), **fields)
    assert asked.status_code == 428
    assert reviewer.post(f"/tips/{tip.hex()}", said(passkeys["reviewer-a"], asked)).status_code == 200
    (proposal,) = office.services.proposals.waiting_for(office.member("integrity"))
    second, path = office.signed_in("integrity", confirmed=True), f"/proposals/{proposal.id}/sign"
    asked = second.post(path)
    assert asked.status_code == 428
    assert excluded(office, tip) == ("u1", "u3")
    assert second.post(path, said(passkeys["integrity"], asked)).status_code == 303
    assert excluded(office, tip) == ("u1",)


def test_a_page_from_before_an_exclusion_proposes_nothing(office: Office) -> None:
    tip = office.put_tip(exclude=(UnitId("u3"),))
    reviewer = office.signed_in("reviewer-a", confirmed=True)
    page = reviewer.read(tip)
    reviewer.act(tip, page, exclude="u4")
    fields = {"step": "lift", "lift": "u3", "second": member_id("integrity"), "reason": "x"}
    assert reviewer.act(tip, page, **fields).status_code == 409


def test_a_kept_route_that_was_written_by_hand_keeps_no_tip_from_being_read(office: Office) -> None:
    tip = office.put_tip()
    reviewer = office.signed_in("reviewer-a", confirmed=True)
    reviewer.read(tip)
    own = office.keeper().roster().members[MemberId(member_id("reviewer-a"))].recipient
    forged = seal_item(KEPT_ROUTE, tip, b"no record of the keeper", audience=None, reporter=own)
    with office.database.writing() as session:
        position = next_position(session, tip)
        store_items(session, [forged], first_position=position, day=office.clock.today())
    assert "A gang runs the quarry." in reviewer.read(tip).text
    assert items(office, tip, "route") == []
