"""Passwords that a machine makes for a person: read aloud without mistakes, typed on any keyboard."""

from crypto.randomness import random_bytes

CONSONANTS = "bdfghklmnprstvwz"
VOWELS = "aeiu"
WORDS = 4
SYLLABLES = 3


def new_passphrase() -> str:
    """Four words of three syllables, 72 random bits: `bafeki-musula-…`.

    A syllable is one of 64, so six bits of a byte choose it without bias.
    """
    syllables = [_syllable(byte & 63) for byte in random_bytes(WORDS * SYLLABLES)]
    words = ["".join(syllables[start : start + SYLLABLES]) for start in range(0, len(syllables), SYLLABLES)]
    return "-".join(words)


def _syllable(number: int) -> str:
    return CONSONANTS[number >> 2] + VOWELS[number & 3]
