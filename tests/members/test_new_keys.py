"""Joining by one's own enrolment, and new keys for a lost password or second factor: no back door."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from tests.members.staff import DAY, PASSWORD, Staff
from tests.world import member_id
from tipline.accounts.models import Account
from tipline.ids import MemberId, UnitId
from tipline.members.errors import (
    ChangeRefused,
    HolderMissing,
    NameTaken,
    NoSuchPlace,
    SignerNotAccepted,
)
from tipline.members.models import NewKeys
from tipline.members.service import Members


def accounts(staff: Staff) -> set[str]:
    with staff.database.reading() as session:
        return set(session.scalars(select(Account.name)))


def waiting(staff: Staff) -> set[str]:
    with staff.database.reading() as session:
        return set(session.scalars(select(NewKeys.name)))


def give_password(staff: Staff, name: str, wrapped: bytes) -> None:
    with staff.database.writing() as session:
        session.execute(update(Account).where(Account.name == name).values(wrapped=wrapped))


def test_an_enrolment_alone_is_nobody(staff: Staff) -> None:
    staff.members.enrol(staff.enrolled("newcomer"))
    assert "newcomer" not in accounts(staff)
    assert member_id("newcomer") not in staff.members.roster().members
    staff.members.tidy(staff.unlocked("reviewer-a"))
    staff.members.revoke(staff.unlocked("registrar"), "reviewer-b", "intake")  # rows follow another change
    assert "newcomer" not in accounts(staff)


def test_only_a_registrar_admits(staff: Staff) -> None:
    with pytest.raises(ChangeRefused):
        staff.members.admit(staff.unlocked("reviewer-a"), staff.enrolled("newcomer"))
    assert "newcomer" not in accounts(staff)


def test_a_name_or_a_unit_that_is_wrong_never_reaches_the_log(staff: Staff) -> None:
    version = staff.members.roster().version
    registrar = staff.unlocked("registrar")
    with pytest.raises(NameTaken):
        staff.members.admit(registrar, replace(staff.enrolled("newcomer"), name="reviewer-a"))
    staff.members.enrol(staff.enrolled("newcomer"))
    with pytest.raises(NameTaken):
        staff.members.admit(registrar, replace(staff.enrolled("other"), name="newcomer"))
    with pytest.raises(NoSuchPlace):
        staff.members.admit(registrar, replace(staff.enrolled("other"), conflicts=(UnitId("u99"),)))
    assert staff.members.roster().version == version


def test_whoever_is_admitted_has_the_keys_of_their_own_enrolment(staff: Staff) -> None:
    enrolled = staff.enrolled("newcomer")
    assert staff.members.admit(staff.unlocked("registrar"), enrolled) == enrolled.member
    row = next(row for row in staff.members.rows() if row.id == enrolled.member)
    assert (row.name, row.fingerprint, row.desks) == ("newcomer", enrolled.fingerprint, ())
    with staff.database.reading() as session:
        assert session.get_one(Account, enrolled.member).wrapped == enrolled.wrapped
    assert waiting(staff) == set()


def test_an_admission_that_broke_off_goes_on(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    registrar, enrolled = staff.unlocked("registrar"), staff.enrolled("newcomer")
    with monkeypatch.context() as patch:
        patch.setattr(Members, "_follow", _power_cut)
        with pytest.raises(SystemExit):
            staff.members.admit(registrar, enrolled)
    assert "newcomer" not in accounts(staff)
    size = staff.members.roster().version
    staff.members.admit(registrar, enrolled)
    assert "newcomer" in accounts(staff)
    assert staff.members.roster().version == size


def test_keys_that_nobody_signed_for_are_dropped(staff: Staff) -> None:
    staff.members.enrol(staff.enrolled("newcomer"))
    staff.clock.advance(8 * DAY)
    staff.members.revoke(staff.unlocked("registrar"), "reviewer-b", "intake")
    assert waiting(staff) == set()


def test_new_keys_are_signed_by_two_who_are_not_the_one_who_gets_them(staff: Staff) -> None:
    _, enrolled = staff.renewed("reviewer-a")
    for names in (["registrar"], ["registrar", "reviewer-a"], ["reviewer-b", "integrity"]):
        with pytest.raises(ChangeRefused):
            staff.members.new_keys([staff.unlocked(name) for name in names], enrolled)
    with staff.database.reading() as session:
        assert session.get_one(Account, enrolled.member).wrapped == b"not looked at"
    assert staff.seals(staff.unlocked("reviewer-a")) == [("intake", 1)]


def test_after_new_keys_the_old_password_and_the_old_keys_open_nothing(staff: Staff) -> None:
    old, before = staff.renewed("reviewer-b")  # a password of hers that works
    registrar, integrity = staff.unlocked("registrar"), staff.unlocked("integrity")
    staff.members.new_keys([registrar, integrity], before)
    assert staff.members.sign_in("reviewer-b", PASSWORD, staff.otp()).seed.seed == old.seed.seed
    after = staff.enrolled("fresh", member=old.id)
    staff.members.new_keys([registrar, integrity], replace(after, name="reviewer-b"))
    staff.clock.advance(60)
    with pytest.raises(SignerNotAccepted):
        staff.members.sign_in("reviewer-b", PASSWORD, staff.otp())
    give_password(staff, "reviewer-b", before.wrapped)  # not even with the old row put back
    staff.clock.advance(60)
    with pytest.raises(SignerNotAccepted):
        staff.members.sign_in("reviewer-b", PASSWORD, staff.otp())
    with pytest.raises(ChangeRefused):
        staff.members.declare(old, ["u3"])


def test_after_new_keys_every_desk_waits_for_one_of_its_holders(staff: Staff) -> None:
    renewed, enrolled = staff.renewed("reviewer-b")
    registrar, reviewer = staff.unlocked("registrar"), staff.unlocked("reviewer-a")
    staff.members.new_keys([registrar, staff.unlocked("integrity")], enrolled)
    assert staff.seals(renewed) == []
    assert staff.members.awaiting_keys(reviewer.id) == [(renewed.id, "intake")]
    assert staff.members.awaiting_keys(staff.unlocked("integrity").id) == []
    staff.members.tidy(reviewer)  # the desk's key is renewed, and nothing is given to whom nobody vouched for
    assert staff.seals(renewed) == []
    for stranger in ("integrity", "registrar"):
        with pytest.raises(ChangeRefused):
            staff.members.regrant(staff.unlocked(stranger), "reviewer-b", "intake")
    with pytest.raises(ChangeRefused):
        staff.members.regrant(renewed, "reviewer-b", "intake")
    staff.members.regrant(reviewer, "reviewer-b", "intake")
    assert staff.opens(renewed, "intake", 1)
    assert staff.opens(renewed, "intake", 2)
    assert staff.members.awaiting_keys(reviewer.id) == []


def test_a_lost_second_factor_of_a_desks_last_holder_costs_the_desk_its_history(staff: Staff) -> None:
    renewed, enrolled = staff.renewed("protection")
    registrar, other = staff.unlocked("registrar"), staff.unlocked("reviewer-a")
    staff.members.new_keys([registrar, other], enrolled)
    staff.members.grant([registrar, other], "protection", "protection")
    staff.members.tidy(renewed)
    assert staff.opens(renewed, "protection", 2)
    assert not staff.opens(renewed, "protection", 1)


def test_new_keys_that_broke_off_go_on(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    _, enrolled = staff.renewed("reviewer-b")
    signers = [staff.unlocked("registrar"), staff.unlocked("integrity")]
    with monkeypatch.context() as patch:
        patch.setattr(Members, "_follow", _power_cut)
        with pytest.raises(SystemExit):
            staff.members.new_keys(signers, enrolled)
    staff.members.new_keys(signers, enrolled)
    assert staff.members.sign_in("reviewer-b", PASSWORD, staff.otp()).id == enrolled.member


def test_new_keys_at_a_terminal_are_those_of_the_password_that_was_typed(staff: Staff) -> None:
    signers = [staff.unlocked("registrar"), staff.unlocked("integrity")]
    new = staff.members.renew_keys(signers, "reviewer-b", "another long pass phrase")
    assert new.id == MemberId(member_id("reviewer-b"))
    row = next(row for row in staff.members.rows() if row.id == new.id)
    assert (row.fingerprint, row.awaiting, row.desks) == (new.fingerprint, ("intake",), ())


def test_a_grant_to_a_desk_needs_a_holder_who_has_its_key(staff: Staff) -> None:
    staff.admitted("newcomer")
    with pytest.raises(HolderMissing):
        staff.members.grant([staff.unlocked("registrar")], "newcomer", "intake")


def _power_cut(*_arguments: object, **_more: object) -> None:
    raise SystemExit
