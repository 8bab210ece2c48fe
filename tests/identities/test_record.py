"""A record holds what somebody wrote, no card number, and never so much that its size tells anything."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.canonical import decode, encode
from crypto.errors import BadFormat
from crypto.padding import TEXT_FLOOR
from tests.identities.test_card_numbers import CARD
from tipline.identities.errors import FieldTooLong, HoldsIdentityNumber, NothingLeft
from tipline.identities.record import FIELDS, MAX_FIELD_BYTES, IdentityRecord

DAY = date(2026, 3, 3)
RECORD = IdentityRecord("李娜", "13800138000", "晚上八点后", DAY, "在镇中学教书")
STORED: dict[str, Any] = decode(RECORD.encode())


@pytest.mark.parametrize("typed", [{}, {"name": " \n", "contact": "\t"}, {"other": "Li"}])
def test_a_record_says_something(typed: dict[str, str]) -> None:
    with pytest.raises(NothingLeft):
        IdentityRecord.checked(typed, DAY)


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_holds_a_card_number_or_too_much(field: str) -> None:
    for text, refusal in ((f"我 {CARD}", HoldsIdentityNumber), ("x" * (MAX_FIELD_BYTES + 1), FieldTooLong)):
        with pytest.raises(refusal) as refused:
            IdentityRecord.checked({field: text}, DAY)
        assert refused.value.field == field
        assert text not in repr(refused.value)


@pytest.mark.parametrize(
    "change", [{"v": 2}, {"name": 1}, {"day": "soon"}, {"day": 3}, {"more": ""}, {"safely": ["x"]}]
)
def test_another_form_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadFormat):
        IdentityRecord.decode(encode({**STORED, **change}))


def test_a_record_from_before_there_were_details_is_read() -> None:
    before = {key: value for key, value in STORED.items() if key != "details"}
    assert IdentityRecord.decode(encode(before)).details == ""
    assert "details" not in decode(IdentityRecord("李娜", "", "", DAY).encode())


@pytest.mark.parametrize("name", sorted(STORED.keys() - {"details"}))
def test_a_missing_field_is_refused(name: str) -> None:
    with pytest.raises(BadFormat):
        IdentityRecord.decode(encode({key: value for key, value in STORED.items() if key != name}))


def test_a_record_is_not_shown_by_accident() -> None:
    assert "李娜" not in repr(RECORD)
    assert "13800138000" not in f"{RECORD}"


@given(st.fixed_dictionaries({field: st.text(max_size=40) for field in FIELDS}))
def test_what_was_typed_comes_back(typed: dict[str, str]) -> None:
    try:
        record = IdentityRecord.checked(typed, DAY)
    except (NothingLeft, HoldsIdentityNumber):
        return
    assert record.words() == {field: text.strip() for field, text in typed.items() if text.strip()}
    again = IdentityRecord.decode(record.encode())
    assert (again.words(), again.day) == (record.words(), DAY)


@pytest.mark.parametrize("letter", ["x", "举"])
def test_the_fullest_record_has_room_in_the_smallest_size(letter: str) -> None:
    text = letter * (MAX_FIELD_BYTES // len(letter.encode()))
    full = IdentityRecord.checked(dict.fromkeys(FIELDS, text), DAY)
    assert len(full.encode()) < TEXT_FLOOR - 512  # what the item's header and the padding's trailer take
