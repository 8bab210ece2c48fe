"""The one cookie of the public site: the key of a mailbox session, until the browser is closed."""

from flask import Request, request
from werkzeug import Response

from tipline.settings import Settings

_NAME = "tipline_mailbox"


def cookie_name(settings: Settings) -> str:
    """The cookie's name; over HTTPS with the prefix that no other host can set."""
    return f"__Host-{_NAME}" if settings.secure_cookies else _NAME


def set_cookie(response: Response, settings: Settings, token: str) -> None:
    """Give the browser a session."""
    response.set_cookie(
        cookie_name(settings),
        token,
        path=_path(settings, request),
        secure=settings.secure_cookies,
        httponly=True,
        samesite="Strict",
    )


def forget_cookie(response: Response, settings: Settings) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        cookie_name(settings),
        path=_path(settings, request),
        secure=settings.secure_cookies,
        httponly=True,
        samesite="Strict",
    )


def _path(settings: Settings, sent: Request) -> str:
    # The __Host- prefix requires the path "/".
    return "/" if settings.secure_cookies else sent.script_root or "/"
