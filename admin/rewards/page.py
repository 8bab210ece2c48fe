"""What the page of one award shows: where it stands, each step with who took it, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

from admin.members.names import Names
from admin.rewards.known import Office, ShownAward, awards_of, find_award, office_of
from admin.rewards.offers import Offer, offers
from admin.rewards.steps import cancellers, extension
from admin.visit import Visit
from tipline.rewards.amounts import BASE
from tipline.rewards.award import Award, AwardState
from tipline.rewards.rules import RewardRules
from tipline.rewards.scoring import Tier, suggested_amount, suggested_tier

KEEPER = "keeper"
REPORTER = "reporter"


@dataclass(frozen=True)
class Taken:
    """A step that was taken: its name, its UTC day (ISO; "" while more is needed), and who took it.

    `by` is a member's id, `KEEPER`, `REPORTER`, or "" where the award does not say.
    """

    step: str
    day: str
    by: str


@dataclass(frozen=True)
class AwardPage:
    """The page of an award. `bounds` are the smallest and largest amount that can be approved, in yuan.

    `suggested` is what the scores suggest: a tier and an amount.
    """

    one: ShownAward
    office: Office
    offers: Sequence[Offer]
    taken: Sequence[Taken]
    bounds: tuple[int, int]
    suggested: tuple[Tier, int]
    others: Sequence[tuple[str, str]]
    extension: tuple[str, str]
    first: ShownAward | None

    @property
    def award(self) -> Award:
        """The award itself."""
        return self.one.award

    @property
    def address(self) -> str:
        """Where it is."""
        return f"/rewards/{self.award.index}"

    @property
    def comes_next(self) -> str:
        """The code of what happens next."""
        return "second" if self.one.second else self.award.state.value


def award_page(visit: Visit, number: str) -> AwardPage:
    """The page of an award.

    Raises:
        NotFound: there is none, or none whom this member may know of.
        KeeperError: the keeper does not answer.
    """
    one, office, names = find_award(visit, number), office_of(visit), Names.of(visit)
    award, said, rules = one.award, one.known.proposal, office.rules
    tier = suggested_tier(said.major, said.scores)
    return AwardPage(
        one=one,
        office=office,
        offers=offers(visit, award),
        taken=steps_taken(award),
        bounds=_bounds(visit, award, rules),
        suggested=(tier, suggested_amount(rules.bounds[tier], said.scores)),
        others=[(member, names.member(member)) for member in cancellers(visit, one)],
        extension=extension(one) if award.state is AwardState.GRANTED else ("", ""),
        first=next(iter(awards_of(visit, [award.share] if award.share else [])), None),
    )


def _bounds(visit: Visit, award: Award, rules: RewardRules) -> tuple[int, int]:
    """The smallest and the largest amount of a tier, or of a share in what the tip that came first has."""
    low, high = rules.bounds[award.tier]
    if not award.share:
        return low, high
    first = [one.award.amount for one in visit.services.keeper.rewards.awards(tips=[award.share])]
    most = max(first, default=0) * rules.share // 100 // BASE * BASE
    return BASE, min(high, most)


def steps_taken(award: Award) -> Sequence[Taken]:
    """The steps of an award so far, in order."""
    found = [Taken("propose", award.proposed, award.proposer)]
    if award.checked:
        found.append(Taken("check", award.checked, award.verifier))
    found += [Taken("approve", award.approved, approver) for approver in award.approvers]
    if award.granted:
        found.append(Taken("grant", award.granted, KEEPER))
    if award.collected:
        kind = "name" if award.state in (AwardState.NAMED, AwardState.SETTLED) else "collect"
        found.append(Taken(kind, award.collected, REPORTER))
    if award.ended:
        refused_by = award.verifier if award.verifier and not award.checked else ""
        found.append(Taken(award.state.value, award.ended, refused_by))
    return found
