"""What a person is called where their name is not: a letter and a number that the item's id gives."""

import hashlib
from typing import Final

from tipline.ids import ItemId

LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which are taken for digits."""
NUMBERS: Final = 99


def alias_code(item: ItemId) -> str:
    """A letter and one or two digits, such as K7: always the same for one item, and kept nowhere.

    Two people may have the same one: it names a person within one tip, and finds nobody.

    Source: docs/decisions/0008-identities-that-need-two-people.md.
    """
    return code_from(item)


def code_from(seed: bytes) -> str:
    """The letter and number that some bytes give, by their SHA-256."""
    number, letter = divmod(int.from_bytes(hashlib.sha256(seed).digest()), len(LETTERS))
    return f"{LETTERS[letter]}{number % NUMBERS + 1}"
