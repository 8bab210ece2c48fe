"""What follows a screen: the next one, the one before, the same again with what is wrong, or the code."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import TooManyRequests

from tipline.public.guided.page import NOTHING, show, what_keeps_it_here
from tipline.public.guided.screens import Go, Screen, screen_asking
from tipline.public.guided.visit import Visit, read_visit
from tipline.public.limits import WINDOW_SECONDS
from tipline.public.report.sending import send_report
from tipline.public.services import services
from tipline.public.uploads.body import UploadProblem
from tipline.public.uploads.wording import LOOK_AT_FILES, PROBLEM_WORDS
from tipline.tips.errors import NobodyMayRead, RouteChanged, TipError, TooManyUnits
from tipline.words import mark

EARLIER_ARE_GONE = mark(
    "This page had been open for too long, so nothing was sent yet. What you typed last is kept. What stood "
    "on the other steps is gone: please go through them once more."
)
CHOOSE_AGAIN = mark("If you had just chosen files, please choose them again: a browser does not keep them.")
TOO_OFTEN = mark(
    "Too many reports came from your connection in the last minute. "
    "Please wait one minute and press Send again."
)


def answer(visit: Visit) -> ResponseReturnValue:
    """Answer a screen that was sent."""
    if visit.is_lost:
        return begin_again(visit)
    if (problem := visit.body.problem) in PROBLEM_WORDS:
        return without_files(visit, problem)
    if visit.go is Go.STAY or visit.problems or visit.body.is_cut:
        return show(visit.screen, visit.form, NOTHING if visit.go is Go.STAY else visit.problems)
    if visit.screen is Screen.FILES and visit.body.refused:
        return look_at_files(visit)
    return move(visit)


def move(visit: Visit) -> ResponseReturnValue:
    """One screen back or on, or the report goes."""
    if visit.go is Go.BACK:
        return show(Screen(max(visit.screen - 1, Screen.DANGER)), visit.form)
    if visit.screen is Screen.FILES:
        return send(visit)
    return show(Screen(visit.screen + 1), visit.form)


def begin_again(visit: Visit) -> tuple[str, int]:
    """The first screen, with what the last one was told sealed anew; what does not fit stays in its field."""
    screen = visit.screen if visit.problems else Screen.DANGER
    notice = _with_files(visit, gettext(EARLIER_ARE_GONE))
    page, _ = show(screen, visit.form, visit.problems, notice=notice)
    return page, 400


def without_files(visit: Visit, problem: UploadProblem) -> ResponseReturnValue:
    """The same screen, and why its files were not taken."""
    page, _ = show(visit.screen, visit.form)
    return page, 503 if problem is UploadProblem.NOT_STORED else 413


def look_at_files(visit: Visit) -> ResponseReturnValue:
    """The last screen with the list of files, before they go."""
    page, status = show(Screen.FILES, visit.form, notice=gettext(LOOK_AT_FILES))
    return page, 422 if visit.body.refused else status


def send(visit: Visit) -> ResponseReturnValue:
    """Send the report, or name what keeps it here."""
    try:
        services().allowances.report()
    except TooManyRequests:
        page, _ = show(Screen.FILES, visit.form, notice=gettext(TOO_OFTEN))
        return page, 429, {"Retry-After": str(WINDOW_SECONDS)}
    if what_keeps_it_here(visit.form):
        return show(Screen.FILES, visit.form)
    if visit.body.must_ask:
        return look_at_files(visit)
    try:
        return send_report(visit.form, visit.body)
    except RouteChanged as error:
        page, _ = show(Screen.FILES, visit.form, notice=gettext(error.sentence), is_new=True)
        return page, 422
    except TipError as error:
        field = "exclude" if isinstance(error, TooManyUnits | NobodyMayRead) else "description"
        return show(screen_asking(field), visit.form, {field: error.sentence})


def screen_again(notice: str) -> str:
    """The screen whose sending failed for a reason that is not in its answers."""
    visit = read_visit(services().book.current())
    if visit.is_lost:
        page, _ = begin_again(visit)
        return page
    page, _ = show(visit.screen, visit.form, notice=_with_files(visit, notice))
    return page


def _with_files(visit: Visit, notice: str) -> str:
    # Whether some were chosen is not known: a body that is refused is not read for its files.
    return f"{notice} {gettext(CHOOSE_AGAIN)}" if visit.screen is Screen.FILES else notice
