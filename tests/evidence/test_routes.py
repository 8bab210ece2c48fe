"""Who may change a tip's route, and who goes by it: both verifiers refuse what the keeper refuses."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.evidence.logs import Log
from tests.evidence.test_verify import failure, verify
from tests.evidence.test_verify_log import holds, one_file
from tests.roster.township import (
    AUDITOR,
    CITY,
    COUNTY,
    INTEGRITY,
    JUSTICE,
    OFFICE,
    POLICE,
    REGISTRAR,
    REGISTRAR_2,
    REVIEWER_A,
    REVIEWER_B,
    START,
    body,
    genesis,
)
from tipline.evidence.verify import VerifyResult

TIP, OTHER = "ab" * 16, "cd" * 16
DAY: Final = 86_400
Step = Callable[[Log], None]


def change(kind: str, by: Sequence[str], at: int, *, said: int = 0, **fields: Any) -> Step:
    """One statement, logged at a time."""
    return lambda log: log.done(body(kind, by, at=said or at, **fields), at=at)


def state(kind: str, by: Sequence[str], at: int, *, said: int = 0, tip: str = TIP, **fields: Any) -> Step:
    """One statement about a tip."""
    return change(kind, by, at, said=said, tip=tip, **fields)


def route(
    by: Sequence[str],
    at: int,
    excluded: Sequence[str] = (),
    *,
    desk: str = "intake",
    desks: Sequence[str] = ("intake",),
    said: int = 0,
) -> Step:
    """A route, by somebody at a desk."""
    return state("route", by, at, said=said, desk=desk, desks=list(desks), excluded=list(excluded), reason={})


def log_of(steps: Sequence[Step]) -> Log:
    """A log with these steps after its genesis."""
    log = Log()
    log.done(genesis())
    for step in steps:
        step(log)
    return log


def both_refuse(steps: Sequence[Step], words: str, path: Path) -> None:
    """All steps but the last hold for both; the last one is to blame."""
    both_take(steps[:-1], path)
    data = log_of(steps).export()
    failed = failure(data)
    assert (failed.index, words in failed.sentence) == (len(steps), True), failed.sentence
    assert not holds(data, path)


def both_take(steps: Sequence[Step], path: Path) -> VerifyResult:
    """All steps hold for both."""
    data = log_of(steps).export()
    assert holds(data, path)
    return verify(data)


ONE, TWO = [REVIEWER_A], [REVIEWER_A, INTEGRITY]
# REVIEWER_A is of POLICE and REVIEWER_B of JUSTICE, both at intake; INTEGRITY is of COUNTY.
FIRST: Final = route(ONE, START, [JUSTICE])
ABOVE: Final = route(ONE, START, [JUSTICE], desks=["integrity"])
ERASED: Final = [FIRST, change("erase", ["keeper"], START + 1, tips=[TIP])]
MISSED: Final = state("missed", ["keeper"], START, state="triage", due="", level=1, desks=["intake"])
IN_TIME = START + 2

FORBIDDEN: Final[dict[str, tuple[list[Step], str]]] = {
    "an exclusion that one person lifts": ([FIRST, route(ONE, IN_TIME)], "two do so"),
    "an exclusion that one person swaps for another": (
        [FIRST, route(ONE, IN_TIME, [OFFICE])],
        "two do so",
    ),
    "an exclusion that two of one desk lift": (
        [route(ONE, START, [OFFICE]), route([REVIEWER_A, REVIEWER_B], IN_TIME)],
        "two do so",
    ),
    "an exclusion that somebody of the excluded unit lifts": (
        [FIRST, route([REVIEWER_B, INTEGRITY], IN_TIME)],
        "excludes a unit of theirs",
    ),
    "an exclusion that somebody of the excluded unit helps to lift": (
        [route(ONE, START, [COUNTY]), route(TWO, IN_TIME)],
        "excludes a unit of theirs",
    ),
    "an exclusion that three lift": (
        [FIRST, route([REVIEWER_A, INTEGRITY, REGISTRAR], IN_TIME)],
        "more than two",
    ),
    "an exclusion that three add": (
        [FIRST, route([REVIEWER_A, INTEGRITY, REGISTRAR], IN_TIME, [JUSTICE, CITY])],
        "more than two",
    ),
    "an exclusion lifted by what was proposed before it": (
        [route(ONE, START + 10, [JUSTICE]), route(TWO, START + 20, said=START + 5)],
        "before the route",
    ),
    "a desk that one person lets in": (
        [
            route([INTEGRITY], START, desk="integrity", desks=["integrity"]),
            route([INTEGRITY], IN_TIME, desk="integrity", desks=["intake", "integrity"]),
        ],
        "two do so",
    ),
    "a desk that one person lets in after a missed deadline named all desks": (
        [
            state("missed", ["keeper"], START, state="triage", due="", level=2, desks=["integrity"]),
            route([INTEGRITY], IN_TIME, desk="integrity", desks=["intake", "integrity"]),
        ],
        "two do so",
    ),
    "the integrity desk shut out by one person": (
        [FIRST, route(ONE, IN_TIME, [JUSTICE, COUNTY])],
        "two do so",
    ),
    "a tip taken from the integrity desk by another": (
        [
            route(ONE, START, desks=["intake", "integrity"]),
            route(ONE, IN_TIME, desks=["intake"]),
        ],
        "lets go",
    ),
    "a route by a desk that the route does not name": ([ABOVE, route(ONE, IN_TIME, [JUSTICE])], "this desk"),
    "a first route under which nobody could read": ([route(ONE, START, [POLICE, JUSTICE])], "nobody could"),
    "a route to a desk that does not exist": ([route(ONE, START, desks=["cellar"])], ""),
    "a route to the auditors": ([route(ONE, START, desks=["auditors", "intake"])], ""),
    "a route that excludes a unit that does not exist": ([route(ONE, START, ["u99"])], ""),
    "a route without a desk": ([route(ONE, START, desks=[])], ""),
    "a route of no tip": (
        [change("route", ONE, START, desk="intake", desks=["intake"], excluded=[], reason={})],
        "",
    ),
    "a route without its units": ([state("route", ONE, START, desk="intake", desks=["intake"])], "malformed"),
    "a reading from an excluded unit": (
        [FIRST, state("read", [REVIEWER_B], IN_TIME, desk="intake", purpose="triage", items=[])],
        "excludes a unit",
    ),
    "a reading by an auditor from an excluded unit": (
        [
            route(ONE, START, [COUNTY]),
            state("read", [AUDITOR], IN_TIME, desk="auditors", purpose="audit", items=[]),
        ],
        "excludes a unit",
    ),
    "a reading at a desk that the route does not name": (
        [FIRST, state("read", [INTEGRITY], IN_TIME, desk="integrity", purpose="triage", items=[])],
        "this desk",
    ),
    "a tip given to somebody whom it excludes": (
        [FIRST, change("assign", ONE, IN_TIME, desk="intake", tips=[TIP], to=REVIEWER_B)],
        "excludes a unit",
    ),
    "a tip given to nobody known": (
        [FIRST, change("assign", ONE, IN_TIME, desk="intake", tips=[TIP], to="m00000099")],
        "",
    ),
    "a link to a tip that excludes the signer": (
        [FIRST, state("link", [REVIEWER_B], IN_TIME, tip=OTHER, desk="intake", to=TIP, reason={})],
        "excludes a unit",
    ),
    "a duplicate of a tip that excludes the signer": (
        [FIRST, state("move", [REVIEWER_B], IN_TIME, tip=OTHER, desk="intake", detail={"of": TIP})],
        "excludes a unit",
    ),
    "a hold by one of an excluded unit": (
        [route(ONE, START, [COUNTY]), state("hold", TWO, IN_TIME, desk="intake", reason={})],
        "excludes a unit",
    ),
    "an umbrella tip that the township has too": (
        [
            route([INTEGRITY], START, desk="integrity", desks=["intake", "integrity"]),
            state("umbrella", [INTEGRITY], IN_TIME, desk="integrity", reason={}),
        ],
        "umbrella",
    ),
    "a missed deadline that brings a tip to another desk": (
        [MISSED, state("missed", ["keeper"], IN_TIME, level=1, desks=["integrity"])],
        "another desk",
    ),
    "a missed deadline that takes a tip from its desk": (
        [FIRST, state("missed", ["keeper"], IN_TIME, level=2, desks=["integrity"])],
        "another desk",
    ),
    "a second missed deadline that goes to nobody above": (
        [state("missed", ["keeper"], IN_TIME, level=2, desks=["intake"])],
        "integrity desk",
    ),
    "a route of an erased tip": ([*ERASED, route(ONE, IN_TIME)], "erased"),
    "a reading of an erased tip": (
        [*ERASED, state("read", ONE, IN_TIME, desk="intake", purpose="triage", items=[])],
        "erased",
    ),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_the_keeper_would_have_refused_of_a_route_is_refused_by_both_verifiers(
    name: str, tmp_path: Path
) -> None:
    steps, words = FORBIDDEN[name]
    both_refuse(steps, words, tmp_path / "file")


ALLOWED: Final[dict[str, list[Step]]] = {
    "one person excludes more": [FIRST, route(ONE, IN_TIME, [JUSTICE, OFFICE])],
    "one person hands it to the integrity desk": [FIRST, route(ONE, IN_TIME, [JUSTICE], desks=["integrity"])],
    "two lift an exclusion": [FIRST, route(TWO, IN_TIME)],
    "two let in a desk": [ABOVE, route([INTEGRITY, REVIEWER_A], IN_TIME, [JUSTICE], desk="integrity")],
    "two shut the integrity desk out": [FIRST, route(TWO, IN_TIME, [JUSTICE, COUNTY])],
    "the integrity desk lets go": [
        route([INTEGRITY], START, desk="integrity", desks=["intake", "integrity"]),
        route([INTEGRITY], IN_TIME, desk="integrity", desks=["intake"]),
    ],
    "whoever is not excluded reads": [
        FIRST,
        state("read", ONE, IN_TIME, desk="intake", purpose="triage", items=[]),
    ],
    "an auditor reads the reason": [
        FIRST,
        state("read", [AUDITOR], IN_TIME, desk="auditors", purpose="audit", items=[]),
    ],
    "a missed deadline brings it to the integrity desk, which reads": [
        FIRST,
        state("missed", ["keeper"], IN_TIME, level=2, desks=["intake", "integrity"]),
        state("read", [INTEGRITY], IN_TIME, desk="integrity", purpose="triage", items=[]),
    ],
    "an umbrella tip is above": [ABOVE, state("umbrella", [INTEGRITY], IN_TIME, desk="integrity", reason={})],
    "what a first route changed, the log does not tell": [
        state("read", [REVIEWER_B], START, desk="intake", purpose="triage", items=[]),
        route(ONE, IN_TIME, [CITY]),
    ],
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_the_keeper_allows_of_a_route_is_taken_by_both_verifiers(name: str, tmp_path: Path) -> None:
    assert both_take(ALLOWED[name], tmp_path / "file").routed == 1


MOVED: Final = {"past_units": [], "conflicts": [], "unit": OFFICE, "member": REVIEWER_B}


def moved(at: int, **fields: Any) -> Step:
    """REVIEWER_B comes to other units."""
    return change("member-unit", [REGISTRAR, REGISTRAR_2], at, **(MOVED | fields))


@pytest.mark.parametrize(
    ("step", "at", "is_barred"),
    [
        pytest.param(moved(START + 1), START + 4 * 365 * DAY, True, id="left four years ago"),
        pytest.param(moved(START + 1), START + 6 * 365 * DAY, False, id="left six years ago"),
        pytest.param(moved(START + 1, conflicts=[JUSTICE]), START + 6 * 365 * DAY, True, id="a conflict"),
        pytest.param(
            moved(START + 1, past_units=[{"unit": JUSTICE, "until": "2031-01-01"}]),
            START + 6 * 365 * DAY,
            True,
            id="was there again",
        ),
        pytest.param(
            change("conflicts", [REVIEWER_B], START + 1, member=REVIEWER_B, add=[OFFICE]),
            START + 6 * 365 * DAY,
            True,
            id="still there",
        ),
    ],
)
def test_units_of_the_last_five_years_and_conflicts_exclude_for_both_verifiers(
    step: Step, at: int, is_barred: bool, tmp_path: Path
) -> None:
    reading = state("read", [REVIEWER_B], at, desk="intake", purpose="triage", items=[])
    if is_barred:
        both_refuse([FIRST, step, reading], "excludes a unit", tmp_path / "file")
    else:
        both_take([FIRST, step, reading], tmp_path / "file")


def test_a_declared_conflict_excludes_from_then_on_for_both_verifiers(tmp_path: Path) -> None:
    declared = change("conflicts", [REVIEWER_A], START + 1, member=REVIEWER_A, add=[JUSTICE])
    reading = state("read", ONE, IN_TIME, desk="intake", purpose="triage", items=[])
    both_refuse([FIRST, declared, reading], "excludes a unit", tmp_path / "file")


def test_what_of_routes_no_statement_tells_is_said(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(log_of([FIRST]).export())
    said = one_file(file).stdout
    assert "Of 1 tips a statement gave the route." in said
    assert "  - Who was excluded from a tip before its first `route`, and what that one changed" in said
