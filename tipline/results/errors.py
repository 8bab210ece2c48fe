"""What can go wrong with published results."""


class DamagedResults(OSError):
    """The file of figures is not one of ours. Counting them anew would show what has changed since."""
