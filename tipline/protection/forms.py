"""What staff fill in for a protection case: each form as data, and reading one strictly.

A filled-in form is a note of the case: its topic is the form's id, its answers are the fields'. A move that
rests on a form names that note. Source: docs/domain, "Protection"; docs/decisions/0009-protection-cases.md.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from tipline.protection.asking import OFFICERS, Group, Harm
from tipline.protection.errors import CaseEnded, FormWrong, OfficersAlone
from tipline.protection.fields import NONE, Field, Problem, Shape, Typed, When, Wrong
from tipline.protection.scoring import STEPS, Factor, Level, score, suggested
from tipline.protection.states import ProtectionState
from tipline.tips.answers import Message

AS_SUGGESTED: Final = "suggested"
"""The level that the scores suggest, chosen without naming it."""
MEASURES_IN_PLAN: Final = 8

MEASURES: Final = (
    *("withhold", "alias", "hide-in-court", "contact-ban", "guarding", "new-identity", "relocation"),
    *("contact-plan", "patrol", "escort", "alarm", "safe-place", "at-work", "other"),
)
"""What the law names, then what a township can do by itself."""
AT_ONCE: Final = (
    "police",
    "advice",
    "safe-place",
    "escort",
    "patrol",
    "alarm",
    "contact-plan",
    "other",
    NONE,
)
CONSENTS: Final = ("mailbox", "in-person", "paper", "refused", "cannot-ask")
EVENTS: Final = ("arrest", "trial", "release", "leak", "other")
APPLICATIONS: Final = ("guarding", "contact-ban", "new-identity", "relocation", "court-measures", "other")
CRITERIA: Final = ("danger-over", "trial-over", "person-agrees", "moved-away", "other")
HARMS: Final = tuple(harm.value for harm in Harm)
OFFICERS_HARMS: Final = tuple(harm.value for harm in OFFICERS)


@dataclass(frozen=True)
class Form:
    """A form of staff. `id` is its note's topic.

    Attributes:
        moves: the state that it leads from, and the one that it leads to; None for a form that moves nothing.
        group: whose cases alone have it; None for everybody's.
    """

    id: str
    fields: tuple[Field, ...] = field(repr=False)
    moves: tuple[ProtectionState, ProtectionState] | None = None
    group: Group | None = None


def _text(name: str, *, required: bool = False) -> Field:
    return Field(name, required=required)


def _line(name: str, *, required: bool = False) -> Field:
    return Field(name, Shape.LINE, required)


def _why(name: str, of: str, *choices: str) -> Field:
    return Field(name, because=(of, choices))


def _one(name: str, choices: tuple[str, ...], *, required: bool = True) -> Field:
    return Field(name, Shape.ONE, required, choices)


def _several(name: str, choices: tuple[str, ...], *, required: bool = True) -> Field:
    return Field(name, Shape.SEVERAL, required, choices)


def _past(name: str, *, required: bool = True, not_before: str = "", beside: tuple[str, ...] = ()) -> Field:
    return Field(name, Shape.DAY, required, when=When.PAST, not_before=not_before, with_any=beside)


def _future(name: str, not_before: str = "") -> Field:
    return Field(name, Shape.DAY, when=When.FUTURE, not_before=not_before)


def _body(name: str) -> Field:
    return Field(name, Shape.BODY, required=True)


def _planned(row: int) -> tuple[Field, ...]:
    """One measure of a plan; the first must be there."""
    what, owner, start, until = (f"plan_{part}_{row}" for part in ("what", "owner", "from", "until"))
    first = row == 1
    return (
        Field(what, Shape.ONE, first, MEASURES, with_any=(owner, start, until)),
        Field(owner, Shape.LINE, first, with_any=(what, start, until)),
        Field(start, Shape.DAY, first, with_any=(what, owner, until)),
        Field(until, Shape.DAY, when=When.FUTURE, not_before=start),
    )


_S = ProtectionState

_ALL: Final = (
    Form(
        "danger",
        (
            _text("danger_what", required=True),
            _past("danger_since"),
            _text("danger_others"),
            _several("danger_at_once", AT_ONCE),
            _why("danger_why_none", "danger_at_once", NONE),
            _text("danger_details"),
        ),
        (_S.ASKED, _S.ASSESSING),
    ),
    Form(
        "assessment",
        (
            *(_one(factor.value, tuple(map(str, range(STEPS)))) for factor in Factor),
            _one("risk_level", (AS_SUGGESTED, *(level.value for level in Level))),
            _text("risk_reason"),
            _several("risk_events", EVENTS, required=False),
            _text("risk_details"),
        ),
        (_S.ASSESSING, _S.PLANNING),
    ),
    Form(
        "plan",
        (
            *(part for row in range(1, MEASURES_IN_PLAN + 1) for part in _planned(row)),
            _one("plan_consent", CONSENTS),
            _why("plan_consent_why", "plan_consent", "refused", "cannot-ask"),
            _text("plan_details"),
        ),
        (_S.PLANNING, _S.APPROVING),
    ),
    Form(
        "review",
        (
            _text("review_changed", required=True),
            _one("review_kept", ("yes", "partly", "no")),
            _why("review_kept_why", "review_kept", "partly", "no"),
            _one("review_danger", ("less", "same", "more")),
            _several("review_events", EVENTS, required=False),
            _future("review_event_on"),
        ),
        (_S.PROTECTED, _S.PROTECTED),
    ),
    Form(
        "closing",
        (
            _several("closing_criteria", CRITERIA),
            _why("closing_other", "closing_criteria", "other"),
            _one("closing_reached", ("mailbox", "in-person", "paper", "not-reached")),
            _why("closing_reached_why", "closing_reached", "not-reached"),
            _text("closing_how", required=True),
        ),
        (_S.PROTECTED, _S.ENDING),
    ),
    Form(
        "incident",
        (
            _past("incident_on"),
            Field("incident_kinds", Shape.SEVERAL, True, HARMS, OFFICERS_HARMS),
            _text("incident_what", required=True),
            _text("incident_done"),
        ),
    ),
    Form(
        "measure",
        (
            _one("measure_what", MEASURES),
            _one("measure_state", ("done", "changed", "stopped")),
            _past("measure_on"),
            _why("measure_why", "measure_state", "changed", "stopped"),
        ),
    ),
    Form(
        "application",
        (
            _one("application_kind", APPLICATIONS),
            _body("application_body"),
            _line("application_number", required=True),
            _past("application_sent"),
            Field("application_due", Shape.DAY, True, not_before="application_sent"),
            _text("application_what", required=True),
            Field(
                "application_answer",
                Shape.ONE,
                choices=("granted", "partly", "refused"),
                with_any=("application_answered",),
            ),
            _past(
                "application_answered",
                required=False,
                not_before="application_sent",
                beside=("application_answer",),
            ),
            _text("application_words"),
        ),
    ),
    Form(
        "backing",
        (
            _line("backing_to", required=True),
            _text("backing_what", required=True),
            _past("backing_asked"),
            Field("backing_by", Shape.LINE, with_any=("backing_on", "backing_answer")),
            _past(
                "backing_on",
                required=False,
                not_before="backing_asked",
                beside=("backing_by", "backing_answer"),
            ),
            Field("backing_answer", with_any=("backing_by", "backing_on")),
        ),
        group=Group.OFFICER,
    ),
    Form(
        "referral",
        (
            _text("referral_what", required=True),
            _body("referral_body"),
            _line("referral_number", required=True),
            _past("referral_sent"),
            Field("referral_receipt", Shape.LINE, with_any=("referral_receipt_on",)),
            _past(
                "referral_receipt_on",
                required=False,
                not_before="referral_sent",
                beside=("referral_receipt",),
            ),
        ),
        group=Group.OFFICER,
    ),
    Form(
        "clearing",
        (
            _text("clearing_what", required=True),
            _body("clearing_by"),
            _line("clearing_number", required=True),
            _past("clearing_on"),
            _text("clearing_where", required=True),
        ),
        group=Group.OFFICER,
    ),
)

FORMS: Final[Mapping[str, Form]] = MappingProxyType({form.id: form for form in _ALL})
"""Every form by its id."""

TYPED: Final = tuple(part.name for form in _ALL for part in form.fields if part.is_typed)
CHOSEN: Final = tuple(part.name for form in _ALL for part in form.fields if not part.is_typed)
"""The fields that somebody writes, and the others: what must come back when a page cannot be shown."""


def form_of(source: ProtectionState, target: ProtectionState) -> Form | None:
    """The form on which a move rests; None for a move without one."""
    return next((form for form in _ALL if form.moves == (source, target)), None)


def forms_for(group: Group) -> tuple[Form, ...]:
    """The forms of a group's cases that move nothing."""
    return tuple(form for form in _ALL if form.moves is None and form.group in (None, group))


def require_fits(form: Form, group: Group, state: ProtectionState) -> None:
    """Check that a case has a form now.

    Raises:
        CaseEnded: nothing more is filled in for a case that has ended.
        OfficersAlone: the form is for cases of officers.
    """
    if state is ProtectionState.ENDED:
        raise CaseEnded
    if form.group not in (None, group):
        raise OfficersAlone


def read_form(
    form: Form, typed: Typed, today: date, *, group: Group, bodies: Collection[str] = ()
) -> Message:
    """A filled-in form as the note that is kept. What the form does not have is not read.

    Args:
        group: whose case it is.
        bodies: the ids of the competent bodies of the roster.

    Raises:
        FormWrong: fields are missing or cannot be taken; it names each.
    """
    answers = {part.name: part.read(typed) for part in form.fields}
    problems = [
        Problem(part.name, wrong)
        for part in form.fields
        if (wrong := _wrong_with(part, answers, today, group, bodies)) is not None
    ]
    if form.id == "assessment" and not problems:
        answers, problems = _scored(answers)
    if problems:
        raise FormWrong(tuple(problems))
    return Message("", today, form.id, {name: answer for name, answer in answers.items() if answer})


def _wrong_with(
    part: Field, answers: Mapping[str, str], today: date, group: Group, bodies: Collection[str]
) -> Wrong | None:
    wrong = part.wrong_with(answers, today, bodies)
    if wrong is None and group is not Group.OFFICER and set(answers[part.name].split()) & set(part.officers):
        return Wrong.OFFICERS_ALONE
    return wrong


def _scored(answers: Mapping[str, str]) -> tuple[dict[str, str], list[Problem]]:
    """The answers with their score; another level than the suggested one needs a reason."""
    scores = {factor: int(answers[factor.value]) for factor in Factor}
    fits = suggested(scores)
    chosen = fits.value if answers["risk_level"] == AS_SUGGESTED else answers["risk_level"]
    wrong = [] if chosen == fits or answers["risk_reason"] else [Problem("risk_reason", Wrong.WHY)]
    more = {"risk_level": chosen, "risk_score": str(score(scores)), "risk_suggested": fits.value}
    return {**answers, **more}, wrong
