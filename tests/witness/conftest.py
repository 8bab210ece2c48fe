"""A witness that knows one small log."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.clocks import FixedClock
from tests.witness.logs import SmallLog
from tests.world import NOON
from tipline.witness.app import create_app
from tipline.witness.folder import WitnessFolder
from tipline.witness.service import Witness, know

NAME = "witness.example/county"


@pytest.fixture
def small() -> SmallLog:
    """The log."""
    return SmallLog()


@pytest.fixture
def folder(tmp_path: Path, small: SmallLog) -> WitnessFolder:
    """A witness's folder; it was told of the log."""
    made = WitnessFolder(tmp_path / "witness")
    made.make(NAME)
    know(made, small.vkeys)
    return made


@pytest.fixture
def witness(folder: WitnessFolder) -> Witness:
    """The witness, at noon."""
    return Witness(folder, FixedClock(NOON))


@pytest.fixture
def site(witness: Witness) -> FlaskClient:
    """Its two addresses."""
    return create_app(witness).test_client()
