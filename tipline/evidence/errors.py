"""What is wrong with an export."""


class EvidenceError(Exception):
    """Base of all errors of this room."""


class ExportMisused(EvidenceError):
    """The parts of an export were written out of order."""


class VerificationFailed(EvidenceError):
    """The export does not hold; `index` is the first bad entry, None where no single entry is to blame."""

    def __init__(self, index: int | None, sentence: str) -> None:
        super().__init__(sentence if index is None else f"entry {index}: {sentence}")
        self.index = index
        self.sentence = sentence
