"""The statements of the roster about rewards: rules, points, and the mint keys of a year."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from crypto.age_x25519 import X25519Identity
from tests.roster.township import (
    AUDITOR,
    INTEGRITY,
    POLICE,
    REGISTRAR,
    REGISTRAR_2,
    REVIEWER_A,
    REVIEWER_B,
    body,
    recipient,
    township,
)
from tipline.rewards.rules import DEFAULT_REWARD_RULES, RewardRules
from tipline.rewards.scoring import Tier
from tipline.roster import Roster, RosterRefused
from tipline.roster.points import Point, write_point
from tipline.roster.rewards import write_reward_rules
from tipline.roster.rules import DUTIES, KEEPER

APPROVER, VERIFIER, CLERK, CLERK_2 = REVIEWER_A, REVIEWER_B, INTEGRITY, REGISTRAR_2
"""Who has these roles here, whatever else they hold: what may meet in one person is tested elsewhere."""
YEAR: Final = 2025
MODULUS: Final = "c" + "ab" * 383 + "d"


def with_roles() -> Roster:
    """The township with a reward office."""
    roster = township()
    members = dict(roster.members)
    given = {
        APPROVER: "approver",
        VERIFIER: "verifier",
        CLERK: "pay-clerk",
        CLERK_2: "pay-clerk",
        AUDITOR: "leader",
    }
    for who, role in given.items():
        members[members[who].id] = replace(members[who], roles=members[who].roles | {role})
    return replace(roster, members=members)


def rules(**changes: Any) -> dict[str, Any]:
    return write_reward_rules(DEFAULT_REWARD_RULES) | changes


def bounds(**changes: list[int]) -> dict[str, list[int]]:
    return {tier.value: list(DEFAULT_REWARD_RULES.bounds[tier]) for tier in Tier} | changes


def keys(*values: int, **changes: Any) -> list[dict[str, Any]]:
    wanted = values or DEFAULT_REWARD_RULES.values
    return [
        {"value": value, "n": f"c{number:02x}{MODULUS[3:]}"} | changes for number, value in enumerate(wanted)
    ]


def point(**changes: Any) -> dict[str, Any]:
    names = {"zh": "县邮政局", "en": "County post office"}
    fields = {"id": "post", "names": names, "places": names, "unit": POLICE, "recipient": "", "open": True}
    return fields | changes


def refused(kind: str, by: list[str], roster: Roster | None = None, **fields: Any) -> str:
    """The reason for which a statement is refused, and changes nothing."""
    statement, roster = body(kind, by, **fields), roster or with_roles()
    with pytest.raises(RosterRefused) as refusal:
        roster.check(statement)
    with pytest.raises(RosterRefused):
        roster.apply(1, statement)
    return refusal.value.reason


def set_rules(roster: Roster, index: int = 1, **changes: Any) -> Roster:
    return roster.apply(index, body("reward-rules", [REGISTRAR, APPROVER], rules=rules(**changes)))


def set_keys(roster: Roster, year: int = YEAR, index: int = 1) -> Roster:
    return roster.apply(index, body("mint-keys", [KEEPER], year=year, keys=keys()))


class TestRules:
    @pytest.mark.parametrize("by", [[REGISTRAR, REGISTRAR_2], [APPROVER, VERIFIER], [REGISTRAR, AUDITOR]])
    def test_need_a_registrar_and_an_approver(self, by: list[str]) -> None:
        assert refused("reward-rules", by, rules=rules()) == "not-allowed"

    def test_need_two(self) -> None:
        assert refused("reward-rules", [REGISTRAR], rules=rules()) == "two-signatures"

    @pytest.mark.parametrize(
        "changes",
        [
            {"values": [1_000, 5_000]},
            {"values": [500, 750]},
            {"values": [1_000, 500]},
            {"values": [500, 500]},
            {"values": [500, 1_000_000]},
            {"values": [500 * number for number in range(1, 10)]},
            {"values": 500},
            {"values": ["500"]},
            {"bounds": {"ordinary": [500, 5_000]}},
            {"bounds": bounds(ordinary=[5_000, 500])},
            {"bounds": bounds(ordinary=[0, 500])},
            {"bounds": bounds(ordinary=[500, 750])},
            {"bounds": bounds(ordinary=[500])},
            {"bounds": bounds(exceptional=[500, 500_500])},
            {"limit": -1},
            {"limit": True},
            {"crowd": 1},
            {"crowd": 1_001},
            {"share": 0},
            {"share": 101},
            {"more": 1},
        ],
        ids=str,
    )
    def test_of_another_shape_are_refused(self, changes: dict[str, Any]) -> None:
        by = [REGISTRAR, APPROVER]
        assert refused("reward-rules", by, rules=rules(**changes)) == "malformed"

    def test_under_which_an_award_would_be_too_many_vouchers_are_refused(self) -> None:
        by = [REGISTRAR, APPROVER]
        assert refused("reward-rules", by, rules=rules(values=[500, 1_000, 5_000])) == "not-allowed"

    def test_that_keys_which_are_made_could_not_pay_are_refused(self) -> None:
        small = {tier.value: [500, 20_000] for tier in Tier}
        roster = set_rules(with_roles(), values=[500, 1_000], bounds=small)
        made = roster.apply(2, body("mint-keys", [KEEPER], year=YEAR, keys=keys(500, 1_000)))
        again = body("reward-rules", [REGISTRAR, APPROVER], rules=rules())
        assert roster.apply(3, again).reward_rules == DEFAULT_REWARD_RULES
        with pytest.raises(RosterRefused) as refusal:
            made.apply(3, again)
        assert refusal.value.reason == "not-allowed"

    def test_count_from_their_statement_on(self) -> None:
        changed = set_rules(with_roles(), crowd=8, limit=10_000)
        assert changed.reward_rules == replace(DEFAULT_REWARD_RULES, crowd=8, limit=10_000)
        assert with_roles().reward_rules == RewardRules()


class TestPoints:
    def test_need_a_registrar_and_another(self) -> None:
        assert refused("point", [REGISTRAR], point=point()) == "two-signatures"
        assert refused("point", [APPROVER, VERIFIER], point=point()) == "not-allowed"

    @pytest.mark.parametrize(
        "changes",
        [
            {"id": "Post"},
            {"id": ""},
            {"names": {"zh": "邮局"}},
            {"names": {"zh": "", "en": "x"}},
            {"places": {"zh": "一\n二", "en": "x"}},
            {"places": {"zh": "长" * 201, "en": "x"}},
            {"recipient": "age1notakey"},
            {"recipient": X25519Identity.from_seed(bytes(range(32))).reveal()},
            {"open": 1},
            {"more": ""},
        ],
        ids=str,
    )
    def test_of_another_shape_are_refused(self, changes: dict[str, Any]) -> None:
        assert refused("point", [REGISTRAR, VERIFIER], point=point(**changes)) == "malformed"

    def test_in_no_unit_are_refused(self) -> None:
        assert refused("point", [REGISTRAR, VERIFIER], point=point(unit="u77")) == "not-allowed"

    @pytest.mark.parametrize(
        "key", ["", recipient("bank"), X25519Identity.from_seed(bytes(range(32))).recipient.text]
    )
    def test_are_written_as_they_were_read(self, key: str) -> None:
        set_one = body("point", [REGISTRAR, VERIFIER], point=point(recipient=key))
        roster = with_roles().apply(1, set_one)
        assert write_point(roster.points["post"]) == point(recipient=key)
        closed = body("point", [REGISTRAR, VERIFIER], point=point(recipient=key, open=False))
        assert not roster.apply(2, closed).points["post"].open

    def test_tell_the_public_whether_they_lie_inside_and_not_where(self) -> None:
        set_one = body("point", [REGISTRAR, VERIFIER], point=point(recipient=recipient("bank")))
        (told,) = with_roles().apply(1, set_one).directory_body("00", date(2025, 3, 1))["points"]
        assert told == {
            "id": "post",
            "names": point()["names"],
            "places": point()["places"],
            "inside": True,
            "open": True,
            "bank": True,
        }
        assert isinstance(with_roles().apply(1, set_one).points["post"], Point)


class TestMintKeys:
    @pytest.mark.parametrize("by", [[REGISTRAR], [REGISTRAR, APPROVER], [APPROVER]])
    def test_are_the_keepers(self, by: list[str]) -> None:
        assert refused("mint-keys", by, year=YEAR, keys=keys()) == "not-allowed"

    @pytest.mark.parametrize(
        "made",
        {
            "none": [],
            "too few": keys(500),
            "another order": keys()[::-1],
            "one twice": keys() + keys()[-1:],
            "another value": keys(500, 1_000, 5_000, 10_000, 20_000),
            "one key for all": keys(n=MODULUS),
            "too small": keys(n="7" + MODULUS[1:]),
            "even": keys(n=MODULUS[:-1] + "e"),
            "large letters": keys(n=MODULUS.upper()),
            "another exponent": keys(e=3),
        }.items(),
        ids=lambda made: made[0],
    )
    def test_of_another_shape_are_refused(self, made: tuple[str, list[dict[str, Any]]]) -> None:
        assert refused("mint-keys", [KEEPER], year=YEAR, keys=made[1]) == "malformed"

    @pytest.mark.parametrize("year", [1999, 2200, "2025", True])
    def test_are_of_a_year(self, year: object) -> None:
        assert refused("mint-keys", [KEEPER], year=year, keys=keys()) == "malformed"

    def test_are_made_once_for_a_year(self) -> None:
        made = set_keys(with_roles())
        assert refused("mint-keys", [KEEPER], made, year=YEAR, keys=keys()) == "not-allowed"

    def test_stand_in_the_directory(self) -> None:
        made = set_keys(set_keys(with_roles()), 2026, 2)
        told = made.directory_body("00", date(2025, 3, 1))["mint"]
        assert [of["year"] for of in told] == [2025, 2026]
        assert told[0]["keys"] == keys()


PAIRS: Final = {
    "reward-budget": ([APPROVER, VERIFIER], [APPROVER, AUDITOR]),
    "reward-cancel": ([APPROVER, VERIFIER],),
    "reward-open": ([APPROVER, VERIFIER],),
    "pay-undo": ([APPROVER, VERIFIER], [APPROVER, CLERK]),
    "pickup-list": ([CLERK, CLERK_2],),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_of_two_signers_both_must_be_the_right_ones(kind: str) -> None:
    roster = with_roles()
    everybody = (REGISTRAR, APPROVER, VERIFIER, CLERK, CLERK_2, AUDITOR)
    allowed = {frozenset(pair) for pair in PAIRS[kind]} | _with_second_clerk(kind)
    for one in everybody:
        for other in everybody:
            if one != other and {one, other} in allowed:
                DUTIES[kind](roster, body(kind, [one, other]))
            else:
                with pytest.raises(RosterRefused):
                    DUTIES[kind](roster, body(kind, sorted({one, other})))


def _with_second_clerk(kind: str) -> set[frozenset[str]]:
    return {frozenset((APPROVER, CLERK_2))} if kind == "pay-undo" else set()


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        ("reward-check", (VERIFIER,)),
        ("reward-approval", (APPROVER,)),
        ("reward-extend", (APPROVER,)),
        ("pay", (CLERK, CLERK_2)),
        ("pay-look", (CLERK, CLERK_2, VERIFIER)),
        ("pay-named", (CLERK, CLERK_2)),
    ],
)
def test_one_signer_is_the_right_one(kind: str, who: tuple[str, ...]) -> None:
    roster = with_roles()
    for one in (REGISTRAR, APPROVER, VERIFIER, CLERK, CLERK_2, AUDITOR):
        if one in who:
            DUTIES[kind](roster, body(kind, [one]))
        else:
            with pytest.raises(RosterRefused):
                DUTIES[kind](roster, body(kind, [one]))


@pytest.mark.parametrize(
    "kind", ["reward-grant", "reward-expired", "reward-named", "reward-day", "key-expired"]
)
def test_what_the_keeper_states_nobody_else_does(kind: str) -> None:
    DUTIES[kind](with_roles(), body(kind, [KEEPER]))
    with pytest.raises(RosterRefused):
        DUTIES[kind](with_roles(), body(kind, [APPROVER]))
