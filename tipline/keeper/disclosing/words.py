"""Who may read the reasons of requests and decisions. They name no tip, so that custodians learn of none."""

from tipline.ids import AUDITORS, CUSTODIANS
from tipline.keeper.disclosing.accused import shut_out
from tipline.keeper.disclosing.people import known, require_approver, require_requester
from tipline.keeper.disclosing.standing import Disclosure, with_words
from tipline.keeper.errors import Refusal
from tipline.keeper.rules.case import Case
from tipline.keeper_client.reasons import Reason
from tipline.roster import Member


def require_may_read(case: Case, reader: Member, item: bytes) -> None:
    """Auditors read every reason; a custodian those of requests they may decide; a requester their answer.

    Raises:
        Refusal: not-allowed; for everybody else, and where the request is decided or its tip excludes them.
    """
    desk, draft = case.body["desk"], case.draft
    if desk == AUDITORS:
        return
    found = with_words(draft.connection, draft.rows, item)
    try:
        if not any(_concerns(case, reader, asked, item) for asked in found):
            raise Refusal(Reason.NOT_ALLOWED)
    except Refusal as refusal:
        raise Refusal(Reason.NOT_ALLOWED) from refusal


def _concerns(case: Case, reader: Member, asked: Disclosure, item: bytes) -> bool:
    """Whether these are words for the reader at the desk they speak for."""
    draft, desk = case.draft, case.body["desk"]
    roster = draft.roster.as_of(draft.today)
    standing = shut_out(draft.connection, draft.rows, roster, asked, known(draft.pins.tip(asked.tip)))
    if desk == CUSTODIANS:
        require_approver(roster, draft.today, reader, asked, standing)
        return asked.reason == item and asked.is_open and not asked.is_late(draft.today)
    require_requester(roster, draft.today, reader, desk, standing)
    return asked.answer == item and (asked.requester, asked.desk) == (reader.id, desk)
