"""Why a transfer did not come about; what was typed always comes back."""

from flask_babel import lazy_gettext as _l

from admin.errors import AdminError


class TransferError(AdminError):
    """Base of this room's errors."""


class NotNow(TransferError):
    """The tip stands elsewhere, or somebody moved it meanwhile."""

    status = 409
    sentence = _l("In the state this tip is in, that cannot be done. Its present state is shown below.")


class NoSuchBody(TransferError):
    """Not in the roster, or one that takes no tips any more."""

    status = 422
    sentence = _l("Choose a body that takes transfers.")


class NoKey(TransferError):
    """A sealed packet for a body that has no key."""

    status = 422
    sentence = _l("This body has no key, so nothing can be sealed to it. Choose paper.")


class NoKind(TransferError):
    """Neither sealed nor paper, or a language that there is not."""

    status = 422
    sentence = _l("Choose how the packet travels, and the language of the letter.")


class RemarkTooLong(TransferError):
    """Over the limit."""

    status = 422
    sentence = _l("The remark is too long: at most 2,000 characters. It stands on the letter's page.")


class PacketNotMade(TransferError):
    """No document came from the printing process."""

    status = 503
    sentence = _l(
        "The letter could not be made, so nothing was handed out and the tip was not moved. Your reading is "
        "in the log. Try again in a minute; if it stays so, the operator must install what printing needs."
    )


class NoRoom(TransferError):
    """The disk's reserve is kept for texts."""

    status = 503
    sentence = _l(
        "There is no room for the packet, so nothing was handed out and the tip was not moved. "
        "Tell the operator."
    )


class RemarkNotKept(TransferError):
    """Moved, but the note with the remark could not be logged or stored."""

    status = 503
    sentence = _l(
        "The tip is transferred and the number is taken, but your remark could not be kept and the packet "
        "was not handed out. Open the transfer again and fetch the packet: its letter has no remark."
    )


class ReceiptNotKept(TransferError):
    """The note with the receipt is in the log, but could not be stored."""

    status = 503
    sentence = _l("The receipt could not be stored, so the tip was not moved. Record it again.")


class ReferenceMissing(TransferError):
    """A receipt without the body's reference."""

    status = 422
    sentence = _l("Write the number that the body gave the matter, as it stands on the receipt.")


class ReferenceTooLong(TransferError):
    """Over one line."""

    status = 422
    sentence = _l("The number is too long: at most 200 characters.")


class BadDay(TransferError):
    """No day, or one that is to come, or before the transfer."""

    status = 422
    sentence = _l("Give the day of the receipt: not before the transfer, and not later than today.")


class ReasonMissing(TransferError):
    """A return without a reason."""

    status = 422
    sentence = _l("Write why the body returned the tip. It is sealed for the auditors.")
