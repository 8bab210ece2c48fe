"""Taking a step of an award: checked here for its shape, by the keeper for everything else."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from admin.rewards.errors import NoAnswer, NoDay, NoLetter, NoOutcome, explained
from admin.rewards.handlers import CANCEL
from admin.rewards.joint import propose
from admin.rewards.known import ShownAward
from admin.rewards.money import read_amount
from admin.rewards.offers import seconds
from admin.rewards.reasons import Why
from admin.visit import Visit
from tipline.awards.storing import keep_told
from tipline.keeper_client import KeeperError, Refused
from tipline.rewards.award import AwardState
from tipline.rewards.rules import EXTENDED_MONTHS, months_after
from tipline.roster.types import APPROVER, PROPOSER, VERIFIER
from tipline.tips.moves import Outcome

Form = MultiDict[str, str]

YES, NO = "yes", "no"
_LETTER: Final = re.compile(r"20[0-9]{2}-[1-9][0-9]{0,5}")
_WIDE: Final = str.maketrans("０１２３４５６７８９－—–", "0123456789---")


def check(visit: Visit, one: ShownAward, form: Form) -> str:
    """State what the liaison's paper says, or refuse the award; returns the code of the notice.

    Raises:
        AdminError: it was not taken; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    confirmed = _answer(form)
    outcome, number = form.get("outcome", ""), form.get("number", "").strip().translate(_WIDE)
    if outcome not in {known.value for known in Outcome}:
        raise NoOutcome
    if number and not _LETTER.fullmatch(number):
        raise NoLetter
    fields = {"award": one.award.index, "outcome": outcome, "number": number, "confirmed": confirmed}
    _state(visit, "reward-check", fields, form.get("reason", ""), needed=not confirmed)
    return "reward-checked" if confirmed else "reward-refused"


def approve(visit: Visit, one: ShownAward, form: Form) -> str:
    """Approve an amount, or refuse the award; returns the code of the notice.

    Raises:
        AdminError: it was not taken; the sentence says why.
        SecondLookNeeded: the member must be asked first.
        KeeperError: nothing was proved to be logged.
    """
    approved = _answer(form)
    # Who refuses names no amount of their own: the one that stands there is refused.
    amount = read_amount(form) if approved else one.award.amount
    fields = {"award": one.award.index, "amount": amount, "approved": approved}
    index = _state(visit, "reward-approval", fields, form.get("reason", ""), needed=not approved)
    if not approved:
        return "reward-refused"
    _tell(visit, index)
    return _where_it_stands(visit, one.award.index)


def extend(visit: Visit, one: ShownAward, form: Form) -> str:
    """Let the reporter collect for longer; returns the code of the notice.

    Raises:
        AdminError: it was not taken; the sentence says why.
        SecondLookNeeded: the member must be asked first.
        KeeperError: nothing was proved to be logged.
    """
    if not one.award.granted:
        raise NoDay
    until = form.get("until", "").strip()
    first, last = extension(one)
    if not first < until <= last or not _is_day(until):
        raise NoDay
    fields = {"award": one.award.index, "until": until}
    index = _state(visit, "reward-extend", fields, form.get("reason", ""), needed=True)
    _tell(visit, index)
    return "reward-extended"


def extension(one: ShownAward) -> tuple[str, str]:
    """The day after which, and the last one up to which, a granted award can be extended (ISO)."""
    granted = date.fromisoformat(one.award.granted)
    return one.award.until, months_after(granted, EXTENDED_MONTHS).isoformat()


def cancel(visit: Visit, one: ShownAward, form: Form) -> str:
    """Propose that an award be taken back; returns the code of the notice.

    Raises:
        AdminError: it was not proposed; the sentence says why.
        SecondLookNeeded: the member must be asked first.
    """
    others = cancellers(visit, one)
    propose(visit, CANCEL, {"award": one.award.index}, form, others)
    return "reward-joint"


def cancellers(visit: Visit, one: ShownAward) -> Mapping[str, None]:
    """Who may sign a cancellation second, in order."""
    return dict.fromkeys(seconds(visit, APPROVER, (VERIFIER, PROPOSER), one.known.excluded))


def _answer(form: Form) -> bool:
    if form.get("answer") not in (YES, NO):
        raise NoAnswer
    return form["answer"] == YES


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _state(visit: Visit, kind: str, fields: Mapping[str, Any], words: str, *, needed: bool) -> int:
    """State it; where it stands in the log."""
    why = Why(visit, kind, fields, words, needed=needed)
    try:
        return visit.services.keeper.append(why.sign(visit, kind, fields)).index
    except Refused as refused:
        why.drop()
        raise explained(refused.reason) from refused


def _tell(visit: Visit, index: int) -> None:
    """Bring the mailboxes what the log says since an entry; what is missed, the hourly look brings."""
    try:
        keep_told(visit.services.database, visit.services.keeper, index)
    except KeeperError:
        return


def _where_it_stands(visit: Visit, index: int) -> str:
    [one] = visit.services.keeper.rewards.awards([index])
    return _NOTICES.get(one.award.state, "reward-second")


_NOTICES: Final = {AwardState.APPROVED: "reward-approved", AwardState.GRANTED: "reward-granted"}
