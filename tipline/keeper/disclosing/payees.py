"""Who is paid by name: what a reporter left for it opens for pay clerks and custodians, and for nobody else.

Pay clerks stand on no tip's route. While an award is to be paid by name, and no longer, a request of theirs
meets its tip as if the route named their desk alone; whom the tip excludes stays shut out.

Source: docs/decisions/0010-rewards.md, "By name, if wanted".
"""

from dataclasses import replace
from datetime import date

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


def payee_agreed(connection: Connection, rows: Rows, tip: bytes, clerk: str, today: date) -> str:
    """Whom custodians let pay clerks see for a tip, the newest: the item's hash; "" where nobody asked.

    Whoever has the code can send another payee, also after a yes. Then nobody is paid before clerks have
    asked for that one, a custodian has agreed, and a clerk who saw the earlier one sees it, too.

    Raises:
        Refusal: not-approved; another one was asked for last, or is what this clerk saw.
        RowsChanged: a request is not as it was written, or is gone.
    """
    asked = stored.of_tip(connection, rows, tip, PAYMENTS)
    agreed = [one for one in asked if one.state == APPROVED]
    waiting = [one for one in asked if one.is_open and not one.is_late(today)]
    own = [one for one in agreed if one.requester == clerk]
    last = [*agreed[-1:], *own[-1:], *(one for one in waiting if not agreed or one.index > agreed[-1].index)]
    if len({one.digest for one in last}) > 1 or (waiting and not agreed):
        raise Refusal(Reason.NOT_APPROVED)
    return agreed[-1].digest.hex() if agreed else ""


def _named(rows: Rows, tip: bytes) -> Award | None:
    award = of_tip(rows, tip)
    return award if award is not None and award.state is AwardState.NAMED else None
