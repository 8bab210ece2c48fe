"""Two people, two sessions: what one proposed has no effect before the other has signed, and then once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from crypto.statements import Statement
from tests.members.staff import DAY, Staff
from tests.world import member_id
from tipline.accounts.types import begin_statement, sign_together
from tipline.ids import MemberId
from tipline.keeper_client import Appended, KeeperUnavailable, Reason
from tipline.members import wording
from tipline.members.service import Members
from tipline.proposals.errors import (
    CannotBeProposed,
    NobodyToSign,
    NoSuchProposal,
    ProposalLapsed,
    ProposalRefused,
)
from tipline.proposals.models import ProposalRow
from tipline.proposals.service import Proposal

ROLE = "liaison"


def asked(name: str = "reviewer-a") -> Mapping[str, Any]:
    return wording.role(MemberId(member_id(name)), ROLE, held=True)[1]


def proposed(staff: Staff, second: str = "integrity") -> Proposal:
    """A registrar asks somebody to sign that reviewer A becomes a liaison."""
    other = staff.unlocked(second).id
    return staff.proposals.propose("role", asked(), staff.unlocked("registrar"), other)


def has_role(staff: Staff) -> bool:
    return ROLE in staff.members.roster().member(member_id("reviewer-a")).roles


def stored(staff: Staff) -> int:
    with staff.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ProposalRow)) or 0


def change_row(staff: Staff, **values: Any) -> None:
    with staff.database.writing() as session:
        session.execute(update(ProposalRow).values(**values))


# ------------------------------------------------------------------- refusals


def test_a_proposal_alone_changes_nothing(staff: Staff) -> None:
    version = staff.members.roster().version
    proposed(staff)
    assert not has_role(staff)
    assert staff.members.roster().version == version


def test_nobody_proposes_to_themselves_to_a_stranger_or_to_who_was_removed(staff: Staff) -> None:
    registrar = staff.unlocked("registrar")
    staff.members.remove(registrar, "reviewer-b")
    for other in (member_id("nobody"), member_id("reviewer-b")):
        with pytest.raises(NobodyToSign):
            staff.proposals.propose("role", asked(), registrar, MemberId(other))
    once = begin_statement("role", asked(), registrar, [], origin=staff.pin.origin, clock=staff.clock)
    with pytest.raises(NobodyToSign):
        staff.proposals.keep(once, registrar, registrar.id)
    assert stored(staff) == 0


def test_a_half_by_others_is_not_kept(staff: Staff) -> None:
    registrar, other = staff.unlocked("registrar"), staff.unlocked("integrity")
    half = begin_statement("role", asked(), registrar, [other.id], origin=staff.pin.origin, clock=staff.clock)
    for member, second in ((other, registrar.id), (registrar, staff.unlocked("auditor").id)):
        with pytest.raises(NobodyToSign):
            staff.proposals.keep(half, member, second)


@pytest.mark.parametrize("kind", ["read", "nonsense", "hold"])
def test_what_nothing_follows_is_not_proposed(staff: Staff, kind: str) -> None:
    with pytest.raises(CannotBeProposed):
        staff.proposals.propose(kind, {}, staff.unlocked("registrar"), staff.unlocked("integrity").id)


@pytest.mark.parametrize("name", ["registrar", "registrar-2", "reviewer-a", "auditor"])
def test_only_the_one_who_was_named_signs(staff: Staff, name: str) -> None:
    proposal = proposed(staff)
    with pytest.raises(NoSuchProposal):
        staff.proposals.sign(proposal.id, staff.unlocked(name))
    assert not has_role(staff)


@pytest.mark.parametrize("name", ["registrar-2", "reviewer-a", "auditor"])
def test_a_proposal_of_others_is_not_there(staff: Staff, name: str) -> None:
    proposal, stranger = proposed(staff), staff.unlocked(name)
    assert staff.proposals.waiting_for(stranger) == staff.proposals.made_by(stranger) == []
    assert staff.proposals.count_waiting(stranger.id) == 0
    for act in (staff.proposals.find, staff.proposals.withdraw, staff.proposals.refuse):
        with pytest.raises(NoSuchProposal):
            act(proposal.id, stranger)
    assert stored(staff) == 1


@pytest.mark.parametrize("identifier", ["", "zz", "00", "0" * 32, "é" * 32])
def test_an_unknown_proposal_is_not_there(staff: Staff, identifier: str) -> None:
    proposed(staff)
    with pytest.raises(NoSuchProposal):
        staff.proposals.find(identifier, staff.unlocked("integrity"))


def test_who_made_it_does_not_refuse_and_who_signs_does_not_withdraw(staff: Staff) -> None:
    proposal = proposed(staff)
    with pytest.raises(NoSuchProposal):
        staff.proposals.refuse(proposal.id, staff.unlocked("registrar"))
    with pytest.raises(NoSuchProposal):
        staff.proposals.withdraw(proposal.id, staff.unlocked("integrity"))


def test_a_statement_with_one_signature_is_not_finished(staff: Staff) -> None:
    proposal = proposed(staff)
    with pytest.raises(ProposalRefused) as refused:
        staff.proposals.finish(proposal.id, proposal.statement)
    assert refused.value.reason is Reason.BAD_SIGNATURE
    assert not has_role(staff)


def test_another_statement_is_not_finished_in_the_place_of_what_was_proposed(staff: Staff) -> None:
    """The row names who signs; another pair's statement, or another kind, belongs to no proposal here."""
    proposal = proposed(staff)
    pair = [staff.unlocked("registrar"), staff.unlocked("auditor")]
    other = sign_together("role", asked(), pair, origin=staff.pin.origin, clock=staff.clock)
    with pytest.raises(NoSuchProposal):
        staff.proposals.finish(proposal.id, other)
    change_row(staff, kind="lead")
    complete = staff.unlocked("integrity").add_to(proposal.statement)
    with pytest.raises(NoSuchProposal):
        staff.proposals.finish(proposal.id, complete)
    assert not has_role(staff)


@pytest.mark.parametrize(
    "values",
    [
        {"second": member_id("auditor")},
        {"proposer": member_id("registrar-2")},
        {"kind": "lead"},
        {"sealed": b"nothing"},
    ],
    ids=str,
)
def test_a_row_that_was_changed_by_hand_is_no_proposal(staff: Staff, values: dict[str, Any]) -> None:
    proposal = proposed(staff)
    change_row(staff, **values)
    for name in ("integrity", "auditor"):
        assert staff.proposals.waiting_for(staff.unlocked(name)) == []
        with pytest.raises(NoSuchProposal):
            staff.proposals.sign(proposal.id, staff.unlocked(name))


def test_the_rows_tell_nothing_of_what_is_proposed(staff: Staff) -> None:
    proposal = proposed(staff)
    with staff.database.reading() as session:
        row = session.scalars(select(ProposalRow)).one()
        assert proposal.statement.body["member"].encode() not in row.sealed
        assert ROLE.encode() not in row.sealed


# --------------------------------------------------------------------- lapsing


def test_after_three_days_a_proposal_is_shown_as_lapsed_and_then_swept(staff: Staff) -> None:
    proposal, second = proposed(staff), staff.unlocked("integrity")
    staff.clock.advance(3 * DAY)
    assert [one.lapsed for one in staff.proposals.waiting_for(second)] == [False]
    staff.clock.advance(1)
    assert [one.lapsed for one in staff.proposals.waiting_for(second)] == [True]
    assert [one.lapsed for one in staff.proposals.made_by(staff.unlocked("registrar"))] == [True]
    with pytest.raises(ProposalLapsed):
        staff.proposals.sign(proposal.id, second)
    staff.clock.advance(2 * DAY)
    assert staff.proposals.count_waiting(second.id) == 0
    staff.clock.advance(4 * DAY)
    staff.proposals.sweep()
    assert stored(staff) == 0


@pytest.mark.parametrize("gone", ["registrar", "integrity"])
def test_a_proposal_of_a_removed_member_has_lapsed(staff: Staff, gone: str) -> None:
    proposal, second = proposed(staff), staff.unlocked("integrity")
    staff.members.remove(staff.unlocked("registrar-2"), gone)
    assert [one.lapsed for one in staff.proposals.waiting_for(second)] == [True]
    with pytest.raises(ProposalLapsed):
        staff.proposals.sign(proposal.id, second)


def test_a_proposal_of_who_was_given_new_keys_has_lapsed(staff: Staff) -> None:
    proposal, second = proposed(staff), staff.unlocked("integrity")
    _, enrolled = staff.renewed("registrar")
    staff.members.new_keys([staff.unlocked("registrar-2"), second], enrolled)
    with pytest.raises(ProposalLapsed):
        staff.proposals.sign(proposal.id, second)


def test_a_second_with_new_keys_cannot_open_what_waited_for_the_old_ones(staff: Staff) -> None:
    proposal = proposed(staff)
    renewed, enrolled = staff.renewed("integrity")
    staff.members.new_keys([staff.unlocked("registrar"), staff.unlocked("reviewer-a")], enrolled)
    assert staff.proposals.waiting_for(renewed) == []
    with pytest.raises(NoSuchProposal):
        staff.proposals.sign(proposal.id, renewed)


# -------------------------------------------------------------------- signing


def test_both_signatures_make_it_so_once(staff: Staff) -> None:
    proposal, second = proposed(staff), staff.unlocked("integrity")
    assert (proposal.by, proposal.signed_by, proposal.waiting_for) == (
        member_id("registrar"),
        (member_id("registrar"),),
        second.id,
    )
    assert staff.proposals.count_waiting(second.id) == 1
    [waiting] = staff.proposals.waiting_for(second)
    assert waiting == proposal == staff.proposals.made_by(staff.unlocked("registrar"))[0]
    staff.clock.advance(2 * DAY)
    complete = staff.proposals.sign(proposal.id, second)
    staff.proposals.finish(proposal.id, complete)
    assert has_role(staff)
    assert stored(staff) == 0
    with pytest.raises(NoSuchProposal):
        staff.proposals.finish(proposal.id, complete)
    with pytest.raises(NoSuchProposal):
        staff.proposals.sign(proposal.id, second)


@pytest.mark.parametrize(("act", "name"), [("withdraw", "registrar"), ("refuse", "integrity")])
def test_what_was_withdrawn_or_refused_is_gone(staff: Staff, act: str, name: str) -> None:
    proposal = proposed(staff)
    getattr(staff.proposals, act)(proposal.id, staff.unlocked(name))
    assert stored(staff) == 0
    with pytest.raises(NoSuchProposal):
        staff.proposals.sign(proposal.id, staff.unlocked("integrity"))


def test_what_the_keeper_refuses_is_gone_and_leaves_no_row_behind(staff: Staff) -> None:
    proposal, second = proposed(staff), staff.unlocked("integrity")
    staff.members.set_role([staff.unlocked("registrar"), second], "reviewer-a", ROLE, held=True)
    with pytest.raises(ProposalRefused) as refused:
        staff.proposals.finish(proposal.id, staff.proposals.sign(proposal.id, second))
    assert refused.value.reason is Reason.NOT_ALLOWED
    assert stored(staff) == 0


def test_a_keeper_that_is_away_keeps_the_proposal(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    proposal, second = proposed(staff), staff.unlocked("integrity")
    complete = staff.proposals.sign(proposal.id, second)
    with monkeypatch.context() as patch:
        patch.setattr(type(staff.keeper), "append", _away)
        with pytest.raises(KeeperUnavailable):
            staff.proposals.finish(proposal.id, complete)
    assert stored(staff) == 1
    staff.proposals.finish(proposal.id, complete)
    assert has_role(staff)


def test_what_broke_off_after_the_log_goes_on(staff: Staff) -> None:
    second = staff.unlocked("integrity")
    _, enrolled = staff.renewed("reviewer-b")
    staff.members.enrol(enrolled)
    fields = wording.new_keys(enrolled)[1]
    proposal = staff.proposals.propose("new-keys", fields, staff.unlocked("registrar"), second.id)
    complete = staff.proposals.sign(proposal.id, second)
    staff.keeper.append(complete)  # and there the machine stopped
    appended = staff.proposals.finish(proposal.id, complete)
    assert appended.index == -1
    assert staff.seals(staff.unlocked("reviewer-b")) == []
    assert stored(staff) == 0


def test_what_a_room_registers_follows_its_statement(staff: Staff) -> None:
    followed: list[tuple[str, int]] = []

    def follow(_session: Session, statement: Statement, appended: Appended) -> None:
        followed.append((statement.body["type"], appended.index))

    proposals = replace(staff.proposals, handlers={"role": follow})
    second = staff.unlocked("integrity")
    proposal = proposals.propose("role", asked(), staff.unlocked("registrar"), second.id)
    with pytest.raises(CannotBeProposed):
        proposals.propose("lead", asked(), staff.unlocked("registrar"), second.id)
    proposals.finish(proposal.id, proposals.sign(proposal.id, second))
    assert followed == [("role", staff.members.roster().version)]


def test_every_change_that_two_sign_can_be_proposed(staff: Staff) -> None:
    handlers = Members.handlers(staff.members)
    assert {"grant", "role", "lead", "member-unit", "new-keys", "passkey", "unit", "desk"} <= handlers.keys()


def _away(*_arguments: object, **_more: object) -> None:
    raise KeeperUnavailable("away")
