"""The keeper's notes reach the mailbox, with the yes or by the clocks: none twice, none for a gone tip."""

from typing import Any

import pytest
from sqlalchemy import select

from crypto.errors import CryptoError
from crypto.keys import SigningKey
from crypto.notes import NoteSigner, open_json, sign_json
from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office
from tests.identities.leaving import leave_name
from tests.keeper.disclosing import AGREES, ASKS, HOUR, words
from tipline.deadlines.look import look_at_clocks
from tipline.disclosures.models import ToldDisclosure
from tipline.disclosures.storing import keep_record, keep_told
from tipline.ids import TipId
from tipline.keeper_client import SlipRequest
from tipline.keeper_client.disclosures import Decided
from tipline.mailbox.disclosures import told_disclosures
from tipline.mailbox.thread import find_mailbox
from tipline.tips.models import Item, Slip


@pytest.fixture
def left(office: Office) -> tuple[TipId, TrackingCode]:
    """A tip that was read, whose reporter has left a name."""
    tip, code = office.put_tip_with_code()
    leave_name(office, code)
    fields, slip = stored(office, tip, "text")
    statement = office.world.sign(
        "read", ASKS, tip=tip.hex(), desk="intake", purpose="triage", items=[fields]
    )
    office.keeper().release(statement, [slip])
    return tip, code


def stored(office: Office, tip: TipId, kind: str) -> tuple[dict[str, str], SlipRequest]:
    """An item as statements name it, with its slip for the intake desk."""
    query = (
        select(Item, Slip.slip).join(Slip).where(Item.tip_id == tip, Item.kind == kind, Slip.desk == "intake")
    )
    with office.database.reading() as session:
        item, slip = session.execute(query).one()
        return {"item": item.id.hex(), "hash": item.digest.hex()}, SlipRequest(
            slip, kind, item.claim_signature
        )


def allowed(office: Office, tip: TipId, **changes: Any) -> Decided:
    """A request that a custodian said yes to."""
    named, slip = stored(office, tip, "identity")
    fields: dict[str, Any] = {"tip": tip.hex(), "desk": "intake", **named, "reason": words()}
    fields |= {
        "ground": "testimony",
        "hours": 2,
        "tell": "first",
        "emergency": False,
        "body": "",
        "letter": "",
    }
    asked = office.world.sign("disclosure", ASKS, **(fields | changes))
    request = office.keeper().disclosures.request(asked, slip)
    yes = office.world.sign("disclosure-decision", AGREES, request=request, approved=True, reason=words())
    return office.keeper().disclosures.decide(yes)


def shown(office: Office, code: TrackingCode) -> list[int]:
    """The decisions that the mailbox tells of."""
    with office.database.reading() as session:
        found = told_disclosures(session, find_mailbox(session, code), office.world.verifier)
    return [one.record.decided_index for one in found]


def keep(office: Office, record: bytes) -> None:
    with office.database.writing() as session:
        keep_record(session, record, office.world.verifier)


def test_what_the_log_did_not_sign_is_not_stored(office: Office, left: tuple[TipId, TrackingCode]) -> None:
    record = allowed(office, left[0]).record
    body = open_json(record, office.world.verifier)
    for forged in (
        sign_json(body, NoteSigner(office.settings.origin, SigningKey.generate())),
        record.replace(b'"hours":2', b'"hours":1'),
        b"",
    ):
        with pytest.raises(CryptoError):
            keep(office, forged)
    assert shown(office, left[1]) == []


def test_who_is_told_first_can_read_it_before_the_window_opens(
    office: Office, left: tuple[TipId, TrackingCode]
) -> None:
    decided = allowed(office, left[0])
    for _ in range(2):
        keep(office, decided.record)
    assert keep_told(office.database, office.keeper()) == 0
    assert shown(office, left[1]) == [decided.index]


def test_a_note_that_was_lost_comes_with_the_next_look_at_the_clocks(
    office: Office, left: tuple[TipId, TrackingCode]
) -> None:
    decided = allowed(office, left[0])
    look_at_clocks(office.database, office.keeper(), office.clock)
    assert shown(office, left[1]) == [decided.index]
    office.change("delete from told_disclosures")
    look_at_clocks(office.database, office.keeper(), office.clock)
    assert shown(office, left[1]) == [decided.index]


def test_who_is_told_afterwards_hears_of_it_by_the_clocks_when_the_window_has_closed(
    office: Office, left: tuple[TipId, TrackingCode]
) -> None:
    decided = allowed(office, left[0], tell="after")
    assert decided.record == b""
    office.clock.advance(2 * HOUR - 1)
    assert keep_told(office.database, office.keeper()) == 0
    office.clock.advance(1)
    assert keep_told(office.database, office.keeper()) == 1
    assert shown(office, left[1]) == [decided.index]


def test_nothing_is_stored_for_a_tip_that_is_not_held(
    office: Office, left: tuple[TipId, TrackingCode]
) -> None:
    allowed(office, left[0])
    office.change("delete from slips")
    office.change("delete from items")
    assert keep_told(office.database, office.keeper()) == 0


def test_a_page_that_is_not_the_last_is_gone_on_from(
    office: Office, left: tuple[TipId, TrackingCode], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipline.keeper.disclosing.answering.AT_ONCE", 1)
    decided = [allowed(office, left[0], hours=hours) for hours in (1, 2, 3)]
    assert keep_told(office.database, office.keeper()) == 3
    assert shown(office, left[1]) == [one.index for one in decided]


def test_the_row_tells_neither_member_nor_desk_nor_name(
    office: Office, left: tuple[TipId, TrackingCode]
) -> None:
    keep(office, allowed(office, left[0]).record)
    with office.database.reading() as session:
        [row] = session.scalars(select(ToldDisclosure))
    body = open_json(row.note, office.world.verifier)
    assert body.keys() == {
        *("v", "type", "log", "tip", "request", "index", "decision"),
        *("asked", "decided", "ground", "hours", "opens", "emergency"),
    }
