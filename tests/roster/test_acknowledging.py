"""What two people say was lost: no number that a directory's version could not be counted up by."""

from typing import Any

import pytest

from tests.roster.township import AUDITOR, REGISTRAR, body, township
from tipline.roster import Roster, RosterRefused
from tipline.roster.acknowledging import MAX_LOST, MAX_SIZE

FOUND = {"size": 1, "root": "0" * 64}


def said(lost: int, number: int = 0) -> dict[str, Any]:
    head = {"size": lost, "root": "1" * 64}
    fields: dict[str, Any] = {"what": "rollback", "lost": head, "found": FOUND, "reason": {}}
    return body("acknowledge", [AUDITOR, REGISTRAR], number=number, **fields)


@pytest.mark.parametrize("size", [0, -1, MAX_SIZE + 1, 2**53])
def test_a_lost_head_is_no_larger_than_a_log_can_be(size: int) -> None:
    with pytest.raises(RosterRefused) as refused:
        township().apply(1, said(size))
    assert refused.value.reason == "malformed"


def test_the_version_of_a_directory_stays_a_number_that_a_statement_holds() -> None:
    roster: Roster = township()
    steps = MAX_LOST // (MAX_SIZE - 1)
    for number in range(1, steps + 1):
        roster = roster.apply(number, said(MAX_SIZE, number))
    with pytest.raises(RosterRefused):
        roster.apply(steps + 1, said(MAX_SIZE, steps + 1))
    assert roster.directory_version < 2**53
