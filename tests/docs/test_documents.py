"""Tests, commands, settings, limits and files that the documents name are there."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from tests.docs.manual import limits
from tipline.cli import program

_TEST = re.compile(r"`(tests/[a-z_/]+\.py)::(test_[a-z0-9_]+)`")
_TEST_FILE = re.compile(r"`(tests/[a-z_/]+\.py)`")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_COMMAND = re.compile(r"(?<![\w.-])tipline (?=[a-z])([^`\n|;]*)")
_MAKE = re.compile(r"(?<![\w.-])make ([a-z]+)")
_SETTING = re.compile(r"TIPLINE_[A-Z_]+")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
_PROMISE = re.compile(r"^\*\*(.+?)\*\*", re.MULTILINE)
_RULE = re.compile(r"^([a-z]+)(?: [a-z]+)*:", re.MULTILINE)


def documents(repository: Path) -> list[Path]:
    """Every document of the project."""
    return sorted([*repository.glob("*.md"), *(repository / "docs").rglob("*.md")])


def test_there_are_documents(repository: Path) -> None:
    names = {path.name for path in documents(repository)}
    assert {"README.md", "SECURITY.md", "CHANGELOG.md", "manual.md", "threat-model.md"} <= names


def test_every_test_that_a_document_names_exists(repository: Path) -> None:
    missing = [
        f"{path.name}: {file}::{name}"
        for path in documents(repository)
        for file, name in _TEST.findall(path.read_text("utf-8"))
        if name not in names_in(repository / file)
    ]
    assert missing == []


def test_every_test_file_that_a_document_names_exists(repository: Path) -> None:
    missing = [
        f"{path.name}: {file}"
        for path in documents(repository)
        for file in _TEST_FILE.findall(path.read_text("utf-8"))
        if not (repository / file).is_file()
    ]
    assert missing == []


def test_every_promise_is_in_the_threat_model_with_a_test(repository: Path) -> None:
    security = (repository / "SECURITY.md").read_text("utf-8")
    promised = _PROMISE.findall(security.split("## What this does not stop")[0])
    table = (repository / "docs" / "threat-model.md").read_text("utf-8").split("## Promise by promise")[1]
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert len(promised) >= 7
    for promise in promised:
        shown = [row for row in rows if row.startswith(f"| {promise} |")]
        assert shown, f"{promise!r} has no row"
        assert _TEST.search(shown[0]), f"{promise!r} names no test"


def test_every_adversary_that_the_code_cites_is_in_the_threat_model(repository: Path) -> None:
    known = set(
        re.findall(r"^## (T[0-9]+) ", (repository / "docs" / "threat-model.md").read_text("utf-8"), re.M)
    )
    cited = {
        number
        for folder in ("admin", "crypto", "tipline")
        for path in (repository / folder).rglob("*.py")
        for number in re.findall(r"docs/threat-model\.md, (T[0-9]+)", path.read_text("utf-8"))
    }
    assert cited
    assert cited <= known


@pytest.mark.parametrize("kind", ["commands", "options"])
def test_every_command_that_a_document_names_exists(repository: Path, kind: str) -> None:
    wrong = []
    for path in documents(repository):
        for line in commands_in(path.read_text("utf-8")):
            command, rest = resolved(line)
            if kind == "commands" and isinstance(command, str):
                wrong.append(f"{path.name}: tipline {line}")
            if kind == "options" and isinstance(command, click.Command):
                known = {option for parameter in command.params for option in parameter.opts}
                wrong += [f"{path.name}: tipline {line}" for word in rest if option(word) not in {"", *known}]
    assert wrong == []


def test_every_make_target_that_a_document_names_exists(repository: Path) -> None:
    targets = set(_RULE.findall((repository / "Makefile").read_text("utf-8")))
    named = {
        target
        for path in documents(repository)
        for code in _CODE.findall(path.read_text("utf-8"))
        for target in _MAKE.findall(code)
    }
    assert {"run", "test"} <= named
    assert named - targets == set()


def test_every_setting_that_a_document_names_is_read_by_the_code(repository: Path) -> None:
    sources = [
        *(repository / "tipline").rglob("*.py"),
        *(repository / "deploy").iterdir(),
        repository / "tests" / "conftest.py",
    ]
    known = {name for path in sources if path.is_file() for name in _SETTING.findall(path.read_text("utf-8"))}
    for path in documents(repository):
        assert set(_SETTING.findall(path.read_text("utf-8"))) <= known, path.name


def test_every_setting_is_in_the_manual(repository: Path) -> None:
    sources = (repository / "tipline").rglob("*.py")
    settings = {name for path in sources for name in _SETTING.findall(path.read_text("utf-8"))}
    manual = (repository / "docs" / "manual.md").read_text("utf-8")
    rows = set(re.findall(r"^\| `(TIPLINE_[A-Z_]+)` \|", manual, re.MULTILINE))
    assert len(settings) >= 7
    assert rows == settings


def test_every_limit_in_the_manual_is_the_codes(repository: Path) -> None:
    rows = limits(repository)
    assert len(rows) >= 20
    wrong = {
        name: (value, str(getattr(importlib.import_module(module), name)))
        for value, module, name in rows
        if str(getattr(importlib.import_module(module), name)) != value
    }
    assert wrong == {}


def test_every_link_leads_to_a_file(repository: Path) -> None:
    broken = [
        f"{path.name}: {target}"
        for path in documents(repository)
        for target in _LINK.findall(_CODE.sub("", path.read_text("utf-8")))
        if not (path.parent / unquote(target)).exists()
    ]
    assert broken == []


def names_in(path: Path) -> frozenset[str]:
    """The names of the tests in a file; none when there is no such file."""
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def commands_in(text: str) -> Iterator[str]:
    """What follows `tipline` wherever it stands in code."""
    for code in _CODE.findall(text):
        yield from (line.strip() for line in _COMMAND.findall(code))


def resolved(line: str) -> tuple[click.Command | str, list[str]]:
    """The command that a line names and the words after it; the word that is no command, when one is none."""
    command: click.Command = program
    words = line.replace("[", " ").replace("]", " ").split()
    while words and isinstance(command, click.Group) and words[0].isalpha() and words[0].islower():
        word, *words = words
        found = command.get_command(click.Context(command), word)
        if found is None:
            return word, words
        command = found
    return command, words


def option(word: str) -> str:
    """The option in a word of a command line, or nothing."""
    return word if re.fullmatch(r"--[a-z-]+", word) else ""
