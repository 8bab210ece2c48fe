"""When those whom a tip accuses stand cleared."""

from typing import Final

from tipline.tips.case_file import CaseFile
from tipline.tips.moves import Outcome, TipState

_CONFIRMED: Final = frozenset((TipState.FEEDBACK, TipState.CLOSED, TipState.REVIEW))
"""What one person recorded and nobody has confirmed yet is no finding."""


def is_cleared(case: CaseFile) -> bool:
    """Whether two people found that the tip is not established, and it did not begin anew since."""
    return case.outcome == Outcome.NOT_ESTABLISHED and case.state in _CONFIRMED
