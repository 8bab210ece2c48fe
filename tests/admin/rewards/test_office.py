"""admin/rewards: budget, keys, points and rules, which two people sign."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from admin.rewards.setting import shown_rules
from tests.admin.rewarding import APPROVER, LEADER, PROPOSER, SECOND, VERIFIER, WHY, Rewarding
from tests.world import member_id
from tipline.keeper_client import KeeperUnavailable
from tipline.keeper_client.paying import PayDesk
from tipline.rewards.rules import DEFAULT_REWARD_RULES
from tipline.rewards.scoring import Tier

POINT: Final[dict[str, Any]] = {
    "place": "county-post",
    "name_zh": "县邮局",
    "name_en": "County post office",
    "place_zh": "县城南街一号，周一至周五",
    "place_en": "1 South Street, Monday to Friday",
    "unit": "u9",
    "key": "",
    "open": "yes",
    "other": member_id("registrar-2"),
}
BUDGET: Final = {"year": "2026", "amount": "100,000", "reason": WHY, "other": member_id(VERIFIER)}


# --- the budget


def test_a_budget_takes_an_approver_and_a_leader_a_verifier_or_another_approver(rewarding: Rewarding) -> None:
    rewarding.make_keys()
    proposals = rewarding.office.services.proposals
    for by, other, status in (
        (APPROVER, "", 422),
        (APPROVER, APPROVER, 422),
        (APPROVER, PROPOSER, 422),
        (VERIFIER, LEADER, 422),
        (PROPOSER, APPROVER, 403),
        ("auditor", APPROVER, 403),
        ("registrar", APPROVER, 403),
    ):
        named = member_id(other) if other else ""
        rewarding.post(by, "/rewards/budget", BUDGET | {"other": named}, status)
        assert proposals.made_by(rewarding.office.member(by)) == []


def test_a_budget_counts_once_both_have_signed_and_gives_back_what_was_typed(rewarding: Rewarding) -> None:
    rewarding.make_keys()
    for changes in ({"amount": "100"}, {"year": "2031"}, {"reason": ""}):
        page = rewarding.post(LEADER, "/rewards/budget", BUDGET | changes, 422).text
        assert "100" in page
        assert "Please check" in page
    rewarding.post(LEADER, "/rewards/budget", BUDGET | {"other": member_id(SECOND)})
    assert rewarding.office.keeper().rewards.budgets() == ()
    said = rewarding.get(SECOND, "/proposals")
    assert "The budget for rewards of 2026 is 100,000 yuan." in said
    rewarding.sign(SECOND)
    assert "<strong>100,000</strong>" in rewarding.get(LEADER, "/rewards/budget")


def test_a_budget_is_not_set_below_what_was_granted(rewarding: Rewarding) -> None:
    rewarding.granted()
    answer = rewarding.post(APPROVER, "/rewards/budget", BUDGET | {"amount": "19,500"}, 409)
    assert "More than this was granted" in answer.text
    assert 'value="19,500"' in answer.text


def test_a_budget_whose_keys_take_longer_is_proposed_by_pressing_again(
    rewarding: Rewarding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_desk: PayDesk, _year: int) -> None:
        raise KeeperUnavailable

    rewarding.make_keys()
    with monkeypatch.context() as patch:
        patch.setattr(PayDesk, "make_keys", slow)
        page = rewarding.post(APPROVER, "/rewards/budget", BUDGET, 503).text
    assert "Then press the button again" in page
    assert 'value="100,000"' in page
    rewarding.post(APPROVER, "/rewards/budget", BUDGET)


# --- keys


def test_two_people_open_a_key_before_its_crowd_is_large_enough(rewarding: Rewarding) -> None:
    rewarding.make_keys()
    fields = {"mint_key": "2026-500", "reason": WHY, "other": member_id(VERIFIER)}
    rewarding.post(APPROVER, "/rewards/keys", fields | {"mint_key": "2026-700"}, 422)
    rewarding.post(APPROVER, "/rewards/keys", fields | {"reason": ""}, 422)
    rewarding.post(LEADER, "/rewards/keys", fields, 403)
    rewarding.post(APPROVER, "/rewards/keys", fields)
    assert "Vouchers of 500 yuan from 2026" in rewarding.get(VERIFIER, "/proposals")
    assert "opened it early" not in rewarding.get(VERIFIER, "/rewards/keys")
    rewarding.sign(VERIFIER)
    page = rewarding.get(VERIFIER, "/rewards/keys")
    assert page.count("yes, two people opened it early") == 1
    assert page.count("not now: too few would stay behind") == 4


# --- points


WRONG_POINTS: Final[Sequence[tuple[dict[str, str], str]]] = (
    ({"place": "County Post"}, "short name"),
    ({"name_zh": ""}, "Chinese name"),
    ({"place_en": "one\nline"}, "hours in English"),
    ({"unit": "u77"}, "Choose the unit"),
    ({"key": "age1nothing"}, "begins with age1"),
    ({"open": ""}, "Choose yes or no"),
    ({"changes": "yes"}, "no longer in the list"),
    ({"other": ""}, "Choose who signs"),
)


def test_a_point_that_cannot_be_comes_back_as_it_was_typed(rewarding: Rewarding) -> None:
    for changes, sentence in WRONG_POINTS:
        page = rewarding.post("registrar", "/rewards/points", POINT | changes, 422).text
        assert sentence in page
        assert "县城南街一号" in page
    assert rewarding.office.keeper().roster().points == {}


def test_a_registrar_and_another_set_a_point_and_close_it(rewarding: Rewarding) -> None:
    rewarding.post("reviewer-b", "/rewards/points", POINT, 403)
    rewarding.post("registrar", "/rewards/points", POINT)
    said = rewarding.get("registrar-2", "/proposals")
    assert "县邮局 / County post office" in said
    assert "1 South Street, Monday to Friday" in said
    rewarding.sign("registrar-2")
    assert "County post office" in rewarding.get(VERIFIER, "/rewards/points")
    rewarding.post("registrar", "/rewards/points", POINT, 409)  # the short name is taken
    rewarding.post("registrar", "/rewards/points", POINT | {"changes": "yes"}, 409)  # so already
    closed = POINT | {"changes": "yes", "open": "no"}
    rewarding.post("registrar", "/rewards/points", closed)
    assert "No new codes are paid" in rewarding.get("registrar-2", "/proposals")
    rewarding.sign("registrar-2")
    assert not rewarding.office.keeper().roster().points["county-post"].open
    rewarding.get("registrar", "/rewards/points?point=elsewhere", 404)


# --- rules


WRONG_RULES: Final = (
    ({"values": "1000 5000"}, "500 is one of them"),
    ({"values": "500 700"}, "500 is one of them"),
    ({"low_umbrella": "40,000"}, "smallest and a largest amount"),
    ({"crowd": "1"}, "from 2 to 1000"),
    ({"share": "101"}, "from 1 to 100"),
    ({"limit": "many"}, "from 0 to 500000"),
)


def test_rules_that_cannot_be_come_back_as_they_were_typed(rewarding: Rewarding) -> None:
    for changes, sentence in WRONG_RULES:
        fields = {**shown_rules(DEFAULT_REWARD_RULES), **changes, "other": member_id(APPROVER)}
        page = rewarding.post("registrar", "/rewards/rules", fields, 422).text
        assert sentence in page
        assert f'value="{next(iter(changes.values()))}"' in page


def test_a_registrar_and_an_approver_change_the_rules(rewarding: Rewarding) -> None:
    fields = {**shown_rules(DEFAULT_REWARD_RULES), "crowd": "7", "high_umbrella": "40000"}
    rewarding.post(VERIFIER, "/rewards/rules", fields | {"other": member_id(APPROVER)}, 403)
    rewarding.post("registrar", "/rewards/rules", fields | {"other": member_id(VERIFIER)}, 422)
    assert '<form method="post" action="/rewards/rules"' not in rewarding.get(VERIFIER, "/rewards/rules")
    rewarding.post(APPROVER, "/rewards/rules", fields | {"other": member_id("registrar")})
    assert "Umbrella: 5,000 to 40,000" in rewarding.get("registrar", "/proposals")
    rewarding.sign("registrar")
    rules = rewarding.office.keeper().roster().reward_rules
    assert (rules.crowd, rules.bounds[Tier.UMBRELLA]) == (7, (5_000, 40_000))
    rewarding.post("registrar", "/rewards/rules", fields | {"other": member_id(APPROVER)}, 409)  # so already
