"""When every staff page says that something is wrong; and a list after the log's keys were changed."""

from datetime import timedelta
from pathlib import Path

from tests.admin.conftest import Office
from tests.clocks import FixedClock
from tests.inventory.nights import DAY, again, item_of, night, remove, today
from tests.world import World
from tipline.commands.rotating import rotate
from tipline.files.store import FileStore
from tipline.inventory.service import take_inventory
from tipline.keeper.inventory.alarms import CODE, STANDS, alarms
from tipline.keeper_client import Night


def raised(office: Office, days: int = 0) -> tuple[str, ...]:
    """The alarms, some days from now."""
    database = office.world.open_database(office.settings.keeper_database_url)
    with database.reading() as session:
        return alarms(session.connection(), today(office) + timedelta(days=days))


def test_what_is_missing_raises_an_alarm_until_thirty_days_after(office: Office) -> None:
    tip = office.put_tip()
    night(office)
    assert raised(office) == ()
    remove(office, item_of(office, tip, "card"))
    night(office)
    assert raised(office) == (CODE,)
    office.clock.advance(STANDS.days * DAY)
    again(office)
    assert raised(office) == (CODE,)
    night(office)
    assert raised(office) == ()


def test_nights_that_are_missed_raise_an_alarm_and_before_the_first_one_nothing_does(office: Office) -> None:
    office.put_tip()
    assert raised(office, 100) == ()
    night(office)
    assert raised(office, 2) == ()
    assert raised(office, 3) == (CODE,)


def test_after_a_change_of_the_logs_keys_the_list_is_stated_anew_for_the_receipts(
    tmp_path: Path, clock: FixedClock
) -> None:
    def take(world: World, name: str) -> Night:
        files = FileStore(world.settings.files, world.settings.staging, world.settings.ram / "held", clock)
        return take_inventory(world.database, files, world.client(name), clock)

    with World.made(tmp_path, clock) as world:
        world.put_in(world.seal_tip())
        clock.advance(DAY)
        with world.keeper():
            first = take(world, "first.json")
        rotate(world.settings, world.clock)
        with world.keeper():
            second = take(world, "first.json")
            assert (second.day, second.count) == (first.day, first.count)
            assert second.index > first.index
            assert take(world, "first.json") == second
