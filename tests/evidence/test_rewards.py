"""Money in the log: both verifiers refuse what the keeper refuses, and say what was granted and paid."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from crypto.keys import SigningKey
from tests.evidence import alone
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
    FOUND,
    GRANTED,
    OTHER_PROPOSER,
    OTHER_TIP,
    PAID,
    PICKUP,
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
    extend,
    grant,
    key_over,
    keys,
    let_see,
    log_of,
    many,
    move,
    named,
    number_of,
    opened,
    pay,
    pay_named,
    point,
    propose,
    spent,
    undo,
)
from tests.evidence.test_routes import Step
from tests.evidence.test_verify import failure, verify
from tests.evidence.test_verify_log import KEY, holds
from tests.roster.township import AUDITOR, CITY, COUNTY, OFFICE, REGISTRAR, REVIEWER_A, REVIEWER_B, START
from tipline.rewards.rules import RewardRules
from tipline.roster.rewards import write_reward_rules

HALF_A_YEAR: Final = START + 200 * DAY
FOUR_YEARS: Final = START + 1_500 * DAY  # in 2029
LATER: Final = START + 2 * DAY
verifier = alone.load()


def both_take(steps: Sequence[Step], path: Path) -> None:
    data = log_of(steps).export()
    verify(data)
    assert holds(data, path)


def both_refuse(steps: Sequence[Step], words: str, path: Path) -> None:
    """All steps but the last hold for both; for both the last one is to blame."""
    both_take(steps[:-1], path)
    data = log_of(steps).export()
    failed = failure(data)
    assert (failed.index, words in failed.sentence) == (len(steps), True), failed.sentence
    path.write_bytes(data)
    with pytest.raises(verifier.Failed) as other:
        verifier.verify(path, verifier.Pins(verifier.Key.parse(KEY.vkey), "", None))
    assert other.value.index == len(steps)


def route(excluded: str, at: int = START) -> Step:
    fields: dict[str, Any] = {"tip": TIP, "desk": "intake", "desks": ["intake"], "reason": {}}
    return change("route", [REVIEWER_A], at, fields | {"excluded": [excluded]})


def more_stay_behind(at: int) -> Step:
    rules = write_reward_rules(RewardRules(crowd=9))
    return change("reward-rules", [REGISTRAR, APPROVER], at, {"rules": rules})


PROPOSED: Final = [*BEGUN, propose()]
CHECKED: Final = [*PROPOSED, check()]
HEAVY: Final[dict[str, Any]] = {"tier": "organised", "amount": 80_000, "major": ["organised"]}
FOR_OTHER: Final = [
    move(REVIEWER_A, "verifying", "outcome", OTHER_TIP, outcome="partly-true"),
    move(REVIEWER_B, "outcome", "feedback", OTHER_TIP),
]
SHARED: Final[dict[str, Any]] = {"tip": OTHER_TIP, "novelty": "added", "share": TIP}
SEEN: Final = [*GRANTED, named(), *let_see(CLERK, CLERK_2)]
"""To be paid by name, and both clerks were let see whom."""

BOTH_ROLES: Final = change(
    "role", [REGISTRAR, APPROVER], START, {"member": PROPOSER, "role": "verifier", "held": True}
)

FORBIDDEN: Final[dict[str, tuple[list[Step], str]]] = {
    "a proposal for what nobody found": ([*BEGUN[3:], propose()], "nobody confirmed"),
    "a proposal for what nobody else confirmed": ([*FOUND[:2], *BEGUN[3:], propose()], "nobody confirmed"),
    "a proposal for what was taken up again": (
        [*BEGUN, move(REVIEWER_A, "review", "triage"), propose()],
        "nobody confirmed",
    ),
    "a proposal for what was not established": (
        [FOUND[0], move(REVIEWER_A, "verifying", "outcome", outcome="not-established"), FOUND[2], propose()],
        "nobody confirmed",
    ),
    "a proposal by somebody without the role": ([*BEGUN, propose(REVIEWER_A)], "the roster forbids it"),
    "a proposal from a desk that is not theirs": ([*BEGUN, propose(desk="integrity")], "the roster"),
    "a proposal by somebody whom the route excludes": ([*BEGUN, route(OFFICE), propose()], "excludes a unit"),
    "a proposal of nothing major": ([*BEGUN, propose(major=[])], "no major one"),
    "a proposal for one who had to report": ([*BEGUN, propose(duty="bound")], "duty to report"),
    "a proposal for known facts": ([*BEGUN, propose(novelty="known")], "known"),
    "a proposal below the tier": ([*BEGUN, propose(**HEAVY | {"amount": 500})], "outside the tier"),
    "a proposal of no multiple": ([*BEGUN, propose(amount=4_100)], "the amount lies"),
    "a second reward of one tip": ([*PROPOSED, propose(OTHER_PROPOSER)], "has an award already"),
    "a share of no reward": ([*BEGUN, *FOR_OTHER, propose(**SHARED)], "share"),
    "a share of more than half": (
        [*PROPOSED, *FOR_OTHER, propose(**SHARED, amount=2_500)],
        "too large a share",
    ),
    "a check by the proposer": (
        [*BEGUN, BOTH_ROLES, propose(), check(PROPOSER, award=AWARD + 1)],
        "one person took two steps",
    ),
    "a check by somebody without the role": ([*PROPOSED, check(APPROVER)], "the roster forbids it"),
    "a check of another outcome": ([*PROPOSED, check(outcome="partly-true")], "another outcome"),
    "a check of another letter": ([*PROPOSED, check(number="2025-8")], "another outcome"),
    "a check by somebody whom the route excludes": ([*PROPOSED, route(CITY), check()], "excludes a unit"),
    "a check of nothing": ([*PROPOSED, check(award=3)], "there is no such award"),
    "an approval before the check": ([*PROPOSED, approve()], "cannot take this step"),
    "an approval by somebody without the role": ([*CHECKED, approve(CLERK)], "the roster forbids it"),
    "an approval outside the tier": ([*CHECKED, approve(amount=5_500)], "outside the tier"),
    "an approval by somebody whom the route excludes": ([*CHECKED, route(COUNTY), approve()], "excludes"),
    "a second approval by one person": (
        [*BEGUN, propose(**HEAVY), check(), approve(amount=80_000), approve(amount=80_000)],
        "one person took two steps",
    ),
    "a second approval of another amount": (
        [*BEGUN, propose(**HEAVY), check(), approve(amount=80_000), approve(APPROVER_2, amount=70_000)],
        "the first approver's",
    ),
    "a grant that one approved of what takes two": (
        [*BEGUN, propose(**HEAVY), check(), approve(amount=80_000), grant(amount=80_000)],
        "cannot take this step",
    ),
    "a grant that somebody states for the keeper": (
        [*CHECKED, approve(), grant(by=APPROVER)],
        "the roster forbids it",
    ),
    "a grant of another amount": ([*CHECKED, approve(), grant(amount=4_500)], "another award"),
    "a grant to another tip": ([*CHECKED, approve(), grant(tip=OTHER_TIP)], "another award"),
    "a grant that nobody approved": ([*CHECKED, grant()], "cannot take this step"),
    "a grant beyond the budget": (
        [*BEGUN[:5], budget(3_500), *BEGUN[6:], propose(), check(), approve(), grant()],
        "more than the budget has",
    ),
    "a grant out of another year": ([*CHECKED, approve(), grant(year=2026)], "another year"),
    "a grant that can be collected too long": (
        [*CHECKED, approve(), grant(until="2025-12-01")],
        "cannot have",
    ),
    "a second grant": ([*GRANTED, grant()], "cannot take this step"),
    "a budget below what was granted": ([*GRANTED, budget(3_500)], "below what was granted"),
    "a budget by one person": ([*BEGUN, budget(by=[APPROVER])], "the roster forbids it"),
    "a budget by two without an approver": ([*BEGUN, budget(by=[VERIFIER, PROPOSER])], "the roster"),
    "a budget of a year without keys": ([*BEGUN, budget(year=2026)], "has no keys"),
    "keys of a year a second time": ([*BEGUN, keys()], "the roster forbids it"),
    "keys for other values": ([*BEGUN, keys(2026, values=[500, 1_000])], "the roster forbids it"),
    "keys by a member": ([*BEGUN, keys(2026, by=APPROVER)], "the roster forbids it"),
    "a point by one person": ([*BEGUN, point("bank", by=[REGISTRAR])], "the roster forbids it"),
    "an extension beyond three years": ([*GRANTED, extend("2028-03-02")], "cannot have"),
    "an extension to an earlier day": ([*GRANTED, extend("2025-08-01")], "cannot have"),
    "an extension by a verifier": ([*GRANTED, extend(by=VERIFIER)], "the roster forbids it"),
    "an expiry before its day": ([*GRANTED, expire(START + DAY)], "cannot take this step"),
    "an expiry of another amount": ([*GRANTED, expire(HALF_A_YEAR, amount=4_500)], "another award"),
    "an expiry into another year": ([*GRANTED, expire(HALF_A_YEAR, year=2024)], "another year"),
    "a cancelling by one person": ([*GRANTED, cancel([APPROVER])], "the roster forbids it"),
    "a cancelling of what was collected": ([*COLLECTED, cancel(at=LATER)], "collected"),
    "a wish for the name that the reporter did not sign": (
        [*GRANTED, named(key=SigningKey.from_seed(b"7" * 32))],
        "did not sign",
    ),
    "a wish for the name of what was collected": ([*COLLECTED, named(at=LATER)], "cannot take this step"),
    "a payment by name that nobody wished": ([*GRANTED, pay_named(CLERK)], "cannot take this step"),
    "a payment by name by one clerk": ([*SEEN, pay_named(CLERK), pay_named(CLERK)], "two steps"),
    "a payment by name of another sum": ([*SEEN, pay_named(CLERK, amount=5_000)], "the amount lies"),
    "a day that is not over": ([*GRANTED, day("2025-03-01", at=START)], "not over"),
    "a day that was told before": ([*COLLECTED, day("2025-03-01", at=START + DAY)], "before"),
    "more minted than collected": (
        [*GRANTED, day("2025-03-01", [AWARD], [(YEAR, 1_000, 5)], at=START + DAY)],
        "other vouchers",
    ),
    "other vouchers minted than few": (
        [*GRANTED, day("2025-03-01", [AWARD], [(YEAR, 500, 8)], at=START + DAY)],
        "other vouchers",
    ),
    "minted for nobody": ([*GRANTED, day("2025-03-01", [], [(YEAR, 500, 1)], at=START + DAY)], "other"),
    "collected before the grant": (
        [*CHECKED, day("2025-03-01", [AWARD], [(YEAR, 1_000, 4)], at=START + DAY)],
        "could not be",
    ),
    "collected twice": (
        [*COLLECTED, day("2025-03-02", [AWARD], [(YEAR, 1_000, 4)], at=LATER)],
        "could not be",
    ),
    "presented while the crowd is small": (
        [*COLLECTED, day("2025-03-02", presented=[(YEAR, 1_000, [spent(1)])], at=LATER)],
        "too few",
    ),
    "presented and fewer than five rewards stay behind": (
        [*many(6), day("2025-03-02", presented=[(YEAR, 1_000, sorted([spent(1), spent(2)]))], at=LATER)],
        "too few",
    ),
    "presented where those of the same day stay behind": (
        [
            *many(5, granted=1),
            day(
                "2025-03-02",
                [number_of(5)],
                [(YEAR, 1_000, 1)],
                [(YEAR, 1_000, [spent(1)])],
                at=LATER,
            ),
        ],
        "too few",
    ),
    "presented where one reward has nearly all the vouchers": (
        [
            *many(5, 4_000),
            day("2025-03-02", presented=[(YEAR, 1_000, sorted(map(spent, range(4))))], at=LATER),
        ],
        "too few",
    ),
    "presented before the year was over": (
        [*many(2), day("2025-12-31", presented=[(YEAR, 1_000, [spent(1)])], at=START + 306 * DAY)],
        "too few",
    ),
    "presented after more had to stay behind": (
        [
            *many(6),
            more_stay_behind(START + DAY),
            day("2025-03-03", presented=[(YEAR, 1_000, [spent(1)])], at=START + 3 * DAY),
        ],
        "too few",
    ),
    "a key opened by one person": ([*COLLECTED, opened([APPROVER], at=LATER)], "the roster forbids it"),
    "presented twice": (
        [*BACK, day("2025-03-03", presented=[(YEAR, 1_000, [spent(1)])], at=START + 3 * DAY)],
        "twice",
    ),
    "more presented than minted": (
        [*BACK, day("2025-03-03", presented=[(YEAR, 1_000, sorted(map(spent, (3, 4, 5))))], at=LATER + DAY)],
        "than minted",
    ),
    "paid where there is no point": ([*BACK, pay(at=LATER, point="nowhere")], "point"),
    "paid a value that no voucher has": ([*BACK, pay(at=LATER, value=1_500)], "value"),
    "paid by somebody who is no clerk": ([*BACK, pay(APPROVER, at=LATER)], "the roster forbids it"),
    "confirmed twice by one clerk": ([*BACK, pay(at=LATER), pay(at=LATER + 1)], "confirmed a payment twice"),
    "confirmed at another value": (
        [*BACK, pay(at=LATER), pay(CLERK_2, at=LATER, value=5_000)],
        "something else",
    ),
    "paid twice": ([*PAID, pay(at=LATER + 1)], "paid before"),
    "paid again after it was taken back": ([*PAID, undo(at=LATER), pay(at=LATER + 1)], "paid before"),
    "taken back by who confirmed it": ([*PAID, undo([APPROVER, CLERK], at=LATER)], "confirmed"),
    "taken back by one person": ([*PAID, undo([APPROVER], at=LATER)], "the roster forbids it"),
    "taken back before the second clerk": ([*BACK, pay(at=LATER), undo(at=LATER)], "not paid"),
    "taken back twice": ([*PAID, undo(at=LATER), undo(at=LATER + 1)], "not paid"),
    "more paid than presented": (
        [*COLLECTED, pay(at=LATER), pay(CLERK_2, at=LATER), day("2025-03-03", at=START + 3 * DAY)],
        "more vouchers were paid",
    ),
    "a key that expires too early": ([*PAID, key_over(START + 1_000 * DAY, to=2027)], "good still"),
    "a key that returns too much": ([*PAID, key_over(FOUR_YEARS, paid=0)], "another sum"),
    "a key that counts a payment too many": (
        [*PAID, key_over(FOUR_YEARS, paid=2, returned=2_000)],
        "more payments",
    ),
    "a key that expires twice": ([*PAID, key_over(FOUR_YEARS), key_over(FOUR_YEARS + 1)], "expired before"),
}


@pytest.mark.parametrize("name", sorted(FORBIDDEN))
def test_both_verifiers_refuse(name: str, tmp_path: Path) -> None:
    steps, words = FORBIDDEN[name]
    both_refuse(steps, words, tmp_path / "file")


ALLOWED: Final[dict[str, list[Step]]] = {
    "paid, and the rest expires": [*PAID, key_over(FOUR_YEARS)],
    "taken back by two others": [*PAID, undo(at=LATER)],
    "a first clerk of another day does not count": [
        *BACK,
        pay(at=LATER),
        pay(at=LATER + DAY),
        pay(CLERK_2, at=LATER + DAY),
    ],
    "extended, then expired, then proposed anew": [
        *GRANTED,
        extend(),
        expire(START + 400 * DAY, year=2026),
        propose(at=START + 400 * DAY),
    ],
    "cancelled, and proposed anew": [*GRANTED, cancel(), propose()],
    "refused by the verifier, and proposed anew": [
        *PROPOSED,
        check(confirmed=False, outcome="", number="", reason={}),
        propose(OTHER_PROPOSER),
    ],
    "refused by an approver": [*CHECKED, approve(approved=False, amount=0)],
    "by two approvers above the limit": [
        *BEGUN,
        propose(**HEAVY),
        check(),
        approve(amount=90_000),
        approve(APPROVER_2, amount=90_000),
        grant(amount=90_000),
    ],
    "a share of the first one's": [*GRANTED, *FOR_OTHER, propose(**SHARED, amount=2_000)],
    "presented while five rewards stay behind": [
        *many(6),
        day("2025-03-02", presented=[(YEAR, 1_000, [spent(1)])], at=LATER),
    ],
    "presented of rewards with several vouchers": [
        *many(5, 4_000),
        day("2025-03-02", presented=[(YEAR, 1_000, sorted(map(spent, range(3))))], at=LATER),
    ],
    "presented before more had to stay behind": [
        *many(6),
        more_stay_behind(LATER),
        day("2025-03-02", presented=[(YEAR, 1_000, [spent(1)])], at=LATER),
    ],
    "the last ones when the year is over": [
        *many(2),
        day("2026-01-01", presented=[(YEAR, 1_000, [spent(1)])], at=START + 307 * DAY),
        day("2026-01-02", presented=[(YEAR, 1_000, [spent(2)])], at=START + 308 * DAY),
    ],
    "paid by name": [*SEEN, pay_named(CLERK), pay_named(CLERK_2)],
}


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_both_verifiers_take(name: str, tmp_path: Path) -> None:
    both_take(ALLOWED[name], tmp_path / "file")


def test_both_say_in_the_same_words_what_was_granted_and_paid(tmp_path: Path) -> None:
    path = tmp_path / "file"
    data = log_of([*PAID, undo(at=LATER)]).export()
    path.write_bytes(data)
    told = verify(data).rewards
    proved = verifier.verify(path, verifier.Pins(verifier.Key.parse(KEY.vkey), "", None))
    assert set(told) <= set(proved.yes)
    assert "1 rewards were granted, 4000 yuan" in told[0]
    assert "4 vouchers were minted" in told[1]
    assert "2 came back" in told[1]
    assert "0 pickup codes were paid" in told[2]
    assert "1 payments were taken back" in told[2]
    assert "Budgets of 100000 yuan are: 96000 left, 0 set aside, 4000 in vouchers, 0 paid." in told[3]
    assert any("that stands nowhere" in sentence for sentence in proved.no)


def test_a_log_without_rewards_says_nothing_of_them(tmp_path: Path) -> None:
    path, data = tmp_path / "file", log_of(FOUND).export()
    path.write_bytes(data)
    assert verify(data).rewards == ()
    proved = verifier.verify(path, verifier.Pins(verifier.Key.parse(KEY.vkey), "", None))
    assert not any("voucher" in sentence for sentence in (*proved.yes, *proved.no))


def test_a_pickup_code_is_named_by_its_digest_alone() -> None:
    entries = b"".join(log_of(PAID).entries)
    assert PICKUP.encode() in entries
    assert entries.count(spent(1).encode()) == 1
    paid = next(entry for entry in log_of(PAID).entries if b'"type":"pay"' in entry)
    assert spent(1).encode() not in paid
    assert TIP.encode() not in paid


def test_auditors_take_no_step_of_a_reward(tmp_path: Path) -> None:
    for step in (propose(AUDITOR), pay(AUDITOR), budget(by=[AUDITOR, APPROVER])):
        both_refuse([*BEGUN, step], "the roster forbids it", tmp_path / "file")
