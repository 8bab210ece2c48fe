"""Which units stand in one line."""

from dataclasses import replace

import pytest

from tests.roster.township import CITY, COUNTY, JUSTICE, OFFICE, POLICE, township
from tipline.roster.lines import line_of


@pytest.mark.parametrize(
    ("unit", "line"),
    [
        (JUSTICE, {OFFICE, POLICE, JUSTICE}),
        (POLICE, {OFFICE, POLICE, JUSTICE}),
        (OFFICE, {OFFICE, POLICE, JUSTICE}),
        (COUNTY, {COUNTY}),
        (CITY, {CITY}),
        ("nowhere", set()),
    ],
)
def test_a_line_goes_up_and_down_inside_the_township(unit: str, line: set[str]) -> None:
    assert line_of(township().units, unit) == line


def test_units_beside_each_other_stand_in_different_lines() -> None:
    known = township().units
    units = {**known, JUSTICE: replace(known[JUSTICE], superior=known[OFFICE].id)}
    assert line_of(units, JUSTICE) == {OFFICE, JUSTICE}
