"""Deputies, roles, leads and conflicts: who signs, what follows, and when it ends."""

from datetime import date
from typing import Any

import pytest

from tests.roster.township import (
    COUNTY,
    INTEGRITY,
    JUSTICE,
    NEWCOMER,
    OFFICE,
    POLICE,
    REGISTRAR,
    REGISTRAR_2,
    REVIEWER_A,
    REVIEWER_B,
    START,
    TODAY,
    body,
    desk,
    member,
    township,
)
from tipline.roster import Roster, RosterRefused

DAY = 86_400
LAST = "2025-03-05"
DEPUTY: dict[str, Any] = {"member": NEWCOMER, "desk": "intake"}


def with_deputy(until: str = LAST) -> Roster:
    joined = township().apply(1, body("member", [REGISTRAR], member=member(NEWCOMER, JUSTICE)))
    return joined.apply(2, body("grant", [REGISTRAR, REVIEWER_A], **DEPUTY, until=until))


def refusal(roster: Roster, statement: dict[str, Any]) -> str:
    with pytest.raises(RosterRefused) as refused:
        roster.apply(1_000, statement)
    with pytest.raises(RosterRefused):
        roster.check(statement)
    return refused.value.reason


# ------------------------------------------------------------------- deputies


@pytest.mark.parametrize("until", ["2025-02-28", "2026-03-03", "2025-02-30", "soon", 5, None, ["2025-03-05"]])
def test_a_deputys_last_day_lies_within_the_coming_year(until: Any) -> None:
    joined = township().apply(1, body("member", [REGISTRAR], member=member(NEWCOMER, JUSTICE)))
    statement = body("grant", [REGISTRAR, REVIEWER_A], **DEPUTY, until=until)
    assert refusal(joined, statement) in ("not-allowed", "malformed")


def test_a_deputy_needs_the_signatures_that_any_holder_needs() -> None:
    joined = township().apply(1, body("member", [REGISTRAR], member=member(NEWCOMER, JUSTICE)))
    for by in ([REGISTRAR], [REGISTRAR, REGISTRAR_2], [REVIEWER_A, REVIEWER_B]):
        assert refusal(joined, body("grant", by, **DEPUTY, until=LAST)) in ("two-signatures", "not-allowed")


def test_a_deputys_access_ends_with_the_day() -> None:
    roster = with_deputy()
    assert roster.as_of(date.fromisoformat(LAST)) is roster
    assert roster.as_of(date.fromisoformat(LAST)).member(NEWCOMER).holds("intake")
    after = roster.as_of(date(2025, 3, 6))
    assert not after.member(NEWCOMER).holds("intake")
    assert NEWCOMER not in [one.id for one in after.holders("intake")]
    assert after.version == roster.version
    staff = {
        day: next(
            desk["staff"] for desk in roster.directory_body("ab" * 32, day)["desks"] if desk["id"] == "intake"
        )
        for day in (date.fromisoformat(LAST), date(2025, 3, 6))
    }
    assert [JUSTICE] in staff[date.fromisoformat(LAST)]
    assert staff[date(2025, 3, 6)].count([JUSTICE]) == staff[date.fromisoformat(LAST)].count([JUSTICE]) - 1


def test_the_keeper_alone_ends_a_deputy_and_not_before_the_day_is_over() -> None:
    roster = with_deputy()
    too_soon = body("lapse", ["keeper"], at=START + 4 * DAY, **DEPUTY)
    assert refusal(roster, too_soon) == "not-allowed"
    in_time = START + 5 * DAY
    for by in ([REGISTRAR], [REGISTRAR, REVIEWER_A], ["keeper", REGISTRAR], [NEWCOMER]):
        assert refusal(roster, body("lapse", by, at=in_time, **DEPUTY)) == "not-allowed"
    for other in (REVIEWER_A, REGISTRAR):  # who is no deputy does not lapse
        statement = body("lapse", ["keeper"], at=in_time, member=other, desk="intake")
        assert refusal(roster, statement) == "not-allowed"
    assert roster.deputies_over(TODAY) == []
    assert [(one.id, where) for one, where in roster.deputies_over(date(2025, 3, 6))] == [
        (NEWCOMER, "intake")
    ]
    lapsed = roster.apply(3, body("lapse", ["keeper"], at=in_time, **DEPUTY))
    assert not lapsed.member(NEWCOMER).desks
    assert not lapsed.member(NEWCOMER).until
    assert lapsed.desks["intake"].stale
    assert lapsed.deputies_over(date(2025, 3, 6)) == []


def test_a_deputy_may_stay_longer_or_for_good_and_a_holder_does_not_become_a_deputy_of_nothing() -> None:
    roster = with_deputy()
    again = body("grant", [REGISTRAR, REVIEWER_A], **DEPUTY, until=LAST)
    assert refusal(roster, again) == "not-allowed"
    longer = roster.apply(3, body("grant", [REGISTRAR, REVIEWER_A], **DEPUTY, until="2025-04-01"))
    assert longer.member(NEWCOMER).until == {"intake": "2025-04-01"}
    for_good = longer.apply(4, body("grant", [REGISTRAR, REVIEWER_A], **DEPUTY, until=""))
    assert for_good.member(NEWCOMER).holds("intake")
    assert not for_good.member(NEWCOMER).until


def test_statements_from_before_there_were_deputies_replay() -> None:
    joined = township().apply(1, body("member", [REGISTRAR], member=member(NEWCOMER, JUSTICE)))
    roster = joined.apply(2, body("grant", [REGISTRAR, REVIEWER_A], **DEPUTY))
    assert roster.member(NEWCOMER).holds("intake")
    assert not roster.member(NEWCOMER).until


def test_who_was_removed_or_lost_the_desk_is_no_deputy_any_more() -> None:
    revoked = with_deputy().apply(3, body("revoke", [REGISTRAR], **DEPUTY))
    removed = with_deputy().apply(3, body("remove", [REGISTRAR], member=NEWCOMER))
    for roster in (revoked, removed):
        assert roster.deputies_over(date(2030, 1, 1)) == []
        assert not roster.member(NEWCOMER).until


# ---------------------------------------------------------------- roles, leads


def test_a_role_is_given_by_two_and_taken_by_a_registrar() -> None:
    role: dict[str, Any] = {"member": REVIEWER_A, "role": "liaison"}
    assert refusal(township(), body("role", [REGISTRAR], **role, held=True)) == "two-signatures"
    assert refusal(township(), body("role", [INTEGRITY, REVIEWER_B], **role, held=True)) == "not-allowed"
    assert refusal(township(), body("role", [REGISTRAR], **role, held=False)) == "not-allowed"
    given = township().apply(1, body("role", [REGISTRAR, REVIEWER_B], **role, held=True))
    assert given.member(REVIEWER_A).roles == {"liaison"}
    assert refusal(given, body("role", [REGISTRAR, REVIEWER_B], **role, held=True)) == "not-allowed"
    assert refusal(given, body("role", [REVIEWER_A], **role, held=False)) == "not-allowed"
    taken = given.apply(2, body("role", [REGISTRAR], **role, held=False))
    assert not taken.member(REVIEWER_A).roles


@pytest.mark.parametrize("role", ["king", "", "Registrar", 1, None])
def test_a_role_that_is_none_is_malformed(role: Any) -> None:
    statement = body("role", [REGISTRAR, REVIEWER_B], member=REVIEWER_A, role=role, held=True)
    assert refusal(township(), statement) == "malformed"


def test_no_registrar_steps_back_alone_so_that_one_is_always_left() -> None:
    step_back: dict[str, Any] = {"role": "registrar", "held": False}
    assert refusal(township(), body("role", [REGISTRAR], member=REGISTRAR, **step_back)) == "not-allowed"
    one_left = township().apply(1, body("role", [REGISTRAR], member=REGISTRAR_2, **step_back))
    assert not one_left.member(REGISTRAR_2).is_registrar
    assert refusal(one_left, body("role", [REGISTRAR_2], member=REGISTRAR, **step_back)) == "not-allowed"


def test_a_desk_is_led_by_one_of_its_holders_whom_two_name() -> None:
    lead: dict[str, Any] = {"desk": "intake", "member": REVIEWER_A}
    assert refusal(township(), body("lead", [REGISTRAR], **lead)) == "two-signatures"
    assert refusal(township(), body("lead", [REVIEWER_A, REVIEWER_B], **lead)) == "not-allowed"
    other = {**lead, "member": INTEGRITY}
    assert refusal(township(), body("lead", [REGISTRAR, REVIEWER_B], **other)) == "not-allowed"
    led = township().apply(1, body("lead", [REGISTRAR, REVIEWER_B], **lead))
    assert led.desks["intake"].lead == REVIEWER_A
    assert refusal(led, body("lead", [REGISTRAR, REVIEWER_B], **lead)) == "not-allowed"
    key = led.apply(2, body("desk", [REGISTRAR, REVIEWER_A], desk=desk("intake", epoch=2)))
    assert key.desks["intake"].lead == REVIEWER_A
    for gone in (
        body("revoke", [REGISTRAR], member=REVIEWER_A, desk="intake"),
        body("remove", [REGISTRAR], member=REVIEWER_A),
    ):
        assert led.apply(2, gone).desks["intake"].lead is None


# -------------------------------------------------------------------- conflicts


def test_a_conflict_is_declared_by_oneself_alone_and_binds_at_once() -> None:
    declared: dict[str, Any] = {"member": REVIEWER_A, "add": [JUSTICE]}
    for by in ([REGISTRAR], [REVIEWER_B], [REVIEWER_A, REGISTRAR], [REGISTRAR, REVIEWER_B]):
        assert refusal(township(), body("conflicts", by, **declared)) == "not-allowed"
    assert not township().is_excluded(REVIEWER_A, [JUSTICE], TODAY)
    roster = township().apply(1, body("conflicts", [REVIEWER_A], **declared))
    assert roster.is_excluded(REVIEWER_A, [JUSTICE], TODAY)
    assert refusal(roster, body("conflicts", [REVIEWER_A], **declared)) == "not-allowed"
    more = roster.apply(2, body("conflicts", [REVIEWER_A], member=REVIEWER_A, add=[COUNTY, JUSTICE]))
    assert more.member(REVIEWER_A).conflicts == (JUSTICE, COUNTY)


@pytest.mark.parametrize("add", [[], ["u99"], [JUSTICE, JUSTICE], "u3", [3], None])
def test_a_conflict_that_is_none_is_refused(add: Any) -> None:
    statement = body("conflicts", [REVIEWER_A], member=REVIEWER_A, add=add)
    assert refusal(township(), statement) in ("not-allowed", "malformed")


def test_a_conflict_is_taken_back_by_two_alone() -> None:
    roster = township().apply(1, body("conflicts", [REVIEWER_A], member=REVIEWER_A, add=[JUSTICE]))
    back: dict[str, Any] = {"member": REVIEWER_A, "unit": POLICE, "past_units": [], "conflicts": []}
    assert refusal(roster, body("member-unit", [REVIEWER_A], **back)) == "two-signatures"
    assert refusal(roster, body("member-unit", [REGISTRAR], **back)) == "two-signatures"
    lifted = roster.apply(2, body("member-unit", [REGISTRAR, REVIEWER_B], **back))
    assert lifted.units_of(REVIEWER_A, TODAY) == {POLICE}
    assert OFFICE in lifted.units
