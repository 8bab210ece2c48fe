"""The page for whoever comes far too often: made once for each language, so that a flood costs little."""

from collections.abc import Sequence

from flask import Response, make_response, render_template

from tipline.public.limits import WINDOW_SECONDS
from tipline.public.pages.spliced import SplicedPages

spliced = SplicedPages()


def too_often() -> Response:
    """Say what to do; nothing of the request is read for it."""
    response = make_response(spliced.page("too-often", 0, _page, ()), 429)
    response.headers["Retry-After"] = str(WINDOW_SECONDS)
    return response


def _page(_gaps: Sequence[str]) -> str:
    return render_template("pages/too_often.html")
