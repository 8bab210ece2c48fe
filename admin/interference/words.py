"""The words for how somebody interferes, what is done about it, and where an entry stands."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

WAYS: Final = {
    "stop": _l("Asked us to stop, or to go easy"),
    "information": _l("Asked for information about the case"),
    "offer": _l("Offered something"),
    "threat": _l("Threatened somebody"),
    "order": _l("Gave an order from above"),
    "papers": _l("Changed, hid or took papers"),
    "other": _l("Another way"),
}

MEASURES: Final = {
    "interview": _l("The person was interviewed"),
    "upward": _l("The case was transferred upward"),
    "discipline": _l("Reported to the discipline and supervision organ"),
    "escort": _l("Escort or protection for the officer"),
    "other": _l("Other measures"),
}

STANDS: Final = {
    "waiting": _l("Not answered yet"),
    "answered": _l("Answered"),
    "altered": _l("Missing or changed"),
}

NOTICES: Final = {
    "interference-filed": _l(
        "Your entry is in the register. It cannot be changed or taken away any more, by anybody."
    ),
    "interference-answered": _l("Your answer stands beside the entry. Both stay as they are."),
}

WORDS: Final[Mapping[str, Mapping[str, LazyString]]] = {
    "way": WAYS,
    "measure": MEASURES,
    "register": STANDS,
    "report-kind": {"interference": _l("interference")},
}
