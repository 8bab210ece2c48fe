"""What the statements of this room would do, in words: nobody signs what they cannot read."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask_babel import gettext as _

from admin.members.names import Names
from admin.pay_desk.handlers import LIST, UNDO
from admin.rewards.money import yuan

Fields = Mapping[str, Any]
Sentence = Callable[[Fields, Names], tuple[str, str]]
"""One sentence, and what follows."""


def _undo(fields: Fields, names: Names) -> tuple[str, str]:
    said = _("A payment of %(amount)s yuan is taken back: it did not happen.", amount=yuan(fields["value"]))
    return said, _(
        "The voucher is good again, and its owner gets a new code. Sign only if the cash is still here. The "
        "reason is sealed for the auditors."
    )


def _list(fields: Fields, names: Names) -> tuple[str, str]:
    point = names.visit.roster.points.get(fields["point"])
    name = point.names[names.language] if point else fields["point"]
    said = _("“%(point)s” gets a sealed list of its pickup codes, of %(day)s.", point=name, day=fields["day"])
    return said, _("Only its own key opens the file. Each of you can fetch it once you have signed.")


SENTENCES: Final[Mapping[str, Sentence]] = {UNDO: _undo, LIST: _list}
