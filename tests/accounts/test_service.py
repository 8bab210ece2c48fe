"""A seed opens with name, password and a fresh one-time code, and with nothing less."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crypto.keys import Identity, MemberSeed
from tests.clocks import FixedClock
from tipline.accounts.errors import DeskKeyMissing, SignInFailed
from tipline.accounts.models import DeskSeal
from tipline.accounts.service import Accounts, desk_identity, one_time_codes, seal_desk_seed
from tipline.accounts.types import UnlockedMember
from tipline.database import Database
from tipline.ids import INTAKE, MemberId
from tipline.migrations import upgrade
from tipline.sealing.audience import DeskKey

MEMBER = MemberId("m00000001")
PASSWORD = "correct horse 马到成功"
KEY_FILE = b"k" * 32


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 22, 10, tzinfo=UTC))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'main.db'}")
    upgrade(database.engine)
    yield database
    database.dispose()


@pytest.fixture
def accounts(database: Database, clock: FixedClock) -> Accounts:
    return Accounts(database, KEY_FILE, clock)


@pytest.fixture
def seed() -> MemberSeed:
    return MemberSeed.generate()


@pytest.fixture
def secret(accounts: Accounts, database: Database, seed: MemberSeed) -> bytes:
    with database.writing() as session:
        return accounts.create(session, MEMBER, "reviewer-a", PASSWORD, seed)[1]


def code(secret: bytes, clock: FixedClock, steps: int = 0) -> str:
    return one_time_codes(secret).generate_otp(clock.unix() // 30 + steps)


@pytest.mark.parametrize(
    ("name", "password"), [("nobody", PASSWORD), ("reviewer-a", "wrong"), ("reviewer-a", "")]
)
def test_a_wrong_name_or_password_is_refused(
    accounts: Accounts, secret: bytes, clock: FixedClock, name: str, password: str
) -> None:
    with pytest.raises(SignInFailed):
        accounts.unlock(name, password, code(secret, clock))


@pytest.mark.parametrize("typed", ["000000x", "", "１２３４５６", "12345"])
def test_what_is_no_code_is_refused(accounts: Accounts, secret: bytes, typed: str) -> None:
    with pytest.raises(SignInFailed):
        accounts.unlock("reviewer-a", PASSWORD, typed)


def test_a_code_of_another_time_is_refused(accounts: Accounts, secret: bytes, clock: FixedClock) -> None:
    for steps in (-2, 2):
        with pytest.raises(SignInFailed):
            accounts.unlock("reviewer-a", PASSWORD, code(secret, clock, steps))


def test_a_code_works_once(accounts: Accounts, secret: bytes, clock: FixedClock) -> None:
    accounts.unlock("reviewer-a", PASSWORD, code(secret, clock))
    with pytest.raises(SignInFailed):
        accounts.unlock("reviewer-a", PASSWORD, code(secret, clock))
    with pytest.raises(SignInFailed):
        accounts.unlock("reviewer-a", PASSWORD, code(secret, clock, -1))
    accounts.unlock("reviewer-a", PASSWORD, code(secret, clock, 1))


def test_without_the_key_file_no_password_opens(database: Database, secret: bytes, clock: FixedClock) -> None:
    with pytest.raises(SignInFailed):
        Accounts(database, b"other" * 8, clock).unlock("reviewer-a", PASSWORD, code(secret, clock))


def test_the_right_three_open_the_seed(
    accounts: Accounts, secret: bytes, seed: MemberSeed, clock: FixedClock
) -> None:
    member = accounts.unlock("reviewer-a", PASSWORD, code(secret, clock))
    assert (member.id, member.seed.seed) == (MEMBER, seed.seed)


def test_a_desk_seed_opens_for_its_member_alone(database: Database, seed: MemberSeed) -> None:
    desk_seed = Identity.generate()
    desk = DeskKey(INTAKE, 1, desk_seed.recipient)
    member = UnlockedMember(MEMBER, "reviewer-a", seed)
    with database.writing() as session:
        seal_desk_seed(session, desk, desk_seed.seed, MEMBER, seed.identity.recipient)
    with database.reading() as session:
        assert desk_identity(session, member, desk).seed == desk_seed.seed
        for other in (
            UnlockedMember(MEMBER, "reviewer-a", MemberSeed.generate()),
            UnlockedMember(MemberId("m00000002"), "reviewer-b", seed),
        ):
            with pytest.raises(DeskKeyMissing):
                desk_identity(session, other, desk)


def test_a_desk_seed_that_somebody_swapped_is_refused(database: Database, seed: MemberSeed) -> None:
    desk = DeskKey(INTAKE, 1, Identity.generate().recipient)
    with database.writing() as session:
        seal_desk_seed(session, desk, Identity.generate().seed, MEMBER, seed.identity.recipient)
    with database.reading() as session, pytest.raises(DeskKeyMissing):
        desk_identity(session, UnlockedMember(MEMBER, "reviewer-a", seed), desk)
    with database.writing() as session:
        session.merge(DeskSeal(desk=INTAKE, epoch=1, member_id=MEMBER, sealed=b"garbage"))
    with database.reading() as session, pytest.raises(DeskKeyMissing):
        desk_identity(session, UnlockedMember(MEMBER, "reviewer-a", seed), desk)
