"""While the keeper is stopped one page works: on it two people decide which log goes on."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest

from admin.alarms.service import KEPT_SECONDS
from admin.heads.words import TABLES
from tests.admin.conftest import PASSWORD, Office, Staff
from tests.clocks import FixedClock
from tests.world import World, member_id
from tipline.accounts.service import OTP_SECONDS
from tipline.ids import TipId
from tipline.keeper.digests.tables import GUARDED
from tipline.rebuild import rebuild_caches

SHOWN = re.compile(r'name="shown" value="([^"]*)"')
SIGN = re.compile(r'action="(/log/heads/[0-9a-f]{32}/sign)"')


@pytest.fixture
def closed(tmp_path: Path, clock: FixedClock) -> Iterator[Office]:
    """An office whose keeper does not run yet."""
    with World.made(tmp_path, clock) as world:
        office = Office(world, clock)
        office.start()
        yield office
        office.services.keeper.close()
        office.services.database.dispose()


def set_back(office: Office) -> TipId:
    """A keeper's database from before a reading; the tip that was read."""
    database, old = office.settings.keeper_folder / "keeper.db", office.settings.data / "old.db"
    with office.world.keeper():
        office.signed_in("auditor").get("/log")
        tip = office.put_tip()
        shutil.copy(database, old)
        assert office.signed_in("reviewer-a").read(tip).status_code == 200
    shutil.copy(old, database)
    return tip


@contextmanager
def stopped(office: Office) -> Iterator[TipId]:
    tip = set_back(office)
    with office.world.keeper():
        yield tip


def shown(page: str) -> str:
    found = SHOWN.search(page)
    assert found, page
    return unescape(found[1])


def propose(staff: Staff, other: str) -> int:
    page = staff.get("/log/heads").text
    return staff.post("/log/heads", {"other": member_id(other), "shown": shown(page)}).status_code


def waiting(staff: Staff) -> str:
    found = SIGN.search(staff.get("/log/heads").text)
    assert found
    return found[1]


def test_while_the_keeper_is_stopped_every_other_page_says_so_and_leads_here(closed: Office) -> None:
    with stopped(closed) as tip:
        pages = (("reviewer-a", f"/tips/{tip.hex()}"), ("auditor", "/log"), ("registrar", "/members"))
        for name, path in pages:
            answer = closed.signed_in(name).get(path)
            assert answer.status_code == 503
            assert 'href="/log/heads"' in answer.text
            assert "已停止" in answer.text


def test_the_page_names_both_heads_and_what_to_do(closed: Office) -> None:
    with stopped(closed):
        auditor = closed.signed_in("auditor")
        auditor.client.get("/language/en?to=/log/heads")
        page = auditor.get("/log/heads").text
        heads = closed.keeper().heads()
        assert heads is not None
        for head in (heads.lost, heads.found):
            assert f">{head['size']}<" in page
            assert head["root"] in page
        assert "The log was set back" in page
        assert "newest copy" in page
        missing = heads.lost["size"] - heads.found["size"]
        assert f"{missing} entries that were signed are missing" in page


def test_whoever_is_nobodys_second_person_sees_nothing(closed: Office) -> None:
    with stopped(closed):
        assert closed.browser().get("/log/heads").status_code == 303
        # Somebody who was removed in what the site has seen is nobody in the log that is found, too.
        page = closed.signed_in("reviewer-a").get("/log/heads").text
        assert member_id("auditor") in page
        assert member_id("reviewer-b") not in page, "no auditor would be among the two"


def test_one_signature_settles_nothing(closed: Office) -> None:
    with stopped(closed):
        auditor = closed.signed_in("auditor", confirmed=True)
        assert propose(auditor, "registrar") == 303
        heads = closed.keeper().heads()
        assert heads is not None
        assert auditor.get("/log").status_code == 503
        # Nor does the same person sign twice.
        path = waiting(closed.signed_in("registrar", confirmed=True))
        assert auditor.post(path).status_code == 409


def test_two_signatures_without_an_auditor_are_not_even_asked_for(closed: Office) -> None:
    with stopped(closed):
        registrar = closed.signed_in("registrar", confirmed=True)
        assert propose(registrar, "reviewer-a") == 422
        assert propose(registrar, "nobody") == 422


def test_nobody_signs_other_heads_than_the_page_showed(closed: Office) -> None:
    with stopped(closed):
        auditor = closed.signed_in("auditor", confirmed=True)
        page = shown(auditor.get("/log/heads").text).replace('"size":', '"size":1')
        fields = {"other": member_id("registrar"), "shown": page}
        assert auditor.post("/log/heads", fields).status_code == 409
        assert SIGN.search(closed.signed_in("registrar").get("/log/heads").text) is None


def test_each_signer_confirms_first(closed: Office) -> None:
    with stopped(closed):
        assert propose(closed.signed_in("auditor"), "registrar") == 428
        assert propose(closed.signed_in("auditor", confirmed=True), "registrar") == 303
        registrar = closed.signed_in("registrar")
        assert registrar.post(waiting(registrar)).status_code == 428


def test_after_two_signatures_reading_goes_on(closed: Office) -> None:
    with stopped(closed) as tip:
        assert propose(closed.signed_in("auditor", confirmed=True), "registrar") == 303
        registrar = closed.signed_in("registrar", confirmed=True)
        assert registrar.post(waiting(registrar)).status_code == 303
        rebuild_caches(closed.database, closed.keeper(), closed.world.verifier)
        closed.signed_in("reviewer-a").get("/tips")
        assert closed.signed_in("reviewer-a").read(tip).status_code == 200
        page = closed.signed_in("auditor").get("/log/heads").text
        assert SHOWN.search(page) is None
    with closed.world.keeper():
        assert closed.signed_in("reviewer-a").read(tip).status_code == 200


def test_an_auditor_signs_in_with_password_and_code_while_the_keeper_is_stopped(closed: Office) -> None:
    with stopped(closed):
        closed.clock.advance(OTP_SECONDS)
        browser = closed.browser()
        fields = {"name": "auditor", "password": PASSWORD, "otp": closed.otp()}
        answer = browser.post("/sign-in", fields)
        assert (answer.status_code, answer.location) == (303, "/")
        assert browser.get("/").status_code == 503
        assert browser.get("/log/heads").status_code == 200


def test_a_site_that_saw_more_than_its_keeper_leads_here_too(closed: Office) -> None:
    set_back(closed)
    beside = closed.settings.operator_socket.parent / "last-signed"
    for path in (closed.world.keeper_folder.last_signed, beside):
        path.unlink()
    closed.world.keeper_folder.last_signed.write_bytes(
        closed.world.open_database(closed.settings.keeper_database_url)
        .engine.raw_connection()
        .execute("select checkpoint from head")
        .fetchone()[0]
    )
    with closed.world.keeper():
        auditor = closed.signed_in("auditor", confirmed=True)
        answer = auditor.get("/log")
        assert answer.status_code == 503
        assert 'href="/log/heads"' in answer.text
        assert propose(auditor, "registrar") == 303
        registrar = closed.signed_in("registrar", confirmed=True)
        assert registrar.post(waiting(registrar)).status_code == 303
        assert closed.signed_in("auditor").get("/log").status_code == 200


def test_while_all_is_well_there_is_nothing_to_decide(office: Office) -> None:
    auditor = office.signed_in("auditor", confirmed=True)
    page = auditor.get("/log/heads")
    assert page.status_code == 200
    assert SHOWN.search(page.text) is None
    fields = {"other": member_id("registrar"), "shown": ""}
    assert auditor.post("/log/heads", fields).status_code == 409


def test_a_row_that_was_changed_by_hand_stands_on_every_page_and_two_people_decide(office: Office) -> None:
    tip = office.put_tip()
    assert office.signed_in("reviewer-a").read(tip).status_code == 200
    keeper = office.world.open_database(office.settings.keeper_database_url)
    with keeper.writing() as session:
        session.connection().exec_driver_sql("update tips set excluded = 'u9'")
    answer = office.signed_in("reviewer-a").read(tip)
    assert answer.status_code == 503
    assert 'href="/log/heads"' in answer.text
    office.clock.advance(KEPT_SECONDS + 1)
    auditor = office.signed_in("auditor", confirmed=True)
    answer = auditor.get("/log")
    assert answer.status_code == 503
    assert 'href="/log/heads"' in answer.text
    assert "有人手工改动了守护服务数据库中的数据行" in auditor.get("/log/heads").text
    auditor.client.get("/language/en?to=/log/heads")
    page = auditor.get("/log/heads").text
    assert "Found in the table tips: where tips stand, and whom they keep out." in page
    assert "Signed last" not in page
    heads = office.keeper().heads()
    assert heads is not None
    assert f"The rows as they are now: {heads.found['rows'][:16]}…." in page
    assert propose(auditor, "registrar") == 303
    registrar = office.signed_in("registrar", confirmed=True)
    assert registrar.post(waiting(registrar)).status_code == 303
    assert office.signed_in("reviewer-a").read(tip).status_code == 200


def test_every_table_of_the_keepers_has_words() -> None:
    assert TABLES.keys() == {str(table.name) for table in GUARDED} | {"row_digests", "entries"}
