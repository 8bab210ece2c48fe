"""tipline.bench.results: what programs and people are shown."""

import json
from io import StringIO
from pathlib import Path

from rich.console import Console

from tipline.bench.results import Result, table_of, write_json

FIELDS = {"operation", "cpu_ms", "per_second", "failures", "limit", "ratio"}


def test_every_field_is_there_and_null_where_it_does_not_apply(tmp_path: Path) -> None:
    write_json([Result("first-tip", None, None, 3, None)], tmp_path / "bench.json")
    [fields] = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert fields.keys() == FIELDS
    assert fields["failures"] == 3
    assert {fields[name] for name in FIELDS - {"operation", "failures"}} == {None}


def test_growth_stands_only_where_it_was_measured() -> None:
    measured = Result("file-50mb", 100.0, 5.0, 0, 50.0, growth_mib=3.0)
    assert measured.fields().keys() == FIELDS | {"growth_mib"}


def test_the_ratio_is_the_cost_over_the_limit() -> None:
    assert Result("first-tip", 9.0, 100.0, 0, 6.0).ratio == 1.5


def test_the_table_shows_figures_and_a_dash_for_what_is_not_known() -> None:
    paper = StringIO()
    Console(width=120, file=paper).print(table_of([Result("first-tip", 9.0, None, 0, 6.0)]))
    shown = paper.getvalue()
    assert "first-tip" in shown
    assert "9.00" in shown
    assert "–" in shown
