"""`tipline member …` as people at a terminal use it: who signs is asked, and what is refused says why."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.clocks import FixedClock
from tests.founded import copy_trial
from tipline.accounts.service import OTP_SECONDS
from tipline.cli import program
from tipline.keeper.app import serving
from tipline.settings import Settings
from tipline.trial.credentials import sign_ins
from tipline.trial.service import find_trial


class Terminal:
    """A trial's people at a terminal of the machine."""

    def __init__(self, settings: Settings, environment: dict[str, str], clock: FixedClock) -> None:
        self._settings, self._environment, self._clock = settings, environment, clock

    def run(self, *arguments: str, by: tuple[str, ...] = ()) -> Result:
        """A command, with what its signers type."""
        typed = "".join(self._typed(name) for name in by)
        return CliRunner().invoke(program, ["member", *arguments], env=self._environment, input=typed)

    def done(self, *arguments: str, by: tuple[str, ...] = ()) -> str:
        """The same, which must work."""
        result = self.run(*arguments, by=by)
        assert result.exit_code == 0, result.output
        return result.output

    def listed(self, name: str) -> str:
        """A member's line in the list."""
        return next(line for line in self.done("list").splitlines() if name in line)

    def _typed(self, name: str) -> str:
        self._clock.advance(OTP_SECONDS)
        [person] = sign_ins(self._settings, self._clock, [name])
        return f"{person.password}\n{person.otp}\n"


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    clock = FixedClock(datetime(2026, 11, 22, 10, tzinfo=UTC))
    monkeypatch.setattr("tipline.commands.signing.SystemClock", lambda: clock)
    ram = tempfile.mkdtemp(prefix="tl-", dir="/dev/shm")
    environment = {"TIPLINE_DATA": str(tmp_path / "data"), "TIPLINE_RAM": ram}
    copy_trial(tmp_path / "data", clock.unix())
    settings = find_trial(environment)
    with serving(settings, clock, 300):
        yield Terminal(settings, environment, clock)
    shutil.rmtree(ram)


REGISTRAR = ("--registrar", "registrar")


def test_what_needs_two_is_not_done_by_one(terminal: Terminal) -> None:
    for arguments in (
        ("role", "reviewer-a", "liaison", *REGISTRAR, "--second", "registrar"),
        ("grant", "registrar", "intake", *REGISTRAR, "--holder", "registrar"),
    ):
        result = terminal.run(*arguments, by=("registrar", "registrar"))
        assert result.exit_code == 1
        assert "Error: " in result.output
    assert "liaison" not in terminal.listed("reviewer-a")


def test_an_impossible_combination_says_why(terminal: Terminal) -> None:
    arguments = ("role", "reviewer-a", "pay-clerk", *REGISTRAR, "--second", "reviewer-b")
    result = terminal.run(*arguments, by=("registrar", "reviewer-b"))
    assert result.exit_code == 1
    assert "may not hold both" in result.output
    moved = ("move", "integrity", "u3", *REGISTRAR, "--second", "reviewer-a")
    result = terminal.run(*moved, by=("registrar", "reviewer-a"))
    assert result.exit_code == 1
    assert "from outside" in result.output


def test_a_day_that_is_none_is_refused(terminal: Terminal) -> None:
    terminal.done("suspend", "reviewer-b", *REGISTRAR, by=("registrar",))
    who = (*REGISTRAR, "--holder", "reviewer-a")
    for day in ("tomorrow", "2020-01-01", "2026-02-30"):
        result = terminal.run(
            "deputy", "reviewer-b", "intake", "--until", day, *who, by=("registrar", "reviewer-a")
        )
        assert result.exit_code == 1
        assert "Error: " in result.output
    assert "intake" not in terminal.listed("reviewer-b")


def test_roles_leads_deputies_and_units_are_changed(terminal: Terminal) -> None:
    second = ("--second", "reviewer-b")
    pair = ("registrar", "reviewer-b")
    terminal.done("role", "reviewer-a", "liaison", *REGISTRAR, *second, by=pair)
    terminal.done("lead", "intake", "reviewer-a", *REGISTRAR, *second, by=pair)
    assert re.search(r"liaison.*intake \(lead\)", terminal.listed("reviewer-a"))
    terminal.done("role", "reviewer-a", "liaison", "--take", *REGISTRAR, by=("registrar",))
    assert "liaison" not in terminal.listed("reviewer-a")
    terminal.done("move", "reviewer-a", "u7", *REGISTRAR, *second, by=pair)
    assert "u7" in terminal.listed("reviewer-a")
    terminal.done("conflicts", "reviewer-a", "u8", "u9", by=("reviewer-a",))
    terminal.done("suspend", "reviewer-a", *REGISTRAR, by=("registrar",))
    assert "intake" not in terminal.listed("reviewer-a")
    until = ("--until", "2026-12-01")
    terminal.done(
        "deputy",
        *("reviewer-a", "intake", *until, *REGISTRAR, "--holder", "reviewer-b"),
        by=("registrar", "reviewer-b"),
    )
    assert "intake (until 2026-12-01)" in terminal.listed("reviewer-a")


def test_a_lost_password_is_replaced_by_new_keys_and_the_desk_comes_back(terminal: Terminal) -> None:
    pair = ("registrar", "integrity")
    shown = terminal.done("new-keys", "reviewer-b", *REGISTRAR, "--second", "integrity", by=pair)
    fingerprint = re.search(r"Key fingerprint +((?:[0-9]{5} ?){4})", shown)
    assert fingerprint
    assert "otpauth://totp/" in shown
    assert fingerprint[1].strip() in terminal.listed("reviewer-b")
    assert "waits for its key" in terminal.done("list")
    old = terminal.run("conflicts", "reviewer-b", "u8", by=("reviewer-b",))
    assert old.exit_code == 1
    holder = ("--holder", "reviewer-a")
    assert "new key" in terminal.done("rekey", "intake", *holder, by=("reviewer-a",))
    assert "Nobody has left" in terminal.done("rekey", "intake", *holder, by=("reviewer-a",))
    terminal.done("regrant", "reviewer-b", "intake", *holder, by=("reviewer-a",))
    assert "waits" not in terminal.done("list")


def test_whoever_was_not_here_for_long_is_listed(terminal: Terminal) -> None:
    terminal.done("conflicts", "reviewer-a", "u8", by=("reviewer-a",))
    dormant = terminal.done("list", "--dormant")
    assert "reviewer-b" in dormant
    assert "reviewer-a" not in dormant
