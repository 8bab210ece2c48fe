"""tipline.tips.tags, and cards that carry them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.canonical import decode, encode
from crypto.errors import BadFormat
from tipline.tips.answers import Card
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.tags import MAX_TAG_CHARACTERS, MAX_TAGS, Tag, TagKind, decode_tags, encode_tags, fold, tidy

CARD = Card(Category.VICE, "u2", Official.NO, Urgency.NORMAL, 2, "en", date(2026, 3, 3))
PLATE = Tag(TagKind.PLATE, "苏A12345")
ITEM = "ab" * 16


@pytest.mark.parametrize(
    "tags",
    [
        [{"kind": "shoe", "text": "x"}],
        [{"kind": "plate", "text": ""}],
        [{"kind": "plate", "text": "x" * (MAX_TAG_CHARACTERS + 1)}],
        [{"kind": "plate", "text": 5}],
        [{"kind": "plate"}],
        [{"kind": "plate", "text": f"{number}"} for number in range(MAX_TAGS + 1)],
        "plate",
    ],
)
def test_what_is_no_list_of_tags_is_refused(tags: object) -> None:
    with pytest.raises(BadFormat):
        decode_tags(encode({"v": 1, "tags": tags}))
    with pytest.raises(BadFormat):
        Card.decode(encode(decode(CARD.encode()) | {"tags": tags}))


def test_a_card_without_tags_is_what_it_was_before_there_were_any() -> None:
    assert decode(CARD.encode()).keys() == {
        "v", "category", "unit", "official", "urgency", "files", "language", "day",
    }  # fmt: skip
    assert Card.decode(CARD.encode()) == CARD


@given(
    st.lists(
        st.builds(
            Tag,
            st.sampled_from(TagKind),
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=MAX_TAG_CHARACTERS),
        ),
        max_size=MAX_TAGS,
    )
)
def test_tags_come_back_as_they_were(tags: list[Tag]) -> None:
    assert decode_tags(encode_tags(tags)) == tuple(tags)
    tagged = Card(**{**vars(CARD), "tags": tuple(tags), "tagged": ITEM})
    assert Card.decode(tagged.encode()) == tagged


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("苏Ａ１２３４５", "苏A12345"), ("  Long\t Ge  ", "Long Ge"), ("a\u0000b", "a b"), (" \n ", "")],
)
def test_a_tag_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


def test_cases_and_widths_do_not_matter_when_tags_are_compared() -> None:
    assert fold("苏Ａ12345 STRASSE") == fold("苏a12345  straße")


def test_a_tags_text_is_not_shown_by_accident() -> None:
    assert "苏A" not in repr(PLATE)
