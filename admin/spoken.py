"""The sentences and words of one language, as its pages call them.

Flask-Babel finds out anew for every sentence which language the request has; a page has a hundred sentences,
and a sixth of its time went there.
"""

from functools import lru_cache
from typing import Any, Final

from babel.support import NullTranslations
from markupsafe import Markup

from admin.words import word

_SENTENCES: Final = 4096
"""What the templates hold fits in; the number bounds it all the same."""
_WORDS: Final = 2048


class Spoken:
    """One language. A sentence is a format, as for Jinja's own `gettext`: what is filled in is escaped."""

    def __init__(self, translations: NullTranslations) -> None:
        """Speak the language of these translations, which is that of the request at hand."""
        self._translations = translations
        self._formats = lru_cache(maxsize=_SENTENCES)(self._format)
        self._plain = lru_cache(maxsize=_SENTENCES)(lambda sentence: self._formats(sentence) % {})
        self._words = lru_cache(maxsize=_WORDS)(lambda kind, code: str(word(kind, code)))

    def gettext(self, sentence: str, **values: Any) -> Markup:
        """A sentence, with its values."""
        return self._formats(sentence) % values if values else self._plain(sentence)

    def ngettext(self, one: str, many: str, num: int, **values: Any) -> Markup:
        """A sentence with a number, which stands in it as `num`."""
        return Markup(self._translations.ungettext(one, many, num)) % {"num": num, **values}  # noqa: S704  the same

    def for_pages(self) -> dict[str, object]:
        """By the names that templates call."""
        return {"_": self.gettext, "gettext": self.gettext, "ngettext": self.ngettext, "word": self._words}

    def _format(self, sentence: str) -> Markup:
        return Markup(self._translations.ugettext(sentence))  # noqa: S704  from the catalogue, not from a person
