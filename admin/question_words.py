"""What the questions that a reporter answers later are called on a tip's page."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from admin.protection.form_words import HARMS

QUESTIONS: Final = {
    "what": _l("What else happened"),
    "when": _l("When"),
    "where": _l("Where"),
    "ongoing": _l("Still going on"),
    "ongoing_details": _l("What comes next"),
    "who": _l("Name or nickname"),
    "looks": _l("Looks"),
    "address": _l("Home or meeting place"),
    "routes": _l("Ways they take"),
    "vehicle": _l("Vehicles"),
    "weapons": _l("Weapons"),
    "victims": _l("Who was harmed"),
    "money": _l("Money"),
    "companies": _l("Companies"),
    "bidding": _l("Contracts and tenders"),
    "source": _l("How the reporter knows"),
    "source_details": _l("More on how they know"),
    "reported": _l("Reported before"),
    "reported_to": _l("To whom, and what came of it"),
    "official_who": _l("Officials involved"),
    "official_help": _l("How they help"),
    "original": _l("Holds an original"),
    "original_what": _l("What it is"),
    "reward": _l("Interested in a reward"),
    "threats": _l("Threats"),
    "dependants": _l("Dependants"),
    "protection": _l("Protection wanted"),
}

_YES_OR_NO: Final = {"yes": _l("Yes"), "no": _l("No"), "unsure": _l("Not sure")}

_CHOICES: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "ongoing": _YES_OR_NO,
    "reported": _YES_OR_NO,
    "original": _YES_OR_NO,
    "agrees": _YES_OR_NO,
    "danger": _YES_OR_NO,
    "harms": HARMS,
    "reward": {**_YES_OR_NO, "later": _l("Decides later")},
    "source": {
        "saw": _l("Saw or heard it"),
        "victim": _l("Is a victim"),
        "told": _l("Was told"),
        "online": _l("Found it online"),
    },
}


def answer_words(question: str, answer: str) -> str:
    """An answer in words: its choices', or as it was typed; a choice that is new here stands for itself."""
    choices = _CHOICES.get(question)
    if choices is None:
        return answer
    return " · ".join(str(choices.get(value, value)) for value in answer.split())
