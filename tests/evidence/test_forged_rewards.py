"""Logs about rewards as no keeper writes them: both verifiers find the very statement that is wrong."""

from pathlib import Path
from typing import Any, Final

import pytest

from tests.evidence.logs import Log
from tests.evidence.rewarding import (
    APPROVER,
    APPROVER_2,
    AWARD,
    BACK,
    BEGUN,
    CLERK,
    CLERK_2,
    COLLECTED,
    DAY,
    GRANTED,
    OTHER_PROPOSER,
    OTHER_TIP,
    PAID,
    PROPOSER,
    TIP,
    VERIFIER,
    YEAR,
    approve,
    budget,
    cancel,
    change,
    check,
    day,
    expire,
    first,
    grant,
    holds_payments,
    key_over,
    keys,
    let_see,
    link,
    log_of,
    move,
    named,
    opened,
    pay,
    pay_named,
    point,
    propose,
    removed,
    role,
    spent,
    undo,
)
from tests.evidence.test_forgotten import NOW, export, forget
from tests.evidence.test_rewards import (
    CHECKED,
    FOR_OTHER,
    FOUR_YEARS,
    HALF_A_YEAR,
    HEAVY,
    LATER,
    PROPOSED,
    SEEN,
    SHARED,
    both_refuse,
    both_take,
)
from tests.evidence.test_routes import Step
from tests.evidence.test_verify import failure, verify
from tests.evidence.test_verify_log import holds
from tests.roster.township import REVIEWER_A, REVIEWER_B, START

NEXT_YEAR: Final = START + 310 * DAY  # 5 January 2026
UNLINK: Final = "unlink"
AGAIN: Final = "88" * 16
"""Another pickup code."""
TAKEN_UP_AGAIN: Final = move(REVIEWER_A, "review", "triage")
VOUCHERS: Final = [(YEAR, 1_000, 4)]

# Of two tips that were found true: 1 to 7 as begun, 8 and 9 the other's outcome, 10 their link.
LINKED: Final = [*BEGUN, *FOR_OTHER, link()]
UNLINKED: Final = [*LINKED, link(UNLINK, OTHER_PROPOSER)]


def other(by: str = PROPOSER, **fields: Any) -> Step:
    """The other tip proposed as the first."""
    return propose(by, tip=OTHER_TIP, **fields)


def check_other(award: int, by: str = VERIFIER) -> Step:
    """The check of it: it went out without a letter."""
    return check(by, award=award, outcome="partly-true", number="")


def both_proposed(*before: Step) -> tuple[list[Step], int, int]:
    """Both are proposed as the first; the steps, and the places of both."""
    steps = [*before, propose(), other()]
    return steps, len(steps) - 1, len(steps)


def one_approved(*before: Step) -> tuple[list[Step], int]:
    """Both are proposed, one is approved; the steps, and the place of the other."""
    steps, first, second = both_proposed(*before)
    return [*steps, check(award=first), approve(award=first)], second


def linked_late(*after: Step) -> list[Step]:
    """Both are proposed before they are linked; one is approved, the other checked."""
    steps, first, second = both_proposed(*BEGUN, *FOR_OTHER)
    checked = [link(), *after, check(award=first), check_other(second), approve(award=first)]
    return [*steps, *checked, approve(award=second)]


BY_ITS_VERIFIER, SECOND = one_approved(*UNLINKED, role(OTHER_PROPOSER, "verifier", held=True))
BY_ITS_APPROVER, _ = one_approved(*UNLINKED, role(OTHER_PROPOSER, "approver", held=True))
FIRST_OF_TWO: Final = [*BEGUN, propose(**HEAVY), check(), approve(amount=80_000)]
"""An award that two must approve, and one did."""
OUT_OF_DATE: Final = [*PAID, keys(2029, at=FOUR_YEARS), key_over(FOUR_YEARS)]
"""The key of what was paid has expired, and there is another of its value."""

FORGED: Final[dict[str, tuple[list[Step], str]]] = {
    # Two firsts on one matter.
    "a second first of linked tips": ([*LINKED, propose(), other(OTHER_PROPOSER)], "the same matter"),
    "a second first of tips that its proposer unlinked": (
        [*LINKED, link(UNLINK, PROPOSER), propose(), other()],
        "the same matter",
    ),
    "a second first of tips that the first one's proposer unlinked": (
        [*LINKED, link(UNLINK, PROPOSER), propose(), other(OTHER_PROPOSER)],
        "the same matter",
    ),
    "a second first of tips that its verifier unlinked": (
        [*BY_ITS_VERIFIER, check_other(SECOND, OTHER_PROPOSER)],
        "the same matter",
    ),
    "a second first of tips that its approver unlinked": (
        [*BY_ITS_APPROVER, check_other(SECOND), approve(OTHER_PROPOSER, award=SECOND)],
        "the same matter",
    ),
    "a second first of tips that were linked after both proposals": (linked_late(), "the same matter"),
    "a second first of tips that a proposer unlinked after both proposals": (
        linked_late(link(UNLINK, PROPOSER)),
        "the same matter",
    ),
    # Words of people who had lost their role before the second word.
    "taken back, after a first clerk who had lost the role": (
        [*BACK, pay(at=LATER), role(CLERK, "pay-clerk", at=LATER), pay(CLERK_2, at=LATER), undo(at=LATER)],
        "not paid",
    ),
    "taken back, after a first clerk who had been removed": (
        [*BACK, pay(at=LATER), removed(CLERK, at=LATER), pay(CLERK_2, at=LATER), undo(at=LATER)],
        "not paid",
    ),
    "a grant after a first approver who had lost the role": (
        [
            *FIRST_OF_TWO,
            role(APPROVER, "approver"),
            approve(APPROVER_2, amount=80_000),
            grant(amount=80_000),
        ],
        "cannot take this step",
    ),
    "a grant after a first approver who had been removed": (
        [*FIRST_OF_TWO, removed(APPROVER), approve(APPROVER_2, amount=80_000), grant(amount=80_000)],
        "cannot take this step",
    ),
    "paid by name by one clerk after another who had lost the role": (
        [*SEEN, pay_named(CLERK), role(CLERK, "pay-clerk"), pay_named(CLERK_2), pay_named(CLERK_2)],
        "two steps",
    ),
    "paid by name by one clerk after another of another day": (
        [*SEEN, pay_named(CLERK), pay_named(CLERK_2, START + DAY), pay_named(CLERK_2, START + DAY)],
        "two steps",
    ),
    # Two people, and no third.
    "a budget by three": ([*BEGUN, budget(by=[APPROVER, VERIFIER, APPROVER_2])], "the roster forbids it"),
    "a cancelling by three": ([*GRANTED, cancel([APPROVER, VERIFIER, PROPOSER])], "the roster forbids it"),
    "a key opened by three": ([*BEGUN, opened([APPROVER, VERIFIER, APPROVER_2])], "the roster forbids it"),
    "taken back by three": ([*PAID, undo([APPROVER, VERIFIER, APPROVER_2], LATER)], "the roster forbids it"),
    "a list by three": (
        [
            *[*BEGUN, role(VERIFIER, "pay-clerk", held=True)],
            change(
                "pickup-list",
                [CLERK, CLERK_2, VERIFIER],
                START,
                {"point": "post", "day": "2025-03-01", "hash": "55" * 32},
            ),
        ],
        "the roster forbids it",
    ),
    "a list for a point that nobody knows": (
        [
            *BEGUN,
            change(
                "pickup-list",
                [CLERK, CLERK_2],
                START,
                {"point": "nowhere", "day": "2025-03-01", "hash": "55" * 32},
            ),
        ],
        "nobody knows the point",
    ),
    # Of expired keys.
    "paid after the only key of its value expired": (
        [*PAID, key_over(FOUR_YEARS), pay(at=FOUR_YEARS, pickup=AGAIN)],
        "value",
    ),
    "paid after its key expired, and another has its value": (
        [
            *OUT_OF_DATE,
            pay(at=FOUR_YEARS, pickup=AGAIN),
            pay(CLERK_2, at=FOUR_YEARS, pickup=AGAIN),
            day("2029-04-09", at=FOUR_YEARS + DAY),
        ],
        "more vouchers were paid",
    ),
    "taken back after its key expired": ([*OUT_OF_DATE, undo(at=FOUR_YEARS)], "an expired key has paid"),
    "a key that counts a payment that was taken back": (
        [*PAID, undo(at=LATER), key_over(FOUR_YEARS)],
        "more payments",
    ),
    "a key opened after it expired": ([*OUT_OF_DATE, opened(at=FOUR_YEARS)], "expired"),
    # An award out of its order.
    "a grant of what was cancelled": ([*CHECKED, approve(), cancel(), grant()], "cannot take this step"),
    "a grant of what was taken up again": (
        [*CHECKED, approve(), TAKEN_UP_AGAIN, grant()],
        "nobody confirmed",
    ),
    "an approval of what was taken up again": ([*CHECKED, TAKEN_UP_AGAIN, approve()], "nobody confirmed"),
    "an approval above the tier": ([*CHECKED, approve(amount=50_000)], "outside the tier"),
    "an approval by its proposer": (
        [
            *BEGUN,
            role(PROPOSER, "approver", held=True),
            propose(),
            check(award=AWARD + 1),
            approve(PROPOSER, award=AWARD + 1),
        ],
        "one person took two steps",
    ),
    "a share approved before the first": (
        [
            *[*PROPOSED, *FOR_OTHER, other(novelty="added", share=TIP, amount=2_000)],
            *[check_other(AWARD + 3), approve(award=AWARD + 3, amount=2_000)],
        ],
        "nobody approved",
    ),
    "a second award while the first is paid out": ([*COLLECTED, propose(OTHER_PROPOSER, LATER)], "already"),
    "a grant out of the budget of the year before": (
        [*CHECKED, approve(), grant(NEXT_YEAR, until="2026-06-01")],
        "another year",
    ),
    "a grant out of a budget that was lowered": ([*CHECKED, approve(), budget(3_500), grant()], "more than"),
    "a wish for the name after the last day": ([*GRANTED, named(HALF_A_YEAR)], "expired"),
    "paid by name after it was collected": ([*COLLECTED, pay_named(CLERK, LATER)], "cannot take this step"),
    "paid by name after it was cancelled": ([*SEEN, cancel(), pay_named(CLERK)], "cannot take this step"),
    "paid by name a third time": (
        [*SEEN, pay_named(CLERK), pay_named(CLERK_2), pay_named(CLERK)],
        "cannot take this step",
    ),
    # Days.
    "collected before the day of its grant": (
        [*GRANTED, day("2025-02-28", [AWARD], VOUCHERS, at=START + DAY)],
        "before its grant",
    ),
    "collected after it was cancelled": (
        [*GRANTED, cancel(), day("2025-03-01", [AWARD], VOUCHERS, at=START + DAY)],
        "could not be",
    ),
    "collected after it expired": (
        [*GRANTED, expire(HALF_A_YEAR), day("2025-09-16", [AWARD], VOUCHERS, at=HALF_A_YEAR)],
        "could not be",
    ),
    "collected twice on one day": (
        [*GRANTED, day("2025-03-01", [AWARD, AWARD], [(YEAR, 1_000, 8)], at=START + DAY)],
        "malformed",
    ),
    "collected under the keys of another year": (
        [
            *GRANTED[:4],
            keys(2024),
            *GRANTED[4:6],
            *GRANTED[7:],
            day("2025-03-01", [AWARD], [(2024, 1000, 4)], at=START + DAY),
        ],
        "another year",
    ),
    "days out of their order": ([*BACK, day("2025-03-01", at=START + 3 * DAY)], "before"),
    "a day that is told before it is over": ([*COLLECTED, day("2025-03-02", at=START + DAY)], "not over"),
    "hashes out of their order": (
        [
            *BACK[:-1],
            day("2025-03-02", presented=[(YEAR, 1_000, sorted([spent(1), spent(2)])[::-1])], at=LATER),
        ],
        "malformed",
    ),
    "presented under two keys": (
        [
            *BACK[:-1],
            opened(value=5_000, at=START + DAY),
            day("2025-03-02", presented=[(YEAR, 1_000, [spent(1)]), (YEAR, 5_000, [spent(1)])], at=LATER),
        ],
        "twice",
    ),
    "presented a second time on a later day": (
        [
            *BACK,
            day("2025-03-03", presented=[(YEAR, 1_000, [spent(3)])], at=START + 3 * DAY),
            day("2025-03-04", presented=[(YEAR, 1_000, [spent(3)])], at=START + 4 * DAY),
        ],
        "twice",
    ),
    "a key opened twice": ([*COLLECTED, opened(at=LATER), opened(at=LATER + 1)], "opened before"),
    # Money.
    "confirmed at another point": (
        [*BACK, point("bank", at=LATER), pay(at=LATER), pay(CLERK_2, LATER, point="bank")],
        "something else",
    ),
    "paid by the second clerk after it was taken back": (
        [*PAID, undo(at=LATER), pay(CLERK_2, LATER)],
        "paid before",
    ),
    "keys of one value and year twice": ([*BEGUN, keys(2026), keys(2026, at=START + 1)], "the roster"),
}


@pytest.mark.parametrize("name", sorted(FORGED))
def test_both_verifiers_find_the_forgery(name: str, tmp_path: Path) -> None:
    steps, words = FORGED[name]
    both_refuse(steps, words, tmp_path / "file")


REAL: Final[dict[str, list[Step]]] = {
    "two firsts of tips that somebody else unlinked": [*LINKED, link(UNLINK, REVIEWER_B), propose(), other()],
    "two firsts where somebody else had the last word on their link": [
        *[*LINKED, link(UNLINK, PROPOSER), link("link", PROPOSER), link(UNLINK, REVIEWER_B)],
        *[propose(), other()],
    ],
    "a share of linked tips": [*LINKED, propose(), propose(**SHARED, amount=2_000)],
    "a first after the other was cancelled": [*LINKED, propose(), cancel(award=11), other()],
    "paid though the first clerk had lost the role for a while": [
        *[*BACK, pay(at=LATER), role(CLERK, "pay-clerk", at=LATER)],
        *[role(CLERK, "pay-clerk", held=True, at=LATER), pay(CLERK_2, LATER), undo(at=LATER)],
    ],
    "paid by two others after a first clerk who had lost the role": [
        *[*BACK, role(OTHER_PROPOSER, "pay-clerk", held=True, at=LATER), pay(at=LATER)],
        *[role(CLERK, "pay-clerk", at=LATER), pay(CLERK_2, LATER), pay(OTHER_PROPOSER, LATER)],
        undo(at=LATER),
    ],
    "paid by name by two others after a first clerk who had lost the role": [
        *[*SEEN, role(OTHER_PROPOSER, "pay-clerk", held=True), holds_payments(OTHER_PROPOSER)],
        *[*let_see(OTHER_PROPOSER), pay_named(CLERK), role(CLERK, "pay-clerk")],
        *[pay_named(CLERK_2), pay_named(OTHER_PROPOSER)],
    ],
    "a second approver after a first who had lost the role, and a third": [
        *[*FIRST_OF_TWO, role(APPROVER, "approver"), role(CLERK, "approver", held=True)],
        *[approve(APPROVER_2, amount=70_000), approve(CLERK, amount=70_000), grant(amount=70_000)],
    ],
    "paid out of a later key after another expired": [
        *[*OUT_OF_DATE, day("2029-04-09", at=FOUR_YEARS + DAY)],
    ],
}


@pytest.mark.parametrize("name", sorted(REAL))
def test_both_verifiers_take(name: str, tmp_path: Path) -> None:
    both_take(REAL[name], tmp_path / "file")


def test_behind_a_gap_no_link_counts_that_stood_before_it(tmp_path: Path) -> None:
    """What was forgotten there may have removed it."""
    unlink = link(UNLINK, REVIEWER_B)
    late = [propose(at=NOW), other(at=NOW)]
    steps = [*LINKED, unlink, role(CLERK, "pay-clerk")]
    log = log_of([*steps])
    forget(log, [[len(LINKED) + 1, len(LINKED) + 1]])
    for step in late:
        step(log)
    data = export(log, [len(LINKED) + 1])
    verify(data)
    assert holds(data, tmp_path / "file")


def test_two_clerks_with_one_signing_key_are_no_two_clerks(tmp_path: Path) -> None:
    """The genesis, too, names no key twice; later statements cannot (tests/roster/test_replay.py)."""
    founded = first()
    by_id = {each["id"]: each for each in founded["members"]}
    by_id[CLERK_2]["signing_key"] = by_id[CLERK]["signing_key"]
    log = Log()
    log.done(founded)
    data = log.export()
    assert failure(data).index == 0
    assert not holds(data, tmp_path / "file")
