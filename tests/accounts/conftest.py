"""Accounts whose passwords are quick to open."""

from collections.abc import Iterator

import pytest

from tests.founded import quick_passwords


@pytest.fixture(autouse=True, scope="module")
def cheap() -> Iterator[None]:
    """None of these tests is about what guessing a password costs."""
    with quick_passwords():
        yield
