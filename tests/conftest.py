"""What every test shares: no silent skips in CI, and repeatable property tests."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REQUIRE_ALL = "TIPLINE_REQUIRE_ALL"

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


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parent.parent
