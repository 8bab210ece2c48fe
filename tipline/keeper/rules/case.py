"""A request under examination, and the questions that most rules ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crypto.policies import Policy, Route
from crypto.statements import Statement
from crypto.windows import Window
from tipline.disclosures.records import DisclosureRecord
from tipline.ids import AUDITORS, INTEGRITY, PROTECTION, DeskId
from tipline.keeper.asked import Asked
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Pin, Standing
from tipline.keeper.release import OpenedSlip
from tipline.keeper.state import Draft
from tipline.keeper_client.reasons import Reason
from tipline.roster import Member, Roster
from tipline.roster.subjects import stated_on
from tipline.routing import protects
from tipline.tips.case_file import CaseFile
from tipline.tips.moves import TipState


@dataclass(frozen=True)
class CardKey:
    """A card group's key, still under the keeper's lock: it comes off after the list is logged."""

    group: bytes
    excluded: tuple[str, ...]
    slip: bytes = field(repr=False)


@dataclass(frozen=True)
class Granted:
    """What a statement earns, once its entry is durable."""

    inner: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)  # (item, slip without our lock)
    withheld: tuple[str, ...] = ()
    card_keys: tuple[CardKey, ...] = ()
    routes: tuple[Route, ...] = ()  # the latest one: of the tip that was read, or for each card in `inner`
    cases: tuple[tuple[str, CaseFile], ...] = ()  # (tip, its case afterwards)
    window: Window | None = None  # of the disclosure whose slip is in `inner`
    told: DisclosureRecord | None = None  # what a reporter is told at once
    pickup: Mapping[str, Any] | None = field(default=None, repr=False)  # of a pickup code that was typed


@dataclass(frozen=True)
class Case:
    """A statement whose signers are known, and the state that it meets."""

    asked: Asked
    statement: Statement
    draft: Draft

    @property
    def body(self) -> Mapping[str, Any]:
        """The statement's body, its shape checked."""
        return self.statement.body

    def signers(self) -> list[Member]:
        """Who signed, with the desks that they held on the day of their statement."""
        day = stated_on(self.body)
        return [self.draft.roster.members[signer].on(day) for signer in self.statement.signers]

    def only_signer(self) -> Member:
        """The one signer.

        Raises:
            Refusal: not-allowed; several people signed what one person states.
        """
        signers = self.signers()
        if len(signers) != 1:
            raise Refusal(Reason.NOT_ALLOWED)
        return signers[0]

    def units(self, member: Member) -> frozenset[str]:
        """The units that a member stands for today."""
        return self.draft.roster.units_of(member.id, self.draft.today)

    def standing(self, tip: str | None = None) -> Standing:
        """Where the statement's tip stands, or another one that it names.

        Raises:
            Refusal: unknown-tip; not-allowed when it was erased.
        """
        standing = self.draft.pins.tip(bytes.fromhex(tip or self.body["tip"]))
        if standing is None:
            raise Refusal(Reason.UNKNOWN_TIP)
        if standing.case.state is TipState.ERASED:
            raise Refusal(Reason.NOT_ALLOWED)
        return standing

    def require_not_excluded(self, members: Iterable[Member], excluded: Iterable[str]) -> None:
        """Refuse when a unit of one of them is excluded.

        Raises:
            Refusal: excluded.
        """
        barred = frozenset(excluded)
        if barred and any(self.units(member) & barred for member in members):
            raise Refusal(Reason.EXCLUDED)

    def require_desk_reads(self, route: Route) -> None:
        """Refuse a desk that reads no tips, or that the latest route does not name.

        Raises:
            Refusal: not-allowed.
        """
        desk = self.body["desk"]
        if desk == AUDITORS or not self.draft.roster.desks[desk].reads or desk not in route.desks:
            raise Refusal(Reason.NOT_ALLOWED)

    def somebody_reads(self, route: Route) -> bool:
        """Whether anybody at the desks of a route may read under it: nobody buries a tip by excluding all."""
        members = self.draft.roster.members.values()
        holders = (member for member in members if member.active and member.desks.intersection(route.desks))
        return any(not self.units(member).intersection(route.excluded) for member in holders)

    def pin_new(self, named: Mapping[str, str], kind: str, *, tip: str | None = None) -> None:
        """Pin an item that this statement brings into being; nothing, when it names none.

        Args:
            tip: the tip that it is kept with, when the statement names several.

        Raises:
            Refusal: item-mismatch; there is an item of this name.
        """
        if not named:
            return
        item = bytes.fromhex(named["item"])
        if self.draft.pins.item(item) is not None:
            raise Refusal(Reason.ITEM_MISMATCH)
        pin = Pin(bytes.fromhex(tip or self.body["tip"]), bytes.fromhex(named["hash"]), kind)
        self.draft.pins.put_item(item, pin)


def may_have(draft: Draft, member: Member, route: Route) -> bool:
    """Whether a tip under this route may be somebody's: an active holder, no unit of theirs excluded.

    Whose desks wait for their new keys to be passed on is still of the desk.
    """
    holds = member.active and not (member.desks | member.awaiting).isdisjoint(route.desks)
    return holds and not draft.roster.is_excluded(member.id, route.excluded, draft.today)


def knows(roster: Roster, route: Route) -> bool:
    """Whether every desk of a route is one that reads, and every unit one of the roster's.

    A protection case is for the desk that protects, and for the one above; no tip shares a route with it.
    """
    if protects(route) and not set(route.desks) <= {PROTECTION, INTEGRITY}:
        return False
    desks = (roster.desks.get(DeskId(desk)) for desk in route.desks)
    known = all(desk is not None and desk.reads and desk.id != AUDITORS for desk in desks)
    return known and bool(route.desks) and set(route.excluded) <= roster.units.keys()


def require_desk(member: Member, desk: str) -> None:
    """Refuse a member who does not hold the desk they speak for.

    Raises:
        Refusal: desk-not-held.
    """
    if desk not in member.desks:
        raise Refusal(Reason.DESK_NOT_HELD)


def require_policy(slip: OpenedSlip | None, *, item: str, digest: str, desk: str) -> Policy:
    """The policy of a slip, which must be for this item and this desk.

    Raises:
        Refusal: policy-mismatch.
    """
    if slip is None or (slip.policy.item, slip.policy.digest, slip.policy.desk) != (item, digest, desk):
        raise Refusal(Reason.POLICY_MISMATCH)
    return slip.policy
