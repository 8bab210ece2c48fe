"""Who a reporter is lies in the nightly list like everything else, and can be missed like everything else."""

from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office
from tests.identities.leaving import leave_name
from tests.inventory.nights import again, item_of, lines, night, remove
from tipline.ids import TipId


def tip_with_name(office: Office) -> tuple[TipId, TrackingCode]:
    tip, code = office.put_tip_with_code()
    leave_name(office, code)
    return tip, code


def test_a_name_that_vanished_or_was_swapped_is_listed(office: Office) -> None:
    gone, swapped = (tip_with_name(office)[0] for _ in range(2))
    night(office)
    remove(office, item_of(office, gone, "identity"))
    changed = item_of(office, swapped, "identity")
    office.change("update items set sealed = x'00' where id = :item", item=changed)
    made = night(office)
    assert (made.missing, made.changed, made.unvouched) == (1, 1, 0)
    assert set(lines(office)) == {("missing", gone.hex(), "identity"), ("changed", swapped.hex(), "identity")}


def test_a_name_that_somebody_else_wrote_is_vouched_for_by_nobody(office: Office) -> None:
    tip, _ = tip_with_name(office)
    written = item_of(office, tip, "identity")
    office.change("update items set claim_signature = zeroblob(64) where id = :item", item=written)
    made = night(office)
    assert (made.count, made.unvouched) == (2, 1)


def test_a_name_is_held_from_the_next_night_on(office: Office) -> None:
    tip_with_name(office)
    assert again(office).count == 0
    made = night(office)
    assert (made.count, made.missing, made.changed, made.unvouched) == (3, 0, 0, 0)
