"""The notes for mailboxes are given out and read whatever becomes of the log's keys."""

from tests.keeper.disclosing import Ceremony
from tests.keeper.observed import Observed
from tests.keeper.test_log_keys import change_keys, reads
from tests.world import World
from tipline.disclosures.records import DisclosureRecord


def test_notes_come_again_after_the_logs_keys_have_changed(world: World) -> None:
    """They are signed anew, and those that a mailbox has from before are read as well."""
    with world.keeper():
        ceremony = Ceremony.of(world, Observed(world))
        decided = ceremony.decided(ceremony.asked(tell="first"))
    change_keys(world)
    with world.keeper():
        client = world.client("later.json")
        reads(world, client)
        [(tip, request, note)] = client.disclosures.records().records
        again = DisclosureRecord.read(note, client.log_key, tip)
        before = DisclosureRecord.read(decided.record, client.log_key, tip)
    assert (
        (again.request, again.decided_index)
        == (before.request, before.decided_index)
        == (request, decided.index)
    )
