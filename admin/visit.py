"""Who opens a page, and what the roster gives them at this moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from flask import g

from admin.permissions import Permission, holds, reading_desks
from admin.services import Services
from admin.sessions.service import OpenSession
from crypto.statements import Statement
from tipline.directory.types import Directory
from tipline.ids import AUDITORS, CUSTODIANS, INTAKE, INTEGRITY, PROTECTION
from tipline.keeper_client import KeeperError
from tipline.roster import Member, Roster
from tipline.roster.rules import is_settled
from tipline.roster.types import LEADER


@dataclass(frozen=True)
class Visit:
    """One request of a signed-in, active member, whose permission was checked."""

    services: Services
    session: OpenSession
    roster: Roster
    directory: Directory
    member: Member

    @cached_property
    def desks(self) -> tuple[str, ...]:
        """The desks at which this member reads tips or protection cases, by name."""
        return reading_desks(self.member.desks, self.roster)

    @cached_property
    def waiting(self) -> int:
        """How many proposals wait for this member's signature, and colleagues for a key that they hold."""
        others = (one for one in self.roster.members.values() if one.active and one.id != self.member.id)
        keys = sum(len(one.awaiting & self.member.desks) for one in others)
        return self.services.proposals.count_waiting(self.member.id) + keys

    @cached_property
    def undecided(self) -> int:
        """How many requests for names wait for this custodian; none where the keeper does not say."""
        try:
            asked = self.services.keeper.disclosures.for_custodian(self.member.id) if self.keeps_names else ()
        except KeeperError:
            return 0  # a page of its own tells that the keeper is away
        return sum(not one.approved for one in asked)

    @property
    def reads_tips(self) -> bool:
        """Whether a desk of this member reads tips: the one that protects people reads none."""
        return bool(set(self.desks) - {PROTECTION})

    @property
    def protects(self) -> bool:
        """Whether this member may know of protection cases."""
        return not self.member.desks.isdisjoint((PROTECTION, INTEGRITY))

    @property
    def opens_cases(self) -> bool:
        """Whether this member opens protection cases for people who cannot."""
        return not self.member.desks.isdisjoint((PROTECTION, INTAKE))

    @property
    def keeps_names(self) -> bool:
        """Whether this member is a custodian."""
        return CUSTODIANS in self.member.desks

    @property
    def audits(self) -> bool:
        """Whether this member is an auditor."""
        return AUDITORS in self.member.desks

    @property
    def leads(self) -> bool:
        """Whether this member sees figures and no tip."""
        return LEADER in self.member.roles

    def may(self, permission: str) -> bool:
        """Whether this member may open pages of a permission, by its name."""
        return holds(Permission[permission], self.member, self.roster)

    @property
    def rewards_room(self) -> str:
        """Where this member's work with rewards begins; "" for who has none."""
        rooms = (("REWARDS", ""), ("PAY", "/pay"), ("LEDGER", "/ledger"), ("REWARD_PLACES", "/points"))
        return next((f"/rewards{path}" for permission, path in rooms if self.may(permission)), "")

    @property
    def enters(self) -> bool:
        """Whether this member prints code sheets and enters tips for people who cannot."""
        return INTAKE in self.member.desks

    @property
    def settled(self) -> bool:
        """Whether this member holds a desk or a role, and may file in the interference register."""
        return is_settled(self.member)

    @property
    def reads_register(self) -> bool:
        """Whether this member reads the interference register."""
        return self.audits or self.answers_register

    @property
    def answers_register(self) -> bool:
        """Whether this member answers entries of it, and reports them upward."""
        return INTEGRITY in self.member.desks

    def sign(self, kind: str, fields: Mapping[str, Any]) -> Statement:
        """A fresh statement by this member."""
        return self.session.member.sign(
            kind, fields, origin=self.services.settings.origin, clock=self.services.clock
        )


def this_visit() -> Visit:
    """The visit of the request at hand; set before every view that is not public."""
    return cast(Visit, g.visit)
