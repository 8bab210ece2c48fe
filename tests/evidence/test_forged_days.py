"""Days of vouchers as no keeper tells them: not signed by reporters, told twice, in parts that do not fit.

Both verifiers find the very statement that is wrong.
"""

import os
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest

from crypto.keys import SigningKey
from tests.evidence.rewarding import (
    AWARD,
    DAY,
    GRANTED,
    OTHER_TIP,
    YEAR,
    approve,
    budget,
    cancel,
    change,
    check,
    day,
    extend,
    grant,
    keys,
    log_of,
    many,
    number_of,
    opened,
    proof,
    propose,
    spent,
)
from tests.evidence.test_rewards import LATER, both_refuse, both_take, verifier
from tests.evidence.test_routes import Step
from tests.evidence.test_verify import verify
from tests.evidence.test_verify_log import KEY
from tests.roster.township import START
from tipline.rewards.days import stated

NEXT: Final = START + DAY
NEXT_YEAR: Final = START + 310 * DAY  # 5 January 2026
FIRST: Final = "2025-03-01"
SECOND: Final = "2025-03-02"
NOT_SIGNED: Final = "did not sign that the award is collected"
FOUR: Final = [(YEAR, 1_000, 4)]
AGAIN: Final = len(GRANTED) + 2
"""Where the tip's next proposal stands, after one entry that cancels the first award."""
ANEW: Final = [*GRANTED, cancel(), propose(), check(award=AGAIN), approve(award=AGAIN), grant(award=AGAIN)]
TWO: Final = many(0, granted=2)[:-1]
"""Two awards of 1,000 yuan, each of a tip of its own."""
SIX: Final = many(0, granted=6)[:-1]
SET: Final = 5
"""Which step of a log that begins with `BEGUN` sets the budget."""
SOMEBODY: Final = SigningKey.from_seed(sha256(b"somebody").digest())


def collected(signature: str, award: int = AWARD, covered: str = FIRST, at: int = NEXT) -> Step:
    """The award of `GRANTED` was collected, and this is the signature."""
    return day(covered, [(award, signature)], [(int(covered[:4]), 1_000, 4)], at=at)


def of(award: int, signer: int | None = None) -> tuple[int, str]:
    """One of `many` was collected; another's reporter signed it, where one is named."""
    index = number_of(award)
    other = award if signer is None else signer
    return index, proof(number_of(other), f"{other:032x}")


def part(
    *awards: tuple[int, str],
    back: tuple[str, ...] = (),
    minted: int = 0,
    covered: str = FIRST,
    at: int = NEXT,
) -> Step:
    """A statement of a day that is not its last one."""
    vouchers = [(YEAR, 1_000, minted)] if minted else []
    presented = [(YEAR, 1_000, back)] if back else []
    return day(covered, awards, vouchers, presented, at=at, last=False)


SIGNATURES: Final[dict[str, str]] = {
    "none": "",
    "a made-up one": "00" * 64,
    "one that goes on": proof() + "00",
    "one in capitals": proof().upper(),
    "another key's": SOMEBODY.sign(bytes.fromhex(proof())).hex(),
    "one for another award": proof(AWARD + 1),
    "one for another tip": proof(tip=OTHER_TIP),
    "one for another year": proof(year=YEAR - 1),
    "one for another log": proof(log="other.example/log"),
    "one with blinded values": proof(blinded=[]),
    "the one over the request": proof(type="collect"),
    "a wish for the name": proof(type="collect", blinded=[], named=True),
}
"""What stands in place of the reporter's signature."""

FORGED: Final[dict[str, tuple[list[Step], str]]] = {
    **{
        f"signed with {name}": ([*GRANTED, collected(signature)], NOT_SIGNED)
        for name, signature in SIGNATURES.items()
    },
    "a number without a signature": (
        [*GRANTED, day(FIRST, [(AWARD,)], FOUR, at=NEXT)],  # type: ignore[list-item]
        "malformed",
    ),
    "signed by each other's reporter": (
        [*TWO, day(FIRST, [of(0, 1), of(1, 0)], [(YEAR, 1_000, 2)], at=NEXT)],
        NOT_SIGNED,
    ),
    "signed by the other one's reporter alone": (
        [*TWO, day(FIRST, [of(0), of(1, 0)], [(YEAR, 1_000, 2)], at=NEXT)],
        NOT_SIGNED,
    ),
    "signed for the tip's award that was cancelled": (
        [*ANEW, collected(proof(), award=AGAIN)],
        NOT_SIGNED,
    ),
    "signed in the year before": (
        [*GRANTED, extend(), keys(2026), collected(proof(), covered="2026-01-04", at=NEXT_YEAR)],
        NOT_SIGNED,
    ),
    "signed by nobody, in a part": ([*GRANTED, part((AWARD, "00" * 64))], NOT_SIGNED),
    # Parts of a day.
    "neither the last nor another": (
        [*GRANTED, day(FIRST, [AWARD], FOUR, at=NEXT, last=1)],  # type: ignore[arg-type]
        "malformed",
    ),
    "another day between two parts": (
        [*SIX, part(of(0)), day(SECOND, [of(1)], [(YEAR, 1_000, 1)], at=LATER)],
        "told in part",
    ),
    "a part of another day between two parts": (
        [*SIX, part(of(0)), part(covered=SECOND, at=LATER)],
        "in part",
    ),
    "a part of a day that is not over": ([*SIX, part(of(0), at=START)], "not over"),
    "a part of a day that was told": (
        [*SIX, part(of(0)), day(FIRST, [of(1)], [(YEAR, 1_000, 2)], at=NEXT), part(of(2))],
        "before",
    ),
    "a last part a second time": (
        [*SIX, part(of(0)), *[day(FIRST, [of(1)], [(YEAR, 1_000, 2)], at=NEXT)] * 2],
        "before",
    ),
    "one award in two parts": (
        [*SIX, part(of(0)), day(FIRST, [of(0)], [(YEAR, 1_000, 2)], at=NEXT)],
        "malformed",
    ),
    "awards out of their order in two parts": (
        [*SIX, part(of(1)), day(FIRST, [of(0)], [(YEAR, 1_000, 2)], at=NEXT)],
        "malformed",
    ),
    "minted in each of two parts": (
        [*SIX, part(of(0), minted=1), day(FIRST, [of(1)], [(YEAR, 1_000, 1)], at=NEXT)],
        "another year",
    ),
    "fewer minted than the parts come to": (
        [*SIX, part(of(0)), day(FIRST, [of(1)], [(YEAR, 1_000, 1)], at=NEXT)],
        "other vouchers were minted",
    ),
    "cancelled between two parts": (
        [*GRANTED, part((AWARD, proof())), cancel(at=NEXT), day(FIRST, [], FOUR, at=NEXT)],
        "could not be",
    ),
    "one voucher in two parts": (
        [
            *[*many(6), opened(at=NEXT), part(back=(spent(1),), covered=SECOND, at=LATER)],
            day(SECOND, presented=[(YEAR, 1_000, [spent(1)])], at=LATER),
        ],
        "malformed",
    ),
    "vouchers out of their order in two parts": (
        [
            *[*many(6), opened(at=NEXT), part(back=(max(spent(1), spent(2)),), covered=SECOND, at=LATER)],
            day(SECOND, presented=[(YEAR, 1_000, [min(spent(1), spent(2))])], at=LATER),
        ],
        "malformed",
    ),
    # Of six awards one voucher may come back in a day.
    "too many come back, in two parts": (
        [
            *[*many(6), part(back=(min(spent(1), spent(2)),), covered=SECOND, at=LATER)],
            day(SECOND, presented=[(YEAR, 1_000, [max(spent(1), spent(2))])], at=LATER),
        ],
        "too few",
    ),
    "too many come back, under one key that is named twice": (
        [
            *many(6),
            day(
                SECOND,
                presented=[(YEAR, 1_000, [one]) for one in sorted((spent(1), spent(2)))],
                at=LATER,
            ),
        ],
        "too few",
    ),
    "a crowd that collected in an earlier part of the day": (
        [
            *SIX,
            part(*map(of, range(6))),
            day(FIRST, [], [(YEAR, 1_000, 6)], [(YEAR, 1_000, [spent(1)])], at=NEXT),
        ],
        "too few",
    ),
}


@pytest.mark.parametrize("name", sorted(FORGED))
def test_both_verifiers_find_the_forgery(name: str, tmp_path: Path) -> None:
    steps, words = FORGED[name]
    both_refuse(steps, words, tmp_path / "file")


REAL: Final[dict[str, list[Step]]] = {
    "signed this year, after another award of the tip was cancelled": [
        *ANEW,
        collected(proof(AGAIN), award=AGAIN),
    ],
    "signed in the next year": [
        *[*GRANTED, extend(), keys(2026)],
        collected(proof(year=2026), covered="2026-01-04", at=NEXT_YEAR),
    ],
    "in three parts": [
        *[*SIX, part(of(0), of(1)), part(of(3)), day(FIRST, [of(5)], [(YEAR, 1_000, 4)], at=NEXT)],
        opened(at=NEXT),
        *[part(back=(one,), covered=SECOND, at=LATER) for one in sorted(map(spent, range(3)))],
        day(SECOND, [(number_of(4), of(4)[1])], [(YEAR, 1_000, 1)], at=LATER),
    ],
    "a key's vouchers in two lines": [
        *[*many(7), part(back=(min(spent(1), spent(2)),), covered=SECOND, at=LATER)],
        day(SECOND, presented=[(YEAR, 1_000, [max(spent(1), spent(2))])], at=LATER),
    ],
}


@pytest.mark.parametrize("name", sorted(REAL))
def test_both_verifiers_take(name: str, tmp_path: Path) -> None:
    both_take(REAL[name], tmp_path / "file")


def told_of(steps: list[Step], path: Path) -> tuple[str, ...]:
    """What both prove of the money, in the same words."""
    data = log_of(steps).export()
    path.write_bytes(data)
    told = verify(data).rewards
    pins: Any = verifier.Pins(verifier.Key.parse(KEY.vkey), "", None)
    assert set(told) <= set(verifier.verify(path, pins).yes)
    return told


def test_a_day_of_a_thousand_awards_is_told_in_parts_that_both_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)  # the file as loaded here is no module of other processes
    steps = many(0, granted=1_000)[:-1]
    steps[SET] = budget(1_000_000)
    parts = list(stated(FIRST, map(of, range(1_000)), [(YEAR, 1_000, 1_000)], []))
    steps += [change("reward-day", ["keeper"], NEXT, told) for told in parts]
    assert [len(told["collected"]) for told in parts] == [400, 400, 200]
    assert "1000 vouchers were minted" in told_of(steps, tmp_path / "file")[1]


def test_a_day_without_its_last_statement_is_not_told(tmp_path: Path) -> None:
    begun = [*SIX, part(of(0), of(1))]
    assert "0 vouchers were minted" in told_of(begun, tmp_path / "file")[1]
    done = [*begun, day(FIRST, [of(5)], [(YEAR, 1_000, 3)], at=NEXT)]
    assert "3 vouchers were minted" in told_of(done, tmp_path / "file")[1]
    assert "Each of these rewards its reporter's key signed for." in told_of(done, tmp_path / "file")[1]
