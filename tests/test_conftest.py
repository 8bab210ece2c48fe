"""A skip is a failure where everything is required."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

SKIPS = """
import pytest

def test_a_browser_is_there():
    pytest.skip("chromium is missing")

@pytest.mark.xfail
def test_a_known_gap():
    raise ValueError

def test_plain():
    pass
"""


@pytest.fixture
def skipping(pytester: pytest.Pytester, repository: Path) -> pytest.Pytester:
    """A suite of its own under this project's conftest: one skip, one expected failure, one success."""
    pytester.makeconftest((repository / "tests" / "conftest.py").read_text("utf-8"))
    pytester.makepyfile(SKIPS)
    return pytester


def test_a_skip_fails_where_everything_is_required(
    skipping: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIPLINE_REQUIRE_ALL", "1")
    result = skipping.runpytest_subprocess()
    result.assert_outcomes(failed=1, xfailed=1, passed=1)
    result.stdout.fnmatch_lines(["*allows no skip. Skipped: chromium is missing*"])


def test_a_whole_module_that_skips_fails_where_everything_is_required(
    skipping: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIPLINE_REQUIRE_ALL", "1")
    skipping.makepyfile(test_module="import pytest\npytest.skip('no server', allow_module_level=True)\n")
    result = skipping.runpytest_subprocess("test_module.py")
    assert result.ret != pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*allows no skip. Skipped: no server*"])


def test_a_skip_stays_a_skip_elsewhere(skipping: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIPLINE_REQUIRE_ALL", raising=False)
    skipping.runpytest_subprocess().assert_outcomes(skipped=1, xfailed=1, passed=1)
