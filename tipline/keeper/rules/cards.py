"""Card keys: one for each key of a desk and set of excluded units."""

import hashlib
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from tipline.ids import AUDITORS
from tipline.keeper import models
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.tables import CARD_GROUPS, Values
from tipline.keeper.errors import Refusal
from tipline.keeper.prepared import Prepared
from tipline.keeper.release import card_key_policy
from tipline.keeper.rules.case import Case, Granted, require_desk
from tipline.keeper_client.reasons import Reason

_OF_DESK: Final = Prepared(
    select(*CARD_GROUPS.all_columns)
    .where(models.card_groups.c.desk == bindparam("desk"))
    .order_by(models.card_groups.c.excluded, models.card_groups.c.epoch)
)


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
    row = {"group": bytes.fromhex(body["group"]), "desk": desk.id, "excluded": " ".join(body["excluded"])}
    rows, there = case.draft.rows, groups_of(case.draft.connection, case.draft.rows, desk.id)
    same = (row["desk"], row["excluded"], desk.epoch)
    if rows.one(CARD_GROUPS, row["group"]) or any(one[1:4] == same for one in there):
        raise Refusal(Reason.GROUP_EXISTS)
    rows.put(CARD_GROUPS, [{**row, "epoch": desk.epoch, "slip": case.asked.card_key}])
    rows.count_one_more(count_of(desk.id))
    return Granted()


def groups_of(connection: Connection, rows: Rows, desk: str) -> list[Values]:
    """The card groups of a desk: (group, desk, excluded, epoch, slip), by what they exclude and by epoch.

    Raises:
        RowsChanged: one is not as it was written, or is gone.
    """
    found = list(_OF_DESK.run(connection, {"desk": desk}).fetchall())
    rows.check(CARD_GROUPS, found)
    if len(found) != rows.count(count_of(desk)):
        raise RowsChanged(CARD_GROUPS.name)
    return found


def known_groups(connection: Connection, rows: Rows, desks: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Every card group (hex) of these desks with its desk and the units that it excludes; no key.

    Raises:
        RowsChanged: as `groups_of`.
    """
    return {
        group.hex(): {"desk": desk, "excluded": excluded.split()}
        for each in desks
        for group, desk, excluded, _, _ in groups_of(connection, rows, each)
    }


def count_of(desk: str) -> str:
    """Under which name the groups of a desk are counted."""
    return f"{CARD_GROUPS.name}/{desk}"


def _require_slip(case: Case, epoch: int) -> None:
    body, slips = case.body, case.asked.slips
    if len(slips) != 1 or slips[0] is None:
        raise Refusal(Reason.POLICY_MISMATCH)
    expected = card_key_policy(body["group"], body["desk"], epoch, tuple(body["excluded"]))
    if slips[0].policy != expected or hashlib.sha256(case.asked.card_key).hexdigest() != body["slip"]:
        raise Refusal(Reason.POLICY_MISMATCH)
