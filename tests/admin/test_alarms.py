"""What is wrong with the log stands on every page of the staff, and nowhere else."""

from pathlib import Path

import pytest

from admin.alarms.service import KEPT_SECONDS, Alarms
from admin.alarms.words import ADVICE, ALARMS, ROOMS
from tests.admin.conftest import Office
from tests.clocks import FixedClock
from tests.keeper.test_witnesses import impostor, policy
from tests.world import World
from tipline.keeper.checking.outcome import ALARM as CHECK_FAILED
from tipline.keeper.heads import Stop, Stopped
from tipline.keeper.inventory.alarms import ALTERED
from tipline.keeper.inventory.alarms import CODE as INVENTORY
from tipline.keeper.rewards.money import OVERDRAWN
from tipline.keeper.witnessing.health import DISAGREES, UNWITNESSED
from tipline.keeper_client.witnesses import Health

HOUR = 3600
LATE = "一个为本日志会签的单位已经太久没有会签"


def name_a_witness(office: Office, **changes: object) -> None:
    """One that does not answer."""
    down = {**impostor("down.example"), "url": "http://127.0.0.1:9"}
    office.services.members.carry_out(policy(office.world, down, alarm_hours=1, **changes))


def test_without_an_alarm_no_page_speaks_of_one(office: Office) -> None:
    for name, path in (("reviewer-a", "/tips"), ("registrar", "/members"), ("auditor", "/log")):
        assert 'class="alarms"' not in office.signed_in(name).get(path).text


def test_a_missing_cosignature_stands_on_every_page_and_tells_auditors_where_to_look(office: Office) -> None:
    name_a_witness(office)
    office.clock.advance(HOUR + 1)
    for name, path in (("reviewer-a", "/tips"), ("registrar", "/members"), ("auditor", "/log/witnesses")):
        page = office.signed_in(name).get(path)
        assert page.status_code == 200
        assert LATE in page.text
        assert ('href="/log/witnesses">查看' in page.text) is (name == "auditor")


def test_who_is_not_signed_in_sees_no_alarm(office: Office) -> None:
    name_a_witness(office)
    office.clock.advance(HOUR + 1)
    assert LATE not in office.browser().get("/sign-in").text
    unknown = office.signed_in("reviewer-a").get("/tips/" + "00" * 16)
    assert unknown.status_code == 404
    assert LATE not in unknown.text


def test_the_keeper_is_asked_for_alarms_at_most_twice_a_minute(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Health] = []
    staff, health = office.signed_in("registrar"), office.keeper().health

    def counted() -> Health:
        asked.append(health())
        return asked[-1]

    monkeypatch.setattr(office.keeper(), "health", counted)
    office.clock.advance(KEPT_SECONDS + 1)
    for _ in range(3):
        staff.get("/members")
    assert len(asked) == 1
    office.clock.advance(KEPT_SECONDS)
    staff.get("/members")
    assert len(asked) == 2


def test_every_alarm_has_words_and_advice() -> None:
    stops = {Stopped(stop, None, None).alarm for stop in Stop}
    codes = {*stops, CHECK_FAILED, INVENTORY, ALTERED, UNWITNESSED, DISAGREES, OVERDRAWN, "clock-back"}
    assert codes == ALARMS.keys() == ADVICE.keys()
    assert ROOMS.keys() <= codes


def test_while_the_keeper_is_away_there_is_no_alarm_of_its_own(tmp_path: Path, clock: FixedClock) -> None:
    with World.made(tmp_path, clock) as world:
        assert Alarms(world.client(), clock).now() == ()
