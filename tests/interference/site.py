"""The register as browsers use it, with canaries in every field: for the tests of the site."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from crypto.statements import Entry
from tests.admin.conftest import TOKEN, Office, wrapped
from tests.admin.disclosing import ENGLISH
from tests.world import member_id
from tipline.keeper import models

SECOND = "integrity-2"
"""Of unit u3, at the integrity desk beside `integrity`, who is of u9."""
NAME, TEXT, CASE = "Canary Zhou of the quarry office", "He said that the canary must stop.", "canary 2026-17"
DONE = "The canary was spoken to."
FORM: Mapping[str, Any] = {
    "who": NAME,
    "whose_unit": "Canary office",
    "position": "Canary deputy",
    "case": CASE,
    "how": "stop",
    "when": "On the canary's Friday",
    "happened": TEXT,
    "did": "I said canary no.",
}
ANSWER: Mapping[str, Any] = {"measures": ["interview", "upward"], "done_about": DONE}


def account(name: str) -> dict[str, Any]:
    fields = {"name_salt": b"", "wrapped": wrapped("auditor"), "last_step": 0}
    return {"member_id": member_id(name), "name": name, **fields}


def file(office: Office, by: str = "reviewer-a", status: int = 303, **changes: Any) -> TestResponse:
    answer = office.signed_in(by).post("/interference/new", {**FORM, **changes}, headers=ENGLISH)
    assert answer.status_code == status, answer.text
    return answer


def filed(office: Office, by: str = "reviewer-a", **changes: Any) -> str:
    """The address of an entry that was just filed."""
    file(office, by, **changes)
    return f"/interference/{office.log_size() - 1}"


def respond(office: Office, entry: str, by: str = "integrity", **changes: Any) -> TestResponse:
    return office.signed_in(by).post(f"{entry}/answer", {**ANSWER, **changes}, headers=ENGLISH)


def seen(answer: TestResponse) -> tuple[int, str]:
    """What somebody could compare."""
    return answer.status_code, TOKEN.sub("", answer.text)


def listed(office: Office, by: str) -> list[str]:
    """The numbers of the entries in the register's table, as a member sees it."""
    page = office.signed_in(by).get("/interference", headers=ENGLISH).text
    return re.findall(r'<th scope="row"><a href="(/interference/\d+)">', page)


def count(office: Office, table: type[Any]) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def entry_of(office: Office, index: int) -> Entry:
    database = office.world.open_database(office.settings.keeper_database_url)
    with database.reading() as session:
        data = session.scalar(select(models.entries.c.entry).where(models.entries.c.index == index))
    assert data is not None
    return Entry.decode(data)
