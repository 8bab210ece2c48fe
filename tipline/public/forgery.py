"""Forms that other sites send in a visitor's name are refused.

The token is Flask-WTF's. What it is compared with comes from the mailbox
cookie where there is one; before that there is no cookie, and nothing in a
visitor's name to protect but the sign-in itself, which the check of the
sender's origin covers.
"""

from urllib.parse import urlsplit

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.exceptions import Forbidden

from crypto.keys import derive
from tipline.public.form_keys import FormKeys

_TOKEN = "csrf_token"  # noqa: S105  # the field's name
_NOBODY = "nobody"


class PassingSessions(SessionInterface):
    """Flask's session, made anew from the mailbox cookie for each request; it is never sent or stored."""

    def __init__(self, cookie: str) -> None:
        self._cookie = cookie

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        """A session with what the CSRF token is compared with."""
        token = request.cookies.get(self._cookie, "")
        owner = derive(token.encode("utf-8", "replace"), "tipline/csrf/session").hex() if token else _NOBODY
        return SecureCookieSession({_TOKEN: owner})

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing is kept."""


class ForgeryCheck:
    """Checks each form, when the caller says so: after the limits, which come before the body is read."""

    def __init__(self, app: Flask, keys: FormKeys) -> None:
        # The library's own hook would read the body before the limits; its tokens live as long as their key;
        # its check of the referrer refuses browsers that send none.
        app.config["WTF_CSRF_CHECK_DEFAULT"] = False
        app.config["WTF_CSRF_TIME_LIMIT"] = None
        app.config["WTF_CSRF_SSL_STRICT"] = False
        self._app = app
        self._keys = keys
        self._csrf = CSRFProtect(app)  # type: ignore[no-untyped-call]  # the library is untyped

    def load_secrets(self) -> None:
        """Hand the library the secrets in force; it reads them from the configuration."""
        self._app.config["WTF_CSRF_SECRET_KEY"] = self._keys.csrf_secrets()

    def check(self) -> None:
        """Refuse a form from elsewhere.

        Raises:
            Forbidden: the browser says that another site sent it.
            CSRFError: the token is missing, too old, or another visitor's.
        """
        if request.method == "POST":
            check_origin(request)
            self._csrf.protect()  # type: ignore[no-untyped-call]  # the library is untyped


def csrf_token() -> str:
    """A fresh token for a form of this visitor."""
    return str(generate_csrf())  # type: ignore[no-untyped-call]  # the library is untyped


def check_origin(sent: Request) -> None:
    """Refuse a form that another site sent, by what the browser says about it.

    Browsers since 2020 say where a form comes from; older ones send their
    origin or the page before. One that says nothing at all is let through.

    Raises:
        Forbidden: it came from another site.
    """
    site = sent.headers.get("Sec-Fetch-Site")
    origin = sent.headers.get("Origin") or sent.headers.get("Referer")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    elif origin is not None:
        foreign = urlsplit(origin).netloc != sent.host
    else:
        foreign = False
    if foreign:
        raise Forbidden
