"""The headers of every answer, errors included."""

from flask import Flask, Response, g, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        # Pico draws the arrows of lists and the ticks of boxes as data: pictures in its own stylesheet.
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

POLICY_WITH_SCRIPT = f"{POLICY}; script-src 'self'"

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: Flask-WTF checks the referrer of HTTPS posts.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}

SECURE_HEADERS = {"Strict-Transport-Security": "max-age=63072000"}

STYLE_SECONDS = 3600


def allow_script() -> None:
    """Let the page that is being made load the site's own script: passkeys need one, nothing else does."""
    g.script_allowed = True


def add_headers(app: Flask, *, secure: bool) -> None:
    """Put the headers on every answer of the site."""
    headers = HEADERS | SECURE_HEADERS if secure else HEADERS

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.update(headers)
        if g.get("script_allowed"):
            response.headers["Content-Security-Policy"] = POLICY_WITH_SCRIPT
        styled = request.endpoint == "static" and response.status_code in (200, 304)
        response.headers["Cache-Control"] = f"public, max-age={STYLE_SECONDS}" if styled else "no-store"
        return response
