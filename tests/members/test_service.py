"""Members change by signed statements: what the keeper refuses leaves no row behind."""

import base64
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from crypto.notes import NoteVerifier
from tests.clocks import FixedClock
from tests.founded import copy_trial
from tipline.accounts.models import Account, DeskSeal
from tipline.accounts.service import OTP_SECONDS, Accounts, desk_identity, one_time_codes
from tipline.accounts.types import UnlockedMember
from tipline.database import Database
from tipline.directory.models import DirectoryNote
from tipline.directory.service import DirectoryBook, Pin
from tipline.ids import INTAKE, UnitId
from tipline.keeper.app import serving
from tipline.keeper_client import AdminKeeper, SeenFile
from tipline.members.errors import (
    ChangeRefused,
    HolderMissing,
    NameTaken,
    NoSuchMember,
    NoSuchPlace,
    SignerNotAccepted,
)
from tipline.members.service import Members, NewMember
from tipline.sealing.audience import DeskKey
from tipline.settings import Settings
from tipline.trial.credentials import sign_ins
from tipline.trial.service import find_trial

PASSWORD = "a password for the new one"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 22, 10, tzinfo=UTC))


@pytest.fixture
def settings(tmp_path: Path, clock: FixedClock) -> Iterator[Settings]:
    ram = tempfile.mkdtemp(prefix="tl-", dir="/dev/shm")
    copy_trial(tmp_path / "data", clock.unix())
    made = find_trial({"TIPLINE_DATA": str(tmp_path / "data"), "TIPLINE_RAM": ram})
    with serving(made, clock, 300):
        yield made
    shutil.rmtree(ram)


@pytest.fixture
def database(settings: Settings, clock: FixedClock) -> Iterator[Database]:
    database = Database(settings.database_url, dated_by=clock)
    yield database
    database.dispose()


@pytest.fixture
def members(settings: Settings, database: Database, clock: FixedClock) -> Iterator[Members]:
    seen = SeenFile(settings.admin_folder / "seen.json")
    keeper = AdminKeeper(settings.admin_socket, settings.origin, NoteVerifier.parse(settings.log_key), seen)
    accounts = Accounts(database, settings.account_key_file.read_bytes(), clock)
    yield Members(keeper, database, accounts, Pin.of(settings), clock)
    keeper.close()


def signer(members: Members, settings: Settings, clock: FixedClock, name: str) -> UnlockedMember:
    clock.advance(OTP_SECONDS)
    person = next(person for person in sign_ins(settings, clock) if person.name == name)
    return members.sign_in(name, person.password, person.otp)


@pytest.fixture
def registrar(members: Members, settings: Settings, clock: FixedClock) -> UnlockedMember:
    return signer(members, settings, clock, "registrar")


@pytest.fixture
def reviewer(members: Members, settings: Settings, clock: FixedClock) -> UnlockedMember:
    return signer(members, settings, clock, "reviewer-a")


@pytest.fixture
def newcomer(members: Members, registrar: UnlockedMember) -> NewMember:
    return members.add(registrar, "newcomer", PASSWORD, UnitId("u7"), [UnitId("u9")])


def names(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Account.name)))


def seals(database: Database, member: str) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(DeskSeal.desk).where(DeskSeal.member_id == member)))


def test_a_wrong_password_or_code_signs_nothing(
    members: Members, settings: Settings, clock: FixedClock
) -> None:
    person = sign_ins(settings, clock)[0]
    for password, otp in (("wrong", person.otp), (person.password, "000000")):
        with pytest.raises(SignerNotAccepted, match="one-time code"):
            members.sign_in(person.name, password, otp)


def test_an_account_written_by_hand_signs_nothing(
    members: Members, settings: Settings, clock: FixedClock, database: Database, reviewer: UnlockedMember
) -> None:
    with database.writing() as session:
        account = session.get_one(Account, reviewer.id)
        registrar = session.scalars(select(Account).where(Account.name == "registrar")).one()
        # The reviewer's own keys under the registrar's identifier.
        registrar.wrapped = account.wrapped
    clock.advance(2 * OTP_SECONDS)
    person = next(person for person in sign_ins(settings, clock) if person.name == "reviewer-a")
    with pytest.raises(SignerNotAccepted):
        members.sign_in("registrar", person.password, person.otp)


def test_only_a_registrar_adds_members(
    members: Members, reviewer: UnlockedMember, database: Database
) -> None:
    before = names(database)
    with pytest.raises(ChangeRefused):
        members.add(reviewer, "friend", PASSWORD, UnitId("u7"))
    assert names(database) == before


def test_a_taken_name_and_an_unknown_unit_never_reach_the_log(
    members: Members, registrar: UnlockedMember
) -> None:
    version = members.keeper.roster().version
    with pytest.raises(NameTaken):
        members.add(registrar, "reviewer-a", PASSWORD, UnitId("u7"))
    with pytest.raises(NoSuchPlace):
        members.add(registrar, "somebody", PASSWORD, UnitId("u99"))
    assert members.keeper.roster().version == version


def test_a_grant_without_a_holder_passes_no_key_on(
    members: Members, registrar: UnlockedMember, newcomer: NewMember, database: Database
) -> None:
    with pytest.raises(HolderMissing):
        members.grant([registrar], "newcomer", INTAKE)
    assert seals(database, newcomer.id) == []


def test_a_grant_without_a_registrar_is_refused(
    members: Members, reviewer: UnlockedMember, newcomer: NewMember, database: Database
) -> None:
    with pytest.raises(ChangeRefused):
        members.grant([reviewer], "newcomer", INTAKE)
    assert seals(database, newcomer.id) == []


def test_what_may_not_be_combined_is_refused(
    members: Members, registrar: UnlockedMember, reviewer: UnlockedMember, database: Database
) -> None:
    for name in ("auditor", "registrar"):
        with pytest.raises(ChangeRefused):
            members.grant([registrar, reviewer], name, INTAKE)
    assert INTAKE not in seals(database, registrar.id)


def test_unknown_members_and_desks_are_named(
    members: Members, registrar: UnlockedMember, reviewer: UnlockedMember
) -> None:
    with pytest.raises(NoSuchMember, match="nobody"):
        members.grant([registrar, reviewer], "nobody", INTAKE)
    with pytest.raises(NoSuchPlace, match="intake"):
        members.grant([registrar, reviewer], "reviewer-b", "intakes")


def test_a_registrar_does_not_remove_themselves(members: Members, registrar: UnlockedMember) -> None:
    with pytest.raises(ChangeRefused):
        members.remove(registrar, "registrar")


def test_a_new_member_signs_in_and_opens_the_desk_they_were_given(
    members: Members,
    registrar: UnlockedMember,
    reviewer: UnlockedMember,
    newcomer: NewMember,
    clock: FixedClock,
) -> None:
    members.grant([registrar, reviewer], "newcomer", INTAKE)
    code = one_time_codes(base64.b32decode(parse_qs(urlsplit(newcomer.otp_uri).query)["secret"][0]))
    member = members.sign_in("newcomer", PASSWORD, code.at(clock.unix()))
    desk = members.keeper.roster().desks[INTAKE]
    with members.database.reading() as session:
        key = DeskKey(INTAKE, desk.epoch, desk.recipient)
        assert desk_identity(session, member, key).recipient == desk.recipient
    row = next(row for row in members.rows() if row.name == "newcomer")
    assert (row.unit, row.desks, row.active) == ("u7", (INTAKE,), True)
    assert row.fingerprint == newcomer.fingerprint


def test_each_change_publishes_a_directory_that_the_public_site_takes(
    members: Members,
    settings: Settings,
    registrar: UnlockedMember,
    reviewer: UnlockedMember,
    newcomer: NewMember,
    database: Database,
    tmp_path: Path,
) -> None:
    members.grant([registrar, reviewer], "newcomer", INTAKE)
    current = DirectoryBook(tmp_path / "directory", Pin.of(settings), database).current()
    assert current.version == members.keeper.roster().version
    assert frozenset({UnitId("u7"), UnitId("u9")}) in current.desks[INTAKE].staff
    with database.reading() as session:
        assert len(list(session.scalars(select(DirectoryNote.version)))) > 1


def test_who_loses_a_desk_loses_their_copy_of_its_key(
    members: Members, registrar: UnlockedMember, reviewer: UnlockedMember, database: Database
) -> None:
    members.revoke(registrar, "reviewer-a", INTAKE)
    assert seals(database, reviewer.id) == []
    assert INTAKE not in members.keeper.roster().members[reviewer.id].desks
    members.revoke(registrar, "reviewer-a", INTAKE)


def test_who_is_removed_signs_in_no_more_and_stays_in_the_list(
    members: Members, settings: Settings, registrar: UnlockedMember, clock: FixedClock
) -> None:
    members.remove(registrar, "reviewer-b")
    clock.advance(OTP_SECONDS)
    person = next(person for person in sign_ins(settings, clock) if person.name == "reviewer-b")
    with pytest.raises(SignerNotAccepted):
        members.sign_in(person.name, person.password, person.otp)
    row = next(row for row in members.rows() if row.name == "reviewer-b")
    assert not row.active
    members.remove(registrar, "reviewer-b")
