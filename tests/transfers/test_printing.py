"""Documents from a process of their own: nothing is fetched, nothing acts, nothing tells an hour."""

import re
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader

from tipline.confined.process import ConfinedProcess
from tipline.transfers import printing
from tipline.transfers.blocks import Block, Style, printable
from tipline.transfers.errors import CannotPrint
from tipline.transfers.print_child import MEMORY_BYTES
from tipline.transfers.printing import Printer

LETTER = (
    Block(Style.TITLE, "线索移送函"),
    Block(Style.NUMBER, "移送〔2026〕1号"),
    Block(Style.BODY, '=cmd|"/c calc"!A1 <w:p/> & {MERGEFIELD x}'),
)


@pytest.fixture
def printer(tmp_path: Path) -> Printer:
    return Printer(tmp_path)


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/hostname">',
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E">',
        '<link rel="attachment" href="file:///etc/hostname">',
        '<link rel="stylesheet" href="file:///etc/hostname"><style>@import url("file:///etc/hostname")</style>',
        '<object data="file:///etc/hostname"></object>',
    ],
)
def test_nothing_outside_the_page_is_read(printer: Printer, markup: str) -> None:
    pdf = printer.pdf(f"<p>Words</p>{markup}", "", "reviewer-a")
    reader = PdfReader(BytesIO(pdf))
    assert reader.pages[0].extract_text().strip() == "Words"
    assert "/EmbeddedFiles" not in reader.root_object.get("/Names", {})
    assert [image for page in reader.pages for image in page.images] == []


def test_a_document_that_cannot_be_made_is_a_plain_error(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "SECONDS", 0.0)
    with pytest.raises(CannotPrint):
        printer.pdf("<p>Words</p>", "", "reviewer-a")
    monkeypatch.setattr(printing, "SECONDS", 60.0)
    monkeypatch.setattr(printing, "CHILD", "tipline.transfers.nothing")
    with pytest.raises(CannotPrint):
        printer.pdf("<p>Words</p>", "", "reviewer-a")


def limits(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/limits").read_text("ascii").splitlines()[1:]
    return {line[:26].strip(): line[26:].split()[0] for line in lines}


def test_the_printing_process_writes_no_file_and_takes_no_more_memory_than_its_own() -> None:
    with ConfinedProcess(60.0, printing.CHILD) as process:
        for _ in range(600):  # until it has confined itself, which is the first thing it does
            if limits(process.pid)["Max file size"] == "0":
                break
            time.sleep(0.05)
        # It waits for its order now.
        assert limits(process.pid)["Max file size"] == "0"
        assert limits(process.pid)["Max data size"] == str(MEMORY_BYTES)
        assert limits(process.pid)["Max core file size"] == "0"


def test_a_pdf_holds_chinese_and_tells_no_hour_and_no_program_of_ours(printer: Printer) -> None:
    pdf = printer.pdf("<p>采石场被一伙人控制。</p>", "", "reviewer-a")
    reader = PdfReader(BytesIO(pdf))
    assert "采石场被一伙人控制。" in reader.pages[0].extract_text()
    assert set(reader.metadata or {}) == {"/Producer"}
    for word in (b"/JavaScript", b"/OpenAction", b"/AA", b"/Launch", b"/URI", b"CreationDate"):
        assert word not in pdf


def test_a_docx_is_text_and_nothing_else(printer: Printer) -> None:
    data = printer.docx(LETTER, "zh-CN", "reviewer-a")
    document = Document(BytesIO(data))
    assert [paragraph.text for paragraph in document.paragraphs] == [block.text for block in LETTER]
    with zipfile.ZipFile(BytesIO(data)) as parts:
        names = parts.namelist()
        main = parts.read("word/document.xml").decode()
    assert not [name for name in names if "vba" in name.lower() or "embed" in name.lower()]
    assert not re.search(r"w:(fldChar|fldSimple|instrText|hyperlink|object|altChunk)", main)


def test_a_docx_names_nobody_and_no_hour(printer: Printer) -> None:
    data = printer.docx(LETTER, "zh-CN", "reviewer-a")
    properties = Document(BytesIO(data)).core_properties
    for name in ("author", "last_modified_by", "title", "subject", "comments", "keywords", "category"):
        assert getattr(properties, name) == ""
    with zipfile.ZipFile(BytesIO(data)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = parts.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"1980-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x1bc\x7f\x85", "abc"),
        ("right\u202eleft\u2066x", "rightleftx"),
        ("half \ud800 pair", "half  pair"),
        ("\ufffe\uffff", ""),
        ("one\r\ntwo\tthree", "one\ntwo\tthree"),
        ("采石场😀", "采石场😀"),
    ],
)
def test_what_no_document_may_hold_is_left_out(text: str, kept: str) -> None:
    assert printable(text) == kept
