"""The command line beside a running trial: export, members, caches."""

import json
import re
import sqlite3
import stat
from pathlib import Path

from click.testing import CliRunner, Result

from tests.journeys.browser import Browser
from tests.journeys.people import listed, report, sign_in
from tests.journeys.trial import Trial
from tipline.cli import program


def run(trial: Trial, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(program, arguments, env=trial.environment, input=typed)


def signature(trial: Trial, name: str) -> str:
    """What a signing member types: password and one-time code."""
    person = trial.codes(name)[name]
    return f"{person['password']}\n{person['otp']}\n"


def test_an_export_is_whole_or_not_there(trial: Trial, tmp_path: Path) -> None:
    missing = tmp_path / "no such folder" / "log.txt"
    failed = run(trial, "log", "export", str(missing))
    assert failed.exit_code == 1
    assert "No such file" in failed.stderr
    assert not missing.parent.exists()


def test_the_exported_log_verifies_and_its_owner_alone_may_read_it(trial: Trial, tmp_path: Path) -> None:
    file = tmp_path / "log.txt"
    done = run(trial, "log", "export", str(file))
    assert done.exit_code == 0, done.stderr
    key = json.loads((trial.data / "site.json").read_text())["log_key"]
    assert key in done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    verified = run(trial, "log", "verify", str(file), "--key", key)
    assert verified.exit_code == 0, verified.stderr
    later = tmp_path / "later.txt"
    assert run(trial, "log", "export", str(later)).exit_code == 0
    assert run(trial, "log", "verify", str(later), "--checkpoint", str(file)).exit_code == 0
    assert run(trial, "log", "verify", str(file), "--checkpoint", str(later)).exit_code == 1


def test_a_member_is_not_added_with_a_wrong_code(trial: Trial) -> None:
    password = trial.codes("registrar")["registrar"]["password"]
    refused = run(
        trial, "member", "add", "eve", "--unit", "u7", "--registrar", "registrar", typed=f"{password}\n1\n"
    )
    assert refused.exit_code == 1
    assert "one-time code is wrong" in refused.stderr
    assert password not in refused.output


def test_two_people_give_a_new_member_a_desk(trial: Trial) -> None:
    added = run(
        trial,
        "member",
        "add",
        "newcomer",
        "--unit",
        "u7",
        typed=f"registrar\n{signature(trial, 'registrar')}",
    )
    assert added.exit_code == 0, added.stderr
    assert "otpauth://totp/" in added.stdout
    assert re.search(r"Key fingerprint +([0-9]{5} ){3}[0-9]{5}", added.stdout)
    signers = ["--registrar", "registrar", "--holder", "reviewer-b"]
    typed = signature(trial, "registrar") + signature(trial, "reviewer-b")
    granted = run(trial, "member", "grant", "newcomer", "intake", *signers, typed=typed)
    assert granted.exit_code == 0, granted.stderr
    people = run(trial, "member", "list").stdout
    assert re.search(r"newcomer.*u7.*intake.*active", people)
    remove = ["member", "remove", "newcomer", "--registrar", "registrar"]
    removed = run(trial, *remove, typed=signature(trial, "registrar"))
    assert removed.exit_code == 0, removed.stderr
    assert re.search(r"newcomer.*removed", run(trial, "member", "list").stdout)


def test_units_and_desks_are_listed_in_both_languages(trial: Trial) -> None:
    places = run(trial, "member", "list", "--units").stdout
    for word in ("u8", "东河村", "Donghe village", "intake"):
        assert word in places


def test_rebuild_puts_an_edited_state_and_desk_right(trial: Trial) -> None:
    report(Browser(trial.public), "somebody moves tips by hand", unit="u9")
    reviewer = sign_in(trial, "reviewer-a")
    tip = bytes.fromhex(listed(reviewer)[0].rpartition("/")[2])
    database = sqlite3.connect(trial.data / "main.db")
    try:
        before = database.execute("SELECT state, desk FROM tips WHERE id = ?", [tip]).fetchone()
        with database:
            database.execute("UPDATE tips SET state = 'closed', desk = 'integrity' WHERE id = ?", [tip])
        rebuilt = run(trial, "rebuild")
        assert rebuilt.exit_code == 0, rebuilt.stderr
        assert "1 put right" in rebuilt.stderr
        assert database.execute("SELECT state, desk FROM tips WHERE id = ?", [tip]).fetchone() == before
    finally:
        database.close()
    assert "0 put right" in run(trial, "rebuild").stderr
