"""Every kind of visitor, and for each what is theirs, what is another desk's and what does not exist."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sqlalchemy import insert, select
from werkzeug.routing import Rule

from admin.enrolment.views import enrolments
from tests.admin.conftest import Office, Staff, wrapped
from tests.admin.disclosing import AGREES, ASKS, Asking, leave_name
from tests.admin.interfering import FILER, file
from tests.admin.naming_payees import hold_payments, named_award
from tests.admin.reward_scene import CLERK, CLERKS, JUDGES, PROPOSE, award, give_roles
from tests.world import member_body, member_id
from tipline.accounts.models import Account
from tipline.ids import INTAKE, MemberId, TipId, UnitId, new_member_id
from tipline.protection.asking import Asking as Asked
from tipline.protection.asking import Group, Harm
from tipline.tips.categories import Official
from tipline.tips.models import Item

PROPOSER: Final = "registrar-2"
"""Signs first what waits for the visitors."""
NOBODY: Final = "nobody signed in"
NEWCOMER: Final = "newcomer"
HEAD: Final = "head"
REMOVED: Final = "custodian-2"
MEMBERS: Final = (
    *("registrar", "reviewer-a", "reviewer-b", "integrity", "protection", "auditor", "custodian-1"),
    *(NEWCOMER, HEAD, CLERK),
)
"""A registrar, a reviewer, one whose unit a tip excludes, the desk outside, one who protects people, an
auditor, a custodian, one without desks, one who leads, and a pay clerk."""
VISITORS: Final = (*MEMBERS, REMOVED, NOBODY)

OWN, OTHER, UNKNOWN = "own", "another's", "unknown"

ASKED: Final = Asked(Group.OFFICER, (Harm.FRAMING,), agrees=True)
"""What a protection case says beside its text."""

Example = Mapping[str, str]
"""An address's arguments."""


class NoExample(Exception):
    """An address has an argument for which this module knows no example: add one to `_things`."""


@dataclass
class Scene:
    """An office with tips at two desks, and members of every kind."""

    office: Office

    def __post_init__(self) -> None:
        office, world = self.office, self.office.world
        members = office.services.members
        for name in (NEWCOMER, HEAD, *CLERKS):
            members.carry_out(world.sign("member", "registrar", member=member_body(name, "u2")))
        leads = {"member": member_id(HEAD), "role": "leader", "held": True}
        members.carry_out(world.sign("role", "registrar", "integrity", **leads))
        with office.database.writing() as session:
            shared = {"name_salt": b"", "wrapped": wrapped("auditor"), "last_step": 0}
            names = (NEWCOMER, HEAD, CLERK)
            rows = [{"member_id": member_id(name), "name": name, **shared} for name in names]
            session.execute(insert(Account), rows)
        members.carry_out(world.sign("remove", "registrar", member=member_id(REMOVED)))
        give_roles(office)
        hold_payments(office)
        self.browser("registrar").get("/")  # the first page of a new roster publishes its directory

    def browser(self, visitor: str) -> Staff:
        """A visitor's browser with a fresh session that was confirmed just now."""
        return self.office.browser() if visitor == NOBODY else self.office.signed_in(visitor, confirmed=True)

    def examples(self, rule: Rule, visitor: str) -> Mapping[str, Example]:
        """Arguments of an address by whose they are; an address without arguments is the visitor's own.

        Raises:
            NoExample: of one of its arguments.
        """
        room = rule.rule.split("/")[1]
        things = {name: self._things(room, name, visitor) for name in rule.arguments}
        whose = (OWN, OTHER, UNKNOWN) if rule.arguments else (OWN,)
        return {
            kind: {name: found[kind] for name, found in things.items()}
            for kind in whose
            if all(kind in found for found in things.values())
        }

    def _things(self, room: str, name: str, visitor: str) -> Mapping[str, str]:
        if room in ("tips", "protection") and name in ("text", "item"):
            mine, others = (self._tips if room == "tips" else self._cases)(visitor)
            found = {OWN: mine.hex(), OTHER: others.hex(), UNKNOWN: "0" * 32}
            return found if name == "text" else found | {OWN: self.file_of(mine), OTHER: self.file_of(others)}
        if room in ("log", "account") and name in ("tip", "alert"):
            return self._logged(room, name, visitor)
        if room in ("members", "log") and name == "member":
            return self._people(visitor)
        theirs = {
            "proposals": self._proposals,
            "disclosures": self._disclosures,
            "interference": self._interference,
            "rewards": self._rewards,
        }
        if room in theirs:
            return theirs[room](visitor)
        if (room, name) in (("members", "invited"), ("enrol", "text")):
            return self._enrolments(name)
        if (room, name) not in _CONSTANT:
            raise NoExample(f"/{room}/…<{name}>")
        return _CONSTANT[room, name]

    def _tips(self, visitor: str) -> tuple[TipId, TipId]:
        if visitor == "integrity":
            return self.distant, self.excluding
        return (self.open, self.excluding) if visitor == "reviewer-b" else (self.excluding, self.distant)

    def _cases(self, visitor: str) -> tuple[TipId, TipId]:
        return (self.case_above, self.case) if visitor == "integrity" else (self.case, self.case_above)

    def _logged(self, room: str, name: str, visitor: str) -> Mapping[str, str]:
        if room == "account":  # only its member was asked
            return {OWN if visitor == "reviewer-a" else OTHER: str(self.question()), UNKNOWN: "99999"}
        own = self.logged.hex() if name == "tip" else str(self.alert())
        return {OWN: own, UNKNOWN: "0" * 32 if name == "tip" else "99999"}

    def _disclosures(self, visitor: str) -> Mapping[str, str]:
        """What a custodian may decide; what was handed over to whoever asked, and is strange to others."""
        if visitor == AGREES:
            return {OWN: str(Asking.of(self.office).asked()), UNKNOWN: "99999"}
        whose = OWN if visitor == ASKS else OTHER
        return {whose: str(self.disclosed), UNKNOWN: "99999"}

    def _interference(self, visitor: str) -> Mapping[str, str]:
        """An entry: strange to all but whoever filed it and the two desks."""
        whose = OWN if visitor in (FILER, "integrity", "auditor") else OTHER
        return {whose: self.interference, UNKNOWN: "99999"}

    def _rewards(self, visitor: str) -> Mapping[str, str]:
        """An award; to whom the tip of another excludes, that one is strange. Auditors see them all."""
        unknown = {UNKNOWN: "99999"}
        if visitor == CLERK:
            return unknown | {OWN: str(named_award(self.office))}
        if visitor not in JUDGES:
            return unknown | {OWN: str(self.award) if visitor == "auditor" else "1"}
        return unknown | {OWN: str(self.award), OTHER: str(self._award_apart(visitor))}

    def _award_apart(self, visitor: str) -> int:
        units = {"reviewer-b": ("u3",)}.get(visitor, ("u1", "u2"))
        return award(self.office, PROPOSE["u3" not in units], units)

    @cached_property
    def award(self) -> int:
        """The number of an award that all who judge awards may know of."""
        return award(self.office)

    def _people(self, visitor: str) -> Mapping[str, str]:
        unknown = "m00000000"
        if visitor in ("registrar", "auditor"):  # they see everybody
            return {OWN: member_id("reviewer-a"), UNKNOWN: unknown}
        own = visitor if visitor in MEMBERS else "reviewer-a"
        other = "reviewer-a" if own not in ("reviewer-a", "reviewer-b") else "integrity"
        return {OWN: member_id(own), OTHER: member_id(other), UNKNOWN: unknown}

    def _proposals(self, visitor: str) -> Mapping[str, str]:
        second = visitor if visitor in MEMBERS else "reviewer-a"
        other = "reviewer-b" if second != "reviewer-b" else "integrity"
        return {OWN: self.proposal(second), OTHER: self.proposal(other), UNKNOWN: "0" * 32}

    def proposal(self, second: str) -> str:
        """A fresh one: what another registrar has signed, and `second` has yet to."""
        leads = self.office.keeper().roster().desks[INTAKE].lead == member_id("reviewer-a")
        fields = {"desk": INTAKE, "member": member_id("reviewer-b" if leads else "reviewer-a")}
        first = self.office.member(PROPOSER)
        return self.office.services.proposals.propose("lead", fields, first, MemberId(member_id(second))).id

    def alert(self) -> int:
        """The index of a fresh alert, about a reviewer."""
        office, world, staff = self.office, self.office.world, self.browser("reviewer-a")
        office.keeper().append(
            world.sign("alert-rules", "auditor", "integrity", rules={"decoy": {"on": True}})
        )
        tip = office.put_tip()
        office.keeper().append(world.sign("decoy", "auditor", tip=tip.hex()))
        staff.get("/tips")
        staff.read(tip)
        return office.log_size() - 1

    def question(self) -> int:
        """The index of a fresh alert that its reviewer was asked about."""
        alert = self.alert()
        self.office.keeper().append(self.office.world.sign("alert-ask", "auditor", alert=alert))
        return alert

    def _enrolments(self, name: str) -> Mapping[str, str]:
        member, token = self.invited()
        if name == "invited":
            return {OWN: member, UNKNOWN: "m00000000"}
        return {OWN: token, UNKNOWN: "A" * 43}

    def invited(self) -> tuple[str, str]:
        """Somebody who is being enrolled, with a fresh link: member and token."""
        member = new_member_id()
        token = enrolments(self.office.services).invite(member, f"new-{member}", UnitId("u2"), ())
        return member, token.reveal()

    def file_of(self, tip: TipId) -> str:
        """The only file of a tip."""
        with self.office.database.reading() as session:
            return session.scalars(select(Item.id).where(Item.tip_id == tip, Item.kind == "file")).one().hex()

    @cached_property
    def excluding(self) -> TipId:
        """At the intake desk; excludes the unit of reviewer-b."""
        return self._put(exclude=(UnitId("u3"),))

    @cached_property
    def disclosed(self) -> int:
        """The number of a request that was allowed and handed over."""
        return Asking.of(self.office).running()

    @cached_property
    def interference(self) -> str:
        """The number of an entry in the interference register."""
        return file(self.office)

    @cached_property
    def open(self) -> TipId:
        """At the intake desk, for all who sit there."""
        return self._put()

    @cached_property
    def case(self) -> TipId:
        """A protection case of an officer, at its own desk."""
        return self._put(asking=ASKED)

    @cached_property
    def case_above(self) -> TipId:
        """One that excludes everybody at that desk, and so is with the one above."""
        return self._put(asking=ASKED, exclude=(UnitId("u1"),))

    @cached_property
    def logged(self) -> TipId:
        """One that the log speaks of."""
        self.browser("reviewer-a").get("/tips")
        self.browser("reviewer-a").read(self.open)
        return self.open

    @cached_property
    def distant(self) -> TipId:
        """At the integrity desk alone."""
        return self._put(official=Official.YES)

    def _put(self, **changes: Any) -> TipId:
        tip, code = self.office.put_tip_with_code(files={"photo.jpg": bytes(range(256))}, **changes)
        leave_name(self.office, code)
        return tip


_CONSTANT: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    ("static", "filename"): {OWN: "staff.css", UNKNOWN: "nothing.css"},
    ("language", "code"): {OWN: "en", UNKNOWN: "xx"},
    ("protection", "kind"): {OWN: "application", OTHER: "application", UNKNOWN: "nothing"},
    ("log", "proposal"): {UNKNOWN: "0" * 32},
    ("log", "item"): {OTHER: "1" * 32, UNKNOWN: "0" * 32},
    ("leaders", "form"): {OWN: "xlsx", UNKNOWN: "exe"},
    ("log", "form"): {OWN: "xlsx", UNKNOWN: "exe"},
    ("log", "handout"): {UNKNOWN: "0" * 32},
    ("tips", "handout"): {UNKNOWN: "0" * 32},
    ("log", "month"): {OWN: "2026-02", UNKNOWN: "2026-13"},
}
"""What is the same for every visitor."""
