"""Why a tip was not entered; everything typed always comes back.

Attributes of each: `field` is what the sentence is about, "" for the whole form.
"""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class EntryError(AdminError):
    """Base of this room's errors."""

    status = 422
    field = ""


class NotChosen(EntryError):
    """How the tip came was left open."""

    field = "channel"
    sentence = _l("Choose how it came.")


class NoSuchDay(EntryError):
    """No day, or one that has not come yet."""

    field = "came_on"
    sentence = _l("Give the day on which it came, not a later one.")


class OriginalTooLong(EntryError):
    """Over the limit of the field."""

    field = "original"
    sentence = _l("Say in at most 200 characters where the original is kept.")


class NoSheet(EntryError):
    """Neither a number nor the box that says there is none."""

    field = "sheet"
    sentence = _l("Type the number of the code sheet, or tick that there is none.")


class SheetAndNone(EntryError):
    """A number, and the box that says there is none."""

    field = "sheet"
    sentence = _l("You typed a sheet's number and ticked that there is none. Only one can be right.")


class SheetMistyped(EntryError):
    """The check digit does not fit."""

    field = "sheet"
    sentence = _l(
        "This number is mistyped: a code sheet has nine digits, and the last one checks the others."
    )


class SheetUnknown(EntryError):
    """Well formed, and not ours."""

    field = "sheet"
    sentence = _l(
        "The number is typed correctly, but no sheet with this number was printed here. "
        "Compare it with the letter once more."
    )


class SheetUsed(EntryError):
    """A tip stands under it."""

    status = 409
    field = "sheet"
    sentence = _l(
        "A tip was entered under this sheet before. One sheet is for one tip: whoever holds it can add "
        "to the first in the mailbox. Enter this one without a sheet, or under another."
    )


class SheetAltered(EntryError):
    """The row is not what its printer's statement commits to."""

    status = 409
    field = "sheet"
    sentence = _l(
        "What is stored for this sheet is not what was printed, so nothing was entered. "
        "Tell an auditor, and give the reporter another sheet."
    )


class SheetSpent(EntryError):
    """The log has an entry under this sheet, the database has no tip."""

    status = 409
    field = "sheet"
    sentence = _l(
        "The log has an entry under this sheet, but its text was not stored. Tell an auditor. "
        "Enter the tip without a sheet, and give the reporter another one."
    )


class EnteredBefore(EntryError):
    """The same form was sent twice."""

    status = 409
    sentence = _l(
        "You sent this form before, and the tip was entered once. Open the form anew for another tip."
    )


class NotInList(EntryError):
    """A choice that the form does not offer (any more)."""

    sentence = _l("A choice is no longer in the list. Choose again.")


class OfficialNotSaid(EntryError):
    """Left open: the route hangs on it, so there is no default."""

    field = "official"
    sentence = _l("Say whether an official is involved. “Not sure” is an answer, too.")


class NothingTyped(EntryError):
    """No description."""

    field = "description"
    sentence = _l("Type what the letter says, or what was told.")


class TypedTooMuch(EntryError):
    """Over the limit of one item."""

    field = "description"
    sentence = _l("The text is too long: at most 65,536 bytes, about 20,000 Chinese characters.")


class ExclusionTooLong(EntryError):
    """Over the limit of the field."""

    field = "exclude_text"
    sentence = _l("This is too long for this field: at most 2,000 characters.")


class TooManyExcluded(EntryError):
    """More units than a slip's policy holds."""

    field = "exclude"
    sentence = _l("Too many units are ticked. Tick the most important ones and write the others below.")


class NobodyReads(EntryError):
    """The exclusions leave nobody."""

    field = "exclude"
    sentence = _l(
        "Nothing was entered: everybody here who could read this belongs to a unit that is excluded. "
        "Take it to the body above."
    )


class EntryRefused(EntryError):
    """The keeper refused the statement."""

    status = 403
    sentence = _l("The keeper refused the entry, and the refusal is in the log. Nothing was stored.")
