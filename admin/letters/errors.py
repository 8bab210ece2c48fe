"""Why a letter was not made; what was typed stays in the form."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class LetterError(AdminError):
    """Base of this room's errors. `field` is what the sentence is about, "" for the whole form."""

    status = 422
    field = ""


class NoName(LetterError):
    """A clearing letter for nobody."""

    field = "cleared_name"
    sentence = _l("Type the name as it shall stand in the letter.")


class WrongLine(LetterError):
    """A line that cannot be printed as it is."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class LineTooLong(WrongLine):
    """Over what one line holds."""

    sentence = _l("This is too long: at most 200 characters.")


class TextTooLong(LetterError):
    """Over what the passage holds."""

    field = "letter_english"
    sentence = _l("This is too long: at most 2,000 characters.")


class CardNumber(WrongLine):
    """The number of an identity card, which stands in no letter."""

    sentence = _l("This looks like the number of an identity card. It stands in no letter: take it out.")


class ForOfficers(LetterError):
    """A letter of officers' cases, in another group's case."""

    status = 409
    sentence = _l("Only a case of an officer has this letter. Nothing was read.")


class NothingToSay(LetterError):
    """No form that the letter would be made from is kept with the case."""

    status = 409
    sentence = _l("The form that this letter is made from is not kept with the case. Fill it in first.")
