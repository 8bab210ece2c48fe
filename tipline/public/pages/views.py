"""Home, advice, the language link, the style sheet."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tipline.public.language import LANGUAGES, PARAMETER
from tipline.public.pages.style import STYLE

pages = Blueprint("pages", __name__)

STYLE_SECONDS = 7 * 86_400


@pages.get("/")
def home() -> ResponseReturnValue:
    return render_template("pages/home.html")


@pages.get("/safety")
def safety() -> ResponseReturnValue:
    return render_template("pages/safety.html")


@pages.get("/language/<code>")
def language(code: str) -> ResponseReturnValue:
    """Go back to a page of ours in another language."""
    if code not in LANGUAGES:
        abort(404)
    target = urlsplit(request.args.get("to", ""))
    home_page = url_for("pages.home", **{PARAMETER: None})
    # Only a path of this site: "//elsewhere" and "/\elsewhere" are other hosts to a browser.
    ours = not target.scheme and not target.netloc and target.path.startswith("/") and "\\" not in target.path
    path = target.path if ours and not target.path.startswith("//") else home_page
    return redirect(f"{path}?{PARAMETER}={code}", 303)


@pages.get("/style.css")
def style() -> Response:
    response = Response(STYLE.data, mimetype="text/css")
    response.headers["Cache-Control"] = f"public, max-age={STYLE_SECONDS}, immutable"
    return response


@pages.get("/favicon.ico")
def icon() -> ResponseReturnValue:
    """Browsers ask by themselves; there is none."""
    return Response(status=204)
