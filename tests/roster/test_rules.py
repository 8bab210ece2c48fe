"""Who may change the roster, and who may state what: refusals with their reasons first."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.roster.township import (
    AUDITOR,
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
    genesis,
    member,
    recipient,
    seed,
    township,
    unit,
)
from tipline.roster import Roster, RosterRefused

YEAR = 366 * 86_400


def reason(statement: dict[str, Any], roster: Roster | None = None) -> str:
    """Why the statement is refused."""
    roster = roster or township()
    with pytest.raises(RosterRefused) as refused:
        roster.check(statement)
    if statement["type"] in ("unit", "member", "member-unit", "grant", "revoke", "remove", "desk"):
        with pytest.raises(RosterRefused):
            roster.apply(1_000, statement)
    return refused.value.reason


def with_newcomer(unit: str = JUSTICE, roster: Roster | None = None) -> Roster:
    return (roster or township()).apply(1, body("member", [REGISTRAR], member=member(NEWCOMER, unit)))


CHANGES: dict[str, dict[str, Any]] = {
    "unit": {"unit": unit("u6", OFFICE)},
    "member": {"member": member(NEWCOMER, POLICE)},
    "member-unit": {"member": REVIEWER_A, "unit": OFFICE, "past_units": [], "conflicts": []},
    "grant": {"member": REVIEWER_A, "desk": "integrity"},
    "revoke": {"member": REVIEWER_A, "desk": "intake"},
    "remove": {"member": REVIEWER_A},
    "desk": {"desk": desk("protection")},
}
TWO = ("unit", "member-unit", "grant", "desk")


@pytest.mark.parametrize("kind", CHANGES)
def test_nothing_changes_without_a_registrar(kind: str) -> None:
    assert reason(body(kind, [REVIEWER_A, INTEGRITY], **CHANGES[kind])) == "not-allowed"


@pytest.mark.parametrize("kind", TWO)
def test_a_registrar_alone_does_not_do_what_needs_two(kind: str) -> None:
    assert reason(body(kind, [REGISTRAR], **CHANGES[kind])) == "two-signatures"


@pytest.mark.parametrize("kind", CHANGES)
def test_strangers_and_removed_members_sign_nothing(kind: str) -> None:
    roster = township().apply(1, body("remove", [REGISTRAR], member=REVIEWER_B))
    assert reason(body(kind, [REGISTRAR, NEWCOMER], **CHANGES[kind]), roster) == "unknown-member"
    assert reason(body(kind, [REGISTRAR, "keeper"], **CHANGES[kind]), roster) == "unknown-member"
    assert reason(body(kind, [REGISTRAR, REVIEWER_B], **CHANGES[kind]), roster) == "removed-member"


@pytest.mark.parametrize("kind", CHANGES)
def test_a_body_of_another_shape_is_malformed(kind: str) -> None:
    signers = [REGISTRAR, INTEGRITY]
    assert reason(body(kind, signers, **CHANGES[kind], more="")) == "malformed"
    for field in CHANGES[kind]:
        wrongs: list[Any] = ["", 1, [], {}]
        for wrong in wrongs:
            if wrong == CHANGES[kind][field]:
                continue
            assert reason(body(kind, signers, **{**CHANGES[kind], field: wrong})) in (
                "malformed",
                "not-allowed",
            )
        fewer = {name: value for name, value in CHANGES[kind].items() if name != field}
        assert reason(body(kind, signers, **fewer)) == "malformed"


@given(
    st.sampled_from(sorted(CHANGES)),
    st.recursive(
        st.text(max_size=4) | st.integers() | st.booleans() | st.sampled_from([POLICE, REVIEWER_A, "intake"]),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "unit"]), inner, max_size=2)
        ),
        max_leaves=4,
    ),
    st.data(),
)
def test_any_field_is_right_or_refused_with_a_reason(kind: str, value: Any, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(CHANGES[kind])))
    inner = CHANGES[kind][field]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        value = {**inner, data.draw(st.sampled_from(sorted(inner))): value}
    statement = body(kind, [REGISTRAR, INTEGRITY], **{**CHANGES[kind], field: value})
    try:
        township().apply(1, statement)
    except RosterRefused as refused:
        if refused.reason not in ("malformed", "not-allowed", "unknown-member"):
            raise


def test_a_desk_is_granted_only_with_a_holder_and_a_registrar_from_outside_it() -> None:
    to_intake: dict[str, Any] = {"member": INTEGRITY, "desk": "intake"}
    assert reason(body("grant", [REGISTRAR, INTEGRITY], **to_intake)) == "not-allowed"
    assert reason(body("grant", [REGISTRAR, REGISTRAR_2], **to_intake)) == "not-allowed"
    assert reason(body("grant", [REVIEWER_A, REVIEWER_B], **to_intake)) == "not-allowed"
    rewards = township().apply(1, body("desk", [REGISTRAR, REVIEWER_A], desk=desk("rewards", reads=False)))
    inside = rewards.apply(2, body("grant", [REGISTRAR, REVIEWER_A], member=REGISTRAR, desk="rewards"))
    # A registrar who holds the desk is a holder, but not somebody from outside it, and not two people.
    both = inside.apply(3, body("grant", [REGISTRAR_2, REGISTRAR], member=REVIEWER_A, desk="rewards"))
    to_rewards: dict[str, Any] = {"member": INTEGRITY, "desk": "rewards"}
    assert reason(body("grant", [REGISTRAR, REVIEWER_A], **to_rewards), both) == "not-allowed"
    next_key = body("desk", [REGISTRAR, REVIEWER_B], desk=desk("rewards", reads=False, epoch=2))
    assert reason(next_key, both) == "not-allowed"
    assert reason(body("grant", [REGISTRAR, REVIEWER_A], **to_rewards), inside) == "not-allowed"
    assert (
        inside.apply(3, body("grant", [REGISTRAR_2, REGISTRAR], **to_rewards))
        .member(INTEGRITY)
        .holds("rewards")
    )


def test_a_grant_needs_a_member_a_desk_and_a_change() -> None:
    by = [REGISTRAR, REVIEWER_A]
    assert reason(body("grant", by, member=NEWCOMER, desk="intake")) == "unknown-member"
    assert reason(body("grant", by, member=INTEGRITY, desk="nowhere")) == "not-allowed"
    assert reason(body("grant", by, member=REVIEWER_B, desk="intake")) == "not-allowed"
    removed = township().apply(1, body("remove", [REGISTRAR], member=INTEGRITY))
    assert reason(body("grant", by, member=INTEGRITY, desk="intake"), removed) == "removed-member"


@pytest.mark.parametrize(
    ("who", "what", "holder"),
    [
        (AUDITOR, "intake", REVIEWER_A),
        (REVIEWER_A, "auditors", AUDITOR),
        (REGISTRAR_2, "auditors", AUDITOR),
        (REGISTRAR_2, "intake", REVIEWER_A),
        (REGISTRAR_2, "custodians", INTEGRITY),
    ],
)
def test_desks_that_watch_each_other_never_meet_in_one_person(who: str, what: str, holder: str) -> None:
    custodians = township().apply(
        1, body("desk", [REGISTRAR, INTEGRITY], desk=desk("custodians", reads=False))
    )
    staffed = custodians.apply(2, body("grant", [REGISTRAR, INTEGRITY], member=INTEGRITY, desk="custodians"))
    assert reason(body("grant", [REGISTRAR, holder], member=who, desk=what), staffed) == "not-allowed"


def test_a_desk_does_not_begin_to_read_while_a_registrar_holds_it() -> None:
    rewards = township().apply(1, body("desk", [REGISTRAR, REVIEWER_A], desk=desk("rewards", reads=False)))
    held = rewards.apply(2, body("grant", [REGISTRAR, REVIEWER_A], member=REGISTRAR_2, desk="rewards"))
    reading = body("desk", [REGISTRAR, REGISTRAR_2], desk=desk("rewards", reads=True, epoch=2))
    assert reason(reading, held) == "not-allowed"


def test_a_new_key_of_a_desk_has_the_next_epoch_and_was_never_used() -> None:
    by = [REGISTRAR, REVIEWER_A]
    assert reason(body("desk", by, desk=desk("intake"))) == "not-allowed"
    assert reason(body("desk", by, desk=desk("intake", epoch=3))) == "not-allowed"
    assert reason(body("desk", by, desk=desk("protection", epoch=2))) == "not-allowed"
    same = {**desk("intake", epoch=2), "recipient": recipient("intake-1")}
    assert reason(body("desk", by, desk=same)) == "not-allowed"
    second = township().apply(1, body("desk", by, desk=desk("intake", epoch=2)))
    again = {**desk("intake", epoch=3), "recipient": recipient("intake-1")}
    assert reason(body("desk", by, desk=again), second) == "not-allowed"
    # The other signer of a desk's next key holds it.
    assert reason(body("desk", [REGISTRAR, INTEGRITY], desk=desk("intake", epoch=2))) == "not-allowed"


def test_a_member_is_added_bare_and_once_and_with_keys_of_their_own() -> None:
    def added(**changes: Any) -> dict[str, Any]:
        return body("member", [REGISTRAR], member={**member(NEWCOMER, POLICE), **changes})

    assert reason(added(desks=["intake"])) == "malformed"
    assert reason(added(roles=["registrar"])) == "malformed"
    assert reason(added(id=REVIEWER_A)) == "not-allowed"
    assert reason(added(unit="u99")) == "not-allowed"
    assert reason(added(signing_key=seed(REVIEWER_A).signing_key.public.raw.hex())) == "not-allowed"
    removed = township().apply(1, body("remove", [REGISTRAR], member=REVIEWER_A))
    assert reason(added(id=REVIEWER_A), removed) == "not-allowed"
    assert reason(added(signing_key=seed(REVIEWER_A).signing_key.public.raw.hex()), removed) == "not-allowed"


def test_nobody_removes_themselves_or_anybody_twice() -> None:
    assert reason(body("remove", [REGISTRAR], member=REGISTRAR)) == "not-allowed"
    assert reason(body("remove", [REGISTRAR], member=NEWCOMER)) == "unknown-member"
    removed = township().apply(1, body("remove", [REGISTRAR], member=REVIEWER_A))
    assert reason(body("remove", [REGISTRAR], member=REVIEWER_A), removed) == "removed-member"


def test_a_member_is_not_moved_to_a_unit_that_does_not_exist() -> None:
    by = [REGISTRAR, INTEGRITY]
    moved: dict[str, Any] = {"member": REVIEWER_A, "unit": OFFICE, "past_units": [], "conflicts": []}
    past = [{"unit": "u99", "until": "2024-01-01"}]
    for change in ({"unit": "u99"}, {"conflicts": ["u99"]}, {"past_units": past}):
        assert reason(body("member-unit", by, **{**moved, **change})) == "not-allowed"


def test_a_desk_that_is_not_held_is_not_revoked() -> None:
    assert reason(body("revoke", [REGISTRAR], member=REVIEWER_A, desk="integrity")) == "not-allowed"


def test_a_unit_is_not_put_above_itself_or_below_nothing() -> None:
    by = [REGISTRAR, INTEGRITY]
    assert reason(body("unit", by, unit=unit(OFFICE, JUSTICE))) == "not-allowed"
    assert reason(body("unit", by, unit=unit("u6", "u99"))) == "not-allowed"


@pytest.mark.parametrize("kind", ["list", "card-group", "read", "reply", "note", "move"])
def test_what_a_desk_does_all_its_signers_hold_the_desk_for(kind: str) -> None:
    assert reason(body(kind, [INTEGRITY], desk="intake")) == "desk-not-held"
    assert reason(body(kind, [REVIEWER_A, INTEGRITY], desk="intake")) == "desk-not-held"
    assert reason(body(kind, [REVIEWER_A], desk="nowhere")) == "desk-not-held"
    assert reason(body(kind, [REVIEWER_A])) == "malformed"
    assert reason(body(kind, [REVIEWER_A], desk=["intake"])) == "malformed"
    assert reason(body(kind, [NEWCOMER], desk="intake")) == "unknown-member"
    revoked = township().apply(1, body("revoke", [REGISTRAR], member=REVIEWER_A, desk="intake"))
    assert reason(body(kind, [REVIEWER_A], desk="intake"), revoked) == "desk-not-held"
    removed = township().apply(1, body("remove", [REGISTRAR], member=REVIEWER_A))
    assert reason(body(kind, [REVIEWER_A], desk="intake"), removed) == "removed-member"
    township().check(body(kind, [REVIEWER_A], desk="intake"))


@pytest.mark.parametrize("kind", ["reply", "umbrella", "route", "hold"])
def test_a_desk_that_reads_no_tips_does_nothing_with_them(kind: str) -> None:
    by = [AUDITOR, REVIEWER_A] if kind == "hold" else [AUDITOR]
    assert reason(body(kind, by, desk="auditors")) == "not-allowed"


def test_auditors_read_the_reasons_that_are_sealed_for_them() -> None:
    township().check(body("read", [AUDITOR], desk="auditors"))


def test_two_take_a_tip_out_of_erasing_and_put_it_back() -> None:
    for kind in ("hold", "unhold"):
        township().check(body(kind, [REVIEWER_A, INTEGRITY], desk="intake"))


@pytest.mark.parametrize(
    ("kind", "by", "expected"),
    [
        ("audit", [REVIEWER_A], "desk-not-held"),
        ("audit", ["keeper"], "unknown-member"),
        ("route", [INTEGRITY], "desk-not-held"),
        ("unhold", [INTEGRITY], "desk-not-held"),
        ("unhold", [REVIEWER_A], "two-signatures"),
        ("hold", [REVIEWER_A], "two-signatures"),
        ("unhold", [REVIEWER_A, REVIEWER_B], "not-allowed"),
        ("export", [REGISTRAR], "not-allowed"),
        ("export", ["keeper", REGISTRAR], "not-allowed"),
        ("unreadable", ["keeper"], "malformed"),
        ("genesis", ["keeper"], "malformed"),
        ("something", [REGISTRAR], "malformed"),
    ],
)
def test_other_statements_have_their_signers_too(kind: str, by: Sequence[str], expected: str) -> None:
    assert reason(body(kind, by, desk="intake")) == expected


def test_those_who_may_state_it_do() -> None:
    roster = township()
    roster.check(body("audit", [AUDITOR], first=0, count=1))
    roster.check(body("export", ["keeper"], size=1, root="ab" * 32))
    roster.check(body("route", [REVIEWER_A], desk="intake"))
    roster.check(body("route", [INTEGRITY, REVIEWER_A], desk="intake"))


def test_a_member_joins_is_granted_a_desk_loses_it_and_leaves() -> None:
    roster = with_newcomer()
    assert not roster.member(NEWCOMER).desks
    roster = roster.apply(2, body("grant", [REVIEWER_B, REGISTRAR], member=NEWCOMER, desk="intake"))
    assert roster.member(NEWCOMER).holds("intake")
    roster.check(body("read", [NEWCOMER], desk="intake"))
    assert (
        not roster.apply(3, body("revoke", [REGISTRAR], member=NEWCOMER, desk="intake"))
        .member(NEWCOMER)
        .desks
    )
    gone = roster.apply(3, body("remove", [REGISTRAR], member=NEWCOMER)).member(NEWCOMER)
    assert not gone.active
    assert not gone.desks
    assert not gone.holds("intake")
    assert gone.signing_key == seed(NEWCOMER).signing_key.public


def test_a_removed_registrar_registers_nobody() -> None:
    roster = township().apply(1, body("remove", [REGISTRAR_2], member=REGISTRAR))
    assert reason(body("member", [REGISTRAR], member=member(NEWCOMER, POLICE)), roster) == "removed-member"


def test_a_desk_that_nobody_holds_gets_its_first_holder_by_a_registrar_and_another() -> None:
    roster = township().apply(1, body("desk", [REGISTRAR, INTEGRITY], desk=desk("protection")))
    grant: dict[str, Any] = {"member": INTEGRITY, "desk": "protection"}
    assert reason(body("grant", [REGISTRAR], **grant), roster) == "two-signatures"
    assert (
        roster.apply(2, body("grant", [REGISTRAR, REVIEWER_A], **grant)).member(INTEGRITY).holds("protection")
    )


def test_somebody_whom_the_registrar_brought_in_alone_is_no_second_person() -> None:
    roster = township()
    for index, holder in enumerate((REVIEWER_A, REVIEWER_B), start=1):
        roster = roster.apply(index, body("revoke", [REGISTRAR], member=holder, desk="intake"))
    roster = roster.apply(3, body("member", [REGISTRAR], member=member(NEWCOMER, POLICE)))
    pair = [REGISTRAR, NEWCOMER]
    for kind, fields in (
        ("grant", {"member": NEWCOMER, "desk": "intake"}),
        ("desk", {"desk": desk("intake", epoch=2)}),
        ("unit", {"unit": unit("u6", OFFICE)}),
    ):
        assert reason(body(kind, pair, **fields), roster) == "not-allowed"


def test_whoever_changes_units_keeps_the_exclusions_of_the_old_one() -> None:
    moved = township().apply(
        1,
        body(
            "member-unit",
            [REGISTRAR, INTEGRITY],
            member=REVIEWER_A,
            unit=OFFICE,
            past_units=[],
            conflicts=[COUNTY],
        ),
    )
    assert moved.member(REVIEWER_A).unit == OFFICE
    assert moved.member(REVIEWER_A).past_units == ((POLICE, "2025-03-01"),)
    assert moved.units_of(REVIEWER_A, TODAY) == {OFFICE, POLICE, COUNTY}
    again = moved.apply(
        2,
        body(
            "member-unit",
            [REGISTRAR, INTEGRITY],
            at=START + YEAR,
            member=REVIEWER_A,
            unit=JUSTICE,
            past_units=[{"unit": POLICE, "until": "2020-01-01"}, {"unit": COUNTY, "until": "2025-01-01"}],
            conflicts=[],
        ),
    )
    assert again.member(REVIEWER_A).past_units == (
        (OFFICE, "2026-03-02"),
        (POLICE, "2025-03-01"),
        (COUNTY, "2025-01-01"),
    )


def test_a_unit_is_added_and_moved() -> None:
    roster = township().apply(1, body("unit", [REGISTRAR, INTEGRITY], unit=unit("u6", JUSTICE)))
    assert roster.units["u6"].superior == JUSTICE
    roster = roster.apply(2, body("unit", [REGISTRAR, REGISTRAR_2], unit=unit(JUSTICE, OFFICE)))
    assert roster.units[JUSTICE].superior == OFFICE


def test_the_genesis_may_be_without_people() -> None:
    assert Roster.from_genesis(genesis(members=[])).members == {}
