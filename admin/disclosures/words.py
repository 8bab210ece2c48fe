"""The words for grounds, for when somebody is told, and for where a request stands."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

GROUNDS: Final = {
    "reward": _l("A reward is paid by name, as the reporter wants"),
    "protection": _l("To protect this person"),
    "testimony": _l("Testimony before the competent body"),
    "life": _l("Somebody's life is in danger"),
    "wish": _l("The reporter asks for it"),
    "decision": _l("Written decision of the competent body"),
}

TELLS: Final = {
    "first": _l("Before: the time begins on the next day (UTC), so that they can read it first"),
    "after": _l("Afterwards, when the time is over"),
    "closing": _l("Only when the tip is closed"),
}

TOLD: Final = {
    "first": _l("The reporter is told before."),
    "after": _l("The reporter is told when the time is over."),
    "closing": _l("The reporter is told when the tip is closed."),
}

STANDS: Final = {
    "open": _l("Waits for a custodian"),
    "refused": _l("Refused"),
    "lapsed": _l("Not decided in time"),
    "waiting": _l("Allowed, not open yet"),
    "running": _l("Open to you now"),
    "over": _l("Time is over"),
    "broken": _l("Allowed, and opens no longer"),
}

NEXT: Final = {
    "open": _l("A custodian decides. If nobody does until the day named, ask anew."),
    "refused": _l("Read why. If something has changed since, ask anew and say what."),
    "lapsed": _l("Nobody decided within five working days. If you still need the name, ask anew."),
    "waiting": _l("The reporter is told first. Come back when the time begins."),
    "running": _l("You can look while the time runs. Every look is an entry in the log."),
    "over": _l("Nothing opens any more. If you still need the name, a new request is needed."),
    "broken": _l(
        "You, who allowed it, a desk or the tip is no longer as it was, so nothing opens. If you still need "
        "the name, a new request is needed."
    ),
}
"""What whoever asked does next."""

FIELDS: Final = {
    "name": _l("Name"),
    "contact": _l("How to reach them"),
    "details": _l("What else shows who they are"),
    "safely": _l("When and how without harm"),
}
"""What a reporter may have left."""

DECISIONS: Final = {
    "approved": _l("allowed"),
    "not-approved": _l("not allowed"),
    "emergency": _l("emergency"),
}
"""What the auditors' lines say of requests and decisions."""

NOTICES: Final = {
    "name-asked": _l("Your request is in the log. A custodian decides about it."),
    "name-allowed": _l("Allowed and handed over. Both are in the log."),
    "name-refused": _l("Refused. Your reason is sealed for whoever asked, and for the auditors."),
    "name-written": _l("Sealed under three locks and kept. What you typed is nowhere else."),
    "name-handed": _l("Handed over again. That is in the log."),
}

WORDS: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "ground": GROUNDS,
    "tell": TELLS,
    "told": TOLD,
    "stands": STANDS,
    "stands-next": NEXT,
    "identity": FIELDS,
}
