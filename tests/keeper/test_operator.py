"""The whole log leaves for its operator, and for an auditor who asked: no site takes it out by itself."""

import stat

import pytest

from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.test_passkeys import answered, bring
from tests.passkeys import SoftPasskey
from tests.world import World, member_id
from tipline.keeper.app import serving
from tipline.keeper.errors import CannotListen
from tipline.keeper.state import GRANT_SECONDS, MAX_ENTRIES
from tipline.keeper_client import AdminKeeper, Reason, Refused
from tipline.keeper_client.connections import Connections


def asked(world: World, socket: str, operation: str, **fields: object) -> dict[str, object]:
    """A request on one of the keeper's sockets."""
    connections = Connections(getattr(world.settings, f"{socket}_socket"), 5.0)
    try:
        return connections.ask({"op": operation, **fields})
    finally:
        connections.close()


@pytest.mark.parametrize("socket", ["admin", "public"])
def test_a_taken_over_site_cannot_export_the_log(world: World, keeper: Observed, socket: str) -> None:
    size = keeper.size()
    with pytest.raises(Refused) as refused:
        asked(world, socket, "export", seen=0)
    assert (refused.value.reason, keeper.size()) == (Reason.NOT_ALLOWED, size)


def test_under_the_operator_s_export_a_site_is_handed_nothing(world: World, keeper: Observed) -> None:
    export = world.operator().export()
    digest = keeper.entry(export.size - 1).statement.digest
    fields = {"statement": digest, "first": 0, "count": 1, "seen": 0, "proofs": 0}
    for socket in ("admin", "public"):
        with pytest.raises(Refused):
            asked(world, socket, "entries", **fields)
    assert asked(world, "operator", "entries", **fields)["rows"]


def test_under_a_member_s_statement_the_operator_is_handed_nothing(world: World, keeper: Observed) -> None:
    audit = world.sign("audit", "auditor", first=0, count=10)
    keeper.client.append(audit)
    fields = {"statement": audit.digest, "first": 0, "count": 1, "seen": 0, "proofs": 0}
    with pytest.raises(Refused):
        asked(world, "operator", "entries", **fields)
    assert asked(world, "admin", "entries", **fields)["rows"]


@pytest.mark.parametrize(
    "operation", ["hello", "append", "release", "list", "states", "history", "clocks", "erase", "roster", ""]
)
def test_the_operator_s_socket_answers_nothing_that_a_site_asks(
    world: World, keeper: Observed, operation: str
) -> None:
    with pytest.raises(Refused) as refused:
        asked(world, "operator", operation)
    assert (refused.value.reason, refused.value.index) == (Reason.NOT_ALLOWED, -1)


def test_only_the_keeper_s_account_reaches_the_operator_s_socket(world: World, keeper: Observed) -> None:
    socket = world.settings.operator_socket
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700


def test_a_folder_that_was_left_open_is_shut_before_the_keeper_listens(world: World) -> None:
    folder = world.settings.operator_socket.parent
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with world.keeper():
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_where_the_operator_s_folder_cannot_be_made_the_keeper_does_not_start(
    world: World, clock: FixedClock
) -> None:
    world.settings.operator_socket.parent.write_text("in the way")
    with pytest.raises(CannotListen), serving(world.settings, clock, 10):
        pass


@pytest.fixture
def soft(world: World, keeper: Observed) -> SoftPasskey:
    """The auditor's passkey, in the roster."""
    made = SoftPasskey.make()
    keeper.client.append(answered(bring(world, "auditor", made), auditor=made))
    return made


def first_rows(client: AdminKeeper, statement: object) -> int:
    return len(client.entries(statement, 0, 2).rows)  # type: ignore[arg-type]  # all of it comes from `sign`


def test_a_taken_over_admin_site_takes_out_no_whole_log_of_an_auditor_with_a_passkey(
    world: World, keeper: Observed, soft: SoftPasskey
) -> None:
    for act in ("verify", "export"):
        statement = world.sign("audit-all", "auditor", act=act)
        assert keeper.refused(statement) is Reason.PASSKEY_NEEDED
        with pytest.raises(Refused):
            first_rows(keeper.client, statement)
    whole = answered(world.sign("audit-all", "auditor", act="export"), auditor=soft)
    # Its entries come by an index, so the admin site asks for them as under an audit of that range.
    keeper.client.append(whole)
    last = keeper.size() - 1
    rows = keeper.ask("entries", statement=whole.digest, first=0, count=100, seen=0, proofs=0)["rows"]
    assert [row["index"] for row in rows] == list(range(last + 1))


def test_nobody_but_an_auditor_takes_the_whole_log(world: World, keeper: Observed) -> None:
    for name in ("reviewer-a", "registrar", "integrity"):
        assert keeper.refused(world.sign("audit-all", name, act="export")) is Reason.DESK_NOT_HELD
    assert keeper.refused(world.sign("audit-all", "auditor", "registrar", act="export"))
    assert keeper.refused(world.sign("audit-all", "auditor", act="look")) is Reason.MALFORMED


def test_page_by_page_no_more_comes_in_ten_minutes_than_a_person_reads(
    world: World, keeper: Observed, clock: FixedClock
) -> None:
    assert keeper.refused(world.sign("audit", "auditor", first=0, count=1_001)) is Reason.MALFORMED
    for _ in range(MAX_ENTRIES // 1_000):
        keeper.client.append(world.sign("audit", "auditor", first=0, count=1_000))
    assert keeper.refused(world.sign("audit", "auditor", first=0, count=1)) is Reason.TOO_MANY
    clock.advance(GRANT_SECONDS)
    keeper.client.append(world.sign("audit", "auditor", first=0, count=1))


def test_an_auditor_who_is_removed_meanwhile_is_handed_nothing_more(world: World, keeper: Observed) -> None:
    audits = [
        world.sign("audit", "auditor", first=0, count=9),
        world.sign("audit-all", "auditor", act="verify"),
    ]
    for audit in audits:
        keeper.client.append(audit)
        assert keeper.ask("entries", statement=audit.digest, first=0, count=1, seen=0, proofs=0)["rows"]
    keeper.client.append(world.sign("remove", "registrar", "integrity", member=member_id("auditor")))
    for audit in audits:
        with pytest.raises(Refused) as refused:
            keeper.ask("entries", statement=audit.digest, first=0, count=1, seen=0, proofs=0)
        assert refused.value.reason is Reason.NOT_ALLOWED
