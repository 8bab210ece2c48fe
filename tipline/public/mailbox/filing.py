"""Files that are added later: sealed, cleaned and named as those of a report are."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from tipline.mailbox.writing import add_files
from tipline.public.mailbox.blueprint import mailboxes
from tipline.public.mailbox.codes import PAGE_TOO_OLD
from tipline.public.mailbox.visit import Visit, this_case, this_visit, typed_text
from tipline.public.uploads.body import (
    FORM_FIELD,
    UploadBody,
    UploadProblem,
    upload_body,
    upload_body_or_none,
)
from tipline.public.uploads.listing import NO_FILES, listed
from tipline.public.uploads.wording import FILES_ARE_GONE, LOOK_AT_FILES, PROBLEM_WORDS
from tipline.tips.errors import TipError
from tipline.words import mark

NO_FILE = mark("Please choose a file first.")
SENDING_BYTES = 8


@mailboxes.get("/files")
def files() -> ResponseReturnValue:
    return _files_page(this_visit())


@mailboxes.post("/files", endpoint="add_files")
def store_files() -> ResponseReturnValue:
    return _store_files(this_visit())


@mailboxes.get("/protection/files")
def files_in_case() -> ResponseReturnValue:
    return _files_page(this_case())


@mailboxes.post("/protection/files", endpoint="add_files_in_case")
def store_files_in_case() -> ResponseReturnValue:
    return _store_files(this_case())


def _store_files(visit: Visit) -> ResponseReturnValue:
    body = upload_body()
    refusal = _refusal(visit, body)
    if refusal:
        sentence, status = refusal
        return _files_page(visit, error=gettext(sentence)), status
    uploads = [upload.to_send for upload in body.uploads]
    try:
        add_files(visit.mailbox, typed_text("message"), uploads, _sending(body), visit.use.intake())
    except TipError as error:
        return _files_page(visit, error=gettext(error.sentence)), 422
    body.keep()
    return redirect(url_for("mailbox.protection" if visit.is_case else "mailbox.messages", sent=1), 303)


def files_again(notice: str) -> str:
    """The page with its text and files, around a sentence.

    Raises:
        MailboxError: the mailbox is not open.
    """
    return _files_page(this_visit(), error=notice)


def case_files_again(notice: str) -> str:
    """The same page of a case.

    Raises:
        MailboxError: the mailbox is not open.
    """
    return _files_page(this_case(), error=notice)


def _refusal(visit: Visit, body: UploadBody) -> tuple[str, int] | None:
    """Why these files are not stored yet, and the status of the answer."""
    if body.problem in PROBLEM_WORDS:
        return PROBLEM_WORDS[body.problem], 503 if body.problem is UploadProblem.NOT_STORED else 413
    if body.issued is None or body.issued.tip != visit.mailbox.tip:
        return PAGE_TOO_OLD, 400
    if body.must_ask:
        lost = body.lost_state
        return FILES_ARE_GONE if lost else LOOK_AT_FILES, 422 if lost or body.refused else 200
    return None if body.uploads else (NO_FILE, 422)


def _sending(body: UploadBody) -> str:
    """The name of the form that brought the files: sent again, it brings none twice."""
    return body.issued.code.locator_hash[:SENDING_BYTES].hex() if body.issued else ""


def _files_page(visit: Visit, error: str = "") -> str:
    keys, body = visit.use.form_keys, upload_body_or_none()
    token, state, waiting = keys.issue(visit.mailbox.tip), "", NO_FILES
    if body and body.issued and body.issued.tip == visit.mailbox.tip:
        token, waiting = request.form[FORM_FIELD], listed(body)
        state = keys.seal_state(body.issued, body.hold()) if waiting.waiting else ""
    return render_template(
        "mailbox/files.html",
        is_case=visit.is_case,
        token=token,
        state=state,
        files=waiting,
        typed=typed_text("message"),
        error=error,
    )
