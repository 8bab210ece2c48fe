"""The words of the reports, in both languages, apart from the sites' catalogues.

A verifier on another machine makes a report again and compares it byte for byte. So a pack names the version
of its words: one of before is not compared with other words.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

LANGUAGES: Final = ("en", "zh")
LAYOUT: Final = 1
"""What `report` makes of the words; goes up with every change of it."""
TAGS: Final = {"en": "en", "zh": "zh-CN"}


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    language: str
    table: Mapping[str, Mapping[str, str]]

    def word(self, kind: str, code: str) -> str:
        """The word for a code; a code that is new here stands for itself."""
        return self.table[kind].get(code, code)

    def say(self, code: str) -> str:
        """A word of the layout."""
        return self.table["layout"][code]


@cache
def words_in(language: str) -> Words:
    """The words of "en" or "zh"."""
    place = LANGUAGES.index(language)
    found = json.loads(raw_words())
    table = {kind: {code: pair[place] for code, pair in codes.items()} for kind, codes in found.items()}
    return Words(language, table)


def raw_words() -> bytes:
    """The table as it is stored: {kind: {code: [English, Chinese]}}."""
    return files("tipline.evidence").joinpath("words.json").read_bytes()


@cache
def version() -> str:
    """The version of what a report looks like and says: its layout, and a hash of words and style."""
    digest = sha256(raw_words() + style().encode("utf-8")).hexdigest()
    return f"{LAYOUT}-{digest[:16]}"


@cache
def style() -> str:
    """What the reports look like on a screen and on paper."""
    return files("tipline.evidence").joinpath("report.css").read_text("utf-8")
