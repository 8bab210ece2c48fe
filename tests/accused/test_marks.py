"""tipline.accused.marks: a marked name does not stay in a text, however it is written there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipline.accused.marks import Mark, code_of, folded, hide, marked_in
from tipline.ids import TipId

TIGER = Mark("A3", ("王老虎", "Wang Laohu"))
LI = Mark("B7", ("Li",))


def shown(text: str, *marks: Mark) -> str:
    return hide(text, marks or (TIGER,), lambda code: f"<{code}>")


@pytest.mark.parametrize(
    "written",
    [
        "王老虎",
        "王 老 虎",
        "王　老\n虎",
        "王\u200b老\u2060虎",
        "王\ufe00老虎",
        "王·老虎",
        "WANG LAOHU",
        "wanglaohu",
        "Ｗａｎｇ　Ｌａｏｈｕ",
        "Wáng Lǎohǔ",
        "Wa\u0301ng Laohu",
        "Wang-Laohu".replace("-", "\u00ad"),
    ],
)
def test_a_name_is_hidden_however_it_is_written(written: str) -> None:
    assert shown(f"昨天{written}来了") == "昨天<A3>来了"


def test_what_stands_around_a_name_stays() -> None:
    assert shown("  a 王 老虎 b  ") == "  a <A3> b  "
    assert shown("nobody at all") == "nobody at all"
    assert shown("王老") == "王老"


def test_a_name_inside_another_word_is_hidden_too_unless_it_is_a_short_latin_one() -> None:
    assert shown("Wanglaohus") == "<A3>s"
    assert shown("I believe Li, but not Lily or ALI; li.", LI) == "I believe <B7>, but not Lily or ALI; <B7>."


def test_of_names_that_overlap_the_longest_is_said_and_no_letter_of_either_stays() -> None:
    longer, other = Mark("C1", ("王老虎的哥",)), Mark("D2", ("哥哥张",))
    assert shown("王老虎的哥", TIGER, longer) == "<C1>"
    assert shown("王老虎的哥哥张", TIGER, longer, other) == "<C1>"


def test_two_people_beside_each_other_are_two() -> None:
    other = Mark("B2", ("李四",))
    assert shown("王老虎李四", TIGER, other) == "<A3><B2>"
    assert shown("老板王老虎", Mark("A3", ("老板", "王老虎"))) == "<A3>"
    assert marked_in("李四和王老虎和李四", (TIGER, other)) == ["B2", "A3", "B2"]


def test_one_letter_hides_nothing() -> None:
    assert shown("王王", Mark("A1", ("王",))) == "王王"


@given(
    name=st.text("王老虎李张Wangéß·", min_size=2, max_size=8),
    text=st.text("王老虎李张Wangéß· \u3000\u200b\nxyz", max_size=60),
    at=st.integers(0, 60),
)
def test_no_marked_name_of_two_letters_or_more_is_left(name: str, text: str, at: int) -> None:
    plain = folded(name)
    if len(plain) < (4 if plain.isascii() else 2):
        return
    hidden = hide(text[:at] + name + text[at:], [Mark("A3", (name,))], lambda _code: "<>")
    assert "<>" in hidden
    assert all(plain not in folded(part) for part in hidden.split("<>"))


def test_a_person_keeps_an_alias_and_another_tip_gives_another() -> None:
    tip, other = TipId(bytes(16)), TipId(bytes([1] * 16))
    assert code_of(tip, 1) == code_of(tip, 1)
    assert len({code_of(one, number) for one in (tip, other) for number in (1, 2, 3)}) > 4


def test_a_spelling_is_not_shown_by_accident() -> None:
    assert "王老虎" not in repr(TIGER)
