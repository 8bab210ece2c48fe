"""What can be wrong with the names of accused persons: one sentence an error."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class AccusedError(AdminError):
    """Base of this room's errors; `part` is the field that is meant."""

    part = "names"


class NameMissing(AccusedError):
    """No name was written."""

    status = 422
    sentence = _l("Write the name exactly as the text has it.")


class NameTooShort(AccusedError):
    """One letter would hide half the text."""

    status = 422
    sentence = _l("A name has at least two characters: less would hide half the text. Nothing was changed.")


class NameTooLong(AccusedError):
    """Longer than a name."""

    status = 422
    sentence = _l("A name has at most 40 characters. Nothing was changed.")


class TooManySpellings(AccusedError):
    """More spellings than one person takes."""

    status = 422
    sentence = _l("One person has at most 6 spellings. Nothing was changed.")


class PositionTooLong(AccusedError):
    """Longer than the field."""

    status = 422
    part = "position"
    sentence = _l("A position has at most 120 characters. Nothing was changed.")


class CorrectionTooLong(AccusedError):
    """Longer than the field."""

    status = 422
    part = "correction"
    sentence = _l("A correction has at most 400 characters. Nothing was changed.")


class TooManyPeople(AccusedError):
    """More people than one item takes."""

    status = 422
    sentence = _l("At most 12 people of one tip can be marked. Nothing was changed.")


class MarkedAlready(AccusedError):
    """The name is another marked person's."""

    status = 409
    sentence = _l("This name is marked already. Nothing was changed.")


class NamesChanged(AccusedError):
    """Somebody else marked or corrected names meanwhile."""

    status = 409
    sentence = _l(
        "Somebody else marked or corrected names of this tip after you opened the page. Yours were not "
        "taken. Look at theirs, then press the button again."
    )


class MarkedMeanwhile(AccusedError):
    """Names were marked after the page was made, so what it sends could still hold one."""

    status = 409
    sentence = _l(
        "Somebody else marked a name of this tip after you opened the page. Your tags were not taken: look "
        "whether they hold that name, then keep them again."
    )


class NamesRefused(AccusedError):
    """The keeper refused the statement."""

    status = 403
    sentence = _l("The keeper refused the names, and the refusal is in the log. Nothing was changed.")


class NamesNotStored(AccusedError):
    """Logged, but the row could not be written."""

    status = 503
    sentence = _l("The names were logged but could not be stored. Do it again; the log will show both.")


class NameLeftInTags(AccusedError):
    """The names are marked; a tag still holds one."""

    status = 409
    keeps_typed = False
    sentence = _l(
        "The name is marked, and that is in the log, but a tag of this tip still holds it and stands in the "
        "list. Open “Tags” on the tip's page and keep them once more: the alias is in its place there."
    )
