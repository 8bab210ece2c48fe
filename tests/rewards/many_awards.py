"""Two thousand awards, collected and redeemed on a running keeper, and all that anybody could see of it.

Tips and grants are written by the keeper's own writer; what leads there is tested elsewhere. From the request
to collect on, everything is what the service runs. Reporters come back in an order that has nothing to do
with the one in which they collected, as they are told to: how long each waits is their own choice, and no
program could hide it for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy.orm import Session

from crypto.tracking_codes import TrackingCode
from crypto.vouchers import Voucher, VoucherSeed, derive_voucher
from tests.keeper.rewards.till import OTHER, POINT, YEAR, Granted, Till
from tests.rewards.quick_keys import quick_key
from tests.world import ORIGIN, SealedTip
from tipline.ids import TipId
from tipline.keeper.rewards import awards
from tipline.keeper.rewards.awards import log_day
from tipline.keeper.service import Keeper
from tipline.keeper.state import Draft
from tipline.keeper_client import Reason, Refused
from tipline.keeper_client.collecting import Collect
from tipline.mailbox.awards import CollectedAward, keep_collected
from tipline.mailbox.thread import Mailbox
from tipline.rewards.amounts import VALUES, split
from tipline.rewards.award import Award, AwardState

AWARDS: Final = 2_000
AMOUNTS: Final = (500, 1_000, 1_500)
"""Each award has at most one voucher of a value: so as many vouchers as awards stand under each key."""
DAYS: Final = 6
"""So many days for collecting, and as many for redeeming."""
PAID: Final = 20


@dataclass(frozen=True)
class SeenRequest:
    """What a mint that writes down everything has of one voucher when it signs."""

    value: int
    blinded: bytes
    signed: bytes


@dataclass(frozen=True)
class View:
    """All that is stored, and all that an untrue keeper could have written down besides."""

    keeper: Path
    main: Path
    requests: dict[bytes, tuple[SeenRequest, ...]]
    """By tip."""
    presented: dict[bytes, Voucher]
    """By the hash of the voucher."""


class Directly:
    """In place of the public site's connections: the same question to the same keeper, without a socket."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._keeper.answer_public(request)
        if "refused" in answer:
            raise Refused(Reason(answer["refused"]), answer["index"])
        return dict(answer["ok"])

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Lives:
    """What can be seen, and whose each voucher is: the tip of its hash, and all tips as they collected."""

    view: View
    owner: dict[bytes, bytes]
    in_order: tuple[bytes, ...]


def live(till: Till, seed: str) -> Lives:
    """Let all awards be collected, then all vouchers be redeemed, and a few be paid."""
    random = Random(seed)
    till.public._connections = Directly(till.keeper)  # type: ignore[assignment]  # it answers the same
    granted = grant(till, random)
    random.shuffle(granted)
    requests: dict[bytes, tuple[SeenRequest, ...]] = {}
    held: dict[bytes, list[Voucher]] = {}
    for day in range(DAYS):
        with till.world.database.writing() as session:
            for each in granted[day::DAYS]:
                requests[each.tip.id], held[each.tip.id] = collect(till, each, session)
        till.pass_days(1)
        till.client.rewards.look()
    for value in (500, 1_000):
        till.open_key(value)  # or the last five would wait until the year is over; `a_year` is about that
    redeem(till, [voucher for vouchers in held.values() for voucher in vouchers], random)
    owner = {voucher.spent: tip for tip, vouchers in held.items() for voucher in vouchers}
    presented = {voucher.spent: voucher for vouchers in held.values() for voucher in vouchers}
    keeper, main = (
        Path(url.removeprefix("sqlite:///"))
        for url in (till.world.settings.keeper_database_url, till.world.settings.database_url)
    )
    return Lives(View(keeper, main, requests, presented), owner, tuple(held))


def grant(
    till: Till, random: Random, number: int = AWARDS, amounts: Sequence[int] = AMOUNTS, **changes: Any
) -> list[Granted]:
    """Awards of all amounts, each of a tip of its own."""
    pattern, found = till.granted(), list[Granted]()

    def change(draft: Draft) -> None:
        day = log_day(draft).isoformat()
        standing = draft.pins.tip(pattern.tip.id)
        assert standing is not None
        for place in range(number):
            code, tip = TrackingCode(random.randbytes(16)), TipId(random.randbytes(16))
            claim = code.claim_key.public.raw
            draft.pins.put_tip(tip, replace(standing, claim=claim))
            award = replace(
                pattern.award,
                index=2_000_000 + place,
                tip=tip.hex(),
                claim=claim.hex(),
                amount=random.choice(amounts),
                proposed=day,
                granted=day,
                state=AwardState.GRANTED,
                **changes,
            )
            awards.put(draft.rows, award)
            found.append(Granted(SealedTip(tip, code, pattern.tip.audience, ()), award))
        draft.pins.store(draft.roster.clocks)

    till.settle(change)
    return found


def collect(till: Till, granted: Granted, session: Session) -> tuple[tuple[SeenRequest, ...], list[Voucher]]:
    """One reporter's visit to their mailbox."""
    award, code = granted.award, granted.tip.code
    seeds = seeds_of(award, code)
    blinded = tuple((seed.value, seed.blinding.blinded) for seed in seeds)
    asked = Collect(granted.tip.id, award.index, YEAR, blinded)
    signs = code.claim_key.sign
    answer = till.public.mint(asked, signs(asked.message(ORIGIN)), signs(asked.proof(ORIGIN)))
    signatures = tuple((seed.value, signed) for seed, signed in zip(seeds, answer, strict=True))
    collected = CollectedAward(award.index, YEAR, till.world.clock.today(), signatures)
    keep_collected(session, Mailbox(code, granted.tip.id, 0), collected)
    pairs = list(zip(seeds, answer, strict=True))
    seen = tuple(SeenRequest(seed.value, seed.blinding.blinded, signed) for seed, signed in pairs)
    return seen, [seed.finish(signed, quick_key(YEAR, seed.value).public) for seed, signed in pairs]


def seeds_of(award: Award, code: TrackingCode) -> list[VoucherSeed]:
    """An award's vouchers before the mint signed them, ascending by value."""
    return [
        derive_voucher(code.raw, award.index, YEAR, value, number, quick_key(YEAR, value).public)
        for value, count in sorted(split(award.amount, VALUES))
        for number in range(count)
    ]


def redeem(till: Till, vouchers: Sequence[Voucher], random: Random) -> None:
    """Everybody comes back on some day, with one voucher at a time."""
    waiting = list(vouchers)
    random.shuffle(waiting)
    for day in range(DAYS):
        pickups = [till.redeem(voucher, random.choice((POINT, OTHER))) for voucher in waiting[day::DAYS]]
        if day == 0:
            for pickup in pickups[:PAID]:
                till.paid(pickup)
        till.pass_days(1)
        till.client.rewards.look()
