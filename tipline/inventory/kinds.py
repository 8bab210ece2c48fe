"""The types of the notes that the keeper signs for a mailbox each night."""

from typing import Final

RECEIPT: Final = "receipt"
"""That a tip is held."""
COUNTS: Final = "counts"
"""How many people of which desk read it on which day."""
