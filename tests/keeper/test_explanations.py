"""The keeper takes a question about an alert from an auditor, and an answer from its member, once each."""

from crypto.statements import Statement
from tests.keeper.observed import Observed
from tests.keeper.test_alerts import burst, index_of, look, review, stated
from tests.keeper.test_cases import opened, reason
from tests.world import World, member_id, request
from tipline.keeper_client import Reason


def raised(world: World, keeper: Observed) -> int:
    burst(world, keeper)
    look(keeper)
    return index_of(keeper)


def ask(world: World, alert: int, by: str = "auditor") -> Statement:
    return world.sign("alert-ask", by, alert=alert)


def answer(world: World, alert: int, by: str = "reviewer-a") -> Statement:
    return world.sign("alert-answer", by, alert=alert, **reason())


def test_only_an_auditor_asks_once_about_an_open_alert(world: World, keeper: Observed) -> None:
    alert = raised(world, keeper)
    assert keeper.refused(ask(world, alert, "reviewer-b")) is Reason.DESK_NOT_HELD
    assert keeper.refused(ask(world, alert - 1)) is Reason.NOT_ALLOWED
    keeper.client.append(ask(world, alert))
    assert keeper.refused(ask(world, alert)) is Reason.NOT_ALLOWED


def test_only_the_member_who_was_asked_answers_once_and_before_the_review(
    world: World, keeper: Observed
) -> None:
    alert = raised(world, keeper)
    assert keeper.refused(answer(world, alert)) is Reason.NOT_ALLOWED
    keeper.client.append(ask(world, alert))
    for other in ("reviewer-b", "auditor", "registrar"):
        assert keeper.refused(answer(world, alert, other)) is Reason.NOT_ALLOWED
    assert [one.index for one in keeper.client.alerts.asked(member_id("reviewer-a"))] == [alert]
    assert keeper.client.alerts.asked(member_id("reviewer-b")) == ()
    keeper.client.append(answer(world, alert))
    assert keeper.refused(answer(world, alert)) is Reason.NOT_ALLOWED
    assert keeper.client.alerts.asked(member_id("reviewer-a")) == ()


def test_nothing_is_asked_or_answered_once_it_was_reviewed(world: World, keeper: Observed) -> None:
    alert = raised(world, keeper)
    keeper.client.append(ask(world, alert))
    keeper.client.append(review(world, alert))
    assert keeper.refused(answer(world, alert)) is Reason.NOT_ALLOWED
    assert keeper.refused(ask(world, alert)) is Reason.NOT_ALLOWED


def test_nobody_is_told_by_a_question_of_a_tip_that_they_may_not_know_of(
    world: World, keeper: Observed
) -> None:
    hidden, known = world.seal_tip(excluded=["u2"]), opened(world, keeper)
    keeper.client.release(world.read("reviewer-b", hidden), [request(hidden.item("text"))])
    assert keeper.refused(world.read("reviewer-a", hidden), hidden.item("text")) is Reason.EXCLUDED
    look(keeper)
    own_unit = keeper.size() - 1
    keeper.client.append(world.route("reviewer-b", known, desks=["intake"], excluded=["u2"]))
    assert [one["rule"] for one in stated(keeper)] == ["own-unit", "read-before-exclusion"]
    for alert in (own_unit, keeper.size() - 1):
        assert keeper.refused(ask(world, alert)) is Reason.NOT_ALLOWED
    assert keeper.client.alerts.asked(member_id("reviewer-a")) == ()
