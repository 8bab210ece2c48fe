"""Which duties meet in one person: every pair, by every way in which somebody can come to hold both."""

from collections.abc import Sequence
from functools import cache
from itertools import combinations_with_replacement
from typing import Any, Final

import pytest

from tests.roster.township import (
    AUDITOR,
    COUNTY,
    NEWCOMER,
    OFFICE,
    POLICE,
    REGISTRAR,
    REGISTRAR_2,
    body,
    desk,
    genesis,
    member,
)
from tipline.roster import Profile, Roster, RosterRefused
from tipline.roster.combinations import DUTIES, TOGETHER
from tipline.roster.types import ROLES

PLAIN_DESK, READING_DESK = "not-reading", "another-reading"
MAY: Final = {
    ("registrar", "office-clerk"),
    *(("leader", "approver"), ("custodians", "verifier")),
    *(("liaison", "proposer"), ("liaison", "intake"), ("liaison", "integrity")),
    *(("proposer", "intake"), ("proposer", "integrity")),
    *((READING_DESK, other) for other in ("liaison", "proposer", "intake", "integrity", "protection")),
    *((PLAIN_DESK, other) for other in DUTIES if other != "auditors"),
}
"""Written down once more, by hand, from the table of roles in docs/domain."""
PAIRS: Final = [pair for pair in combinations_with_replacement(DUTIES, 2) if pair[0] != pair[1]]
APART: Final = ("custodians", "integrity", "auditors", "approver")


def may(one: str, other: str) -> bool:
    return (one, other) in MAY or (other, one) in MAY


def desk_of(duty: str) -> dict[str, Any]:
    reads = duty in ("intake", "integrity", "protection", READING_DESK)
    return desk(duty, reads=reads)


def staffed(profile: str | None = "township", **changes: Any) -> dict[str, Any]:
    """A genesis with every desk and, at each, somebody from the county."""
    names = [duty for duty in DUTIES if duty not in ROLES]
    holders = [
        member(f"m000001{number:02}", COUNTY, desks=[name]) for number, name in enumerate(names, start=10)
    ]
    registrars = [member(one, OFFICE, roles=["registrar"]) for one in (REGISTRAR, REGISTRAR_2)]
    fields = {"desks": [desk_of(name) for name in names], "members": [*registrars, *holders], **changes}
    return genesis(**fields, **({"settings": {"profile": profile}} if profile else {}))


def another_desk(name: str) -> dict[str, Any]:
    """The same with one desk more, at which nobody is, in the place of the desk of this name."""
    whole = staffed()
    others = [one for one in whole["desks"] if one["id"] != name]
    kept = [one for one in whole["members"] if name not in one["desks"]]
    return {**whole, "desks": [*others, desk(name, reads=True)], "members": kept}


def person(held: Sequence[str], unit: str = COUNTY) -> dict[str, Any]:
    roles = [duty for duty in held if duty in ROLES]
    return member(NEWCOMER, unit, roles=roles, desks=[duty for duty in held if duty not in ROLES])


@cache
def given(duty: str) -> dict[str, Any]:
    """The statement that gives the newcomer a duty."""
    if duty in ROLES:
        return body("role", [REGISTRAR, REGISTRAR_2], member=NEWCOMER, role=duty, held=True)
    roster = Roster.from_genesis(staffed())
    holder = roster.holders(duty)[0].id
    return body("grant", [REGISTRAR, holder], member=NEWCOMER, desk=duty, until="")


@cache
def founded_with(*held: str, unit: str = COUNTY, profile: str | None = "township") -> Roster:
    whole = staffed(profile)
    return Roster.from_genesis({**whole, "members": [*whole["members"], person(held, unit)]})


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_an_impossible_combination_is_refused_by_every_path(one: str, other: str) -> None:
    allowed = may(one, other)
    assert (frozenset((one, other)) in TOGETHER) is allowed
    for first, second in ((one, other), (other, one)):
        roster = founded_with(first)
        if allowed:
            held = roster.apply(1, given(second)).member(NEWCOMER)
            assert {first, second} <= held.roles | held.desks
            continue
        with pytest.raises(RosterRefused, match="nobody holds both"):
            roster.apply(1, given(second))
    if allowed:
        founded_with(one, other)
    else:
        with pytest.raises(RosterRefused, match="nobody holds both"):
            founded_with(one, other)


@pytest.mark.parametrize(("one", "other"), [pair for pair in PAIRS if not set(pair) & ROLES])
def test_a_deputy_is_held_to_the_table_too(one: str, other: str) -> None:
    roster = founded_with(one)
    deputy = {**given(other), "until": "2025-03-05"}
    if may(one, other):
        assert roster.apply(1, deputy).member(NEWCOMER).holds(other)
    else:
        with pytest.raises(RosterRefused):
            roster.apply(1, deputy)


@pytest.mark.parametrize("name", ["leader", "registrar", "not-reading"])
def test_a_desks_name_gives_it_no_place_in_the_table(name: str) -> None:
    """A desk that reads reads, even when it is called like a role."""
    roster = Roster.from_genesis(another_desk(name))
    joined = roster.apply(1, body("member", [REGISTRAR], member=member(NEWCOMER, COUNTY)))
    clerk = joined.apply(
        2, body("role", [REGISTRAR, REGISTRAR_2], member=NEWCOMER, role="pay-clerk", held=True)
    )
    with pytest.raises(RosterRefused, match="nobody holds both"):
        clerk.apply(3, body("grant", [REGISTRAR, REGISTRAR_2], member=NEWCOMER, desk=name, until=""))


def test_a_desk_does_not_begin_to_read_while_somebody_holds_what_must_not_meet_with_it() -> None:
    roster = founded_with("leader", PLAIN_DESK)
    reads = {**desk(PLAIN_DESK, reads=True, epoch=2)}
    holder = next(one.id for one in roster.holders(PLAIN_DESK) if one.id != NEWCOMER)
    with pytest.raises(RosterRefused, match="nobody holds both"):
        roster.apply(1, body("desk", [REGISTRAR, holder], desk=reads))


def test_a_desk_that_waits_for_new_keys_still_counts() -> None:
    """Otherwise new keys would be a way round the table: another duty first, the old desk again after it."""
    roster = founded_with("intake")
    keys = member(AUDITOR, COUNTY)
    fresh = {"signing_key": keys["signing_key"], "recipient": keys["recipient"]}
    waits = roster.apply(1, body("new-keys", [REGISTRAR, REGISTRAR_2], member=NEWCOMER, **fresh))
    assert waits.member(NEWCOMER).awaiting == {"intake"}
    with pytest.raises(RosterRefused, match="nobody holds both"):
        waits.apply(2, given("verifier"))


@pytest.mark.parametrize("duty", DUTIES)
def test_in_a_township_some_duties_are_for_people_from_outside_it(duty: str) -> None:
    inside = founded_with(unit=POLICE)
    if duty in APART:
        with pytest.raises(RosterRefused, match="outside the township"):
            inside.apply(1, given(duty))
        with pytest.raises(RosterRefused, match="outside the township"):
            founded_with(duty, unit=POLICE)
        moved = body(
            "member-unit", [REGISTRAR, REGISTRAR_2], member=NEWCOMER, unit=POLICE, past_units=[], conflicts=[]
        )
        with pytest.raises(RosterRefused, match="outside the township"):
            founded_with(duty).apply(1, moved)
        county = {**genesis()["units"][3], "inside": True}
        with pytest.raises(RosterRefused, match="outside the township"):
            founded_with(duty).apply(1, body("unit", [REGISTRAR, REGISTRAR_2], unit=county))
    else:
        inside.apply(1, given(duty))
    founded_with(unit=POLICE, profile="district").apply(1, given(duty))


def test_a_log_from_before_the_profiles_is_held_to_what_bound_it_then() -> None:
    whole = staffed(None)
    old = Roster.from_genesis(
        {**whole, "members": [*whole["members"], person(["intake", "integrity"], POLICE)]}
    )
    assert old.profile is None
    assert old.member(NEWCOMER).desks == {"intake", "integrity"}
    for held in (["registrar", "intake"], ["auditors", "intake"], ["registrar", "custodians"]):
        with pytest.raises(RosterRefused):
            Roster.from_genesis({**whole, "members": [*whole["members"], person(held)]})


@pytest.mark.parametrize(
    "settings", [{}, {"profile": "province"}, {"profile": "township", "more": 1}, "", []]
)
def test_a_profile_that_is_none_is_refused(settings: Any) -> None:
    with pytest.raises(RosterRefused):
        Roster.from_genesis(genesis(settings=settings))


def test_the_profile_stands_in_the_first_entry() -> None:
    for profile in Profile:
        assert Roster.from_genesis(genesis(settings={"profile": profile.value})).profile is profile
