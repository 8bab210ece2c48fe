"""A threat that a reporter tells of brings the tip to the top of its desk's list."""

import pytest

from tests.mailbox.test_repeats import intake, mailbox
from tests.public.instance import Instance
from tipline.mailbox.thread import Mailbox
from tipline.mailbox.writing import add_incident, add_message
from tipline.tips.intake import Intake
from tipline.tips.topics import Topic

__all__ = ["intake", "mailbox"]


def due_at(instance: Instance) -> object:
    [[found]] = instance.rows("select due_at from tips")
    return found


@pytest.mark.parametrize("topic", [Topic.MESSAGE, Topic.OBJECTION])
def test_another_message_sets_no_hour(
    instance: Instance, mailbox: Mailbox, intake: Intake, topic: Topic
) -> None:
    add_message(mailbox, "He came again.", intake, topic=topic)
    assert due_at(instance) is None


def test_a_threat_is_due_in_two_hours_rounded_up_and_keeps_its_first_hour(
    instance: Instance, mailbox: Mailbox, intake: Intake
) -> None:
    add_message(mailbox, "He came again.", intake, topic=Topic.THREAT)
    first = str(due_at(instance))
    assert first.endswith(":00:00.000000")  # no minute tells when it was sent
    now = intake.clock.now()
    assert first[:13] >= f"{now:%Y-%m-%d %H}"
    instance.clock.advance(3_600)
    add_message(mailbox, "And again.", intake, topic=Topic.THREAT)
    assert due_at(instance) == first


def test_danger_in_a_case_that_has_ended_sets_its_hour_and_in_one_that_was_erased_none(
    instance: Instance, mailbox: Mailbox, intake: Intake
) -> None:
    for state, called in (("erased", False), ("ended", True)):
        instance.change("update tips set state = :state", state=state)
        add_incident(mailbox, f"He came again: {state}.", {"danger": "yes"}, intake, danger=True)
        assert (due_at(instance) is not None) == called


def test_a_threat_after_the_end_sets_no_hour(instance: Instance, mailbox: Mailbox, intake: Intake) -> None:
    with instance.database.writing() as session:
        session.connection().exec_driver_sql("update tips set state = 'closed'")
    add_message(mailbox, "He came again.", intake, topic=Topic.THREAT)
    assert due_at(instance) is None
