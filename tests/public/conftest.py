"""An instance, its site, and a visitor for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.public.instance import Instance, make_instance
from tests.public.visitor import Visitor


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    made = make_instance(tmp_path)
    yield made
    made.close()


@pytest.fixture
def visitor(instance: Instance) -> Visitor:
    return Visitor(instance.app)
