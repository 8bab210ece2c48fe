"""The session's cookie."""

from flask import Request
from werkzeug.wrappers import Response

from admin.sessions.token import SessionToken

NAME = "tipline_staff"


def cookie_name(*, secure: bool) -> str:
    """`__Host-` binds the cookie to this host and to HTTPS, which a trial on loopback has not."""
    return f"__Host-{NAME}" if secure else NAME


def cookie_of(request: Request, *, secure: bool) -> str:
    """The session's token as the browser sent it; empty when it sent none."""
    return request.cookies.get(cookie_name(secure=secure), "")


def set_cookie(response: Response, token: SessionToken, *, secure: bool) -> None:
    """Hand the token to the browser, until it is closed."""
    response.set_cookie(
        cookie_name(secure=secure), token.reveal(), secure=secure, httponly=True, samesite="Strict", path="/"
    )


def clear_cookie(response: Response, *, secure: bool) -> None:
    """Take the cookie back."""
    response.delete_cookie(
        cookie_name(secure=secure), secure=secure, httponly=True, samesite="Strict", path="/"
    )
