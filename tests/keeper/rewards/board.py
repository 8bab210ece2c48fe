"""A township with a reward office: tips that were found true, and everybody who takes a step of an award."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from crypto.randomness import random_bytes
from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.keeper.rewards.known import Known, award_of, known
from tests.keeper.rewards.till import YEAR, mint_key
from tests.keeper.test_cases import add_police, case, move
from tests.world import SealedTip, World, member_body, member_id, name, request
from tipline.keeper.service import Keeper
from tipline.keeper_client.rewards import Budget, KnownAward
from tipline.rewards.amounts import VALUES
from tipline.rewards.award import Award
from tipline.rewards.rules import RewardRules
from tipline.roster.rewards import write_reward_rules

ROLES: Final = {
    "verifier": "verifier",
    "verifier-2": "verifier",
    "approver": "approver",
    "approver-2": "approver",
    "approver-3": "approver",
    "leader": "leader",
    "clerk-1": "pay-clerk",
    "clerk-2": "pay-clerk",
}
"""All of them from the district, u9, except for those whom a test needs elsewhere."""
PROPOSER: Final = "reviewer-a"
PATIENCE: Final = 60.0  # seconds, where keys are read: on a busy machine that takes some
SCORES: Final = dict.fromkeys(("result", "originality", "completeness", "risk", "help"), 2)


class Board:
    """A world whose keeper runs, and what a reward office does in it."""

    def __init__(self, world: World, clock: FixedClock, keeper: Keeper) -> None:
        self.world = world
        self.clock = clock
        self.keeper = keeper
        self.seen = Observed(world)
        self.client = self.seen.client
        self._patient = world.client("patient.json", PATIENCE)

    def people(self) -> None:
        """Everybody with their role; the reviewers propose, too."""
        for who, role in ROLES.items():
            self.member(who, role)
        for who in (PROPOSER, "reviewer-b", "integrity"):
            self.role(who, "proposer")

    def member(self, who: str, role: str, unit: str = "u9") -> None:
        """Somebody new with a role."""
        self.client.append(self.world.sign("member", "registrar", member=member_body(who, unit)))
        self.role(who, role)

    def role(self, who: str, role: str) -> None:
        """A role for somebody."""
        fields = {"member": member_id(who), "role": role, "held": True}
        self.client.append(self.world.sign("role", "registrar", "registrar-2", **fields))

    def keys(self, year: int = YEAR) -> None:
        """The mint keys of a year."""
        self._lay_keys(year)
        self._patient.paying.make_keys(year)

    def look(self) -> Mapping[str, int]:
        """The daily look; how many statements of each type. It needs not make the keys that are due."""
        for year in (self.clock.today().year, self.clock.today().year + 1):
            self._lay_keys(year)
        return self._patient.rewards.look()

    def _lay_keys(self, year: int) -> None:
        """Put private keys where the keeper finds them made, each year the same: making them takes long."""
        for value in VALUES:
            pem = mint_key(YEAR, value).to_pem
            self.world.keeper_folder.make_mint_key(year, value, pem)

    def rules(self, **changes: Any) -> None:
        """Other rules than those by default."""
        body = write_reward_rules(RewardRules()) | changes
        self.client.append(self.world.sign("reward-rules", "registrar", "approver", rules=body))

    def budget(self, amount: int, year: int = YEAR, by: tuple[str, ...] = ("approver", "leader")) -> None:
        """Set a year's budget."""
        self.client.append(self.budgeted(amount, year, by))

    def budgeted(
        self, amount: int, year: int = YEAR, by: tuple[str, ...] = ("approver", "leader")
    ) -> Statement:
        return self.world.sign("reward-budget", *by, year=year, amount=amount, reason=words())

    def read_tip(self, *, excluded: tuple[str, ...] = (), first_seen: bool = False) -> SealedTip:
        """A tip that the desk has read; with `first_seen` the nightly run knew it before."""
        tip = self.world.seal_tip(excluded=excluded)
        if first_seen:
            slip, day = request(tip.item("card")), self.clock.today()
            self.clock.advance(86_400)
            self.client.look_at_clocks([slip], [day], [])
        statement = self.world.read(PROPOSER, tip)
        self.client.release(statement, [request(tip.item("text"))])
        return tip

    def found(self, *states: str, outcome: str = "true", **how: Any) -> SealedTip:
        """A tip whose outcome a second person confirmed; `states` lead elsewhere."""
        tip = self.read_tip(**how)
        self.advance(
            tip,
            *(states or ("screening", "triage", "transferred", "verifying", "outcome", "feedback")),
            outcome=outcome,
        )
        return tip

    def advance(self, tip: SealedTip, *states: str, outcome: str = "true") -> None:
        """Move a tip through these states."""
        for state in states:
            detail: dict[str, Any] = {}
            before = case(self.seen, tip).state.value
            by = PROPOSER
            if state == "transferred":
                add_police(self.world, self.seen)
                number = self.client.next_letter("intake")
                detail = {"body": "police", "number": number, "packet": "cd" * 32}
            elif state == "verifying" and before == "transferred":
                note = words()
                self.client.append(self.world.sign("note", PROPOSER, tip=tip.id.hex(), desk="intake", **note))
                detail = {"receipt": note}
            elif state == "outcome":
                detail = {"outcome": outcome}
            elif state == "feedback":
                by = "reviewer-b"
            elif state == "closed":
                item = self.world.staff_item(tip, "reply", "intake")
                self.client.append(
                    self.world.sign("reply", PROPOSER, tip=tip.id.hex(), desk="intake", **name(item))
                )
            self.client.append(move(self.world, tip, before, state, detail=detail, by=by, reason=words()))

    def third_reviewer(self) -> str:
        """Somebody else at the desk, who decided nothing."""
        who = f"reviewer-{self.seen.size()}"
        self.client.append(self.world.sign("member", "registrar", member=member_body(who, "u1")))
        fields = {"member": member_id(who), "desk": "intake", "until": ""}
        self.client.append(self.world.sign("grant", "registrar", PROPOSER, **fields))
        return who

    def take_back(self, tip: SealedTip, by: str) -> None:
        """A review finds that verification must begin anew: the outcome stands no longer."""
        self.advance(tip, "closed", "review")
        self.client.append(move(self.world, tip, "review", "triage", by=by, reason=words()))

    def link(self, one: SealedTip, other: SealedTip) -> None:
        """Two tips are on one matter."""
        fields = {"tip": one.id.hex(), "desk": "intake", "to": other.id.hex(), "reason": words()}
        self.client.append(self.world.sign("link", PROPOSER, **fields))

    def proposal(self, tip: SealedTip, by: str | tuple[str, ...] = PROPOSER, **changes: Any) -> Statement:
        fields: dict[str, Any] = {
            "tip": tip.id.hex(),
            "desk": "intake",
            "tier": "ordinary",
            "amount": 2_000,
            "major": ["serious"],
            "scores": SCORES,
            "novelty": "new",
            "duty": "none",
            "share": "",
            "reason": words(),
        }
        signers = (by,) if isinstance(by, str) else by
        return self.world.sign("reward-proposal", *signers, **(fields | changes))

    def propose(self, tip: SealedTip, by: str = PROPOSER, **changes: Any) -> int:
        """An award that is proposed; its index."""
        return self.client.append(self.proposal(tip, by, **changes)).index

    def checked(self, award: int, by: str = "verifier", **changes: Any) -> Statement:
        known = self.award(award)
        view = self.client.states([known.tip])[known.tip].case
        fields = {
            "award": award,
            "outcome": view.outcome,
            "number": view.letter,
            "confirmed": True,
            "reason": {},
        }
        return self.world.sign("reward-check", by, **(fields | changes))

    def approval(self, award: int, by: str = "approver", amount: int = 2_000, **changes: Any) -> Statement:
        fields = {"award": award, "amount": amount, "approved": True, "reason": {}}
        return self.world.sign("reward-approval", by, **(fields | changes))

    def approved(self, tip: SealedTip, amount: int = 2_000, **changes: Any) -> int:
        """An award that is proposed, checked and approved."""
        award = self.propose(tip, amount=amount, **changes)
        self.client.append(self.checked(award))
        self.client.append(self.approval(award, amount=amount))
        return award

    def cancel(self, award: int, by: tuple[str, ...] = ("approver", "verifier")) -> Statement:
        return self.world.sign("reward-cancel", *by, award=award, reason=words())

    def extension(self, award: int, until: str, by: str = "approver") -> Statement:
        return self.world.sign("reward-extend", by, award=award, until=until, reason=words())

    def known(self) -> Known:
        """Everything; rows and log agree."""
        return known(self.client.rewards)

    def entry(self, award: int) -> KnownAward:
        """An award as the pages see it."""
        assert self.client.rewards.money().different == 0
        return award_of(self.client.rewards, award)

    def award(self, award: int) -> Award:
        """The award alone."""
        return self.entry(award).award

    def budget_now(self, year: int = YEAR) -> Budget:
        """A year's budget."""
        return next(one for one in self.known().budgets if one.year == year)

    def last_entries(self, before: int) -> list[str]:
        """The types of all entries since the log had a size."""
        return [self.seen.entry(index).statement.body["type"] for index in range(before, self.seen.size())]


def words() -> dict[str, str]:
    """The item of some reason."""
    return {"item": random_bytes(16).hex(), "hash": "cd" * 32}


@contextmanager
def board(folder: Path, clock: FixedClock) -> Iterator[Board]:
    """A reward office that is ready: its people and the keys of this year."""
    with World.made(folder, clock) as world, board_of(world, clock) as made:
        yield made


@contextmanager
def board_of(world: World, clock: FixedClock) -> Iterator[Board]:
    """The same in a world that is there; its keeper ends with the block."""
    with world.keeper() as keeper:
        made = Board(world, clock, keeper)
        made.people()
        made.keys()
        yield made
