"""The steps that a read tip's page offers, by the name of their form; each is one statement, or none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from werkzeug.datastructures import MultiDict

from admin.accused.forms import NameForm
from admin.accused.hiding import hiding
from admin.accused.marking import hide_in_tags, mark
from admin.errors import AdminError, NotFound
from admin.exclusions.lifting import propose_lift
from admin.exclusions.service import exclude_unit, hand_to_integrity
from admin.holds.handlers import HOLD, UNHOLD
from admin.holds.service import propose_hold
from admin.links.service import find_other, link, unlink
from admin.moves import clocks
from admin.moves.errors import AnswerFirst, OutcomeMissing, UmbrellaFirst
from admin.moves.service import find_move, move_tip
from admin.queue.tags import TagForm, set_tags
from admin.replies.notes import add_note
from admin.replies.service import send_reply
from admin.replies.templates import inserted, suited, template_text
from admin.tip.errors import NoPurpose, NoSuchStep
from admin.tip.page import PURPOSES, TipPage
from admin.tip.state import ReadState
from admin.visit import Visit
from tipline.ids import INTEGRITY, TipId
from tipline.tips.categories import Category
from tipline.tips.moves import Needs, Outcome, TipState
from tipline.tips.purposes import Purpose

Form = MultiDict[str, str]
WORK: Final = "work"
"""The purpose that follows from whose the tip is and where it stands."""


@dataclass(frozen=True)
class Step:
    """What a posted form did.

    Attributes:
        name: the step; "" for a reading alone.
        done: whether it was taken.
        problem: why it was not.
        at: where on the page what is asked for stands.
        typed: what the page's fields hold now, where it is not what was posted.
    """

    purpose: Purpose
    name: str = ""
    done: bool = False
    problem: AdminError | None = None
    at: str = ""
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Asked:
    """A step with everything that it may look at."""

    visit: Visit
    page: TipPage
    state: ReadState
    form: Form

    @property
    def reason(self) -> str:
        """The reason that was typed, without names that are marked: auditors hold no key of them."""
        return hiding(self.state.accused)(self.form.get("reason", ""))


def take_step(visit: Visit, page: TipPage, form: Form) -> Step:
    """Take the step that a form names; a form that names none asks for a reading.

    Raises:
        NoPurpose, NoSuchStep, BadForm: the form is none of the page's.
        NotFound: the member may not know of the tip any more.
        KeeperError: nothing was proved to be logged.
    """
    name = form.get("step") or next((known for known in _BY_FIELD if known in form), "")
    if not name:
        return Step(_purpose(page, form.get("purpose", "")))
    step = _STEPS.get(name)
    if step is None:
        raise NoSuchStep
    state = ReadState.open(form.get("state", ""), visit.session, page.id)
    asked = Asked(visit, page, state, form)
    if name == TEMPLATE:
        return Step(state.purpose, TEMPLATE, at="message", typed={"message": _with_template(asked)})
    try:
        step(asked)
    except NotFound:
        raise
    except AnswerFirst as error:
        return Step(state.purpose, "message", problem=error, at="message", typed={"message": _answer(asked)})
    except AdminError as error:
        return Step(state.purpose, name, problem=error, at=name)
    return Step(state.purpose, name, done=name != SIMILAR)


def _purpose(page: TipPage, text: str) -> Purpose:
    if text == WORK and page.is_mine:
        return page.purpose
    for purpose in PURPOSES:
        if purpose.value == text:
            return purpose
    raise NoPurpose


def _reply(asked: Asked) -> None:
    sure = asked.form.getlist("sure")
    send_reply(asked.visit, asked.page.id, asked.form.get("message", ""), asked.state, sure)


def _move(asked: Asked) -> None:
    form, state, target = asked.form, asked.state, asked.form.get("move", "")
    move = find_move(state.tip_state, target)
    if move.source is TipState.SCREENING and stays_at_intake(asked.page, state):
        raise UmbrellaFirst
    detail: dict[str, str] = {}
    if move.needs == Needs.OTHER_TIP:
        detail = {"of": find_other(asked.visit, asked.page.id, form.get("other", "")).hex()}
    if move.needs == Needs.OUTCOME:
        detail = {"outcome": _outcome(form.get("outcome", ""))}
    move_tip(asked.visit, asked.page.id, target, asked.reason, state, detail)


def stays_at_intake(page: TipPage, state: ReadState) -> bool:
    """Whether a tip about an umbrella is still where it must not be worked on."""
    about_umbrella = page.card.category is Category.UMBRELLA and not page.case.umbrella
    return about_umbrella and state.route.desks != (INTEGRITY,)


def _outcome(text: str) -> str:
    try:
        return Outcome(text).value
    except ValueError as error:
        raise OutcomeMissing from error


def _with_template(asked: Asked) -> str:
    template = template_text(asked.form.get("template", ""), asked.state.language)
    return inserted(asked.form.get("message", ""), template)


def _answer(asked: Asked) -> str:
    """The answer without which a tip is not closed."""
    return template_text(suited(asked.page.state, asked.page.case.outcome), asked.state.language)


def _with_reason(act: Callable[[Visit, TipId, str, ReadState], object]) -> Callable[[Asked], object]:
    return lambda asked: act(asked.visit, asked.page.id, asked.reason, asked.state)


def _with_other(
    act: Callable[[Visit, TipId, str, str, ReadState], object], name: str
) -> Callable[[Asked], object]:
    """A step that names something in a field."""
    return lambda asked: act(asked.visit, asked.page.id, asked.form.get(name, ""), asked.reason, asked.state)


def _hold(kind: str) -> Callable[[Asked], object]:
    def propose(asked: Asked) -> None:
        other = asked.form.get("second", "")
        propose_hold(asked.visit, asked.page.id, kind, other, asked.reason, asked.state)

    return propose


def _lift(asked: Asked) -> None:
    units, second = asked.form.getlist("lift"), asked.form.get("second", "")
    propose_lift(asked.visit, asked.page.id, units, second, asked.reason, asked.state)


def _tags(asked: Asked) -> None:
    tags = hide_in_tags(asked.visit, asked.page, TagForm.read(asked.form), asked.state)
    set_tags(asked.visit, asked.page.id, tags, asked.state)


def _nothing(_asked: Asked) -> None:
    """The page is made again, with more on it."""


TEMPLATE, SIMILAR = "template", "similar"

_BY_FIELD: Final = ("message", "move", "exclude")
"""Steps that the name of their own field tells."""

_STEPS: Final[Mapping[str, Callable[[Asked], object]]] = {
    "message": _reply,
    "move": _move,
    TEMPLATE: _nothing,
    SIMILAR: _nothing,
    "exclude": _with_other(exclude_unit, "exclude"),
    "lift": _lift,
    "integrity": _with_reason(hand_to_integrity),
    "pause": _with_reason(clocks.pause),
    "resume": _with_reason(clocks.resume),
    "extend": _with_reason(clocks.extend),
    "umbrella": _with_reason(clocks.mark_umbrella),
    "umbrella-step": _with_other(clocks.umbrella_step, "umbrella"),
    "link": _with_other(link, "other"),
    "unlink": _with_other(unlink, "other"),
    "note": lambda asked: add_note(asked.visit, asked.page.id, asked.form.get("note", ""), asked.state),
    "tags": _tags,
    "accused": lambda asked: mark(asked.visit, asked.page, NameForm.read(asked.form), asked.state.purpose),
    HOLD: _hold(HOLD),
    UNHOLD: _hold(UNHOLD),
}
