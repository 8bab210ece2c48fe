"""The reward office of a world."""

import pytest

from tests.admin.conftest import Office
from tests.admin.rewarding import Rewarding


@pytest.fixture
def rewarding(office: Office) -> Rewarding:
    """An office with a proposer, a verifier, two approvers and a leader."""
    return Rewarding(office)
