"""HTML to PDF, in the printing process alone. Nothing is fetched: not from the network, not from the disk."""

from typing import NoReturn

from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher


class NothingIsFetched(Exception):
    """The markup names something outside itself."""


class NoFetcher(URLFetcher):
    """Refuses every address, `data:` too. (WeasyPrint's own reads files and the network.)"""

    def fetch(self, url: str, headers: object = None) -> NoReturn:
        """Refuse."""
        raise NothingIsFetched


def make_pdf(markup: str, styles: str) -> bytes:
    """A PDF without a date, an author or anything that acts."""
    fetcher = NoFetcher()  # type: ignore[no-untyped-call]  # WeasyPrint has no types
    page = HTML(string=markup, url_fetcher=fetcher)  # type: ignore[no-untyped-call]
    sheet = CSS(string=styles, url_fetcher=fetcher)  # type: ignore[no-untyped-call]
    pdf: bytes = page.write_pdf(stylesheets=[sheet])  # type: ignore[no-untyped-call]
    return pdf
