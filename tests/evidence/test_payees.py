"""Whom to pay by name: who asks, who sees it, and whom a payment names. Both verifiers refuse all else."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.evidence import alone
from tests.evidence.logs import Log
from tests.evidence.rewarding import (
    AWARD,
    CLERK,
    CLERK_2,
    COLLECTED,
    CUSTODIAN,
    DAY,
    GRANTED,
    NEWER,
    PAYEE,
    TIP,
    VERIFIER,
    approve,
    ask,
    cancel,
    change,
    check,
    first,
    grant,
    let_see,
    named,
    pay_named,
    propose,
    role,
    say,
)
from tests.evidence.test_routes import Step
from tests.evidence.test_verify import failure, verify
from tests.evidence.test_verify_log import KEY, holds
from tests.roster.township import OFFICE, REVIEWER_A, START, member

verifier = alone.load()

OTHER = "m00000019"
"""A custodian of another unit."""
STRANGE = "m00000020"
"""At the pay clerks' desk, and no pay clerk."""
LATER: Final = START + 2 * DAY
OVER: Final = START + 15 * DAY
NAMED: Final = [*GRANTED, named()]
ASKED: Final = len(NAMED) + 1
"""Where the request stands in a log that begins with `NAMED`."""


def log_of(steps: Sequence[Step]) -> Log:
    """A log of the reward office with more custodians, one of whom is a verifier of rewards, too."""
    founded = first()
    log, more = Log(), founded["members"]
    more = [one if one["id"] != VERIFIER else {**one, "desks": ["custodians"]} for one in more]
    more += [
        member(OTHER, OFFICE, desks=["custodians"]),
        member(STRANGE, OFFICE, desks=["payments"]),
    ]
    log.done({**founded, "members": more})
    for step in steps:
        step(log)
    return log


def unlock(by: str = CUSTODIAN, at: int = START) -> Step:
    return change("disclosure-unlock", [by], at, {"request": ASKED})


def view(by: str = CLERK, at: int = START, **fields: Any) -> Step:
    body = {"request": ASKED, "tip": TIP, "desk": "payments", **PAYEE}
    return change("disclosure-view", [by], at, body | fields)


def lapsed() -> Step:
    """Nobody decided the request that stands right before; some working days later."""

    def add(log: Log) -> None:
        change("disclosure-lapse", ["keeper"], OVER, {"request": len(log.entries) - 1})(log)

    return add


def unnamed(without: str) -> Step:
    """A payment that does not say whom; or not with which hash."""
    fields = {"award": AWARD, "amount": 4_000, **PAYEE}
    return change("pay-named", [CLERK], START, {name: fields[name] for name in fields if name != without})


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
SEEN: Final = [*NAMED, *let_see(CLERK, CLERK_2)]
PAID: Final = [*SEEN, pay_named(CLERK), pay_named(CLERK_2)]
AGAIN: Final = len(SEEN) + 2
"""Where the next proposal stands once the award of `SEEN` was cancelled."""
ANEW: Final = [
    *[*SEEN, cancel(), propose(), check(award=AGAIN), approve(award=AGAIN), grant(award=AGAIN)],
    named(award=AGAIN),
]
NOBODY: Final = "nobody is to be paid by name"
NOT_SHOWN: Final = "no custodian let this clerk see whom to pay"
SINCE: Final = "another payee was asked for since"
FORBIDDEN: Final[dict[str, tuple[list[Step], str]]] = {
    "asked before any award": ([ask()], NOBODY),
    "asked before the reporter wanted it": ([*GRANTED, ask()], NOBODY),
    "asked of what was collected as vouchers": ([*COLLECTED, ask(at=LATER)], NOBODY),
    "asked of another tip": ([*NAMED, ask(tip="cd" * 16)], NOBODY),
    "asked after it was paid": ([*PAID, ask()], NOBODY),
    "asked for another ground": ([*NAMED, ask(ground="testimony")], "another ground"),
    "asked for an officer": (
        [*NAMED, ask(ground="decision", body="b1", letter="2025-3", accused_unit=OFFICE)],
        "",
    ),
    "asked by somebody of the desk who is no pay clerk": ([*NAMED, ask(STRANGE)], "no pay clerk"),
    "asked by somebody who does not hold the desk": ([*NAMED, ask(REVIEWER_A)], "the roster forbids it"),
    "asked by a clerk whom the route excludes": ([*NAMED, shut_out(OFFICE), ask()], "excludes a unit"),
    "paid by a clerk whom the route excludes": (
        [*SEEN, shut_out(OFFICE), pay_named(CLERK)],
        "excludes a unit",
    ),
    "settled by a clerk whom the route excludes": (
        [*SEEN, pay_named(CLERK_2), shut_out(OFFICE), pay_named(CLERK)],
        "excludes a unit",
    ),
    "a yes by a custodian who took a step of the award": ([*NAMED, ask(), say(VERIFIER)], "took a step"),
    "a yes by who asked": ([*NAMED, ask(), say(CLERK)], ""),
    "a look that nobody agreed to": ([*NAMED, ask(), view()], "nobody had said yes"),
    "a look by another clerk": ([*OPEN, view(CLERK_2)], "another than who asked"),
    "a look at another name": ([*OPEN, view(item="77" * 16)], "another identity"),
    "a look after it was paid": (
        [*OPEN, *let_see(CLERK_2), pay_named(CLERK), pay_named(CLERK_2), view()],
        NOBODY,
    ),
    "a look after a day": ([*OPEN, view(at=START + DAY + 1)], "the window was over"),
    "a look by who lost the role": (
        [*OPEN, role(CLERK, "pay-clerk"), view()],
        "no pay clerk",
    ),
    # Whom a payment names.
    "paid where nobody asked": ([*NAMED, pay_named(CLERK)], "nobody asked"),
    "paid while the request waits": ([*NAMED, ask(), pay_named(CLERK)], NOT_SHOWN),
    "paid after a no": ([*NAMED, ask(), say(approved=False), pay_named(CLERK)], NOT_SHOWN),
    "paid after nobody decided": ([*NAMED, ask(), lapsed(), pay_named(CLERK, OVER)], NOT_SHOWN),
    "paid on what another clerk was let see": ([*NAMED, *let_see(CLERK), pay_named(CLERK_2)], NOT_SHOWN),
    "settled on what another clerk was let see": (
        [*NAMED, *let_see(CLERK), ask(CLERK_2), pay_named(CLERK), pay_named(CLERK_2)],
        NOT_SHOWN,
    ),
    "paid as another item": ([*SEEN, pay_named(CLERK, item="77" * 16)], "nobody asked"),
    "paid as an item with another hash": ([*SEEN, pay_named(CLERK, hash="77" * 32)], "nobody asked"),
    "paid with no item": ([*SEEN, unnamed("item")], ""),
    "paid with no hash": ([*SEEN, unnamed("hash")], "malformed"),
    "paid while a request for a newer one waits": ([*SEEN, ask(**NEWER), pay_named(CLERK)], SINCE),
    "paid after a no to a newer one": (
        [*SEEN, ask(**NEWER), say(approved=False), pay_named(CLERK)],
        SINCE,
    ),
    "paid after nobody decided about a newer one": (
        [*SEEN, ask(**NEWER), lapsed(), pay_named(CLERK, OVER)],
        SINCE,
    ),
    "paid after another clerk was let see a newer one": (
        [*SEEN, *let_see(CLERK_2, payee=NEWER), pay_named(CLERK)],
        SINCE,
    ),
    "paid as an earlier one that was asked for again": (
        [*SEEN, ask(**NEWER), say(approved=False), *let_see(CLERK), pay_named(CLERK)],
        SINCE,
    ),
    "a newer one paid by who saw the earlier one": (
        [*SEEN, *let_see(CLERK_2, payee=NEWER), pay_named(CLERK, **NEWER)],
        NOT_SHOWN,
    ),
    "settled as another than the first clerk named": (
        [*SEEN, pay_named(CLERK), *let_see(CLERK_2, payee=NEWER), pay_named(CLERK_2, **NEWER)],
        "mean two payees",
    ),
    "paid on what was seen before the award was cancelled": (
        [*ANEW, pay_named(CLERK, award=AGAIN)],
        "nobody asked",
    ),
    "paid on a new request of another, and on what was seen before": (
        [*ANEW, *let_see(CLERK_2), pay_named(CLERK, award=AGAIN)],
        NOT_SHOWN,
    ),
}


@pytest.mark.parametrize("name", sorted(FORBIDDEN))
def test_both_verifiers_refuse(name: str, tmp_path: Path) -> None:
    steps, words = FORBIDDEN[name]
    both_refuse(steps, words, tmp_path / "file")


ALLOWED: Final[dict[str, list[Step]]] = {
    "looked at, and paid": [*OPEN, view(), *let_see(CLERK_2), pay_named(CLERK), pay_named(CLERK_2)],
    "refused, and asked again by another clerk": [*NAMED, ask(), say(approved=False), ask(CLERK_2)],
    "refused, asked again and paid": [*NAMED, ask(), say(approved=False), *let_see(CLERK), pay_named(CLERK)],
    "confirmed anew on the next day": [
        *[*SEEN, pay_named(CLERK), pay_named(CLERK, START + DAY), pay_named(CLERK_2, START + DAY)],
    ],
    "looked at once more by who confirmed it": [
        *[*OPEN, *let_see(CLERK_2), pay_named(CLERK), view(), pay_named(CLERK_2)],
    ],
    "the newer of two was paid": [
        *[*SEEN, *let_see(CLERK, CLERK_2, payee=NEWER), pay_named(CLERK, **NEWER)],
        pay_named(CLERK_2, **NEWER),
    ],
    "paid while another asks for the same": [*NAMED, *let_see(CLERK), ask(CLERK_2), pay_named(CLERK)],
    "another one was meant on the next day": [
        *[*SEEN, pay_named(CLERK), *let_see(CLERK, CLERK_2, payee=NEWER)],
        *[pay_named(CLERK, START + DAY, **NEWER), pay_named(CLERK_2, START + DAY, **NEWER)],
    ],
    "granted anew, and what was asked for before is asked for again": [
        *[*SEEN, ask(**NEWER), cancel(), propose(), check(award=AGAIN + 1), approve(award=AGAIN + 1)],
        *[grant(award=AGAIN + 1), named(award=AGAIN + 1), *let_see(CLERK, CLERK_2)],
        *[pay_named(CLERK, award=AGAIN + 1), pay_named(CLERK_2, award=AGAIN + 1)],
    ],
    "allowed by a custodian of another unit": [*NAMED, ask(), say(OTHER), unlock(OTHER), view()],
}


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_both_verifiers_take(name: str, tmp_path: Path) -> None:
    data = log_of(ALLOWED[name]).export()
    verify(data)
    assert holds(data, tmp_path / "file")


def test_for_both_a_first_word_counts_on_its_own_day_alone(tmp_path: Path) -> None:
    path, once = tmp_path / "file", [*SEEN, pay_named(CLERK), pay_named(CLERK_2, START + DAY)]
    for steps, paid in ((once, 0), ([*once, pay_named(CLERK, START + DAY)], 4_000)):
        path.write_bytes(log_of(steps).export())
        told = verify(path.read_bytes()).rewards
        proved = verifier.verify(path, verifier.Pins(verifier.Key.parse(KEY.vkey), "", None))
        assert f"{4_000 - paid} set aside, 0 in vouchers, {paid} paid." in told[3]
        assert set(told) <= set(proved.yes)
