"""deploy/systemd/tipline-notices.*: what sends notices sees its settings alone."""

from pathlib import Path

import pytest

from tipline.notices.mail import SECONDS
from tipline.notices.settings import FILE, FOLDER
from tipline.settings import RAM_FOLDER

DATA = Path("/var/lib/tipline")


@pytest.fixture
def service(repository: Path) -> dict[str, str]:
    """What the unit says, each name once."""
    return said(repository / "deploy" / "systemd" / "tipline-notices.service")


def said(unit: Path) -> dict[str, str]:
    lines = [line for line in unit.read_text("utf-8").splitlines() if "=" in line and line[0] != "#"]
    found = dict(line.split("=", 1) for line in lines)
    assert len(found) == len(lines)
    return found


def test_it_sees_no_tip_no_key_and_no_socket(service: dict[str, str]) -> None:
    assert service["TemporaryFileSystem"] == str(DATA)
    assert service["InaccessiblePaths"] == f"-{RAM_FOLDER}"
    assert service["BindPaths"] == service["ReadWritePaths"] == str(DATA / FOLDER)
    assert service["ConditionPathExists"] == str(DATA / FOLDER / FILE)
    assert service["ProtectSystem"] == "strict"
    assert service["ProtectHome"] == "yes"


def test_it_gains_no_right_and_leaves_no_trace_of_its_memory(service: dict[str, str]) -> None:
    assert service["User"] == service["Group"] == "tipline"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert (service["LimitCORE"], service["MemorySwapMax"]) == ("0", "0")


def test_it_ends_by_itself_and_before_the_next_run(service: dict[str, str]) -> None:
    assert service["Type"] == "oneshot"
    assert 2 * SECONDS < int(service["TimeoutStartSec"]) < 600


def test_it_runs_at_hours_that_nothing_but_the_calendar_sets(repository: Path) -> None:
    timer = said(repository / "deploy" / "systemd" / "tipline-notices.timer")
    assert timer["OnCalendar"] == "*:00/10"
    assert timer["WantedBy"] == "timers.target"
    assert "RandomizedDelaySec" not in timer
