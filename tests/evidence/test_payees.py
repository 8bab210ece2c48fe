"""Whom to pay by name: both verifiers refuse a clerk who asks for it before the reporter wanted that."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.evidence import alone
from tests.evidence.logs import Log
from tests.evidence.rewarding import (
    CLERK,
    CLERK_2,
    COLLECTED,
    DAY,
    GRANTED,
    PROPOSER,
    REASON,
    TIP,
    VERIFIER,
    change,
    first,
    named,
    pay_named,
)
from tests.evidence.test_routes import Step
from tests.evidence.test_verify import failure, verify
from tests.evidence.test_verify_log import KEY, holds
from tests.roster.township import CITY, OFFICE, REGISTRAR, REVIEWER_A, START, desk, member

verifier = alone.load()

CUSTODIAN, OTHER = "m00000018", "m00000019"
STRANGE = "m00000020"
"""At the pay clerks' desk, and no pay clerk."""
ITEM: Final = {"item": "11" * 16, "hash": "22" * 32}
LATER: Final = START + 2 * DAY
NAMED: Final = [*GRANTED, named()]
ASKED: Final = len(NAMED) + 1
"""Where the request stands in a log that begins with `NAMED`."""


def log_of(steps: Sequence[Step]) -> Log:
    """A log of the reward office with custodians, one of whom is a verifier of rewards, too."""
    founded = first()
    log, more = Log(), founded["members"]
    more = [one if one["id"] != VERIFIER else {**one, "desks": ["custodians"]} for one in more]
    more += [
        member(CUSTODIAN, CITY, desks=["custodians"]),
        member(OTHER, OFFICE, desks=["custodians"]),
        member(STRANGE, OFFICE, desks=["payments"]),
    ]
    log.done({**founded, "desks": [*founded["desks"], desk("custodians", reads=False)], "members": more})
    for step in steps:
        step(log)
    return log


def ask(by: str = CLERK, at: int = START, **fields: Any) -> Step:
    body: dict[str, Any] = {"tip": TIP, "desk": "payments", **ITEM, "ground": "reward", "hours": 24}
    body |= {"tell": "after", "emergency": False, "reason": REASON, "body": "", "letter": ""}
    return change("disclosure", [by], at, body | fields)


def say(by: str = CUSTODIAN, at: int = START, *, approved: bool = True) -> Step:
    fields = {"request": ASKED, "approved": approved, "reason": REASON}
    return change("disclosure-decision", [by], at, fields)


def unlock(by: str = CUSTODIAN, at: int = START) -> Step:
    return change("disclosure-unlock", [by], at, {"request": ASKED})


def view(by: str = CLERK, at: int = START, **fields: Any) -> Step:
    body = {"request": ASKED, "tip": TIP, "desk": "payments", **ITEM}
    return change("disclosure-view", [by], at, body | fields)


def shut_out(unit: str) -> Step:
    fields: dict[str, Any] = {"tip": TIP, "desk": "intake", "desks": ["intake"], "reason": {}}
    return change("route", [REVIEWER_A], START, fields | {"excluded": [unit]})


def both_refuse(steps: Sequence[Step], words: str, path: Path) -> None:
    """All steps but the last hold for both; for both the last one is to blame."""
    before, data = log_of(steps[:-1]).export(), log_of(steps).export()
    verify(before)
    assert holds(before, path)
    failed = failure(data)
    assert (failed.index, words in failed.sentence) == (len(steps), True), failed.sentence
    assert not holds(data, path)


OPEN: Final = [*NAMED, ask(), say(), unlock()]
NOBODY: Final = "nobody is to be paid by name"
FORBIDDEN: Final[dict[str, tuple[list[Step], str]]] = {
    "asked before any award": ([ask()], NOBODY),
    "asked before the reporter wanted it": ([*GRANTED, ask()], NOBODY),
    "asked of what was collected as vouchers": ([*COLLECTED, ask(at=LATER)], NOBODY),
    "asked of another tip": ([*NAMED, ask(tip="cd" * 16)], NOBODY),
    "asked after it was paid": ([*NAMED, pay_named(CLERK), pay_named(CLERK_2), ask()], NOBODY),
    "asked for another ground": ([*NAMED, ask(ground="testimony")], "another ground"),
    "asked for an officer": (
        [*NAMED, ask(ground="decision", body="b1", letter="2025-3", accused_unit=OFFICE)],
        "",
    ),
    "asked by somebody of the desk who is no pay clerk": ([*NAMED, ask(STRANGE)], "no pay clerk"),
    "asked by somebody who does not hold the desk": ([*NAMED, ask(REVIEWER_A)], "the roster forbids it"),
    "asked by a clerk whom the route excludes": ([*NAMED, shut_out(OFFICE), ask()], "excludes a unit"),
    "paid by a clerk whom the route excludes": (
        [*NAMED, shut_out(OFFICE), pay_named(CLERK)],
        "excludes a unit",
    ),
    "settled by a clerk whom the route excludes": (
        [*NAMED, pay_named(CLERK_2), shut_out(OFFICE), pay_named(CLERK)],
        "excludes a unit",
    ),
    "a yes by a custodian who took a step of the award": ([*NAMED, ask(), say(VERIFIER)], "took a step"),
    "a yes by who asked": ([*NAMED, ask(), say(CLERK)], ""),
    "a look that nobody agreed to": ([*NAMED, ask(), view()], "nobody had said yes"),
    "a look by another clerk": ([*OPEN, view(CLERK_2)], "another than who asked"),
    "a look at another name": ([*OPEN, view(item="77" * 16)], "another identity"),
    "a look after it was paid": ([*OPEN, pay_named(CLERK), pay_named(CLERK_2), view()], NOBODY),
    "a look after a day": ([*OPEN, view(at=START + DAY + 1)], "the window was over"),
    "a look by who lost the role": (
        [
            *OPEN,
            change(
                "role", [REGISTRAR, PROPOSER], START, {"member": CLERK, "role": "pay-clerk", "held": False}
            ),
            view(),
        ],
        "no pay clerk",
    ),
}


@pytest.mark.parametrize("name", sorted(FORBIDDEN))
def test_both_verifiers_refuse(name: str, tmp_path: Path) -> None:
    steps, words = FORBIDDEN[name]
    both_refuse(steps, words, tmp_path / "file")


ALLOWED: Final[dict[str, list[Step]]] = {
    "looked at, and paid": [*OPEN, view(), pay_named(CLERK), pay_named(CLERK_2, at=START + DAY)],
    "refused, and asked again by another clerk": [*NAMED, ask(), say(approved=False), ask(CLERK_2)],
    "confirmed anew on the next day": [
        *[*NAMED, pay_named(CLERK), pay_named(CLERK, START + DAY), pay_named(CLERK_2, START + DAY)],
    ],
    "looked at once more by who confirmed it": [*OPEN, pay_named(CLERK), view(), pay_named(CLERK_2)],
    "allowed by a custodian of another unit": [*NAMED, ask(), say(OTHER), unlock(OTHER), view()],
}


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_both_verifiers_take(name: str, tmp_path: Path) -> None:
    data = log_of(ALLOWED[name]).export()
    verify(data)
    assert holds(data, tmp_path / "file")


def test_for_both_a_first_word_counts_on_its_own_day_alone(tmp_path: Path) -> None:
    path, once = tmp_path / "file", [*NAMED, pay_named(CLERK), pay_named(CLERK_2, START + DAY)]
    for steps, paid in ((once, 0), ([*once, pay_named(CLERK, START + DAY)], 4_000)):
        path.write_bytes(log_of(steps).export())
        told = verify(path.read_bytes()).rewards
        proved = verifier.verify(path, verifier.Pins(verifier.Key.parse(KEY.vkey), "", None))
        assert f"{4_000 - paid} set aside, 0 in vouchers, {paid} paid." in told[3]
        assert set(told) <= set(proved.yes)
