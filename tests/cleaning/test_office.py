"""tipline/cleaning/office.py: text, tables and pictures stay, what programs and people left goes."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest

from tests.cleaning import documents, pictures
from tests.cleaning.conftest import Clean
from tests.cleaning.documents import package, relation
from tests.cleaning.inside import everything, hidden, seen
from tipline.cleaning.office import clean_office
from tipline.confined.errors import CannotRead, Dangerous
from tipline.confined.types import Reason

LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    "<w:document>&c;</w:document>"
)


def cleaned(file: bytes) -> bytes:
    return clean_office(io.BytesIO(file)).getvalue()


def refused(file: bytes) -> CannotRead:
    with pytest.raises(CannotRead) as error:
        cleaned(file)
    return error.value


def part(file: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return archive.read(name)


def names(file: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize(
    "make",
    [
        lambda: package({"word/document.xml": LAUGHS}),
        lambda: package({"word/document.xml": '<!DOCTYPE w SYSTEM "file:///etc/passwd"><w:document/>'}),
        lambda: package(
            {"word/document.xml": "<w:document>" + "<w:t>" * 5_000 + "</w:t>" * 5_000 + "</w:document>"}
        ),
        lambda: package({"word/document.xml": b"<w:document>" + b"<w:p/>" * 12_000_000 + b"</w:document>"}),
        lambda: package({f"word/{number}.xml": b"" for number in range(5_001)}),
    ],
    ids=["billion laughs", "another file", "deep", "growing", "parts without end"],
)
def test_an_office_file_made_to_burst_its_reader_is_refused(clean: Clean, make: Callable[[], bytes]) -> None:
    with pytest.raises(Dangerous):
        clean(make(), documents.DOCX)


def test_a_package_with_a_password_keeps_its_hidden_data() -> None:
    file = bytearray(package({}))
    for start in (b"PK\x01\x02", b"PK\x03\x04"):
        at = file.find(start) + (8 if start == b"PK\x01\x02" else 6)
        file[at] |= 1
    assert refused(bytes(file)).reason is Reason.ENCRYPTED


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("vbaProject", "vbaProject.bin"),
        ("oleObject", "embeddings/oleObject1.bin"),
        ("image", "media/image1.emf"),
        ("aFChunk", "afchunk.htm"),
        ("connections", "connections.xml"),
        ("richValueRel", "richValueRel.xml"),
    ],
)
def test_a_part_that_nothing_here_cleans_keeps_the_file_as_it_is(kind: str, name: str) -> None:
    file = package({f"word/{name}": b"<a/>"}, relation("rId9", kind, name))
    assert refused(file).reason is Reason.KIND


def test_markup_in_letters_that_we_do_not_read_keeps_the_file_as_it_is() -> None:
    file = package(
        {"word/document.xml": '<?xml version="1.0" encoding="UTF-16"?><w:document/>'.encode("utf-16")}
    )
    assert refused(file).reason is Reason.KIND


def test_a_picture_inside_that_would_burst_its_reader_refuses_the_file() -> None:
    file = package(
        {"word/media/image1.png": pictures.png_of(50_000, 50_000)},
        relation("rId9", "image", "media/image1.png"),
    )
    assert isinstance(refused(file), Dangerous)


def test_a_package_that_is_broken_is_damaged(clean: Clean) -> None:
    for file in (
        package({})[:300],
        package({"word/document.xml": "<w:document>"}),
        b"PK\x03\x04" + b"x" * 99,
    ):
        assert refused(file).reason is Reason.DAMAGED


def test_nothing_hidden_is_left_in_a_text_document(clean: Clean) -> None:
    before = documents.text_document()
    assert {"HIDDENAUTHOR", "HIDDENRSID", "HIDDENREVIEWER", "HIDDENINITIALS", "HIDDENMAKE"} <= hidden(before)
    after = clean(before, documents.DOCX)
    assert hidden(after) == set()
    assert seen(after) == seen(before) == {"SEENTEXT", "SEENMORE", "SEENCOMMENT"}
    opened = docx.Document(io.BytesIO(after))
    assert [paragraph.text for paragraph in opened.paragraphs][:1] == ["SEENTEXTSEENMORE"]
    assert len(opened.inline_shapes) == 1
    assert not {name for name in names(after) if name.startswith(("docProps", "customXml"))}


def test_nothing_hidden_is_left_in_a_workbook(clean: Clean) -> None:
    before = documents.workbook()
    assert {"HIDDENAUTHOR", "HIDDENREVIEWER", "HIDDENMAKE"} <= hidden(before)
    after = clean(before, documents.XLSX)
    assert hidden(after) == set()
    assert seen(after) == seen(before)
    sheet = openpyxl.load_workbook(io.BytesIO(after))["SEENSHEET"]
    assert (sheet["A1"].value, sheet["A1"].comment.text) == ("SEENCELL", "SEENCOMMENT")
    assert len(sheet._images) == 1


def test_nothing_hidden_is_left_in_a_presentation(clean: Clean, tmp_path: Path) -> None:
    before = documents.presentation(tmp_path)
    assert {"HIDDENAUTHOR", "HIDDENFILENAME", "HIDDENMAKE"} <= hidden(before)
    after = clean(before, documents.PPTX)
    assert hidden(after) == set()
    assert seen(after) == seen(before)
    slide = pptx.Presentation(io.BytesIO(after)).slides[0]
    assert [shape.has_chart for shape in slide.shapes] == [False, False, True]
    book = slide.shapes[2].chart.part.chart_workbook.xlsx_part
    assert openpyxl.load_workbook(io.BytesIO(book.blob)).properties.creator != "HIDDENAUTHOR"


def test_a_package_tells_no_day_no_system_and_no_remark() -> None:
    after = cleaned(package({}))
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        entries = archive.infolist()
        assert archive.comment == b""
    assert {(entry.date_time, entry.create_system, entry.extra, entry.comment) for entry in entries} == {
        ((1980, 1, 1, 0, 0, 0), 0, b"", b"")
    }
    assert hidden(after) == set()


def test_a_part_that_nothing_leads_to_is_gone() -> None:
    after = cleaned(package({"word/media/stray.jpg": pictures.jpeg(), "HIDDENPART.xml": "<a/>"}))
    assert names(after) == {"[Content_Types].xml", "_rels/.rels", "word/document.xml"}


def test_what_stands_around_a_package_is_gone() -> None:
    assert hidden(cleaned(b"GIF89aHIDDENPICTURE" + package({}))) == set()


@pytest.mark.parametrize(
    ("kind", "name"),
    [("people", "people.xml"), ("customXml", "../customXml/item1.xml"), ("printerSettings", "printer.bin")],
)
def test_people_printers_and_notes_of_programs_are_left_out(kind: str, name: str) -> None:
    types = '<Override PartName="/word/people.xml" ContentType="x/HIDDENTYPE"/>'
    file = package(
        {f"word/{name}".replace("word/../", ""): "<a>HIDDENPERSON</a>"}, relation("rId9", kind, name), types
    )
    after = cleaned(file)
    assert hidden(after) == set()
    assert b"rId9" not in everything(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '<w:ins w:id="1" w:author="HIDDENNAME" w:date="2026-01-02T03:04:05Z"/>',
            '<w:ins w:id="1" w:author="Author"/>',
        ),
        ('<w:comment w:initials="HIDDEN"/>', '<w:comment w:initials="A"/>'),
        ('<w:r w:rsidR="00AABBCC" w:rsidRPr="00AABBCC"><w:b/></w:r>', "<w:r><w:b/></w:r>"),
        (
            '<w:settings><w:rsids><w:rsid w:val="1"/><w:rsid/></w:rsids><w:b/></w:settings>',
            "<w:settings><w:b/></w:settings>",
        ),
        ('<a><x15ac:absPath url="C:\\HIDDEN\\"/><b/></a>', "<a><b/></a>"),
        (
            '<p:cmAuthor id="1" name="HIDDEN" initials="H"/>',
            '<p:cmAuthor id="1" name="Author" initials="A"/>',
        ),
        ('<pic:cNvPr id="0" name="HIDDEN.jpg" descr="C:\\HIDDEN"/>', '<pic:cNvPr id="0" name="" descr=""/>'),
        ('<wp:docPr id="1" name="Picture 1" descr="he/she"/>', None),
        ('<c r="A1" t="s"><v>1 &lt; 2 &amp; "3"</v></c>', None),
        ('<w:t xml:space="preserve"> a\n\t<![CDATA[<b/>]]> &#x4e2d;</w:t>', None),
        ('<a/><!-- HIDDEN > --><b/><?HIDDEN x="1"?><c>1</c>', "<a/><b/><c>1</c>"),
        ('<w:link w:tooltip="C:\\HIDDEN"/>', '<w:link w:tooltip=""/>'),
        (
            '<hyperlink ref="A1" location="\\\\HIDDEN\\a" display="file:///C:/HIDDEN"/>',
            '<hyperlink ref="A1" location="" display=""/>',
        ),
        ('<numFmt formatCode="h:\\ mm" name="https://e.org/a:/b"/>', None),
        (
            '<x:presenceInfo userId="S::HIDDEN@e.org" providerId="AD"/>',
            '<x:presenceInfo userId="Author" providerId="None"/>',
        ),
        ('<p228:user userId="S::HIDDEN@e.org"/>', '<p228:user userId="Author"/>'),
        ('<protectedRange name="a" securityDescriptor="HIDDEN"/>', '<protectedRange name="a"/>'),
        (
            '<a><customWorkbookViews><b name="HIDDEN"/></customWorkbookViews><customSheetViews/></a>',
            "<a></a>",
        ),
        (
            '<a><definedName name="Z_HIDDEN_.wvu.Rows">1</definedName><b/></a>',
            "<a><b/></a>",
        ),
        ('<w:sdtPr><w:dataBinding w:xpath="HIDDEN"/><w:b/></w:sdtPr>', "<w:sdtPr><w:b/></w:sdtPr>"),
        (
            "<externalBook><sheetNames/><sheetDataSet><v>HIDDEN</v></sheetDataSet></externalBook>",
            "<externalBook><sheetNames/></externalBook>",
        ),
        ('<row date="2026-01-02"/>', None),
        (
            '<a w:author="&quot;&lt;HIDDEN&amp;" b="&quot;&#10;&lt;&amp;>"/>',
            '<a w:author="Author" b="&quot;&#10;&lt;&amp;&gt;"/>',
        ),
        (
            '<a><w:p w14:paraId="0AB1"/><w15:c w15:paraIdParent="0AB1"/></a>',
            '<a><w:p w14:paraId="00000001"/><w15:c w15:paraIdParent="00000001"/></a>',
        ),
    ],
)
def test_a_tag_loses_what_is_hidden_and_keeps_the_rest(before: str, after: str | None) -> None:
    file = package({"word/document.xml": f"<root>{before}</root>"})
    assert (
        part(cleaned(file), "word/document.xml").decode()
        == f"<root>{before if after is None else after}</root>"
    )


def test_the_path_of_somebodys_disk_is_gone_and_a_web_address_stays() -> None:
    links = "".join(
        relation(f"rId{number}", "hyperlink", target, "External")
        for number, target in enumerate(
            ["file:///C:/HIDDENUSER/a.docx", "..\\HIDDENFOLDER\\b", "https://example.org/SEENLINK"]
        )
    )
    after = cleaned(package({}, links))
    assert (hidden(after), seen(after)) == (set(), {"SEENLINK", "SEENTEXT"})


def test_what_is_loaded_from_elsewhere_is_not_named() -> None:
    loaded = "".join(
        relation(f"rId{number}", kind, "https://example.org/HIDDENLOADED", "External")
        for number, kind in enumerate(["image", "video", "oleObject", "frame", "externalLinkPath"])
    )
    after = cleaned(package({}, loaded))
    assert hidden(after) == set()
    assert b"file:///removed" in part(after, "word/_rels/document.xml.rels")


def test_a_part_of_an_unknown_kind_is_left_out_with_its_relation() -> None:
    file = package({"word/HIDDENPART.xml": "<a>HIDDENNOTE</a>"}, relation("rId9", "noted", "HIDDENPART.xml"))
    after = cleaned(file)
    assert hidden(after) == set()
    assert b"rId9" not in everything(after)


def test_a_part_of_an_unknown_kind_that_is_shown_keeps_the_file_as_it_is() -> None:
    shown = '<w:document xmlns:r="urn:r"><am3d:model3d r:embed="rId9"/></w:document>'
    file = package(
        {"word/document.xml": shown, "word/a.xml": "<a/>"},
        relation("rId9", "model3d", "a.xml"),
    )
    assert refused(file).reason is Reason.KIND


@pytest.mark.parametrize(
    "told",
    [
        "<f>'C:\\HIDDEN\\[a.xlsx]S'!A1</f>",
        "<definedName name=\"a\">'\\\\HIDDEN\\[a.xlsx]S'!A1</definedName>",
        '<ddeLink ddeService="HIDDEN" ddeTopic="HIDDEN"/>',
        '<oleLink progId="HIDDEN"/>',
    ],
)
def test_a_formula_that_names_somebodys_disk_keeps_the_file_as_it_is(told: str) -> None:
    assert refused(package({"word/document.xml": f"<root>{told}</root>"})).reason is Reason.KIND


def test_a_formula_of_the_sheet_itself_is_copied() -> None:
    told = '<root><c><f>SUM(S!A1:B2)&amp;[1]T!A1</f><v>3</v></c><m:f><m:num w:rsidR="1"/></m:f></root>'
    after = part(cleaned(package({"word/document.xml": told})), "word/document.xml").decode()
    assert after == told.replace(' w:rsidR="1"', "")


def test_a_kind_of_part_that_the_package_does_not_hold_is_not_named() -> None:
    types = '<Default Extension="HIDDENENDING" ContentType="x/HIDDENTYPE"/>'
    assert hidden(cleaned(package({}, types=types))) == set()


def test_a_comment_within_an_authors_name_is_gone() -> None:
    types = (
        '<Override PartName="/word/comments.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"/>'
    )
    told = "<comments><author>A<!-- HIDDENREMARK --></author><t>b<?HIDDENMORE?></t></comments>"
    file = package({"word/comments.xml": told}, relation("rId9", "comments", "comments.xml"), types)
    assert hidden(cleaned(file)) == set()


def test_a_long_part_is_copied_byte_by_byte() -> None:
    text = (
        "<root>"
        + "".join(f'<w:p w:val="{number}">word {number} &amp;</w:p>\n' for number in range(20_000))
        + "</root>"
    )
    assert part(cleaned(package({"word/document.xml": text})), "word/document.xml").decode() == text
