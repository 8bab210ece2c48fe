"""What in an answer would tell who somebody is: words of the tip itself, and numbers that name people.

A mailbox may be read over its reporter's shoulder, and a name in it shows what the tip is about. It is a
warning and no more: nobody can list every way in which a person can be recognised.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from admin.accused.hiding import alias_words
from admin.readings.thread import TipReading
from tipline.accused.marks import Mark, marked_in
from tipline.tips.answers import Card

NAMING_ANSWERS: Final = ("who", "official_who", "vehicle")
"""The questions whose answers name somebody."""
MAX_NAMES: Final = 60
MAX_NAME: Final = 24  # characters: what is longer is a sentence and no name

_PROVINCES: Final = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_BREAKS: Final = re.compile(r"[^\w·•'-]+")
_JOINED: Final = re.compile(r"[和与及、跟]|外号|绰号|人称")
_TOLD: Final = re.compile(
    r"(?P<sure>姓名|名叫|外号|绰号|人称|小名)[是为叫：:“「\s]*(?P<marked>[\u4e00-\u9fff]{2,4})"
    r"|叫做?(?P<called>[\u4e00-\u9fff]{2,4})"
    r"|\b(?:[Cc]alled|[Nn](?:ick)?named)\s+(?P<latin>[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+){0,2})"
)
"""Words that a text itself marks as a name."""
_SURNAMES: Final = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文老小阿"
)
"""With what a name begins after 叫, which means "to tell" as often as "to be called"."""
_AFTER_NAMES: Final = re.compile("[的了是在和与也都有说把被给到又就很人他她带来去打要找收开从]")
"""What follows a name more often than it stands in one."""
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
    """The words of a reading that name somebody.

    They are the card's tags, what answers say of people and cars, and what stands in the reporter's texts
    behind a word that announces a name. A name that nothing announces is not known for one.
    """
    tags = [tag.text for tag in card.tags]
    answers = [
        entry.message.answers.get(name, "")
        for entry in reading.thread
        if entry.message
        for name in NAMING_ANSWERS
    ]
    told = [name for text in _texts(reading) for name in _told(text)]
    words = [*tags, *(word for text in (*tags, *answers) for word in _words(text)), *told]
    return tuple(dict.fromkeys(word for word in words if len(word) <= MAX_NAME))[:MAX_NAMES]


def find_names(text: str, names: Iterable[str]) -> tuple[Hit, ...]:
    """What in an answer would name somebody, each once, as it stands there or in the tip."""
    plain = _plain(text)
    close = _GAPS.sub("", plain)
    found_names = [name for name in names if _stands_in(name, plain)]
    hits = [Hit(Naming.NAME, name) for name in found_names if not _is_shorter(name, found_names)]
    for kind, pattern in _NUMBERS:
        hits += [Hit(kind, found[0]) for found in pattern.finditer(close)]
        close = pattern.sub(" ", close)  # the digits of an identity number are no telephone's
    return tuple({hit.text.casefold(): hit for hit in reversed(hits)}.values())[::-1]


def marked_names(text: str, marks: Sequence[Mark]) -> tuple[Hit, ...]:
    """The marked names in an answer, each once and under its alias: a page shows no such name."""
    codes = dict.fromkeys(marked_in(text, marks))
    return tuple(Hit(Naming.NAME, alias_words(code)) for code in codes)


def _texts(reading: TipReading) -> Iterable[str]:
    yield reading.text.description
    yield from (one.message.text for one in reading.thread if one.message and one.kind == "message")


def _told(text: str) -> Iterable[str]:
    """Names that a text announces; of a Han name also its beginning, for nothing shows where it ends."""
    for found in _TOLD.finditer(_plain(text)):
        if latin := found["latin"]:
            yield latin
            yield from _words(latin)
            continue
        name = _until_its_end(found["marked"] or found["called"])
        if found["marked"] or name[0] in _SURNAMES:
            yield from (name[:length] for length in range(len(name), 1, -1))


def _until_its_end(run: str) -> str:
    """A run of Han characters up to what is no name any more; its first two always are one."""
    end = _AFTER_NAMES.search(run, 2)
    return run[: end.start()] if end else run


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _words(text: str) -> Iterable[str]:
    plain = _plain(text)
    for word in (*_BREAKS.split(plain), *_BREAKS.split(_JOINED.sub(" ", plain))):
        least = _LEAST_LATIN if word.isascii() else _LEAST_OTHER
        if len(word) >= least and not word.islower() and word not in _NO_NAMES:
            yield word


def _is_shorter(name: str, others: Iterable[str]) -> bool:
    """Whether it is the beginning of another Han name that was found: that one is told."""
    return not name.isascii() and any(other != name and other.startswith(name) for other in others)


def _stands_in(name: str, text: str) -> bool:
    """Whether a name stands in a text; one in Latin letters must stand there as a word."""
    folded, wanted = text.casefold(), name.casefold()
    if not wanted.isascii():
        return wanted in folded
    return re.search(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])", folded) is not None
