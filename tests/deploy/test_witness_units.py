"""deploy/systemd: a witness reaches its own folder alone, and time stamps have a timer."""

from pathlib import Path

import pytest

from tests.deploy.test_notices_unit import said
from tests.deploy.test_systemd import FOLDER, PROGRAM

WITNESS = "/var/lib/tipline-witness"


@pytest.fixture(params=["tipline-witness", "tipline-stamp"])
def service(request: pytest.FixtureRequest, repository: Path) -> dict[str, str]:
    """What each unit says."""
    return said(repository / FOLDER / f"{request.param}.service")


def test_it_gains_no_right_and_leaves_nothing_in_swap(service: dict[str, str]) -> None:
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""
    assert (service["LimitCORE"], service["MemorySwapMax"], service["UMask"]) == ("0", "0", "0077")


def test_a_witness_has_an_account_and_a_folder_of_its_own_and_calls_nobody(repository: Path) -> None:
    service = said(repository / FOLDER / "tipline-witness.service")
    assert service["User"] == service["Group"] == "tipline-witness"
    assert service["ReadWritePaths"] == service["WorkingDirectory"] == WITNESS
    assert service["ExecStart"] == f"{PROGRAM} witness serve"
    assert (service["IPAddressDeny"], service["IPAddressAllow"]) == ("any", "localhost")
    assert f"TIPLINE_WITNESS={WITNESS}" in service["Environment"]
    account = (repository / FOLDER / "tipline-witness.sysusers.conf").read_text("utf-8")
    assert "u tipline-witness - " in account
    assert f"{WITNESS} /usr/sbin/nologin" in account


def test_a_time_stamp_is_asked_for_daily(repository: Path) -> None:
    service = said(repository / FOLDER / "tipline-stamp.service")
    timer = said(repository / FOLDER / "tipline-stamp.timer")
    assert service["ExecStart"] == f"{PROGRAM} log stamp"
    assert (service["Type"], service["Requisite"]) == ("oneshot", "tipline.service")
    assert (timer["OnCalendar"], timer["Persistent"]) == ("*-*-* 02:40:00", "yes")
