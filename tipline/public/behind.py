"""The pages behind this one that a browser could show again by sending their form again.

Going back, a browser shows a page that a form brought only after it has sent the form once more, and asks
for that. So each form that brought a page has a mark, and the links of that page and of those after it carry
the marks along, in `of`. "Leave quickly" notes them, and a form with such a mark leads to the neutral page:

    form is sent -> page, its links with of=a -> other page, of=a -> Leave: a is noted -> sent again: away

A mark is made of the form's secret code or, without one, of all that was sent. It leads back to neither.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from flask import Flask, g, redirect, request, url_for
from werkzeug import Response
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from crypto.tracking_codes import TrackingCode
from tipline.public.form_keys import ExpiredForm, IssuedForm
from tipline.public.headers import clear_site_data
from tipline.public.left import MARK_BYTES
from tipline.public.services import Services, services
from tipline.public.uploads.body import FORM_FIELD, upload_body_or_none

PARAMETER = "of"
MAX_BEHIND = 8
"""Older ones are forgotten; an address stays short."""

_BETWEEN = "."
_MARK = b"tipline/form/left\n"
_FILES = frozenset(("pages.style", "pages.icon"))
_TOKEN_FIELD = "csrf_token"  # noqa: S105  # the field's name


def init_behind(app: Flask) -> None:
    """Keep the marks on every link of a page."""
    app.url_defaults(_keep)


def mark_of(code: TrackingCode) -> bytes:
    """The mark of the forms that carry a code; it does not lead back to the code, nor to its tip."""
    return hmac.digest(code.raw, _MARK, "sha256")[:MARK_BYTES]


def leads_away() -> Response | None:
    """Note what lies behind this request; where its form was left before, the way to the neutral page."""
    use, address = services(), request.args.get(PARAMETER, "")
    g.behind = _BETWEEN.join(use.form_keys.marks_in(address.split(_BETWEEN)[-MAX_BEHIND:])) if address else ""
    if request.method != "POST":
        return None
    mark = _mark_of_sent(use)
    if mark is None:
        return None
    if not use.left.has(mark):
        g.sent = mark
        return None
    response = redirect(url_for("pages.leave", **{PARAMETER: None}), 303)
    clear_site_data(response)
    return response


def marks_behind(use: Services) -> list[bytes]:
    """The marks that came with this request's address."""
    return [bytes.fromhex(mark)[:MARK_BYTES] for mark in str(g.behind).split(_BETWEEN) if mark]


def carried() -> str:
    """What the links of a page carry that is shown now; the form that brought it lies behind it, too.

    A redirect shows none, so the form that was answered by one is not counted.
    """
    mark = g.pop("sent", None)
    if mark is not None:
        known = [each for each in str(g.behind).split(_BETWEEN) if each and not each.startswith(mark.hex())]
        g.behind = _BETWEEN.join([*known, services().form_keys.seal_mark(mark)][-MAX_BEHIND:])
    return str(g.get("behind", ""))


def _keep(endpoint: str, values: dict[str, Any]) -> None:
    if g.get("behind", "") and endpoint not in _FILES:
        values.setdefault(PARAMETER, g.behind)


def _mark_of_sent(use: Services) -> bytes | None:
    try:
        sent = request.form
    except HTTPException:
        return None
    issued = _issued(use, sent)
    if issued is not None:
        return mark_of(issued.code)
    # Whoever does not know the page's token cannot find out by trying what was sent.
    return _digest(sent.items(multi=True)) if _TOKEN_FIELD in sent else None


def _issued(use: Services, sent: MultiDict[str, str]) -> IssuedForm | None:
    body = upload_body_or_none()
    if body is not None and body.issued is not None:
        return body.issued
    try:
        return use.form_keys.open(sent[FORM_FIELD]) if FORM_FIELD in sent else None
    except ExpiredForm:
        return None


def _digest(fields: Iterable[tuple[str, str]]) -> bytes:
    digest = hashlib.sha256(_MARK)
    for text in (text for field in fields for text in field):
        data = text.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()[:MARK_BYTES]
