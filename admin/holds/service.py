"""What two people state about a tip: one at its desk, one outside it, neither from an excluded unit."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from admin.confirming.look import BODY, PageLook
from admin.confirming.prepared import open_body
from admin.holds.errors import NoSuchSecond, NotProposed, ProposedAlready
from admin.holds.handlers import HOLD
from admin.moves.clocks import required
from admin.tip.reasons import drop_reason, keep_reason
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.accounts.errors import ConfirmationNeeded
from tipline.ids import MemberId, TipId
from tipline.proposals.errors import ProposalError


def seconds(visit: Visit, desk: str, excluded: Collection[str]) -> Sequence[str]:
    """Who may sign beside a holder of the desk, by id."""
    today = visit.services.clock.today()
    return sorted(
        member.id
        for member in visit.roster.members.values()
        if member.active and desk not in member.desks
        if not visit.roster.is_excluded(member.id, excluded, today)
    )


def propose_hold(visit: Visit, tip: TipId, kind: str, other: str, reason: str, state: ReadState) -> None:
    """Propose that a tip be held, or no longer; it is once the other has signed.

    Raises:
        HoldError: it was not proposed; the sentence says why.
        SecondLookNeeded: the member must be asked first.
        KeeperError: the keeper does not answer.
    """
    view = visit.services.keeper.states([tip.hex()]).get(tip.hex())
    if view is None or view.case.held is (kind == HOLD):
        raise ProposedAlready
    propose(visit, tip, kind, {}, other, required(reason), state)


def propose(
    visit: Visit,
    tip: TipId,
    kind: str,
    fields: Mapping[str, Any],
    other: str,
    reason: str,
    state: ReadState,
) -> None:
    """Sign first what another must sign too, with its reason sealed for the auditors.

    Raises:
        NoSuchSecond: the other may not sign it.
        NotProposed: it cannot be proposed.
        SecondLookNeeded: the member must be asked first; the same form then comes again.
    """
    if other not in seconds(visit, state.desk, state.route.excluded):
        raise NoSuchSecond
    shown = _shown_reason(visit, tip, kind)
    kept = None if shown else keep_reason(visit, tip, reason, state)
    named = shown or (kept.named if kept else {})
    body = {"tip": tip.hex(), "desk": state.desk, "reason": named, **fields}
    try:
        visit.services.proposals.propose(kind, body, visit.session.member, MemberId(other))
    except ConfirmationNeeded:
        drop_reason(visit, kept)  # the form comes again, with its text
        raise
    except ProposalError as error:
        drop_reason(visit, kept)
        raise NotProposed from error


def _shown_reason(visit: Visit, tip: TipId, kind: str) -> Mapping[str, str]:
    """The reason in the statement over which a passkey answers in this form: sealed when it was shown."""
    look = visit.session.member.look
    if not isinstance(look, PageLook):
        return {}
    shown = open_body(look.session.token.form_key, look.path, look.form.get(BODY, ""))
    if shown is None or (shown["type"], shown.get("tip")) != (kind, tip.hex()):
        return {}
    reason: Mapping[str, str] = shown["reason"]
    return reason
