"""Protection cases at the admin site: as the public site stores them, and the desk's browsers."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import insert
from werkzeug.test import TestResponse

from admin.protection.forms import CHOSEN, TEXTS
from crypto.tracking_codes import TrackingCode
from tests.admin.conftest import Office, Staff, hidden_state, wrapped
from tests.world import member_body, member_id, member_seed
from tipline.accounts.models import Account
from tipline.accounts.service import seal_desk_seed
from tipline.identities.alias import alias_code
from tipline.ids import PROTECTION, ItemId, MemberId, TipId
from tipline.mailbox.thread import find_mailbox
from tipline.mailbox.writing import add_notice
from tipline.protection.asking import Asking, Group, Harm
from tipline.tips.categories import Category, Official
from tipline.tips.topics import Topic

ENGLISH: Final = {"Accept-Language": "en"}
FIRST, SECOND, THIRD = "protection", "protection-2", "protection-3"
CANARY: Final = "They said they know which school the child goes to."
TODAY, YESTERDAY, TOMORROW = "2026-03-03", "2026-03-02", "2026-03-04"

DANGER: Final[dict[str, Any]] = {
    "danger_what": "The quarry's people threaten to burn the house.",
    "danger_since": YESTERDAY,
    "danger_at_once": ["police", "escort"],
}
ASSESSMENT: Final[dict[str, Any]] = {
    "risk_threat": "3",
    "risk_capability": "2",
    "risk_exposure": "3",
    "risk_dependants": "2",
    "risk_triggers": "1",
    "risk_level": "suggested",
}
PLAN: Final[dict[str, Any]] = {
    "plan_what_1": "patrol",
    "plan_owner_1": "Police station, duty officer",
    "plan_from_1": TODAY,
    "plan_consent": "mailbox",
}
REVIEW: Final[dict[str, Any]] = {
    "review_changed": "Nobody has come back.",
    "review_kept": "yes",
    "review_danger": "less",
}
CLOSING: Final[dict[str, Any]] = {
    "closing_criteria": ["danger-over", "person-agrees"],
    "closing_reached": "mailbox",
    "closing_how": "In the mailbox, and at the desk.",
}


CAME_BY: Final = {
    "group": "witness",
    "agrees": "yes",
    "harms": "threat",
    "channel": "walk-in",
    "came_on": YESTERDAY,
    "no_sheet": "yes",
    "description": CANARY,
}
"""What is typed in for somebody who came by."""
CASE_FIELDS: Final = (*TEXTS, *CHOSEN, *("message", "note", "reason", "purpose", "move", "exclude", "second"))
"""Every field of a case's page."""


@dataclass
class Desk:
    """An office with a second member at the protection desk."""

    office: Office
    browsers: dict[str, Staff] = field(default_factory=dict)

    @classmethod
    def of(cls, office: Office, second: bool = True) -> "Desk":
        """The desk; its second member sits outside the township."""
        desk = cls(office)
        if second:
            desk.join(SECOND, "u9")
        return desk

    def join(self, name: str, unit: str) -> None:
        """Let somebody join the desk, with an account."""
        office, world = self.office, self.office.world
        members = office.services.members
        members.carry_out(world.sign("member", "registrar", member=member_body(name, unit)))
        grant = {"member": member_id(name), "desk": PROTECTION, "until": ""}
        members.carry_out(world.sign("grant", "registrar", FIRST, **grant))
        row = {"name": name, "name_salt": b"", "wrapped": wrapped("auditor"), "last_step": 0}
        with office.database.writing() as session:
            session.execute(insert(Account), [{"member_id": member_id(name), **row}])
            seed, to = world.desks[PROTECTION].seed, member_seed(name).identity.recipient
            seal_desk_seed(session, world.desk_keys(PROTECTION)[0], seed, MemberId(member_id(name)), to)

    def browser(self, name: str = FIRST) -> Staff:
        """A member's browser, the same each time."""
        if name not in self.browsers:
            self.browsers[name] = self.office.signed_in(name, confirmed=True)
        return self.browsers[name]

    def asked(self, group: Group = Group.WITNESS, **changes: Any) -> tuple[TipId, TrackingCode]:
        """A case that somebody asked for, listed by the desk."""
        answers: dict[str, Any] = {"category": Category.RETALIATION, "official": Official.NOT_SAID}
        asking = Asking(group, (Harm.THREAT,), changes.pop("of", ""), agrees=changes.pop("agrees", True))
        case, code = self.office.put_tip_with_code(
            changes.pop("description", CANARY), **(answers | {"asking": asking} | changes)
        )
        self.browser().get("/protection")
        return case, code

    def case(self, group: Group = Group.WITNESS, **changes: Any) -> TipId:
        """The same without its code."""
        return self.asked(group, **changes)[0]

    def page(self, case: TipId, by: str = FIRST) -> TestResponse:
        """The page before a reading."""
        return self.browser(by).get(f"/protection/{case.hex()}", headers=ENGLISH)

    def read(self, case: TipId, by: str = FIRST, purpose: str = "protection") -> TestResponse:
        """The page after a reading."""
        return self.post(case, by, purpose=purpose)

    def post(self, case: TipId, by: str = FIRST, **fields: Any) -> TestResponse:
        """What a page posts."""
        return self.browser(by).post(f"/protection/{case.hex()}", fields, headers=ENGLISH)

    def act(self, case: TipId, step: str, by: str = FIRST, **fields: Any) -> TestResponse:
        """A step after a fresh reading."""
        self.browser(by).get("/protection")
        return self.post(case, by, state=hidden_state(self.read(case, by)), step=step, **fields)

    def filled(self, case: TipId) -> dict[str, Any]:
        """A form that moves nothing, as a page that was read posts it."""
        fields = {"measure_what": "escort", "measure_state": "done", "measure_on": YESTERDAY}
        return {"state": hidden_state(self.read(case)), "step": "measure", **fields}

    def done(self, case: TipId, step: str, by: str = FIRST, **fields: Any) -> TestResponse:
        """A step that is taken."""
        answer = self.act(case, step, by, **fields)
        assert answer.status_code == 200, problems(answer)
        assert 'class="notice"' in answer.text, problems(answer)
        return answer

    def state(self, case: TipId) -> str:
        """Where the case stands by the log."""
        return self.office.keeper().states([case.hex()])[case.hex()].state.value

    def reach(self, case: TipId, state: str) -> None:
        """Bring a fresh case to a state by the steps that people take."""
        steps: list[tuple[str, str, str, dict[str, Any]]] = [
            ("assessing", "danger", FIRST, DANGER),
            ("planning", "assessment", FIRST, ASSESSMENT),
            ("approving", "plan", FIRST, PLAN),
            ("protected", "move", SECOND, {"move": "protected"}),
            ("ending", "closing", FIRST, CLOSING),
        ]
        for target, step, by, fields in steps:
            if self.state_or_asked(case) == state:
                return
            self.done(case, step, by, **fields)
            assert self.state(case) == target
        assert self.state(case) == state

    def state_or_asked(self, case: TipId) -> str:
        """Where it stands; what nobody has read yet was asked for."""
        found = self.office.keeper().states([case.hex()])
        return found[case.hex()].state.value if found else "asked"


def tell(office: Office, code: TrackingCode, topic: Topic, answers: dict[str, str]) -> None:
    """What a mailbox writes into its thread beside a text."""
    with office.database.reading() as session:
        mailbox = find_mailbox(session, code)
    add_notice(mailbox, topic, "", office.intake(), answers=answers)


def alias(case: TipId, group: str = "Witness") -> str:
    """What a page calls the person."""
    return f"{group} {alias_code(ItemId(case))}"


def problems(answer: TestResponse) -> str:
    """The sentences of a page's summary of errors."""
    found = re.findall(r'class="problem"[^>]*>(.*?)</div>', answer.text, re.DOTALL)
    return " ".join(found) or answer.text[:3000]
