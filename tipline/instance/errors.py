"""Why an instance cannot be made here."""


class InstanceError(Exception):
    """Something about making an instance; the sentence says what to do."""


class BadPlan(InstanceError):
    """The plan of the township is not complete or contradicts itself."""


class FolderNotEmpty(InstanceError):
    """The data folder holds something that is not ours."""


class AlreadyMade(InstanceError):
    """There is an instance here."""
