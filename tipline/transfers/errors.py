"""What can go wrong while a packet is made."""


class TransferError(Exception):
    """Base of this room's errors."""


class CannotPrint(TransferError):
    """No document came: its process failed, took too long, or others were being printed all the while."""


class NotANumber(TransferError):
    """A text that is no number of a letter."""
