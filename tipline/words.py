"""Sentences that a person sees, in rooms that know no web framework."""


def mark(sentence: str) -> str:
    """Mark an English sentence for the catalogues; whoever shows it looks it up in the person's language."""
    return sentence
