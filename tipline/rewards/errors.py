"""What the books refuse."""


class LedgerBroken(Exception):
    """A statement about money that no keeper would have made or allowed; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def require(holds: bool, sentence: str) -> None:
    """Refuse with a sentence what does not hold.

    Raises:
        LedgerBroken: it does not.
    """
    if not holds:
        raise LedgerBroken(sentence)
