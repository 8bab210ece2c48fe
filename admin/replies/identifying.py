"""What in an answer would tell who somebody is: words of the tip itself, and numbers that name people.

A mailbox may be read over its reporter's shoulder, and a name in it shows what the tip is about. It is a
warning and no more: nobody can list every way in which a person can be recognised.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from admin.readings.thread import TipReading
from tipline.tips.answers import Card

NAMING_ANSWERS: Final = ("who", "official_who", "vehicle")
"""The questions whose answers name somebody."""
MAX_NAMES: Final = 60
MAX_NAME: Final = 24  # characters: what is longer is a sentence and no name

_PROVINCES: Final = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_BREAKS: Final = re.compile(r"[^\w·•'-]+")
_JOINED: Final = re.compile(r"[和与及、跟]|外号|绰号|人称")
_GAPS: Final = re.compile(r"(?<=[0-9A-Za-z])[ \u00b7.-](?=[0-9A-Za-z])")
_NO_NAMES: Final = frozenset(
    ("The", "This", "That", "His", "Her", "She", "They", "Their", "And", "One", "Two")
)
_LEAST_LATIN: Final = 3
_LEAST_OTHER: Final = 2


class Naming(StrEnum):
    """What kind of word names somebody."""

    NAME = "name"
    PHONE = "phone"
    PLATE = "plate"
    IDENTITY = "identity"


_NUMBERS: Final = (
    (Naming.IDENTITY, re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")),
    (Naming.PHONE, re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}\d{7,8}(?!\d)")),
    (Naming.PLATE, re.compile(rf"[{_PROVINCES}][A-Za-z][0-9A-Za-z]{{5,6}}(?![0-9A-Za-z])")),
)


@dataclass(frozen=True)
class Hit:
    """A word of an answer that would name somebody."""

    kind: Naming
    text: str = field(repr=False)


def names_of(reading: TipReading, card: Card) -> tuple[str, ...]:
    """The words of a reading that name somebody: the card's tags, and what answers say of people and cars."""
    tags = [tag.text for tag in card.tags]
    answers = [
        entry.message.answers.get(name, "")
        for entry in reading.thread
        if entry.message
        for name in NAMING_ANSWERS
    ]
    words = [*tags, *(word for text in (*tags, *answers) for word in _words(text))]
    return tuple(dict.fromkeys(word for word in words if len(word) <= MAX_NAME))[:MAX_NAMES]


def find_names(text: str, names: Iterable[str]) -> tuple[Hit, ...]:
    """What in an answer would name somebody, each once, as it stands there or in the tip."""
    plain = _plain(text)
    close = _GAPS.sub("", plain)
    hits = [Hit(Naming.NAME, name) for name in names if _stands_in(name, plain)]
    for kind, pattern in _NUMBERS:
        hits += [Hit(kind, found[0]) for found in pattern.finditer(close)]
        close = pattern.sub(" ", close)  # the digits of an identity number are no telephone's
    return tuple({hit.text.casefold(): hit for hit in reversed(hits)}.values())[::-1]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _words(text: str) -> Iterable[str]:
    plain = _plain(text)
    for word in (*_BREAKS.split(plain), *_BREAKS.split(_JOINED.sub(" ", plain))):
        least = _LEAST_LATIN if word.isascii() else _LEAST_OTHER
        if len(word) >= least and not word.islower() and word not in _NO_NAMES:
            yield word


def _stands_in(name: str, text: str) -> bool:
    """Whether a name stands in a text; one in Latin letters must stand there as a word."""
    folded, wanted = text.casefold(), name.casefold()
    if not wanted.isascii():
        return wanted in folded
    return re.search(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])", folded) is not None
