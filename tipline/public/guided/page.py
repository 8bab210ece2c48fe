"""The pages of the four screens."""

from collections.abc import Mapping, Sequence

from flask import render_template, request
from flask_babel import gettext

from tipline.public.forgery import csrf_token
from tipline.public.form_state import FormState
from tipline.public.guided.screens import FIELDS, Screen, answers_of, screen_asking
from tipline.public.language import language, unit_language
from tipline.public.report.forms import ReportForm
from tipline.public.report.page import END_IS_MISSING
from tipline.public.report.readers import readers_of
from tipline.public.services import services
from tipline.public.uploads.body import FORM_FIELD, UploadProblem, upload_body
from tipline.public.uploads.listing import NO_FILES, FileList, listed
from tipline.public.uploads.wording import PROBLEM_WORDS
from tipline.tips.errors import NobodyMayRead, TooManyUnits
from tipline.tips.first import route_of
from tipline.tips.wording import CATEGORY_WORDS, OFFICIAL_WORDS

NOTHING: Mapping[str, str] = {}

_TEMPLATES = {
    Screen.DANGER: "guided/danger.html",
    Screen.WHO: "guided/who.html",
    Screen.WHAT: "guided/what.html",
    Screen.FILES: "guided/files.html",
}


def show(
    screen: Screen,
    form: ReportForm,
    problems: Mapping[str, str] = NOTHING,
    *,
    notice: str = "",
    is_new: bool = False,
) -> tuple[str, int]:
    """Show a screen with every answer: its own in its fields, the others sealed beside them.

    The last screen says who will read the report. Answers that leave nobody, or that are no longer in the
    list, bring the reporter to the screen that asks for them.

    Args:
        form: every answer by now, checked.
        problems: what is named on this screen, by field.
        is_new: this becomes a report of its own, beside the one that was sent with this form before.
    """
    if screen is Screen.FILES and (found := what_keeps_it_here(form)):
        screen = screen_asking(next(iter(found)))
        problems = {name: sentence for name, sentence in found.items() if name in FIELDS[screen]}
    body = upload_body()
    if body.is_cut:
        notice = f"{notice} {gettext(END_IS_MISSING)}".strip()
    tokens = (csrf_token(), *_sealed_fields(screen, form, is_new=is_new))
    sentences = [notice, gettext(END_IS_MISSING) if body.is_cut else "", _of_files(body.problem)]
    page = render_screen(
        screen,
        form.with_errors(problems),
        notice=" ".join(filter(None, sentences)),
        tokens=tokens,
        files=listed(body),
    )
    return page, 422 if problems or body.is_cut else 200


def _of_files(problem: UploadProblem | None) -> str:
    return gettext(PROBLEM_WORDS[problem]) if problem in PROBLEM_WORDS else ""


def what_keeps_it_here(form: ReportForm) -> Mapping[str, str]:
    """Why a checked form cannot be sent, by field; nothing when somebody can read it."""
    if form.errors:
        return form.errors
    try:
        route_of(form.draft(language()), services().book.current())
    except (NobodyMayRead, TooManyUnits) as error:
        return {"exclude": error.sentence}
    return NOTHING


def first_screen(tokens: Sequence[str]) -> str:
    """The first screen around two tokens: the CSRF token, then the sealed field of the form."""
    return render_screen(Screen.DANGER, ReportForm(), notice="", tokens=(*tokens, ""), files=NO_FILES)


def render_screen(
    screen: Screen, form: ReportForm, *, notice: str, tokens: Sequence[str], files: FileList
) -> str:
    """The page of a screen. The tokens are the CSRF token, the sealed field, and the sealed answers."""
    csrf, token, state = tokens
    return render_template(
        _TEMPLATES[screen],
        screen=screen,
        form=form,
        notice=notice,
        csrf=csrf,
        token=token,
        state=state,
        files=files,
        **_shown_on(screen, form),
    )


def _sealed_fields(screen: Screen, form: ReportForm, *, is_new: bool) -> tuple[str, str]:
    """The two sealed fields.

    A sealed field that still opens comes back as it is: the tip may be stored already, and sending again must
    find it.
    """
    keys, body = services().form_keys, upload_body()
    # What this screen asks for stands in its fields, where it may be of any length.
    answers = answers_of(form, without=FIELDS[screen])
    token = keys.issue() if body.issued is None or is_new else request.form[FORM_FIELD]
    if body.issued is None:
        return token, keys.seal_state(keys.open(token), FormState(answers))
    if is_new:
        body.carry_over(keys.open(token))
    return token, keys.seal_state(body.issued, body.hold(answers, listed=screen is Screen.FILES))


def _shown_on(screen: Screen, form: ReportForm) -> dict[str, object]:
    """What a screen shows beside the answers."""
    directory = services().book.current()
    if screen is Screen.WHO:
        return {
            "units": directory.units_in_order,
            "unit_language": unit_language(),
            "officials": list(OFFICIAL_WORDS.items()),
        }
    if screen is Screen.WHAT:
        return {"categories": list(CATEGORY_WORDS.items())}
    if screen is Screen.FILES:
        draft = form.draft(language())
        readers = readers_of(route_of(draft, directory), directory)
        return {"readers": readers, "category": CATEGORY_WORDS[draft.category]}
    return {}
