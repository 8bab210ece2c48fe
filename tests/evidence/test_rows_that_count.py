"""Behind two people's word that changed rows count, statements bind as before; both verifiers say so."""

from pathlib import Path
from typing import Any, Final

import pytest

from tests.evidence.packs import Packer
from tests.evidence.test_routes import (
    DAY,
    FIRST,
    IN_TIME,
    ONE,
    TIP,
    Step,
    both_refuse,
    both_take,
    change,
    log_of,
    route,
    state,
)
from tests.evidence.test_verify import verify
from tests.evidence.test_verify_log import KEY, one_file
from tests.roster.township import (
    AUDITOR,
    INTEGRITY,
    NEWCOMER,
    POLICE,
    REGISTRAR,
    REVIEWER_A,
    REVIEWER_B,
    START,
    member,
)
from tipline.evidence.verify_pack import verify_pack

FOUND: Final = {"size": 2, "root": "00" * 32, "rows": "11" * 32}
READ: Final[dict[str, Any]] = {"desk": "intake", "purpose": "triage", "items": []}
TOLD: Final = (
    f"In entry 2, of 2025-03-01, {AUDITOR} and {REGISTRAR} acknowledged that changed rows of the keeper's "
    "database count as they were found: what had been changed, no statement tells."
)


def acknowledged(**fields: Any) -> Step:
    said: dict[str, Any] = {"what": "rows", "lost": {}, "found": FOUND, "reason": {}}
    return change("acknowledge", [AUDITOR, REGISTRAR], START + 1, **(said | fields))


ROWS: Final = acknowledged()


def test_an_exclusion_is_lifted_by_two_also_behind_rows_that_were_acknowledged(tmp_path: Path) -> None:
    both_refuse([FIRST, ROWS, route(ONE, IN_TIME)], "two do so", tmp_path / "file")
    both_take([FIRST, ROWS, route([REVIEWER_A, INTEGRITY], IN_TIME)], tmp_path / "file")


def test_whom_a_route_excludes_reads_nothing_behind_rows_that_were_acknowledged(tmp_path: Path) -> None:
    reading = state("read", [REVIEWER_B], IN_TIME, **READ)
    both_refuse([FIRST, ROWS, reading], "excludes a unit", tmp_path / "file")


def test_an_erased_tip_is_read_by_nobody_behind_rows_that_were_acknowledged(tmp_path: Path) -> None:
    erased = change("erase", ["keeper"], START, tips=[TIP])
    both_refuse([erased, ROWS, state("read", ONE, IN_TIME, **READ)], "erased", tmp_path / "file")


def test_both_verifiers_say_who_let_changed_rows_count_and_on_which_day(tmp_path: Path) -> None:
    log, file = log_of([FIRST, ROWS]), tmp_path / "file"
    [told] = verify(log.export()).rows
    assert told.sentence() == TOLD
    file.write_bytes(log.export())
    assert f"  - {TOLD}\n" in one_file(file).stdout
    pack = Packer(log).pack([1])
    [told] = verify_pack(pack, log_key=KEY).rows
    assert told.sentence() == TOLD
    file.write_bytes(pack)
    assert f"  - {TOLD}\n" in one_file(file).stdout


def test_of_a_log_without_such_a_word_nothing_of_it_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(log_of([FIRST]).export())
    assert "changed rows" not in one_file(file).stdout


HEAD: Final = {"size": 2, "root": "00" * 32}
MALFORMED: Final[dict[str, dict[str, Any]]] = {
    "what nobody knows": {"what": "x", "found": HEAD},
    "no head": {"found": {}},
    "a lost head beside rows": {"lost": HEAD},
    "rows without their digest": {"found": HEAD},
    "rows with a digest that is none": {"found": {**HEAD, "rows": "11"}},
    "a head with rows, where it is about the place": {"what": "moved"},
    "a lost head with rows": {"what": "rollback", "lost": FOUND, "found": HEAD},
    "a lost head where it is about the place": {"what": "moved", "lost": HEAD, "found": HEAD},
    "a size that is none": {"found": {**FOUND, "size": 0}},
    "a root that is none": {"found": {**FOUND, "root": "zz" * 32}},
}


@pytest.mark.parametrize("fields", MALFORMED.values(), ids=MALFORMED)
def test_what_is_acknowledged_has_one_form_for_both_verifiers(fields: dict[str, Any], tmp_path: Path) -> None:
    both_refuse([FIRST, acknowledged(**fields)], "the roster forbids it", tmp_path / "file")


def test_a_deputy_reads_up_to_their_last_day_and_not_after_it_for_both_verifiers(tmp_path: Path) -> None:
    last = "2025-03-10"
    deputy = [
        change("member", [REGISTRAR], START, member=member(NEWCOMER, POLICE)),
        change("grant", [REGISTRAR, REVIEWER_A], START, member=NEWCOMER, desk="intake", until=last),
    ]
    both_take([*deputy, state("read", [NEWCOMER], START + DAY, **READ)], tmp_path / "file")
    late = state("read", [NEWCOMER], START + 30 * DAY, **READ)
    both_refuse([*deputy, late], "does not hold", tmp_path / "file")


ALERT: Final = change(
    "alert", ["keeper"], START, rule="volume", member=REVIEWER_A, desk="", tip="", entries=[0]
)
ASK: Final = change("alert-ask", [AUDITOR], START + 1, alert=1)
ANSWER: Final = change("alert-answer", ONE, START + 2, alert=1, item="0" * 32, hash="0" * 64)
REVIEW: Final = change("alert-review", [AUDITOR], START + 2, alert=1, finding="explained", tip="", reason={})
OTHERS: Final = change("alert-answer", [REVIEWER_B], START + 2, alert=1, item="0" * 32, hash="0" * 64)
UNASKED: Final[dict[str, list[Step]]] = {
    "an answer that nobody asked for": [ALERT, ANSWER],
    "an answer to no alert": [ANSWER],
    "an answer by somebody else": [ALERT, ASK, OTHERS],
    "a second answer": [
        ALERT,
        ASK,
        ANSWER,
        change("alert-answer", ONE, START + 3, alert=1, item="1" * 32, hash="0" * 64),
    ],
    "a question about no alert": [ASK],
    "a second question": [ALERT, ASK, change("alert-ask", [AUDITOR], START + 2, alert=1)],
    "an answer after the review": [ALERT, ASK, REVIEW, ANSWER],
}


@pytest.mark.parametrize("steps", UNASKED.values(), ids=UNASKED)
def test_an_alert_is_explained_once_by_whom_it_is_about_when_asked_for_both_verifiers(
    steps: list[Step], tmp_path: Path
) -> None:
    both_refuse(steps, "", tmp_path / "file")


def test_an_alert_that_somebody_was_asked_about_and_answered_holds_for_both_verifiers(tmp_path: Path) -> None:
    both_take([ALERT, ASK, ANSWER], tmp_path / "file")
