"""What an auditor may find of an alert, and the reports that somebody signs: codes of statements."""

from enum import StrEnum
from typing import Final

from tipline.interference.ways import INTERFERENCE


class Finding(StrEnum):
    """What came of looking into an alert."""

    JUSTIFIED = "justified"
    """It happened, and had to be done."""
    EXPLAINED = "explained"
    """It happened, and there is an explanation."""
    VIOLATION = "violation"
    """It happened, and must not have."""
    FALSE_ALARM = "false-alarm"
    """Nothing happened that the rule is meant for."""


MONTHLY: Final = "monthly"
FINDINGS: Final = tuple(each.value for each in Finding)
REPORTS: Final = (MONTHLY, INTERFERENCE)
