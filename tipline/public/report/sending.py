"""Sending a report, and the page with its code: one way for every form."""

from collections.abc import Sequence

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import escape

from tipline.public.forgery import csrf_token
from tipline.public.form_keys import ExpiredForm
from tipline.public.language import language
from tipline.public.pages.spliced import SplicedPages
from tipline.public.report.forms import ReportForm
from tipline.public.report.readers import NOBODY_TO_NAME, Readers, readers_of
from tipline.public.services import services
from tipline.public.uploads.body import FORM_FIELD, UploadBody
from tipline.tips.categories import Urgency
from tipline.tips.first import route_of
from tipline.tips.submission import Sending, submit_tip

spliced = SplicedPages()


def send_report(form: ReportForm, body: UploadBody) -> ResponseReturnValue:
    """Store a report whose form has no errors, and show its code.

    Raises:
        ExpiredForm: the form's sealed field opens no more.
        TipError: it was not stored, and its sentence says why.
    """
    if body.issued is None:
        raise ExpiredForm
    use, draft, issued = services(), form.draft(language()), body.issued
    files = [upload.to_send for upload in body.uploads]
    sending = submit_tip(draft, issued.code, issued.tip, files, use.intake())
    body.keep()
    readers = NOBODY_TO_NAME
    if sending is Sending.NEW:
        # A desk may have handed on an older one since.
        directory = use.book.current()
        readers = readers_of(route_of(draft, directory), directory)
    urgent = draft.urgency is Urgency.DANGER
    # No redirect: a code never enters an address, a cookie or a log.
    return received_page(issued.code.reveal(), sending, readers, urgent=urgent), 201


def received_page(code: str, sending: Sending, readers: Readers, *, urgent: bool = False) -> str:
    """The page with the code. Its form to confirm it carries on this request's sealed field."""

    def render(gaps: Sequence[str]) -> str:
        shown, csrf, token, *named = gaps
        desks, excluded = [*named, "", ""][:2]
        return render_template(
            "report/received.html",
            code=shown,
            csrf=csrf,
            token=token,
            readers=Readers(
                tuple(filter(None, [desks])), tuple(filter(None, [excluded])), outside=readers.outside
            ),
            sending=sending,
            urgent=urgent,
        )

    named = [_joined(names) for names in (readers.desks, readers.excluded) if names]
    gaps = (code, csrf_token(), request.form[FORM_FIELD], *named)
    version = services().book.current().version
    variant = f"received-{sending}-{urgent}-{readers.outside}-{len(named)}"
    return spliced.page(variant, version, render, gaps)


def _joined(names: Sequence[str]) -> str:
    # Mostly there is one, and a sentence is not looked up for nothing.
    return escape(gettext("; ").join(names) if len(names) > 1 else names[0])
