"""tipline.accused.record, tags and clearing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.canonical import decode, encode
from crypto.errors import BadFormat
from tipline.accused.clearing import is_cleared
from tipline.accused.marks import code_of
from tipline.accused.record import (
    MAX_CORRECTION,
    MAX_NUMBER,
    MAX_PEOPLE,
    MAX_POSITION,
    MAX_SPELLING,
    MAX_SPELLINGS,
    AccusedPerson,
    AccusedRecord,
    next_number,
)
from tipline.accused.tags import alias_in_tag, holds_alias, say_aliases, without_names
from tipline.deadlines import Clocks
from tipline.ids import TipId
from tipline.tips.case_file import CaseFile
from tipline.tips.moves import Outcome, TipState
from tipline.tips.tags import MAX_TAG_CHARACTERS, Tag, TagKind

TIP = TipId(bytes(range(16)))
DAY = date(2026, 3, 3)


def person(number: int = 1, *spellings: str) -> AccusedPerson:
    return AccusedPerson(code_of(TIP, number), number, spellings or ("王老虎",), "村主任", "名字写错")


RECORD = AccusedRecord((person(), person(2, "李四", "小李")), DAY)
ONE = decode(RECORD.encode())["people"][0]


@pytest.mark.parametrize(
    "people",
    [
        [{**ONE, "number": 0}],
        [{**ONE, "number": MAX_NUMBER + 1}],
        [{**ONE, "number": True}],
        [{**ONE, "number": "1"}],
        [ONE, ONE],
        [{**ONE, "spellings": []}],
        [{**ONE, "spellings": [""]}],
        [{**ONE, "spellings": [5]}],
        [{**ONE, "spellings": ["x" * (MAX_SPELLING + 1)]}],
        [{**ONE, "spellings": ["x"] * (MAX_SPELLINGS + 1)}],
        [{**ONE, "position": "x" * (MAX_POSITION + 1)}],
        [{**ONE, "position": 5}],
        [{**ONE, "correction": "x" * (MAX_CORRECTION + 1)}],
        [{**ONE, "code": "A1"}],
        [{"number": 1}],
        [{**ONE, "number": number} for number in range(1, MAX_PEOPLE + 2)],
        "people",
        {"one": ONE},
    ],
)
def test_what_are_no_names_is_refused(people: object) -> None:
    with pytest.raises(BadFormat):
        AccusedRecord.decode(encode({"v": 1, "people": people, "day": "2026-03-03"}), TIP)


@pytest.mark.parametrize("changes", [{"v": 2}, {"day": "yesterday"}, {"day": 5}, {"more": "x"}])
def test_an_item_of_another_shape_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadFormat):
        AccusedRecord.decode(encode({**decode(RECORD.encode()), **changes}), TIP)


@given(
    st.lists(
        st.builds(
            person,
            st.integers(1, MAX_NUMBER),
            st.text(st.characters(codec="utf-8"), min_size=1, max_size=MAX_SPELLING),
        ),
        max_size=MAX_PEOPLE,
        unique_by=lambda one: one.number,
    )
)
def test_names_come_back_as_they_were(people: list[AccusedPerson]) -> None:
    record = AccusedRecord(tuple(people), DAY)
    assert AccusedRecord.decode(record.encode(), TIP) == record


def test_the_alias_is_the_tips_and_stands_in_no_item() -> None:
    assert RECORD.people[0].code.encode() not in RECORD.encode()
    elsewhere = AccusedRecord.decode(RECORD.encode(), TipId(bytes(16)))
    assert [one.code for one in elsewhere.people] != [one.code for one in RECORD.people]


def test_two_people_of_one_tip_never_have_the_same_alias() -> None:
    people: list[AccusedPerson] = []
    for _ in range(400):  # of 2,376 codes: by chance alone some would meet
        people.append(person(next_number(people, TIP)))
    assert len({one.code for one in people}) == 400


def test_a_person_is_not_shown_by_accident() -> None:
    assert "王老虎" not in repr(RECORD) + repr(RECORD.people[0])


# ------------------------------------------------------------------ tags


def nickname(text: str) -> Tag:
    return Tag(TagKind.NICKNAME, text)


def test_a_tag_holds_an_alias_in_place_of_a_marked_name() -> None:
    marks = [one.mark for one in RECORD.people]
    first, second = (alias_in_tag(one.code) for one in RECORD.people)
    tags = without_names(
        [nickname("王老虎的弟弟"), nickname("小李"), nickname("李四"), nickname("Scar")], marks
    )
    assert [tag.text for tag in tags] == [f"{first}的弟弟", second, "Scar"]
    assert [holds_alias(tag) for tag in tags] == [True, True, False]
    assert say_aliases(tags[0].text, lambda code: f"<{code}>") == f"<{RECORD.people[0].code}>的弟弟"


def test_a_tag_that_would_grow_too_long_is_the_alias_alone() -> None:
    full = nickname("x" * (MAX_TAG_CHARACTERS - 3) + "王老虎")
    (tag,) = without_names([full], [RECORD.people[0].mark])
    assert tag.text == alias_in_tag(RECORD.people[0].code)


# ------------------------------------------------------------------ clearing


@pytest.mark.parametrize("state", list(TipState))
@pytest.mark.parametrize("outcome", ["", *Outcome])
def test_nobody_stands_cleared_before_two_people_found_that_it_is_not_established(
    state: TipState, outcome: str
) -> None:
    case = replace(CaseFile.opened(DAY, Clocks()), state=state, outcome=str(outcome))
    confirmed = state in (TipState.FEEDBACK, TipState.CLOSED, TipState.REVIEW)
    assert is_cleared(case) is (confirmed and outcome == Outcome.NOT_ESTABLISHED)
