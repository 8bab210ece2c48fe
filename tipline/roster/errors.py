"""Why the roster refuses a statement."""


class RosterError(Exception):
    """Base of all errors of this room."""


class RosterRefused(RosterError):
    """The roster forbids what a statement asks for.

    `reason` is a code of the keeper's vocabulary ("not-allowed", "two-signatures", …), `sentence` says it in
    words; neither holds anything from the statement but ids.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
