"""What changes in the roster binds on a member's very next request, and leaves nothing open behind it."""

import pytest

from admin.sessions.cookie import NAME
from crypto.keys import MemberSeed
from tests.admin.conftest import Office, Staff, wrapped
from tests.world import member_id, member_seed, request
from tipline.accounts.models import DeskSeal
from tipline.accounts.types import UnlockedMember
from tipline.ids import MemberId, UnitId
from tipline.keeper_client import Reason, Refused
from tipline.members.errors import ChangeRefused
from tipline.members.service import Enrolled

DAY = 86_400


def holds_seal(office: Office, name: str, epoch: int = 1) -> bool:
    with office.database.reading() as session:
        return session.get(DeskSeal, ("intake", epoch, member_id(name))) is not None


def unknown(staff: Staff) -> bytes:
    """The page of a tip that there never was."""
    page = staff.get("/tips/" + "0" * 32)
    assert page.status_code == 404
    return bytes(page.data)


def deputy_until_today(office: Office) -> Staff:
    """The police's newcomer, who is a deputy at the intake desk for this day alone."""
    registrar, holder = office.member("registrar"), office.member("reviewer-a")
    seed = member_seed("deputy")
    enrolled = Enrolled(
        MemberId(member_id("deputy")),
        "deputy",
        b"salt",
        b"wrapped",
        seed.identity.recipient,
        seed.signing_key.public,
        UnitId("u4"),
    )
    office.services.members.admit(registrar, enrolled)
    office.services.members.grant([registrar, holder], "deputy", "intake", office.clock.today().isoformat())
    return office.signed_in("deputy")


def test_a_deputys_access_ends_with_the_day_on_the_site(office: Office) -> None:
    deputy, tip = deputy_until_today(office), office.put_tip()
    assert deputy.get(f"/tips/{tip.hex()}").status_code == 200
    office.clock.advance(DAY // 2 - 60)
    deputy = office.signed_in("deputy")
    assert deputy.get("/tips").status_code == 200
    office.clock.advance(60)
    size = office.log_size()
    assert deputy.get("/tips").status_code == 403
    assert deputy.get(f"/tips/{tip.hex()}").status_code in (403, 404)
    assert deputy.read(tip).status_code in (403, 404)
    assert office.log_size() <= size + 2  # nothing was read: at most the lapse and a refusal


def test_a_declared_conflict_cuts_access_at_once(office: Office) -> None:
    tip = office.put_tip(exclude=(UnitId("u4"),))
    reviewer = office.signed_in("reviewer-a")
    page = reviewer.read(tip)
    assert page.status_code == 200
    reviewer.get("/tips")
    office.services.members.declare(office.member("reviewer-a"), ["u4"])
    assert reviewer.get(f"/tips/{tip.hex()}").data == unknown(reviewer)
    assert reviewer.read(tip).data == unknown(reviewer)
    assert tip.hex() not in reviewer.get("/tips").text


def test_after_new_keys_old_cookies_open_nothing_and_never_again(office: Office) -> None:
    old = office.signed_in("reviewer-b")
    assert old.get("/tips").status_code == 200
    members, seed = office.services.members, MemberSeed.generate()
    enrolled = Enrolled(
        MemberId(member_id("reviewer-b")),
        "reviewer-b",
        b"",
        b"wrapped anew",
        seed.identity.recipient,
        seed.signing_key.public,
        UnitId("u3"),
    )
    signers = [office.member("registrar"), office.member("integrity")]
    members.new_keys(signers, enrolled)
    office.change("UPDATE accounts SET wrapped = :old WHERE name = 'reviewer-b'", old=wrapped("reviewer-b"))
    for _ in range(2):  # not even while the row from before is put back
        answer = old.get("/tips")
        assert (answer.status_code, answer.headers.get("Location")) in ((303, "/sign-in"), (401, None))
    assert not holds_seal(office, "reviewer-b")
    members.regrant(office.member("reviewer-a"), "reviewer-b", "intake")
    assert old.get("/tips").status_code != 200
    fresh = UnlockedMember(MemberId(member_id("reviewer-b")), "reviewer-b", seed)
    again = office.browser()
    again.client.set_cookie(NAME, office.services.sessions.start(fresh).reveal())
    assert again.get("/tips").status_code == 200
    assert holds_seal(office, "reviewer-b")


def test_a_holders_next_page_renews_the_key_of_a_desk_that_somebody_left(office: Office) -> None:
    reviewer, members = office.signed_in("reviewer-a"), office.services.members
    members.revoke(office.member("registrar"), "reviewer-b", "intake")
    assert members.roster().desks["intake"].epoch == 1
    assert reviewer.get("/tips").status_code == 200
    intake = members.roster().desks["intake"]
    assert (intake.epoch, intake.stale) == (2, False)
    assert office.directory().desks[members.find_desk("intake")].key.epoch == 2
    assert not holds_seal(office, "reviewer-b")
    assert not holds_seal(office, "reviewer-b", 2)
    version = members.roster().version
    for _ in range(3):
        reviewer.get("/tips")
    assert members.roster().version == version


def test_a_page_is_shown_although_a_desks_key_cannot_be_renewed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewer, members = office.signed_in("reviewer-a"), office.services.members
    members.revoke(office.member("registrar"), "reviewer-b", "intake")
    with monkeypatch.context() as patch:
        patch.setattr(type(office.services.members), "rekey", _refused)
        assert reviewer.get("/tips").status_code == 200
    assert members.roster().desks["intake"].epoch == 1
    reviewer.get("/tips")
    assert members.roster().desks["intake"].epoch == 2


def test_tips_that_came_before_and_after_are_read_by_those_who_remain(office: Office) -> None:
    before = office.put_tip("Before somebody left.")
    reviewer, members = office.signed_in("reviewer-a"), office.services.members
    members.revoke(office.member("registrar"), "reviewer-b", "intake")
    assert reviewer.get("/tips").status_code == 200
    after = office.put_tip("After somebody left.")
    reviewer.get("/tips")
    assert "Before somebody left." in reviewer.read(before).text
    assert "After somebody left." in reviewer.read(after).text


def test_who_left_reads_nothing_even_with_a_key_that_they_kept(office: Office) -> None:
    tip = office.world.put_in(office.world.seal_tip())
    members = office.services.members
    members.revoke(office.member("registrar"), "reviewer-b", "intake")
    statement = office.world.read("reviewer-b", tip)
    with pytest.raises(Refused, match="desk-not-held"):
        office.keeper().release(statement, [request(tip.item("text"))])


def _refused(*_arguments: object, **_more: object) -> bool:
    raise ChangeRefused(Reason.NOT_ALLOWED)
