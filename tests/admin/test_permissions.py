"""Default deny: every endpoint names its permission, and the roster decides at each request."""

import pytest
from flask import Flask

from admin.permissions import (
    Permission,
    UndeclaredPermission,
    check_every_endpoint,
    declared_permission,
    requires,
)
from tests.admin.conftest import Office
from tests.world import member_id

ROOMS = {
    "/tips": {"reviewer-a", "reviewer-b", "integrity"},
    "/protection": {"integrity", "protection"},
    "/protection/new": {"reviewer-a", "reviewer-b", "protection"},
    "/tips/new": {"reviewer-a", "reviewer-b"},
    "/tips/new/script": {"reviewer-a", "reviewer-b"},
    "/sheets": {"reviewer-a", "reviewer-b"},
    "/log": {"auditor"},
}


def test_a_site_with_an_endpoint_that_names_no_permission_does_not_start() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(UndeclaredPermission, match="open"):
        check_every_endpoint(app)


def test_a_declared_endpoint_passes() -> None:
    app = Flask(__name__, static_folder=None)
    app.add_url_rule("/open", "open", requires(Permission.PUBLIC)(lambda: ""))
    check_every_endpoint(app)


def test_only_these_addresses_are_public(office: Office) -> None:
    public = {
        rule.rule
        for rule in office.app.url_map.iter_rules()
        if declared_permission(office.app, rule.endpoint) is Permission.PUBLIC
    }
    assert public == {
        "/static/<path:filename>",
        "/sign-in",
        "/sign-in/passkey",
        "/sign-out",
        "/language/<code>",
        "/enrol/<text>",
    }


def test_nobody_enters_without_a_session(office: Office) -> None:
    browser = office.browser()
    for rule in office.app.url_map.iter_rules():
        if declared_permission(office.app, rule.endpoint) is Permission.PUBLIC:
            continue
        path = rule.rule.replace("<text>", "0" * 32).replace("<item>", "0" * 32)
        if "GET" in (rule.methods or ()):
            assert browser.get(path).headers["Location"] == "/sign-in"
        if "POST" in (rule.methods or ()):
            assert browser.post(path).status_code == 401


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize(
    "name", ["registrar", "reviewer-a", "integrity", "protection", "custodian-1", "auditor"]
)
def test_a_room_opens_to_its_desks_alone(office: Office, room: str, name: str) -> None:
    expected = 200 if name in ROOMS[room] else 403
    assert office.signed_in(name).get(room).status_code == expected


def test_a_desk_that_was_revoked_is_gone_at_the_next_request(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    assert reviewer.get("/tips").status_code == 200
    revoked = office.world.sign("revoke", "registrar", member=member_id("reviewer-a"), desk="intake")
    office.keeper().append(revoked)
    assert reviewer.get("/tips").status_code == 403


def test_a_removed_member_is_signed_out_at_the_next_request(office: Office) -> None:
    reviewer = office.signed_in("reviewer-a")
    office.keeper().append(office.world.sign("remove", "registrar", member=member_id("reviewer-a")))
    assert reviewer.get("/tips").status_code == 401
    assert reviewer.get("/tips").headers["Location"] == "/sign-in"


def test_each_member_lands_in_their_room(office: Office) -> None:
    assert office.signed_in("reviewer-a").get("/").headers["Location"] == "/tips"
    assert office.signed_in("auditor").get("/").headers["Location"] == "/log"
    assert 'href="/members"' in office.signed_in("registrar").get("/").text
