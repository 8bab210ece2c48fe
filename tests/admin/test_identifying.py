"""admin/replies/identifying.py: what in an answer would tell who somebody is."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.readings.thread import ThreadEntry, TipReading
from admin.replies.identifying import MAX_NAMES, Naming, find_names, names_of
from crypto.keys import Identity
from tipline.ids import ItemId, UnitId
from tipline.routing import Route
from tipline.tips.answers import Card, Message, TipText
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.tags import Tag, TagKind

DAY = date(2026, 3, 3)
ROUTE = Route(("intake",), ())
REPORTER = Identity.generate()


def reading(*texts: str, **answers: str) -> TipReading:
    """The tip's text, then what the reporter wrote later; the answers stand in a message of their own."""
    description, *later = texts or ("",)
    messages = [Message("", DAY, "answers", answers), *(Message(text, DAY) for text in later)]
    thread = tuple(ThreadEntry(ItemId(bytes(16)), "message", DAY, message) for message in messages)
    return TipReading(1, ROUTE, tip_text(description), thread)


def tip_text(description: str) -> TipText:
    return TipText(
        description=description,
        category=Category.OTHER,
        unit=UnitId(""),
        official=Official.NO,
        exclude=(),
        exclude_text="",
        urgency=Urgency.NORMAL,
        language="zh-Hans",
        received=datetime(2026, 3, 3, tzinfo=UTC),
        recipient=REPORTER.recipient,
        claim=bytes(32),
        route=ROUTE,
    )


def card(*tags: Tag) -> Card:
    return Card(Category.OTHER, "", Official.NO, Urgency.NORMAL, 0, "zh-Hans", DAY, tags)


@pytest.mark.parametrize(
    ("text", "kind", "hit"),
    [
        ("请拨打 13812345678", Naming.PHONE, "13812345678"),
        ("请拨打 138 1234 5678", Naming.PHONE, "13812345678"),
        ("１３８１２３４５６７８", Naming.PHONE, "13812345678"),
        ("座机 0871-65123456", Naming.PHONE, "087165123456"),
        ("身份证 530102199003071234", Naming.IDENTITY, "530102199003071234"),
        ("身份证 53010219900307123X", Naming.IDENTITY, "53010219900307123X"),
        ("车牌云A12345的车", Naming.PLATE, "云A12345"),
        ("车牌 云A·D12345", Naming.PLATE, "云AD12345"),
    ],
)
def test_numbers_that_name_people_are_found(text: str, kind: Naming, hit: str) -> None:
    (found,) = find_names(text, ())
    assert (found.kind, found.text) == (kind, hit)


@pytest.mark.parametrize(
    "text", ["110", "12345", "12388", "2026-03-03", "30 天内", "500,000 元", "条例第 12 条"]
)
def test_other_numbers_are_not(text: str) -> None:
    assert find_names(text, ()) == ()


@pytest.mark.parametrize(
    ("answers", "text"),
    [
        ({"who": "王二麻子，绰号刀疤"}, "我们正在找刀疤。"),
        ({"who": "王二麻子和李四"}, "李四已被传唤。"),
        ({"official_who": "Deputy head Zhang Wei"}, "We asked zhang about it."),
        ({"vehicle": "a black Lexus, 云A12345"}, "云a12345 was seen."),
    ],
)
def test_names_of_the_answers_are_found_in_the_reply(answers: dict[str, str], text: str) -> None:
    assert find_names(text, names_of(reading(**answers), card()))


def test_tags_are_names_however_they_are_written() -> None:
    names = names_of(
        reading(), card(Tag(TagKind.NICKNAME, "scarface"), Tag(TagKind.COMPANY, "Golden Dragon"))
    )
    assert [hit.text for hit in find_names("Ask SCARFACE.", names)] == ["scarface"]
    assert find_names("The golden dragon sells gravel.", names)
    assert find_names("Scarfaces are many.", names) == ()


def test_answers_that_name_nobody_are_not_looked_at() -> None:
    assert names_of(reading(what="They burnt the Shop", money="Five Thousand"), card()) == ()


@pytest.mark.parametrize(
    ("text", "answer", "hit"),
    [
        ("那个人叫刘黑子，在村口收钱。", "我们知道刘黑子。", "刘黑子"),
        ("有个叫王二的带人来打。", "王二已被传唤。", "王二"),
        ("外号“铁头”的砂场老板", "铁头的砂场", "铁头"),
        ("姓名：欧阳建国", "欧阳建国的事", "欧阳建国"),
        ("A man called Zhou Ping came.", "We asked zhou.", "Zhou"),
        ("They say he is nicknamed Scarface.", "Scarface is known.", "Scarface"),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_names_that_the_reporters_own_texts_announce_are_found(
    text: str, answer: str, hit: str, later: bool
) -> None:
    texts = ("", text) if later else (text,)
    assert [found.text for found in find_names(answer, names_of(reading(*texts), card()))] == [hit]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("他叫我们别说，叫人来打。", "我们会处理，别说出去。"),
        ("He called the police, and the road is named after a hill.", "The police looks into the road."),
        ("刘黑子在村口收钱。", "刘黑子的事我们在查。"),  # nothing announces it
    ],
)
def test_what_no_word_announces_as_a_name_is_not_taken_for_one(text: str, answer: str) -> None:
    assert find_names(answer, names_of(reading(text), card())) == ()


def test_an_ordinary_answer_passes() -> None:
    names = names_of(reading(who="The man with the red car and his brother"), card())
    assert find_names("We look into it. Thank you for the report, and come back in a week.", names) == ()


@given(st.text(max_size=400), st.lists(st.text(max_size=30), max_size=8))
def test_no_text_breaks_it(text: str, names: list[str]) -> None:
    find_names(text, names)
    assert len(names_of(reading(who=text), card())) <= MAX_NAMES


@given(st.from_regex(r"[A-Z][a-z]{3,12}", fullmatch=True))
def test_whatever_name_an_answer_has_is_found_again(name: str) -> None:
    assert name in [
        hit.text for hit in find_names(f"It was {name}, they say.", names_of(reading(who=name), card()))
    ]
