"""The host that passkeys are made for: a name, which a trial has of itself."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tipline.settings import Settings, SettingsError
from tipline.trial.board import show_board
from tipline.trial.service import township

SITE = {"origin": "a.example/log", "genesis": "", "log_key": ""}


def settings(folder: Path, profile: str, **environment: str) -> Settings:
    (folder / "site.json").write_text(json.dumps({**SITE, "profile": profile}), "utf-8")
    return Settings.from_mapping({"TIPLINE_DATA": str(folder), **environment})


@pytest.mark.parametrize("host", ["10.0.0.7", "https://admin.example", "Admin.example", "admin.example:8001"])
def test_what_is_no_name_of_a_host_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(SettingsError, match="TIPLINE_ADMIN_HOST"):
        settings(tmp_path, "production", TIPLINE_ADMIN_HOST=host)


def test_a_real_instance_has_none_until_one_is_named(tmp_path: Path) -> None:
    assert settings(tmp_path, "production").admin_host == ""
    named = settings(tmp_path, "production", TIPLINE_ADMIN_HOST="admin.town.example")
    assert named.admin_host == "admin.town.example"


def test_a_trial_is_opened_by_the_name_that_passkeys_are_made_for(tmp_path: Path) -> None:
    shown = StringIO()
    trial = settings(tmp_path, "trial")
    show_board(Console(file=shown, width=200), trial, [], [], township(), "again")
    assert trial.admin_host == "localhost"
    assert "http://localhost:8001/" in shown.getvalue()
    assert "http://127.0.0.1:8000/" in shown.getvalue()
