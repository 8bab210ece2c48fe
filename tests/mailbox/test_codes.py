"""Replacing a code and closing for good: what opens afterwards, and what rows tell."""

import pytest

from crypto.tracking_codes import TrackingCode
from tests.public.instance import Instance
from tests.public.visitor import Visitor, code_on
from tipline.mailbox.codes import close_for_good, replace_code
from tipline.mailbox.errors import UnknownCode
from tipline.mailbox.thread import Mailbox, find_mailbox, own_messages
from tipline.mailbox.writing import add_message
from tipline.public.services import EXTENSION, Services
from tipline.tips.topics import Topic


@pytest.fixture
def use(instance: Instance) -> Services:
    found = instance.app.extensions[EXTENSION]
    assert isinstance(found, Services)
    return found


@pytest.fixture
def code(visitor: Visitor) -> TrackingCode:
    return TrackingCode.parse(code_on(visitor.report(description="Seen at the market.")))


def find(instance: Instance, code: TrackingCode) -> Mailbox:
    with instance.database.reading() as session:
        return find_mailbox(session, code)


def replace(instance: Instance, old: TrackingCode, new: TrackingCode) -> None:
    mailbox = find(instance, old)
    with instance.database.writing() as session:
        replace_code(session, mailbox, old, new)


def row(instance: Instance) -> dict[str, bytes]:
    return dict(instance.rows("select * from tips")[0]._mapping)


def test_a_replaced_code_finds_nothing(instance: Instance, code: TrackingCode) -> None:
    replace(instance, code, TrackingCode.generate())
    with pytest.raises(UnknownCode):
        find(instance, code)


def test_a_code_that_is_not_in_force_replaces_nothing(instance: Instance, code: TrackingCode) -> None:
    mailbox, second = find(instance, code), TrackingCode.generate()
    replace(instance, code, second)
    with pytest.raises(UnknownCode), instance.database.writing() as session:
        replace_code(session, mailbox, code, TrackingCode.generate())
    assert find(instance, second).tip == mailbox.tip


def test_a_closed_mailbox_opens_with_no_code_that_it_ever_had(
    instance: Instance, use: Services, code: TrackingCode
) -> None:
    second = TrackingCode.generate()
    replace(instance, code, second)
    close_for_good(find(instance, second), second, use.intake())
    for one in (code, second):
        with pytest.raises(UnknownCode):
            find(instance, one)


def test_a_code_that_is_not_in_force_closes_nothing_and_tells_the_desk_nothing(
    instance: Instance, use: Services, code: TrackingCode
) -> None:
    mailbox, second = find(instance, code), TrackingCode.generate()
    replace(instance, code, second)
    with pytest.raises(UnknownCode):
        close_for_good(mailbox, code, use.intake())
    assert instance.rows("select count(*) from items where kind = 'message'")[0][0] == 0
    assert find(instance, second).tip == mailbox.tip


def test_everything_opens_after_two_replacements_as_before(
    instance: Instance, use: Services, code: TrackingCode
) -> None:
    first = find(instance, code)
    add_message(first, "More.", use.intake())
    second, third = TrackingCode.generate(), TrackingCode.generate()
    replace(instance, code, second)
    replace(instance, second, third)
    mailbox = find(instance, third)
    assert (mailbox.tip, mailbox.code.raw, mailbox.read_up_to) == (first.tip, code.raw, first.read_up_to)
    add_message(mailbox, "And more.", use.intake())
    with instance.database.reading() as session:
        said = [one.message.text for one in own_messages(session, mailbox, use.log) if one.message]
    assert said == ["Seen at the market.", "More.", "And more."]


def test_no_row_tells_whether_a_code_was_replaced_or_the_mailbox_closed(
    instance: Instance, use: Services, code: TrackingCode
) -> None:
    before = row(instance)
    second = TrackingCode.generate()
    replace(instance, code, second)
    replaced = row(instance)
    close_for_good(find(instance, second), second, use.intake())
    closed = row(instance)
    for after in (replaced, closed):
        changed = {name for name, value in after.items() if value != before[name]}
        assert changed == {"locator", "root"}
        assert {name: len(after[name]) for name in changed} == {name: len(before[name]) for name in changed}


def test_a_tip_from_before_the_box_has_one_after_its_code_was_replaced(
    instance: Instance, code: TrackingCode
) -> None:
    instance.change("update tips set root = x''")
    assert find(instance, code).code.raw == code.raw
    second = TrackingCode.generate()
    replace(instance, code, second)
    assert find(instance, second).code.raw == code.raw


def test_the_desk_is_told_that_a_mailbox_was_closed(
    instance: Instance, use: Services, code: TrackingCode
) -> None:
    mailbox = find(instance, code)
    close_for_good(mailbox, code, use.intake())
    with instance.database.reading() as session:
        last = own_messages(session, mailbox, use.log)[-1].message
    assert last
    assert (last.topic, last.text) == (Topic.CLOSED, "")
