"""The headers of every response, errors included."""

from flask import Response, request
from werkzeug import Response as AnyResponse

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FEATURES = (
    "camera",
    "display-capture",
    "geolocation",
    "microphone",
    "payment",
    "publickey-credentials-get",
    "usb",
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for engines that do not know frame-ancestors
    # Not "no-referrer": browsers would hide where a form comes from, and be refused.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES),
    "Cache-Control": "no-store",
}

HSTS_SECONDS = 365 * 86_400
CLEARED = '"cache", "cookies", "storage"'


def add_headers(response: Response) -> Response:
    """Add what every response carries; only the style sheet says itself that a browser may keep it."""
    given = {name.lower() for name, _ in response.headers}
    for name, value in HEADERS.items():
        if name.lower() not in given:  # `setdefault` would look through all of them twice for each
            response.headers.add(name, value)
    # Below a path prefix the host is a portal's: what its other pages need is its own to say.
    if request.is_secure and not request.script_root:
        response.headers["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}"
    return response


def clear_site_data(response: AnyResponse) -> None:
    """Ask the browser to forget what it holds of this site: kept pages, cookies and storage.

    Source: https://www.w3.org/TR/clear-site-data/. Browsers heed it over HTTPS, on an onion address and on
    the machine itself; others rely on `Cache-Control: no-store`.
    """
    response.headers["Clear-Site-Data"] = CLEARED
