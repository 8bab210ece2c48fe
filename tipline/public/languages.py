"""The languages of the site: English, the language of the code, and each that has a catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from babel import Locale, negotiate_locale

CHINESE = "zh-Hans"
ENGLISH = "en"
FIRST = (CHINESE, ENGLISH)
"""The order of the language links where the deployment names none; others follow by tag."""

_PARTS_HEEDED = 20
_REMEMBERED = 512
# What browsers call Chinese. Traditional readers are better served by simplified Chinese than by English.
_CHINESE_NAMES = "zh zh_cn zh_sg zh_my zh_tw zh_hk zh_mo zh_hans zh_hans_cn zh_hant"


@dataclass(frozen=True)
class Language:
    """One language: its tag as HTML wants it, its own name for itself, "ltr" or "rtl"."""

    tag: str
    name: str
    direction: str

    @property
    def locale(self) -> str:
        """Its name as gettext wants it."""
        return self.tag.replace("-", "_")


class Languages:
    """The languages that this site speaks, in the order of their links.

    The first is for whoever asks for none of them.
    """

    def __init__(self, found: Sequence[Language]) -> None:
        self._by_tag = {language.tag: language for language in found}
        self._best: dict[str, str] = {}

    @classmethod
    def discover(cls, catalogues: Path, order: Sequence[str] = ()) -> "Languages":
        """English and every language with a compiled catalogue in this folder.

        Args:
            order: tags that come first, in this order; what is not found is passed over.
        """
        locales = {path.parents[1].name for path in catalogues.glob("*/LC_MESSAGES/messages.mo")}
        found = {language.tag: language for language in map(_language, {*locales, ENGLISH})}
        ordered = [tag for tag in dict.fromkeys((*order, *FIRST, *sorted(found))) if tag in found]
        return cls([found[tag] for tag in ordered])

    def __contains__(self, tag: str) -> bool:
        return tag in self._by_tag

    def __getitem__(self, tag: str) -> Language:
        return self._by_tag[tag]

    @cached_property
    def all(self) -> tuple[Language, ...]:
        """Each of them, in order."""
        return tuple(self._by_tag.values())

    def best(self, header: str) -> str:
        """The tag of the best language for an Accept-Language header."""
        known = self._best.get(header)
        if known is None:
            if len(self._best) >= _REMEMBERED:  # headers are the visitor's to invent
                self._best.clear()
            known = self._best[header] = self._negotiate(header)
        return known

    def _negotiate(self, header: str) -> str:
        wanted = []
        for part in header.split(",")[:_PARTS_HEEDED]:
            tag, _, quality = part.strip().partition(";q=")
            wanted.append((-_quality(quality), tag.strip().replace("-", "_")))
        preferred = []
        for _, tag in sorted(wanted, key=lambda pair: pair[0]):
            preferred.append(tag)
            preferred.append(tag.partition("_")[0])
        locales = {language.locale: tag for tag, language in self._by_tag.items()}
        chinese = CHINESE.replace("-", "_")
        aliases = dict.fromkeys(_CHINESE_NAMES.split(), chinese)
        best = negotiate_locale(preferred, list(locales), aliases=aliases)
        return locales.get(best or "", self.all[0].tag)


def _language(name: str) -> Language:
    locale = Locale.parse(name)
    own_name = locale.get_language_name(locale) or name
    direction = "rtl" if locale.character_order == "right-to-left" else "ltr"
    return Language(name.replace("_", "-"), own_name, direction)


def _quality(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0
