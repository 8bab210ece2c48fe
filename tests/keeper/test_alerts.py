"""Alerts by the keeper itself, their reviews, decoys: refusals first."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.test_cases import opened, reason
from tests.world import SealedTip, World, member_id, member_seed, request
from tipline.keeper.alerting.window import AT_ONCE
from tipline.keeper_client import Reason, Refused

HOUR, DAY = 3_600, 86_400


def rules(world: World, *by: str, **rules: Any) -> Statement:
    return world.sign("alert-rules", *(by or ("auditor", "integrity")), rules=rules)


def look(keeper: Observed) -> None:
    """The hourly look at the clocks."""
    keeper.client.look_at_clocks([], [], [])


def stated(keeper: Observed, kind: str = "alert") -> list[dict[str, Any]]:
    entries = (keeper.entry(index) for index in range(keeper.size()))
    return [dict(one.statement.body) for one in entries if one.statement.body["type"] == kind]


def read(
    world: World, keeper: Observed, tip: SealedTip, by: str = "reviewer-a", desk: str = "intake"
) -> None:
    keeper.client.release(world.read(by, tip, desk=desk), [request(tip.item("text"), desk)])


def burst(world: World, keeper: Observed, number: int = 3) -> None:
    """So many tips, read by one member, where three are a burst."""
    keeper.client.append(rules(world, burst={"count": 3}))
    for _ in range(number):
        opened(world, keeper)


def index_of(keeper: Observed, kind: str = "alert") -> int:
    return next(index for index in range(keeper.size()) if keeper.entry(index).statement.body["type"] == kind)


def review(world: World, alert: object, by: str = "auditor", **changes: Any) -> Statement:
    fields = {"alert": alert, "finding": "explained", "tip": "", "reason": {}}
    return world.sign("alert-review", by, **(fields | changes))


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (("auditor",), Reason.TWO_SIGNATURES),
        (("registrar", "integrity"), Reason.NOT_ALLOWED),
    ],
    ids=str,
)
def test_no_rule_is_changed_without_an_auditor_and_another(
    world: World, keeper: Observed, by: tuple[str, ...], why: Reason
) -> None:
    assert keeper.refused(rules(world, *by, burst={"on": False})) is why


def test_rules_out_of_their_bounds_are_refused(world: World, keeper: Observed) -> None:
    assert keeper.refused(rules(world, burst={"count": 0})) is Reason.MALFORMED


def test_just_under_a_threshold_nothing_is_stated(world: World, keeper: Observed) -> None:
    burst(world, keeper, 2)
    look(keeper)
    assert stated(keeper) == []


def test_an_alert_is_stated_once_and_signed_by_the_keeper(world: World, keeper: Observed) -> None:
    burst(world, keeper)
    look(keeper)
    look(keeper)
    (alert,) = stated(keeper)
    assert (alert["by"], alert["rule"], alert["member"]) == (["keeper"], "burst", member_id("reviewer-a"))
    assert [keeper.entry(index).statement.body["type"] for index in alert["entries"]] == ["read"] * 3
    burst(world, keeper)
    look(keeper)
    assert len(stated(keeper)) == 1


def test_the_next_day_has_an_alert_of_its_own(world: World, keeper: Observed, clock: FixedClock) -> None:
    burst(world, keeper)
    look(keeper)
    clock.advance(DAY)
    burst(world, keeper)
    look(keeper)
    assert [alert["day"] for alert in stated(keeper)] == ["2026-03-03", "2026-03-04"]


def test_a_site_that_never_asks_for_a_look_holds_no_alert_back(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    burst(world, keeper)
    assert stated(keeper) == []
    clock.advance(HOUR)
    read(world, keeper, opened(world, keeper))
    assert [alert["rule"] for alert in stated(keeper)] == ["burst"]


def test_a_look_tells_the_site_of_no_alert(world: World, keeper: Observed) -> None:
    burst(world, keeper)
    assert keeper.client.look_at_clocks([], [], []).stated == {}
    assert stated(keeper)


def test_a_keeper_that_starts_again_goes_on_where_it_was(world: World, clock: FixedClock) -> None:
    with world.keeper():
        burst(world, Observed(world))
        look(Observed(world))
    with world.keeper():
        keeper = Observed(world)
        look(keeper)
        assert len(stated(keeper)) == 1
        clock.advance(61 * DAY)
        opened(world, keeper)
        look(keeper)
        assert [alert["rule"] for alert in stated(keeper)] == ["burst", "dormant"]


def test_a_flood_is_looked_at_piece_by_piece_until_none_is_left_and_not_only_each_hour(
    world: World, keeper: Observed, monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    burst(world, keeper)
    assert AT_ONCE > 1
    monkeypatch.setattr("tipline.keeper.alerting.window.AT_ONCE", 2)
    clock.advance(HOUR)
    other = world.client()
    for _ in range(5):
        other.append(world.sign("audit", "auditor", first=0, count=1))
    assert [alert["count"] for alert in stated(keeper)] == [3]


def test_after_a_review_what_it_did_not_look_into_raises_an_alert_of_the_same_day(
    world: World, keeper: Observed
) -> None:
    burst(world, keeper)
    look(keeper)
    keeper.client.append(review(world, index_of(keeper)))
    for _ in range(2):
        opened(world, keeper)
        look(keeper)
        assert len(stated(keeper)) == 1  # it counts three of which the review knew one, or two
    opened(world, keeper)
    look(keeper)
    first, second = stated(keeper)
    assert (second["rule"], second["count"], second["day"]) == ("burst", 3, first["day"])
    assert set(second["entries"]).isdisjoint(first["entries"])


def test_after_a_clock_that_was_a_year_ahead_each_day_has_alerts_again(
    world: World, clock: FixedClock
) -> None:
    def bursts(keeper: Observed, number: int) -> list[str]:
        """Read so many tips; the days of all alerts of bursts after the next hourly look."""
        for _ in range(number):
            opened(world, keeper)
        clock.advance(HOUR)
        keeper.client.append(world.sign("audit", "auditor", first=0, count=1))
        return [alert["day"] for alert in stated(keeper) if alert["rule"] == "burst"]

    clock.advance(365 * DAY)
    with world.keeper():
        keeper = Observed(world)
        keeper.client.append(rules(world, burst={"count": 3}))
        assert bursts(keeper, 3) == ["2027-03-03"]
    clock.leap(-365 * DAY)
    with world.keeper():
        keeper = Observed(world)
        assert bursts(keeper, 2) == ["2027-03-03"]  # those of before are counted already
        assert bursts(keeper, 1) == ["2027-03-03", "2026-03-03"]
        assert bursts(keeper, 3) == ["2027-03-03", "2026-03-03"]  # one of the day is open
        clock.advance(DAY)
        assert bursts(keeper, 0) == ["2027-03-03", "2026-03-03"]
        assert bursts(keeper, 3) == ["2027-03-03", "2026-03-03", "2026-03-04"]


@pytest.mark.parametrize(("most", "alerts"), [(2, 0), (1, 1)])
def test_one_look_takes_so_many_turns_of_a_tip_at_most(
    world: World, keeper: Observed, monkeypatch: pytest.MonkeyPatch, most: int, alerts: int
) -> None:
    monkeypatch.setattr("tipline.keeper.alerting.window.MOST_TURNS", most)
    keeper.client.append(rules(world, **{"outside-assignment": {"count": 1}}))
    tip = opened(world, keeper)
    for to in ("reviewer-a", "reviewer-b"):
        fields = {"tips": [tip.id.hex()], "to": member_id(to)}
        keeper.client.append(world.sign("assign", "reviewer-a", desk="intake", **fields))
    read(world, keeper, tip)
    look(keeper)
    assert len(stated(keeper)) == alerts


def ask(world: World, keeper: Observed, first: int, count: int, view: str = "alerts", **asked: str) -> str:
    audit = world.sign(
        "audit", "auditor", first=first, count=count, view=view, filter={"type": "all-alerts", **asked}
    )
    keeper.client.append(audit)
    return audit.digest


def test_an_audit_opens_no_more_alerts_than_it_says(world: World, keeper: Observed) -> None:
    burst(world, keeper)
    look(keeper)
    alert = index_of(keeper)

    def asked(op: str, statement: str) -> list[Any]:
        request = {"before": 2**40, "open": 1, "index": alert, "seen": 0}
        return list(keeper.ask(op, statement=statement, **request)["rows"])

    narrower = ask(world, keeper, 2**40, 50, member="mffffffff")
    for statement in (narrower, ask(world, keeper, 2**40, 50, view="list")):
        for op in ("alerts", "alert", "decoys"):
            with pytest.raises(Refused) as refused:
                asked(op, statement)
            assert refused.value.reason is Reason.NOT_ALLOWED
    every = ask(world, keeper, 2**40, 50)
    assert len(asked("alerts", every)) == 1
    with pytest.raises(Refused):
        asked("alert", every)  # it asks for a list, and not for what is behind this one
    assert asked("alerts", ask(world, keeper, alert - 1, 50)) == []
    assert len(asked("alert", ask(world, keeper, alert, 24))) == 4
    assert len(asked("alert", ask(world, keeper, alert, 2))) == 2


def test_what_auditors_know_of_a_tip_stands_in_no_history(world: World, keeper: Observed) -> None:
    keeper.client.append(rules(world, decoy={"on": True}))
    tip = world.seal_tip()
    keeper.client.append(world.sign("decoy", "auditor", tip=tip.id.hex()))
    statement = world.read("reviewer-a", tip)
    keeper.client.release(statement, [request(tip.item("text"))])
    alert = index_of(keeper)
    keeper.client.append(review(world, alert, tip=tip.id.hex(), reason=reason()))
    history = keeper.client.history(statement)
    assert [each.entry.statement.body["type"] for each in history] == ["read"]


@pytest.mark.parametrize("by", ["registrar", "reviewer-a", "integrity"])
def test_only_an_auditor_reviews_an_alert(world: World, keeper: Observed, by: str) -> None:
    burst(world, keeper)
    look(keeper)
    assert keeper.refused(review(world, index_of(keeper), by)) is Reason.DESK_NOT_HELD


@pytest.mark.parametrize(
    "changes",
    [{"finding": "fine"}, {"tip": "ab" * 16}, {"rule": "burst"}],
    ids=str,
)
def test_a_review_of_another_shape_is_refused(
    world: World, keeper: Observed, changes: dict[str, Any]
) -> None:
    burst(world, keeper)
    look(keeper)
    assert keeper.refused(review(world, index_of(keeper), **changes)) is Reason.MALFORMED


def test_what_is_no_alert_is_not_reviewed_and_an_alert_only_once(world: World, keeper: Observed) -> None:
    burst(world, keeper)
    look(keeper)
    alert = index_of(keeper)
    assert keeper.refused(review(world, alert - 1)) is Reason.NOT_ALLOWED
    keeper.client.append(review(world, alert))
    assert keeper.refused(review(world, alert, finding="violation")) is Reason.NOT_ALLOWED


def test_an_explanation_hangs_on_a_tip_that_is_known(world: World, keeper: Observed) -> None:
    burst(world, keeper)
    look(keeper)
    alert = index_of(keeper)
    unknown = review(world, alert, tip="ab" * 16, reason=reason())
    assert keeper.refused(unknown) is Reason.UNKNOWN_TIP
    tip = opened(world, keeper)
    keeper.client.append(review(world, alert, tip=tip.id.hex(), reason=reason()))


def test_no_auditor_reviews_an_alert_about_themselves_while_there_is_another(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    keeper.client.append(rules(world, dormant={"days": 7}))
    clock.advance(8 * DAY)
    keeper.client.append(world.sign("audit", "auditor", first=0, count=1))
    look(keeper)
    alert = next(
        index
        for index in range(keeper.size())
        if keeper.entry(index).statement.body.get("member") == member_id("auditor")
    )
    give = {"member": member_id("registrar-2"), "desk": "auditors", "until": ""}
    keeper.client.append(
        world.sign("role", "registrar", member=member_id("registrar-2"), role="registrar", held=False)
    )
    keeper.client.append(world.sign("grant", "registrar", "auditor", **give))
    assert keeper.refused(review(world, alert)) is Reason.ANOTHER_PERSON
    keeper.client.append(review(world, alert, "registrar-2"))


def test_a_lone_auditor_reviews_what_is_about_them(world: World, keeper: Observed, clock: FixedClock) -> None:
    keeper.client.append(rules(world, dormant={"days": 7}))
    clock.advance(8 * DAY)
    keeper.client.append(world.sign("audit", "auditor", first=0, count=1))
    look(keeper)
    keeper.client.append(review(world, index_of(keeper)))


def plant(world: World, by: str = "auditor", tip: str = "ab" * 16) -> Statement:
    return world.sign("decoy", by, tip=tip)


def test_no_decoy_is_planted_while_the_rule_is_off(world: World, keeper: Observed) -> None:
    assert keeper.refused(plant(world)) is Reason.NOT_ALLOWED


def test_only_an_auditor_plants_a_decoy_and_only_where_no_tip_is(world: World, keeper: Observed) -> None:
    keeper.client.append(rules(world, decoy={"on": True}))
    assert keeper.refused(plant(world, "reviewer-a")) is Reason.DESK_NOT_HELD
    assert keeper.refused(plant(world, tip=opened(world, keeper).id.hex())) is Reason.TIP_EXISTS
    keeper.client.append(plant(world))
    assert keeper.refused(plant(world)) is Reason.TIP_EXISTS


def test_the_alert_of_an_opened_decoy_stands_in_the_same_batch(world: World, keeper: Observed) -> None:
    keeper.client.append(rules(world, decoy={"on": True}))
    tip, other = world.seal_tip(), opened(world, keeper)
    keeper.client.append(plant(world, tip=tip.id.hex()))
    read(world, keeper, other)
    assert stated(keeper) == []
    read(world, keeper, tip)
    (alert,) = stated(keeper)
    assert (alert["rule"], alert["tip"], alert["member"]) == ("decoy", tip.id.hex(), member_id("reviewer-a"))
    assert alert["entries"] == [keeper.size() - 2]  # the reading, and right behind it the alert
    read(world, keeper, tip)
    assert len(stated(keeper)) == 1


def test_a_decoy_says_nothing_once_the_rule_is_off(world: World, keeper: Observed) -> None:
    keeper.client.append(rules(world, decoy={"on": True}))
    tip = world.seal_tip()
    keeper.client.append(plant(world, tip=tip.id.hex()))
    keeper.client.append(rules(world, burst={"count": 3}))
    read(world, keeper, tip)
    assert stated(keeper) == []


def report(world: World, by: str, changes: Mapping[str, str] = MappingProxyType({})) -> Statement:
    fields = {"kind": "monthly", "period": "2026-02", "hash": "cd" * 32, **changes}
    keys = {member_id(by): member_seed(by).signing_key}
    return Statement.signed(world.body("report", by) | fields, keys)


def test_only_an_auditor_signs_a_report_of_a_month(world: World, keeper: Observed) -> None:
    assert keeper.refused(report(world, "integrity")) is Reason.DESK_NOT_HELD
    for wrong in ({"kind": "yearly"}, {"period": "2026-13"}, {"hash": ""}):
        assert keeper.refused(report(world, "auditor", wrong)) is Reason.MALFORMED
    keeper.client.append(report(world, "auditor"))
