"""Which language a page speaks: the member's choice by link, else the browser's."""

from typing import Final

from babel import negotiate_locale
from flask import Request

LANGUAGES: Final = {"zh_Hans": "简体中文", "en": "English"}
DEFAULT: Final = "zh_Hans"
COOKIE: Final = "tipline_staff_language"
COOKIE_SECONDS: Final = 365 * 24 * 3600

# Every form of Chinese (zh-TW, zh-Hans-CN …) is taken as zh_Hans: `negotiate_locale` knows no scripts.
_ALIASES: Final = {"zh": "zh_Hans", "en": "en"}


def choose_language(request: Request) -> str:
    """The language of the answer to a request."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    wanted = [tag.replace("-", "_") for tag, _ in request.accept_languages]
    wanted = ["zh_Hans" if tag.startswith("zh_") else tag for tag in wanted]
    return negotiate_locale(wanted, list(LANGUAGES), aliases=dict(_ALIASES)) or DEFAULT


def safe_return(path: str) -> str:
    """Where a language link leads back to: a path of this site, else its home."""
    if path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable():
        return path
    return "/"
