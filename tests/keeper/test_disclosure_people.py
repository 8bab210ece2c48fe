"""Who may ask and who may agree, where the table of duties would not allow what somebody holds.

A log from before that table may hold anything: the rules of disclosures do not lean on it.
"""

from dataclasses import replace
from datetime import date

import pytest

from crypto.policies import Route
from tests.keeper.disclosing import AGREES, ASKS, Ceremony
from tests.keeper.observed import Observed
from tests.world import World, member_id
from tipline.ids import CUSTODIANS, INTAKE, DeskId, MemberId
from tipline.keeper.disclosing.people import require_approver, require_both, require_requester
from tipline.keeper.disclosing.standing import Disclosure
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Standing
from tipline.keeper_client import Reason
from tipline.roster import Member, Roster
from tipline.tips.case_file import CaseFile

TODAY = date(2026, 3, 3)
ROUTE = Route((INTAKE,), ("u4",))


@pytest.fixture
def roster(world: World, keeper: Observed) -> Roster:
    return Ceremony.of(world, keeper).keeper.client.roster()


@pytest.fixture
def standing(roster: Roster) -> Standing:
    return Standing.first(bytes(32), ROUTE, CaseFile.opened(TODAY, roster.clocks))


ASKED = Disclosure(
    index=7,
    requester=member_id(ASKS),
    desk=INTAKE,
    tip=bytes(16),
    item=bytes(16),
    digest=bytes(32),
    epoch=1,
    ground="protection",
    hours=2,
    tell="after",
    emergency=0,
    reason=bytes(16),
    reason_hash=bytes(32),
    body="",
    letter="",
    asked=0,
    due="2026-03-10",
    approver=member_id(AGREES),
)


def member(roster: Roster, who: str, **changes: object) -> Member:
    return replace(roster.members[MemberId(member_id(who))], **changes)  # type: ignore[arg-type]


def why(check: object, *arguments: object) -> Reason:
    with pytest.raises(Refusal) as refusal:
        check(*arguments)  # type: ignore[operator]
    return refusal.value.reason


@pytest.mark.parametrize("held", ["desks", "awaiting"])
def test_who_is_a_custodian_too_asks_for_nobody(roster: Roster, standing: Standing, held: str) -> None:
    both = member(roster, ASKS)
    both = replace(both, **{held: getattr(both, held) | {CUSTODIANS}})
    assert why(require_requester, roster, TODAY, both, INTAKE, standing) is Reason.NOT_ALLOWED
    require_requester(roster, TODAY, member(roster, ASKS), INTAKE, standing)


@pytest.mark.parametrize("held", ["desks", "awaiting"])
def test_who_may_read_the_tip_too_agrees_to_nothing(roster: Roster, standing: Standing, held: str) -> None:
    both = member(roster, AGREES)
    both = replace(both, **{held: getattr(both, held) | {INTAKE}})
    assert why(require_approver, roster, TODAY, both, ASKED, standing) is Reason.NOT_ALLOWED
    require_approver(roster, TODAY, member(roster, AGREES), ASKED, standing)


def test_a_desk_that_does_not_read_asks_for_nobody(roster: Roster, standing: Standing) -> None:
    routed = replace(standing, route=Route((DeskId("auditors"), DeskId("rewards")), ()))
    for desk in ("rewards", "auditors"):
        somebody = member(roster, ASKS, desks=frozenset((DeskId(desk),)))
        assert why(require_requester, roster, TODAY, somebody, desk, routed) is Reason.NOT_ALLOWED


def test_one_person_is_never_both(roster: Roster, standing: Standing) -> None:
    alone = replace(ASKED, approver=ASKED.requester)
    assert why(require_both, roster, TODAY, alone, standing) is Reason.NOT_ALLOWED
    require_both(roster, TODAY, ASKED, standing)


def test_who_is_unknown_is_nobody(roster: Roster, standing: Standing) -> None:
    gone = replace(ASKED, approver="m00000000")
    assert why(require_both, roster, TODAY, gone, standing) is Reason.NOT_ALLOWED
