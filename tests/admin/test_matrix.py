"""Default deny, for every address, every kind of visitor, and what is theirs, another desk's or nobody's.

The addresses come from the running site. One with an argument that `tests.admin.scene` has no example for,
and one that writes and has none in `tests.admin.writes`, fails here: a new room joins by giving examples.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from admin.permissions import Permission, declared_permission
from tests.admin.conftest import TOKEN, Office, Staff
from tests.admin.reward_scene import APPROVES, CLERK, JUDGES, PROPOSE, VERIFIES
from tests.admin.scene import HEAD, MEMBERS, NEWCOMER, NOBODY, OTHER, OWN, REMOVED, UNKNOWN, VISITORS, Scene
from tests.admin.writes import WRITES, Write
from tests.keeper.observed import Observed
from tipline.database import Base

HOLDERS = {
    Permission.PUBLIC: set(VISITORS),
    Permission.SIGNED_IN: set(MEMBERS),
    Permission.READ_TIPS: {"reviewer-a", "reviewer-b", "integrity"},
    Permission.ENTER_TIPS: {"reviewer-a", "reviewer-b"},
    Permission.SEE_DISCLOSURES: {"reviewer-a", "reviewer-b", "integrity", "protection", "custodian-1", CLERK},
    Permission.DECIDE_DISCLOSURES: {"custodian-1"},
    Permission.AUDIT: {"auditor"},
    Permission.LEAD_FIGURES: {"auditor", HEAD},
    Permission.REGISTER: {"registrar"},
    Permission.READ_NAMES: {"reviewer-a", "reviewer-b", "integrity", "protection", CLERK},
    Permission.PROTECT: {"integrity", "protection"},
    Permission.OPEN_CASES: {"reviewer-a", "reviewer-b", "protection"},
    Permission.SETTLED: set(MEMBERS) - {NEWCOMER},
    Permission.READ_INTERFERENCE: {"integrity", "auditor"},
    Permission.ANSWER_INTERFERENCE: {"integrity"},
    Permission.DECIDE_HEADS: set(MEMBERS) - {NEWCOMER},
    Permission.REWARDS: {*JUDGES, "auditor"},
    Permission.STEP_REWARDS: set(JUDGES),
    Permission.PROPOSE_REWARDS: set(PROPOSE),
    Permission.REWARD_BUDGET: {*JUDGES, "auditor"},
    Permission.SET_BUDGET: {VERIFIES, APPROVES},
    Permission.OPEN_KEYS: {VERIFIES, APPROVES},
    Permission.REWARD_PLACES: {*JUDGES, "auditor", "registrar", CLERK},
    Permission.REWARD_RULES: {"registrar", APPROVES},
    Permission.LEDGER: {*JUDGES, "auditor"},
    Permission.PAY: {CLERK},
    Permission.UNDO_PAYMENTS: {CLERK, VERIFIES},
}
"""Who has which permission; a new one must be entered here."""

SAFE = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture
def scene(office: Office) -> Scene:
    return Scene(office)


def rules(office: Office, method: str) -> list[Rule]:
    """The addresses that take a method."""
    return [rule for rule in office.app.url_map.iter_rules() if method in (rule.methods or ())]


def addresses(scene: Scene, visitor: str, method: str) -> Iterator[tuple[Rule, str, str]]:
    """Each address that takes a method, for each example: the rule, whose it is, the path."""
    urls = scene.office.app.url_map.bind("localhost")
    for rule in rules(scene.office, method):
        for whose, arguments in scene.examples(rule, visitor).items():
            yield rule, whose, urls.build(rule.endpoint, dict(arguments), method)


def visible(answer: TestResponse) -> tuple[object, ...]:
    """Everything of an answer that a visitor could compare."""
    headers = [(name, value) for name, value in answer.headers if name not in ("Date", "Set-Cookie")]
    return answer.status_code, headers, TOKEN.sub("", answer.text)


def send(staff: Staff, method: str, path: str) -> TestResponse:
    """A request without fields, with its token where it needs one."""
    fields = None if method in SAFE else {"csrf_token": staff.token()}
    answer = staff.client.open(path, method=method, data=fields)
    answer.get_data()
    answer.close()
    return answer


# ------------------------------------------------------------------ who comes in


def test_every_permission_says_who_has_it(office: Office) -> None:
    assert set(HOLDERS) == set(Permission)


@pytest.mark.parametrize("visitor", VISITORS)
def test_an_address_answers_those_alone_who_have_its_permission(scene: Scene, visitor: str) -> None:
    wrong: list[str] = []
    refused: Staff | None = None
    for method in ("GET", "POST"):
        for rule, whose, path in addresses(scene, visitor, method):
            holds = visitor in HOLDERS[declared_permission(scene.office.app, rule.endpoint)]
            staff = refused or scene.browser(visitor)
            # What is refused leaves a session as it is; what is done may end it, and a removed member's ends.
            refused = None if holds or visitor == REMOVED else staff
            got = send(staff, method, path).status_code
            if not _fits(visitor, method, whose, got, holds=holds):
                wrong.append(f"{method} {rule.rule} ({whose}): {got}")
    assert wrong == []


def _fits(visitor: str, method: str, whose: str, got: int, *, holds: bool) -> bool:
    """Whether a status is the one that the permission gives."""
    if not holds:
        if visitor == NOBODY:
            return got == (303 if method == "GET" else 401)
        return got == (401 if visitor == REMOVED else 403)
    if whose == OWN:
        # A form without fields may be refused as such, or by its own rules; never as a stranger's.
        return got < 400 if method == "GET" else got < 500 and got not in (403, 404)
    return got in (404, 409)  # 409 says that something no longer waits


@pytest.mark.parametrize("visitor", MEMBERS)
def test_what_is_another_desks_looks_like_what_does_not_exist(scene: Scene, visitor: str) -> None:
    wrong = []
    for method in ("GET", "POST"):
        seen: dict[str, dict[str, tuple[object, ...]]] = {}
        for rule, whose, path in addresses(scene, visitor, method):
            if whose != OWN:
                seen.setdefault(rule.rule, {})[whose] = visible(send(scene.browser(visitor), method, path))
        for rule_text, answers in seen.items():
            if OTHER in answers and answers[OTHER] != answers[UNKNOWN]:
                wrong.append(f"{method} {rule_text}")
    assert wrong == []


def test_the_examples_do_show_another_desks_things(scene: Scene) -> None:
    """So that the comparison above compares something."""
    paths = {
        whose: path
        for rule, whose, path in addresses(scene, "integrity", "GET")
        if rule.rule == "/tips/<text>"
    }
    assert send(scene.browser("reviewer-a"), "GET", paths[OWN]).status_code == 404
    assert send(scene.browser("integrity"), "GET", paths[OWN]).status_code == 200
    assert send(scene.browser("reviewer-a"), "GET", paths[OTHER]).status_code == 200
    assert send(scene.browser("reviewer-b"), "GET", paths[OTHER]).status_code == 404


# ------------------------------------------------------------------ tokens


@pytest.mark.parametrize("visitor", [*MEMBERS, NOBODY])
def test_nothing_but_a_get_is_taken_without_its_token(scene: Scene, visitor: str) -> None:
    log, wrong = Observed(scene.office.world), []
    staff = scene.browser(visitor)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for rule, whose, path in addresses(scene, visitor, method):
            size = log.size()
            if staff.client.open(path, method=method).status_code != 400:
                wrong.append(f"{method} {rule.rule} ({whose})")
            if log.size() != size:
                wrong.append(f"{method} {rule.rule} ({whose}) reached the log")
            if visitor not in (NOBODY, NEWCOMER, HEAD) and staff.get("/").status_code == 401:
                wrong.append(f"{method} {rule.rule} signed out")
    assert wrong == []


def test_signing_out_needs_its_token_too(scene: Scene) -> None:
    staff = scene.browser("auditor")
    assert staff.client.post("/sign-out").status_code == 400
    assert staff.get("/log").status_code == 200
    assert staff.post("/sign-out").status_code == 303
    assert staff.get("/log").status_code == 303


# ------------------------------------------------------------------ fields


def columns() -> Mapping[str, str]:
    """The name of every column of every model, with a value that could mean something there."""
    plausible = {str: "integrity", int: "7", bool: "1", date: "2020-01-01", datetime: "2020-01-01T00:00"}
    named = {"state": "closed", "unit": "u9", "member_id": "m00000000", "roles": "registrar"}
    found = {}
    for table in Base.metadata.tables.values():
        for column in table.columns:
            found[column.name] = named.get(column.name) or plausible.get(column.type.python_type, "00" * 32)
    return found


def rows(office: Office) -> dict[str, dict[tuple[Any, ...], Mapping[str, Any]]]:
    """The main database: each table's rows by their keys."""
    with office.database.reading() as session:
        return {
            name: {
                tuple(row[key.name] for key in table.primary_key): dict(row)
                for row in session.execute(select(table)).mappings()
            }
            for name, table in Base.metadata.tables.items()
        }


def entries(office: Office, log: Observed, since: int) -> list[tuple[object, ...]]:
    """What was logged: types, outcomes, fields, and the values that no chance goes into."""
    found: list[tuple[object, ...]] = []
    for index in range(since, log.size()):
        entry = log.entry(index)
        body = entry.statement.body
        plain = {name: value for name, value in body.items() if name in LOGGED}
        found.append((entry.outcome, entry.reason, len(entry.statement.signers), sorted(body), plain))
    return found


LOGGED = {
    "type",
    "desk",
    "desks",
    "from",
    "to",
    "purpose",
    "channel",
    "excluded",
    "role",
    "unit",
    "until",
}


def effect(office: Office, log: Observed, write: Write, extra: Mapping[str, str]) -> object:
    """What a write did: its status, rows by table that came and went, columns that changed, and entries."""
    before, size = rows(office), log.size()
    status = write.staff.post(write.path, {**extra, **write.fields}).status_code
    after = rows(office)
    changes: Counter[tuple[str, str]] = Counter()
    values = []
    for name, now in after.items():
        was = before[name]
        changes[name, "added"] = len(now.keys() - was.keys())
        changes[name, "gone"] = len(was.keys() - now.keys())
        for key in now.keys() & was.keys():
            changed = sorted(column for column in now[key] if now[key][column] != was[key][column])
            values += [(name, column, now[key][column]) for column in changed if column in STORED]
            changes.update((name, column) for column in changed)
        for key in now.keys() - was.keys():
            values += [(name, column, now[key][column]) for column in now[key] if column in STORED]
    return status, +changes, sorted(values, key=repr), entries(office, log, size)


STORED = {
    "desk",
    "state",
    "kind",
    "due_on",
    "arrived_on",
    "position",
    "epoch",
    "level",
    "paused",
    "used",
    "unit",
}


def test_every_address_that_writes_has_an_example(office: Office) -> None:
    assert {rule.rule for rule in rules(office, "POST")} == set(WRITES)


@pytest.mark.parametrize("rule", WRITES)
def test_a_field_that_a_form_does_not_have_changes_nothing(scene: Scene, rule: str) -> None:
    log = Observed(scene.office.world)
    plain = effect(scene.office, log, WRITES[rule](scene), {})
    write = WRITES[rule](scene)
    extra = {name: value for name, value in columns().items() if name not in write.form}
    assert effect(scene.office, log, write, extra) == plain
