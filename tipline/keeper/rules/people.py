"""What changes the roster, and who may look at the log. Most of it is the roster's own to decide."""

from crypto.statements import Statement
from tipline.ids import AUDITORS
from tipline.keeper.errors import Refusal
from tipline.keeper.rules.case import Case, Granted, require_desk
from tipline.keeper.state import Draft
from tipline.keeper_client.reasons import Reason
from tipline.roster import Roster, RosterRefused
from tipline.roster.combinations import check_combination
from tipline.roster.sensitive import require_assertions


def require_passkeys(statement: Statement, draft: Draft) -> None:
    """Refuse what a stolen session could state: where a signer has a passkey, it must have answered.

    Raises:
        Refusal: passkey-needed.
    """
    try:
        require_assertions(draft.roster, statement)
    except RosterRefused as refused:
        raise Refusal(Reason(refused.reason)) from refused


def change(case: Case) -> Granted:
    """Units, members, grants, desks: the rules stand in `tipline.roster`."""
    draft = case.draft
    try:
        changed = draft.roster.apply(draft.growth.next_index, case.body)
        _check_new_duties(draft.roster, changed)
    except RosterRefused as refused:
        raise Refusal(Reason(refused.reason)) from refused
    draft.roster = changed
    return Granted()


def _check_new_duties(before: Roster, after: Roster) -> None:
    """Hold what somebody is given now to the table, also where the log is from before it."""
    for member in after.members.values():
        known = before.members.get(member.id)
        gained = (member.desks | member.roles) - (known.desks | known.roles if known else frozenset())
        if gained:
            check_combination(member, after.desks)


def audit(case: Case) -> Granted:
    """An auditor asks for some entries; for ten minutes they are handed out under this statement.

    One with a filter says for which page it is, too.
    """
    auditor = case.only_signer()
    require_desk(auditor, AUDITORS)
    if ("filter" in case.body) != ("view" in case.body):
        raise Refusal(Reason.MALFORMED)
    case.draft.take_entries(auditor.id, case.body["count"])
    case.draft.grant(case.statement)
    return Granted()


def evidence(case: Case) -> Granted:
    """An auditor takes entries out as evidence, all of which stand in the log already."""
    require_desk(case.only_signer(), AUDITORS)
    _, last = case.body["entries"][-1]
    if last >= case.draft.growth.next_index:
        raise Refusal(Reason.NOT_ALLOWED)
    return Granted()


def audit_all(case: Case) -> Granted:
    """An auditor asks for the whole log, this statement included; where they have a passkey, it answered."""
    require_desk(case.only_signer(), AUDITORS)
    case.draft.grant(case.statement)
    return Granted()
