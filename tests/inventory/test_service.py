"""What vanished or was swapped is listed; what nobody vouches for is neither pinned nor held."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import insert

from crypto.merkle import Frontier, leaf_hash
from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office
from tests.inventory.nights import (
    DAY,
    again,
    entry,
    file_at,
    item_of,
    lines,
    night,
    question,
    remove,
    report,
    stored,
    today,
)
from tests.retention.test_service import closed_tip, erase, slip_of
from tests.world import member_id
from tipline.ids import TipId, new_item_id
from tipline.inventory import service
from tipline.keeper import models
from tipline.keeper.inventory import models as tables
from tipline.keeper.inventory import sighting
from tipline.keeper_client import Reason, Refused, StoredItem
from tipline.sealing.items import seal_item
from tipline.tips.models import Item
from tipline.tips.storing import ITEMS, next_position, store_items


@pytest.fixture
def tip(office: Office) -> TipId:
    return office.put_tip(files={"truck.jpg": b"A number plate." * 5_000})


def put_by_hand(office: Office, tip: TipId, kind: str = "text") -> bytes:
    """A row as somebody with the database writes it."""
    item = new_item_id()
    with office.database.writing() as session:
        row: dict[str, Any] = {
            "id": item,
            "tip_id": tip,
            "position": next_position(session, tip),
            "kind": kind,
            "day": today(office),
            "digest": bytes(32),
            "sealed": b"somebody's own words",
            "claim_signature": b"",
            "record": b"",
        }
        session.execute(insert(ITEMS), [row])
    return item


def test_a_list_says_how_much_is_held_and_nothing_of_what(office: Office, tip: TipId) -> None:
    made = night(office)
    assert (made.count, made.missing, made.changed, made.unvouched) == (3, 0, 0, 0)
    body = entry(office, made.index).statement.body
    assert body.keys() == {
        *("v", "log", "type", "at", "nonce", "by"),
        *("day", "count", "root", "missing", "changed", "unvouched", "altered"),
    }
    assert (body["type"], body["by"], body["day"]) == ("inventory", ["keeper"], made.day.isoformat())
    assert lines(office) == []


def test_the_root_is_over_the_salted_hashes_of_what_is_stored_in_the_order_of_salts(
    office: Office, tip: TipId
) -> None:
    made, tree = night(office), Frontier()
    held = sorted(stored(office, tables.held), key=lambda row: bytes(row.salt))
    for row in held:
        with office.database.reading() as session:
            sealed = session.get_one(Item, row.item).sealed
        data = file_at(office, row.item).read_bytes() if sealed is None else sealed
        digest = hashlib.sha256(data).digest()
        tree.append(leaf_hash(hashlib.sha256(b"tipline-held-v1\n" + row.salt + row.item + digest).digest()))
    assert entry(office, made.index).statement.body["root"] == tree.root().hex()
    assert len({row.salt for row in held}) == len(held) == made.count


def test_what_came_today_is_in_no_list_of_today(office: Office, tip: TipId) -> None:
    made = again(office)
    assert (made.count, made.unvouched) == (0, 0)
    night(office)
    known, code = office.put_tip_with_code()
    night(office)
    office.write_back(code, "They came back.")
    made = again(office)
    assert (made.count, made.unvouched) == (5, 0)
    assert night(office).count == 6
    assert item_of(office, known, "message")


def test_a_list_is_stated_once_a_day_and_again_only_when_it_differs(office: Office, tip: TipId) -> None:
    first = night(office)
    size = office.log_size()
    assert again(office) == first
    assert office.log_size() == size
    remove(office, item_of(office, tip, "card"))
    office.clock.advance(DAY)
    second = again(office)
    assert (second.missing, second.count) == (1, 2)
    file_at(office, item_of(office, tip, "file")).write_bytes(b"something else")
    third = again(office)
    assert (third.missing, third.changed, third.count) == (1, 1, 1)
    assert third.index > second.index > first.index


def test_an_item_that_vanished_is_listed(office: Office, tip: TipId) -> None:
    night(office)
    for number, kind in enumerate(("text", "card", "file"), 1):
        remove(office, item_of(office, tip, kind))
        assert night(office).missing == number
        assert ("missing", tip.hex(), kind) in lines(office)
        assert report(office).items[0].found == today(office)
    assert len(lines(office)) == 3


def test_a_sealed_file_that_was_removed_is_listed_though_its_row_is_there(office: Office, tip: TipId) -> None:
    night(office)
    file_at(office, item_of(office, tip, "file")).unlink()
    assert night(office).missing == 1
    assert lines(office) == [("missing", tip.hex(), "file")]


def test_an_item_whose_day_was_moved_out_of_sight_is_listed(office: Office, tip: TipId) -> None:
    night(office)
    office.change("update items set day = '2999-01-01' where kind = 'text'")
    assert night(office).missing == 1


def test_a_whole_tip_that_vanished_is_listed_item_by_item(office: Office, tip: TipId) -> None:
    night(office)
    office.change("delete from slips")
    office.change("delete from items")
    office.change("delete from tips")
    made = night(office)
    assert (made.count, made.missing) == (0, 3)
    assert {line[1] for line in lines(office)} == {tip.hex()}


def test_a_swapped_item_is_listed_in_the_database_and_in_the_files_folder(office: Office, tip: TipId) -> None:
    night(office)
    digest = hashlib.sha256(b"other words").digest()
    office.change(
        "update items set sealed = :sealed, digest = :digest where kind = 'text'",
        **{"sealed": b"other words", "digest": digest},
    )
    file_at(office, item_of(office, tip, "file")).write_bytes(b"another picture")
    made = night(office)
    assert (made.count, made.missing, made.changed) == (1, 0, 2)
    assert sorted(lines(office)) == [("changed", tip.hex(), "file"), ("changed", tip.hex(), "text")]


def test_an_item_that_was_read_and_vanished_before_its_first_list_is_listed(office: Office) -> None:
    kept = closed_tip(office)
    for item in (item_of(office, kept.tip, "note"), item_of(office, kept.tip, "text")):
        remove(office, item)
    night(office)  # from here on they are expected
    assert night(office).missing >= 2
    assert {("missing", kept.tip.hex(), kind) for kind in ("note", "text")} <= set(lines(office))


def test_what_comes_back_as_it_was_is_listed_no_longer(office: Office, tip: TipId) -> None:
    night(office)
    path = file_at(office, item_of(office, tip, "file"))
    data = path.read_bytes()
    path.unlink()
    assert night(office).missing == 1
    path.write_bytes(b"not what it was")
    made = night(office)
    assert (made.missing, made.changed) == (0, 1)
    path.write_bytes(data)
    made = night(office)
    assert (made.missing, made.changed, made.count) == (0, 0, 3)
    assert lines(office) == []


def test_an_erased_tip_is_not_missing(office: Office) -> None:
    closed_tip(office)
    assert night(office).count
    office.clock.advance(61 * DAY)
    assert erase(office) == 1
    made = again(office)
    assert (made.count, made.missing, made.changed) == (0, 0, 0)
    assert stored(office, tables.held) == []
    assert night(office).missing == 0


def test_a_row_that_was_added_by_hand_is_neither_pinned_nor_held(office: Office, tip: TipId) -> None:
    night(office)
    before = stored(office, models.items)
    item = put_by_hand(office, tip)
    made = night(office)
    assert (made.count, made.unvouched) == (3, 1)
    assert lines(office) == [("unvouched", tip.hex(), "text")]
    assert stored(office, models.items) == before
    assert item not in {row.item for row in stored(office, tables.held)}
    remove(office, item)
    made = night(office)
    assert (made.missing, made.unvouched) == (0, 0)


def test_an_item_sealed_with_a_slip_of_its_own_but_signed_by_nobody_is_not_pinned(
    office: Office, tip: TipId
) -> None:
    night(office)
    audience = office.world.seal_tip().audience
    forged = seal_item("message", tip, b'{"text":"I withdraw."}', audience=audience)
    stranger = TrackingCode.generate()
    signed = seal_item("message", tip, b"{}", audience=audience, claim=stranger.claim_key)
    with office.database.writing() as session:
        position = next_position(session, tip)
        store_items(session, [forged, signed], first_position=position, day=today(office))
    assert night(office).unvouched == 2
    assert not {forged.id, signed.id} & {row.item for row in stored(office, models.items)}


def test_what_a_slip_vouches_for_is_pinned_before_anybody_reads_it(office: Office) -> None:
    tip, code = office.put_tip_with_code()
    office.write_back(code, "They came back.")
    assert night(office).unvouched == 0
    pinned = {row.item for row in stored(office, models.items)}
    assert {item_of(office, tip, kind) for kind in ("text", "card", "message")} <= pinned


def test_a_slip_that_was_put_beside_an_item_by_hand_hides_none_that_is_right(
    office: Office, tip: TipId
) -> None:
    office.change("insert into slips (item_id, desk, epoch, slip) select id, 'aaa', 1, x'00' from items")
    assert night(office).unvouched == 0


def test_a_route_record_is_looked_for_from_the_first_list_on(office: Office, tip: TipId) -> None:
    night(office)
    put_by_hand(office, tip, "route")
    assert night(office).unvouched == 0
    remove(office, item_of(office, tip, "route"))
    assert night(office).missing == 1
    assert lines(office) == [("missing", tip.hex(), "route")]


def test_a_run_that_was_cut_off_has_changed_nothing(
    office: Office, tip: TipId, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process ended here."""

    def killed(*_: object) -> None:
        raise Killed

    office.clock.advance(DAY)
    for where in ("begin", "hand_over", "vouch", "end", "notes"):
        with monkeypatch.context() as patch:
            patch.setattr(f"tipline.keeper_client.inventory.HeldItems.{where}", killed)
            with pytest.raises(Killed):
                again(office)
        assert len(stored(office, tables.held)) == (3 if where == "notes" else 0)
    made = again(office)
    assert (made.count, made.missing, made.changed, made.unvouched) == (3, 0, 0, 0)
    assert night(office).missing == 0


def test_of_two_runs_the_later_one_counts(office: Office, tip: TipId) -> None:
    office.clock.advance(DAY)
    held = office.keeper().held
    first, _ = held.begin()
    second, _ = held.begin()
    piece = [StoredItem(bytes(16), tip, bytes(32), "text")]
    for call in (lambda: held.hand_over(first, piece), lambda: held.end(first)):
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.reason is Reason.NOT_ALLOWED
    assert held.hand_over(second, piece) == {bytes(16)}


def test_pieces_out_of_their_order_are_refused(office: Office, tip: TipId) -> None:
    held = office.keeper().held
    one, other = (StoredItem(bytes([number]) * 16, tip, bytes(32), "text") for number in (1, 2))
    for first, wrong in (([], [other, one]), ([], [one, one]), ([other], [one]), ([one], [one])):
        run, _ = held.begin()
        held.hand_over(run, first)
        with pytest.raises(Refused) as refused:
            held.hand_over(run, wrong)
        assert refused.value.reason is Reason.MALFORMED


def test_an_item_of_another_form_is_refused(office: Office) -> None:
    ask = office.world.client("other.json")._connections.ask
    run = ask({"op": "inventory-begin"})["run"]
    zeros = "00" * 16
    for item in (
        "text",
        [],
        [zeros, zeros, "00" * 32],
        ["00" * 15, zeros, "00" * 32, "text"],
        [zeros, zeros, "zz" * 32, "text"],
        [zeros, zeros, "00" * 32, "A text"],
        [zeros, zeros, "00" * 32, 7],
    ):
        with pytest.raises(Refused) as refused:
            ask({"op": "inventory-piece", "run": run, "items": [item]})
        assert refused.value.reason is Reason.MALFORMED


def test_only_an_auditor_who_said_so_in_the_log_sees_the_list(office: Office, tip: TipId) -> None:
    night(office)
    keeper, world = office.keeper(), office.world
    nobodys = question(world)
    with pytest.raises(Refused):
        keeper.held.report(nobodys)  # it was never logged
    reviewers = question(world, "reviewer-a")
    with pytest.raises(Refused):
        keeper.append(reviewers)
    with pytest.raises(Refused):
        keeper.held.report(reviewers)
    old = question(world)
    keeper.append(old)
    assert keeper.held.report(old).nights
    office.clock.advance(601)
    with pytest.raises(Refused):
        keeper.held.report(old)


def test_a_question_for_another_page_does_not_open_the_list(office: Office, tip: TipId) -> None:
    night(office)
    keeper, world = office.keeper(), office.world
    for statement in (question(world, view="list"), world.sign("audit", "auditor", first=0, count=1)):
        keeper.append(statement)
        with pytest.raises(Refused) as refused:
            keeper.held.report(statement)
        assert refused.value.reason is Reason.NOT_ALLOWED


def test_a_run_has_an_end_whatever_is_invented_and_another_begins_anew(
    office: Office, tip: TipId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sighting, "ROOM", 3)
    monkeypatch.setattr(sighting, "ROOM_BY_PIN", 0)
    held = office.keeper().held
    invented = [StoredItem(bytes([1]) * 15 + bytes([n]), tip, bytes(32), "text") for n in range(4)]
    run, _ = held.begin()
    held.hand_over(run, invented[:3])
    with pytest.raises(Refused) as refused:
        held.hand_over(run, invented[3:])
    assert refused.value.reason is Reason.TOO_MANY
    run, _ = held.begin()
    assert stored(office, tables.sighted) == []
    held.hand_over(run, invented[3:])


def test_nobody_sees_the_list_under_a_reading_or_after_leaving_the_auditors(
    office: Office, tip: TipId
) -> None:
    night(office)
    keeper, world = office.keeper(), office.world
    named, slip = slip_of(office, tip, "text")
    fields = {"tip": tip.hex(), "desk": "intake", "purpose": "triage", "items": [named]}
    reading = world.sign("read", "reviewer-a", **fields)
    keeper.release(reading, [slip])
    audit = question(world)
    keeper.append(audit)
    assert keeper.held.report(audit).nights
    keeper.append(world.sign("remove", "registrar", member=member_id("auditor")))
    for statement in (reading, audit):
        with pytest.raises(Refused) as refused:
            keeper.held.report(statement)
        assert refused.value.reason is Reason.NOT_ALLOWED


def test_more_than_one_piece_and_one_page_of_notes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tipline.inventory.stored.AT_ONCE", 2)
    monkeypatch.setattr(service, "ITEMS_AT_ONCE", 1)
    monkeypatch.setattr("tipline.keeper.inventory.receipts.AT_ONCE", 1)
    for _ in range(3):
        office.put_tip()
    assert night(office).count == 6
    pages = list(office.keeper().held.notes())
    assert [len(page) for page in pages] == [1, 1, 1]
