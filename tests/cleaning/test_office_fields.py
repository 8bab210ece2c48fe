"""tipline/cleaning/office_fields.py: a field keeps its result, and loses a code that tells too much."""

import pytest

from tests.cleaning.documents import package
from tests.cleaning.inside import hidden, seen
from tests.cleaning.test_office import cleaned, part, refused
from tipline.cleaning.office_fields import tells_too_much
from tipline.confined.types import Reason

BEGIN, BETWEEN, END = (
    f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
)


def code(*pieces: str) -> str:
    return "".join(f'<w:r><w:instrText xml:space="preserve">{piece}</w:instrText></w:r>' for piece in pieces)


def field(*pieces: str) -> str:
    return f"{BEGIN}{code(*pieces)}{BETWEEN}<w:r><w:t>SEENRESULT</w:t></w:r>{END}"


def document(inner: str) -> bytes:
    return package({"word/document.xml": f"<w:document><w:p>{inner}</w:p></w:document>"})


def told(inner: str) -> str:
    return part(cleaned(document(inner)), "word/document.xml").decode()


def test_a_code_that_other_fields_make_keeps_the_file_as_it_is() -> None:
    made = f"{BEGIN}{code(' INCLUDETEXT ')}{field(' PAGE ')}{code(' HIDDENNAME')}{BETWEEN}{END}"
    assert refused(document(made)).reason is Reason.KIND


@pytest.mark.parametrize(
    "instruction",
    [
        ' INCLUDEPICTURE "C:\\\\Users\\\\HIDDENUSER\\\\a.jpg" \\d',
        ' HYPERLINK "file:///C:/Users/HIDDENUSER/a.docx" ',
        ' HYPERLINK "HIDDENFOLDER/a.docx" ',
        ' LINK Excel.Sheet.12 "HIDDENBOOK" "S!A1" \\a',
        ' AUTHOR "HIDDENNAME" \\* MERGEFORMAT ',
        " AUTHOR HIDDENNAME ",
        " ADDIN EN.CITE HIDDENLIBRARY",
        ' QUOTE "D:\\HIDDENFOLDER"',
        ' IF 1=1 "\\\\\\\\HIDDENSERVER\\\\a" ""',
        " HIDDENKIND",
        " 5 HIDDENNUMBER",
    ],
)
def test_a_code_that_tells_of_a_disk_or_a_person_is_gone_and_its_result_stays(instruction: str) -> None:
    middle = instruction.index("HIDDEN") + 3
    split = field(instruction[:9], instruction[9:middle], instruction[middle:])
    for before in (field(instruction), split, BEGIN + code(instruction)):
        after = cleaned(document(before + "<w:t>SEENTEXT</w:t>"))
        assert hidden(after) == set()
        assert "DEN" not in part(after, "word/document.xml").decode()
        assert seen(after) >= {"SEENTEXT"}
    assert "SEENRESULT" in told(split)
    assert "fldChar" not in told(split)


@pytest.mark.parametrize(
    "instruction",
    [
        " PAGE ",
        ' TOC \\o "1-3" \\h \\z \\u ',
        " PAGEREF _Toc1 \\h ",
        ' HYPERLINK "https://example.org/a" \\o "tip" ',
        ' HYPERLINK \\l "place" ',
        " HYPERLINK mailto:a@example.org ",
        " AUTHOR  \\* MERGEFORMAT ",
        " FILENAME \\p ",
        ' CREATEDATE \\@ "d MMMM yyyy" ',
        " =SUM(ABOVE) ",
        ' SYMBOL 97 \\f "Wingdings" ',
        "",
    ],
)
def test_an_ordinary_field_is_copied(instruction: str) -> None:
    before = field(instruction[:3], instruction[3:])
    assert told(before) == f"<w:document><w:p>{before}</w:p></w:document>"


def test_a_field_around_a_field_that_tells_too_much_stays() -> None:
    before = f"{BEGIN}{code(' TOC ')}{BETWEEN}{field(' LINK ', 'HIDDENBOOK')}{END}"
    after = told(before)
    assert "HIDDEN" not in after
    assert "SEENRESULT" in after
    assert after.count("fldChar ") == 3


def test_a_code_outside_of_any_field_is_gone() -> None:
    assert "HIDDEN" not in told(code(" PAGE HIDDENNAME") + "<w:t>a</w:t>")
    assert "HIDDEN" not in told(f"{field(' PAGE ')}<w:delInstrText>HIDDENNAME</w:delInstrText>")


def test_a_simple_field_that_tells_too_much_is_locked_and_says_nothing() -> None:
    before = '<w:fldSimple w:instr=" AUTHOR HIDDENNAME"><w:t>SEENRESULT</w:t></w:fldSimple>'
    assert told(before) == (
        '<w:document><w:p><w:fldSimple w:instr=" QUOTE " w:fldLock="1"><w:t>SEENRESULT</w:t>'
        "</w:fldSimple></w:p></w:document>"
    )


def test_a_simple_field_that_tells_nothing_is_copied() -> None:
    before = '<w:fldSimple w:instr=" PAGE "><w:t>1</w:t></w:fldSimple>'
    assert before in told(before)


def test_the_data_that_a_program_hides_in_a_field_is_gone() -> None:
    data = '<w:fldChar w:fldCharType="begin"><w:fldData>HIDDENDATA</w:fldData></w:fldChar>'
    assert "HIDDEN" not in told(data + code(" PAGE ") + END)


def test_no_code_tells_nothing() -> None:
    assert not tells_too_much("  ")


def test_a_field_in_a_dropped_element_does_not_shift_the_count() -> None:
    dropped = f"<w:docVars>{field(' PAGE ')}</w:docVars>"
    after = told(dropped + field(" PAGE ") + field(" LINK HIDDENBOOK"))
    assert "HIDDEN" not in after
    assert after.count(" PAGE ") == 1
