"""A staffed world for every test of this folder that asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.founded import quick_passwords
from tests.members.staff import Staff


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Staff]:
    """Members and proposals over a running keeper."""
    with Staff.over(tmp_path / "world") as made:
        yield made


@pytest.fixture(autouse=True, scope="module")
def cheap() -> Iterator[None]:
    """None of these tests is about what guessing a password costs."""
    with quick_passwords():
        yield
