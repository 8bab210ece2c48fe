"""Columns of entries written by hand: what a start and a batch decide comes from the entries themselves."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from crypto.statements import commitment
from tests.clocks import FixedClock
from tests.keeper.edited import Scene
from tests.keeper.observed import Observed
from tests.keeper.test_alerts import burst, look
from tests.keeper.test_alerts import stated as alerts_stated
from tests.keeper.test_cases import opened
from tests.keeper.test_rollback import change
from tests.world import NOON, SealedTip, World, member_id, request
from tipline.database import Database
from tipline.keeper import tail
from tipline.keeper.checking.errors import SchemaChanged
from tipline.keeper.checking.service import Pins, check_log
from tipline.keeper.schema import require_plain
from tipline.keeper_client import KeeperStopped, Reason

DAY: Final = 86_400
COUNT: Final = 'update entries set type = ? where "index" = ?'


def read(world: World, keeper: Observed, tip: SealedTip, by: str) -> object:
    return keeper.client.release(world.read(by, tip), [request(tip.item("text"))])


def index_of(world: World, kind: str) -> int:
    """The first entry of a type."""
    with world.open_database(world.settings.keeper_database_url).reading() as session:
        found = session.connection().exec_driver_sql(
            'select min("index") from entries where type = ?', (kind,)
        )
        return int(found.scalar_one())


def days_later(world: World, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later than a start looks at every entry."""
    monkeypatch.setattr(tail, "_AT_ONCE", 1)
    keeper, tip = Observed(world), world.seal_tip()
    read(world, keeper, tip, "reviewer-b")
    clock.advance(4 * DAY)
    read(world, keeper, tip, "reviewer-b")


def assert_stops_at_a_start(world: World, stop: str = "damaged") -> None:
    with world.keeper():
        heads = Observed(world).client.heads()
        assert heads is not None
        assert heads.stop == stop
        with pytest.raises(KeeperStopped):
            read(world, Observed(world), world.seal_tip(), "reviewer-a")


@pytest.mark.parametrize("is_old", [False, True], ids=["of today", "of four days ago"])
@pytest.mark.parametrize("shown", [("note", "read"), ("read", "unit"), ("note", "unit")], ids=" ".join)
def test_no_roster_statement_hides_and_no_other_shows_itself_as_one(
    world: World,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    shown: tuple[str, str],
    is_old: bool,
) -> None:
    """Each alone changes how many there seem to be; both together do not."""
    with world.keeper():
        keeper = Observed(world)
        read(world, keeper, world.seal_tip(), "reviewer-a")
        limit = world.sign("conflicts", "reviewer-b", member=member_id("reviewer-b"), add=["u4"])
        keeper.client.append(limit)
        if is_old:
            days_later(world, clock, monkeypatch)
    hidden, other = index_of(world, "conflicts"), index_of(world, "read")
    hide_as, show_as = shown
    change(world, COUNT, hide_as, hidden)
    change(world, COUNT, show_as, other)
    is_only_hidden = is_old and show_as == "read"
    assert_stops_at_a_start(world, "rows" if is_only_hidden else "damaged")


@pytest.mark.parametrize("is_old", [False, True], ids=["of today", "of four days ago"])
def test_a_change_that_was_refused_never_counts_by_its_column(
    world: World, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, is_old: bool
) -> None:
    with world.keeper():
        keeper = Observed(world)
        member, fields = member_id("reviewer-b"), {"unit": "u2", "past_units": [], "conflicts": []}
        late = world.sign("member-unit", "registrar", "registrar-2", member=member, **fields)
        clock.advance(4 * DAY)
        assert keeper.refused(late) is Reason.STALE
        if is_old:
            days_later(world, clock, monkeypatch)
    change(world, "update entries set outcome = 'done' where type = 'member-unit'")
    assert_stops_at_a_start(world)


@pytest.mark.parametrize("column", ["type = 'note'", "at = 0", "reason = 'bad-signature'"])
def test_no_nonce_of_the_last_days_is_forgotten_at_a_start_by_a_column(world: World, column: str) -> None:
    with world.keeper():
        keeper, tip = Observed(world), world.seal_tip(excluded=["u2"])
        read(world, keeper, tip, "reviewer-b")
        keeper.client.append(lifted(world, tip))
    change(world, f"update entries set {column} where type = 'route'")
    assert_stops_at_a_start(world)


def lifted(world: World, tip: SealedTip) -> Any:
    """Two let the excluded in again."""
    fields = {"tip": tip.id.hex(), "desk": "intake", "desks": ["intake"], "excluded": [], "reason": {}}
    return world.sign("route", "reviewer-b", "integrity", **fields)


def test_what_two_signed_is_remembered_at_a_start_from_the_entries(world: World, clock: FixedClock) -> None:
    with world.keeper():
        keeper, tip = Observed(world), world.seal_tip(excluded=["u2"])
        read(world, keeper, tip, "reviewer-b")
        lift = lifted(world, tip)
        keeper.client.append(lift)
        clock.advance(2 * DAY)
        read(world, keeper, tip, "reviewer-b")
    with world.keeper():
        assert Observed(world).refused(lift) is Reason.REPLAYED


def test_a_statement_of_the_last_days_that_was_changed_with_its_columns_stops_the_keeper(
    world: World,
) -> None:
    with world.keeper():
        keeper, tip = Observed(world), world.seal_tip(excluded=["u2"])
        read(world, keeper, tip, "reviewer-b")
        lift = lifted(world, tip)
        keeper.client.append(lift)
    old, new = lift.body["nonce"], "0" * 32
    swapped = "update entries set entry = cast(replace(cast(entry as text), ?, ?) as blob)"
    change(world, f"{swapped} where type = 'route'", old, new)
    assert_stops_at_a_start(world)


def test_a_statement_emptied_before_a_start_that_nobody_forgot_stops_the_keeper(world: World) -> None:
    """The leaf stays right: what stands in place of the salt is what it is the hash of."""
    with world.keeper():
        keeper, tip = Observed(world), world.seal_tip(excluded=["u2"])
        read(world, keeper, tip, "reviewer-b")
        keeper.client.append(lifted(world, tip))
        read(world, keeper, tip, "reviewer-b")
    with world.open_database(world.settings.keeper_database_url).reading() as session:
        route = "select salt, entry from entries where type = 'route'"
        [(salt, entry)] = session.connection().exec_driver_sql(route).fetchall()
    emptied = (
        "update entries set type = 'forgotten', actor = '', tip = x'', outcome = '', salt = ?, entry = x''"
    )
    change(world, f"{emptied} where type = 'route'", commitment(salt, entry))
    assert_stops_at_a_start(world)


def test_the_time_of_the_latest_route_is_that_of_its_entry(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    tip = world.seal_tip(excluded=["u2"])
    read(world, keeper, tip, "reviewer-b")
    keeper.client.append(lifted(world, tip))
    late = lifted(world, tip)
    clock.advance(60)
    keeper.client.append(world.route("reviewer-b", tip, desks=["intake"], excluded=["u2"]))
    last = keeper.size() - 1
    change(world, 'update entries set at = 0 where "index" = ?', last)
    with pytest.raises(KeeperStopped, match="in the table entries:"):
        keeper.client.append(late)


def test_the_logs_time_at_a_start_is_that_of_its_last_entry(world: World) -> None:
    with world.keeper():
        keeper = Observed(world)
        opened(world, keeper)
        last = keeper.size() - 1
    change(world, 'update entries set at = 221845392000 where "index" = ?', last)
    assert_stops_at_a_start(world)
    change(world, 'update entries set at = ? where "index" = ?', int(NOON.timestamp()), last)
    with world.keeper():
        keeper = Observed(world)
        opened(world, keeper)
        assert keeper.entry(keeper.size() - 1).at == int(NOON.timestamp())


@pytest.mark.parametrize("of", ["at > 0", "type = 'conflicts'"], ids=["all", "the one that dates them"])
def test_nothing_of_today_is_forgotten_because_a_column_says_that_it_is_old(
    world: World, keeper: Observed, clock: FixedClock, of: str
) -> None:
    opened(world, keeper)
    for _ in range(2):
        keeper.refused(world.sign("audit", "reviewer-b", first=0, count=1))
    keeper.client.append(world.sign("conflicts", "reviewer-a", member=member_id("reviewer-a"), add=["u4"]))
    clock.advance(DAY)
    assert keeper.client.held.forget() == 0
    change(world, f"update entries set at = 1000000000 where {of}")
    with pytest.raises(KeeperStopped, match="in the table entries:"):
        keeper.client.held.forget()
    with world.open_database(world.settings.keeper_database_url).reading() as session:
        empty = "select count(*) from entries where length(entry) = 0"
        assert session.connection().exec_driver_sql(empty).scalar_one() == 0


def test_an_entry_beyond_the_head_hides_none_from_the_look_for_alerts(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    scene = Scene(world, keeper, world.seal_tip(), world.seal_tip(), ())
    burst(world, keeper, 2)
    far = 10**9
    columns = "at, type, actor, tip, outcome, reason, salt, entry"
    scene.run((f"insert into entries select ?, {columns} from entries where type = 'read' limit 1", (far,)))
    clock.advance(3_600)
    look(keeper)
    scene.run(('delete from entries where "index" = ?', (far,)))
    burst(world, keeper, 3)
    clock.advance(3_600)
    look(keeper)
    assert [alert["rule"] for alert in alerts_stated(keeper)] == ["burst"]
    assert far not in {entry for alert in alerts_stated(keeper) for entry in alert["entries"]}


STRANGE: Final = [
    "create trigger quiet after insert on readers begin delete from readers; end",
    "create view seen as select * from entries",
]


@pytest.mark.parametrize("strange", STRANGE, ids=["trigger", "view"])
def test_a_keeper_does_not_start_and_the_check_fails_with_a_trigger_or_a_view_in_its_database(
    world: World, strange: str
) -> None:
    with world.keeper():
        opened(world, Observed(world))
    database = Database(world.settings.keeper_database_url)
    try:
        with database.changing() as connection:
            require_plain(connection)
            connection.exec_driver_sql(strange)
    finally:
        database.dispose()
    for does in (lambda: started(world), lambda: checked(world)):
        assert_refused(does)


def assert_refused(does: Callable[[], object]) -> None:
    with pytest.raises(SchemaChanged, match=r"holds a trigger or a view, (quiet|seen), that"):
        does()


def started(world: World) -> None:
    with world.keeper():
        pass


def checked(world: World) -> None:
    database = Database(world.settings.keeper_database_url)
    pins = Pins(world.settings.origin, world.settings.genesis, world.verifier)
    try:
        check_log(database, pins, list(world.keeper_folder.signed()), lambda _done, _all: None)
    finally:
        database.dispose()
