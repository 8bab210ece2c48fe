"""Why a form of a protection case is not taken. The sentences stand with the site that shows them."""

from tipline.protection.fields import Problem


class ProtectionError(Exception):
    """Base of this room's errors."""


class FormWrong(ProtectionError):
    """Fields are missing or cannot be taken."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(", ".join(f"{problem.field}: {problem.wrong}" for problem in problems))
        self.problems = problems


class OfficersAlone(ProtectionError):
    """The form is for cases of officers."""


class CaseEnded(ProtectionError):
    """Nothing more is filled in for a case that has ended."""
