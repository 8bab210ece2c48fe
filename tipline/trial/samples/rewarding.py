"""Telling the rewards of the story: proposed, checked, approved, collected and paid, by the right people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crypto.blind_rsa import MintPublicKey
from crypto.keys import Identity
from crypto.tracking_codes import TrackingCode
from crypto.vouchers import Voucher, derive_voucher
from tipline.accounts.types import UnlockedMember, sign_together
from tipline.awards.storing import look_at_rewards
from tipline.disclosures.reasons import keep_reason
from tipline.identities.record import IdentityRecord
from tipline.ids import AUDITORS
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.public import KeeperPublic, Pickup
from tipline.mailbox.awards import award_now
from tipline.mailbox.collecting import collect
from tipline.mailbox.payee import be_paid_by_name
from tipline.mailbox.thread import Mailbox, find_mailbox
from tipline.rewards.records import AwardRecord
from tipline.rewards.scoring import Duty, Major, Novelty, Tier
from tipline.tips.intake import Intake
from tipline.trial.samples.awards import (
    BANK,
    BEGIN,
    BUDGET,
    PAYEE,
    POINT,
    POINTS,
    SCORES,
    STEPS,
    TIERS,
    AwardStep,
)
from tipline.trial.samples.desk_work import DeskWork, SentTip
from tipline.trial.samples.paying_by_name import AGREES, pay_by_name

AT_THE_OFFICE: Final = ("proposer", "verifier", "approver", "approver-2", "clerk-1", "clerk-2", AGREES)
WHY: Final = "As the outcome says."


@dataclass
class Rewarding:
    """The rewards so far: by a tip's name the index of its latest proposal; the years with a budget."""

    people: Mapping[str, UnlockedMember]
    public: KeeperPublic
    proposed: dict[str, int] = field(default_factory=dict)
    years: set[int] = field(default_factory=set)

    def begin(self, days_ago: int, work: DeskWork) -> bool:
        """Open the office, and each new year; whether there are keys now that the directory lacks."""
        year = work.clock.today().year
        if days_ago > BEGIN or year in self.years:
            return False
        for point in () if self.years else POINTS:
            bank = Identity.generate().recipient.text if point["id"] == BANK else ""
            self._together(work, "point", {"point": {**point, "recipient": bank}}, "registrar", "auditor")
        work.keeper.paying.make_keys(year)
        budget = {"year": year, "amount": BUDGET, "reason": _why(work)}
        self._together(work, "reward-budget", budget, "approver", "verifier")
        self.years.add(year)
        return True

    def act(self, days_ago: int, tips: Mapping[str, SentTip], work: DeskWork, intake: Intake) -> None:
        """What happened so many days ago."""
        if days_ago > BEGIN:
            return
        look_at_rewards(work.database, work.keeper)
        for step in (step for step in STEPS if step.day == days_ago):
            self._do(step, tips[step.tip], work, intake)
            look_at_rewards(work.database, work.keeper)

    def _do(self, step: AwardStep, tip: SentTip, work: DeskWork, intake: Intake) -> None:
        award = self.proposed.get(step.tip, 0)
        if step.what == "propose":
            self._propose(step, tip, work)
        elif step.what in ("check", "refuse"):
            self._check(step, tip, work)
        elif step.what == "approve":
            said = {"award": award, "amount": step.amount, "approved": True, "reason": {}}
            self._alone(work, "reward-approval", step.by, said)
        elif step.what == "cancel":
            taken = {"award": award, "reason": _why(work)}
            self._together(work, "reward-cancel", taken, "approver", "verifier")
        elif step.what == "open":
            key = {"year": work.clock.today().year, "value": step.amount, "reason": _why(work)}
            self._together(work, "reward-open", key, "approver", "verifier")
        elif step.what == "collect":
            mailbox, told = _told(tip, intake)
            collect(mailbox, told, self.public, intake)
        elif step.what == "by-name":
            self._by_name(tip, intake)
        elif step.what == "settle":
            clerks = self.people["clerk-1"], self.people["clerk-2"]
            paid = {"award": award, "amount": step.amount}
            pay_by_name(work, tip, paid, clerks, self.people[AGREES])
        else:
            self._fetch(step, tip, work, intake)

    def _propose(self, step: AwardStep, tip: SentTip, work: DeskWork) -> None:
        tier, major = TIERS.get(step.tip, (Tier.ORDINARY, Major.SERIOUS))
        fields = {
            "tip": tip.id.hex(),
            "desk": tip.desk,
            "tier": tier.value,
            "amount": step.amount,
            "major": [major.value],
            "scores": {factor.value: score for factor, score in SCORES.items()},
            "novelty": Novelty.NEW.value,
            "duty": Duty.NONE.value,
            "share": "",
            "reason": work.reason(tip, WHY),
        }
        self.proposed[step.tip] = self._alone(work, "reward-proposal", "proposer", fields)

    def _check(self, step: AwardStep, tip: SentTip, work: DeskWork) -> None:
        case, confirmed = work.keeper.states([tip.id.hex()])[tip.id.hex()].case, step.what == "check"
        record = (case.outcome, case.letter) if confirmed else ("", "")
        fields = {
            "award": self.proposed[step.tip],
            "outcome": record[0],
            "number": record[1],
            "confirmed": confirmed,
            "reason": {} if confirmed else _why(work),
        }
        self._alone(work, "reward-check", "verifier", fields)

    def _by_name(self, tip: SentTip, intake: Intake) -> None:
        mailbox, _ = _told(tip, intake)
        record = IdentityRecord.checked(PAYEE, intake.clock.today())
        be_paid_by_name(mailbox, record, TrackingCode.generate().raw, self.public, intake)

    def _fetch(self, step: AwardStep, tip: SentTip, work: DeskWork, intake: Intake) -> None:
        """Fetch the code of the next voucher: `redeem` at the bank; `pay` at the counter, and be paid."""
        code = self._pickup(step, tip, intake, BANK if step.what == "redeem" else POINT).code
        if step.what == "redeem":
            return
        for name in ("clerk-1", "clerk-2"):
            clerk, origin, clock = self.people[name], work.origin, work.clock
            asked = clerk.sign("pay-look", {"point": POINT}, origin=origin, clock=clock)
            seen = work.keeper.paying.look(asked, code)
            told = {"pickup": seen.pickup, "point": POINT, "value": seen.value}
            work.keeper.paying.pay(clerk.sign("pay", told, origin=origin, clock=clock), code)

    def _pickup(self, step: AwardStep, tip: SentTip, intake: Intake, point: str) -> Pickup:
        """The pickup code of the first voucher of a value that was not paid."""
        for voucher in _vouchers(tip, intake):
            if voucher.value == step.amount:
                found = self.public.redeem(
                    voucher.year, voucher.value, voucher.message, voucher.signature, point
                )
                if isinstance(found, Pickup):
                    return found
        raise KeeperLied("every voucher of the story was paid")

    def _alone(self, work: DeskWork, kind: str, name: str, fields: Mapping[str, Any]) -> int:
        statement = self.people[name].sign(kind, fields, origin=work.origin, clock=work.clock)
        return work.keeper.append(statement).index

    def _together(self, work: DeskWork, kind: str, fields: Mapping[str, Any], *names: str) -> None:
        people = [self.people[name] for name in names]
        work.keeper.append(sign_together(kind, fields, people, origin=work.origin, clock=work.clock))


def _why(work: DeskWork) -> dict[str, str]:
    """A reason that goes with no tip, stored."""
    with work.database.writing() as session:
        item = keep_reason(session, WHY, AUDITORS, work.directory, work.clock.today())
    return {"item": item.id.hex(), "hash": item.digest.hex()}


def _told(tip: SentTip, intake: Intake) -> tuple[Mailbox, AwardRecord]:
    """The mailbox, and what it tells of its award."""
    with intake.database.reading() as session:
        mailbox = find_mailbox(session, tip.code)
        award = award_now(session, mailbox, intake.log)
    if award is None:
        raise KeeperLied("an award of the story was not granted")
    return mailbox, award.told


def _vouchers(tip: SentTip, intake: Intake) -> list[Voucher]:
    """What the reporter collected, made again from the code."""
    with intake.database.reading() as session:
        mailbox = find_mailbox(session, tip.code)
        award = award_now(session, mailbox, intake.log)
    if award is None or award.collected is None:
        return []
    year, found = award.collected.year, list[Voucher]()
    keys = {value: MintPublicKey.from_hex(n) for value, n in intake.directory.mint[year]}
    for held in award.collected.vouchers:
        key = keys[held.value]
        seed = derive_voucher(mailbox.code.raw, award.told.award, year, held.value, held.number, key)
        found.append(seed.finish(held.blind_signature, key))
    return found
