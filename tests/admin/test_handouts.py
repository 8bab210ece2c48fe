"""admin/handouts: what waits for its download opens in the session that made it alone, for ten minutes."""

from collections.abc import Iterator
from os import stat_result
from pathlib import Path

import pytest

from admin.handouts.errors import HandoutGone, NoRoomForHandout
from admin.handouts.service import WAITS_SECONDS, hand_out, keep
from admin.visit import Visit
from tests.admin.conftest import Office
from tests.admin.handing_out import ready_at
from tests.admin.visiting import visit_of
from tipline.files.errors import DiskReserveReached

WORDS = b"a letter that names somebody "
ROOM = "/log/evidence/packs"


def kept_files(office: Office) -> list[Path]:
    """What lies on the disk."""
    folder = office.settings.admin_folder / "handouts"
    return sorted(folder.iterdir()) if folder.exists() else []


def again(visit: Visit, office: Office) -> Visit:
    """The next request of the same session."""
    session = office.services.sessions.resume(visit.session.token.reveal())
    return Visit(visit.services, session, visit.roster, visit.directory, visit.member)


def test_what_waits_is_unreadable_on_the_disk(office: Office) -> None:
    visit = visit_of(office, "auditor")
    keep(visit, ROOM, "pack.zip", [WORDS * 10_000])
    (file,) = kept_files(office)
    data = file.read_bytes()
    assert data.startswith(b"age-encryption.org/v1")
    assert WORDS not in data
    assert file.stat().st_mode & 0o077 == 0


def test_what_waits_opens_in_the_session_that_made_it_and_in_no_other(office: Office) -> None:
    mine, other = visit_of(office, "auditor"), visit_of(office, "auditor")
    address = keep(mine, ROOM, "pack.zip", [WORDS, WORDS])
    with pytest.raises(HandoutGone):
        hand_out(again(other, office), address)
    answer = hand_out(again(mine, office), address)
    assert answer.headers["Content-Length"] == str(2 * len(WORDS))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pack.zip"'
    assert answer.get_data() == WORDS * 2


def test_what_waits_is_gone_after_ten_minutes_and_its_file_with_the_next(office: Office) -> None:
    visit = visit_of(office, "auditor")
    first = keep(visit, ROOM, "pack.zip", [WORDS])
    office.clock.advance(WAITS_SECONDS)
    with pytest.raises(HandoutGone):
        hand_out(again(visit, office), first)
    (old,) = kept_files(office)
    second = keep(again(visit, office), ROOM, "pack.zip", [WORDS])
    assert old not in kept_files(office)
    assert hand_out(again(visit, office), second).get_data() == WORDS


def test_two_files_wait_beside_each_other(office: Office) -> None:
    visit = visit_of(office, "auditor")
    addresses = [keep(visit, ROOM, f"{number}.zip", [bytes([number])]) for number in range(2)]
    found = [hand_out(again(visit, office), address).get_data() for address in addresses]
    assert found == [b"\0", b"\1"]


def test_a_full_disk_leaves_nothing_half_written(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Iterator[bytes]:
        yield WORDS
        raise OSError("no room")

    visit = visit_of(office, "auditor")
    with pytest.raises(NoRoomForHandout):
        keep(visit, ROOM, "pack.zip", broken())
    assert kept_files(office) == []

    def reached(_: Path) -> stat_result:
        raise DiskReserveReached("reached")

    monkeypatch.setattr("tipline.transfers.waiting.check_reserve", reached)
    with pytest.raises(NoRoomForHandout):
        keep(visit, ROOM, "pack.zip", [WORDS])


def test_after_taking_evidence_a_page_says_that_it_was_made_and_gives_the_file(office: Office) -> None:
    auditor = office.signed_in("auditor", confirmed=True)
    page = auditor.post("/log/evidence", {"first": "0", "last": "0"}, headers={"Accept-Language": "en"})
    assert "The evidence pack is ready" in page.text
    assert "Content-Disposition" not in page.headers
    assert auditor.get(ready_at(page.text)).data.startswith(b"PK")
    assert office.signed_in("auditor").get(ready_at(page.text)).status_code == 404
