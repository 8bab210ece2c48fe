"""A life of rewards as a log tells it, step by step, for both verifiers."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from crypto import canonical
from crypto.keys import SigningKey
from tests.evidence.logs import Log
from tests.evidence.test_routes import Step
from tests.roster.township import (
    CITY,
    COUNTY,
    OFFICE,
    ORIGIN,
    POLICE,
    REGISTRAR,
    REGISTRAR_2,
    REVIEWER_A,
    REVIEWER_B,
    START,
    body,
    desk,
    genesis,
    member,
)

PROPOSER, VERIFIER, APPROVER, APPROVER_2 = "m00000011", "m00000012", "m00000013", "m00000014"
CLERK, CLERK_2, OTHER_PROPOSER = "m00000015", "m00000016", "m00000017"
CUSTODIAN = "m00000018"
TIP, OTHER_TIP = "ab" * 16, "cd" * 16
DAY: Final = 86_400
YEAR: Final = 2025
CLAIM: Final = SigningKey.from_seed(sha256(b"claim").digest())
CLAIM_KEY: Final = CLAIM.public.raw.hex()
REASON: Final = {"item": "33" * 16, "hash": "44" * 32}
VALUES: Final = (500, 1_000, 5_000, 10_000, 50_000)
PICKUP: Final = "77" * 16
PAYEE: Final[dict[str, Any]] = {"item": "11" * 16, "hash": "22" * 32}
"""The identity item that says whom to pay by name."""
NEWER: Final[dict[str, Any]] = {"item": "55" * 16, "hash": "66" * 32}
"""Another one, which the reporter sent later."""
AWARD: Final = 8
"""Where the proposal stands in a log that begins with `BEGUN`."""


def first() -> dict[str, Any]:
    """The township with its reward office: eight people more, the desks of pay clerks and custodians."""
    founded = genesis()
    more = [
        member(PROPOSER, OFFICE, desks=["intake"], roles=["proposer"]),
        member(OTHER_PROPOSER, OFFICE, desks=["intake"], roles=["proposer"]),
        member(VERIFIER, CITY, roles=["verifier"]),
        member(APPROVER, COUNTY, roles=["approver"]),
        member(APPROVER_2, CITY, roles=["approver"]),
        member(CLERK, OFFICE, desks=["payments"], roles=["pay-clerk"]),
        member(CLERK_2, POLICE, desks=["payments"], roles=["pay-clerk"]),
        member(CUSTODIAN, CITY, desks=["custodians"]),
    ]
    desks = [*founded["desks"], *(desk(name, reads=False) for name in ("payments", "custodians"))]
    return genesis(desks=desks, members=[*founded["members"], *more])


def log_of(steps: Sequence[Step]) -> Log:
    """A log with these steps after its genesis."""
    log = Log()
    log.done(first())
    for step in steps:
        step(log)
    return log


def change(kind: str, by: Sequence[str], at: int, fields: Mapping[str, Any]) -> Step:
    """One statement, logged at a time; its nonce follows from its place."""

    def add(log: Log) -> None:
        log.done({**body(kind, by, at=at, number=len(log.entries)), **fields}, at=at)

    return add


def move(by: str, source: str, target: str, tip: str = TIP, at: int = START, **detail: str) -> Step:
    fields: dict[str, Any] = {
        "from": source,
        "to": target,
        "detail": detail,
        "reason": {},
        "desk": "intake",
        "tip": tip,
    }
    return change("move", [by], at, fields)


def point(name: str = "post", by: Sequence[str] = (REGISTRAR, REGISTRAR_2), at: int = START) -> Step:
    texts = {"zh": "邮局", "en": "Post office"}
    told: dict[str, Any] = {
        "id": name,
        "names": texts,
        "places": texts,
        "unit": CITY,
        "recipient": "",
        "open": True,
    }
    return change("point", by, at, {"point": told})


def keys(year: int = YEAR, at: int = START, values: Sequence[int] = VALUES, by: str = "keeper") -> Step:
    made = [{"value": value, "n": modulus(year, value)} for value in values]
    return change("mint-keys", [by], at, {"year": year, "keys": made})


def modulus(year: int, value: int) -> str:
    """What looks like the modulus of a key: odd, and of 3,072 bits."""
    return f"c{year:07d}{value:08d}" + "5" * 752


def budget(
    amount: int = 100_000, year: int = YEAR, by: Sequence[str] = (APPROVER, VERIFIER), at: int = START
) -> Step:
    return change("reward-budget", by, at, {"year": year, "amount": amount, "reason": REASON})


def propose(by: str = PROPOSER, at: int = START, **fields: Any) -> Step:
    """A proposal for an ordinary lead of 4,000 yuan."""
    scores = dict.fromkeys(("result", "originality", "completeness", "risk", "help"), 2)
    told: dict[str, Any] = {
        "tip": TIP,
        "desk": "intake",
        "tier": "ordinary",
        "amount": 4_000,
        "major": ["serious"],
    }
    more = {"scores": scores, "novelty": "new", "duty": "none", "share": "", "reason": REASON}
    return change("reward-proposal", [by], at, told | more | fields)


def check(by: str = VERIFIER, at: int = START, award: int = AWARD, **fields: Any) -> Step:
    told: dict[str, Any] = {"outcome": "true", "number": "2025-7", "confirmed": True, "reason": {}}
    return change("reward-check", [by], at, {"award": award} | told | fields)


def approve(by: str = APPROVER, at: int = START, award: int = AWARD, **fields: Any) -> Step:
    told: dict[str, Any] = {"amount": 4_000, "approved": True, "reason": {}}
    return change("reward-approval", [by], at, {"award": award} | told | fields)


def grant(at: int = START, by: str = "keeper", award: int = AWARD, **fields: Any) -> Step:
    told: dict[str, Any] = {
        "tip": TIP,
        "claim": CLAIM_KEY,
        "amount": 4_000,
        "year": YEAR,
        "until": "2025-09-01",
    }
    return change("reward-grant", [by], at, {"award": award} | told | fields)


def extend(until: str = "2026-03-01", by: str = APPROVER, at: int = START, award: int = AWARD) -> Step:
    return change("reward-extend", [by], at, {"award": award, "until": until, "reason": REASON})


def expire(at: int, award: int = AWARD, **fields: Any) -> Step:
    told: dict[str, Any] = {"tip": TIP, "amount": 4_000, "year": YEAR}
    return change("reward-expired", ["keeper"], at, {"award": award} | told | fields)


def cancel(by: Sequence[str] = (APPROVER, PROPOSER), at: int = START, award: int = AWARD) -> Step:
    return change("reward-cancel", by, at, {"award": award, "reason": REASON})


def named(at: int = START, key: SigningKey = CLAIM, award: int = AWARD, **fields: Any) -> Step:
    """The reporter wants to be paid by name."""
    asked = {"v": 1, "type": "collect", "log": ORIGIN, "tip": TIP, "award": award, "year": YEAR}
    signature = key.sign(canonical.encode({**asked, "blinded": [], "named": True})).hex()
    told: dict[str, Any] = {"award": award, "tip": TIP, "amount": 4_000, "signature": signature}
    return change("reward-named", ["keeper"], at, told | fields)


def ask(by: str = CLERK, at: int = START, **fields: Any) -> Step:
    """A clerk asks whom to pay."""
    told: dict[str, Any] = {"tip": TIP, "desk": "payments", **PAYEE, "ground": "reward", "hours": 24}
    told |= {"tell": "after", "emergency": False, "reason": REASON, "body": "", "letter": ""}
    return change("disclosure", [by], at, told | fields)


def say(by: str = CUSTODIAN, at: int = START, *, approved: bool = True) -> Step:
    """A custodian decides the request that stands right before."""

    def add(log: Log) -> None:
        fields = {"request": len(log.entries) - 1, "approved": approved, "reason": REASON}
        change("disclosure-decision", [by], at, fields)(log)

    return add


def let_see(*clerks: str, at: int = START, payee: Mapping[str, str] = PAYEE) -> list[Step]:
    """Each of these clerks asks whom to pay, and a custodian says yes."""
    return [step for clerk in clerks for step in (ask(clerk, at, **payee), say(at=at))]


def pay_named(by: str, at: int = START, amount: int = 4_000, **fields: Any) -> Step:
    return change("pay-named", [by], at, {"award": AWARD, "amount": amount, **PAYEE} | fields)


def proof(award: int = AWARD, tip: str = TIP, year: int = YEAR, **fields: Any) -> str:
    """The reporter's signature that an award is collected."""
    said: dict[str, Any] = {"v": 1, "type": "collected", "log": ORIGIN, "tip": tip, "award": award}
    return CLAIM.sign(canonical.encode(said | {"year": year} | fields)).hex()


def day(
    covered: str,
    collected: Sequence[int | tuple[int, str]] = (),
    minted: Sequence[tuple[int, int, int]] = (),
    presented: Sequence[tuple[int, int, Sequence[str]]] = (),
    *,
    at: int,
    last: bool = True,
) -> Step:
    """What the keeper says of a day that is over; an award by its number alone is signed as one of `TIP`."""
    year = int(covered[:4])
    told: dict[str, Any] = {
        "day": covered,
        "last": last,
        "collected": [
            [one, proof(one, year=year)] if isinstance(one, int) else list(one) for one in collected
        ],
        "minted": [list(one) for one in minted],
        "presented": [[year, value, list(hashes)] for year, value, hashes in presented],
    }
    return change("reward-day", ["keeper"], at, told)


def opened(by: Sequence[str] = (APPROVER, VERIFIER), at: int = START, value: int = 1_000) -> Step:
    return change("reward-open", by, at, {"year": YEAR, "value": value, "reason": REASON})


def spent(number: int) -> str:
    return sha256(b"voucher %d" % number).hexdigest()


def pay(by: str = CLERK, at: int = START, pickup: str = PICKUP, value: int = 1_000, **fields: Any) -> Step:
    told: dict[str, Any] = {"pickup": pickup, "point": "post", "value": value}
    return change("pay", [by], at, told | fields)


def undo(by: Sequence[str] = (APPROVER, VERIFIER), at: int = START, value: int = 1_000) -> Step:
    return change("pay-undo", by, at, {"pickup": PICKUP, "value": value, "reason": REASON})


def link(kind: str = "link", by: str = REVIEWER_A, at: int = START) -> Step:
    """Both tips are on one matter; or, of the kind `unlink`, they are not."""
    fields: dict[str, Any] = {"tip": TIP, "desk": "intake", "to": OTHER_TIP, "reason": REASON}
    return change(kind, [by], at, fields)


def role(who: str, name: str, *, held: bool = False, at: int = START) -> Step:
    """Somebody is given a role, or loses it."""
    by = [REGISTRAR, REGISTRAR_2] if held else [REGISTRAR]
    return change("role", by, at, {"member": who, "role": name, "held": held})


def holds_payments(who: str, at: int = START) -> Step:
    """Somebody is let to the pay clerks' desk."""
    fields = {"member": who, "desk": "payments", "until": ""}
    return change("grant", [REGISTRAR, CLERK], at, fields)


def removed(who: str, at: int = START) -> Step:
    return change("remove", [REGISTRAR], at, {"member": who})


def key_over(at: int, **fields: Any) -> Step:
    told: dict[str, Any] = {
        "year": YEAR,
        "value": 1_000,
        "minted": 4,
        "paid": 1,
        "returned": 3_000,
        "to": 2029,
    }
    return change("key-expired", ["keeper"], at, told | fields)


FOUND: Final = [
    move(REVIEWER_A, "triage", "transferred", number="2025-7", body="b1", packet="00" * 32),
    move(REVIEWER_A, "verifying", "outcome", outcome="true"),
    move(REVIEWER_B, "outcome", "feedback"),
]
BEGUN: Final = [
    *FOUND,
    point(),
    keys(),
    budget(),
    change("audit", ["m00000005"], START, {"first": 0, "count": 1}),
]
"""Seven entries; so that the proposal, the eighth, is behind them."""
GRANTED: Final = [*BEGUN, propose(), check(), approve(), grant()]


def many(collected: int, amount: int = 1_000, *, granted: int = 0) -> list[Step]:
    """So many awards that were collected on the first day, and some more that were granted."""
    steps, size = list(BEGUN), (1_000, amount // 1_000)
    for number in range(collected + granted):
        tip, award = f"{number:032x}", number_of(number)
        steps += [
            move(REVIEWER_A, "triage", "transferred", tip, number="2025-7", body="b1", packet="00" * 32),
            move(REVIEWER_A, "verifying", "outcome", tip, outcome="true"),
            move(REVIEWER_B, "outcome", "feedback", tip),
            propose(tip=tip, amount=amount),
            check(award=award),
            approve(award=award, amount=amount),
            grant(award=award, tip=tip, amount=amount),
        ]
    first = [(number_of(one), proof(number_of(one), f"{one:032x}")) for one in range(collected)]
    minted = [(YEAR, size[0], size[1] * collected)]
    return [*steps, day("2025-03-01", first, minted, at=START + DAY)]


def number_of(award: int) -> int:
    """Where the proposal of one of `many` stands."""
    return len(BEGUN) + 7 * award + 4


COLLECTED: Final = [*GRANTED, day("2025-03-01", [AWARD], [(YEAR, 1_000, 4)], at=START + DAY)]
"""An award of 4,000 yuan, in four vouchers."""
BACK: Final = [
    *COLLECTED,
    opened(at=START + DAY),
    day("2025-03-02", presented=[(YEAR, 1_000, sorted([spent(1), spent(2)]))], at=START + 2 * DAY),
]
"""Two of them came back, two people having opened the key."""
PAID: Final = [*BACK, pay(at=START + 2 * DAY), pay(CLERK_2, at=START + 2 * DAY)]
