"""Every operation of `tipline bench` runs without a failure on real processes, which are gone afterwards."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tipline.bench.crowd import Effort
from tipline.bench.limits import LIMITS
from tipline.bench.operations.registry import OPERATIONS
from tipline.bench.results import Result, write_json
from tipline.bench.service import measure_all
from tipline.bench.stage import Crew, Stage, open_stage

A_FEW = Effort(seconds=20.0, most=2, warm_up=1)
SMALL = Crew(readers=2, auditors=8)
WITHOUT_LIMIT = {
    "log-tables-1m",
    "log-filter-1m",
    "form-page",
    "guided-screen",
    "queue-100k",
    "queue-100k-filter",
    "flood",
    "awards-100k",
}
"""Operations of which no part has a measured price of its own."""
ORDER = [
    "first-tip",
    "form-page",
    "guided-screen",
    "mailbox-open",
    "reading",
    "file-50mb",
    "log-append",
    "log-verify-1m",
    "log-tables-1m",
    "log-proof-1m",
    "log-filter-1m",
    "queue-100k",
    "queue-100k-filter",
    "seal-identity",
    "open-identity",
    "mint",
    "redeem",
    "pay",
    "awards-100k",
    "flood",
]


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def stage(told: list[str]) -> Iterator[Stage]:
    environment = {**os.environ, "TIPLINE_DATABASE_URL": "sqlite:////nowhere/real.db"}
    with open_stage(environment, SMALL, told.append) as running:
        yield running


def test_operations_stand_in_the_order_in_which_they_run() -> None:
    assert list(OPERATIONS) == ORDER


@pytest.fixture(autouse=True)
def smaller_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two thousand tips and entries: enough for full pages and tiles."""
    monkeypatch.setattr("tipline.bench.operations.queue_stage.TIPS_AT_THE_DESK", 2_000)
    monkeypatch.setattr("tipline.bench.operations.long_log.LENGTH", 2_000)
    monkeypatch.setattr("tipline.bench.operations.award_stage.AWARDS", 500)


@pytest.mark.parametrize("name", ORDER)
def test_an_operation_has_no_failures(stage: Stage, told: list[str], name: str, tmp_path: Path) -> None:
    result = OPERATIONS[name](stage, A_FEW)
    assert (result.operation, result.failures) == (name, 0), told
    fields = _written(result, tmp_path)
    growth = {"growth_mib"} if name in ("file-50mb", "queue-100k-filter") else set()
    assert fields.keys() == {"operation", "cpu_ms", "per_second", "failures", "limit", "ratio"} | growth
    missing = {"limit", "ratio"} if name in WITHOUT_LIMIT else set()
    figures = fields.keys() - {"operation", "failures"} - missing
    assert all(isinstance(fields[field], float) for field in figures)
    assert all(fields[field] is None for field in missing)


def test_every_operation_has_a_limit_or_says_that_it_has_none() -> None:
    assert list(LIMITS) == [name for name in ORDER if name not in WITHOUT_LIMIT]


def test_nothing_is_left_of_a_run_that_broke_off() -> None:
    pids: list[int] = []
    folders: list[Path] = []

    def break_off(stage: Stage, effort: Effort) -> Result:
        pids.extend(stage.pids.values())
        pids.extend(stage.public_pids())
        folders.extend([stage.settings.data, stage.settings.ram])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_all(os.environ, {"broken": break_off}, Crew(0, 0), A_FEW, lambda line: None)
    assert len(pids) > 3
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    assert not [folder for folder in folders if folder.exists()]


def _written(result: Result, folder: Path) -> dict[str, object]:
    write_json([result], folder / "bench.json")
    [fields] = json.loads((folder / "bench.json").read_text(encoding="utf-8"))
    assert isinstance(fields, dict)
    return fields
