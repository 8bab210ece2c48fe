"""The lock files, the list of system packages and docs/dependencies.md say the same."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

LOCKS = ["requirements.lock", "requirements-dev.lock"]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
ROW = re.compile(r"^\| ([A-Za-z0-9._-]+) \| ([0-9][0-9.]*) \|", re.MULTILINE)
REGISTRY = re.compile(r"https?:|file:|--(?:extra-)?index-url|--find-links|^/|@ ", re.MULTILINE)


def canonical(name: str) -> str:
    """A package's name as registries compare it. Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: Path) -> dict[str, str]:
    return {canonical(name): version for name, version in PIN.findall(lock.read_text("utf-8"))}


def wanted(source: Path) -> set[str]:
    lines = source.read_text("utf-8").splitlines()
    names = [re.match(r"[A-Za-z0-9._-]+", line) for line in lines if line and line[0] not in "#-"]
    return {canonical(name.group()) for name in names if name}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_registry(repository: Path, name: str) -> None:
    assert REGISTRY.findall((repository / name).read_text("utf-8")) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(repository: Path, name: str) -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", (repository / name).read_text("utf-8"))
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_tests_run_on_the_versions_of_the_service(repository: Path) -> None:
    runtime, dev = (pins(repository / name) for name in LOCKS)
    assert runtime.items() <= dev.items()


def test_the_document_has_a_row_for_each_package_with_its_version(repository: Path) -> None:
    text = (repository / "docs" / "dependencies.md").read_text("utf-8")
    rows = {canonical(name): version for name, version in ROW.findall(text)}
    locked = pins(repository / "requirements-dev.lock")
    direct = wanted(repository / "requirements.in") | wanted(repository / "requirements-dev.in")
    assert rows == {name: locked[name] for name in direct}


def npm_lock(repository: Path) -> dict[str, Any]:
    text = (repository / "tests" / "interchange" / "package-lock.json").read_text("utf-8")
    packages: dict[str, Any] = json.loads(text)["packages"]
    return {name.removeprefix("node_modules/"): package for name, package in packages.items() if name}


def test_the_lock_of_npm_has_hashes_and_names_no_registry(repository: Path) -> None:
    packages = npm_lock(repository)
    assert len(packages) >= 2
    for package in packages.values():
        assert package["integrity"].startswith("sha512-")
        assert "resolved" not in package


def test_the_document_names_every_package_of_npm_with_its_version(repository: Path) -> None:
    text = (repository / "docs" / "dependencies.md").read_text("utf-8")
    section = text.split("## Tests: from npm")[1].split("\n## ")[0]
    named = set(re.findall(r"([@a-z/-]+) (?:\| )?(\d+\.\d+\.\d+)", section))
    assert named == {(name, package["version"]) for name, package in npm_lock(repository).items()}


def test_the_document_names_every_system_package(repository: Path) -> None:
    script = (repository / "deploy" / "system-packages.sh").read_text("utf-8")
    listed = {name.split("|")[0] for name in re.findall(r'^    "([a-z0-9|-]+)"', script, re.MULTILINE)}
    text = (repository / "docs" / "dependencies.md").read_text("utf-8")
    section = text.split("## From the system")[1]
    assert len(listed) >= 5
    assert [name for name in sorted(listed) if not re.search(rf"\b{re.escape(name)}\b", section)] == []
