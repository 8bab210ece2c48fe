"""What can go wrong with a stored file."""


class FileError(Exception):
    """A sealed file cannot be stored or found."""


class NoSuchFile(FileError):
    """No sealed file is stored for this item."""


class TooManyWaiting(OSError):
    """As many files wait for their forms as may."""


class DiskReserveReached(OSError):
    """What is left of the disk is kept for texts; no file is taken."""
