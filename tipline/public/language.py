"""Which language a page speaks: the browser's, or the one chosen by a link.

A choice travels as `lang` in the links and forms that follow, so no cookie is
needed for it.
"""

from typing import Any

from flask import Flask, g, request

from tipline.public.languages import CHINESE, ENGLISH
from tipline.public.services import services

PARAMETER = "lang"


def init_language(app: Flask) -> None:
    """Choose the language before each request, and keep a choice on the links of its page."""
    app.before_request(choose_language)
    app.url_defaults(_keep_choice)


def choose_language() -> None:
    """Set the language of this request."""
    languages = services().languages
    chosen = request.args.get(PARAMETER, "")
    g.language_chosen = chosen in languages
    g.language = chosen if g.language_chosen else languages.best(request.headers.get("Accept-Language", ""))


def locale() -> str:
    """The locale of this request, for gettext."""
    return language().replace("-", "_")


def language() -> str:
    """The language tag of this request."""
    return str(g.get("language", CHINESE))


def unit_language() -> str:
    """The key under which units and desks carry their name for this reader: they have two names each."""
    return "en" if language() == ENGLISH else "zh"


def _keep_choice(endpoint: str, values: dict[str, Any]) -> None:
    if g.get("language_chosen", False) and endpoint not in ("pages.style", "pages.icon"):
        values.setdefault(PARAMETER, g.language)
