"""What is sent twice is stored once, and what only looks the same is not lost."""

import threading
from collections.abc import Mapping
from datetime import date

import pytest

from crypto.notes import sign_json
from crypto.tracking_codes import TrackingCode
from tests.mailbox.test_thread import put, record_of, reply
from tests.public.instance import Instance
from tests.public.visitor import Visitor, code_on
from tipline.mailbox.thread import Mailbox, find_mailbox
from tipline.mailbox.writing import add_answers, add_message, add_notice
from tipline.public.services import EXTENSION
from tipline.tips.answers import FileEntry, Message
from tipline.tips.errors import NothingAnswered
from tipline.tips.intake import Intake
from tipline.tips.topics import Topic

DAY = date(2026, 3, 3)


@pytest.fixture
def intake(instance: Instance) -> Intake:
    found = instance.app.extensions[EXTENSION].intake()
    assert isinstance(found, Intake)
    return found


@pytest.fixture
def mailbox(instance: Instance, visitor: Visitor) -> Mailbox:
    code = TrackingCode.parse(code_on(visitor.report()))
    with instance.database.reading() as session:
        return find_mailbox(session, code)


def stored(instance: Instance) -> int:
    return int(instance.rows("select count(*) from items where kind = 'message'")[0][0])


@pytest.mark.parametrize("topic", [Topic.MESSAGE, Topic.THREAT, Topic.OBJECTION])
def test_the_same_words_twice_are_one_message(
    instance: Instance, mailbox: Mailbox, intake: Intake, topic: Topic
) -> None:
    for _ in range(2):
        add_message(mailbox, "He came again.", intake, topic=topic)
    assert stored(instance) == 1


def test_the_same_words_about_something_else_are_another_message(
    instance: Instance, mailbox: Mailbox, intake: Intake
) -> None:
    for topic in (Topic.MESSAGE, Topic.THREAT, Topic.OBJECTION):
        add_message(mailbox, "He came again.", intake, topic=topic)
    assert stored(instance) == 3


def test_the_same_word_answers_two_questions_of_the_desk(
    instance: Instance, mailbox: Mailbox, intake: Intake
) -> None:
    add_message(mailbox, "No.", intake)
    question = reply(mailbox.code, mailbox.tip, "And the other one?")
    put(instance, question, sign_json(record_of(question), instance.signer), 9)
    for _ in range(2):
        add_message(mailbox, "No.", intake)
    assert stored(instance) == 2


def test_a_withdrawal_sent_twice_is_one(instance: Instance, mailbox: Mailbox, intake: Intake) -> None:
    for _ in range(2):
        add_notice(mailbox, Topic.WITHDRAWAL, "", intake)
    assert stored(instance) == 1


def test_no_answer_at_all_is_no_message(instance: Instance, mailbox: Mailbox, intake: Intake) -> None:
    with pytest.raises(NothingAnswered):
        add_answers(mailbox, {}, intake)
    assert stored(instance) == 0


def test_the_same_answers_twice_are_one_and_a_correction_can_be_taken_back(
    instance: Instance, mailbox: Mailbox, intake: Intake
) -> None:
    sent: list[Mapping[str, str]] = [{"when": "May"}, {"when": "May"}, {"where": "Quay"}, {"when": "May"}]
    for answers in sent:
        add_answers(mailbox, answers, intake)
    assert stored(instance) == 2
    for answers in ({"when": "June"}, {"when": "May"}):
        add_answers(mailbox, answers, intake)
    assert stored(instance) == 4


def test_a_button_pressed_twice_at_the_same_time_stores_one_message(
    instance: Instance, mailbox: Mailbox, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = threading.Barrier(2, timeout=10)
    seal = "tipline.mailbox.writing._seal"
    real = __import__("tipline.mailbox.writing", fromlist=["_seal"])._seal

    def seal_together(*args: object) -> object:
        both.wait()  # both have looked, and neither has stored
        return real(*args)

    monkeypatch.setattr(seal, seal_together)
    presses = [threading.Thread(target=add_message, args=(mailbox, "Twice.", intake)) for _ in range(2)]
    for press in presses:
        press.start()
    for press in presses:
        press.join()
    assert stored(instance) == 1


MESSAGES = [
    Message("Hello.", DAY),
    Message("", DAY, Topic.ANSWERS, {"when": "May", "where": "Quay"}),
    Message(
        "Look.", DAY, Topic.FILES, files=(FileEntry("00", "11", "a.jpg", 7, "image/jpeg"),), sending="ab"
    ),
    Message("", DAY, "of-a-later-version", {"unknown": "question"}),
]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_comes_back_as_it_was_written(message: Message) -> None:
    assert Message.decode(message.encode()) == message


def test_answers_come_back_in_the_order_of_their_questions() -> None:
    sent = Message(
        "", DAY, Topic.ANSWERS, {"a-later-one": "1", "where": "Quay", "when": "May", "what": "Fire"}
    )
    assert list(Message.decode(sent.encode()).answers) == ["what", "when", "where", "a-later-one"]


def test_a_plain_message_has_the_bytes_that_it_always_had() -> None:
    assert Message("Hello.", DAY).encode() == b'{"day":"2026-03-03","text":"Hello.","v":1}'
