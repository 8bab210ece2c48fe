"""/log/evidence: an auditor takes entries out as one file that proves itself elsewhere."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from crypto.statements import Entry
from tests.admin.conftest import Office
from tests.admin.handing_out import ready_at
from tests.evidence import alone
from tests.world import member_id, request
from tipline.evidence.reading import read_pack
from tipline.evidence.verify_pack import verify_pack
from tipline.keeper_client import Refused
from tipline.transfers.errors import CannotPrint

ENGLISH = {"Accept-Language": "en"}
HIDDEN = re.compile(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">')

verifier = alone.load()


@pytest.fixture(autouse=True)
def quick_printing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test but one needs the printing process."""
    monkeypatch.setattr(type(office.services.printer), "pdf", lambda *_, **__: b"%PDF-1.7 a report")


def read_once(office: Office) -> str:
    """A tip that a reviewer read: its id."""
    tip = office.world.put_in(office.world.seal_tip())
    office.keeper().release(office.world.read("reviewer-a", tip), [request(tip.item("text"))])
    return tip.id.hex()


def logged_since(office: Office, size: int) -> set[str]:
    """The types of what was logged since."""
    audit = office.world.sign("audit", "auditor", first=size, count=100)
    index = office.keeper().append(audit).index
    rows = office.keeper().entries(audit, size, index - size).rows
    return {str(Entry.decode(data).statement.body["type"]) for _, _, data in rows}


def take(office: Office, **fields: str) -> bytes:
    """A pack of what fits."""
    auditor = office.signed_in("auditor", confirmed=True)
    answer = auditor.post("/log/evidence", fields)
    assert answer.status_code == 200, answer.text
    file = auditor.get(ready_at(answer.text))
    assert file.headers["Content-Disposition"].startswith('attachment; filename="evidence-')
    data: bytes = file.data
    return data


def test_nobody_but_an_auditor_takes_evidence(office: Office) -> None:
    for name in ("reviewer-a", "registrar", "integrity"):
        staff = office.signed_in(name, confirmed=True)
        assert staff.get("/log/evidence?type=read").status_code == 403
        assert staff.post("/log/evidence", {"type": "read"}).status_code == 403


def test_evidence_asks_for_a_second_look(office: Office) -> None:
    read_once(office)
    size = office.log_size()
    answer = office.signed_in("auditor").post("/log/evidence", {"type": "read"})
    assert answer.status_code == 428
    assert logged_since(office, size) == {"audit"}


def test_a_pack_holds_what_was_chosen_and_verifies_elsewhere(office: Office, tmp_path: Path) -> None:
    tip = read_once(office)
    data = take(office, tip=tip, names="yes")
    result = verify_pack(data, log_key=office.world.verifier, genesis=office.settings.genesis)
    assert result.chosen == 1
    assert result.reports_checked
    assert result.member == member_id("auditor")
    assert result.names == 2
    file = tmp_path / "pack.zip"
    file.write_bytes(data)
    proved = verifier.verify(file, verifier.Pins(verifier.Key.parse(office.world.verifier.vkey), "", None))
    assert any("1 chosen entries stand in that log" in sentence for sentence in proved.yes)
    assert "reviewer-a" in proved.table[0]


def test_taking_evidence_is_an_entry_that_names_the_entries_and_the_file(office: Office) -> None:
    read_once(office)
    pack = read_pack(take(office, type="read"))
    entry = Entry.decode(pack.proofs.evidence.entry)
    assert entry.statement.body["type"] == "evidence"
    assert entry.statement.body["hash"] == pack.manifest_hash
    assert entry.statement.signers == (member_id("auditor"),)
    page = office.signed_in("auditor").get("/log", headers=ENGLISH).text
    assert "Took out evidence" in page
    assert f"{len(pack.lines.header.chosen)} entr" in page
    assert f"SHA-256 {pack.manifest_hash[:12]}…" in page


def test_what_is_shown_before_is_what_is_taken(office: Office) -> None:
    read_once(office)
    auditor = office.signed_in("auditor", confirmed=True)
    for _ in range(3):
        office.keeper().append(office.world.sign("audit", "auditor", first=0, count=1))
    page = auditor.get("/log/evidence?type=audit", headers=ENGLISH)
    shown = int(re.findall(r"(\d+) entries will be in it", page.text)[0])
    office.keeper().append(office.world.sign("audit", "auditor", first=0, count=1))
    fields = {name: value for name, value in HIDDEN.findall(page.text) if name != "csrf_token"}
    assert len(read_pack(take(office, **fields)).lines.header.chosen) == shown


def test_names_are_left_out_when_they_are_not_asked_for(office: Office) -> None:
    read_once(office)
    without, with_names = take(office, type="read"), take(office, type="read", names="yes")
    assert not read_pack(without).lines.header.names
    assert b"reviewer-a" not in without
    assert "reviewer-a" in zipfile.ZipFile(io.BytesIO(with_names)).read("report.en.html").decode()


def test_a_name_that_the_log_does_not_know_stays_out(office: Office) -> None:
    read_once(office)
    office.change("update accounts set name = 'somebody else' where name = 'reviewer-a'")
    pack = read_pack(take(office, type="read", names="yes"))
    assert set(pack.lines.header.names) == {member_id("auditor")}


def test_entries_between_two_numbers_are_chosen(office: Office) -> None:
    read_once(office)
    assert read_pack(take(office, first="0", last="0")).lines.header.chosen == {0}
    last = office.log_size() - 1
    assert read_pack(take(office, first=str(last), last="9" * 30)).lines.header.chosen >= {last}


@pytest.mark.parametrize(
    "query",
    ["type=sheets", "first=5&last=2", "tip=0000-0000", "member=m00000000", "first=99999999&last=999999999"],
)
def test_nothing_that_fits_is_said_and_nothing_is_taken(query: str, office: Office) -> None:
    auditor = office.signed_in("auditor", confirmed=True)
    page = auditor.get(f"/log/evidence?{query}", headers=ENGLISH)
    assert page.status_code in (404, 422)
    assert 'class="problem"' in page.text
    fields = dict(pair.split("=") for pair in query.split("&"))
    assert auditor.post("/log/evidence", fields).status_code in (404, 422)


def test_a_report_that_cannot_be_printed_leaves_nothing_in_the_log(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise CannotPrint("time")

    monkeypatch.setattr(type(office.services.printer), "pdf", refuse)
    auditor, size = office.signed_in("auditor", confirmed=True), office.log_size()
    answer = auditor.post("/log/evidence", {"type": "all-roster"}, headers=ENGLISH)
    assert answer.status_code == 503
    assert "could not be printed" in answer.text
    assert logged_since(office, size) == {"audit"}


def test_the_keeper_takes_no_evidence_of_entries_that_are_not_there(office: Office) -> None:
    size = office.log_size()
    for entries in ([[size + 5, size + 5]], [], [[3, 2]], [[1, 2], [2, 4]], [[0, 1000]], [[1, 2], [3, 4]]):
        with pytest.raises(Refused):
            office.keeper().append(office.world.sign("evidence", "auditor", entries=entries, hash="00" * 32))
    with pytest.raises(Refused):
        office.keeper().append(office.world.sign("evidence", "reviewer-a", entries=[[0, 0]], hash="00" * 32))
