"""What two people of the reward office sign: budgets, cancellations, keys that are opened early."""

from collections.abc import Collection, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from admin.rewards.errors import NobodySigns, NoSecond, NotProposed
from admin.rewards.reasons import Why
from admin.visit import Visit
from tipline.accounts.errors import ConfirmationNeeded
from tipline.ids import MemberId
from tipline.proposals.errors import ProposalError


def propose(
    visit: Visit, kind: str, fields: Mapping[str, Any], form: MultiDict[str, str], others: Collection[str]
) -> None:
    """Sign first what one of `others` must sign too, with its reason sealed for the auditors.

    Raises:
        RewardError: it was not proposed; the sentence says why.
        SecondLookNeeded: the member must be asked first; the same form then comes again.
    """
    other = form.get("other", "")
    if not others:
        raise NobodySigns
    if other not in others:
        raise NoSecond
    why = Why(visit, kind, fields, form.get("reason", ""), needed=True)
    body = {**fields, "reason": why.named}
    try:
        visit.services.proposals.propose(kind, body, visit.session.member, MemberId(other))
    except ConfirmationNeeded:
        why.drop()  # the form comes again, with its text
        raise
    except ProposalError as error:
        why.drop()
        raise NotProposed from error
