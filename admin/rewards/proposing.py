"""The page on which an award is proposed: a tip of the proposer's desk, and what is known of its rewards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from admin.errors import NotFound
from admin.links.service import visible
from admin.queue.rows import QueueRow
from admin.rewards.known import awards_of
from admin.tip.page import TipPage, show_tip
from admin.visit import Visit
from tipline.rewards.amounts import BASE
from tipline.rewards.award import OVER, Award
from tipline.rewards.rules import RewardRules
from tipline.routing import Route
from tipline.tips.moves import Outcome, TipState

_REWARDED: Final = frozenset((Outcome.TRUE.value, Outcome.PARTLY_TRUE.value))
_CONFIRMED: Final = frozenset((TipState.FEEDBACK, TipState.CLOSED, TipState.REVIEW))


@dataclass(frozen=True)
class Bound:
    """What a proposal's reason is sealed under."""

    route: Route
    claim: bytes


@dataclass(frozen=True)
class First:
    """A linked tip that may have come first; `most` is what a share in its award can be, in yuan."""

    tip: str
    handle: str
    most: int


@dataclass(frozen=True)
class ProposalPage:
    """A tip that may be proposed for a reward.

    Attributes:
        firsts: linked tips that this session may know of and that have an award.
        award: the one that it has already; None for none, or for one that has ended.
        confirmed: whether a second person confirmed that it was found true or partly true.
    """

    tip: TipPage
    firsts: Sequence[First]
    award: Award | None
    confirmed: bool
    rules: RewardRules

    @property
    def bound(self) -> Bound:
        """What the reason is sealed under: the tip's route, and its reporter's claim key.

        Raises:
            NotFound: the log has never seen the tip.
        """
        view = self.tip.view
        if view is None:
            raise NotFound
        return Bound(Route(view.desks, view.excluded), view.claim)

    @property
    def may_propose(self) -> bool:
        """Whether the form is there."""
        return self.confirmed and self.award is None

    def most(self, share: str) -> int | None:
        """What a share can be at most, for a tip (32 hex digits) that came first; None for no such tip."""
        return next((one.most for one in self.firsts if one.tip == share), None)


def proposal_page(visit: Visit, text: str) -> ProposalPage:
    """The page for the tip of an address.

    Raises:
        NotFound: nothing that this session may know of.
        KeeperError: the keeper does not answer.
    """
    tip = show_tip(visit, text)
    rules = visit.roster.reward_rules
    linked = visible(visit, [bytes.fromhex(one) for one in tip.case.links])
    tips = (tip.id.hex(), *(one.id.hex() for one in linked))
    live = {one.award.tip: one.award for one in awards_of(visit, tips) if one.award.state not in OVER}
    return ProposalPage(
        tip=tip,
        firsts=[_first(one, live[one.id.hex()], rules) for one in linked if one.id.hex() in live],
        award=live.get(tip.id.hex()),
        confirmed=tip.case.outcome in _REWARDED and tip.state in _CONFIRMED,
        rules=rules,
    )


def _first(row: QueueRow, award: Award, rules: RewardRules) -> First:
    return First(row.id.hex(), row.handle, award.amount * rules.share // 100 // BASE * BASE)
