"""How long things may take, and how many there may be. None of it is a setting: nobody can widen a window."""

from typing import Final

LEAST_HOURS: Final = 1
MOST_HOURS: Final = 72
"""Three days: a payment or a hearing is prepared in them, and a weekend lies in between."""
EMERGENCY_HOURS: Final = 24
"""Life danger: as long as the first day of protection. Who needs more asks in the ordinary way meanwhile."""
DECIDED_WITHIN: Final = 5
"""Working days that a request waits for a custodian: as long as a transfer waits for its receipt."""
MOST_OPEN: Final = 20
"""Undecided requests of one member: more than any desk has at once, and few enough for somebody to read."""
