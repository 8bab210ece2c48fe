"""An error of the public site is logged by its class and place: its message may hold what somebody typed."""

import pytest

from tests.public.instance import Instance
from tests.public.visitor import Visitor

CANARY = "canary-5ac1"


def fail() -> str:
    raise ValueError(CANARY)


def test_an_error_is_logged_without_its_message_and_without_the_address(
    instance: Instance, visitor: Visitor, capfd: pytest.CaptureFixture[str]
) -> None:
    instance.app.view_functions["report.new"] = fail
    answer = visitor.get(f"/report?{CANARY}")
    assert answer.status_code == 500
    logged = "".join(capfd.readouterr())
    assert "ValueError" in logged
    assert CANARY not in logged + answer.text
