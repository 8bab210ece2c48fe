"""A name that staff write down: stated like a note, opened like every name, by two people alone."""

from typing import Any

import pytest

from tests.keeper.disclosing import ASKS, NAME, Ceremony, identity_of
from tests.keeper.observed import Observed
from tests.keeper.test_cases import stated as case_stated
from tests.world import World, name, request
from tipline.keeper_client import Reason
from tipline.sealing.items import NewItem


@pytest.fixture
def ceremony(world: World, keeper: Observed) -> Ceremony:
    """A tip whose name was brought by staff: no reporter signed it."""
    made = Ceremony.of(world, keeper)
    return Ceremony(world, keeper, made.tip, identity_of(world, made.tip, signed=False))


def stated(ceremony: Ceremony, by: str = ASKS, item: NewItem | None = None, **changes: Any) -> bytes:
    fields = {"tip": ceremony.tip.id.hex(), "desk": "intake", **name(item or ceremony.item), **changes}
    return ceremony.keeper.client.append(ceremony.world.sign("identity", by, **fields)).record


@pytest.mark.parametrize(
    ("by", "changes", "why"),
    [
        ("custodian-1", {"desk": "custodians"}, Reason.NOT_ALLOWED),
        ("custodian-1", {}, Reason.DESK_NOT_HELD),
        ("integrity", {"desk": "integrity"}, Reason.NOT_ALLOWED),
        ("auditor", {"desk": "auditors"}, Reason.NOT_ALLOWED),
        (ASKS, {"tip": "ab" * 16}, Reason.UNKNOWN_TIP),
        (ASKS, {"hash": "short"}, Reason.MALFORMED),
    ],
)
def test_a_name_is_written_down_by_who_may_read_the_tip_alone(
    ceremony: Ceremony, by: str, changes: dict[str, Any], why: Reason
) -> None:
    assert ceremony.keeper.refusal(lambda: stated(ceremony, by, **changes)) is why


def test_whom_the_tip_excludes_writes_nothing_down(world: World, keeper: Observed) -> None:
    ceremony = Ceremony.of(world, keeper, excluded=("u2",))
    assert keeper.refusal(lambda: stated(ceremony, ASKS)) is Reason.EXCLUDED


def test_nothing_is_written_down_in_a_closed_tip(ceremony: Ceremony) -> None:
    ceremony.keeper.client.append(case_stated(ceremony.world, "close-spam", ASKS, ceremony.tip))
    assert ceremony.keeper.refusal(lambda: stated(ceremony)) is Reason.TIP_CLOSED


def test_a_name_is_stated_once(ceremony: Ceremony) -> None:
    stated(ceremony)
    assert ceremony.keeper.refusal(lambda: stated(ceremony)) is Reason.ITEM_MISMATCH


def test_a_name_that_neither_the_reporter_signed_nor_staff_stated_is_not_asked_for(
    ceremony: Ceremony,
) -> None:
    assert ceremony.keeper.refusal(ceremony.asked) is Reason.CLAIM_SIGNATURE


def test_another_name_than_was_stated_is_not_asked_for(ceremony: Ceremony, world: World) -> None:
    other = identity_of(world, ceremony.tip, signed=False)
    stated(ceremony, hash=other.digest.hex())
    assert ceremony.keeper.refusal(ceremony.asked) is Reason.ITEM_MISMATCH


def test_a_name_that_was_stated_as_something_else_is_none(ceremony: Ceremony) -> None:
    fields = {"tip": ceremony.tip.id.hex(), "desk": "intake", **name(ceremony.item)}
    ceremony.keeper.client.append(ceremony.world.sign("note", ASKS, **fields))
    assert ceremony.keeper.refusal(ceremony.asked) is Reason.ITEM_MISMATCH


def test_nobody_reads_a_stated_name_alone(ceremony: Ceremony) -> None:
    stated(ceremony)
    reading = ceremony.world.read(ASKS, ceremony.tip, ceremony.item)
    assert ceremony.keeper.refused(reading, ceremony.item) is Reason.NOT_ALLOWED


def test_two_people_open_a_stated_name(ceremony: Ceremony) -> None:
    stated(ceremony)
    index, sealed = ceremony.running()
    assert ceremony.opened(ceremony.viewed(index, sealed)) == NAME


def test_a_name_that_was_stated_in_another_tip_is_not_asked_for_here(world: World, keeper: Observed) -> None:
    first, second = Ceremony.of(world, keeper), Ceremony.of(world, keeper)
    item = identity_of(world, second.tip, signed=False)
    stated(first, item=item)
    asked = Ceremony(world, keeper, second.tip, item).request()
    refused = keeper.refusal(lambda: keeper.client.disclosures.request(asked, request(item)))
    assert refused is Reason.ITEM_MISMATCH
