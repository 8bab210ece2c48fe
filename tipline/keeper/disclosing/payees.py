"""Who is paid by name: what a reporter left for it opens for pay clerks and custodians, and for nobody else.

Pay clerks stand on no tip's route. While an award is to be paid by name, and no longer, a request of theirs
meets its tip as if the route named their desk alone; whom the tip excludes stays shut out.

Source: docs/decisions/0010-rewards.md, "By name, if wanted".
"""

from dataclasses import replace

from sqlalchemy import Connection

from crypto.policies import Route
from tipline.disclosures.grounds import Ground
from tipline.ids import PAYMENTS
from tipline.keeper.digests.rows import Rows
from tipline.keeper.disclosing import standing as stored
from tipline.keeper.disclosing.standing import APPROVED
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Standing
from tipline.keeper.rewards.awards import of_tip
from tipline.keeper_client.reasons import Reason
from tipline.rewards.award import Award, AwardState
from tipline.roster import Member

Payee = tuple[bytes, bytes]
"""An item that says whom to pay, and its hash: 16 and 32 bytes."""


def as_payee(rows: Rows, tip: bytes, desk: str, ground: str, standing: Standing) -> Standing:
    """A tip's standing as this desk meets it; the same for every desk but the pay clerks'.

    Raises:
        Refusal: not-allowed; nobody is to be paid by name for this tip, or another ground is named.
        RowsChanged: the award's row is not as it was written.
    """
    if desk != PAYMENTS:
        return standing
    if ground != Ground.REWARD or _named(rows, tip) is None:
        raise Refusal(Reason.NOT_ALLOWED)
    return replace(standing, route=Route((PAYMENTS,), standing.route.excluded))


def require_no_step(rows: Rows, tip: bytes, desk: str, member: Member) -> None:
    """Refuse whoever took a step of the award that is to be paid: nobody brings a reward on its way and pays.

    Raises:
        Refusal: another-person.
        RowsChanged: the award's row is not as it was written.
    """
    award = _named(rows, tip) if desk == PAYMENTS else None
    if award is not None and member.id in award.people:
        raise Refusal(Reason.ANOTHER_PERSON)


def require_payee(connection: Connection, rows: Rows, award: Award, clerk: str, named: Payee) -> None:
    """Refuse a payment by name to anybody but the newest payee, whom a custodian let this very clerk see.

    Whoever has the code can send another payee, also after a yes. The keeper knows of one when it is first
    asked for; from then on no earlier one is paid, whatever becomes of that request. Requests from before
    the reporter's wish, as after an award that was cancelled, count no more.

    Raises:
        Refusal: not-approved.
        RowsChanged: a request is not as it was written, or is gone.
    """
    of_tip = stored.of_payee(connection, rows, bytes.fromhex(award.tip))
    asked = [one for one in of_tip if one.index > award.told]
    payees = list(dict.fromkeys((one.item, one.digest) for one in asked))
    if payees[-1:] != [named]:
        raise Refusal(Reason.NOT_APPROVED)
    approved = (one for one in asked if one.state == APPROVED and (one.item, one.digest) == named)
    own = [one for one in approved if one.requester == clerk]
    if not own:
        raise Refusal(Reason.NOT_APPROVED)


def _named(rows: Rows, tip: bytes) -> Award | None:
    award = of_tip(rows, tip)
    return award if award is not None and award.state is AwardState.NAMED else None
