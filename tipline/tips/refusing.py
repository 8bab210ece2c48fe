"""Why a statement does not fit where a tip, or a protection case, stands."""

from typing import Final

NOT_ALLOWED: Final = "not-allowed"


class CaseRefused(Exception):
    """The statement does not fit where the tip stands. `reason` is one of the keeper's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
