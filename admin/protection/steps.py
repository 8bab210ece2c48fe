"""The steps that a read case's page offers, by the name of their form; each is one statement, or two.

A move that rests on a form is a note and then the move that names it: what somebody wrote about danger is not
lost because the case has moved on meanwhile.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from werkzeug.datastructures import MultiDict

from admin.errors import AdminError, KeeperAway, NotFound
from admin.exclusions.service import exclude_unit
from admin.holds.handlers import HOLD, UNHOLD
from admin.holds.service import propose_hold
from admin.moves.errors import AnotherPerson, AnswerFirst, MovedMeanwhile, StepRefused
from admin.moves.service import find_move, move_tip
from admin.protection.errors import (
    AnotherMember,
    CaseHasEnded,
    CaseMoved,
    CaseStepRefused,
    EndingChanged,
    FormNotStored,
    FormNotTaken,
    ForOfficersAlone,
    KeptNotMoved,
    MayStillObject,
    NobodyElse,
    NoPurpose,
    NoSuchForm,
    NoSuchStep,
    NotNow,
    PlanChanged,
    TellFirst,
)
from admin.protection.keeping import KeptForm, find_kept, name_proposed
from admin.protection.next_moves import Bar, bar_of
from admin.protection.page import PURPOSES, CasePage
from admin.protection.watching import agree_on_days
from admin.replies.notes import add_note
from admin.replies.service import check_unchanged, send_reply
from admin.tip.errors import LoggedButNotListed
from admin.tip.state import ReadState
from admin.transfers.notes import NoteNotStored, keep_note
from admin.visit import Visit
from tipline.keeper_client import KeeperError
from tipline.protection.errors import CaseEnded, FormWrong, OfficersAlone
from tipline.protection.forms import FORMS, Form, read_form, require_fits
from tipline.protection.states import PROTECTION_MOVES, ProtectionState
from tipline.tips.answers import Message
from tipline.tips.cases import approves
from tipline.tips.purposes import Purpose
from tipline.transitions import Move, MoveRefused

Sent = MultiDict[str, str]
WORK: Final = "work"
"""The purpose of whoever has the case."""
_BARRED: Final[Mapping[Bar, type[AdminError]]] = {
    Bar.ANOTHER: AnotherMember,
    Bar.ALONE: NobodyElse,
    Bar.ANSWER: TellFirst,
    Bar.OBJECTION: MayStillObject,
}
_OF_CASES: Final[Mapping[type[AdminError], type[AdminError]]] = {
    AnotherPerson: AnotherMember,
    AnswerFirst: TellFirst,
    MovedMeanwhile: CaseMoved,
    StepRefused: CaseStepRefused,
}
"""What a page did not know and the log did, in the words for cases."""


@dataclass(frozen=True)
class Step:
    """What a posted form did.

    Attributes:
        name: the step; "" for a reading alone.
        done: whether it was taken; `notice` tells it by this word.
        problem: why it was not; `at` is where on the page what is asked for stands.
    """

    purpose: Purpose
    name: str = ""
    done: bool = False
    notice: str = ""
    problem: AdminError | None = None
    at: str = ""


@dataclass(frozen=True)
class Asked:
    """A step with everything that it may look at."""

    visit: Visit
    page: CasePage
    state: ReadState
    sent: Sent = field(repr=False)

    @property
    def reason(self) -> str:
        """The reason that was typed."""
        return self.sent.get("reason", "")


def take_step(visit: Visit, page: CasePage, sent: Sent) -> Step:
    """Take the step that a form names; a form that names none asks for a reading.

    Raises:
        NoPurpose, NoSuchStep, BadForm: the form is none of the page's.
        NotFound: the member may not know of the case any more.
        KeeperError: nothing was proved to be logged.
    """
    name = sent.get("step", "")
    if not name:
        return Step(_purpose(page, sent.get("purpose", "")))
    take, notice = _step(name)
    state = ReadState.open(sent.get("state", ""), visit.session, page.id)
    try:
        take(Asked(visit, page.of_group(state.group), state, sent))
    except NotFound:
        raise
    except AdminError as error:
        return Step(state.purpose, name, problem=error, at=_place(name, sent))
    return Step(state.purpose, name, done=True, notice=notice)


def _step(name: str) -> tuple[Callable[[Asked], object], str]:
    if name in FORMS:
        return lambda asked: _fill_in(asked, FORMS[name]), "case-move" if FORMS[name].moves else "case-form"
    if name not in _STEPS:
        raise NoSuchStep
    return _STEPS[name]


def _place(name: str, sent: Sent) -> str:
    return f"move-{sent.get('move', '')}" if name == "move" else name


def _purpose(page: CasePage, text: str) -> Purpose:
    if text == WORK and page.tip.is_mine:
        return Purpose.PROTECTION
    for purpose in PURPOSES:
        if purpose.value == text:
            return purpose
    raise NoPurpose


def _fill_in(asked: Asked, form: Form) -> None:
    """Keep a form, then make the move that rests on it."""
    message = _read(asked, form)
    if form.moves is not None and form.moves[0] is not asked.page.state:
        raise NotNow
    check_unchanged(asked.visit, asked.page.id, asked.state)
    try:
        note = keep_note(asked.visit, asked.page.id, message, asked.state)
    except NoteNotStored as error:
        raise FormNotStored from error
    if form.moves is None:
        return
    try:
        _rest_on(asked, KeptForm(form, note.named))
    except LoggedButNotListed:
        raise  # it was moved
    except AdminError as error:
        raise KeptNotMoved(error.sentence) from error
    except KeeperError as error:
        raise KeptNotMoved(KeeperAway.sentence) from error


def _read(asked: Asked, form: Form) -> Message:
    group = asked.page.asking.group
    typed = dict(asked.sent.lists())
    bodies = asked.visit.roster.bodies.keys()
    try:
        require_fits(form, group, asked.page.state)
        return read_form(form, typed, asked.page.today, group=group, bodies=bodies)
    except CaseEnded as error:
        raise CaseHasEnded from error
    except OfficersAlone as error:
        raise ForOfficersAlone from error
    except FormWrong as error:
        raise FormNotTaken(error.problems) from error


def _rest_on(asked: Asked, kept: KeptForm) -> None:
    """Move the case by a form that is kept with it."""
    if kept.form.moves is None:
        raise NoSuchForm
    _state(asked, kept.form.moves[1], {"form": kept.named})


def _go_on(asked: Asked) -> None:
    """Move by a form that was kept when its own move failed."""
    _rest_on(asked, find_kept(asked.visit, asked.page, asked.sent.get("kept", ""), asked.state))


def _move(asked: Asked) -> None:
    """A move for which nothing is filled in."""
    target = find_move(asked.state.tip_state, asked.sent.get("move", "")).target
    try:
        move = PROTECTION_MOVES.find(asked.page.state, ProtectionState(target))
    except (MoveRefused, ValueError) as error:
        raise NotNow from error
    detail = _approved(asked, move)
    bar = bar_of(asked.visit, asked.page, move)
    if bar is not Bar.NONE:
        raise _BARRED[bar]
    _state(asked, move.target, detail, asked.reason)


def _approved(asked: Asked, move: Move[ProtectionState]) -> Mapping[str, Mapping[str, str]]:
    """What an approval names: the form that the page showed to whoever says yes, and no other."""
    if not approves(move):
        return {}
    if asked.state.form != asked.page.case.rests_on:
        raise PlanChanged if move.target is ProtectionState.PROTECTED else EndingChanged
    if not asked.state.form:
        return {}
    return {"form": name_proposed(asked.visit, asked.page, asked.state.form)}


def _state(
    asked: Asked, target: ProtectionState, detail: Mapping[str, Mapping[str, str]], reason: str = ""
) -> None:
    """Have a move logged; what the keeper says of a tip is said of a case."""
    try:
        move_tip(asked.visit, asked.page.id, target.value, reason, asked.state, detail)
    except tuple(_OF_CASES) as error:
        raise _OF_CASES[type(error)] from error


def _reply(asked: Asked) -> None:
    sure = asked.sent.getlist("sure")
    send_reply(asked.visit, asked.page.id, asked.sent.get("message", ""), asked.state, sure)


def _hold(kind: str) -> Callable[[Asked], None]:
    def propose(asked: Asked) -> None:
        other = asked.sent.get("second", "")
        propose_hold(asked.visit, asked.page.id, kind, other, asked.reason, asked.state)

    return propose


def _exclude(asked: Asked) -> None:
    exclude_unit(asked.visit, asked.page.id, asked.sent.get("exclude", ""), asked.reason, asked.state)


def _watch(asked: Asked) -> None:
    _agree_on_days(asked, asked.sent.get("case_watch", ""))


def _unwatch(asked: Asked) -> None:
    _agree_on_days(asked, "")


def _agree_on_days(asked: Asked, typed: str) -> None:
    before = asked.page.case.watch_every
    agree_on_days(asked.visit, asked.page.id, typed, asked.reason, asked.state, before=before)


_STEPS: Final[Mapping[str, tuple[Callable[[Asked], object], str]]] = {
    "move": (_move, "case-move"),
    "go-on": (_go_on, "case-move"),
    "message": (_reply, "message"),
    "note": (lambda one: add_note(one.visit, one.page.id, one.sent.get("note", ""), one.state), "note"),
    "watch": (_watch, "case-watch"),
    "unwatch": (_unwatch, "case-unwatch"),
    "exclude": (_exclude, "case-exclude"),
    HOLD: (_hold(HOLD), "case-hold"),
    UNHOLD: (_hold(UNHOLD), "case-unhold"),
}
"""Each step beside the forms, and the word of its notice."""
