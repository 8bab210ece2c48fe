"""The proposal of an award: what its form says, and stating it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from werkzeug.datastructures import MultiDict

from admin.rewards import errors
from admin.rewards.errors import RewardError
from admin.rewards.money import read_yuan
from admin.rewards.proposing import ProposalPage
from admin.tip.reasons import drop_reason, keep_reason
from admin.visit import Visit
from tipline.keeper_client import Refused
from tipline.rewards.amounts import is_amount
from tipline.rewards.scoring import (
    MOST_SCORE,
    Duty,
    Factor,
    Major,
    Novelty,
    Tier,
    suggested_amount,
    suggested_tier,
)

SCORE: Final = "score_"
"""How the name of a factor's field begins."""
FIELDS: Final = (
    *("major", "novelty", "duty", "share", "tier"),
    *(f"{SCORE}{factor.value}" for factor in Factor),
)
"""Choices without which a proposal cannot be sent again."""


@dataclass(frozen=True)
class ProposalForm:
    """What was chosen and typed: codes as they came, "" for what was left open."""

    major: tuple[str, ...] = ()
    scores: Mapping[str, str] | None = None
    novelty: str = ""
    duty: str = ""
    share: str = ""
    tier: str = ""
    amount: str = ""
    reason: str = ""

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> Self:
        """What a posted form says."""
        return cls(
            tuple(sorted(set(form.getlist("major")) & {one.value for one in Major})),
            {factor.value: form.get(SCORE + factor.value, "") for factor in Factor},
            form.get("novelty", ""),
            form.get("duty", ""),
            form.get("share", ""),
            form.get("tier", ""),
            form.get("amount", "").strip(),
            form.get("reason", ""),
        )

    def score(self, factor: str) -> str:
        """What a factor was given; "" for nothing yet."""
        return (self.scores or {}).get(factor, "")

    @property
    def scored(self) -> Mapping[Factor, int] | None:
        """The five scores; None while one is open."""
        digits = [str(score) for score in range(MOST_SCORE + 1)]
        if not all(self.score(factor.value) in digits for factor in Factor):
            return None
        return {factor: int(self.score(factor.value)) for factor in Factor}

    def suggestion(self, page: ProposalPage) -> tuple[Tier, int] | None:
        """The tier and amount that major test and scores suggest; None while they are not complete.

        A share is no more than the first one's award allows.
        """
        scored = self.scored
        if scored is None or not self.major:
            return None
        tier = suggested_tier([Major(one) for one in self.major], scored)
        amount, most = suggested_amount(page.rules.bounds[tier], scored), page.most(self.share)
        return tier, amount if most is None else min(amount, most)

    def with_suggestion(self, tier: Tier, amount: int) -> Self:
        """The same form with a tier and an amount filled in."""
        return replace(self, tier=tier.value, amount=str(amount))

    def unscored(self) -> Sequence[RewardError]:
        """What is missing for a suggestion."""
        open_ones = [factor for factor in Factor if not self.score(factor.value).isdigit()]
        missing: list[RewardError] = [] if self.major else [errors.NoMajor()]
        return [*missing, *(errors.NoScore(SCORE + factor.value) for factor in open_ones[:1])]

    def problems(self, page: ProposalPage) -> Sequence[RewardError]:
        """Everything that is wrong, in the order of the form."""
        amount = read_yuan(self.amount)
        found = [
            *self.unscored(),
            *self._novelty(page),
            errors.DutyBound() if self.duty == Duty.BOUND else None,
            errors.NoDuty() if self.duty not in {one.value for one in Duty} else None,
            errors.NoTier() if self.tier not in {one.value for one in Tier} else None,
            errors.NoAmount() if amount is None or not is_amount(amount) else None,
            None if self.reason.strip() else errors.NoReason(),
        ]
        return [one for one in found if one is not None]

    def _novelty(self, page: ProposalPage) -> Sequence[RewardError]:
        if self.novelty == Novelty.KNOWN:
            return [errors.FactsKnown()]
        if self.novelty == Novelty.ADDED:
            return [errors.NoFirst()] if page.most(self.share) is None else []
        if self.novelty == Novelty.NEW:
            return [errors.FirstNotNeeded()] if self.share else []
        return [errors.NoNovelty()]

    def fields(self) -> dict[str, Any]:
        """What the statement says of it; nothing is wrong with the form."""
        return {
            "tier": self.tier,
            "amount": read_yuan(self.amount),
            "major": list(self.major),
            "scores": {factor.value: score for factor, score in (self.scored or {}).items()},
            "novelty": self.novelty,
            "duty": self.duty,
            "share": self.share,
        }


def propose_award(visit: Visit, page: ProposalPage, form: ProposalForm) -> int:
    """State a proposal; its index in the log, which names the award.

    Raises:
        AdminError: it was not taken; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    tip = page.tip
    kept = keep_reason(visit, tip.id, form.reason, page.bound)
    body = {"tip": tip.id.hex(), "desk": tip.tip.desk, "reason": kept.named if kept else {}, **form.fields()}
    try:
        return visit.services.keeper.append(visit.sign("reward-proposal", body)).index
    except Refused as refused:
        drop_reason(visit, kept)
        raise errors.explained(refused.reason) from refused
