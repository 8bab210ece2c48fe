"""Card keys: one for each key of a desk and set of excluded units."""

import hashlib
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from tipline.ids import AUDITORS
from tipline.keeper import models
from tipline.keeper.errors import Refusal
from tipline.keeper.release import card_key_policy
from tipline.keeper.rules.case import Case, Granted, require_desk
from tipline.keeper_client.reasons import Reason


def card_group(case: Case) -> Granted:
    """Keep the slip of a new card key; the keeper gives it out with every later list.

    It belongs to the desk's present key: whoever left the desk may have kept an older card key, which
    opens the cards that were listed under it, and no later one.
    """
    body, maker = case.body, case.only_signer()
    require_desk(maker, body["desk"])
    desk = case.draft.roster.desks[body["desk"]]
    if desk.id == AUDITORS or not desk.reads or not set(body["excluded"]) <= case.draft.roster.units.keys():
        raise Refusal(Reason.NOT_ALLOWED)
    case.require_not_excluded([maker], body["excluded"])
    _require_slip(case, desk.epoch)
    table = models.card_groups
    excluded = " ".join(body["excluded"])
    group = bytes.fromhex(body["group"])
    same = (table.c.desk == desk.id) & (table.c.excluded == excluded) & (table.c.epoch == desk.epoch)
    if case.draft.connection.execute(select(table.c.desk).where(or_(same, table.c.group == group))).first():
        raise Refusal(Reason.GROUP_EXISTS)
    case.draft.connection.execute(
        insert(table).values(
            group=group, desk=desk.id, excluded=excluded, epoch=desk.epoch, slip=case.asked.card_key
        )
    )
    return Granted()


def known_groups(connection: Connection) -> dict[str, dict[str, Any]]:
    """Every card group (hex) with its desk and the units that it excludes; no key."""
    table = models.card_groups
    rows = connection.execute(select(table.c.group, table.c.desk, table.c.excluded))
    return {group.hex(): {"desk": desk, "excluded": excluded.split()} for group, desk, excluded in rows}


def _require_slip(case: Case, epoch: int) -> None:
    body, slips = case.body, case.asked.slips
    if len(slips) != 1 or slips[0] is None:
        raise Refusal(Reason.POLICY_MISMATCH)
    expected = card_key_policy(body["group"], body["desk"], epoch, tuple(body["excluded"]))
    if slips[0].policy != expected or hashlib.sha256(case.asked.card_key).hexdigest() != body["slip"]:
        raise Refusal(Reason.POLICY_MISMATCH)
