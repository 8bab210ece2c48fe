"""What can be wrong with a directory."""


class BadDirectory(Exception):
    """A directory was refused, and none that can be trusted is at hand."""
