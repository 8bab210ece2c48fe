"""The register's rules follow from its statements alone: both verifiers refuse what the keeper refuses."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.evidence.packs import Packer
from tests.evidence.test_routes import Step, both_refuse, both_take, change, log_of
from tests.evidence.test_verify_log import KEY, holds
from tests.roster.township import (
    AUDITOR,
    COUNTY,
    INTEGRITY,
    JUSTICE,
    NEWCOMER,
    POLICE,
    REGISTRAR,
    REVIEWER_A,
    REVIEWER_B,
    START,
    body,
    member,
)
from tipline.evidence.verify_pack import verify_pack
from tipline.ids import NO_TIP

ENTRY: Final = 1
"""Where the entry stands in most of these logs."""


def item(number: int) -> dict[str, Any]:
    return {"item": f"{number:032x}", "hash": f"{number:064x}"}


def file(by: Sequence[str] = (REVIEWER_A,), number: int = 1, excluded: Sequence[str] = ()) -> Step:
    return change("interference", by, START + number, **item(number), excluded=list(excluded))


def answer(by: Sequence[str] = (INTEGRITY,), number: int = 2, entry: object = ENTRY) -> Step:
    return change("interference-answer", by, START + 10, **item(number), entry=entry)


def read(by: str, desk: str, number: int = 1) -> Step:
    fields: dict[str, Any] = {"tip": NO_TIP.hex(), "desk": desk, "purpose": "audit", "items": [item(number)]}
    return change("read", [by], START + 20, **fields)


def report(by: Sequence[str], kind: str = "interference") -> Step:
    said = body("report", by, at=START + 30) | {"kind": kind, "period": "2025-03", "hash": "0" * 64}
    return lambda log: log.done(said, at=START + 30)


NEW: Final = change("member", [REGISTRAR], START, member=member(NEWCOMER, POLICE))
HIDDEN: Final = [
    change("conflicts", [INTEGRITY], START, member=INTEGRITY, add=[JUSTICE]),
    file(excluded=[JUSTICE]),
]

FORBIDDEN: Final[dict[str, tuple[list[Step], str]]] = {
    "an entry by two": ([file([REVIEWER_A, REVIEWER_B])], "one member alone"),
    "an entry by somebody who holds nothing": ([NEW, file([NEWCOMER])], "holds a desk or a role"),
    "an entry that excludes what is no unit": ([file(excluded=["u99"])], "a unit that nobody knows"),
    "an entry that nobody else could read": (
        [file([AUDITOR], excluded=[COUNTY])],
        "nobody else could read it",
    ),
    "an answer to nothing": ([answer()], "names no entry"),
    "an answer to an answer": ([file(), answer(), answer(number=3, entry=2)], "names no entry"),
    "an answer to what is no index": ([file(), answer(entry=True)], ""),
    "an answer by an auditor": ([file(), answer([AUDITOR])], ""),
    "an answer by whoever filed it": ([file([INTEGRITY]), answer()], "nobody answers what they filed"),
    "an answer by an excluded unit": ([*HIDDEN, answer(entry=2)], "keeps a unit of theirs"),
    "an item that is named twice": (
        [file(), change("interference", [REVIEWER_B], START + 5, **item(1), excluded=[])],
        "named before",
    ),
    "an answer under the entry's item": ([file(), answer(number=1)], "named before"),
    "a reading by an excluded unit": ([*HIDDEN, read(INTEGRITY, "integrity")], "keeps a unit of theirs"),
    "a reading at another desk": ([file(), read(REVIEWER_A, "intake")], "does not read the register"),
    "a report by an auditor": ([file(), report([AUDITOR])], ""),
    "a report of a month by the integrity desk": ([report([INTEGRITY], "monthly")], ""),
}


@pytest.mark.parametrize(("steps", "words"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_the_keeper_takes_from_nobody_no_verifier_takes(
    steps: list[Step], words: str, tmp_path: Path
) -> None:
    both_refuse(steps, words, tmp_path / "file")


def test_an_entry_is_filed_answered_read_and_reported_for_both_verifiers(tmp_path: Path) -> None:
    steps = [
        file(excluded=[JUSTICE]),
        file([REVIEWER_B], 3),
        answer(),
        answer([INTEGRITY], 4),
        read(INTEGRITY, "integrity", 2),
        read(AUDITOR, "auditors"),
        report([INTEGRITY]),
        report([AUDITOR], "monthly"),
    ]
    both_take(steps, tmp_path / "file")


def test_of_a_pack_what_is_in_it_is_compared(tmp_path: Path) -> None:
    alone, file_ = Packer(log_of([file(), answer()])).pack([2]), tmp_path / "file"
    verify_pack(alone, log_key=KEY)
    assert holds(alone, file_)
    own: Any = log_of([file([INTEGRITY]), answer()])
    assert not holds(Packer(own).pack([1, 2]), file_)
