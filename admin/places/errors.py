"""Why a unit, desk or body was not proposed; what was typed stays in the form."""

from flask_babel import lazy_gettext as _l

from admin.members.errors import MembersError


class NoShortName(MembersError):
    """Left open, or of another shape."""

    field = "place"
    sentence = _l("Type a short name: small letters a to z, digits and hyphens, like county-police.")


class PlaceTaken(MembersError):
    """Somebody added it already."""

    status = 409
    field = "place"
    sentence = _l("This short name is taken. Choose another one, or change what has it.")


class NoChineseName(MembersError):
    """Left open, or too long."""

    field = "name_zh"
    sentence = _l("Type the Chinese name, in one line of at most 100 characters.")


class NoEnglishName(MembersError):
    """Left open, or too long."""

    field = "name_en"
    sentence = _l("Type the English name, in one line of at most 100 characters.")


class AboveItself(MembersError):
    """The chosen superior is the unit itself, or stands below it."""

    field = "superior"
    sentence = _l("A unit cannot stand above itself, nor can one that stands below it.")


class NotSaidWhether(MembersError):
    """Neither yes nor no."""

    sentence = _l("Choose yes or no.")

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class NoKey(MembersError):
    """What was typed is no recipient."""

    field = "key"
    sentence = _l(
        "This is no key of an age program: it begins with age1, and is copied whole. "
        "Leave it empty for a body that takes paper alone."
    )


class NothingNew(MembersError):
    """The roster says the same already."""

    status = 409
    sentence = _l("This is so already. Nothing was signed.")
