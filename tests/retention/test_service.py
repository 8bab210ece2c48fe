"""After an erasure nothing opens, with all keys and all that is stored; before its day nothing goes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from crypto.notes import open_json
from crypto.randomness import random_bytes
from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office
from tests.identities.leaving import leave_name
from tests.public.visitor import Visitor
from tests.world import member_id, name
from tipline.awards.models import AwardTold, Collected
from tipline.database import Base
from tipline.disclosures.models import ToldDisclosure
from tipline.files.store import FileStore
from tipline.ids import TipId
from tipline.keeper_client import Reason, Refused, SlipRequest
from tipline.mailbox.errors import UnknownCode
from tipline.mailbox.thread import find_mailbox
from tipline.public.app import create_app
from tipline.retention import service
from tipline.retention.service import erase_expired, leaving
from tipline.sealing.audience import Audience
from tipline.sealing.items import seal_item
from tipline.tips.models import Item, Slip, Tip
from tipline.tips.storing import next_position, store_items

DAY = 86_400
REASON = {"item": "ab" * 16, "hash": "cd" * 32}
PIECE = 32
"""Bytes of a stored value that are looked for: SQLite spreads a long one over pages."""
AGE_HEADER = 128
OF_THE_VISIT = re.compile(rb'name="csrf_token" value="[^"]*"|[?]of=[0-9a-f]*')


@dataclass(frozen=True)
class Kept:
    """A tip, and a copy of everything that was stored of it."""

    tip: TipId
    code: TrackingCode
    values: tuple[bytes, ...]
    slips: tuple[tuple[dict[str, str], SlipRequest], ...]


def everything(office: Office, tip: TipId) -> Iterator[bytes]:
    """Every value that is stored of a tip and that opens or tells something."""
    with office.database.reading() as session:
        row = session.get_one(Tip, tip)
        yield from (row.locator, row.marker, row.root, row.card_box or b"")
        for item in session.scalars(select(Item).where(Item.tip_id == tip)):
            yield from (item.id, item.digest, item.sealed or b"", item.claim_signature, item.record[-64:])
            if item.sealed is None:
                yield Path(office.settings.files, item.id.hex()[:2], item.id.hex()).read_bytes()
        yield from session.scalars(select(Slip.slip).join(Item).where(Item.tip_id == tip))


def write_for_staff(office: Office, tip: TipId, kind: str, code: TrackingCode) -> None:
    """A reply or a note, logged and stored as the admin site does."""
    keys = office.world.desk_keys("intake", "integrity")
    with office.database.reading() as session:
        position = next_position(session, tip)
    route = office.keeper().states([tip.hex()])[tip.hex()]
    first = office.world.seal_tip().audience
    audience = Audience(first.keeper, keys, first.route, code.claim_key.public.raw)
    reporter = code.identity.recipient if kind == "reply" else None
    item = seal_item(kind, tip, b'{"text":"We look into it."}', audience=audience, reporter=reporter)
    fields = {"tip": tip.hex(), "desk": route.desks[0], **name(item)}
    appended = office.keeper().append(office.world.sign(kind, "reviewer-a", **fields))
    with office.database.writing() as session:
        store_items(
            session, [item], first_position=position, day=office.clock.today(), record=appended.record
        )


def closed_tip(office: Office, number: int = 1, description: str = "The quarry again.") -> Kept:
    """A tip with a file, messages, a name, a reply and a note, listed and read, and closed as spam today."""
    tip, code = office.put_tip_with_code(description, files={"truck.jpg": b"A number plate." * 5_000})
    office.write_back(code, "They came back.")
    leave_name(office, code)
    named = [slip_of(office, tip, kind) for kind in ("text", "card", "file")]
    items, slips = [each for each, _ in named], [slip for _, slip in named]
    office.keeper().release(reading(office, tip, items), slips)
    for kind in ("reply", "note"):
        write_for_staff(office, tip, kind, code)
    fields = {"desk": "intake", "tips": [tip.hex()], "reason": {**REASON, "item": f"{number:032x}"}}
    office.keeper().append(office.world.sign("close-spam", "reviewer-a", **fields))
    with office.database.writing() as session:
        row = session.get_one(Tip, tip)
        row.state, row.card_box, row.assignee = "closed", random_bytes(900), member_id("reviewer-a")
    return Kept(tip, code, tuple(everything(office, tip)), tuple(named))


def slip_of(office: Office, tip: TipId, kind: str) -> tuple[dict[str, str], SlipRequest]:
    """An item as statements name it, and its slip for the intake desk."""
    query = (
        select(Item, Slip.slip)
        .join(Slip)
        .where(Item.tip_id == tip, Item.kind == kind, Slip.desk == "intake")
        .order_by(Item.position)
    )
    with office.database.reading() as session:
        item, slip = session.execute(query).first() or pytest.fail("no such item")
        named = {"item": item.id.hex(), "hash": item.digest.hex()}
        return named, SlipRequest(slip, kind, item.claim_signature)


def reading(office: Office, tip: TipId, items: list[dict[str, str]]) -> Any:
    fields = {"tip": tip.hex(), "desk": "intake", "purpose": "triage", "items": items}
    return office.world.sign("read", "reviewer-a", **fields)


def erase(office: Office) -> int:
    return erase_expired(office.database, office.keeper(), office.files)


def stored(office: Office) -> bytes:
    """All bytes in the data folder but the keeper's, and in the folder in RAM: freed pages and all."""
    places = [office.settings.data, office.settings.ram]
    keeper = office.settings.keeper_folder
    files = (path for place in places for path in sorted(place.rglob("*")) if path.is_file())
    return b"\0".join(path.read_bytes() for path in files if keeper not in path.parents)


def found(raw: bytes, value: bytes) -> bool:
    """Whether any piece of a value is among these bytes; every age file begins alike."""
    first = AGE_HEADER if value.startswith(b"age-encryption.org/") else 0
    starts = range(first, max(len(value) - PIECE, 0) + 1, PIECE)
    return any(value[start : start + PIECE] in raw for start in starts if value)


@pytest.fixture
def kept(office: Office) -> Kept:
    return closed_tip(office)


def test_nothing_goes_before_its_day_is_over(office: Office, kept: Kept) -> None:
    office.clock.advance(60 * DAY)
    assert list(leaving(office.keeper())) == []
    assert erase(office) == 0
    raw = stored(office)
    assert all(found(raw, value) for value in kept.values if value)


def test_a_look_says_what_will_go_and_changes_nothing(office: Office, kept: Kept) -> None:
    office.clock.advance(61 * DAY)
    size = office.log_size()
    [one] = leaving(office.keeper())
    assert (one.tip, one.ending, one.kept_until.isoformat()) == (kept.tip.hex(), "spam", "2026-05-02")
    assert office.log_size() == size
    assert office.row(kept.tip).state == "closed"


def test_what_two_people_hold_stays_whole(office: Office, kept: Kept) -> None:
    fields = {"tip": kept.tip.hex(), "desk": "intake", "reason": {**REASON, "item": "5e" * 16}}
    office.keeper().append(office.world.sign("hold", "reviewer-a", "registrar", **fields))
    office.clock.advance(9_999 * DAY)
    assert erase(office) == 0
    assert office.row(kept.tip).card_box is not None


def test_after_an_erasure_no_byte_of_the_tip_is_stored_not_even_in_freed_pages(
    office: Office, kept: Kept
) -> None:
    other = closed_tip(office, 2)
    fields = {"tip": other.tip.hex(), "desk": "intake", "reason": {**REASON, "item": "5e" * 16}}
    office.keeper().append(office.world.sign("hold", "reviewer-a", "registrar", **fields))
    office.clock.advance(61 * DAY)
    assert erase(office) == 1
    raw = stored(office)
    assert [value[:16] for value in kept.values if value and found(raw, value)] == []
    # The same search finds what must still be there.
    assert all(found(raw, value) for value in other.values if value)


def test_a_stub_says_that_there_was_a_tip_and_no_more(office: Office, kept: Kept) -> None:
    before = office.row(kept.tip)
    office.clock.advance(61 * DAY)
    erase(office)
    row = office.row(kept.tip)
    assert (row.id, row.arrived_on, row.state, row.desk) == (
        *(kept.tip, before.arrived_on, "erased"),
        "intake",
    )
    assert (row.marker, row.root, row.card_box, row.card_group, row.assignee) == (b"", b"", None, None, "")
    assert row.locator != before.locator
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Item)) == 0
        assert session.scalar(select(func.count()).select_from(Slip)) == 0
    assert list(Path(office.settings.files).rglob("?" * 32)) == []
    record = row.state_record
    assert record is not None
    assert open_json(record, office.world.verifier)["state"] == "erased"


def test_a_kept_copy_of_the_slips_is_refused_by_the_keeper(office: Office, kept: Kept) -> None:
    office.clock.advance(61 * DAY)
    erase(office)
    for named, slip in kept.slips:
        with pytest.raises(Refused) as refused:
            office.keeper().release(reading(office, kept.tip, [named]), [slip])
        assert refused.value.reason is Reason.NOT_ALLOWED


def test_the_code_of_an_erased_tip_is_an_unknown_code(office: Office, kept: Kept) -> None:
    office.clock.advance(61 * DAY)
    app = create_app(office.settings, office.clock)

    def page(code: TrackingCode) -> tuple[int, bytes]:
        visitor = Visitor(app)
        answer = visitor.post("/mailbox", {**visitor.hidden("/mailbox"), "code": code.reveal()})
        shown = answer.data.replace(code.reveal().encode(), b"CODE")
        return answer.status_code, OF_THE_VISIT.sub(b"", shown)

    assert page(kept.code)[0] == 303
    erase(office)
    assert page(kept.code) == page(TrackingCode.generate())
    with office.database.reading() as session, pytest.raises(UnknownCode):
        find_mailbox(session, kept.code)


def test_who_has_the_code_of_an_erased_tip_cannot_show_whose_it_was(office: Office, kept: Kept) -> None:
    office.clock.advance(61 * DAY)
    claim = kept.code.claim_key.public.raw
    path = Path(office.settings.keeper_folder, "keeper.db")
    assert claim in path.read_bytes()
    erase(office)
    assert claim not in path.read_bytes()
    assert kept.code.locator_hash not in stored(office)


@pytest.mark.parametrize("stopped_in", ["_erase", "_erase_rows", "write_case"])
def test_a_run_that_was_killed_is_finished_by_the_next(
    office: Office, kept: Kept, monkeypatch: pytest.MonkeyPatch, stopped_in: str
) -> None:
    class Killed(BaseException):
        """The process ended here."""

    def killed(*_: object) -> None:
        raise Killed

    office.clock.advance(61 * DAY)
    with monkeypatch.context() as patch:
        patch.setattr(service, stopped_in, killed)
        with pytest.raises(Killed):
            erase(office)
    size = office.log_size()
    assert erase(office) == 1
    assert office.log_size() == size  # stated once
    raw = stored(office)
    assert not any(found(raw, value) for value in kept.values)
    assert erase(office) == 0


def test_a_run_is_finished_also_when_the_caches_were_made_again_in_between(
    office: Office, kept: Kept
) -> None:
    office.clock.advance(61 * DAY)
    office.keeper().erase([kept.tip.hex()])
    office.change("update tips set state = 'erased'")
    assert erase(office) == 1
    assert office.row(kept.tip).card_box is None


def test_a_state_that_somebody_wrote_by_hand_erases_nothing(office: Office) -> None:
    tip = office.put_tip()
    for state in ("closed", "erased"):
        office.change("update tips set state = ?".replace("?", f"'{state}'"))
        assert erase(office) == 0
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Item).where(Item.tip_id == tip))


def test_a_file_that_cannot_be_removed_keeps_its_tip_for_the_next_run(
    office: Office, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(*_: object) -> None:
        raise PermissionError("stuck")

    office.clock.advance(61 * DAY)
    with monkeypatch.context() as patch:
        patch.setattr(FileStore, "delete", stuck)
        with pytest.raises(PermissionError, match="stuck"):
            erase(office)
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Item))
    assert erase(office) == 1


def test_more_go_than_one_statement_takes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 2)
    tips = [closed_tip(office, number) for number in range(1, 4)]
    office.clock.advance(61 * DAY)
    size = office.log_size()
    assert erase(office) == len(tips)
    assert office.log_size() == size + 2


def test_no_other_table_holds_anything_of_a_tip() -> None:
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if "tip" in column.name
        or any(key.column.table.name in ("tips", "items") for key in column.foreign_keys)
    }
    # A sheet's is emptied when its tip is entered.
    told = {"receipts.tip_id", "told_disclosures.tip_id", "awards_told.tip", "collected.tip"}
    assert named == {"items.tip_id", "slips.item_id", "sheets.tip_id", *told}


def test_what_its_mailbox_was_told_of_an_award_and_what_it_collected_go_with_a_tip(
    office: Office, kept: Kept
) -> None:
    with office.database.writing() as session:
        session.add(AwardTold(tip=kept.tip, record=b"told"))
        session.add(Collected(tip=kept.tip, sealed=b"sealed"))
    office.clock.advance(61 * DAY)
    erase(office)
    with office.database.reading() as session:
        assert session.get(AwardTold, kept.tip) is None
        assert session.get(Collected, kept.tip) is None


def test_what_its_mailbox_was_told_of_disclosures_goes_with_a_tip(office: Office, kept: Kept) -> None:
    columns = {"request": 7, "tip_id": kept.tip, "position": 99, "note": b"told"}
    with office.database.writing() as session:
        session.add(ToldDisclosure(**columns))
    office.clock.advance(61 * DAY)
    erase(office)
    with office.database.reading() as session:
        assert session.get(ToldDisclosure, 7) is None
