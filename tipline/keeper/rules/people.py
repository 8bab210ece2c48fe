"""What changes the roster, and who may look at the log. Most of it is the roster's own to decide."""

from tipline.ids import AUDITORS
from tipline.keeper.errors import Refusal
from tipline.keeper.rules.case import Case, Granted, require_desk
from tipline.keeper_client.reasons import Reason
from tipline.roster import RosterRefused


def change(case: Case) -> Granted:
    """Units, members, grants, desks: the rules stand in `tipline.roster`."""
    draft = case.draft
    try:
        draft.roster = draft.roster.apply(draft.growth.next_index, case.body)
    except RosterRefused as refused:
        raise Refusal(Reason(refused.reason)) from refused
    return Granted()


def audit(case: Case) -> Granted:
    """An auditor asks for entries; for ten minutes they are handed out under this statement."""
    require_desk(case.only_signer(), AUDITORS)
    case.draft.grant(case.statement)
    return Granted()
