"""One trial for all journeys: they share its people, so each takes fresh one-time codes."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from tests.founded import copy_trial
from tests.journeys.browser import Browser
from tests.journeys.people import sign_in
from tests.journeys.trial import Trial, running_trial, trial_environment
from tests.journeys.windows import CHROMIUM, FLAGS
from tipline.clock import SystemClock


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A trial instance on free ports, in folders of its own, ended with the tests."""
    with trial_in(tmp_path_factory.mktemp("trial")) as running:
        yield running


@pytest.fixture(scope="session")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A second trial, behind a trusted proxy whose part the tests play; no limit is turned off."""
    with trial_in(tmp_path_factory.mktemp("proxied"), TIPLINE_PROXIES="1") as running:
        yield running


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A trial with the sample tips: three months of work that is under way."""
    with trial_in(tmp_path_factory.mktemp("sampled"), samples=True) as running:
        yield running


@pytest.fixture(scope="session")
def reviewer(proxied: Trial) -> Browser:
    """A reviewer of the second trial, signed in once: one-time codes come slowly."""
    return sign_in(proxied, "reviewer-a")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """The system's Chromium, one for each file of tests."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed; deploy/system-packages.sh installs it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@contextmanager
def trial_in(folder: Path, *, samples: bool = False, **variables: str) -> Iterator[Trial]:
    """A trial with its data and output in a folder, for tests that change or watch what it stores."""
    # Short, because a socket's path has 108 bytes at most; in RAM, as in earnest.
    ram = Path(tempfile.mkdtemp(prefix="tl-", dir="/dev/shm"))
    data = folder / "data"
    if not samples:  # those found one themselves, three months ago
        copy_trial(data, _first_trial())
    try:
        environment = {**trial_environment(data, ram), **variables}
        with running_trial(data, ram, folder / "output.txt", environment, samples=samples) as running:
            yield running
    finally:
        shutil.rmtree(ram, ignore_errors=True)


@cache
def _first_trial() -> int:
    """When the one was founded that all others are copies of."""
    return SystemClock().unix()
