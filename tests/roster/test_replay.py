"""The roster by replay: what it knows, and what entry 0 must be."""

from datetime import date
from typing import Any

import pytest

from crypto.keys import Recipient
from tests.roster.township import (
    AUDITOR,
    COUNTY,
    INTEGRITY,
    JUSTICE,
    KEEPER,
    LOG_KEY,
    NEWCOMER,
    OFFICE,
    ORIGIN,
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
    seed,
    township,
    unit,
)
from tipline.roster import Roster, RosterRefused


def broken(place: str, **changes: Any) -> dict[str, Any]:
    """The genesis with the first unit, desk or member changed."""
    whole = genesis()
    first, *others = whole[place]
    return {**whole, place: [{**first, **changes}, *others]}


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({**genesis(), "type": "unit"}, id="another type"),
        pytest.param({**genesis(), "by": [REGISTRAR]}, id="not by the keeper"),
        pytest.param({**genesis(), "by": ["keeper", REGISTRAR]}, id="not by the keeper alone"),
        pytest.param({**genesis(), "more": 1}, id="a field too many"),
        pytest.param({**genesis(), "mint": ["key"]}, id="a mint key"),
        pytest.param({key: value for key, value in genesis().items() if key != "mint"}, id="a field too few"),
        pytest.param({**genesis(), "keeper": "age1pq1"}, id="no keeper key"),
        pytest.param({**genesis(), "log_key": "00" * 32}, id="a log key under which anything verifies"),
        pytest.param({**genesis(), "log_key": "AB" * 32}, id="upper case"),
        pytest.param({**genesis(), "units": {}}, id="units not in a list"),
        pytest.param({**genesis(), "units": [*genesis()["units"], unit(OFFICE)]}, id="a unit twice"),
        pytest.param({**genesis(), "desks": [*genesis()["desks"], desk("intake")]}, id="a desk twice"),
        pytest.param(broken("units", id="m1"), id="no unit id"),
        pytest.param(broken("units", superior="u99"), id="no such superior"),
        pytest.param(broken("units", superior=OFFICE), id="above itself"),
        pytest.param(broken("units", superior=JUSTICE), id="a circle"),
        pytest.param(broken("units", inside=1), id="a number for a truth value"),
        pytest.param(broken("units", names={"zh": "镇"}), id="no English name"),
        pytest.param(broken("units", names={"zh": "镇", "en": ""}), id="an empty name"),
        pytest.param(broken("units", more=""), id="a unit's field too many"),
        pytest.param(broken("desks", id="Intake"), id="no desk id"),
        pytest.param(broken("desks", epoch=2), id="a first epoch of 2"),
        pytest.param(broken("desks", epoch=True), id="a truth value for a number"),
        pytest.param(broken("desks", epoch=0), id="epoch 0"),
        pytest.param(broken("desks", recipient=""), id="a desk without key"),
        pytest.param(
            broken("desks", recipient=Recipient(b"\xff" * 1216).text), id="a key to which nothing seals"
        ),
        pytest.param(broken("members", id="m1"), id="no member id"),
        pytest.param(broken("members", name_digest="ab"), id="no digest"),
        pytest.param(
            broken("members", signing_key="01" + "00" * 31), id="a key under which anything verifies"
        ),
        pytest.param(broken("members", unit="u99"), id="no such unit"),
        pytest.param(broken("members", conflicts=["u99"]), id="no such conflict"),
        pytest.param(broken("members", conflicts=[POLICE, POLICE]), id="a conflict twice"),
        pytest.param(
            broken("members", past_units=[{"unit": "u99", "until": "2024-01-01"}]), id="no such past unit"
        ),
        pytest.param(
            broken("members", past_units=[{"unit": POLICE, "until": "2024-02-30"}]), id="no such day"
        ),
        pytest.param(
            broken("members", past_units=[{"unit": POLICE, "until": "20240201"}]), id="another form of day"
        ),
        pytest.param(broken("members", past_units=[[POLICE, "2024-01-01"]]), id="a pair for an object"),
        pytest.param(broken("members", roles=["king"]), id="no such role"),
        pytest.param(broken("members", roles="registrar"), id="roles not in a list"),
        pytest.param(broken("members", desks=["nowhere"]), id="no such desk"),
        pytest.param(broken("members", desks=["intake"]), id="a registrar who reads"),
        pytest.param(broken("members", desks=["auditors"]), id="a registrar who audits"),
        pytest.param(broken("members", id=REVIEWER_A), id="a member twice"),
        pytest.param(
            broken("members", signing_key=seed(REVIEWER_A).signing_key.public.raw.hex()), id="a key twice"
        ),
        pytest.param(broken("members", signing_key=LOG_KEY.public.raw.hex()), id="the log's key"),
        pytest.param(
            {**genesis(), "members": [member(AUDITOR, COUNTY, desks=["auditors", "intake"])]},
            id="an auditor who reads",
        ),
    ],
)
def test_a_genesis_that_breaks_a_rule_is_refused(statement: dict[str, Any]) -> None:
    with pytest.raises(RosterRefused):
        Roster.from_genesis(statement)


def test_a_statement_for_another_log_is_refused() -> None:
    statement = {**body("remove", [REGISTRAR], member=REVIEWER_A), "log": "other.example/log"}
    for ask in (township().check, lambda each: township().apply(1, each)):
        with pytest.raises(RosterRefused, match="another log"):
            ask(statement)


def test_a_change_is_not_applied_out_of_order() -> None:
    roster = township().apply(7, body("remove", [REGISTRAR], member=REVIEWER_A))
    with pytest.raises(RosterRefused, match="out of order"):
        roster.apply(7, body("remove", [REGISTRAR], member=REVIEWER_B))


@pytest.mark.parametrize("ask", [Roster.member, Roster.key_of])
def test_nobody_is_not_known(ask: Any) -> None:
    with pytest.raises(RosterRefused) as refused:
        ask(township(), NEWCOMER)
    assert refused.value.reason == "unknown-member"


def test_an_unknown_member_has_no_units() -> None:
    with pytest.raises(RosterRefused):
        township().units_of(NEWCOMER, TODAY)
    with pytest.raises(RosterRefused):
        township().is_excluded(NEWCOMER, [POLICE], TODAY)


def test_the_genesis_is_the_first_roster() -> None:
    roster = township()
    assert (roster.origin, roster.version, roster.keeper) == (ORIGIN, 0, KEEPER.recipient)
    assert roster.log_key == LOG_KEY.public == roster.key_of("keeper")
    reviewer = roster.member(REVIEWER_A)
    assert reviewer.active
    assert (reviewer.unit, sorted(reviewer.desks), sorted(reviewer.roles)) == (POLICE, ["intake"], [])
    assert reviewer.recipient == seed(REVIEWER_A).identity.recipient
    assert roster.key_of(REVIEWER_A) == seed(REVIEWER_A).signing_key.public
    assert [holder.id for holder in roster.holders("intake")] == [REVIEWER_A, REVIEWER_B]


def test_the_roster_before_a_change_stays_as_it_was() -> None:
    before = township()
    after = before.apply(5, body("remove", [REGISTRAR], member=REVIEWER_A))
    assert before.member(REVIEWER_A).active
    assert before.version == 0
    assert (after.version, after.member(REVIEWER_A).active) == (5, False)


def test_statements_that_change_nothing_leave_the_roster_itself() -> None:
    roster = township()
    assert roster.apply(3, body("read", [REVIEWER_A], desk="intake")) is roster


def test_past_units_count_for_five_years_to_the_day() -> None:
    past = [{"unit": JUSTICE, "until": "2020-02-29"}]
    roster = Roster.from_genesis(genesis(members=[member(REVIEWER_A, POLICE, past_units=past)]))
    assert roster.units_of(REVIEWER_A, date(2025, 2, 28)) == {POLICE, JUSTICE}
    assert roster.units_of(REVIEWER_A, date(2025, 3, 1)) == {POLICE}
    leap = [{"unit": JUSTICE, "until": "2023-02-28"}]
    roster = Roster.from_genesis(genesis(members=[member(REVIEWER_A, POLICE, past_units=leap)]))
    assert roster.units_of(REVIEWER_A, date(2028, 2, 29)) == {POLICE, JUSTICE}
    assert roster.units_of(REVIEWER_A, date(2028, 3, 1)) == {POLICE}


def test_a_declared_conflict_excludes_as_a_unit_does() -> None:
    roster = Roster.from_genesis(genesis(members=[member(REVIEWER_A, POLICE, conflicts=[COUNTY])]))
    assert roster.is_excluded(REVIEWER_A, [COUNTY], TODAY)
    assert roster.is_excluded(REVIEWER_A, [OFFICE, POLICE], TODAY)
    assert not roster.is_excluded(REVIEWER_A, [OFFICE, JUSTICE], TODAY)
    assert not roster.is_excluded(REVIEWER_A, [], TODAY)


def test_the_directory_shows_keys_and_units_and_no_member() -> None:
    roster = township().apply(9, body("remove", [REGISTRAR], member=REVIEWER_B))
    directory = roster.directory_body("ab" * 32, TODAY)
    assert {
        key: directory[key] for key in ("v", "type", "log", "version", "genesis", "keeper", "log_key", "mint")
    } == {
        "v": 1,
        "type": "directory",
        "log": ORIGIN,
        "version": 9,
        "genesis": "ab" * 32,
        "keeper": KEEPER.recipient.text,
        "log_key": LOG_KEY.public.raw.hex(),
        "mint": [],
    }
    assert directory["units"] == genesis()["units"]
    assert directory["desks"] == [
        {**desk("auditors", reads=False), "staff": [[COUNTY]]},
        {**desk("intake"), "staff": [[POLICE]]},
        {**desk("integrity"), "staff": [[COUNTY]]},
    ]
    shown = str(directory)
    for identifier in (REGISTRAR, REGISTRAR_2, REVIEWER_A, REVIEWER_B, INTEGRITY, AUDITOR):
        assert identifier not in shown


def test_a_desk_keeps_the_keys_of_its_earlier_epochs() -> None:
    roster = township().apply(
        4, body("desk", [REGISTRAR, REVIEWER_A], at=START, desk=desk("intake", epoch=2))
    )
    intake = roster.desks["intake"]
    assert intake.past == (township().desks["intake"].recipient,)
    assert intake.recipient_of(1) == intake.past[0]
    assert intake.recipient_of(2) == intake.recipient != intake.past[0]
    assert intake.recipient_of(0) is None
    assert intake.recipient_of(3) is None
