"""deploy/systemd: the look at the deadlines and the erasing run by themselves, and reach the keeper alone."""

from pathlib import Path

import pytest
from click import Command, Group

from tests.deploy.test_notices_unit import said
from tests.deploy.test_systemd import FOLDER, PROGRAM
from tipline.cli import program

UNITS = {
    "tipline-check": "log check",
    "tipline-clocks": "clocks",
    "tipline-expire": "expire --erase",
    "tipline-inventory": "inventory",
    "tipline-tiles": "log tiles",
}
TIMES = {
    "tipline-check": "Sun *-*-* 04:20:00",
    "tipline-clocks": "hourly",
    "tipline-expire": "*-*-* 03:10:00",
    "tipline-inventory": "*-*-* 01:40:00",
    "tipline-tiles": "hourly",
}


@pytest.fixture(params=UNITS)
def unit(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def service(repository: Path, unit: str) -> dict[str, str]:
    """What the unit says, each name once."""
    return said(repository / FOLDER / f"{unit}.service")


def test_it_runs_a_command_that_there_is(service: dict[str, str], unit: str) -> None:
    assert service["ExecStart"] == f"{PROGRAM} {UNITS[unit]}"
    name, *options = UNITS[unit].split()
    command = program.get_command(program.context_class(program), name)
    while isinstance(command, Group):
        command = command.get_command(command.context_class(command), options.pop(0))
    assert isinstance(command, Command)
    assert {option for each in command.params for option in each.opts} >= set(options)


def test_it_writes_into_the_two_folders_alone_and_reaches_nobody(service: dict[str, str]) -> None:
    assert service["User"] == service["Group"] == "tipline"
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == "/var/lib/tipline /run/tipline"
    assert service["PrivateNetwork"] == service["NoNewPrivileges"] == "yes"
    assert service["RestrictAddressFamilies"] == "AF_UNIX"
    assert service["CapabilityBoundingSet"] == ""
    assert (service["LimitCORE"], service["MemorySwapMax"], service["UMask"]) == ("0", "0", "0077")


def test_it_ends_by_itself_and_does_not_start_what_is_not_running(service: dict[str, str]) -> None:
    assert service["Type"] == "oneshot"
    assert service["Requisite"] == "tipline.service"


def test_its_timer_comes_again_after_the_machine_was_off(repository: Path, unit: str) -> None:
    timer = said(repository / FOLDER / f"{unit}.timer")
    assert timer["OnCalendar"] == TIMES[unit]
    assert (timer["Persistent"], timer["WantedBy"]) == ("yes", "timers.target")
