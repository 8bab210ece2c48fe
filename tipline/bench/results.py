"""What one operation took, and how it is shown: as a line of a table and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table


@dataclass(frozen=True)
class Result:
    """The figures of one operation.

    `cpu_ms` is user and system time of the server processes, the keeper included, for each
    operation; `limit` is the least it could be (milliseconds, `tipline.bench.limits`). None
    stands where a figure does not apply or, for want of one operation that succeeded, is not known.
    `growth_mib` is how far the memory of the public workers rose above what they held before.
    """

    operation: str
    cpu_ms: float | None
    per_second: float | None
    failures: int
    limit: float | None
    growth_mib: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the limit the operation costs."""
        return round(self.cpu_ms / self.limit, 2) if self.cpu_ms is not None and self.limit else None

    def fields(self) -> dict[str, Any]:
        """As it stands in the JSON file; `growth_mib` only where it was measured."""
        fields: dict[str, Any] = {
            "operation": self.operation,
            "cpu_ms": _rounded(self.cpu_ms),
            "per_second": _rounded(self.per_second),
            "failures": self.failures,
            "limit": _rounded(self.limit),
            "ratio": self.ratio,
        }
        if self.growth_mib is not None:
            fields["growth_mib"] = _rounded(self.growth_mib)
        return fields


def write_json(results: Sequence[Result], path: Path) -> None:
    """Write the results as a list of objects."""
    text = json.dumps([result.fields() for result in results], indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def table_of(results: Sequence[Result]) -> Table:
    """The results as a table for a terminal."""
    table = Table("operation", title="CPU time of all server processes for one operation")
    for heading in ("CPU ms", "limit ms", "ratio", "per second", "failures", "growth MiB"):
        table.add_column(heading, justify="right")
    for result in results:
        table.add_row(
            result.operation,
            _shown(result.cpu_ms),
            _shown(result.limit),
            _shown(result.ratio),
            _shown(result.per_second),
            str(result.failures),
            _shown(result.growth_mib),
        )
    return table


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"
