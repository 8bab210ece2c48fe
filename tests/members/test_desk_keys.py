"""A desk's keys among those who hold it: passed on to who joins, renewed when somebody leaves."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from crypto import age
from crypto.errors import CannotOpen
from crypto.keys import Identity
from crypto.policies import Route
from crypto.slips import open_inner
from crypto.tracking_codes import TrackingCode
from tests.members.staff import DAY, Staff
from tests.world import SealedTip, request
from tipline.accounts.models import DeskSeal
from tipline.accounts.types import UnlockedMember
from tipline.directory.models import DirectoryNote
from tipline.directory.types import open_directory
from tipline.ids import new_tip_id
from tipline.members.errors import ChangeRefused, HolderMissing
from tipline.sealing.audience import DeskKey
from tipline.sealing.items import seal_item


def new_item_opens_with(staff: Staff, reader: UnlockedMember, epoch: int) -> bool:
    """Whether an item that is sealed now opens with the desk key of an epoch, once its slip is released."""
    world, roster = staff.world, staff.members.roster()
    code, tip, route = TrackingCode.generate(), new_tip_id(), Route(("intake",), ())
    desks = [DeskKey(entry.id, entry.epoch, entry.recipient) for entry in roster.desks.values()]
    audience = replace(
        world.audience(route, code.claim_key),
        desks=[one for one in desks if one.id in ("intake", "integrity")],
    )
    item = seal_item("text", tip, b"{}", audience=audience, claim=code.claim_key)
    sealed = SealedTip(tip, code, audience, (item,))
    release = staff.keeper.release(world.read(reader.name, sealed), [request(item)])
    with staff.database.reading() as session:
        seal = session.scalars(
            select(DeskSeal.sealed).where(
                DeskSeal.desk == "intake", DeskSeal.epoch == epoch, DeskSeal.member_id == reader.id
            )
        ).one()
    identity = Identity.from_seed(age.unseal(seal, [reader.seed.identity]))
    try:
        open_inner(release.inner[0], identity)
    except CannotOpen:
        return False
    return True


def test_who_joins_a_desk_gets_its_past_keys_too(staff: Staff) -> None:
    registrar, reviewer = staff.unlocked("registrar"), staff.unlocked("reviewer-a")
    staff.members.revoke(registrar, "reviewer-b", "intake")
    assert staff.members.rekey(reviewer, "intake")
    newcomer = staff.admitted("newcomer")
    assert staff.seals(newcomer) == []
    staff.members.grant([registrar, reviewer], "newcomer", "intake")
    assert staff.seals(newcomer) == [("intake", 1), ("intake", 2)]
    assert staff.opens(newcomer, "intake", 1)
    assert staff.opens(newcomer, "intake", 2)


def test_nobody_keeps_a_key_of_a_desk_they_left_and_its_next_key_is_not_theirs(staff: Staff) -> None:
    registrar, reviewer, leaver = (staff.unlocked(n) for n in ("registrar", "reviewer-a", "reviewer-b"))
    staff.members.revoke(registrar, "reviewer-b", "intake")
    assert staff.seals(leaver) == []
    assert staff.members.stale_desks(reviewer.id) == ["intake"]
    assert staff.members.stale_desks(leaver.id) == []
    staff.members.tidy(reviewer)
    assert staff.members.stale_desks(reviewer.id) == []
    assert staff.seals(leaver) == []
    assert staff.seals(reviewer) == [("intake", 1), ("intake", 2)]


def test_new_items_are_not_readable_with_the_old_desk_key(staff: Staff) -> None:
    registrar, reviewer = staff.unlocked("registrar"), staff.unlocked("reviewer-a")
    assert new_item_opens_with(staff, reviewer, 1)
    staff.members.revoke(registrar, "reviewer-b", "intake")
    staff.members.tidy(reviewer)
    assert not new_item_opens_with(staff, reviewer, 1)
    assert new_item_opens_with(staff, reviewer, 2)


def test_old_slips_stay_readable_to_those_who_remain(staff: Staff) -> None:
    registrar, reviewer = staff.unlocked("registrar"), staff.unlocked("reviewer-a")
    tip = staff.world.seal_tip()
    staff.members.revoke(registrar, "reviewer-b", "intake")
    staff.members.tidy(reviewer)
    release = staff.keeper.release(staff.world.read("reviewer-a", tip), [request(tip.item("text"))])
    assert isinstance(open_inner(release.inner[0], staff.world.desks["intake"]), Identity)
    assert staff.opens(reviewer, "intake", 1)


def test_the_public_site_is_told_of_the_next_key(staff: Staff) -> None:
    staff.members.revoke(staff.unlocked("registrar"), "reviewer-b", "intake")
    staff.members.tidy(staff.unlocked("reviewer-a"))
    with staff.database.reading() as session:
        note = session.scalars(select(DirectoryNote.note).order_by(DirectoryNote.version.desc())).first()
    assert note is not None
    settings = staff.world.settings
    directory = open_directory(note, staff.world.verifier, settings.origin, settings.genesis)
    assert directory.desks[staff.members.find_desk("intake")].key.epoch == 2


def test_a_key_is_not_renewed_when_nobody_has_left(staff: Staff) -> None:
    version = staff.members.roster().version
    assert not staff.members.rekey(staff.unlocked("reviewer-a"), "intake")
    staff.members.tidy(staff.unlocked("reviewer-a"))
    staff.members.tidy(staff.unlocked("reviewer-a"))
    assert staff.members.roster().version == version


def test_a_renewal_that_broke_off_is_taken_up_by_any_holder_with_the_same_key(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that the log names and nobody has would lock up every tip that is sealed to it."""
    registrar, reviewer = staff.unlocked("registrar"), staff.unlocked("reviewer-a")
    third = staff.admitted("third")
    staff.members.grant([registrar, reviewer], "third", "intake")
    staff.members.revoke(registrar, "reviewer-b", "intake")
    with monkeypatch.context() as patch:
        patch.setattr(type(staff.members), "state", _power_cut)
        with pytest.raises(SystemExit):
            staff.members.rekey(reviewer, "intake")
    assert staff.members.stale_desks(third.id) == ["intake"]
    begun = _seal(staff, reviewer, 2)
    assert staff.members.rekey(third, "intake")
    assert staff.opens(reviewer, "intake", 2)
    assert staff.opens(third, "intake", 2)
    assert _seal(staff, reviewer, 2) == begun


def test_a_renewal_that_another_began_without_me_is_left_to_them(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    registrar, reviewer = staff.unlocked("registrar"), staff.unlocked("reviewer-a")
    third = staff.admitted("third")
    staff.members.grant([registrar, reviewer], "third", "intake")
    staff.members.revoke(registrar, "reviewer-b", "intake")
    with monkeypatch.context() as patch:
        patch.setattr(type(staff.members), "state", _power_cut)
        with pytest.raises(SystemExit):
            staff.members.rekey(reviewer, "intake")
    with staff.database.writing() as session:
        session.execute(delete(DeskSeal).where(DeskSeal.member_id == third.id, DeskSeal.epoch == 2))
    assert not staff.members.rekey(third, "intake")
    assert staff.members.stale_desks(third.id) == ["intake"]
    assert staff.members.rekey(reviewer, "intake")
    assert staff.opens(third, "intake", 2)


def test_two_holders_at_the_same_moment_make_one_key(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    registrar, reviewer = staff.unlocked("registrar"), staff.unlocked("reviewer-a")
    third = staff.admitted("third")
    staff.members.grant([registrar, reviewer], "third", "intake")
    staff.members.revoke(registrar, "reviewer-b", "intake")
    state = type(staff.members).state

    def overtaken(*arguments: Any, **more: Any) -> None:
        monkeypatch.undo()
        assert staff.members.rekey(third, "intake")  # just before this one hands in the same
        state(*arguments, **more)

    monkeypatch.setattr(type(staff.members), "state", overtaken)
    assert staff.members.rekey(reviewer, "intake")
    intake = staff.members.roster().desks["intake"]
    assert (intake.epoch, intake.stale) == (2, False)
    for holder in (reviewer, third):
        assert staff.opens(holder, "intake", 2)


def test_a_seal_that_somebody_wrote_by_hand_is_not_passed_on(staff: Staff) -> None:
    registrar, reviewer = staff.unlocked("registrar"), staff.unlocked("reviewer-a")
    other = _seal(staff, staff.unlocked("reviewer-b"), 1)
    with staff.database.writing() as session:
        session.execute(update(DeskSeal).where(DeskSeal.member_id == reviewer.id).values(sealed=other))
    staff.admitted("newcomer")
    with pytest.raises(HolderMissing):
        staff.members.grant([registrar, reviewer], "newcomer", "intake")
    assert staff.seals(staff.unlocked("newcomer")) == []


def test_a_holder_whose_colleague_joined_without_them_passes_the_keys_at_their_next_page(
    staff: Staff,
) -> None:
    """The holder signed first, the registrar later: the holder's keys were not open then."""
    newcomer, holder = staff.admitted("newcomer"), staff.unlocked("reviewer-a")
    grant = {"member": newcomer.id, "desk": "intake", "until": ""}
    registrar = staff.unlocked("registrar")
    proposal = staff.proposals.propose("grant", grant, holder, registrar.id)
    staff.proposals.finish(proposal.id, staff.proposals.sign(proposal.id, registrar))
    assert staff.members.roster().member(newcomer.id).holds("intake")
    assert staff.seals(newcomer) == []
    staff.members.tidy(holder)
    assert staff.opens(newcomer, "intake", 1)


def test_nobody_passes_a_key_to_who_only_wrote_themselves_into_the_rows(staff: Staff) -> None:
    outsider = staff.unlocked("protection")
    with staff.database.writing() as session:
        session.add(DeskSeal(desk="intake", epoch=1, member_id=outsider.id, sealed=b"mine"))
    staff.members.tidy(staff.unlocked("reviewer-a"))
    assert ("intake", 1) not in [
        (desk, epoch) for desk, epoch in staff.seals(outsider) if staff.opens(outsider, desk, epoch)
    ]
    staff.members.revoke(staff.unlocked("registrar"), "reviewer-b", "intake")
    assert staff.seals(outsider) == [("protection", 1)]


def test_an_emptied_desk_lives_again_with_a_new_key(staff: Staff) -> None:
    """Nobody has its old key: the first holder makes the next one, and what was sealed before stays shut."""
    registrar = staff.unlocked("registrar")
    staff.members.revoke(registrar, "protection", "protection")
    newcomer = staff.admitted("newcomer")
    staff.members.grant([registrar, staff.unlocked("reviewer-a")], "newcomer", "protection")
    staff.members.tidy(newcomer)
    assert staff.opens(newcomer, "protection", 2)
    assert not staff.opens(newcomer, "protection", 1)


def test_a_deputys_seals_go_when_their_day_is_over(staff: Staff) -> None:
    registrar, reviewer = staff.unlocked("registrar"), staff.unlocked("reviewer-a")
    deputy = staff.admitted("deputy")
    today = staff.clock.today().isoformat()
    staff.members.grant([registrar, reviewer], "deputy", "intake", today)
    assert staff.opens(deputy, "intake", 1)
    assert staff.members.roster().member(deputy.id).holds("intake")
    staff.clock.advance(DAY)
    assert not staff.members.roster().member(deputy.id).holds("intake")  # before the keeper said so
    with pytest.raises(ChangeRefused):  # asks the keeper something, which ends the deputy first
        staff.members.revoke(reviewer, "reviewer-b", "intake")
    staff.members.tidy(reviewer)
    assert staff.seals(deputy) == []
    assert staff.opens(reviewer, "intake", 2)


def _power_cut(*_arguments: object, **_more: object) -> None:
    raise SystemExit


def _seal(staff: Staff, member: UnlockedMember, epoch: int) -> bytes:
    with staff.database.reading() as session:
        row = session.get_one(DeskSeal, ("intake", epoch, member.id))
        return row.sealed
