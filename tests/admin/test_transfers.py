"""Transfers: nothing leaves before its statement, and nothing in a packet tells who reported."""

import json
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from threading import Thread
from typing import Any, Final

import pytest
from docx import Document
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from admin.errors import NotFound
from admin.transfers import packet as packets
from crypto import age
from crypto.age_x25519 import X25519Identity
from crypto.errors import CannotOpen
from crypto.keys import Identity
from crypto.randomness import random_bytes
from crypto.statements import Statement
from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office, Staff
from tests.admin.handing_out import ready_at
from tests.admin.printing import english, keeper_away
from tests.keeper.observed import Observed
from tipline.ids import TipId, UnitId, new_item_id
from tipline.keeper_client import Appended, KeeperUnavailable
from tipline.routing import Route
from tipline.sealing.items import seal_identity, seal_item
from tipline.tips.answers import Message
from tipline.tips.models import Item
from tipline.tips.storing import next_position, store_items
from tipline.transfers.errors import CannotPrint
from tipline.transfers.printing import Printer

POLICE: Final = Identity.from_seed(bytes(range(32)))
PROSECUTOR: Final = X25519Identity.from_seed(bytes(range(1, 33)))
PHOTO: Final = bytes(range(256)) * 700
TABLE: Final = b'=cmd|"/c calc"!A1,2\n'
MARK: Final = "Taken out by reviewer-a"


def body(identifier: str, recipient: str, *, accepts: bool = True) -> dict[str, Any]:
    names = {"zh": f"某县{identifier}", "en": f"The {identifier}"}
    return {"id": identifier, "names": names, "recipient": recipient, "accepts": accepts}


@pytest.fixture(autouse=True)
def bodies(office: Office) -> None:
    for each in (
        body("police", POLICE.recipient.text),
        body("prosecutor", PROSECUTOR.recipient.text),
        body("court", ""),
        body("gone", "", accepts=False),
    ):
        office.keeper().append(office.world.sign("body", "registrar", "integrity", body=each))


@pytest.fixture
def reviewer(office: Office) -> Staff:
    return english(office.signed_in("reviewer-a"))


@pytest.fixture
def no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that look at no print wait for none."""
    monkeypatch.setattr(Printer, "pdf", lambda *_: b"%PDF")


@pytest.fixture
def no_documents(monkeypatch: pytest.MonkeyPatch, no_pdf: None) -> None:
    """The same for letters of every kind."""
    monkeypatch.setattr(Printer, "docx", lambda *_: b"PK")


def in_triage(office: Office, reader: str = "reviewer-a", **changes: Any) -> TipId:
    return in_triage_with_code(office, reader, **changes)[0]


def in_triage_with_code(
    office: Office, reader: str = "reviewer-a", **changes: Any
) -> tuple[TipId, TrackingCode]:
    tip, code = office.put_tip_with_code(**changes)
    office.signed_in(reader).get(address(tip))  # lists the card, so that the keeper knows the tip
    for source, target in (("received", "screening"), ("screening", "triage")):
        move(office, tip, source, target, reader)
    return tip, code


def move(office: Office, tip: TipId, source: str, target: str, by: str = "reviewer-a", **more: Any) -> None:
    fields = {"tip": tip.hex(), "desk": "intake", "from": source, "to": target, "detail": {}, "reason": {}}
    office.keeper().append(office.world.sign("move", by, **(fields | more)))


def address(tip: TipId, step: str = "") -> str:
    return f"/tips/{tip.hex()}/transfer{step}"


def order(**changes: str) -> dict[str, str]:
    return {"body": "police", "packet": "sealed", "letter_language": "en", "remark": "", **changes}


def send(staff: Staff, tip: TipId, **changes: str) -> TestResponse:
    return received(staff, staff.post(address(tip), order(**changes)))


def received(staff: Staff, answer: TestResponse) -> TestResponse:
    """The packet that an answer offers, taken in to its end, as a browser does; or the answer itself."""
    at = ready_at(answer.text)
    packet = staff.get(at) if at else answer
    packet.get_data()
    packet.close()
    return packet


def case_of(office: Office, tip: TipId) -> Any:
    return office.keeper().states([tip.hex()])[tip.hex()].case


def unpacked(answer: TestResponse, key: Identity | X25519Identity = POLICE) -> dict[str, bytes]:
    assert answer.status_code == 200, answer.text
    with tarfile.open(fileobj=BytesIO(age.unseal(answer.data, [key]))) as archive:
        found = {entry.name: archive.extractfile(entry) for entry in archive}
        return {name: file.read() for name, file in found.items() if file}


def notes(office: Office, tip: TipId) -> list[Item]:
    with office.database.reading() as session:
        return list(session.scalars(select(Item).where(Item.tip_id == tip, Item.kind == "note")))


def done(office: Office, kind: str) -> list[Mapping[str, Any]]:
    """The bodies of all done statements of a type."""
    observed = Observed(office.world)
    entries = [observed.entry(index) for index in range(observed.size())]
    return [
        entry.statement.body
        for entry in entries
        if entry.outcome == "done" and entry.statement.body["type"] == kind
    ]


# ------------------------------------------------------------------ who and when


STEPS: Final[Mapping[str, Mapping[str, str]]] = {
    "": order(),
    "/letter": order(),
    "/again": order(),
    "/receipt": {"reference": "A-1", "received_on": "2026-03-03"},
    "/return": {"reason": "Not ours."},
}


@pytest.mark.parametrize("step", STEPS)
def test_to_an_excluded_member_a_transfer_is_the_page_of_an_unknown_tip(office: Office, step: str) -> None:
    tip = in_triage(office, exclude=(UnitId("u3"),))
    excluded, other = office.signed_in("reviewer-b"), office.signed_in("integrity")
    unknown = TipId(bytes(16))
    for staff in (excluded, other):
        hidden, nothing = (staff.post(address(which, step), STEPS[step]) for which in (tip, unknown))
        assert hidden.status_code == 404
        assert hidden.data == nothing.data
        assert staff.get(address(tip)).data == staff.get(address(unknown)).data
    assert case_of(office, tip).state == "triage"
    assert done(office, "read") == []


@pytest.mark.parametrize("step", ["/again", "/receipt", "/return"])
def test_before_a_transfer_there_is_nothing_to_fetch_receive_or_return(
    office: Office, reviewer: Staff, step: str
) -> None:
    tip = in_triage(office)
    assert reviewer.post(address(tip, step), STEPS[step]).status_code == 409
    assert (case_of(office, tip).state, done(office, "read")) == ("triage", [])


@pytest.mark.parametrize("step", ["", "/letter"])
def test_a_tip_is_transferred_out_of_triage_alone(office: Office, reviewer: Staff, step: str) -> None:
    tip = office.put_tip()
    reviewer.get(address(tip))
    answer = reviewer.post(address(tip, step), order(remark="Please hurry."))
    assert answer.status_code == 409
    assert (case_of(office, tip).state, done(office, "read")) == ("received", [])


@pytest.mark.parametrize(
    "changes",
    [
        {"body": ""},
        {"body": "nobody"},
        {"body": "gone"},
        {"body": "court"},  # it has no key
        {"packet": ""},
        {"packet": "clear"},
        {"letter_language": "fr"},
        {"remark": "x" * 2_001},
    ],
)
@pytest.mark.parametrize("step", ["", "/letter"])
def test_an_order_that_cannot_be_is_refused_and_comes_back(
    office: Office, reviewer: Staff, changes: dict[str, str], step: str
) -> None:
    tip = in_triage(office)
    answer = reviewer.post(address(tip, step), order(**({"remark": "My own words."} | changes)))
    assert answer.status_code == 422
    assert changes.get("remark", "My own words.") in answer.text
    assert (case_of(office, tip).state, done(office, "read")) == ("triage", [])


def test_the_letter_is_shown_before_anything_is_read_or_logged(office: Office, reviewer: Staff) -> None:
    tip = in_triage(office)
    reviewer.get(address(tip))  # a new session lists its cards first
    before = office.log_size()
    answer = reviewer.post(address(tip, "/letter"), order(letter_language="zh_Hans", remark="<b>请从速</b>"))
    assert answer.status_code == 200
    for words in ("线索移送函", "移送〔2026〕1号", "某县police：", "回执", "&lt;b&gt;请从速&lt;/b&gt;"):
        assert words in answer.text
    assert office.log_size() == before


def test_a_tip_whose_clock_stands_still_is_not_read_for_nothing(
    office: Office, reviewer: Staff, no_documents: None
) -> None:
    tip = in_triage(office)
    stop(office, tip)
    assert send(reviewer, tip).status_code == 409
    stop(office, tip, "resume")
    assert done(office, "read") == []
    send(reviewer, tip)
    stop(office, tip)
    answer = reviewer.post(address(tip, "/receipt"), STEPS["/receipt"])
    assert answer.status_code == 409
    assert "clock of this tip stands still" in answer.text
    assert notes(office, tip) == []


def stop(office: Office, tip: TipId, kind: str = "pause") -> None:
    reason = {"item": random_bytes(16).hex(), "hash": "0" * 64}
    fields = {"tip": tip.hex(), "desk": "intake", "reason": reason}
    office.keeper().append(office.world.sign(kind, "reviewer-a", **fields))


# ---------------------------------------------------------- the statement comes first


@pytest.mark.parametrize("kind", ["sealed", "paper"])
def test_every_packet_has_its_statement_first(
    office: Office, reviewer: Staff, monkeypatch: pytest.MonkeyPatch, no_documents: None, kind: str
) -> None:
    """Between the making of a packet and its leaving stands the keeper."""
    tip, made = in_triage(office), []
    original = packets.make_packet

    def watched(*arguments: Any) -> packets.Packet:
        packet = original(*arguments)
        assert done(office, "move")[2:] == []
        made.append(packet.digest)
        return packet

    monkeypatch.setattr("admin.transfers.service.make_packet", watched)
    answer = send(reviewer, tip, packet=kind)
    assert answer.status_code == 200
    (stated,) = done(office, "move")[2:]
    assert stated["detail"] == {"body": "police", "number": "2026-1", "packet": made[0]}
    assert sha256(answer.data).hexdigest() == made[0]


def test_when_the_statement_fails_nothing_is_handed_out(
    office: Office, reviewer: Staff, monkeypatch: pytest.MonkeyPatch, no_documents: None
) -> None:
    tip, closed = in_triage(office), []
    original = packets.make_packet

    def watched(*arguments: Any) -> packets.Packet:
        packet = original(*arguments)

        def close() -> None:
            closed.append(True)
            packet.close()

        return replace(packet, close=close)

    monkeypatch.setattr("admin.transfers.service.make_packet", watched)
    append = office.services.keeper.append

    def away(statement: Statement, slip: bytes = b"") -> Appended:
        if statement.body["type"] == "move":
            raise KeeperUnavailable("gone")
        return append(statement, slip)

    monkeypatch.setattr(type(office.services.keeper), "append", lambda _, *rest: away(*rest))
    answer = send(reviewer, tip, remark="Do not lose this.")
    assert answer.status_code == 503
    assert "attachment" not in answer.headers.get("Content-Disposition", "")
    assert "Do not lose this." in answer.text
    assert closed == [True]
    assert case_of(office, tip).state == "triage"


def test_with_the_keeper_away_nothing_is_read_or_handed_out(office: Office, reviewer: Staff) -> None:
    tip = in_triage(office)
    with keeper_away(office, knows_roster=True):
        answer = send(reviewer, tip, remark="Do not lose this.")
    assert answer.status_code == 503
    assert "Do not lose this." in answer.text
    assert "quarry" not in answer.text


def test_when_no_document_can_be_made_the_tip_stays(
    office: Office, reviewer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> bytes:
        raise CannotPrint("took-too-long")

    monkeypatch.setattr(Printer, "pdf", broken)
    tip = in_triage(office)
    answer = send(reviewer, tip)
    assert answer.status_code == 503
    assert "The letter could not be made" in answer.text
    assert (case_of(office, tip).state, office.keeper().next_letter("intake")) == ("triage", "2026-1")


def while_made(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]) -> None:
    """Something happens between the making of the first packet and its statement."""
    original, waiting = packets.make_packet, [meanwhile]

    def slow(*arguments: Any) -> packets.Packet:
        packet = original(*arguments)
        if waiting:
            other = Thread(target=waiting.pop())  # in this one it would share the context of the request
            other.start()
            other.join()
        return packet

    monkeypatch.setattr("admin.transfers.service.make_packet", slow)


def test_of_two_at_once_one_gets_the_number_and_the_other_a_clear_refusal(
    office: Office, reviewer: Staff, monkeypatch: pytest.MonkeyPatch, no_documents: None
) -> None:
    one, two = in_triage(office), in_triage(office)
    quick = []
    while_made(monkeypatch, lambda: quick.append(send(office.signed_in("reviewer-b"), two).status_code))
    answer = send(reviewer, one)
    assert quick == [200]
    assert answer.status_code == 409
    assert "Another transfer took this number meanwhile" in answer.text
    assert [case_of(office, tip).letter for tip in (one, two)] == ["", "2026-1"]
    assert send(reviewer, one).status_code == 200
    assert case_of(office, one).letter == "2026-2"


def test_of_two_who_transfer_one_tip_at_once_one_hands_it_out(
    office: Office, reviewer: Staff, monkeypatch: pytest.MonkeyPatch, no_documents: None
) -> None:
    tip, quick = in_triage(office), []
    while_made(monkeypatch, lambda: quick.append(send(office.signed_in("reviewer-b"), tip).status_code))
    answer = send(reviewer, tip)
    assert (quick, answer.status_code) == ([200], 409)
    assert "Content-Disposition" not in answer.headers
    assert office.keeper().next_letter("intake") == "2026-2"


def test_an_exclusion_while_the_packet_is_made_keeps_it_in(
    office: Office, reviewer: Staff, monkeypatch: pytest.MonkeyPatch, no_documents: None
) -> None:
    tip = in_triage(office)
    fields = {"tip": tip.hex(), "desk": "intake", "desks": ["intake"], "excluded": ["u2"], "reason": {}}
    while_made(
        monkeypatch, lambda: void(office.keeper().append(office.world.sign("route", "reviewer-b", **fields)))
    )
    answer = send(reviewer, tip)
    assert answer.status_code == 404
    assert answer.data == send(reviewer, TipId(bytes(16))).data
    assert case_of(office, tip).state == "triage"


def test_what_a_reading_is_refused_for_is_the_page_of_an_unknown_tip(
    office: Office, reviewer: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    tip = in_triage(office)

    def hidden(*_: object, **__: object) -> None:
        raise NotFound

    monkeypatch.setattr("admin.transfers.service.reading_all", hidden)
    answer = send(reviewer, tip)
    assert (answer.status_code, answer.data) == (404, send(reviewer, TipId(bytes(16))).data)


def void(_: object) -> None:
    """Throw a result away."""


# ----------------------------------------------------------------- what is inside


def full_tip(office: Office) -> tuple[TipId, TrackingCode]:
    tip, code = in_triage_with_code(
        office,
        description="A gang runs the quarry. <script>alert(1)</script>",
        files={"photo 1.jpg": PHOTO, "../=sum.csv": TABLE},
        exclude=(UnitId("u4"),),
    )
    office.write_back(code, "Three more lorries came.")
    return tip, code


@pytest.fixture
def told(office: Office) -> tuple[TipId, TrackingCode]:
    """A tip with files, a message of the reporter's, our answer, and a note among staff."""
    tip, code = full_tip(office)
    write(office, tip, code, "reply", "We look into it.")
    write(office, tip, code, "note", "The colleague at the counter knows the reporter.")
    return tip, code


def write(office: Office, tip: TipId, code: TrackingCode, kind: str, text: str) -> None:
    """A reply or a note, as a colleague leaves it."""
    world, day = office.world, office.clock.today()
    view = office.keeper().states([tip.hex()])[tip.hex()]
    audience = world.audience(Route(view.desks, view.excluded), code.claim_key)
    item = seal_item(kind, tip, Message(text, day).encode(), audience=audience)
    fields = {"tip": tip.hex(), "desk": "intake", "item": item.id.hex(), "hash": item.digest.hex()}
    record = office.keeper().append(world.sign(kind, "reviewer-a", **fields)).record
    with office.database.writing() as session:
        position = next_position(session, tip)
        store_items(session, [item], first_position=position, day=day, record=record)


def test_nobody_but_the_body_opens_a_sealed_packet(
    office: Office, reviewer: Staff, no_documents: None
) -> None:
    answer = send(reviewer, in_triage(office))
    for key in (PROSECUTOR, office.world.desks["intake"], Identity.generate()):
        with pytest.raises(CannotOpen):
            age.unseal(answer.data, [key])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="transfer-2026-1.tar.age"'
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_a_sealed_packet_holds_letter_index_text_thread_and_files(
    office: Office, reviewer: Staff, told: tuple[TipId, TrackingCode]
) -> None:
    inside = unpacked(send(reviewer, told[0], remark="Please hurry."))
    names = ["files/001-photo 1.jpg", "files/002-_=sum.csv"]
    assert list(inside) == [
        "index.json",
        "index.html",
        "letter.pdf",
        "letter.docx",
        "tip.txt",
        "tip.pdf",
        *names,
    ]
    assert [inside[name] for name in names] == [PHOTO, TABLE]
    index = json.loads(inside["index.json"])
    assert (index["letter"], index["to"], index["day"], index["reader"]) == (
        *("2026-1", "police", office.clock.today().isoformat(), "reviewer-a"),
    )
    for file in index["files"]:
        assert file["sha256"] == sha256(inside[file["path"]]).hexdigest()
        assert file["bytes"] == len(inside[file["path"]])
    assert {file["path"] for file in index["files"]} == inside.keys() - {"index.json", "index.html"}
    assert [file["name"] for file in index["files"]][-2:] == ["photo 1.jpg", "../=sum.csv"]
    text = inside["tip.txt"].decode()
    for words in ("A gang runs the quarry. <script>", "Three more lorries came.", "We look into it."):
        assert words in text
    assert text.index("Three more lorries") < text.index("We look into it.")


def test_a_body_with_a_plain_age_key_opens_its_packet(
    office: Office, reviewer: Staff, no_documents: None
) -> None:
    inside = unpacked(send(reviewer, in_triage(office), body="prosecutor"), PROSECUTOR)
    assert b"A gang runs the quarry." in inside["tip.txt"]


def test_the_whole_packet_is_one_logged_reading_for_verification(
    office: Office, reviewer: Staff, told: tuple[TipId, TrackingCode], no_documents: None
) -> None:
    inside = unpacked(send(reviewer, told[0]))
    (stated,) = done(office, "read")
    assert stated["purpose"] == "verification"
    with office.database.reading() as session:
        kept = session.scalars(
            select(Item).where(
                Item.tip_id == told[0], Item.kind.in_(("text", "message", "reply", "note", "file"))
            )
        )
        assert {each["item"] for each in stated["items"]} == {item.id.hex() for item in kept}
    index = json.loads(inside["index.json"])["log_entry"]
    assert Observed(office.world).entry(index).statement.body == stated


def test_nothing_in_a_packet_tells_who_reported(
    office: Office, reviewer: Staff, told: tuple[TipId, TrackingCode]
) -> None:
    """The text is what they wrote; keys, code, hour, the mailbox and talk among staff stay here."""
    tip, code = told
    row = office.row(tip)
    secrets = {
        "tracking code": code.reveal(),
        "its digits": code.reveal().replace(" ", ""),
        "locator": code.locator_hash.hex(),
        "claim key": code.claim_key.public.raw.hex(),
        "reporter's key": code.identity.recipient.text,
        "marker": row.marker.hex(),
        "tip's id": tip.hex(),
        "note among staff": "The colleague at the counter",
        "hour": "12:00",
    }
    answer = send(reviewer, tip)
    printed = send_again_on_paper(reviewer, tip)
    seen = {name: data.decode("utf-8", "replace") for name, data in unpacked(answer).items()}
    seen |= {"tip.pdf": pdf_text(unpacked(answer)["tip.pdf"]), "paper": pdf_text(printed.data)}
    seen["letter.pdf"] = pdf_text(unpacked(answer)["letter.pdf"])
    seen["letter.docx"] = docx_text(unpacked(answer)["letter.docx"])
    for what, secret in secrets.items():
        assert [name for name, text in seen.items() if secret in text] == [], what


def fetch_again(staff: Staff, tip: TipId, packet: str = "sealed") -> TestResponse:
    return received(staff, staff.post(address(tip, "/again"), {"packet": packet, "letter_language": "en"}))


def send_again_on_paper(staff: Staff, tip: TipId) -> TestResponse:
    answer = fetch_again(staff, tip, packet="paper")
    assert answer.status_code == 200, answer.text
    return answer


def pdf_text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def docx_text(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(BytesIO(data)).paragraphs)


def test_an_identity_item_is_never_asked_for(
    office: Office, reviewer: Staff, told: tuple[TipId, TrackingCode], no_documents: None
) -> None:
    tip, code = told
    audience = office.world.audience(Route(("intake",), ("u1", "u4")), code.claim_key)
    custodians = office.world.desks["custodians"].recipient
    item = seal_identity(
        new_item_id(), tip, b"Zhang San, 138 0000 0000", audience=audience, custodians=custodians
    )
    with office.database.writing() as session:
        position = next_position(session, tip)
        store_items(session, [item], first_position=position, day=office.clock.today())
    place = office.settings.files / item.id.hex()[:2] / item.id.hex()  # where a file of this name would lie
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(item.sealed or b"")
    inside = unpacked(send(reviewer, tip))
    assert not [name for name, data in inside.items() if b"Zhang San" in data]
    observed = Observed(office.world)
    entries = [observed.entry(index).statement.body for index in range(observed.size())]
    asked = {each["item"] for stated in entries if stated["type"] == "read" for each in stated["items"]}
    assert asked
    assert item.id.hex() not in asked


def test_a_file_that_was_swapped_or_is_gone_is_left_out_and_said_to_be(
    office: Office, reviewer: Staff, told: tuple[TipId, TrackingCode], no_documents: None
) -> None:
    with office.database.reading() as session:
        wanted = select(Item.id).where(Item.tip_id == told[0], Item.kind == "file").order_by(Item.position)
        photo = session.scalars(wanted).first()
        assert photo
    place = office.settings.files / photo.hex()[:2] / photo.hex()
    place.write_bytes(place.read_bytes()[:-1] + b"x")
    inside = unpacked(send(reviewer, told[0]))
    assert [name for name in inside if name.startswith("files/")] == ["files/001-_=sum.csv"]
    assert json.loads(inside["index.json"])["files_left_shut"] == 1
    assert b"1 file is not genuine and was not opened." in inside["index.html"]


def test_markup_of_a_reporter_stays_text_in_every_document(
    office: Office, reviewer: Staff, told: tuple[TipId, TrackingCode]
) -> None:
    inside = unpacked(send(reviewer, told[0], remark="<b>bold</b>"))
    assert b"<script" not in inside["index.html"]
    assert "<script>alert(1)</script>" in pdf_text(inside["tip.pdf"])
    assert "<b>bold</b>" in pdf_text(inside["letter.pdf"])
    assert "<b>bold</b>" in docx_text(inside["letter.docx"])


def test_nothing_of_a_packet_stays_behind_in_clear(
    office: Office, reviewer: Staff, told: tuple[TipId, TrackingCode]
) -> None:
    send(reviewer, told[0], remark="Please hurry.")
    folders = (office.settings.data, office.settings.ram)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        data = path.read_bytes()
        for words in (
            b"quarry",
            b"lorries",
            b"Please hurry",
            b"photo 1",
            b"%PDF",
            b"age-encryption.org/v1\n-> X25519",
        ):
            assert words not in data, path
    assert list(office.settings.staging.iterdir()) == []


# -------------------------------------------------------------------------- paper


@pytest.mark.parametrize(
    ("language", "watermark", "letter"),
    [
        ("en", "Taken out by reviewer-a · log entry {} · {}", "Transfer [2026] No. 1"),
        ("zh_Hans", "调取人 reviewer-a · 日志第 {} 条 · {}", "移送〔2026〕1号"),
    ],
)
def test_every_page_on_paper_bears_reader_log_entry_and_day(
    office: Office, reviewer: Staff, language: str, watermark: str, letter: str
) -> None:
    tip = in_triage(office, description="采石场被一伙人控制。\n" * 400, files={"photo 1.jpg": PHOTO})
    answer = send(reviewer, tip, packet="paper", letter_language=language)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="transfer-2026-1.pdf"'
    pages = [page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages]
    (index,) = [at for at in range(office.log_size()) if is_reading(office, at)]
    mark = watermark.format(index, office.clock.today().isoformat())
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert mark in page
        assert f"{number} / {len(pages)}" in page
    assert letter in pages[-1]
    assert pages[-1].index(letter) < pages[-1].rindex(letter)  # once in the letter, once on its receipt
    assert sha256(PHOTO).hexdigest() in "".join(pages).replace("\n", "")


def is_reading(office: Office, index: int) -> bool:
    return bool(Observed(office.world).entry(index).statement.body["type"] == "read")


def test_the_letters_say_the_same_in_print_and_in_the_word_processor(office: Office, reviewer: Staff) -> None:
    inside = unpacked(send(reviewer, in_triage(office), letter_language="zh_Hans", remark="请从速办理。"))
    words = docx_text(inside["letter.docx"])
    printed = pdf_text(inside["letter.pdf"]).replace("\n", "")
    for each in ("线索移送函", "移送〔2026〕1号", "某县police：", "请从速办理。", "回执", "（盖章）"):
        assert each in words
        assert each in printed


# ------------------------------------------------------------ afterwards


def test_a_lost_download_is_fetched_again_under_the_same_number(
    office: Office, reviewer: Staff, told: tuple[TipId, TrackingCode], no_pdf: None
) -> None:
    tip = told[0]
    first = unpacked(send(reviewer, tip, remark="Please hurry."))
    colleague = english(office.signed_in("reviewer-b"))
    answer = fetch_again(colleague, tip)
    again = unpacked(answer)
    one, two = (json.loads(each["index.json"]) for each in (first, again))
    assert (one["letter"], one["reader"]) == (two["letter"], "reviewer-a")
    assert (two["reader"], two["log_entry"] > one["log_entry"]) == ("reviewer-b", True)
    assert "Please hurry." in docx_text(again["letter.docx"])
    (stated,) = done(office, "packet")
    assert stated["packet"] == sha256(answer.data).hexdigest()
    assert len(done(office, "read")) == 2
    assert office.keeper().next_letter("intake") == "2026-2"


def test_a_packet_that_is_fetched_again_has_its_statement_first(
    office: Office, reviewer: Staff, monkeypatch: pytest.MonkeyPatch, no_documents: None
) -> None:
    tip = in_triage(office)
    send(reviewer, tip)
    reason = {"reason": "It is not theirs."}
    while_made(
        monkeypatch, lambda: void(office.signed_in("reviewer-b").post(address(tip, "/return"), reason))
    )
    answer = fetch_again(reviewer, tip)
    assert answer.status_code == 409
    assert "Content-Disposition" not in answer.headers
    assert done(office, "packet") == []


def test_the_receipt_is_sealed_with_the_tip_and_moves_it_on(
    office: Office, reviewer: Staff, no_documents: None
) -> None:
    tip = in_triage(office)
    send(reviewer, tip)
    assert case_of(office, tip).due == date(2026, 3, 10)  # five working days
    office.clock.advance(2 * 86_400)
    reviewer = english(office.signed_in("reviewer-a"))
    fields = {"reference": "  A 川公  2026-7 ", "received_on": "2026-03-04"}
    answer = reviewer.post(address(tip, "/receipt"), fields, follow_redirects=True)
    assert "The receipt is kept with the tip" in answer.text
    assert case_of(office, tip).state == "verifying"
    (note,) = notes(office, tip)
    assert note.sealed
    assert "川公".encode() not in note.sealed
    assert done(office, "move")[-1]["detail"] == {
        "receipt": {"item": note.id.hex(), "hash": note.digest.hex()}
    }
    page = reviewer.read(tip)
    for words in ("Receipt of the competent body", "A 川公 2026-7", "2026-03-04"):
        assert words in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": "   "},
        {"reference": "x" * 201},
        {"received_on": ""},
        {"received_on": "2026-03-02"},
        {"received_on": "2026-03-04"},
        {"received_on": "20260303"},
        {"received_on": "3 March"},
    ],
)
def test_a_receipt_that_cannot_be_comes_back_and_moves_nothing(
    office: Office, reviewer: Staff, no_documents: None, changes: dict[str, str]
) -> None:
    tip = in_triage(office)
    send(reviewer, tip)
    fields = {"reference": "Kept words", "received_on": "2026-03-03", **changes}
    answer = reviewer.post(address(tip, "/receipt"), fields)
    assert answer.status_code == 422
    assert fields["reference"].strip() in answer.text
    assert (case_of(office, tip).state, notes(office, tip)) == ("transferred", [])


def test_the_body_may_return_a_tip_for_a_reason(office: Office, reviewer: Staff, no_documents: None) -> None:
    tip = in_triage(office)
    send(reviewer, tip)
    assert reviewer.post(address(tip, "/return"), {"reason": "  "}).status_code == 422
    assert case_of(office, tip).state == "transferred"
    answer = reviewer.post(address(tip, "/return"), {"reason": "Not theirs."}, follow_redirects=True)
    assert "back in triage" in answer.text
    assert case_of(office, tip).state == "triage"
    assert send(reviewer, tip, body="court", packet="paper").status_code == 200
    assert case_of(office, tip).letter == "2026-2"


def test_when_the_remark_cannot_be_kept_it_is_said_and_the_packet_can_be_fetched(
    office: Office, reviewer: Staff, no_documents: None
) -> None:
    tip = in_triage(office)
    office.change(
        "create trigger no_note before insert on items when new.kind = 'note'"
        " begin select raise(abort, 'disk full'); end"
    )
    answer = send(reviewer, tip, remark="Please hurry.")
    assert answer.status_code == 503
    assert "your remark could not be kept" in answer.text
    assert "Content-Disposition" not in answer.headers
    assert case_of(office, tip).state == "transferred"
    answer = fetch_again(reviewer, tip)
    assert answer.status_code == 200
