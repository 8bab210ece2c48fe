"""Requests as a custodian sees them: who asks, why, for how long. Of the tip and of the name, nothing.

A yes is three steps in one request: the decision; the unlock, which gives what the custodians' lock is on;
putting the rest back for whoever asked. When the second or third did not succeed, they are done again.
"""

from collections.abc import Sequence

from admin.disclosures.errors import NotAllowedYet, explained
from admin.disclosures.forms import Decision
from admin.disclosures.requests import moment
from admin.disclosures.sealing import SealedReason, read_reason
from admin.errors import AdminError, NotFound
from admin.readings.identities import PayeeDays, load_identity, pass_on, payee_days
from admin.readings.reader import reader_at
from admin.visit import Visit
from tipline.disclosures.put_backs import keep_put_back
from tipline.disclosures.storing import keep_record
from tipline.ids import CUSTODIANS, PAYMENTS
from tipline.keeper_client import KeeperError, Refused, SlipRequest
from tipline.keeper_client.disclosures import AskedDisclosure
from tipline.tips.answers import Message


def waiting(visit: Visit) -> Sequence[AskedDisclosure]:
    """What this custodian may decide, then what they allowed and whose time is not over.

    Raises:
        KeeperError: the keeper does not answer.
    """
    return visit.services.keeper.disclosures.for_custodian(visit.member.id)


def find_waiting(visit: Visit, number: int) -> AskedDisclosure:
    """One of them.

    Raises:
        NotFound: it is none of theirs, or decided by somebody else.
        KeeperError: the keeper does not answer.
    """
    for one in waiting(visit):
        if one.request == number:
            return one
    raise NotFound


def read_request(visit: Visit, asked: AskedDisclosure) -> Message:
    """Why somebody asks, once the reading is in the log.

    Raises:
        AdminError: the reading was refused.
        KeeperError: nothing was proved to be logged.
    """
    return read_reason(visit, asked.reason, CUSTODIANS)


def days_of_payee(visit: Visit, asked: AskedDisclosure) -> PayeeDays | None:
    """When whom to pay was sent, and whether that changed; None for every other name."""
    if asked.desk != PAYMENTS:
        return None
    with visit.services.database.reading() as session:
        return payee_days(session, bytes.fromhex(asked.item))


def decide(visit: Visit, asked: AskedDisclosure, decision: Decision) -> bool:
    """State a yes or a no, and after a yes hand over; whether everything that follows from it was done.

    Raises:
        DisclosureError: it was not taken; the sentence says why.
        SecondLookNeeded: the member must be asked first; the same form then comes again.
        KeeperError: nothing was proved to be logged.
    """
    services = visit.services
    about = {"request": asked.request, "approved": decision.approved}
    reason = SealedReason(visit, "disclosure-decision", about, decision.words, asked.desk)
    statement = reason.sign("disclosure-decision", about)
    try:
        decided = services.keeper.disclosures.decide(statement)
    except Refused as refused:
        reason.drop()
        raise explained(refused.reason) from refused
    if decided.record:
        with services.database.writing() as session:
            keep_record(session, decided.record, services.log_key)
    return not decision.approved or _handed_over(visit, asked)


def _handed_over(visit: Visit, asked: AskedDisclosure) -> bool:
    """Whether it could be handed over: the yes stands in the log either way, and the page offers it again."""
    try:
        hand_over(visit, asked)
    except (AdminError, KeeperError):
        return False
    return True


def hand_over(visit: Visit, asked: AskedDisclosure) -> None:
    """Take the custodians' lock off what the keeper gives, and put the rest back for whoever asked.

    Raises:
        DisclosureError: it was refused; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    services = visit.services
    with services.database.reading() as session:
        item = load_identity(session, bytes.fromhex(asked.item), asked.desk, asked.digest)
        custodian = reader_at(session, visit.session.member, CUSTODIANS, visit.roster)
    slip = SlipRequest(item.slip, item.kind, item.claim_signature)
    try:
        unlocked = services.keeper.disclosures.unlock(
            visit.sign("disclosure-unlock", {"request": asked.request}), slip
        )
    except Refused as refused:
        raise explained(refused.reason) from refused
    requester = visit.roster.members.get(unlocked.window.requester)
    if requester is None or requester.id != asked.requester:
        raise NotAllowedYet
    sealed = pass_on(unlocked, custodian.identities, requester.recipient, visit.directory.keeper)
    with services.database.writing() as session:
        keep_put_back(session, asked.request, sealed, moment(unlocked.window.until).date())
