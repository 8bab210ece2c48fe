"""What can be wrong with rules."""


class AlertsError(Exception):
    """Base of this room's errors."""


class BadRules(AlertsError):
    """A rule is unknown, or a threshold is unknown or out of its bounds."""
