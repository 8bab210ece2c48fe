"""The page on which somebody without a mailbox asks for protection, and the page with their code."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.protection.asking import HARM_WORDS, OFFICERS
from tipline.public.forgery import csrf_token
from tipline.public.form_keys import ExpiredForm
from tipline.public.language import language, unit_language
from tipline.public.protection.forms import AskForm
from tipline.public.protection.words import FOR_OFFICERS, I_AM, KINDS
from tipline.public.report.page import END_IS_MISSING, sealed_fields
from tipline.public.report.readers import readers_of
from tipline.public.services import services
from tipline.public.uploads.body import FORM_FIELD, UploadBody, upload_body_or_none
from tipline.routing import has_protection
from tipline.tips.errors import NoProtectionDesk
from tipline.tips.first import route_of
from tipline.tips.submission import submit_tip

NOWHERE = NoProtectionDesk.sentence


def ask_page(form: AskForm, *, notice: str = "", fresh: bool = False, asks: bool = False) -> str:
    """The form with everything that was typed, and the files that wait.

    Args:
        fresh: the next sending is another request, under another code.
        asks: nothing is wanted but a look at the files.
    """
    if not has_protection(services().book.current()):
        return render_template("protection/nowhere.html", sentence=gettext(NOWHERE), kept=form.text)
    body = upload_body_or_none()
    if body and body.is_cut:
        notice = f"{notice} {gettext(END_IS_MISSING)}".strip()
    token, state, files = sealed_fields(body, fresh=fresh)
    return render_template(
        "protection/form.html",
        form=form,
        notice=notice,
        csrf=csrf_token(),
        token=token,
        state=state,
        files=files,
        asks=asks and bool(files.waiting),
        groups=I_AM,
        **choices(),
    )


def choices() -> dict[str, object]:
    """What every form that asks for protection lets choose."""
    return {
        "kinds": KINDS,
        "officers": OFFICERS,
        "for_officers": FOR_OFFICERS,
        "harms": HARM_WORDS,
        "units": services().book.current().units_in_order,
        "unit_language": unit_language(),
    }


def ask_again(notice: str) -> str:
    """The page of a form whose sending failed for a reason that is not in its answers."""
    form = AskForm.read(request.form, services().book.current())
    return ask_page(form.with_errors({}), notice=notice)


def send_request(form: AskForm, body: UploadBody) -> ResponseReturnValue:
    """Store a case whose form has no errors, and show its code.

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
    directory = use.book.current()
    # No redirect: a code never enters an address, a cookie or a log.
    page = render_template(
        "protection/received.html",
        code=issued.code.reveal(),
        csrf=csrf_token(),
        token=request.form[FORM_FIELD],
        sending=sending,
        urgent=form.danger,
        readers=readers_of(route_of(draft, directory), directory),
    )
    return page, 201
