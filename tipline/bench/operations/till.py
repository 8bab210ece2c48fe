"""An instance of its own that pays rewards: keys, a point, two clerks, and awards that wait to be collected.

Its keeper runs in this process, on its sockets. The awards are written by the keeper's own writer: having
each proposed, checked and approved for a tip with a confirmed outcome would take an hour. What is measured
comes after that, and runs as always. Made once for all measurements of a run.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from crypto.blind_rsa import MintPublicKey
from crypto.notes import NoteVerifier
from crypto.policies import Route
from crypto.tracking_codes import TrackingCode
from crypto.vouchers import Voucher, VoucherSeed, derive_voucher
from tipline.accounts.service import Accounts
from tipline.accounts.types import UnlockedMember, sign_together
from tipline.bench.crowd import Effort
from tipline.bench.errors import OperationFailed
from tipline.bench.results import Result
from tipline.bench.stage import Stage
from tipline.database import Database
from tipline.deadlines import Clocks
from tipline.ids import INTAKE, new_tip_id
from tipline.instance.founding import make_instance
from tipline.keeper.app import serving
from tipline.keeper.asked import SETTLE, Asked, Settled
from tipline.keeper.pins import Standing
from tipline.keeper.rewards import awards
from tipline.keeper.rewards.money import find_key, put_key
from tipline.keeper.service import REQUESTS_PER_MINUTE, Keeper
from tipline.keeper.state import Draft
from tipline.keeper_client import AdminKeeper, SeenFile
from tipline.keeper_client.collecting import Collect
from tipline.keeper_client.public import KeeperPublic, Pickup
from tipline.ram import prepare_ram_folder
from tipline.rewards.amounts import BASE
from tipline.rewards.award import Award, AwardState
from tipline.rewards.days import proof_of
from tipline.rewards.rules import COLLECT_MONTHS, months_after
from tipline.rewards.scoring import Tier
from tipline.settings import Settings
from tipline.tips.case_file import CaseFile
from tipline.trial.credentials import keep_credentials, sign_ins
from tipline.trial.service import township

FOLDER: Final = "till"
POINT: Final = "counter"
CLERKS: Final = ("clerk-1", "clerk-2")
MOST: Final = 60
"""Vouchers of one measurement: the clerks stay below what the keeper takes from a member in a minute."""
CROWD: Final = 5
"""Awards that must stay behind when a voucher comes back."""
PATIENCE: Final = 60.0
"""Seconds for an answer: five keys are made at once, on a machine that may have other work."""
_PEOPLE: Final = ("registrar", "auditor", *CLERKS)
_NOBODY: Final = "m00000000"


@dataclass(frozen=True)
class Asking:
    """A reporter about to collect an award of one voucher."""

    seed: VoucherSeed
    collect: Collect
    signature: bytes
    proof: bytes


class Till:
    """A running keeper that pays, from all sides."""

    def __init__(
        self, stage: Stage, keeper: Keeper, settings: Settings, people: dict[str, UnlockedMember]
    ) -> None:
        verifier = NoteVerifier.parse(settings.log_key)
        self.people = people
        self.origin, self.clock = settings.origin, stage.clock
        self.public = KeeperPublic(settings.public_socket, PATIENCE)
        seen = SeenFile(settings.data / "till-seen")
        self.client = AdminKeeper(settings.admin_socket, settings.origin, verifier, seen, PATIENCE)
        self._keeper = keeper

    def open(self) -> None:
        """Make the keys of the year, and a point; nothing where that was done."""
        self.client.paying.make_keys(self.clock.today().year)
        if POINT not in self._keeper.writer.memory.roster.points:
            lines = {"zh": "一号窗口", "en": "Counter 1"}
            point = {
                "id": POINT,
                "names": lines,
                "places": lines,
                "unit": "u12",
                "recipient": "",
                "open": True,
            }
            both = [self.people["registrar"], self.people["auditor"]]
            self.client.append(
                sign_together("point", {"point": point}, both, origin=self.origin, clock=self.clock)
            )

    def asking(self, count: int) -> list[Asking]:
        """Reporters whose award of one voucher was granted."""
        year, granted = self.clock.today().year, self._granted(count)
        key = MintPublicKey.from_hex(dict(self._keeper.writer.memory.roster.mint_keys[year])[BASE])
        found = []
        for code, award in granted:
            seed = derive_voucher(code.raw, award.index, year, BASE, 0, key)
            blinded = ((BASE, seed.blinding.blinded),)
            collect = Collect(bytes.fromhex(award.tip), award.index, year, blinded)
            signs = code.claim_key.sign
            signed = signs(collect.message(self.origin)), signs(collect.proof(self.origin))
            found.append(Asking(seed, collect, *signed))
        return found

    def collect_yesterday(self, count: int) -> None:
        """Have so many awards that were collected before today, by rows alone: the crowd of today's."""
        year = self.clock.today().year

        def write(draft: Draft) -> Settled:
            for code, award in granted:
                day = (awards.log_day(draft) - timedelta(days=1)).isoformat()
                proof = code.claim_key.sign(proof_of(self.origin, award.tip, award.index, year)).hex()
                collected = replace(award, collected=day, year=year, digest="00" * 32, proof=proof)
                awards.put(draft.rows, replace(collected, state=AwardState.COLLECTED))
            key = find_key(draft.rows, year, BASE)
            put_key(draft.rows, key._replace(minted=key.minted + count, awards=key.awards + count))
            return Settled({})

        granted = self._granted(count)
        self._keeper.writer.submit(Asked(SETTLE, settle=write))

    def mint(self, asking: Asking) -> Voucher:
        """Collect."""
        [signed] = self.public.mint(asking.collect, asking.signature, asking.proof)
        year = asking.collect.year
        key = MintPublicKey.from_hex(dict(self._keeper.writer.memory.roster.mint_keys[year])[BASE])
        return asking.seed.finish(signed, key)

    def redeem(self, voucher: Voucher) -> Pickup:
        """Ask for a pickup code."""
        found = self.public.redeem(voucher.year, voucher.value, voucher.message, voucher.signature, POINT)
        if not isinstance(found, Pickup):
            raise OperationFailed("a fresh voucher was paid before")
        return found

    def look(self, pickup: Pickup, clerk: str) -> str:
        """A clerk types a code; what names it in a statement."""
        asked = self.people[clerk].sign("pay-look", {"point": POINT}, origin=self.origin, clock=self.clock)
        return self.client.paying.look(asked, pickup.code).pickup

    def pay(self, pickup: Pickup, named: str, clerk: str) -> bool:
        """A clerk confirms it; whether it is paid now."""
        told = {"pickup": named, "point": POINT, "value": pickup.value}
        statement = self.people[clerk].sign("pay", told, origin=self.origin, clock=self.clock)
        return self.client.paying.pay(statement, pickup.code).paid is not None

    def _granted(self, count: int) -> list[tuple[TrackingCode, Award]]:
        """Awards of `BASE`, each of a tip of its own."""
        found = list[tuple[TrackingCode, Award]]()

        def write(draft: Draft) -> Settled:
            day = awards.log_day(draft)
            first = 1 + max((one.index for one in awards.everything(draft.connection, draft.rows)), default=0)
            for number in range(count):
                code, tip = TrackingCode.generate(), new_tip_id()
                claim = code.claim_key.public.raw
                case = CaseFile.opened(day, Clocks())
                draft.pins.put_tip(tip, Standing.first(claim, Route((INTAKE,), ()), case))
                award = _award(first + number, tip.hex(), claim.hex(), day)
                awards.put(draft.rows, award)
                found.append((code, award))
            draft.pins.store(draft.roster.clocks)
            return Settled({})

        self._keeper.writer.submit(Asked(SETTLE, settle=write))
        return found


@contextmanager
def open_till(stage: Stage) -> Iterator[Till]:
    """The till, for one measurement."""
    data, ram = stage.settings.data.parent / FOLDER, stage.settings.ram / FOLDER
    environment = {"TIPLINE_DATA": str(data), "TIPLINE_RAM": str(ram)}
    settings = _settings(environment, stage)
    prepare_ram_folder(settings.ram, require_tmpfs=True)
    with ExitStack() as stack:
        keeper = stack.enter_context(serving(settings, stage.clock, REQUESTS_PER_MINUTE))
        till = Till(stage, keeper, settings, _unlocked(settings, stage))
        stack.callback(till.public.close)
        stack.callback(till.client.close)
        till.open()
        yield till


def timed(
    name: str, operations: Sequence[Callable[[], object]], effort: Effort, limit: float | None
) -> Result:
    """Run each once, the first ones unmeasured: what both sides spend on it, keeper and whoever asks.

    An operation that fails raises.
    """
    for operation in operations[: effort.warm_up]:
        operation()
    measured = operations[effort.warm_up :]
    spent, began = time.process_time(), time.monotonic()
    for operation in measured:
        operation()
    spent, took = time.process_time() - spent, time.monotonic() - began
    return Result(name, 1000 * spent / len(measured), len(measured) / took, 0, limit)


def _award(index: int, tip: str, claim: str, day: date) -> Award:
    """An award of `BASE` that may be collected."""
    return Award(
        index=index,
        tip=tip,
        claim=claim,
        desk=INTAKE,
        tier=Tier.ORDINARY,
        amount=BASE,
        share="",
        proposer=_NOBODY,
        proposed=day.isoformat(),
        state=AwardState.GRANTED,
        granted=day.isoformat(),
        until=months_after(day, COLLECT_MONTHS).isoformat(),
    )


def _settings(environment: dict[str, str], stage: Stage) -> Settings:
    """The instance's settings; it is made when it is first asked for."""
    data = stage.settings.data.parent / FOLDER
    if (data / "site.json").exists():
        return Settings.from_mapping(environment)
    return make_instance(
        environment,
        township(),
        stage.clock,
        trial=True,
        keep=lambda founders: keep_credentials(data, founders),
        tell=lambda _: None,
    )


def _unlocked(settings: Settings, stage: Stage) -> dict[str, UnlockedMember]:
    """Who signs here, by name."""
    database = Database(settings.database_url)
    try:
        accounts = Accounts(database, settings.account_key_file.read_bytes(), stage.clock)
        people = sign_ins(settings, stage.clock, _PEOPLE)
        return {one.name: accounts.unlock(one.name, one.password, one.otp) for one in people}
    finally:
        database.dispose()
