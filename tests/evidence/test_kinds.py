"""A tip is no protection case, and no case a tip: both verifiers find a log that takes one for the other."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.evidence.logs import Log
from tests.evidence.test_routes import Step, change, state
from tests.evidence.test_verify import failure, verify
from tests.evidence.test_verify_log import holds
from tests.roster.township import (
    AUDITOR,
    COUNTY,
    INTEGRITY,
    OFFICE,
    POLICE,
    REGISTRAR,
    REVIEWER_A,
    START,
    desk,
    genesis,
    member,
)

TIP, CASE = "ab" * 16, "cd" * 16
PROTECTOR: Final = "m00000009"
ITEM: Final[dict[str, Any]] = {"item": "0e" * 16, "hash": "cd" * 32}
IN_TIME = START + 2
ABOVE: Final[dict[str, Any]] = {"desk": "integrity"}
HERE: Final[dict[str, Any]] = {"tip": CASE, "desk": "protection"}


def log_of(steps: Sequence[Step]) -> Log:
    """A log of a township with a desk that protects."""
    log = Log()
    desks = [desk(name) for name in ("intake", "integrity", "protection")]
    members = [
        member(REGISTRAR, OFFICE, roles=["registrar"]),
        member(REVIEWER_A, POLICE, desks=["intake"]),
        member(INTEGRITY, COUNTY, desks=["integrity"]),
        member(PROTECTOR, OFFICE, desks=["protection"]),
        member(AUDITOR, COUNTY, desks=["auditors"]),
    ]
    log.done(genesis(desks=[*desks, desk("auditors", reads=False)], members=members))
    for step in steps:
        step(log)
    return log


def read(by: str, tip: str, at_desk: str, purpose: str, at: int = START) -> Step:
    return state("read", [by], at, tip=tip, desk=at_desk, purpose=purpose, items=[ITEM])


def route(desks: Sequence[str], *by: str, tip: str, at_desk: str, at: int = START) -> Step:
    fields: dict[str, Any] = {"desk": at_desk, "desks": list(desks), "excluded": [], "reason": {}}
    return state("route", by or (INTEGRITY,), at, tip=tip, **fields)


def missed(tip: str, stands: str, *desks: str, at: int = START) -> Step:
    return state("missed", ["keeper"], at, tip=tip, state=stands, due="", level=2, desks=sorted(desks))


def move(by: str, tip: str, at_desk: str, source: str, target: str, at: int = START) -> Step:
    ways: dict[str, Any] = {"from": source, "to": target, "detail": {}, "reason": {}}
    return state("move", [by], at, tip=tip, desk=at_desk, **ways)


OF_TIP: Final = read(REVIEWER_A, TIP, "intake", "triage")
OF_CASE: Final = read(PROTECTOR, CASE, "protection", "protection")
UP: Final = missed(TIP, "triage", "intake", "integrity", at=START + 1)
CASE_UP: Final = missed(CASE, "planning", "protection", "integrity", at=START + 1)
BOTH_UP: Final = [OF_TIP, OF_CASE, UP, CASE_UP]

REPEATS: Final[dict[str, Any]] = {
    **ABOVE,
    **{"from": "triage", "to": "duplicate", "detail": {"of": CASE}, "reason": {}},
}
WAITED: Final[dict[str, Any]] = {"from": "need-more", "to": "triage"}
ENTERED: Final[dict[str, Any]] = {"claim": "cd" * 32, "channel": "letter", "sheet": "", "items": [ITEM]}
WRONG: Final[dict[str, dict[str, Any]]] = {
    "tags": {**ITEM, "after": ""},
    "accused": {**ITEM, "after": ""},
    "pause": {"reason": {}},
    "resume": {"reason": {}},
    "extend": {"reason": {}},
    "umbrella": {"reason": {}},
    "umbrella-step": {"reason": {}, "step": "pursued"},
    "packet": {"body": "police", "number": "2026-1", "packet": "cd" * 32},
}

FORBIDDEN: Final[dict[str, list[Step]]] = {
    "a tip that the desk that protects reads": [OF_TIP, read(PROTECTOR, TIP, "protection", "reply")],
    "a case that another desk reads": [OF_CASE, read(REVIEWER_A, CASE, "intake", "handover")],
    "a tip that is read for protection": [OF_TIP, read(REVIEWER_A, TIP, "intake", "protection")],
    "a case that is read for triage": [OF_CASE, read(PROTECTOR, CASE, "protection", "triage")],
    "a case that is read for triage above": [*BOTH_UP, read(INTEGRITY, CASE, "integrity", "triage", IN_TIME)],
    "a tip that is read for protection above": [
        *BOTH_UP,
        read(INTEGRITY, TIP, "integrity", "protection", IN_TIME),
    ],
    "a tip that goes to the desk that protects": [
        OF_TIP,
        route(["protection"], REVIEWER_A, INTEGRITY, tip=TIP, at_desk="intake"),
    ],
    "a case that goes to another desk": [
        *BOTH_UP,
        route(["intake"], INTEGRITY, PROTECTOR, tip=CASE, at_desk="integrity", at=IN_TIME),
    ],
    "a case that leaves the desk that protects": [
        *BOTH_UP,
        route(["integrity"], tip=CASE, at_desk="integrity", at=IN_TIME),
    ],
    "a route that mixes both": [
        route(["intake", "protection"], REVIEWER_A, INTEGRITY, tip=TIP, at_desk="intake"),
    ],
    "a route on which another desk joins a case": [
        OF_CASE,
        route(["intake", "protection"], PROTECTOR, INTEGRITY, tip=CASE, at_desk="protection"),
    ],
    "a missed deadline that brings a tip to the desk that protects": [
        OF_TIP,
        missed(TIP, "triage", "integrity", "protection"),
    ],
    "a missed deadline of a case that is called a tip's": [
        OF_CASE,
        missed(CASE, "triage", "integrity", "protection"),
    ],
    "a case that moves as a tip does": [OF_CASE, move(PROTECTOR, CASE, "protection", "triage", "closed")],
    "a tip that moves as a case does": [OF_TIP, move(REVIEWER_A, TIP, "intake", "asked", "ending")],
    "a case that becomes a tip": [OF_CASE, move(PROTECTOR, CASE, "protection", "asked", "received")],
    "a tip that becomes a case": [OF_TIP, move(REVIEWER_A, TIP, "intake", "received", "asked")],
    "a case that moves as a tip does above": [
        *BOTH_UP,
        move(INTEGRITY, CASE, "integrity", "triage", "closed", IN_TIME),
    ],
    "a tip that is linked with a case": [
        *BOTH_UP,
        state("link", [INTEGRITY], IN_TIME, tip=TIP, to=CASE, reason={}, **ABOVE),
    ],
    "a tip that repeats a case": [
        *BOTH_UP,
        state(
            "move",
            [INTEGRITY],
            IN_TIME,
            tip=TIP,
            **REPEATS,
        ),
    ],
    "a tip and a case given to somebody together": [
        *BOTH_UP,
        change("assign", [INTEGRITY], IN_TIME, tips=sorted((TIP, CASE)), to="", **ABOVE),
    ],
    "a tip with check-ins": [
        *BOTH_UP,
        state("watch", [INTEGRITY], IN_TIME, tip=TIP, every=2, reason={}, **ABOVE),
    ],
    "a tip whose reporter checked in": [
        OF_TIP,
        change("checked-in", ["keeper"], START, day="2026-03-03", tips=[TIP]),
    ],
    **{
        f"a case with {kind}": [OF_CASE, state(kind, [PROTECTOR], START, **HERE, **fields)]
        for kind, fields in WRONG.items()
    },
    "a case that is closed as spam": [
        OF_CASE,
        change("close-spam", [PROTECTOR], START, desk="protection", tips=[CASE], reason={}),
    ],
    "a case that waits for its reporter": [
        OF_CASE,
        state("silence", ["keeper"], START, tip=CASE, **WAITED),
    ],
    "a tip that the desk that protects entered": [
        state(
            "entry",
            [PROTECTOR],
            START,
            **ENTERED,
            tip=TIP,
            desk="protection",
        ),
        read(REVIEWER_A, TIP, "intake", "triage", IN_TIME),
    ],
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_both_verifiers_refuse(name: str, tmp_path: Path) -> None:
    steps = FORBIDDEN[name]
    both_take(steps[:-1], tmp_path / "before")
    data = log_of(steps).export()
    assert failure(data).index == len(steps)
    assert not holds(data, tmp_path / "log")


def both_take(steps: Sequence[Step], path: Path) -> None:
    data = log_of(steps).export()
    assert holds(data, path)
    verify(data)


def test_both_verifiers_take_what_the_keeper_takes(tmp_path: Path) -> None:
    taken = [
        *BOTH_UP,
        state(
            "entry",
            [REVIEWER_A],
            START + 1,
            **ENTERED,
            tip="ee" * 16,
            desk="intake",
        ),
        read(PROTECTOR, "ee" * 16, "protection", "protection", START + 1),
        move(PROTECTOR, CASE, "protection", "asked", "assessing", IN_TIME),
        state("watch", [PROTECTOR], IN_TIME, **HERE, every=2, reason={}),
        change("checked-in", ["keeper"], IN_TIME, day="2026-03-03", tips=[CASE]),
        state("note", [INTEGRITY], IN_TIME, **ITEM, **ABOVE, tip=CASE),
        state("note", [INTEGRITY], IN_TIME, **ITEM, **ABOVE, tip=TIP),
        route(["protection"], tip=CASE, at_desk="integrity", at=IN_TIME),
        route(["intake"], tip=TIP, at_desk="integrity", at=IN_TIME),
        change("unassign", ["keeper"], IN_TIME, tips=sorted((TIP, CASE))),
        change("erase", ["keeper"], IN_TIME, tips=sorted((TIP, CASE))),
    ]
    both_take(taken, tmp_path / "log")
