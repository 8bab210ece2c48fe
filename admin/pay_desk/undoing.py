"""Taking back a payment that did not happen: two people sign it, and neither of them confirmed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from admin.members.names import Names
from admin.pay_desk.desk import look, read_shown
from admin.pay_desk.errors import ConfirmedIt, NobodySigns, NotPaid, NotThisPayment
from admin.pay_desk.handlers import UNDO
from admin.rewards.joint import propose
from admin.rewards.offers import seconds
from admin.visit import Visit
from tipline.roster.types import APPROVER, PAY_CLERK, VERIFIER


@dataclass(frozen=True)
class Payment:
    """A payment that can be taken back: what names it in statements, and who may sign second (id, name)."""

    pickup: str
    value: int
    point: str
    day: str
    others: Sequence[tuple[str, str]]


def find_payment(visit: Visit, text: str, point: str) -> Payment:
    """The payment of a code. That somebody asked is an entry; the code is not in it.

    Raises:
        PayError: there is none; the sentence says why.
        KeeperError: the keeper does not answer.
    """
    found = look(visit, text, point)
    if found.seen.paid is None:
        raise NotPaid
    if found.seen.mine:
        raise ConfirmedIt
    others = second_people(visit)
    if not others:
        raise NobodySigns
    seen = found.seen
    return Payment(seen.pickup, seen.value, seen.point, found.seen.paid.isoformat(), others)


def shown_payment(visit: Visit, form: Mapping[str, str]) -> Payment | None:
    """The payment as the page of this form showed it, to be shown again beside what is wrong."""
    try:
        pickup, value = read_shown(form)
    except NotThisPayment:
        return None
    return Payment(pickup, value, form.get("point", ""), form.get("day", ""), second_people(visit))


def second_people(visit: Visit) -> Sequence[tuple[str, str]]:
    """Who may sign beside this member, each with their name, by name: one of the two is an approver."""
    names = Names.of(visit)
    found = ((one, names.member(one)) for one in seconds(visit, APPROVER, (PAY_CLERK, VERIFIER)))
    return sorted(found, key=lambda pair: pair[1])


def propose_undo(visit: Visit, form: MultiDict[str, str]) -> None:
    """Sign first that a payment did not happen; the voucher is good again once the second person has signed.

    Raises:
        AdminError: it was not proposed; the sentence says why.
        SecondLookNeeded: the member must confirm first.
        KeeperError: the keeper does not answer.
    """
    pickup, value = read_shown(form)
    propose(visit, UNDO, {"pickup": pickup, "value": value}, form, dict(second_people(visit)))
