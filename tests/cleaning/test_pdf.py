"""tipline/cleaning/pdf.py: pages stay, what programs and people left in the file goes."""

import io
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from tests.cleaning import documents, pictures
from tests.cleaning.conftest import Clean
from tests.cleaning.inside import everything, hidden, seen
from tipline.cleaning.pdf import clean_pdf
from tipline.confined.errors import CannotRead, Dangerous
from tipline.confined.types import Reason


def cleaned(file: bytes) -> bytes:
    return clean_pdf(io.BytesIO(file)).getvalue()


def refused(file: bytes) -> CannotRead:
    with pytest.raises(CannotRead) as error:
        cleaned(file)
    return error.value


def made_with(fill: Callable[[pikepdf.Pdf, Any], None], **options: Any) -> bytes:
    """A PDF of one page that this has written into."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        fill(made, made.add_blank_page().obj)
        made.save(out, **options)
    return out.getvalue()


def picture(made: pikepdf.Pdf, **keys: Any) -> Stream:
    usual = {"Width": 80, "Height": 40, "BitsPerComponent": 8, "ColorSpace": Name.DeviceRGB}
    return Stream(made, pictures.jpeg(), Type=Name.XObject, Subtype=Name.Image, **usual | keys)


@pytest.mark.parametrize(
    "file",
    [
        documents.pdf_with_stream(documents.zeros(300 << 20), "FlateDecode"),
        documents.pdf_with_stream(zlib.compress(documents.zeros(300 << 20)), "FlateDecode", "FlateDecode"),
        documents.pdf().replace(b"(HIDDENPIECE)", b"[" * 5_000 + b"]" * 5_000),
        b"%PDF-1.7\n" + b"<</A " * 100_000,
    ],
    ids=["a gigabyte", "packed twice", "deep arrays", "deep dictionaries"],
)
def test_a_pdf_made_to_burst_its_reader_is_refused(clean: Clean, file: bytes) -> None:
    with pytest.raises(Dangerous):
        clean(file, documents.PDF)


def test_a_pdf_that_needs_a_password_keeps_its_hidden_data(clean: Clean) -> None:
    with pytest.raises(CannotRead) as error:
        clean(documents.pdf(encryption=pikepdf.Encryption(owner="o", user="u")), documents.PDF)
    assert error.value.reason is Reason.ENCRYPTED


@pytest.mark.parametrize("length", [9, 800, 3_000])
def test_a_pdf_that_was_cut_is_not_passed_off_as_whole(length: int) -> None:
    assert refused(documents.pdf()[:length]).reason is Reason.DAMAGED


def test_a_picture_packed_twice_is_not_passed_off_as_clean() -> None:
    file = documents.pdf_with_stream(zlib.compress(pictures.jpeg()), "FlateDecode", "DCTDecode")
    assert refused(file).reason is Reason.KIND


def test_nothing_hidden_is_left_in_a_pdf(clean: Clean) -> None:
    before = documents.pdf()
    assert {"HIDDENAUTHOR", "HIDDENXMP", "HIDDENMAKE", "HIDDENATTACHED", "HIDDENSIGNER"} <= hidden(before)
    after = clean(before, documents.PDF)
    assert hidden(after) == set()
    assert seen(after) == seen(before) == {"SEENTEXT", "SEENNOTE", "SEENFIELD"}
    for trace in (
        b"Exif\x00\x00",
        b"<?xpacket",
        b"/JavaScript",
        b"/EmbeddedFile",
        b"/Launch",
        b"/Info",
        b"ICC_PROFILE",
    ):
        assert trace not in everything(after)


def test_a_pdf_that_anybody_may_open_but_not_change_is_cleaned(clean: Clean) -> None:
    after = clean(documents.pdf(encryption=pikepdf.Encryption(owner="o", user="")), documents.PDF)
    assert hidden(after) == set()
    assert "SEENTEXT" in seen(after)


def test_an_earlier_version_inside_the_file_is_gone() -> None:
    old = documents.pdf()
    start = old.rindex(b"startxref\n") + len(b"startxref\n")
    at = len(old)
    with pikepdf.open(io.BytesIO(old)) as opened:
        number = opened.pages[0].Contents.objgen[0]
    newer = b"%d 0 obj\n<</Length 8>>\nstream\nSEENLAST\nendstream\nendobj\n" % number
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, at)
    trailer = b"trailer\n<</Size 99/Root 1 0 R/Prev %s>>\nstartxref\n%d\n%%%%EOF\n"
    whole = old + newer + table + trailer % (old[start:].split()[0], at + len(newer))
    assert "SEENTEXT" in seen(whole)
    assert seen(cleaned(whole)) == {"SEENLAST", "SEENNOTE", "SEENFIELD"}


def test_a_picture_in_a_pdf_keeps_each_pixel() -> None:
    with (
        pikepdf.open(io.BytesIO(documents.pdf())) as before,
        pikepdf.open(io.BytesIO(cleaned(documents.pdf()))) as after,
    ):
        first, second = (one.pages[0].Resources.XObject.Im0.read_raw_bytes() for one in (before, after))
    assert first != second
    assert pictures.opened(first).tobytes() == pictures.opened(second).tobytes()


def test_what_stands_around_a_pdf_is_gone() -> None:
    file = b"<html>HIDDENPAGE</html>\n" + documents.pdf() + b"\nPK\x03\x04HIDDENTAIL"
    assert hidden(cleaned(file)) == set()


def test_two_people_who_clean_the_same_file_get_the_same_bytes() -> None:
    assert cleaned(documents.pdf()) == cleaned(documents.pdf())


@pytest.mark.parametrize("letters", ["/F /DCT", "/Filter /DCTDecode", "/F [/A85 /DCT]", "/F[/DCTDecode]"])
def test_a_picture_among_the_words_of_a_page_is_not_passed_off_as_clean(letters: str) -> None:
    inline = b"q BI /W 80 /H 40 /CS /RGB /BPC 8 %s ID " % letters.encode() + pictures.jpeg() + b" EI Q"

    def on_a_page(made: pikepdf.Pdf, page: Any) -> None:
        page.Contents = Stream(made, inline)

    def in_a_form(made: pikepdf.Pdf, page: Any) -> None:
        form = Stream(made, inline, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
        page.Resources = Dictionary(XObject=Dictionary(A=form))

    for fill in (on_a_page, in_a_form):
        assert refused(made_with(fill)).reason is Reason.KIND


def test_words_that_nothing_here_unpacks_are_not_passed_off_as_clean() -> None:
    assert refused(documents.pdf_with_stream(b"HIDDENWORDS", "HIDDENDecode")).reason is Reason.KIND


@pytest.mark.parametrize(
    "options",
    [
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate, "linearize": True},
        {"linearize": True},
    ],
    ids=["as Word writes it", "for the web, packed", "for the web"],
)
def test_a_pdf_whose_objects_are_packed_is_cleaned(clean: Clean, options: dict[str, Any]) -> None:
    before = documents.pdf(**options)
    assert (b"/ObjStm" in before) == ("object_stream_mode" in options)
    after = clean(before, documents.PDF)
    assert hidden(after) == set()
    assert seen(after) == {"SEENTEXT", "SEENNOTE", "SEENFIELD"}


def test_an_earlier_version_inside_a_packed_file_is_gone() -> None:
    old = documents.pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pikepdf.open(io.BytesIO(old)) as opened:
        number, size = opened.pages[0].Contents.objgen[0], int(opened.trailer.Size)
        root = opened.Root.objgen[0]
    at, before = len(old), int(old[old.rindex(b"startxref\n") + 10 :].split()[0])
    newer = b"%d 0 obj\n<</Length 8>>\nstream\nSEENLAST\nendstream\nendobj\n" % number
    rows = b"\x01%s\x00\x01%s\x00" % (at.to_bytes(4, "big"), (at + len(newer)).to_bytes(4, "big"))
    table = b"%d 0 obj\n<</Type/XRef/W[1 4 1]/Index[%d 1 %d 1]/Size %d/Root %d 0 R/Prev %d/Length 12>>" % (
        *(size, number, size, size + 1, root, before),
    )
    ending = b"\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (rows, at + len(newer))
    whole = old + newer + table + ending
    assert {"SEENTEXT", "SEENLAST"} <= seen(whole)
    after = cleaned(whole)
    assert (hidden(after), seen(after)) == (set(), {"SEENLAST", "SEENNOTE", "SEENFIELD"})


@pytest.mark.parametrize(
    "address",
    [
        b"file:///C:/HIDDENUSER",
        b"  file:///C:/HIDDENUSER",
        "\ufefffile:///C:/HIDDENUSER\u4e2d".encode("utf-16-be"),
        b"\\\\HIDDENSERVER\\a",
        b"smb://HIDDENSERVER/a",
        b"HIDDENFOLDER/a.pdf",
        b"\xffHIDDENLETTERS",
    ],
)
def test_a_link_to_somebodys_disk_is_gone(address: bytes) -> None:
    def fill(_made: pikepdf.Pdf, page: Any) -> None:
        link = Dictionary(S=Name.URI, URI=String(address))
        page.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=link)])

    before = made_with(fill)
    assert hidden(before)
    assert hidden(cleaned(before)) == set()


@pytest.mark.parametrize(
    "address",
    [
        b"https://e.org/SEENLINK",
        b"HTTP://SEENLINK",
        b" mailto:SEENLINK",
        b"tel:SEENLINK",
        b"#SEENLINK",
        "\ufeffhttp://SEENLINK".encode("utf-16-be"),
    ],
)
def test_a_link_to_the_web_a_letter_or_a_telephone_stays(address: bytes) -> None:
    def fill(_made: pikepdf.Pdf, page: Any) -> None:
        link = Dictionary(S=Name.URI, URI=String(address))
        page.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=link)])

    assert seen(cleaned(made_with(fill))) == {"SEENLINK"}


def test_no_annotation_and_no_paragraph_tells_who_made_it() -> None:
    def fill(made: pikepdf.Pdf, page: Any) -> None:
        page.Annots = Array(
            Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), Rect=[0, 0, 9, 9], T=String("HIDDENNAME"))
            for kind in ("Watermark", "Projection", "TrapNet", "Text")
        )
        noted = Dictionary(O=Name.UserProperties, P=Array([Dictionary(N=String("HIDDENNOTE"))]))
        made.Root.StructTreeRoot = Dictionary(K=Dictionary(S=Name.P, A=noted, T=String("SEENTITLE")))

    after = cleaned(made_with(fill))
    assert (hidden(after), seen(after)) == (set(), {"SEENTITLE"})


@pytest.mark.parametrize(
    "filters", [Name.DCT, Array([Name.DCT]), Array([Name.DCTDecode])], ids=["short", "short list", "list"]
)
def test_a_picture_loses_what_stands_around_it_however_its_packing_is_named(filters: Any) -> None:
    def fill(made: pikepdf.Pdf, page: Any) -> None:
        page.Resources = Dictionary(XObject=Dictionary(A=picture(made, Filter=filters)))

    before = made_with(fill, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert hidden(before)
    assert hidden(cleaned(before)) == set()


def test_a_picture_tells_no_file_and_no_page_of_the_web() -> None:
    def fill(made: pikepdf.Pdf, page: Any) -> None:
        told = {"OPI": Dictionary(A=Dictionary(F=String("HIDDENFILE"))), "Name": Name("/HIDDENNAME")}
        told |= {"ID": String("HIDDENADDRESS"), "PtData": Dictionary(A=String("HIDDENPLACE"))}
        page.Resources = Dictionary(XObject=Dictionary(A=picture(made, Filter=Name.DCTDecode, **told)))

    before = made_with(fill)
    assert {"HIDDENFILE", "HIDDENNAME", "HIDDENADDRESS"} <= hidden(before)
    assert hidden(cleaned(before)) == set()


@pytest.mark.parametrize("shape", ["longer", "indexed", "referred", "empty"])
def test_the_profile_of_a_device_is_gone_whatever_the_shape_of_its_array(shape: str) -> None:
    def fill(made: pikepdf.Pdf, page: Any) -> None:
        profile = made.make_indirect(Stream(made, pictures.profile(), N=3))
        space = {
            "longer": Array([Name.ICCBased, profile, String("HIDDENMORE")]),
            "indexed": Array([Name.Indexed, Array([Name.ICCBased, profile]), 1, String("abcdef")]),
            "referred": made.make_indirect(Array([Name.ICCBased, profile])),
            "empty": Array([Name.ICCBased]),
        }[shape]
        page.Resources = Dictionary(ColorSpace=Dictionary(A=space, B=String("SEENSPACE")))

    after = cleaned(made_with(fill))
    assert (hidden(after), seen(after)) == (set(), {"SEENSPACE"})
    assert b"ICCBased" not in after
