"""What every test shares: no silent skips in CI, repeatable property tests, folders in RAM, an order."""

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

from tests.read_once import read_once

REQUIRE_ALL = "TIPLINE_REQUIRE_ALL"

RAM: Final = Path("/dev/shm")  # noqa: S108  what is made there is made by pytest, for one account
PLENTY_OF_RAM: Final = 2 * 1024**3
TEMPORARY: Final = "PYTEST_DEBUG_TEMPROOT"  # pytest's own variable: where `tmp_path` lies

LONGEST: Final = (
    "tests/journeys/test_every_admin_page.py",
    "tests/journeys/test_every_page.py",
    "tests/journeys",
    "tests/admin/test_matrix.py",
    "tests/trial",
    "tests/docs",
    "tests/keeper/faults",
    "tests/keeper/test_durability.py",
    "tests/rewards",
)
"""What takes long begins first, so that no worker is left alone with it at the end."""

settings.register_profile("here", deadline=None, max_examples=50)
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=100,
    derandomize=True,  # a red run is about the change it tests, and can be repeated
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # two shared cores say nothing about the strategy
)
settings.load_profile("ci" if os.environ.get("CI") or os.environ.get(REQUIRE_ALL) == "1" else "here")


def pytest_configure() -> None:
    """Put the tests' folders in RAM where there is plenty: ten thousand durable writes wait for no disk."""
    if RAM.is_dir() and shutil.disk_usage(RAM).free > PLENTY_OF_RAM:
        os.environ.setdefault(TEMPORARY, str(RAM))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; all else stays in its order."""
    items.sort(key=lambda item: _turn(item.nodeid))


def pytest_collection_finish() -> None:
    """Have the garbage collector pass over the modules and the thousands of tests: they stay to the end."""
    gc.collect()
    gc.freeze()


def _turn(nodeid: str) -> int:
    return next((turn for turn, start in enumerate(LONGEST) if nodeid.startswith(start)), len(LONGEST))


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The sentence a skip gave; pytest keeps it as (path, line, sentence)."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    return str(report.longrepr)


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure when everything is required; an expected failure is no skip."""
    if os.environ.get(REQUIRE_ALL) == "1" and report.skipped and not hasattr(report, "wasxfail"):
        sentence = _reason(report)
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: {REQUIRE_ALL}=1 allows no skip. {sentence}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    """Hundreds of keepers and sites start in one process."""
    with read_once():
        yield


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parent.parent
