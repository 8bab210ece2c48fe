"""What every page may call: words for codes, names of units and desks, the form's token."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from admin.accused.hiding import alias_words, tag_words
from admin.confirming.service import what_is_asked
from admin.language import LANGUAGES
from admin.protection.words import protected_alias
from admin.question_words import answer_words
from admin.queue.service import handle
from admin.visit import Visit
from tipline.ids import DeskId, UnitId
from tipline.routing import UNKNOWN_UNIT

NO_UNIT = "–"


def page_words(language: str, visit: Visit | None) -> dict[str, Any]:
    """The functions and values of a page in one language."""
    name = "zh" if language.startswith("zh") else "en"

    def named(names: Mapping[str, str]) -> str:
        return names[name]

    def unit_name(unit: str) -> str | LazyString:
        if not unit:
            return NO_UNIT
        if unit == UNKNOWN_UNIT:
            return _l("Another unit")
        known = visit.directory.units.get(UnitId(unit)) if visit else None
        return named(known.names) if known else unit

    def unit_list(units: Iterable[str]) -> str:
        return ("；" if name == "zh" else "; ").join(str(unit_name(unit)) for unit in units)

    def desk_name(desk: str) -> str:
        known = visit.directory.desks.get(DeskId(desk)) if visit else None
        return named(known.names) if known else desk

    return {
        "answer_words": answer_words,
        "tag_words": tag_words,
        "alias_words": alias_words,
        "protected_alias": protected_alias,
        "handle": handle,
        "named": named,
        "unit_name": unit_name,
        "unit_list": unit_list,
        "desk_name": desk_name,
        "csrf": cache(token_field),  # a page's forms carry the same one
        "second_look": what_is_asked,
        "languages": LANGUAGES,
        "language": language,
        "html_lang": language.replace("_", "-"),
    }


def token_field() -> Markup:
    """The hidden field without which no form is taken."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(
        generate_csrf()  # type: ignore[no-untyped-call]  # Flask-WTF has no types
    )
