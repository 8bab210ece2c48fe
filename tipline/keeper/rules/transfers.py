"""Transfers to a competent body: who may be sent a letter, what a receipt is, and packing a letter again."""

from collections.abc import Mapping

from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Pin
from tipline.keeper.rules.case import Case, Granted, require_desk
from tipline.keeper_client.reasons import Reason
from tipline.tips.moves import TipState


def require_body(case: Case, body: str) -> None:
    """Refuse a letter to somebody whom the roster does not know as a body that takes tips.

    Raises:
        Refusal: not-allowed.
    """
    known = case.draft.roster.bodies.get(body)
    if known is None or not known.accepts:
        raise Refusal(Reason.NOT_ALLOWED)


def require_note(case: Case, named: Mapping[str, str]) -> None:
    """Refuse a receipt, or a form, that is no note of this tip: it must be in the log before the tip goes on.

    Raises:
        Refusal: item-mismatch.
    """
    wanted = Pin(bytes.fromhex(case.body["tip"]), bytes.fromhex(named["hash"]), "note")
    if case.draft.pins.item(bytes.fromhex(named["item"])) != wanted:
        raise Refusal(Reason.ITEM_MISMATCH)


def packet(case: Case) -> Granted:
    """The letter of a tip that waits for its receipt is packed again, under its number, for the same body."""
    body, member = case.body, case.only_signer()
    require_desk(member, body["desk"])
    standing = case.standing()
    case.require_desk_reads(standing.route)
    case.require_not_excluded([member], standing.route.excluded)
    file = standing.case
    if (file.state, file.letter, file.body) != (TipState.TRANSFERRED, body["number"], body["body"]):
        raise Refusal(Reason.NOT_ALLOWED)
    return Granted()
