"""Awards that are to be paid by name: what a pay clerk sees of each, asks for, and confirms.

A clerk sees an award's number and amount. The tip stands in the statements, and on none of these pages.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from admin.disclosures.errors import NoCustodians, ReasonMissing
from admin.disclosures.sealing import SealedReason
from admin.errors import NotFound
from admin.payees.errors import NewerPayee, NothingKept, NotShown, TookAStep, explained
from admin.readings.identities import find_payee, find_payees_of
from admin.readings.sealed import SealedItem
from admin.visit import Visit
from tipline.awards.storing import keep_told
from tipline.disclosures.grounds import Ground
from tipline.disclosures.standing import Stands
from tipline.disclosures.telling import Tell
from tipline.ids import CUSTODIANS, PAYMENTS, TipId
from tipline.keeper_client import Refused, SlipRequest
from tipline.keeper_client.disclosures import MyDisclosure
from tipline.keeper_client.rewards import KnownAward
from tipline.mailbox.identity import custodians_of
from tipline.rewards.award import Award, AwardState
from tipline.roster.rules import has_role
from tipline.roster.types import PAY_CLERK

AT_ONCE: Final = 50
"""Awards on one page."""
HOURS: Final = 24
"""How long a name may be looked at: the money is brought on its way within a day."""
_UNDER_WAY: Final = frozenset((Stands.OPEN, Stands.WAITING, Stands.RUNNING))
_ASKED: Final = _UNDER_WAY | {Stands.OVER}


@dataclass(frozen=True)
class ToPay:
    """An award that is to be paid by name, and the clerk's own request for it that is under way.

    Attributes:
        sent: the days on which whom to pay was sent, the oldest first; each replaces the one before.
        seen: the day of the one that this clerk asked for last, else of the one that the first clerk paid;
            None where there is none.
        first: the clerk who confirmed it first, where that still counts; empty where nobody did.
        has_changed: whether another one was sent since then. Nobody is paid before it was asked for anew.
        shown: the request by which a custodian let this clerk see the one that was sent last; None where
            nobody did. Its item is whom the clerk's confirmation names.
    """

    award: Award
    mine: MyDisclosure | None
    sent: tuple[date, ...] = ()
    seen: date | None = None
    first: str = ""
    has_changed: bool = False
    shown: MyDisclosure | None = None

    @property
    def since(self) -> date:
        """The day on which the reporter asked for it."""
        return date.fromisoformat(self.award.collected)


@dataclass(frozen=True)
class PayList:
    """Some of what is to be paid by name, the oldest first; `more` is where the next ones stand, or ""."""

    found: Sequence[ToPay]
    more: str


def to_pay(visit: Visit, beyond: int | None = None) -> PayList:
    """What is to be paid by name, `AT_ONCE` at a time, those behind an award's number.

    Raises:
        KeeperError: the keeper does not answer.
    """
    named = visit.services.keeper.rewards.standing(AwardState.NAMED, beyond, count=AT_ONCE)
    found = sorted(_of(visit, named.awards), key=lambda one: (one.since, one.award.index))
    return PayList(found, "" if named.last is None else f"/rewards/by-name?beyond={named.last}")


def _of(visit: Visit, known: Iterable[KnownAward]) -> Sequence[ToPay]:
    """Those of them that this clerk may pay."""
    services, today = visit.services, visit.services.clock.today()
    awards = [
        one.award
        for one in known
        if one.award.state is AwardState.NAMED
        and not visit.roster.is_excluded(visit.member.id, one.excluded, today)
    ]
    own = services.keeper.disclosures.of_member(visit.member.id)
    asked: defaultdict[str, list[MyDisclosure]] = defaultdict(list)
    for one in own:
        if one.desk == PAYMENTS:
            asked[one.tip].append(one)
    claims = {TipId(bytes.fromhex(award.tip)): bytes.fromhex(award.claim) for award in awards}
    with services.database.reading() as session:
        payees = find_payees_of(session, claims)
    return [_to_pay(visit, one, asked[one.tip], payees[TipId(bytes.fromhex(one.tip))]) for one in awards]


def _to_pay(visit: Visit, award: Award, asked: Sequence[MyDisclosure], payees: Sequence[SealedItem]) -> ToPay:
    """One of them, with this clerk's requests for it, the newest first, and what was sent, as well."""
    last = next((one for one in asked if one.stands in _ASKED), None)
    known = last.digest if last else award.payee
    newest = payees[0].digest.hex() if payees else ""
    has_changed = bool(known and newest) and newest != known
    under_way = last if last and last.stands in _UNDER_WAY and not has_changed else None
    return ToPay(
        award,
        under_way,
        tuple(one.day for one in reversed(payees)),
        next((one.day for one in payees if one.digest.hex() == known), None),
        _first(visit, award),
        has_changed,
        next((one for one in asked if one.approved and one.digest == newest), None),
    )


def _first(visit: Visit, award: Award) -> str:
    """Who confirmed first: on this day, by the keeper's rule, and as somebody who still is a pay clerk."""
    counts = award.clerk_day == visit.services.clock.today().isoformat()
    return award.clerk if counts and has_role(visit.roster, award.clerk, PAY_CLERK) else ""


def find(visit: Visit, number: int) -> ToPay:
    """One of them, by its award's number.

    Raises:
        NotFound: it is none.
        KeeperError: the keeper does not answer.
    """
    for one in _of(visit, visit.services.keeper.rewards.awards([number])):
        return one
    raise NotFound


def ask(visit: Visit, one: ToPay, words: str) -> int:
    """Ask the custodians whom to pay; the request's number.

    Raises:
        AdminError: it was not taken; the sentence says why.
        SecondLookNeeded: the member must be asked first; the same form then comes again.
        KeeperError: nothing was proved to be logged.
    """
    if not words.strip():
        raise ReasonMissing
    if custodians_of(visit.directory) is None:
        raise NoCustodians
    payee = _payee(visit, one.award)
    about = {"tip": one.award.tip, "desk": PAYMENTS, **payee.named}
    order = {"ground": Ground.REWARD, "hours": HOURS, "tell": Tell.AFTER, "emergency": False}
    reason = SealedReason(visit, "disclosure", about, words.strip(), CUSTODIANS)
    statement = reason.sign("disclosure", {**about, **order, "body": "", "letter": ""})
    slip = SlipRequest(payee.slip, payee.kind, payee.claim_signature)
    try:
        return visit.services.keeper.disclosures.request(statement, slip)
    except Refused as refused:
        reason.drop()
        raise explained(refused.reason) from refused


def confirm(visit: Visit, one: ToPay) -> bool:
    """Confirm that whom a custodian let this clerk see was paid; False while a second clerk is awaited.

    Raises:
        AdminError: it was not taken; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    award, services = one.award, visit.services
    if visit.member.id in award.people:
        raise TookAStep
    if one.has_changed:
        raise NewerPayee
    if one.shown is None:
        raise NotShown
    payee = {"item": one.shown.item, "hash": one.shown.digest}
    fields = {"award": award.index, "amount": award.amount, **payee}
    try:
        appended = services.keeper.append(visit.sign("pay-named", fields))
    except Refused as refused:
        raise explained(refused.reason) from refused
    keep_told(services.database, services.keeper, appended.index)
    [known] = services.keeper.rewards.awards([award.index])
    return known.award.state is AwardState.SETTLED


def _payee(visit: Visit, award: Award) -> SealedItem:
    """What says whom to pay, unopened.

    Raises:
        NothingKept: nothing that the reporter signed.
    """
    with visit.services.database.reading() as session:
        tip = TipId(bytes.fromhex(award.tip))
        found = find_payee(session, tip, bytes.fromhex(award.claim))
    if found is None:
        raise NothingKept
    return found
