"""The report of a month says when each witness countersigned, by notes that prove themselves."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.admin.conftest import Office
from tests.admin.test_reports import auditor, text
from tests.admin.test_witnesses import down, name_witnesses
from tests.clocks import FixedClock
from tests.keeper.test_witnesses import HOUR, ask
from tests.witness.running import Running, running
from tests.world import World
from tipline.keeper.service import Keeper
from tipline.keeper.witnessing.models import cosignatures

ROW = re.compile(r'<th scope="row">((?:witness|down)\.[^<]*)</th>(.*?)</tr>')


@pytest.fixture
def raw(tmp_path: Path, clock: FixedClock) -> Iterator[tuple[Office, Keeper, Running]]:
    """An office with its keeper itself and a witness."""
    with ExitStack() as stack:
        world = stack.enter_context(World.made(tmp_path / "world", clock))
        keeper = stack.enter_context(world.keeper())
        county = stack.enter_context(running(tmp_path / "county", world, clock))
        office = Office(world, clock)
        office.start()
        stack.callback(office.services.database.dispose)
        stack.callback(office.services.keeper.close)
        yield office, keeper, county


def rows(office: Office) -> dict[str, list[str]]:
    page = unescape(text(auditor(office), "/log/reports/months/2026-03"))
    return {name: re.findall(r">([^<>]+)</td>", cells) for name, cells in ROW.findall(page)}


def test_a_month_says_when_each_witness_countersigned(raw: tuple[Office, Keeper, Running]) -> None:
    office, keeper, county = raw
    name_witnesses(office, county.fields(), down())
    named = office.clock.today()
    for _ in range(3):
        office.clock.advance(24 * HOUR)
        ask(keeper)
    last = office.clock.today()
    office.clock.advance(31 * 24 * HOUR)
    days = 31 - named.day + 1
    signed = f"2026-03-{named.day + 1:02d}"
    assert rows(office) == {
        "down.example": ["–", "–", str(days), str(days - 1), str(days)],
        "witness.example/county": [signed, last.isoformat(), str(days - 3), str(31 - last.day), str(days)],
    }


def test_what_somebody_wrote_into_the_keeper_s_table_is_no_cosignature(
    raw: tuple[Office, Keeper, Running],
) -> None:
    office, keeper, county = raw
    name_witnesses(office, county.fields())
    ask(keeper)
    office.clock.advance(31 * 24 * HOUR)
    [before] = rows(office).values()
    with office.world.open_database(office.settings.keeper_database_url).writing() as session:
        session.execute(update(cosignatures).values(note=b"garbage"))
    [after] = rows(office).values()
    assert before[0] != "–"
    assert after[:2] == ["–", "–"]
