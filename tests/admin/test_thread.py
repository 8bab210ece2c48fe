"""What a reporter adds later, on the tip's page: its topic, its answers, its files."""

import pytest

from admin.question_words import QUESTIONS, answer_words
from admin.words import TOPICS
from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office
from tipline.ids import TipId
from tipline.mailbox.codes import replace_code
from tipline.mailbox.thread import Mailbox, find_mailbox, first_text
from tipline.mailbox.writing import add_answers, add_files, add_message, add_notice
from tipline.sealing.items import seal_item
from tipline.tips.answers import Message
from tipline.tips.first import audience_under
from tipline.tips.storing import next_position, store_items
from tipline.tips.topics import GROUPS, Topic

PHOTO = b"\xff\xd8\xff" + b"photo" * 2_000


@pytest.fixture
def tip(office: Office) -> tuple[TipId, TrackingCode]:
    return office.put_tip_with_code()


def mailbox_of(office: Office, code: TrackingCode) -> Mailbox:
    with office.database.reading() as session:
        return find_mailbox(session, code)


def page_of(office: Office, tip: TipId) -> str:
    staff = office.signed_in("reviewer-a")
    staff.get("/tips")
    page = staff.read(tip)
    assert page.status_code == 200
    return str(page.text)


def store_by_hand(office: Office, code: TrackingCode, message: Message) -> None:
    """What a reporter's signature vouches for, whatever version of the site wrote it."""
    mailbox, intake = mailbox_of(office, code), office.intake()
    with office.database.reading() as session:
        first = first_text(session, mailbox, intake.log)
    audience = audience_under(first.route, intake.directory, first.claim)
    recipient = code.identity.recipient
    item = seal_item(
        "message", mailbox.tip, message.encode(), audience=audience, reporter=recipient, claim=code.claim_key
    )
    with office.database.writing() as session:
        store_items(session, [item], first_position=next_position(session, mailbox.tip), day=message.day)


def test_a_topic_and_a_question_of_a_later_version_break_nothing(
    office: Office, tip: tuple[TipId, TrackingCode]
) -> None:
    message = Message("Hm.", office.clock.today(), "of-a-later-version", {"unheard-of": "its answer"})
    store_by_hand(office, tip[1], message)
    page = page_of(office, tip[0])
    for words in ("of-a-later-version", "unheard-of", "its answer", "Hm."):
        assert words in page


def test_markup_in_answers_topics_and_names_stays_text(
    office: Office, tip: tuple[TipId, TrackingCode]
) -> None:
    bad = "<script>x</script>"
    store_by_hand(office, tip[1], Message(bad, office.clock.today(), bad, {bad: bad, "source": bad}))
    assert bad not in page_of(office, tip[0])


def test_a_threat_an_objection_and_a_withdrawal_are_named(
    office: Office, tip: tuple[TipId, TrackingCode]
) -> None:
    mailbox, intake = mailbox_of(office, tip[1]), office.intake()
    add_message(mailbox, "He showed a knife.", intake, topic=Topic.THREAT)
    add_message(mailbox, "Not true.", intake, topic=Topic.OBJECTION)
    add_notice(mailbox, Topic.WITHDRAWAL, "", intake)
    add_notice(mailbox, Topic.CLOSED, "", intake)
    page = page_of(office, tip[0])
    urgent = page.split('<li class="message urgent">')[1].split("</li>")[0]
    assert page.count('class="message urgent"') == 1
    assert "举报人受到威胁" in urgent
    assert "He showed a knife." in urgent
    for words in ("异议", "Not true.", "举报人要求撤回", "信箱已永久关闭"):
        assert words in page


def test_answers_are_shown_with_their_questions(office: Office, tip: tuple[TipId, TrackingCode]) -> None:
    add_answers(
        mailbox_of(office, tip[1]),
        {"source": "saw told", "source_details": "From the quay."},
        office.intake(),
    )
    page = page_of(office, tip[0])
    assert "线索来源" in page
    assert "亲见亲闻 · 听人说" in page
    assert "From the quay." in page


def test_files_that_came_later_are_found_by_name_and_download(
    office: Office, tip: tuple[TipId, TrackingCode]
) -> None:
    file = office._stage(tip[0], "quay.jpg", PHOTO)
    add_files(mailbox_of(office, tip[1]), "The quay.", [file], "ab" * 8, office.intake())
    page = page_of(office, tip[0])
    entry = page.split('<ul class="files">')[1].split("</ul>")[0]
    assert "quay.jpg" in entry
    assert f"/tips/{tip[0].hex()}/files/{file.item.hex()}" in entry
    assert "补充文件" in page
    assert page.count(f'files/{file.item.hex()}"') == 1


def test_a_file_says_with_what_it_came(office: Office) -> None:
    tip, code = office.put_tip_with_code(files={"first.jpg": PHOTO})
    add_files(
        mailbox_of(office, code), "", [office._stage(tip, "later.jpg", PHOTO)], "ab" * 8, office.intake()
    )
    listed = page_of(office, tip).split('<ul class="files">')[1].split("</ul>")[0].split("<li>")
    assert "first.jpg" in listed[1]
    assert "第一次举报时交来" in listed[1]
    assert "later.jpg" in listed[2]
    assert f"随 {office.clock.today().isoformat()} 的消息交来" in listed[2]


def test_after_the_code_was_replaced_staff_read_on_as_before(
    office: Office, tip: tuple[TipId, TrackingCode]
) -> None:
    new = TrackingCode.generate()
    with office.database.writing() as session:
        replace_code(session, find_mailbox(session, tip[1]), tip[1], new)
    office.write_back(new, "Under the new code.")
    page = page_of(office, tip[0])
    assert "Under the new code." in page
    assert "Not genuine" not in page
    assert "不真实" not in page


def test_every_topic_question_and_choice_has_a_word_for_staff() -> None:
    assert TOPICS.keys() == {topic.value for topic in Topic} - {""}
    questions = [question for group in GROUPS for question in group.questions]
    assert [question.name for question in questions] == list(QUESTIONS)
    for question in questions:
        for value in question.choices or ():
            assert answer_words(question.name, value) != value
