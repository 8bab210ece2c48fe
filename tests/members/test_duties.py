"""Roles, leads, units, conflicts and suspension, and the lists that show them."""

import pytest
from sqlalchemy import update

from tests.members.staff import DAY, Staff
from tests.world import member_id
from tipline.accounts.models import Account
from tipline.ids import UnitId
from tipline.keeper_client import Reason
from tipline.members import wording
from tipline.members.errors import ChangeRefused
from tipline.roster.types import ROLES


def test_who_may_sign_second_is_asked_of_the_roster(staff: Staff) -> None:
    registrar, target = staff.unlocked("registrar").id, staff.unlocked("protection").id
    intake = staff.members.find_desk("intake")
    kind, fields = wording.grant(staff.admitted("newcomer").id, intake)
    assert staff.members.needs_two(kind, fields, registrar)
    assert set(staff.members.seconds(kind, fields, registrar)) == {
        member_id("reviewer-a"),
        member_id("reviewer-b"),
    }
    # A holder may begin as well; a registrar ends it.
    holder = staff.unlocked("reviewer-a").id
    assert staff.members.needs_two(kind, fields, holder)
    assert set(staff.members.seconds(kind, fields, holder)) == {
        member_id("registrar"),
        member_id("registrar-2"),
    }
    assert not staff.members.needs_two(*wording.remove(target), registrar)
    kind, fields = wording.remove(registrar)
    assert not staff.members.needs_two(kind, fields, registrar)
    with pytest.raises(ChangeRefused):
        staff.members.check(kind, fields, [registrar])


def test_what_the_roster_forbids_is_known_before_anybody_signs(staff: Staff) -> None:
    version = staff.members.roster().version
    kind, fields = wording.role(staff.unlocked("reviewer-a").id, "king", held=True)
    with pytest.raises(ChangeRefused) as refused:
        staff.members.check(kind, fields, [staff.unlocked("registrar").id, staff.unlocked("integrity").id])
    assert refused.value.reason is Reason.MALFORMED
    assert staff.members.seconds(kind, fields, staff.unlocked("registrar").id) == []
    assert staff.members.roster().version == version


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_is_given_and_taken(staff: Staff, role: str) -> None:
    signers = [staff.unlocked("registrar"), staff.unlocked("integrity")]
    someone = staff.admitted("someone")
    staff.members.set_role(signers, "someone", role, held=True)
    assert staff.members.roster().member(someone.id).roles == {role}
    staff.members.set_role(signers, "someone", role, held=True)  # again: nothing to state
    staff.members.set_role(signers[:1], "someone", role, held=False)
    assert not staff.members.roster().member(someone.id).roles


def test_a_second_registrar_can_be_made(staff: Staff) -> None:
    third = staff.admitted("registrar-3")
    with pytest.raises(ChangeRefused):
        staff.members.set_role([staff.unlocked("registrar")], "registrar-3", "registrar", held=True)
    pair = [staff.unlocked("registrar"), staff.unlocked("reviewer-a")]
    staff.members.set_role(pair, "registrar-3", "registrar", held=True)
    staff.members.revoke(third, "reviewer-b", "intake")


def test_suspending_takes_every_desk_and_each_comes_back_by_a_grant(staff: Staff) -> None:
    registrar, reviewer = staff.unlocked("registrar"), staff.unlocked("reviewer-a")
    staff.members.suspend(registrar, "reviewer-b")
    suspended = staff.unlocked("reviewer-b")
    assert staff.seals(suspended) == []
    assert staff.members.roster().member(suspended.id).active
    staff.members.suspend(registrar, "reviewer-b")
    staff.members.grant([registrar, reviewer], "reviewer-b", "intake")
    assert staff.opens(suspended, "intake", 1)


def test_a_lead_and_a_deputy_are_listed(staff: Staff) -> None:
    registrar, reviewer = staff.unlocked("registrar"), staff.unlocked("reviewer-a")
    staff.members.set_lead([registrar, reviewer], "intake", "reviewer-a")
    staff.admitted("deputy")
    last = staff.clock.today().replace(day=28).isoformat()
    staff.members.grant([registrar, reviewer], "deputy", "intake", last)
    rows = {row.name: row for row in staff.members.rows()}
    assert rows["reviewer-a"].leads == ("intake",)
    assert rows["deputy"].until == {"intake": last}
    desk = next(desk for desk in staff.members.desks() if desk.id == "intake")
    assert (desk.lead, desk.epoch, desk.stale, len(desk.holders)) == (reviewer.id, 1, False, 3)
    staff.members.revoke(registrar, "reviewer-a", "intake")
    desk = next(desk for desk in staff.members.desks() if desk.id == "intake")
    assert (desk.lead, desk.stale, len(desk.holders)) == (None, True, 2)


def test_a_declared_conflict_is_taken_back_by_two_alone(staff: Staff) -> None:
    reviewer = staff.unlocked("reviewer-a")
    staff.members.declare(reviewer, ["u3", "u4"])
    staff.members.declare(reviewer, ["u3"])  # again: nothing to state
    row = next(row for row in staff.members.rows() if row.name == "reviewer-a")
    assert row.conflicts == ("u3", "u4")
    with pytest.raises(ChangeRefused):
        staff.members.move([reviewer], "reviewer-a", "u2", [])
    with pytest.raises(ChangeRefused):
        staff.members.move([staff.unlocked("registrar")], "reviewer-a", "u2", [])
    staff.members.move([staff.unlocked("registrar"), staff.unlocked("integrity")], "reviewer-a", "u2", ["u4"])
    assert staff.members.roster().member(reviewer.id).conflicts == ("u4",)


def test_who_moves_takes_the_old_unit_along(staff: Staff) -> None:
    signers = [staff.unlocked("registrar"), staff.unlocked("integrity")]
    staff.members.move(signers, "reviewer-a", "u4", [])
    row = next(row for row in staff.members.rows() if row.name == "reviewer-a")
    assert (row.unit, row.past_units) == ("u4", ((UnitId("u2"), staff.clock.today().isoformat()),))


def test_whoever_was_not_seen_for_long_is_dormant(staff: Staff) -> None:
    today = staff.clock.today()
    with staff.database.writing() as session:
        session.execute(update(Account).values(last_seen_on=today))
        session.execute(update(Account).where(Account.name == "auditor").values(last_seen_on=None))
    assert [row.name for row in staff.members.dormant()] == ["auditor"]
    staff.members.remove(staff.unlocked("registrar"), "reviewer-b")
    staff.clock.advance(60 * DAY)
    assert [row.name for row in staff.members.dormant()] == ["auditor"]
    staff.clock.advance(DAY)
    names = {row.name for row in staff.members.dormant()}
    assert "reviewer-a" in names
    assert "reviewer-b" not in names  # removed: asleep for good
    assert "reviewer-a" not in {row.name for row in staff.members.dormant(days=90)}
