"""Why a trial cannot be shown."""


class TrialError(Exception):
    """Something about the trial; the sentence says what to do."""


class NoTrial(TrialError):
    """There is no trial instance here."""


class NotATrial(TrialError):
    """The instance here is not a trial: its passwords are in nobody's file."""


class NoSuchPerson(TrialError):
    """Nobody in the trial has this name."""
