"""What an auditor's question is for, and what can be counted under it."""

from enum import StrEnum
from typing import Final


class View(StrEnum):
    """The page that was looked at; it stands in the statement."""

    LIST = "list"
    MEMBER = "member"
    TIP = "tip"
    REFUSALS = "refusals"
    EXPORTS = "exports"
    ROSTER = "roster"
    DUTIES = "duties"
    MISSED = "missed"
    CHARTS = "charts"
    EVIDENCE = "evidence"
    REPORT = "report"
    ALERTS = "alerts"
    INVENTORY = "inventory"
    LEDGER = "ledger"


class By(StrEnum):
    """What entries are counted by."""

    DAY_DESK = "day-desk"
    WEEKDAY_HOUR = "weekday-hour"
    TYPE = "type"
    MEMBER = "member"
    OUTCOME = "outcome"


VIEWS: Final = tuple(view.value for view in View)
