"""tipline/awards: mailboxes tell what the log says, whatever happened to the rows."""

import pytest
from sqlalchemy import func, insert, select

from tests.admin.rewarding import Rewarding
from tests.admin.rewards.test_steps import told
from tests.admin.walking import settle, walk
from tipline.awards.models import AwardTold, Collected
from tipline.awards.storing import keep_told, look_at_rewards
from tipline.deadlines.look import look_at_clocks
from tipline.directory.daily import publish_todays
from tipline.directory.service import Pin, newest_note
from tipline.retention.service import erase_expired
from tipline.tips.moves import TipState

HOUR = 3_600
DAY = 24 * HOUR


@pytest.mark.parametrize("sql", ["DELETE FROM awards_told", "UPDATE awards_told SET record = x'00'"])
def test_a_record_that_was_lost_or_changed_by_hand_is_right_again_after_the_hourly_look(
    rewarding: Rewarding, sql: str
) -> None:
    office, award = rewarding.office, rewarding.granted()
    before = told(rewarding, award)
    office.change(sql)
    look_at_clocks(office.database, office.keeper(), office.clock)
    assert told(rewarding, award) == before


def test_of_an_old_award_it_is_right_again_within_a_day(rewarding: Rewarding) -> None:
    office, award = rewarding.office, rewarding.granted()
    before, looks = told(rewarding, award), 0
    office.clock.advance(5 * DAY)
    office.change("DELETE FROM awards_told")
    while told(rewarding, award) is None:
        look_at_rewards(office.database, office.keeper())
        office.clock.advance(HOUR)
        looks += 1
        assert looks <= 24
    assert told(rewarding, award) == before


def test_what_follows_a_step_is_brought_at_once_and_nothing_else(rewarding: Rewarding) -> None:
    office, first = rewarding.office, rewarding.granted()
    size = office.log_size()
    second = rewarding.granted()
    [tips] = [{rewarding.known(one).award.tip for one in (second,)}]
    assert office.keeper().rewards.records(since=size).keys() == tips
    assert rewarding.known(first).award.tip in office.keeper().rewards.records()


def test_a_second_look_writes_nothing(rewarding: Rewarding) -> None:
    office = rewarding.office
    rewarding.granted()
    assert keep_told(office.database, office.keeper()) == 0


def test_an_award_that_nobody_collects_expires_and_the_mailbox_says_so(rewarding: Rewarding) -> None:
    office, award = rewarding.office, rewarding.granted()
    office.clock.advance(185 * DAY)
    assert look_at_rewards(office.database, office.keeper())["reward-expired"] == 1
    record = told(rewarding, award)
    assert record is not None
    assert record.state == "expired"
    assert not look_at_rewards(office.database, office.keeper()).get("reward-expired")


def test_an_erased_tip_keeps_nothing_of_an_award(rewarding: Rewarding) -> None:
    office = rewarding.office
    tip = walk(office, TipState.CLOSED)
    settle(office)
    with office.database.writing() as session:
        session.execute(insert(AwardTold), [{"tip": tip, "record": b"x"}])
        session.execute(insert(Collected), [{"tip": tip, "sealed": b"x"}])
    office.clock.advance(3_000 * DAY)
    assert erase_expired(office.database, office.keeper(), office.files) == 1
    with office.database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (AwardTold, Collected)]
    assert counts == [0, 0]


def test_the_directory_is_published_once_a_day(rewarding: Rewarding) -> None:
    office = rewarding.office
    pin = Pin.of(office.settings)
    publish_todays(office.database, office.keeper(), pin)
    assert not publish_todays(office.database, office.keeper(), pin)
    with office.database.reading() as session:
        before = newest_note(session)
    office.clock.advance(DAY)
    assert publish_todays(office.database, office.keeper(), pin)
    with office.database.reading() as session:
        assert newest_note(session) != before
