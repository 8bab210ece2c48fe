"""An error of the admin site is logged by its class and place: its message may hold what somebody read."""

import pytest

from admin.permissions import Permission, requires
from tests.admin.conftest import Office

CANARY = "canary-5ac1"


@requires(Permission.PUBLIC)
def fail() -> str:
    raise ValueError(CANARY)


def test_an_error_is_logged_without_its_message_and_without_the_address(
    office: Office, capfd: pytest.CaptureFixture[str]
) -> None:
    office.app.testing = False
    endpoint = next(rule.endpoint for rule in office.app.url_map.iter_rules() if rule.rule == "/sign-in")
    office.app.view_functions[endpoint] = fail
    answer = office.browser().get(f"/sign-in?{CANARY}", headers={"User-Agent": CANARY})
    assert answer.status_code == 500
    logged = "".join(capfd.readouterr())
    assert "ValueError" in logged
    assert CANARY not in logged + answer.text
