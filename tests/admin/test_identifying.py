"""admin/replies/identifying.py: what in an answer would tell who somebody is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.readings.thread import ThreadEntry, TipReading
from admin.replies.identifying import MAX_NAMES, Naming, find_names, names_of
from tipline.ids import ItemId
from tipline.routing import Route
from tipline.tips.answers import Card, Message
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.tags import Tag, TagKind

DAY = date(2026, 3, 3)


def reading(**answers: str) -> TipReading:
    message = Message("", DAY, "answers", answers)
    thread = (ThreadEntry(ItemId(bytes(16)), "message", DAY, message),)
    return TipReading(1, Route(("intake",), ()), None, thread)  # type: ignore[arg-type]  # no text is looked at


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
