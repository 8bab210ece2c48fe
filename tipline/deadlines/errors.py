"""What can be wrong with a calendar or a deadline."""


class DeadlineError(Exception):
    """Base of this room's errors."""


class BadCalendar(DeadlineError):
    """A line of a calendar cannot be read, or says two things of one day. `line` counts from 1."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"Line {line}: {sentence}")
        self.line = line
        self.sentence = sentence
