"""/sign-in and /sign-out."""

from flask import Blueprint, Response, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from admin.errors import AdminError
from admin.permissions import Permission, requires
from admin.services import Services
from admin.sessions.cookie import clear_cookie, cookie_of, set_cookie
from admin.sign_in.errors import SignInError, WrongSignIn
from admin.sign_in.service import unlock_member

pages = Blueprint("sign_in", __name__)

FIELDS = ("name", "password", "otp")
MAX_FIELD = 1024
"""Characters: a password of any length would be stretched at this site's cost."""


@pages.get("/sign-in")
@requires(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    """The form."""
    return render_template("sign_in.html", name="", problem=None)


@pages.post("/sign-in")
@requires(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Check what was typed and open a session under a new token."""
    services: Services = g.services
    name, password, otp = (request.form.get(field, "") for field in FIELDS)
    if not (name and password and otp) or max(map(len, (name, password, otp))) > MAX_FIELD:
        raise WrongSignIn
    member = unlock_member(
        name.strip(),
        password,
        otp,
        source=request.remote_addr or "",
        accounts=services.accounts,
        keeper=services.keeper,
        throttle=services.throttle,
    )
    old = cookie_of(request, secure=services.settings.secure_cookies)
    if old:
        services.sessions.end(old)
    token = services.sessions.start(member)
    session.clear()  # a new token for forms, too
    response = redirect("/", 303)
    set_cookie(response, token, secure=services.settings.secure_cookies)
    return response


@pages.post("/sign-out")
@requires(Permission.PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End the session of the cookie; works while the keeper is away."""
    services: Services = g.services
    services.sessions.end(cookie_of(request, secure=services.settings.secure_cookies))
    session.clear()
    response: Response = redirect("/sign-in", 303)  # type: ignore[assignment]
    clear_cookie(response, secure=services.settings.secure_cookies)
    return response


@pages.errorhandler(SignInError)
def refuse(error: AdminError) -> ResponseReturnValue:
    """The form again, with the one sentence; the password does not come back."""
    name = request.form.get("name", "")[:MAX_FIELD]
    return render_template("sign_in.html", name=name, problem=error.sentence), error.status
