"""What a list leaves beside its root: what is missing, and who read, as somebody writes it by hand."""

import pytest

from crypto.notes import open_json
from tests.admin.conftest import Office
from tests.inventory.nights import again, item_of, lines, night, read_text, remove, stored
from tests.inventory.test_remembered import by_hand
from tipline.keeper.inventory import models as tables
from tipline.keeper_client import KeeperStopped, MailboxNotes, Night


def notes(office: Office) -> list[MailboxNotes]:
    return [one for some in office.keeper().held.notes() for one in some]


def days(office: Office) -> int:
    """On how many days the only tip was read."""
    [note] = notes(office)
    return len(open_json(note.counts, office.world.verifier)["days"])


def test_what_vanished_before_its_first_list_is_missing_though_its_row_is_deleted_day_after_day(
    office: Office,
) -> None:
    night(office)
    tip = office.put_tip()
    read_text(office, tip, "reviewer-a")
    again(office)
    remove(office, item_of(office, tip, "text"))
    found: list[Night] = []
    for _ in range(3):
        by_hand(office, "DELETE FROM held WHERE since = ''")
        found.append(night(office))
    assert [(one.missing, one.altered) for one in found] == [(1, True)] * 3
    assert ("missing", tip.hex(), "text") in lines(office)


def test_another_item_in_place_of_a_missing_one_is_found(office: Office) -> None:
    tip = office.put_tip()
    night(office)
    remove(office, item_of(office, tip, "text"))
    assert night(office).missing == 1
    by_hand(office, "UPDATE held SET item = randomblob(16) WHERE lost != ''")
    assert night(office).altered


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE held SET lost = '' WHERE lost != ''",
        "UPDATE held SET kind = 'note' WHERE lost != ''",
        "DELETE FROM readers",
        "UPDATE readers SET tip = randomblob(16)",
    ],
)
def test_no_note_is_signed_from_rows_that_are_others_than_the_list_left(
    office: Office, statement: str
) -> None:
    tip = office.put_tip()
    read_text(office, tip, "reviewer-a")
    night(office)
    remove(office, item_of(office, tip, "text"))
    assert night(office).missing == 1
    assert notes(office)
    by_hand(office, statement)
    with pytest.raises(KeeperStopped):
        notes(office)


def test_readings_that_somebody_took_out_are_counted_once_more(office: Office) -> None:
    tip = office.put_tip()
    read_text(office, tip, "reviewer-a")
    night(office)
    assert days(office) == 1
    by_hand(office, "DELETE FROM readers")
    assert night(office).altered
    assert days(office) == 1


def test_how_far_readings_are_counted_only_the_keeper_says(office: Office) -> None:
    office.put_tip()
    night(office)
    [left] = stored(office, tables.remembered)
    by_hand(office, f"UPDATE remembered SET readings = {left.readings + 100}")
    with pytest.raises(KeeperStopped):
        night(office)
