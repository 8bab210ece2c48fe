"""A report as a file: the same words as on the page, as HTML to keep or as a PDF to file."""

from typing import Any, Final

from flask import Response, render_template
from flask_babel import get_locale
from markupsafe import Markup

from admin.reports.errors import NotPrinted
from admin.reports.words import SUMS, sentence
from admin.transfers.forms import LANGUAGES
from admin.transfers.letter import day_words
from admin.visit import Visit
from tipline.transfers.errors import CannotPrint

STYLES: Final = "report_print.css"
FORMS: Final = ("pdf", "html")
_TYPES: Final = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}


def paper(visit: Visit, template: str, name: str, form: str, report: Any) -> Response:
    """A report as an attachment, in the language that is spoken at hand.

    Raises:
        NotPrinted: no PDF came.
    """
    language = "zh" if str(get_locale()).startswith("zh") else "en"
    place = visit.services.deployment
    styles = render_template(STYLES)
    markup = render_template(
        template,
        report=report,
        sentence=sentence,
        sums=SUMS,
        styles=Markup(styles) if form == "html" else "",  # our own, from a template  # noqa: S704
        office=place.body.said_in(language) or place.place.said_in(language),
        origin=visit.services.settings.origin,
        genesis=visit.services.settings.genesis,
        day_words=day_words,
        maker=visit.session.member.name,
    )
    content = _printed(visit, markup, styles) if form == "pdf" else markup.encode()
    response = Response(content, content_type=_TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _printed(visit: Visit, markup: str, styles: str) -> bytes:
    try:
        return visit.services.printer.pdf(markup, styles, visit.session.member.name)
    except CannotPrint as error:
        raise NotPrinted from error


SPOKEN: Final = tuple(LANGUAGES)
"""The languages that a report is made in."""
