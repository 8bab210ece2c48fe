"""A desk is emptied by two, and nobody gives a desk to themselves."""

from typing import Any

import pytest

from tests.roster.test_combinations import founded_with
from tests.roster.township import NEWCOMER, REGISTRAR, REGISTRAR_2, body
from tipline.roster import Roster, RosterRefused


@pytest.fixture
def roster() -> Roster:
    return founded_with()


@pytest.mark.parametrize("desk", ["intake", "integrity", "custodians", "auditors"])
@pytest.mark.parametrize("kind", ["revoke", "remove"])
def test_one_registrar_empties_no_desk(roster: Roster, desk: str, kind: str) -> None:
    last = roster.holders(desk)[0].id
    fields: dict[str, Any] = {"member": last, **({"desk": desk} if kind == "revoke" else {})}
    with pytest.raises(RosterRefused) as refused:
        roster.apply(1, body(kind, [REGISTRAR], **fields))
    assert refused.value.reason == "two-signatures"
    assert not roster.apply(1, body(kind, [REGISTRAR, REGISTRAR_2], **fields)).holders(desk)


def test_of_several_holders_one_registrar_takes_one(roster: Roster) -> None:
    holder = roster.holders("intake")[0].id
    granted = roster.apply(1, body("grant", [REGISTRAR, holder], member=NEWCOMER, desk="intake", until=""))
    left = granted.apply(2, body("revoke", [REGISTRAR], member=holder, desk="intake"))
    assert [one.id for one in left.holders("intake")] == [NEWCOMER]


def test_a_log_from_before_the_profiles_keeps_what_one_registrar_did() -> None:
    old = founded_with(profile=None)
    last = old.holders("intake")[0].id
    assert not old.apply(1, body("revoke", [REGISTRAR], member=last, desk="intake")).holders("intake")


def test_a_deputy_does_not_make_themselves_permanent(roster: Roster) -> None:
    holder = roster.holders("intake")[0].id
    day: dict[str, Any] = {"member": NEWCOMER, "desk": "intake", "until": "2025-12-31"}
    deputy = roster.apply(1, body("grant", [REGISTRAR, holder], **day))
    for_good: dict[str, Any] = {"member": NEWCOMER, "desk": "intake", "until": ""}
    with pytest.raises(RosterRefused, match="themselves"):
        deputy.apply(2, body("grant", [REGISTRAR, NEWCOMER], **for_good))
    assert not deputy.apply(2, body("grant", [REGISTRAR, holder], **for_good)).member(NEWCOMER).until
