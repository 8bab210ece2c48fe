"""admin/tip/previews.py: a file is read in the log first, and shown as pictures that we made."""

import re
from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from admin.tip.previews import NOT_SHOWN
from tests.admin.conftest import Office, Staff, hidden_state
from tests.cleaning import pictures
from tests.cleaning.inside import hidden
from tests.previews import files
from tipline.confined.types import Reason
from tipline.ids import TipId
from tipline.keeper_client import KeeperUnavailable
from tipline.mailbox.thread import find_mailbox
from tipline.mailbox.writing import add_files
from tipline.previews.service import Previewer
from tipline.sealing.items import FileSealer, SealedFile

NAME = "HIDDENNAME <b>.jpg"
PICTURE = re.compile(r'<img src="([^"]*)"')
DATA = "data:image/jpeg;base64,"


def stage(office: Office, tip: TipId, file: bytes, media_type: str) -> SealedFile:
    staged = office.files.stage()
    sealer = FileSealer(staged, tip, NAME, media_type)
    sealer.write(file)
    sealed = sealer.finish()
    staged.finish(sealed.item)
    staged.release()
    return sealed


class Opened:
    """A tip with one file, read by a member."""

    def __init__(
        self,
        office: Office,
        file: bytes = pictures.jpeg(),
        media_type: str = "image/jpeg",
        *,
        became: str = "",
    ) -> None:
        self.tip, code = office.put_tip_with_code()
        sealed = replace(stage(office, self.tip, file, media_type), hidden=became)
        with office.database.reading() as session:
            mailbox = find_mailbox(session, code)
        add_files(mailbox, "", [sealed], "ab" * 8, office.intake())
        self.item = sealed.item.hex()
        self.staff = office.signed_in("reviewer-a")
        self.staff.get("/tips")
        self.page = self.staff.read(self.tip)
        self.state = hidden_state(self.page)

    def preview(self, staff: Staff | None = None, **fields: str) -> TestResponse:
        path = f"/tips/{self.tip.hex()}/files/{self.item}/preview"
        return (staff or self.staff).post(path, {"state": self.state, **fields})


def shown(page: TestResponse) -> list[bytes]:
    addresses = PICTURE.findall(page.text)
    assert all(address.startswith(DATA) for address in addresses)
    return [b64decode(address[len(DATA) :], validate=True) for address in addresses]


# --------------------------------------------------------------- refused


def test_while_the_keeper_is_away_nothing_is_shown(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened(office)

    def away(*_: object) -> None:
        raise KeeperUnavailable("away")

    def show(*_: object) -> None:
        pytest.fail("the file was opened")

    monkeypatch.setattr(Previewer, "show", show)
    monkeypatch.setattr(office.keeper(), "release", away)
    page = opened.preview()
    assert page.status_code == 503
    assert shown(page) == []


def test_the_statement_is_in_the_log_before_a_pixel_is_drawn(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, seen = Opened(office), list[int]()
    draw = Previewer.show

    def show(self: Previewer, *arguments: object) -> object:
        seen.append(office.log_size())
        return draw(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Previewer, "show", show)
    before = office.log_size()
    assert len(shown(opened.preview())) == 1
    assert seen == [before + 1]
    assert office.log_size() == before + 1


def test_an_excluded_member_gets_the_page_of_an_unknown_tip(office: Office) -> None:
    opened = Opened(office)
    other = office.signed_in("reviewer-b")
    fields = {"state": opened.state}
    unknown = other.post(f"/tips/{'0' * 32}/files/{opened.item}/preview", fields)
    assert opened.staff.act(opened.tip, opened.page, exclude="u4").status_code == 200
    excluded = opened.preview(other)
    assert (excluded.status_code, excluded.data) == (unknown.status_code, unknown.data)
    assert unknown.status_code == 404


def test_a_file_of_another_tip_is_an_unknown_one(office: Office) -> None:
    mine, other = Opened(office), Opened(office)
    path = f"/tips/{mine.tip.hex()}/files/{other.item}/preview"
    before = office.log_size()
    assert mine.staff.post(path, {"state": mine.state}).status_code == 404
    assert office.log_size() == before


def test_a_preview_is_no_address_that_could_be_called_again(office: Office) -> None:
    opened = Opened(office)
    path = f"/tips/{opened.tip.hex()}/files/{opened.item}/preview"
    assert opened.staff.get(path).status_code == 405
    assert opened.staff.client.post(path, data={"state": opened.state}).status_code == 400
    assert opened.staff.post(path, {"state": "made up"}).status_code == 400


def test_a_file_that_was_cut_is_not_shown(office: Office) -> None:
    opened = Opened(office, files.written(Image.effect_noise((900, 900), 60), "PNG"), "image/png")
    place = next(path for path in office.settings.files.rglob(opened.item))
    place.write_bytes(place.read_bytes()[:-100_000])
    page = opened.preview()
    assert page.status_code == 409
    assert shown(page) == []


@pytest.mark.parametrize(
    ("file", "media_type", "reason"),
    [
        (b"a text", "text/plain", Reason.KIND),
        (b"<svg onload='x'/>", "image/svg+xml", Reason.KIND),
        (b"no pdf", "application/pdf", Reason.DAMAGED),
        (files.locked(), "application/pdf", Reason.ENCRYPTED),
        (pictures.png_of(60_000, 60_000), "image/png", Reason.TOO_MANY_PIXELS),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence_with_a_way_to_download_it(
    office: Office, file: bytes, media_type: str, reason: Reason
) -> None:
    opened = Opened(office, file, media_type)
    opened.staff.get("/language/en")
    page = opened.preview()
    assert page.status_code == 422
    assert str(NOT_SHOWN[reason]) in page.text
    assert "separate machine" in page.text
    assert f'action="/tips/{opened.tip.hex()}/files/{opened.item}"' in page.text
    assert shown(page) == []


# ----------------------------------------------------------------- shown


def test_a_page_shows_nothing_but_pictures_that_we_made(office: Office) -> None:
    file = pictures.jpeg()
    assert hidden(file)
    page = Opened(office, file).preview()
    (picture,) = shown(page)
    assert not hidden(picture)
    assert Image.open(BytesIO(picture)).format == "JPEG"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]
    assert page.mimetype == "text/html"
    assert "HIDDENNAME &lt;b&gt;.jpg" in page.text


def test_all_first_pages_of_a_pdf_are_on_one_page(office: Office) -> None:
    opened = Opened(office, files.pdf(23), "application/pdf")
    opened.staff.get("/language/en")
    page = opened.preview()
    assert len(shown(page)) == 20
    assert "20 of 23" in page.text


def test_the_log_says_who_opened_which_file_and_what_for(office: Office) -> None:
    opened = Opened(office)
    opened.preview()
    auditor = office.signed_in("auditor")
    page = auditor.get("/log?action=read").text
    assert "打开文件" in page


def test_nothing_of_a_preview_is_kept(office: Office) -> None:
    opened = Opened(office)
    before = everything(office)
    assert opened.preview().status_code == 200
    after = everything(office)
    assert {name for name in after - before if "keeper" not in name and "previews" not in name} == set()
    assert all(not path.stat().st_size for path in (office.settings.ram / "admin" / "previews").iterdir())


def everything(office: Office) -> set[str]:
    roots = (office.settings.data, office.settings.ram)
    return {str(path) for root in roots for path in root.rglob("*")}


# ----------------------------------------------------------- the tip's page


def test_a_preview_is_offered_where_there_can_be_one(office: Office) -> None:
    photo, text = Opened(office), Opened(office, b"a text", "text/plain")
    assert f"/files/{photo.item}/preview" in photo.page.text
    assert f"/files/{text.item}" in text.page.text
    assert "/preview" not in text.page.text


@pytest.mark.parametrize(
    ("became", "words"),
    [("removed", "已去除隐藏信息"), ("none", "不含隐藏信息"), ("remains", "仍含隐藏信息")],
)
def test_a_file_says_what_became_of_its_hidden_data(office: Office, became: str, words: str) -> None:
    sentences = {"已去除隐藏信息", "不含隐藏信息", "仍含隐藏信息"}
    listed = Opened(office, became=became).page.text
    assert {one for one in sentences if one in listed} == {words}


def test_a_file_of_an_older_version_says_nothing_of_hidden_data(office: Office) -> None:
    assert "隐藏信息" not in Opened(office).page.text
