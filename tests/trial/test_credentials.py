"""A trial's one-time codes are ones that were not used yet."""

import base64
import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.clocks import FixedClock
from tests.founded import copy_trial
from tipline.accounts.errors import SignInFailed
from tipline.accounts.service import OTP_SECONDS, Accounts, one_time_codes
from tipline.database import Database
from tipline.settings import Settings
from tipline.trial.credentials import TRIAL_FILE, sign_ins
from tipline.trial.errors import NotATrial, NoTrial
from tipline.trial.service import find_trial, open_trial


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 22, 10, tzinfo=UTC))


@pytest.fixture
def settings(tmp_path: Path, clock: FixedClock) -> Settings:
    copy_trial(tmp_path / "data", clock.unix())
    return find_trial({"TIPLINE_DATA": str(tmp_path / "data")})


@pytest.fixture
def accounts(settings: Settings, clock: FixedClock) -> Accounts:
    return Accounts(Database(settings.database_url), settings.account_key_file.read_bytes(), clock)


def test_a_real_instance_shows_no_passwords(settings: Settings, clock: FixedClock) -> None:
    site = settings.data / "site.json"
    site.write_text(site.read_text().replace('"trial"', '"production"'))
    real = Settings.from_mapping({"TIPLINE_DATA": str(settings.data)})
    with pytest.raises(NotATrial):
        sign_ins(real, clock)


def test_a_lost_file_of_passwords_is_said(settings: Settings, clock: FixedClock) -> None:
    (settings.data / TRIAL_FILE).write_text("{}")
    with pytest.raises(NoTrial, match=r"trial\.json"):
        sign_ins(settings, clock)


def test_a_code_signs_in_once_and_the_next_one_is_another(
    settings: Settings, accounts: Accounts, clock: FixedClock
) -> None:
    person = sign_ins(settings, clock)[0]
    assert sign_ins(settings, clock)[0] == person
    accounts.unlock(person.name, person.password, person.otp)
    with pytest.raises(SignInFailed):
        accounts.unlock(person.name, person.password, person.otp)
    following = sign_ins(settings, clock)[0]
    assert following.otp != person.otp
    accounts.unlock(following.name, following.password, following.otp)


def test_where_both_near_codes_were_used_it_waits(
    settings: Settings, accounts: Accounts, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipline.trial.credentials.time.sleep", clock.advance)
    began = clock.unix()
    for _ in range(4):
        person = sign_ins(settings, clock)[0]
        accounts.unlock(person.name, person.password, person.otp)
    assert 0 < clock.unix() - began <= 2 * OTP_SECONDS


def test_a_shown_code_holds_for_one_step_at_least(
    settings: Settings, accounts: Accounts, clock: FixedClock
) -> None:
    person = sign_ins(settings, clock)[0]
    clock.advance(OTP_SECONDS)
    accounts.unlock(person.name, person.password, person.otp)


def test_the_file_is_for_this_account_alone_and_holds_everybody(
    settings: Settings, clock: FixedClock
) -> None:
    file = settings.data / TRIAL_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    members = json.loads(file.read_text())["members"]
    assert {person.name for person in sign_ins(settings, clock)} == {member["name"] for member in members}
    assert len({member["password"] for member in members}) == len(members)
    for member in members:
        assert len(one_time_codes(base64.b32decode(member["otp_secret"])).now()) == 6


def test_the_same_trial_is_found_again(settings: Settings, clock: FixedClock) -> None:
    said: list[str] = []
    again = open_trial({"TIPLINE_DATA": str(settings.data)}, clock, said.append)
    assert again == settings
    assert said == []


def test_codes_are_fields_for_programs_and_hide_elsewhere(settings: Settings, clock: FixedClock) -> None:
    person = sign_ins(settings, clock)[1]
    assert set(person.fields()) == {"name", "password", "otp", "unit", "desks"}
    assert person.password not in repr(person)
