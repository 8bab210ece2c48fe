"""tipline.bench.limits, and docs/performance.md, which explains the same sums."""

from pathlib import Path

import pytest

from tipline.bench.limits import LIMITS, limit_of


def test_an_operation_without_a_price_has_no_limit() -> None:
    assert limit_of("nonsense") is None


@pytest.mark.parametrize("operation", LIMITS)
def test_the_manual_shows_every_part_of_a_limit_and_its_sum(repository: Path, operation: str) -> None:
    manual = (repository / "docs" / "performance.md").read_text(encoding="utf-8")
    shown = [line for line in manual.splitlines() if line.startswith(f"| {operation} |")]
    parts = [f"| {operation} | {part} | {price:.2f} |" for part, price in LIMITS[operation].items()]
    assert shown[: len(parts)] == parts
    assert shown[len(parts)] == f"| {operation} | **sum** | **{limit_of(operation):.2f}** |"
