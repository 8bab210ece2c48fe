"""Paying the story's award by name: each clerk asks whom to pay, a custodian agrees, and both confirm.

Nobody looks at what is opened.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select

from crypto.policies import IDENTITY
from crypto.statements import Statement
from tipline.accounts.types import UnlockedMember
from tipline.disclosures.grounds import Ground
from tipline.disclosures.reasons import keep_reason
from tipline.disclosures.telling import Tell
from tipline.ids import CUSTODIANS, PAYMENTS, DeskId
from tipline.keeper_client import SlipRequest
from tipline.tips.models import Item, Slip
from tipline.trial.samples.desk_work import DeskWork, SentTip

AGREES: Final = "custodian-1"
HOURS: Final = 24
ASKS_WHY: Final = "奖励须转账，请告知收款人。/ The reward is to be transferred: whom do we pay?"
AGREES_WHY: Final = "举报人希望实名领取。/ The reporter wants to be paid by name."


def pay_by_name(
    work: DeskWork,
    tip: SentTip,
    paid: Mapping[str, int],
    clerks: tuple[UnlockedMember, UnlockedMember],
    custodian: UnlockedMember,
) -> None:
    """Let both clerks see whom to pay, and confirm it.

    Args:
        paid: `award` and `amount` (yuan), as statements name them.
    """
    query = (
        select(Item.id, Item.digest, Item.kind, Item.claim_signature, Slip.slip)
        .join(Slip, Slip.item_id == Item.id)
        .where(Item.tip_id == tip.id, Item.kind == IDENTITY, Slip.desk == PAYMENTS)
        .order_by(Item.position.desc())
        .limit(1)
    )
    with work.database.reading() as session:
        row = session.execute(query).one()
    payee = {"item": row.id.hex(), "hash": row.digest.hex()}
    slip = SlipRequest(row.slip, row.kind, row.claim_signature)
    for clerk in clerks:
        about = {"tip": tip.id.hex(), "desk": PAYMENTS, **payee, "reason": _why(work, ASKS_WHY, CUSTODIANS)}
        order = {"ground": Ground.REWARD, "hours": HOURS, "tell": Tell.AFTER, "emergency": False}
        asks = {**about, **order, "body": "", "letter": ""}
        request = work.keeper.disclosures.request(_signed(work, clerk, "disclosure", asks), slip)
        yes = {"request": request, "approved": True, "reason": _why(work, AGREES_WHY, PAYMENTS)}
        work.keeper.disclosures.decide(_signed(work, custodian, "disclosure-decision", yes))
    for clerk in clerks:
        work.keeper.append(_signed(work, clerk, "pay-named", {**paid, **payee}))


def _signed(work: DeskWork, by: UnlockedMember, kind: str, fields: Mapping[str, Any]) -> Statement:
    return by.sign(kind, fields, origin=work.origin, clock=work.clock)


def _why(work: DeskWork, words: str, desk: DeskId) -> dict[str, str]:
    with work.database.writing() as session:
        item = keep_reason(session, words, desk, work.directory, work.clock.today())
    return {"item": item.id.hex(), "hash": item.digest.hex()}
