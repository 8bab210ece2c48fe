"""`tipline trial` as a person runs it: three processes that start, come back, and end together."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.browser import Browser
from tests.journeys.people import listed, sign_in
from tests.journeys.trial import (
    CLI,
    Trial,
    answers,
    children,
    end,
    running_trial,
    trial_environment,
    wait_for,
)
from tipline.clock import SystemClock
from tipline.trial.service import open_trial


def mentions(folder: Path) -> list[int]:
    """Every process that has the trial's folder in its environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"TIPLINE_DATA={folder}\0".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
    return found


@pytest.fixture
def ram() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tl-", dir="/dev/shm"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def running(tmp_path: Path, ram: Path) -> Iterator[Trial]:
    with running_trial(tmp_path / "data", ram, tmp_path / "output.txt") as trial:
        yield trial


def printed_codes(trial: Trial) -> dict[str, dict[str, str]]:
    """What the command line shows, by name."""
    printed = trial.run("trial", "codes", "--json")
    return {person["name"]: person for person in json.loads(printed.stdout)}


def test_a_second_start_beside_the_first_is_refused(running: Trial) -> None:
    second = subprocess.run(
        [*CLI, "trial"], env=running.environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert second.returncode == 1
    assert "running already" in second.stderr
    assert answers(running.public)


def test_the_trial_runs_comes_back_ends_and_is_the_same_again(running: Trial, tmp_path: Path) -> None:
    shown = running.output.read_text()
    people = printed_codes(running)
    for name, person in people.items():
        assert name in shown
        assert person["password"] in shown
    assert running.public in shown
    assert running.admin in shown
    assert str(running.data) in shown

    assert answers(running.public)
    assert answers(f"{running.admin}/sign-in")
    assert sorted(children(running.process.pid)) == ["admin", "keeper", "public"]
    assert listed(sign_in(running, "reviewer-a")) == []

    keeper = children(running.process.pid)["keeper"]
    os.kill(keeper, signal.SIGKILL)
    wait_for("the keeper is back", lambda: children(running.process.pid).get("keeper", keeper) != keeper)
    assert "The keeper ended (signal 9)" in running.output.read_text()
    wait_for("the keeper is ready", lambda: running.output.read_text().count("keeper ready") == 2)
    assert listed(sign_in(running, "reviewer-b")) == []

    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(40) == 0
    assert mentions(running.data) == []
    assert not answers(running.public)

    with running_trial(running.data, running.ram, tmp_path / "second.txt", running.environment) as again:
        assert {name: person["password"] for name, person in printed_codes(again).items()} == {
            name: person["password"] for name, person in people.items()
        }


def test_the_public_site_needs_no_file_of_the_keeper_or_the_admin_site(tmp_path: Path, ram: Path) -> None:
    environment = trial_environment(tmp_path / "data", ram)
    open_trial(environment, SystemClock(), print)
    for folder in ("keeper", "admin"):
        (tmp_path / "data" / folder).rename(tmp_path / folder)
    (tmp_path / "data" / "trial.json").unlink()
    site = subprocess.Popen([*CLI, "public"], env=environment, stderr=subprocess.DEVNULL)
    address = f"http://{environment['TIPLINE_PUBLIC_BIND']}"
    try:
        wait_for("the public site answers", lambda: answers(f"{address}/report"))
        assert Browser(address).get("/report").form("description", "files").method == "post"
    finally:
        end(site)


def test_an_address_that_is_taken_is_named(tmp_path: Path, ram: Path) -> None:
    environment = trial_environment(tmp_path / "data", ram)
    environment["TIPLINE_ADMIN_BIND"] = environment["TIPLINE_PUBLIC_BIND"].replace("127.0.0.1", "203.0.113.1")
    refused = subprocess.run(
        [*CLI, "trial", "--empty"], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert refused.returncode == 1
    assert "TIPLINE_ADMIN_BIND" in refused.stderr
    assert "Traceback" not in refused.stderr
