"""Which language a page speaks: the browser's, or the one chosen by a link.

A choice travels as `lang` in the links and forms that follow, so no cookie is
needed for it.
"""

from functools import lru_cache
from typing import Any

from babel import negotiate_locale
from flask import Flask, g, request

PARAMETER = "lang"
CHINESE = "zh-Hans"
ENGLISH = "en"
LANGUAGES = {CHINESE: "中文", ENGLISH: "English"}
"""Tags as HTML wants them, with their own names. The first is for whoever asks for neither."""

_LOCALES = {CHINESE: "zh_Hans", ENGLISH: "en"}
_TAGS = {locale: tag for tag, locale in _LOCALES.items()}
# What browsers call Chinese. Traditional readers are better served by simplified Chinese than by English.
_CHINESE_NAMES = "zh zh_cn zh_sg zh_my zh_tw zh_hk zh_mo zh_hans zh_hans_cn zh_hant"
_ALIASES = dict.fromkeys(_CHINESE_NAMES.split(), "zh_Hans")


def init_language(app: Flask) -> None:
    """Choose the language before each request, and keep a choice on the links of its page."""
    app.before_request(choose_language)
    app.url_defaults(_keep_choice)


def choose_language() -> None:
    """Set the language of this request."""
    chosen = request.args.get(PARAMETER, "")
    g.language_chosen = chosen in LANGUAGES
    g.language = chosen if g.language_chosen else _negotiate(request.headers.get("Accept-Language", ""))


def locale() -> str:
    """The locale of this request, for gettext."""
    return _LOCALES[language()]


def language() -> str:
    """The language tag of this request."""
    return str(g.get("language", CHINESE))


def unit_language() -> str:
    """The key under which units and desks carry their name in this language."""
    return "zh" if language() == CHINESE else "en"


@lru_cache(maxsize=512)
def _negotiate(header: str) -> str:
    """The best language for an Accept-Language header."""
    wanted = []
    for part in header.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        wanted.append((-_quality(quality), tag.strip().replace("-", "_")))
    preferred = []
    for _, tag in sorted(wanted, key=lambda pair: pair[0]):
        preferred.append(tag)
        if tag.lower().startswith("zh_"):
            preferred.append("zh")
    best = negotiate_locale(preferred, list(_TAGS), aliases=_ALIASES)
    return _TAGS.get(best or "", CHINESE)


def _quality(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


def _keep_choice(endpoint: str, values: dict[str, Any]) -> None:
    if g.get("language_chosen", False) and endpoint not in ("pages.style", "pages.icon"):
        values.setdefault(PARAMETER, g.language)
