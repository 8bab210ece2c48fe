"""The words of the protection desk's pages: groups, aliases, steps, what bars them, notices."""

import re
from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from admin.protection.form_words import CHOICES, FIELDS, FORMS, HARMS, HINTS, LEVELS
from tipline.identities.alias import LETTERS, alias_code
from tipline.ids import ItemId, TipId
from tipline.protection.asking import Group
from tipline.tips.answers import Message

GROUPS: Final = {
    "reporter": _l("A reporter"),
    "witness": _l("A witness"),
    "officer": _l("An officer"),
    "relative": _l("A relative"),
}

_CODE: Final = re.compile(rf"[{LETTERS}][1-9][0-9]?")
_ALIASES: Final[Mapping[Group, LazyString]] = {
    Group.REPORTER: _l("Reporter %(code)s"),
    Group.WITNESS: _l("Witness %(code)s"),
    Group.OFFICER: _l("Officer %(code)s"),
    Group.RELATIVE: _l("Relative %(code)s"),
}

_CASE: Final = _l("Case %(code)s")

MISSED: Final = {
    "danger": _l("In danger, and nobody took it up"),
    "check-in": _l("Not heard from"),
    "deadline": _l("A deadline passed"),
}
"""Why the desk above was told of a case."""

MOVES: Final = {
    "asked>assessing": _l("The danger is met: on to the assessment"),
    "asked>ending": _l("End it: no danger, or not for this desk"),
    "assessing>planning": _l("The risk is assessed: on to the plan"),
    "assessing>ending": _l("End it"),
    "planning>approving": _l("Propose the plan"),
    "planning>ending": _l("End it"),
    "approving>protected": _l("Approve the plan"),
    "approving>planning": _l("Send the plan back"),
    "protected>protected": _l("Review"),
    "protected>assessing": _l("Something happened: assess anew"),
    "protected>planning": _l("Change the plan"),
    "protected>ending": _l("Propose to end it"),
    "ending>ended": _l("End the case"),
    "ending>assessing": _l("Do not end it: assess anew"),
    "ended>assessing": _l("Open it again"),
}
"""What a move is called, by where it leads from and to."""

BARS: Final = {
    "another": _l("Another member must take this step: you proposed it."),
    "alone": _l(
        "Another member must take this step: you proposed it. You are alone at this desk now: ask the "
        "registrar for a deputy."
    ),
    "answer": _l("Tell the person first: write to them below."),
    "objection": _l("The person may still object: it can end once ten days have passed."),
}

DUES: Final = {
    "overdue": _l("Overdue"),
    "today": _l("By today"),
    "week": _l("Within seven days"),
    "unheard": _l("Not heard from"),
    "escalated": _l("Escalated"),
}

CASE_STATES: Final = {"open": _l("Open"), "all": _l("All")}

AGREES: Final = {
    "yes": _l("The person agrees to being protected"),
    "no": _l("The person does not agree"),
    "asked": _l("The person has not been heard yet"),
}

TOPICS: Final = {
    "protection": _l("A protection case exists"),
    "well": _l("Check-in: they are well"),
    "incident": FORMS["incident"],
    "consent": _l("Consent"),
}
"""What a mailbox sends for a case, or about one."""

FACTS: Final = {
    "harms": _l("What kind of thing it was"),
    "agrees": _l("Agrees to being protected"),
    "danger": _l("In danger now"),
    "alias": _l("Alias"),
}
"""What stands beside such a message."""

NOTICES: Final = {
    "case-form": _l("The form is sealed and kept with the case."),
    "case-move": _l("Done. The step is in the log."),
    "case-watch": _l("Agreed. The person sees it in their mailbox, and a missed day raises the case."),
    "case-unwatch": _l("Ended. Nobody waits for a sign from the person any more."),
    "case-assign": _l("Done. Whose case it is now is in the log."),
    "case-exclude": _l("The unit is excluded from now on. The exclusion is in the log."),
    "case-hold": _l("You have signed. The case is held as soon as the second person has signed, too."),
    "case-unhold": _l("You have signed. The case stays held until the second person has signed, too."),
}

WORDS: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "group": GROUPS,
    "harm": HARMS,
    "agrees": AGREES,
    "case-move": MOVES,
    "case-bar": BARS,
    "case-due": DUES,
    "case-missed": MISSED,
    "case-states": CASE_STATES,
    "form": FORMS,
    "form-hint": HINTS,
    "form-field": FIELDS,
    "risk": LEVELS,
    "case-measure": CHOICES["measure_what"],
}


def alias_of(group: Group | None, case: TipId) -> str:
    """What a person is called everywhere but on the one page of their name; without a group, the case."""
    words = _ALIASES[group] if group else _CASE
    return str(words % {"code": alias_code(ItemId(case))})


def protected_alias(message: Message) -> str:
    """The alias that a reporter's mailbox wrote into the tip's thread: a letter and a number, or nothing."""
    code = message.answers.get("alias", "")
    return str(_ALIASES[Group.REPORTER] % {"code": code if _CODE.fullmatch(code) else "–"})
