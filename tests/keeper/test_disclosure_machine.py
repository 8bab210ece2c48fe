"""Whatever is tried in whatever order, an identity comes out only after two valid signatures over it.

The machine tries; what opens is judged by the log alone, with the members' public keys and plain arithmetic,
and by who held what just then. None of the keeper's own rules judges.
"""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from crypto.errors import CryptoError
from crypto.identities import open_middle
from crypto.statements import DONE, Entry
from tests.clocks import FixedClock
from tests.keeper.disclosing import DAY, HOUR, LIFE, NAME, Ceremony
from tests.keeper.edited import said
from tests.keeper.observed import Observed
from tests.keeper.worked import stored_of
from tests.world import NOON, World, member_id, member_seed
from tipline.keeper_client import KeeperUnavailable, Refused
from tipline.keeper_client.disclosures import Unlocked

DESKS: Final = {
    "reviewer-a": "intake",
    "reviewer-b": "intake",
    "custodian-1": "custodians",
    "custodian-2": "custodians",
}
UNITS: Final = {"reviewer-a": "u2", "reviewer-b": "u3", "custodian-1": "u1", "custodian-2": "u9"}
STAYS: Final = {"intake": "reviewer-b", "custodians": "custodian-2"}
"""Who lets others in at a desk, and never leaves it."""
PEOPLE = st.sampled_from(sorted(DESKS))
SOME = st.integers(0, 20)
"""Which of what there is; the newest are the likeliest to be of use."""


class Machine(RuleBasedStateMachine):
    """Requesters, custodians, clocks, suspensions, routes and hand-made rows against a running keeper."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.clock = FixedClock(NOON)
        self.world = self._stack.enter_context(World.made(folder / "world", self.clock))
        self._stack.enter_context(self.world.keeper())
        self.keeper = Observed(self.world)
        self.tips = [Ceremony.of(self.world, self.keeper) for _ in range(2)]
        self.excluded: list[set[str]] = [set(), set()]
        self.desks = dict(DESKS)
        self.requests: list[int] = []
        self.unlocked: list[tuple[int, Unlocked]] = []
        self.put_back: list[bytes] = [b""]
        self.openings = 0
        self.opened: list[tuple[int, bytes, str, int]] = []

    def teardown(self) -> None:
        self._stack.close()

    @initialize(who=PEOPLE)
    def begin(self, who: str) -> None:
        """A request at the least."""
        self.ask(who, 0, 2, "after", urgent=False)

    # --------------------------------------------------------------- what people try

    @rule(
        who=PEOPLE,
        tip=st.integers(0, 1),
        hours=st.sampled_from([1, 2, 72, 73]),
        tell=st.sampled_from(["first", "after"]),
        urgent=st.booleans(),
    )
    def ask(self, who: str, tip: int, hours: int, tell: str, urgent: bool) -> None:
        """Somebody asks for an identity."""
        fields: dict[str, Any] = {"hours": hours, "tell": tell} | (dict(LIFE) if urgent else {})
        self._try(lambda: self.requests.append(self.tips[tip].asked(who, **fields)))

    @precondition(lambda self: self.requests)
    @rule(which=SOME, who=PEOPLE, approved=st.booleans())
    def decide(self, which: int, who: str, approved: bool) -> None:
        """Somebody decides."""
        index = newest(self.requests, which)
        self._try(lambda: self.tips[0].decided(index, who, approved=approved))

    @precondition(lambda self: self.requests)
    @rule(which=SOME, who=PEOPLE, tip=st.integers(0, 1))
    def unlock(self, which: int, who: str, tip: int) -> None:
        """Somebody has the keeper's lock taken off."""
        index, ceremony = newest(self.requests, which), self.tips[tip]
        unlocked = self._try(lambda: ceremony.unlocked(index, who))
        if unlocked is None:
            return
        self._judge(index, ceremony, approver=who, within=False)
        assert open_middle(unlocked.inner, [self.world.desks["custodians"]])
        self.unlocked.append((tip, unlocked))

    @precondition(lambda self: self.unlocked)
    @rule(which=SOME, until=st.sampled_from([0, 0, 0, DAY]), shift=st.sampled_from([0, 0, 0, 1]))
    def put(self, which: int, until: int, shift: int) -> None:
        """A custodian's session puts back what it has, under the block that it was given or a forged one."""
        tip, unlocked = newest(self.unlocked, which)
        window = unlocked.window
        forged = {"until": window.until + until, "request": window.request + shift}
        self.put_back.append(self.tips[tip].put_back(unlocked, **forged))

    @precondition(lambda self: self.requests)
    @rule(which=SOME, sealed=SOME, who=PEOPLE, tip=st.integers(0, 1))
    def view(self, which: int, sealed: int, who: str, tip: int) -> None:
        """Somebody looks."""
        self._look(newest(self.requests, which), newest(self.put_back, sealed), who, tip)

    @precondition(lambda self: self.opened)
    @rule(which=SOME)
    def come_back(self, which: int) -> None:
        """Somebody looks again at what they have seen, and the one who let them takes the lock off again."""
        index, sealed, who, tip = newest(self.opened, which)
        self._look(index, sealed, who, tip)
        for approver in ("custodian-1", "custodian-2"):
            self.unlock(self.requests[::-1].index(index), approver, tip)

    def _look(self, index: int, sealed: bytes, who: str, tip: int) -> None:
        ceremony = self.tips[tip]
        viewed = self._try(lambda: ceremony.viewed(index, sealed, who))
        if viewed is None:
            return
        self._judge(index, ceremony, requester=who, within=True)
        try:
            assert ceremony.opened(viewed, who) == NAME
        except CryptoError:
            return  # put back for somebody else: nothing opens
        self.openings += 1
        self.opened.append((index, sealed, who, tip))

    @rule(
        who=st.sampled_from(["reviewer-a", "reviewer-a", "reviewer-b", "custodian-1"]),
        approver=st.sampled_from(["custodian-1", "custodian-1", "custodian-2", "reviewer-a"]),
        tip=st.integers(0, 1),
        urgent=st.booleans(),
    )
    def go_through(self, who: str, approver: str, tip: int, urgent: bool) -> None:
        """All of it in one go, as far as it is let."""
        self.ask(who, tip, 2, "after", urgent=urgent)
        if not self.requests:
            return
        self.decide(0, approver, approved=True)
        self.unlock(0, approver, tip)
        if self.unlocked:
            self.put(0, 0, 0)
        self.view(0, 0, who, tip)

    # --------------------------------------------------------------- what happens around them

    @rule(hours=st.sampled_from([1, 12, 24 * 8]))
    def wait(self, hours: int) -> None:
        """Time passes, and the clocks are looked at."""
        self.clock.advance(hours * HOUR)
        self._try(lambda: self.keeper.client.look_at_clocks([], [], []))

    @rule()
    def set_back(self) -> None:
        """The machine's clock is set back by half an hour."""
        self.clock.leap(-HOUR // 2)

    @rule(who=st.sampled_from(["reviewer-a", "custodian-1"]), desk=st.sampled_from(["", *sorted(STAYS)]))
    def change_sides(self, who: str, desk: str) -> None:
        """Somebody leaves their desk, for another one or for none."""
        member = member_id(who)
        if self.desks[who]:
            left = self.world.sign("revoke", "registrar", member=member, desk=self.desks[who])
            if self._try(lambda: self.keeper.client.append(left)):
                self.desks[who] = ""
        if desk and not self.desks[who]:
            joined = self.world.sign("grant", "registrar", STAYS[desk], member=member, desk=desk, until="")
            if self._try(lambda: self.keeper.client.append(joined)):
                self.desks[who] = desk

    @rule(tip=st.integers(0, 1), unit=st.sampled_from(["u1", "u2"]))
    def exclude(self, tip: int, unit: str) -> None:
        """A tip shuts one more unit out."""
        units = self.excluded[tip] | {unit}
        route = self.world.route("reviewer-b", self.tips[tip].tip, desks=["intake"], excluded=sorted(units))
        if self._try(lambda: self.keeper.client.append(route)):
            self.excluded[tip] = units

    @precondition(lambda self: self.requests)
    @rule(who=PEOPLE)
    def write_by_hand(self, who: str) -> None:
        """Somebody writes a yes into the database; the keeper stops, and two people take it for right."""
        later = self.clock.unix() + 100 * DAY
        stored_of(self.world).by_hand(
            "update disclosures set state = 'approved', approver = ?, until = ?, opens = 0",
            member_id(who),
            later,
        )
        self._try(self.keeper.client.disclosures.records)
        self._try(lambda: self.keeper.client.acknowledge(said(self.world)))

    # --------------------------------------------------------------- the judge

    def _judge(
        self, index: int, ceremony: Ceremony, *, requester: str = "", approver: str = "", within: bool
    ) -> None:
        """Read the log alone: who signed what, over which item, and when."""
        asked = self.keeper.entry(index)
        yeses = [one for one in self._entries() if _is_yes(one, index)]
        assert asked.outcome == DONE
        assert asked.statement.body["item"] == ceremony.item.id.hex()
        assert len(yeses) == 1
        (said_yes,) = yeses
        people = [self._signer(asked), self._signer(said_yes)]
        assert people[0] != people[1]
        assert requester in ("", people[0])
        assert approver in ("", people[1])
        assert [self.desks[one] for one in people] == ["intake", "custodians"]
        tip = self.tips.index(ceremony)
        assert not {UNITS[one] for one in people} & self.excluded[tip]
        now, body = self.keeper.entry(self.keeper.size() - 1).at, asked.statement.body
        begins = said_yes.at if body["tell"] == "after" else (said_yes.at // DAY + 1) * DAY
        assert now < begins + body["hours"] * HOUR
        assert not within or body["tell"] == "after" or now >= begins

    def _signer(self, entry: Entry) -> str:
        """Whose valid signature an entry bears."""
        (signer,) = entry.statement.signers
        who = next(one for one in DESKS if member_id(one) == signer)
        entry.statement.verify({signer: member_seed(who).signing_key.public})
        return who

    def _entries(self) -> list[Entry]:
        return [self.keeper.entry(index) for index in range(self.keeper.size())]

    def _try(self, call: Callable[[], Any]) -> Any:
        """What comes of it; None where it is refused or the keeper has stopped."""
        try:
            return call()
        except (Refused, KeeperUnavailable):
            return None


def newest(some: list[Any], which: int) -> Any:
    """One of a list, counted from its end."""
    return some[-1 - which % len(some)]


def _is_yes(entry: Entry, index: int) -> bool:
    body = entry.statement.body
    is_decision = (body["type"], body.get("request")) == ("disclosure-decision", index)
    return entry.outcome == DONE and is_decision and body["approved"] is True


def test_the_machine_opens_an_identity_when_two_people_agree() -> None:
    machine = Machine()
    try:
        machine.ask("reviewer-a", 0, 2, "after", urgent=False)
        machine.decide(0, "custodian-1", approved=True)
        machine.unlock(0, "custodian-1", 0)
        machine.put(0, 0, 0)
        machine.view(0, 0, "reviewer-a", 0)
        assert machine.openings == 1
        machine.view(0, 0, "reviewer-b", 0)
        machine.write_by_hand("custodian-2")
        machine.view(0, 0, "reviewer-a", 0)
        assert machine.openings == 1
    finally:
        machine.teardown()


TestNoSequenceOpensWithoutTwo = Machine.TestCase
TestNoSequenceOpensWithoutTwo.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
