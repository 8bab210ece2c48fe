"""What deploy/systemd tells the machine keeps what the manual promises."""

from pathlib import Path

import pytest

from tipline.settings import RAM_FOLDER
from tipline.supervisor import END_SECONDS

FOLDER = Path("deploy", "systemd")
UNIT = "tipline.service"
PROGRAM = "/opt/tipline/.venv/bin/tipline"


@pytest.fixture
def unit(repository: Path) -> Path:
    return repository / FOLDER / UNIT


@pytest.fixture
def service(unit: Path) -> dict[str, str]:
    """What the unit says, each name once."""
    lines = [line for line in unit.read_text("utf-8").splitlines() if "=" in line and line[0] != "#"]
    said = dict(line.split("=", 1) for line in lines)
    assert len(said) == len(lines)
    return said


def test_it_leaves_no_core_file_and_nothing_in_swap(service: dict[str, str]) -> None:
    assert service["LimitCORE"] == "0"
    assert service["MemorySwapMax"] == "0"


def test_it_writes_into_its_two_folders_alone_which_others_cannot_enter(service: dict[str, str]) -> None:
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == "/var/lib/tipline /run/tipline"
    assert service["StateDirectoryMode"] == service["RuntimeDirectoryMode"] == "0700"
    assert service["UMask"] == "0077"
    assert service["PrivateTmp"] == service["ProtectHome"] == service["PrivateDevices"] == "yes"


def test_it_gains_no_right_and_reaches_nobody(service: dict[str, str]) -> None:
    assert service["User"] == service["Group"] == "tipline"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert (service["IPAddressDeny"], service["IPAddressAllow"]) == ("any", "localhost")
    assert set(service["RestrictNamespaces"].split()) == {"user", "net"}  # tipline/cleaning/confinement.py


def test_what_no_disk_may_hold_lies_in_the_folder_that_the_unit_makes(service: dict[str, str]) -> None:
    settings = dict(pair.split("=", 1) for pair in service["Environment"].split())
    assert Path("/run", service["RuntimeDirectory"]) == RAM_FOLDER == Path(settings["TIPLINE_RAM"])
    assert settings["TIPLINE_DATA"] == f"/var/lib/{service['StateDirectory']}"


def test_it_starts_at_boot_and_has_time_to_end_the_keeper_last(service: dict[str, str]) -> None:
    assert service["ExecStart"] == f"{PROGRAM} serve"
    assert service["WantedBy"] == "multi-user.target"
    assert service["KillMode"] == "mixed"  # the signal goes to the supervisor alone
    assert int(service["TimeoutStopSec"]) > 4 * END_SECONDS


def test_without_the_unit_the_folder_is_made_for_the_account_alone(repository: Path) -> None:
    lines = (repository / FOLDER / "tipline.tmpfiles.conf").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [f"d {RAM_FOLDER} 0700 tipline tipline -"]


def test_the_account_has_no_shell(repository: Path) -> None:
    lines = (repository / FOLDER / "tipline.sysusers.conf").read_text("utf-8").splitlines()
    (account,) = [line for line in lines if not line.startswith("#")]
    assert account.split()[:2] == ["u", "tipline"]
    assert account.endswith(" /usr/sbin/nologin")
