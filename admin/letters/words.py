"""The words of the letters' pages."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

LETTERS: Final = {
    "application": _l("Letter of application"),
    "referral": _l("Letter of referral"),
    "clearing": _l("Clearing letter"),
}

HINTS: Final = {
    "application": _l(
        "To the competent body, for what this desk cannot do by itself. It names the alias alone."
    ),
    "referral": _l("To the competent body, with a receipt to tear off. It names the alias alone."),
    "clearing": _l(
        "For the officer, for their unit and wherever it is announced. It is the only letter with a name: "
        "type the name here, as the officer wants it."
    ),
}

FIELDS: Final = {
    "cleared_name": _l("Name of the officer"),
    "cleared_post": _l("Post and unit, as they shall stand"),
    "letter_to": _l("To whom the letter goes; empty for all whom it concerns"),
    "letter_number": _l("Number of the letter"),
    "letter_english": _l("The form's text in English, for the English letter; empty to leave it as it is"),
}

WORDS: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "letter": LETTERS,
    "letter-hint": HINTS,
    "letter-field": FIELDS,
}
