"""A half-made instance is never taken for a whole one, and a whole one is never made again."""

import base64
import json
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from tests.clocks import FixedClock
from tipline.accounts.service import Accounts, desk_identity, one_time_codes
from tipline.database import Database
from tipline.deployment.reading import load_deployment
from tipline.directory.service import DirectoryBook, Pin
from tipline.ids import DeskId
from tipline.instance.errors import AlreadyMade, BadPlan, FolderNotEmpty
from tipline.instance.folders import MARK
from tipline.instance.founders import Founder
from tipline.instance.founding import make_instance
from tipline.settings import Settings, SettingsError
from tipline.trial.service import township

BEGUN: Final = datetime(2026, 11, 22, 10, tzinfo=UTC)


class PowerCut(Exception):
    """Whatever ends an attempt."""


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(BEGUN)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"TIPLINE_DATA": str(tmp_path / "data"), "TIPLINE_RAM": str(tmp_path / "ram")}


def make(environment: dict[str, str], clock: FixedClock, founders: list[Founder] | None = None) -> Settings:
    def keep(new: Sequence[Founder]) -> None:
        (founders if founders is not None else []).extend(new)

    return make_instance(environment, township(), clock, trial=True, keep=keep, tell=lambda _line: None)


@dataclass(frozen=True)
class Made:
    """A whole instance for the tests that make none of their own, and what it was made from."""

    environment: dict[str, str]
    settings: Settings
    founders: Sequence[Founder]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made")
    environment = {"TIPLINE_DATA": str(folder / "data"), "TIPLINE_RAM": str(folder / "ram")}
    founders: list[Founder] = []
    return Made(environment, make(environment, FixedClock(BEGUN), founders), founders)


def test_a_folder_with_something_else_in_it_is_refused_and_left_alone(
    environment: dict[str, str], clock: FixedClock
) -> None:
    data = Path(environment["TIPLINE_DATA"])
    data.mkdir()
    (data / "main.db").write_bytes(b"somebody else's")
    with pytest.raises(FolderNotEmpty, match=r"main\.db"):
        make(environment, clock)
    assert (data / "main.db").read_bytes() == b"somebody else's"
    assert not (data / MARK).exists()


def test_an_attempt_that_broke_off_is_no_instance_and_the_next_one_succeeds(
    environment: dict[str, str], clock: FixedClock
) -> None:
    def cut(_founders: Sequence[Founder]) -> None:
        raise PowerCut

    with pytest.raises(PowerCut):
        make_instance(environment, township(), clock, trial=True, keep=cut, tell=lambda _line: None)
    assert (Path(environment["TIPLINE_DATA"]) / "keeper").exists()
    with pytest.raises(SettingsError, match="no instance"):
        Settings.from_mapping(environment)
    founders: list[Founder] = []
    settings = make(environment, clock, founders)
    assert not (settings.data / MARK).exists()
    accounts = Accounts(Database(settings.database_url), settings.account_key_file.read_bytes(), clock)
    assert _sign_in(accounts, founders[0], clock) == founders[0].id


def test_a_whole_instance_is_not_made_again(made: Made, clock: FixedClock) -> None:
    data = made.settings.data
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    with pytest.raises(AlreadyMade, match="TIPLINE_DATA"):
        make(made.environment, clock)
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


def test_a_database_that_holds_an_instance_is_refused(
    environment: dict[str, str], clock: FixedClock, tmp_path: Path
) -> None:
    environment["TIPLINE_DATABASE_URL"] = f"sqlite:///{tmp_path / 'shared.db'}"
    make(environment, clock)
    with pytest.raises(AlreadyMade, match="TIPLINE_DATABASE_URL"):
        make({**environment, "TIPLINE_DATA": str(tmp_path / "other")}, clock)


def test_nobody_else_can_look_into_folders_and_keys(made: Made) -> None:
    settings = made.settings
    folders = [
        settings.data,
        settings.keeper_folder,
        settings.admin_folder,
        settings.public_folder,
        settings.files,
    ]
    for folder in folders:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    for file in (settings.account_key_file, *settings.keeper_folder.glob("*.key")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_every_founder_signs_in_and_opens_the_desks_they_hold(made: Made, clock: FixedClock) -> None:
    settings = made.settings
    database = Database(settings.database_url)
    accounts = Accounts(database, settings.account_key_file.read_bytes(), clock)
    directory = DirectoryBook(settings.public_folder / "directory", Pin.of(settings), database).current()
    for founder in made.founders:
        member = accounts.unlock(founder.plan.name, founder.password, _code(founder, clock))
        with database.reading() as session:
            for desk in founder.plan.desks:
                key = directory.desks[DeskId(desk)].key
                assert desk_identity(session, member, key).recipient == key.recipient
    database.dispose()


def test_the_log_that_the_settings_pin_is_the_one_that_was_begun(made: Made) -> None:
    settings = made.settings
    site = json.loads((settings.data / "site.json").read_text())
    assert (site["origin"], site["profile"]) == (township().origin, "trial")
    assert len(bytes.fromhex(settings.genesis)) == 32
    assert Pin.of(settings).log_key.name == settings.origin


def _code(founder: Founder, clock: FixedClock) -> str:
    return one_time_codes(base64.b32decode(founder.otp_secret)).at(clock.unix())


def _sign_in(accounts: Accounts, founder: Founder, clock: FixedClock) -> str:
    return accounts.unlock(founder.plan.name, founder.password, _code(founder, clock)).id


def test_a_trial_has_its_texts_beside_it(made: Made) -> None:
    assert load_deployment(made.settings.data).place.said_in("en") == "Example Township"


def test_the_samples_name_is_no_name_for_a_real_log(environment: dict[str, str], clock: FixedClock) -> None:
    with pytest.raises(BadPlan, match="Name your own log"):
        make_instance(
            environment, township(), clock, trial=False, keep=lambda _founders: None, tell=lambda _line: None
        )
    assert not Path(environment["TIPLINE_DATA"]).exists()
