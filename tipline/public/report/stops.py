"""What keeps a form with files from being sent, whatever it asks for."""

from dataclasses import dataclass

from flask_babel import gettext

from tipline.public.uploads.body import UploadBody, UploadProblem
from tipline.public.uploads.wording import FILES_ARE_GONE, LOOK_AT_FILES, PROBLEM_WORDS
from tipline.words import mark

FORM_EXPIRED = mark(
    "This page had been open for too long, so nothing was sent yet. Everything you typed is still here. "
    "Please press Send again."
)


@dataclass(frozen=True)
class Stop:
    """Why a form is shown once more, before anything was stored.

    `asks`: nothing is wanted but a look at the files.
    """

    notice: str
    status: int
    asks: bool = False


def stop_of(body: UploadBody, *, has_errors: bool) -> Stop | None:
    """Why a form is not sent yet; None when it can be."""
    if body.problem in PROBLEM_WORDS:
        status = 503 if body.problem is UploadProblem.NOT_STORED else 413
        return Stop(gettext(PROBLEM_WORDS[body.problem]), status)
    if body.issued is None:
        return Stop(gettext(FORM_EXPIRED), 400)
    if has_errors or body.is_cut:
        return Stop("", 422)
    if body.must_ask:
        notice = gettext(FILES_ARE_GONE if body.lost_state else LOOK_AT_FILES)
        return Stop(notice, 422 if body.refused or body.lost_state else 200, asks=True)
    return None
