"""A name that staff write down: three locks, gone from whose session typed it, two people to open it."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from crypto.errors import CryptoError
from crypto.identities import open_middle
from crypto.slips import open_inner, open_outer
from tests.admin.conftest import TOKEN, Office, Staff
from tests.admin.disclosing import AFTER, AGREES, ASKS, ENGLISH, Asking, leave_name
from tests.admin.disclosing import NAME as LEFT
from tests.admin.test_disclosed_names import sessions
from tests.world import member_id
from tipline.identities.alias import alias_code
from tipline.ids import ItemId, TipId, UnitId
from tipline.tips.models import Item, Slip

NAME = "Wilhelmina Quarryface"
CONTACT = "ask for the blue door at the mill"
SAFELY = "never before noon"
TYPED: Mapping[str, str] = {
    "identity_name": NAME,
    "identity_contact": CONTACT,
    "identity_safely": SAFELY,
}
CARD_NUMBER = "11010519491231002X"
NOWHERE = "f" * 32


@pytest.fixture
def tip(office: Office) -> TipId:
    return office.put_tip()


@pytest.fixture
def staff(office: Office, tip: TipId) -> Staff:
    reviewer = office.signed_in(ASKS, confirmed=True)
    reviewer.get("/tips")
    return reviewer


def write(staff: Staff, tip: TipId, fields: Mapping[str, str] = TYPED) -> TestResponse:
    return staff.post(f"/tips/{tip.hex()}/identity/write", fields, headers=ENGLISH)


def page(staff: Staff, tip: TipId) -> str:
    return unescape(staff.get(f"/tips/{tip.hex()}/identity", headers=ENGLISH).text)


def identities(office: Office, tip: TipId) -> list[Item]:
    query = select(Item).where(Item.tip_id == tip, Item.kind == "identity").order_by(Item.position)
    with office.database.reading() as session:
        found = list(session.scalars(query))
        session.expunge_all()
        return found


def files_of(office: Office) -> Iterator[Path]:
    """Everything that the three processes keep."""
    for folder in (office.settings.data, office.settings.admin_folder, office.settings.keeper_folder):
        yield from (path for path in folder.rglob("*") if path.is_file())


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (dict.fromkeys(TYPED, " "), "One of the fields is enough."),
        ({"identity_name": "字" * 1_200}, "This is too long for one field."),
        ({"identity_safely": f"card {CARD_NUMBER}"}, "the number of an identity card, which is never kept"),
    ],
    ids=["nothing", "overlong", "card number"],
)
def test_what_cannot_be_kept_is_named_and_nothing_typed_is_lost(
    office: Office, staff: Staff, tip: TipId, changes: Mapping[str, str], sentence: str
) -> None:
    size, typed = office.log_size(), {**TYPED, **changes}
    answer = write(staff, tip, typed)
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert all(text.strip() in unescape(answer.text) for text in typed.values())
    assert 'aria-invalid="true"' in answer.text
    assert office.log_size() == size
    assert identities(office, tip) == []


@pytest.mark.parametrize(
    ("name", "changes"), [("reviewer-b", {"exclude": (UnitId("u3"),)}), ("integrity", {})]
)
def test_who_must_not_know_the_tip_writes_to_an_unknown_one(
    office: Office, name: str, changes: dict[str, Any]
) -> None:
    hidden_tip = office.put_tip(**changes)
    office.signed_in(ASKS).get("/tips")
    other = office.signed_in(name, confirmed=True)
    other.get("/tips")
    answers = [write(other, one) for one in (hidden_tip, TipId(bytes.fromhex(NOWHERE)))]
    assert {answer.status_code for answer in answers} == {404}
    assert TOKEN.sub("", answers[0].text) == TOKEN.sub("", answers[1].text)
    assert identities(office, hidden_tip) == []


def test_nothing_is_written_down_in_a_tip_that_is_closed(office: Office, staff: Staff, tip: TipId) -> None:
    assert staff.post("/tips/spam/close", {"tip": tip.hex(), "reason": "Nothing in it."}).status_code == 303
    size = office.log_size()
    answer = write(staff, tip)
    assert answer.status_code == 409
    assert "This tip is closed." in answer.text
    assert NAME in answer.text
    assert "Seal and keep" not in page(staff, tip)
    assert office.log_size() == size


def test_a_name_that_no_statement_names_is_none(office: Office, staff: Staff, tip: TipId) -> None:
    """A row that somebody put there by hand: without the record, and with the record of another item."""
    write(staff, tip)
    genuine = alias_code(ItemId(identities(office, tip)[0].id))
    columns = "tip_id, kind, day, digest, sealed, claim_signature"
    for number, record in ((98, "zeroblob(0)"), (99, "record")):
        office.change(
            f"insert into items (id, position, record, {columns})"
            f" select randomblob(16), {number}, {record}, {columns} from items"
            " where kind = 'identity' and position < 98"
        )
    assert f"Reporter {genuine}" in page(staff, tip)


# ------------------------------------------------------------------ what is kept


def test_what_was_typed_is_in_no_session_file_page_title_or_log(
    office: Office, staff: Staff, tip: TipId, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever typed it sees it as little afterwards as anybody else."""
    answer = write(staff, tip)
    assert answer.location == f"/tips/{tip.hex()}/identity?done=name-written"
    shown = [answer.text, str(answer.headers), page(staff, tip), staff.get("/tips").text]
    shown += [staff.read(tip).text, staff.get(f"/tips/{tip.hex()}").text, *capfd.readouterr()]
    shown += [str(sessions(office, ASKS))]
    for text in (NAME, CONTACT, SAFELY):
        assert not any(text in unescape(one) for one in shown), text
        for path in files_of(office):
            data = path.read_bytes()
            assert text.encode() not in data, path
            assert text.encode("utf-16-le") not in data, path


def test_no_desk_alone_and_no_custodian_alone_opens_it(office: Office, staff: Staff, tip: TipId) -> None:
    write(staff, tip)
    (item,) = identities(office, tip)
    with office.database.reading() as session:
        slips = {one.desk: one.slip for one in session.scalars(select(Slip).where(Slip.item_id == item.id))}
    assert slips.keys() == {"intake", "integrity"}
    desks = office.world.desks
    for desk, slip in slips.items():
        _, middle = open_outer(slip, office.world.keeper_identity)
        with pytest.raises(CryptoError):
            open_inner(middle, desks[desk])
        inner = open_middle(middle, [desks["custodians"]])
        with pytest.raises(CryptoError):
            open_inner(inner, desks["custodians"])
        open_inner(inner, desks[desk])


def test_two_people_open_a_name_that_staff_wrote_down(office: Office, staff: Staff, tip: TipId) -> None:
    write(staff, tip)
    assert "Written down by staff on 2026-03-03" in page(staff, tip)
    agrees = office.signed_in(AGREES, confirmed=True)
    asking = Asking(office, tip, office.put_tip_with_code()[1], staff, agrees)
    shown = asking.look(asking.running())
    assert all(text in shown.text for text in (NAME, CONTACT, SAFELY))


def test_nobody_hides_the_reporters_own_name_by_writing_another(office: Office) -> None:
    """Nor does a later one of staff: both stand to choose from, the reporter's first."""
    asking = Asking.of(office)
    own = asking.identity.hex()
    for name in ("Nobody At All", NAME):
        write(asking.asks, asking.tip, {**TYPED, "identity_name": name})
    text = page(asking.asks, asking.tip)
    assert asking.alias in text
    choice = re.findall(r'name="identity" value="([0-9a-f]{32})" required( checked)?> ([^<]+)<', text)
    newest = identities(office, asking.tip)[-1].id.hex()
    assert [(item, bool(mark)) for item, mark, _ in choice] == [(own, True), (newest, False)]
    assert [said for *_, said in choice] == [
        "Left in the mailbox on 2026-03-03 (UTC).",
        "Written down by staff on 2026-03-03 (UTC).",
    ]
    assert LEFT in asking.look(asking.running({**AFTER, "identity": own})).text
    assert NAME in asking.look(asking.running({**AFTER, "identity": newest})).text


def test_a_request_names_one_of_the_two_names_that_count(office: Office) -> None:
    asking = Asking.of(office)
    for name in ("Nobody At All", NAME):
        write(asking.asks, asking.tip, {**TYPED, "identity_name": name})
    other = Asking.of(office)
    size = office.log_size()
    older = identities(office, asking.tip)[1].id.hex()
    for named in ("", "x", older, other.identity.hex()):
        refused = asking.ask({**AFTER, "identity": named}, 422)
        assert "Choose for which name you ask." in unescape(refused.text)
        assert AFTER["reason"] in refused.text
    assert office.log_size() == size


def test_a_request_for_one_name_leaves_the_other_to_be_asked_for(office: Office) -> None:
    asking = Asking.of(office)
    write(asking.asks, asking.tip)
    own, written = (item.id.hex() for item in identities(office, asking.tip))
    asking.asked({**AFTER, "identity": written})
    text = page(asking.asks, asking.tip)
    assert "Waits for a custodian" in text
    assert f'value="{own}" required checked' in text
    assert written not in text
    asking.asked({**AFTER, "identity": own})
    assert "Sign the request" not in page(asking.asks, asking.tip)


def test_the_newest_name_that_a_reporter_leaves_counts(office: Office) -> None:
    asking = Asking.of(office)
    leave_name(office, asking.code, "Anselm Later")
    assert "Left in the mailbox on" in page(asking.asks, asking.tip)
    assert "Anselm Later" in asking.look(asking.running()).text


def test_an_auditor_sees_that_a_name_was_written_down_and_by_whom(
    office: Office, staff: Staff, tip: TipId
) -> None:
    write(staff, tip)
    auditor = office.signed_in("auditor", confirmed=True)
    line = auditor.get(f"/log?type=identity&member={member_id(ASKS)}", headers=ENGLISH).text
    assert "Wrote down a name or contact" in line
    assert NAME not in line


# ------------------------------------------------------------------ a desk that came later


def test_a_desk_that_a_tip_came_to_later_is_told_who_can_ask(office: Office) -> None:
    """No slip of the name is for it; the page says so instead of failing, and a new name can be kept."""
    asking = Asking.of(office)
    office.change("delete from slips where desk = 'intake' and item_id = :item", item=asking.identity)
    told = page(asking.asks, asking.tip)
    assert "kept before this desk had the tip" in told
    assert "The integrity desk can, once the tip is with it." in told
    assert "Sign the request" not in told
    size = office.log_size()
    assert asking.asks.post(asking.form, AFTER).status_code == 404
    assert office.log_size() == size
    write(asking.asks, asking.tip)
    assert NAME in asking.look(asking.running()).text


def test_the_integrity_desk_can_ask_for_a_name_that_came_before(office: Office) -> None:
    asking = Asking.of(office)
    world, keeper = office.world, office.keeper()
    route = {"tip": asking.tip.hex(), "desk": "intake", "desks": ["integrity", "intake"], "excluded": []}
    keeper.append(world.sign("route", ASKS, **{**route, "desks": sorted(route["desks"])}, reason={}))
    office.change("update tips set desk = 'integrity', card_group = null where id = :tip", tip=asking.tip)
    integrity = office.signed_in("integrity", confirmed=True)
    integrity.get("/tips")
    assert "Sign the request" in page(integrity, asking.tip)
