"""`tipline bench` on the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tipline.bench.errors import BenchError
from tipline.bench.operations.registry import OPERATIONS, chosen
from tipline.cli import program


@pytest.mark.parametrize("names", ["nonsense", "first-tip,nonsense", ""])
def test_an_unknown_operation_is_named_and_nothing_is_measured(names: str, tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    ended = CliRunner().invoke(program, ["bench", "--only", names, "--json", str(file)])
    assert ended.exit_code == 1
    assert f'There is no operation "{names.rpartition(",")[2]}".' in ended.output
    assert "first-tip, form-page" in ended.output
    assert "Traceback" not in ended.output
    assert not file.exists()


def test_chosen_operations_keep_their_own_order() -> None:
    assert list(chosen("log-append, first-tip")) == ["first-tip", "log-append"]


def test_all_are_chosen_where_none_is_named() -> None:
    assert list(chosen(None)) == list(OPERATIONS)
    with pytest.raises(BenchError):
        chosen("first-tip,")
