"""What can go wrong with a stored file."""


class FileError(Exception):
    """A sealed file cannot be stored or found."""


class NoSuchFile(FileError):
    """No sealed file is stored for this item."""
