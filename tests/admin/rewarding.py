"""The reward office at the admin site: its people, tips that were found true, and awards on their way."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert
from werkzeug.test import TestResponse

from tests.admin.conftest import Office, Staff, wrapped
from tests.admin.walking import settle, walk
from tests.keeper.rewards.known import award_of
from tests.keeper.rewards.till import lay_keys
from tests.world import member_body, member_id
from tipline.accounts.models import Account
from tipline.ids import TipId
from tipline.keeper_client.rewards import KnownAward
from tipline.tips.moves import TipState

ENGLISH: Final = {"Accept-Language": "en"}
PROPOSER: Final = "reviewer-a"
VERIFIER, APPROVER, SECOND, LEADER = "verifier", "approver", "approver-2", "chief"
PEOPLE: Final[Mapping[str, tuple[str, str]]] = {
    VERIFIER: ("u4", "verifier"),
    APPROVER: ("u9", "approver"),
    SECOND: ("u9", "approver"),
    LEADER: ("u1", "leader"),
}
"""Unit and role of those who join for rewards; the proposer sits at intake already."""

PROPOSAL: Final[Mapping[str, Any]] = {
    "major": ["evil-force"],
    **{f"score_{factor}": "2" for factor in ("result", "originality", "completeness", "risk", "help")},
    "novelty": "new",
    "share": "",
    "duty": "none",
    "tier": "evil-force",
    "amount": "20,000",
    "reason": "They broke the gang at the quarry.",
}
CHECKED: Final = {"outcome": "partly-true", "answer": "yes"}
WHY: Final = "Because it is so."


def employ(office: Office, names: Iterable[str] = PEOPLE, *, proposer: str = PROPOSER) -> None:
    """Give a reviewer the role of a proposer, and let others join with their roles and accounts."""
    members, world = office.services.members, office.world
    known = office.keeper().roster().members
    roles = {proposer: "proposer"}
    for name in names:
        unit, roles[name] = PEOPLE[name]
        if member_id(name) not in known:
            members.carry_out(world.sign("member", "registrar", member=member_body(name, unit)))
            _open_account(office, name)
    for name, role in roles.items():
        fields = {"member": member_id(name), "role": role, "held": True}
        members.carry_out(world.sign("role", "registrar", "integrity", **fields))


def _open_account(office: Office, name: str) -> None:
    row = {"name_salt": b"", "wrapped": wrapped("auditor"), "last_step": 0}
    with office.database.writing() as session:
        session.execute(insert(Account), [{"member_id": member_id(name), "name": name, **row}])


@dataclass
class Rewarding:
    """An office with its reward people."""

    office: Office
    people: Iterable[str] = tuple(PEOPLE)

    def __post_init__(self) -> None:
        employ(self.office, self.people)
        self.keys_made = False

    def make_keys(self) -> None:
        """The mint's keys of the year, however long a busy machine takes."""
        if not self.keys_made:
            lay_keys(self.office.world)
            self.office.world.client("patient.json", timeout=60).paying.make_keys(2026)
            self.keys_made = True

    def browser(self, name: str) -> Staff:
        """A browser that confirmed just now, and has listed its tips."""
        staff = self.office.signed_in(name, confirmed=True)
        if name == PROPOSER:
            staff.get("/tips")
        return staff

    def found(self, **changes: Any) -> TipId:
        """A tip that was found partly true, which a second person confirmed."""
        tip = self.office.put_tip(**changes)
        return walk(self.office, TipState.FEEDBACK, tip)

    def post(self, name: str, path: str, fields: Mapping[str, Any], status: int = 303) -> TestResponse:
        """A form as somebody sends it."""
        answer = self.browser(name).post(path, fields, headers=ENGLISH)
        assert answer.status_code == status, answer.text
        return answer

    def get(self, name: str, path: str, status: int = 200) -> str:
        """A page as somebody sees it."""
        answer = self.browser(name).get(path, headers=ENGLISH)
        assert answer.status_code == status, answer.text
        return answer.text

    def propose(self, tip: TipId, status: int = 303, **changes: Any) -> TestResponse:
        """A proposal as it is sent."""
        fields = {**PROPOSAL, "do": "propose", **changes}
        return self.post(PROPOSER, f"/tips/{tip.hex()}/reward", fields, status)

    def proposed(self, tip: TipId | None = None, **changes: Any) -> int:
        """A new award: its number."""
        found = re.fullmatch(
            r"/rewards/(\d+)\?done=reward-proposed", self.propose(tip or self.found(), **changes).location
        )
        assert found
        return int(found[1])

    def check(self, award: int, status: int = 303, by: str = VERIFIER, **changes: str) -> TestResponse:
        """What a verifier types."""
        paper = {**CHECKED, "number": self.letter(award)}
        return self.post(by, f"/rewards/{award}/check", {**paper, **changes}, status)

    def letter(self, award: int) -> str:
        """The number of the letter that the liaison's paper names."""
        tip = self.known(award).award.tip
        return self.office.keeper().states([tip])[tip].case.letter

    def approve(
        self, award: int, amount: str = "20,000", status: int = 303, by: str = APPROVER, **changes: str
    ) -> TestResponse:
        """What an approver says."""
        fields = {"amount": amount, "answer": "yes", **changes}
        return self.post(by, f"/rewards/{award}/approval", fields, status)

    def approved(self, **changes: Any) -> int:
        """An award that waits for the budget."""
        award = self.proposed(**changes)
        self.check(award)
        self.approve(award)
        return award

    def set_budget(self, amount: str = "1,000,000") -> None:
        """This year's, by an approver and the verifier."""
        self.make_keys()
        fields = {"year": "2026", "amount": amount, "reason": WHY, "other": member_id(VERIFIER)}
        self.post(APPROVER, "/rewards/budget", fields)
        self.sign(VERIFIER)

    def sign(self, name: str, status: int = 303) -> TestResponse:
        """Sign what waits for somebody."""
        member = self.office.member(name)
        [waiting] = self.office.services.proposals.waiting_for(member)
        return self.post(name, f"/proposals/{waiting.id}/sign", {}, status)

    def granted(self, **changes: Any) -> int:
        """An award that its reporter may collect."""
        award = self.approved(**changes)
        self.set_budget()
        return award

    def known(self, award: int) -> KnownAward:
        """How it stands by the keeper."""
        return award_of(self.office.keeper().rewards, award)

    def state(self, award: int) -> str:
        """Where it stands."""
        return self.known(award).award.state.value

    def settle(self) -> None:
        """The rows, as the log has them."""
        settle(self.office)
