"""Who may ask for an identity and who may agree, as the roster and the tip's latest route say now.

Asked at the request, at the decision, at the unlock and at each view: whoever leaves, is shut out or changes
sides in between takes the window with them.
"""

from datetime import date

from sqlalchemy import Connection, select

from crypto.errors import BadFormat, BadSignature
from crypto.statements import DONE, Entry, Statement
from tipline.ids import AUDITORS, CUSTODIANS, PAYMENTS, DeskId
from tipline.keeper import models
from tipline.keeper.disclosing.standing import APPROVED, Disclosure
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Standing
from tipline.keeper_client.reasons import Reason
from tipline.roster import Member, Roster, RosterRefused
from tipline.roster.types import PAY_CLERK
from tipline.tips.moves import ENDED, TipState


def known(standing: Standing | None) -> Standing:
    """The tip's standing.

    Raises:
        Refusal: unknown-tip.
    """
    if standing is None:
        raise Refusal(Reason.UNKNOWN_TIP)
    return standing


def require_running(standing: Standing, desk: str) -> None:
    """Refuse a tip that is closed or erased. Asked after the people: whom it excludes learns nothing of it.

    A reward is mostly paid when its tip is closed already.

    Raises:
        Refusal: tip-closed.
    """
    if standing.case.state in ENDED and not (desk == PAYMENTS and standing.case.state is TipState.CLOSED):
        raise Refusal(Reason.TIP_CLOSED)


def require_requester(roster: Roster, today: date, member: Member, desk: str, standing: Standing) -> None:
    """Refuse somebody who may not ask for an identity of this tip at this desk.

    Raises:
        Refusal: removed-member, desk-not-held, not-allowed or excluded.
    """
    if not member.active:
        raise Refusal(Reason.REMOVED_MEMBER)
    if not member.holds(desk):
        raise Refusal(Reason.DESK_NOT_HELD)
    if CUSTODIANS in member.desks | member.awaiting:
        raise Refusal(Reason.NOT_ALLOWED)
    known = roster.desks.get(DeskId(desk))
    if known is None or known.id == AUDITORS or desk not in standing.route.desks:
        raise Refusal(Reason.NOT_ALLOWED)
    if not known.reads and not (known.id == PAYMENTS and PAY_CLERK in member.roles):
        raise Refusal(Reason.NOT_ALLOWED)
    if roster.is_excluded(member.id, standing.route.excluded, today):
        raise Refusal(Reason.EXCLUDED)


def require_approver(
    roster: Roster, today: date, member: Member, asked: Disclosure, standing: Standing
) -> None:
    """Refuse somebody who may not decide a request: who asked, who may read the tip, or whom it excludes.

    Raises:
        Refusal: another-person, removed-member, desk-not-held, not-allowed or excluded.
    """
    if member.id == asked.requester:
        raise Refusal(Reason.ANOTHER_PERSON)
    if not member.active:
        raise Refusal(Reason.REMOVED_MEMBER)
    if not member.holds(CUSTODIANS):
        raise Refusal(Reason.DESK_NOT_HELD)
    if not (member.desks | member.awaiting).isdisjoint(standing.route.desks):
        raise Refusal(Reason.NOT_ALLOWED)
    if roster.is_excluded(member.id, standing.route.excluded, today):
        raise Refusal(Reason.EXCLUDED)


def require_both(roster: Roster, today: date, asked: Disclosure, standing: Standing) -> None:
    """Refuse when one of the two who agreed could not do so now.

    Why it is so of the other one, nobody is told.

    Raises:
        Refusal: not-allowed.
    """
    try:
        requester, approver = (_member(roster, who) for who in (asked.requester, asked.approver))
        require_requester(roster, today, requester, asked.desk, standing)
        require_approver(roster, today, approver, asked, standing)
    except Refusal as refusal:
        raise Refusal(Reason.NOT_ALLOWED) from refusal


def require_requester_still(roster: Roster, today: date, asked: Disclosure, standing: Standing) -> None:
    """Refuse when the requester could not ask now; why, nobody is told.

    Raises:
        Refusal: not-allowed.
    """
    try:
        require_requester(roster, today, _member(roster, asked.requester), asked.desk, standing)
    except Refusal as refusal:
        raise Refusal(Reason.NOT_ALLOWED) from refusal


def require_signatures(connection: Connection, roster: Roster, asked: Disclosure) -> None:
    """Refuse unless request and yes stand in the log, each under the present key of who made it.

    A row says so already. This is the second net: whoever writes rows, and has two people say that they
    shall count, still has nobody's signature.

    Raises:
        Refusal: not-approved.
    """
    if asked.state != APPROVED or asked.requester == asked.approver:
        raise Refusal(Reason.NOT_APPROVED)
    decision = {
        "type": "disclosure-decision",
        "by": [asked.approver],
        "request": asked.index,
        "approved": True,
    }
    signed_request(connection, roster, asked)
    _signed(connection, asked.decided, decision, roster)


def signed_request(connection: Connection, roster: Roster, asked: Disclosure) -> Statement:
    """What was asked for, as its requester signed it, under their present key.

    Raises:
        Refusal: not-approved; the log holds no such request there.
    """
    said = {
        "type": "disclosure",
        "by": [asked.requester],
        "desk": asked.desk,
        "hours": asked.hours,
        "ground": asked.ground,
        "item": asked.item.hex(),
        "hash": asked.digest.hex(),
        "tip": asked.tip.hex(),
    }
    return _signed(connection, asked.index, said, roster)


def _signed(connection: Connection, index: int, said: dict[str, object], roster: Roster) -> Statement:
    """The statement at a place of the log, where it says that much under its signers' present keys."""
    table = models.entries.c
    data = connection.scalar(select(table.entry).where(table.index == index)) or b""
    try:
        entry = Entry.decode(data)
    except BadFormat as error:  # forgotten, or not there
        raise Refusal(Reason.NOT_APPROVED) from error
    statement = entry.statement
    if entry.outcome != DONE or {name: statement.body.get(name) for name in said} != said:
        raise Refusal(Reason.NOT_APPROVED)
    keys = {signer: _member(roster, signer).signing_key for signer in statement.signers}
    try:
        statement.verify(keys)
    except BadSignature as error:
        raise Refusal(Reason.NOT_APPROVED) from error
    return statement


def _member(roster: Roster, who: str) -> Member:
    try:
        return roster.member(who)
    except RosterRefused as refused:
        raise Refusal(Reason.UNKNOWN_MEMBER) from refused
