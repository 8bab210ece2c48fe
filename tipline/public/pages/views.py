"""Home, advice and other words; the sheets to print; leaving, the language link, the style sheet."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tipline.public.behind import PARAMETER as BEHIND
from tipline.public.behind import carried
from tipline.public.language import PARAMETER
from tipline.public.pages.keeping import periods, protection_period, record_period
from tipline.public.pages.leaving import end_visit
from tipline.public.pages.style import STYLE
from tipline.public.services import services

pages = Blueprint("pages", __name__)

STYLE_SECONDS = 7 * 86_400


@pages.get("/")
def home() -> ResponseReturnValue:
    return render_template("pages/home.html")


@pages.get("/safety")
def safety() -> ResponseReturnValue:
    return render_template("pages/safety.html")


@pages.get("/how")
def how() -> ResponseReturnValue:
    return render_template("pages/how.html")


@pages.get("/kept")
def kept() -> ResponseReturnValue:
    clocks = services().book.current().clocks
    return render_template(
        "pages/kept.html",
        kept=periods(clocks),
        record=record_period(clocks),
        protection=protection_period(clocks),
    )


@pages.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    return render_template("pages/accessibility.html")


@pages.get("/results")
def results() -> ResponseReturnValue:
    return render_template("pages/results.html", figures=services().results.latest())


@pages.get("/poster")
def poster() -> ResponseReturnValue:
    return render_template("pages/poster.html", address=_address_to_print())


@pages.get("/leaflet")
def leaflet() -> ResponseReturnValue:
    return render_template("pages/leaflet.html", address=_address_to_print())


@pages.get("/leave")
def leave() -> ResponseReturnValue:
    """A neutral page at a plain address, behind which nothing is left of the visit."""
    plain = BEHIND not in request.args
    to_plain = redirect(url_for("pages.leave", **{BEHIND: None}), 303)
    response = make_response(render_template("pages/leave.html")) if plain else to_plain
    end_visit(services(), request, response)
    return response


@pages.get("/language/<code>")
def language(code: str) -> ResponseReturnValue:
    """Go back to a page of ours in another language."""
    if code not in services().languages:
        abort(404)
    target = urlsplit(request.args.get("to", ""))
    home_page = url_for("pages.home", **{PARAMETER: None, BEHIND: None})
    # Only a path of this site: "//elsewhere" and "/\elsewhere" are other hosts to a browser.
    ours = not target.scheme and not target.netloc and target.path.startswith("/") and "\\" not in target.path
    path = target.path if ours and not target.path.startswith("//") else home_page
    behind = f"&{BEHIND}={carried()}" if carried() else ""
    return redirect(f"{path}?{PARAMETER}={code}{behind}", 303)


@pages.get("/style.css")
def style() -> Response:
    """The style sheet. Nothing in it is anybody's, so it alone may be compressed."""
    compressed = request.accept_encodings.quality("gzip") > 0
    response = Response(STYLE.compressed if compressed else STYLE.data, mimetype="text/css")
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = f"public, max-age={STYLE_SECONDS}, immutable"
    return response


@pages.get("/favicon.ico")
def icon() -> ResponseReturnValue:
    """Browsers ask by themselves; there is none."""
    return Response(status=204)


def _address_to_print() -> str:
    return services().deployment.site or request.url_root
