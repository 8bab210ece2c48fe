"""What the link "Leave" does beside showing a neutral page."""

from urllib.parse import urlsplit

import structlog
from flask import Request
from werkzeug import Response

from tipline.mailbox.errors import SignedOut
from tipline.public.behind import mark_of, marks_behind
from tipline.public.headers import clear_site_data
from tipline.public.mailbox.cookies import cookie_name, forget_cookie
from tipline.public.services import Services

log = structlog.get_logger()


def end_visit(use: Services, sent: Request, response: Response) -> None:
    """End this browser's mailbox and make it forget the site, unless another site sent it here.

    The forms of the pages that lie behind are answered no more: sent again, they lead to the neutral page.
    """
    if not came_from_here(sent):
        return
    token = sent.cookies.get(cookie_name(use.settings), "")
    _note_left(use, token)
    if token:
        use.sessions.end(token)
        forget_cookie(response, use.settings)
    clear_site_data(response)


def _note_left(use: Services, token: str) -> None:
    try:
        use.left.add([*marks_behind(use), *_mark_of_mailbox(use, token)])
    except OSError as error:
        # Whoever leaves must see the neutral page whatever happens.
        log.error("what was left could not be noted", error=type(error).__name__)


def _mark_of_mailbox(use: Services, token: str) -> list[bytes]:
    """The mark of the form that brought its code: somebody may have typed the mailbox's address since."""
    try:
        return [mark_of(use.sessions.resume(token))]
    except SignedOut:
        return []


def came_from_here(sent: Request) -> bool:
    """Whether a person or a page of ours asked for this, by what the browser says.

    Another site could otherwise throw visitors out of their mailbox. Old browsers say nothing of that; the
    mailbox's cookie, which is not sent along from elsewhere, covers them too.
    """
    site = sent.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    referrer = sent.headers.get("Referer")
    return referrer is None or urlsplit(referrer).netloc == sent.host
