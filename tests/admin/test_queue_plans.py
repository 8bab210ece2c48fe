"""Which indexes SQLite takes for the list: without statistics it has to be asked in the right way.

With 100,000 rows a wrong choice turns milliseconds into half a second.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from sqlalchemy import event

from admin.queue.choice import Choice
from admin.queue.clear import Looking, count, page_of, urgent_page
from admin.queue.scan import scan
from admin.queue.service import looking
from tests.admin.conftest import Office
from tests.admin.visiting import keys_of, visit_of
from tipline.database import Database
from tipline.ids import UnitId

LISTED: Final = "ix_tips_listed"
Ask = Callable[[Any, Looking], object]


@contextmanager
def asked(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The questions that the block asks, with what they are asked with."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if "tips" in statement:
            found.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def plan(office: Office, ask: Ask) -> list[str]:
    """How SQLite finds the rows of tips for what is asked, step by step."""
    visit = visit_of(office, "reviewer-a")
    view = looking(visit, keys_of(visit))
    with asked(office.services.database) as questions, office.services.database.reading() as session:
        ask(session, view)
        connection = session.connection()
        explained = [
            row[3]
            for statement, values in questions[:]
            for row in connection.exec_driver_sql(f"explain query plan {statement}", values)
        ]
    return [step for step in explained if " tips " in step]


@pytest.fixture(autouse=True)
def some_tips(office: Office) -> None:
    """Two card groups."""
    office.put_tip()
    office.put_tip(unit=UnitId("u3"))


def test_counting_runs_along_indexes_and_reads_no_row(office: Office) -> None:
    first, *others = plan(office, count)
    assert first.startswith(f"SEARCH tips USING COVERING INDEX {LISTED} (desk=? AND card_group=?)")
    assert sorted(step.split("INDEX ")[1].split()[0] for step in others) == [
        "ix_tips_due", "ix_tips_hour", "ix_tips_hour",
    ]  # fmt: skip


def test_the_plain_list_runs_along_two_indexes_and_sorts_nothing(office: Office) -> None:
    steps = plan(office, lambda session, view: urgent_page(session, view, 0, 50))
    assert [step.split("INDEX ")[1].split()[0] for step in steps] == [
        "ix_tips_hour", "ix_tips_due", "ix_tips_hour", "ix_tips_due", "ix_tips_due",
    ]  # fmt: skip
    assert all("COVERING" in step for step in steps if "ix_tips_due" in step)


@pytest.mark.parametrize(
    "fields", [{"state": "triage"}, {"due": "overdue"}, {"news": "yes"}, {"sort": "age"}]
)
def test_filters_and_orders_in_clear_read_no_row(office: Office, fields: dict[str, str]) -> None:
    steps = plan(office, lambda session, view: page_of(session, view, Choice.read(fields), 0, 50))
    assert len(steps) == 2
    assert all(f"USING COVERING INDEX {LISTED}" in step for step in steps)


def test_a_search_reads_the_rows_in_the_order_of_their_ids(office: Office) -> None:
    choice = Choice.read({"category": "usury"})
    rows, ids = plan(office, lambda session, view: scan(session, view, choice, 0, 50))
    assert rows == "SEARCH tips USING PRIMARY KEY (id=?)"
    assert f"USING COVERING INDEX {LISTED}" in ids
