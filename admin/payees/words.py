"""What the pages of payments by name say after a step."""

from typing import Final

from flask_babel import lazy_gettext as _l

NOTICES: Final = {
    "payee-first": _l("Your confirmation is in the log. A second clerk must confirm, too."),
    "payee-paid": _l("Paid by name. Both confirmations are in the log."),
}
