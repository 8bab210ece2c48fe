"""What each statement makes of a tip's case. Each function gives the case afterwards, or refuses.

The keeper calls them as it carries a statement out; nobody else decides. Whether the signer may read the tip
was checked before.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from tipline.deadlines import Clocks
from tipline.protection.states import FORM, ProtectionState
from tipline.tips.case_file import CaseFile
from tipline.tips.check_ins import next_level, noticed_on, unwatched
from tipline.tips.moves import (
    DECIDES,
    ENDED,
    SPAM_FROM,
    CaseMove,
    CaseState,
    Needs,
    Outcome,
    TipState,
    find_move,
    state_named,
)
from tipline.tips.refusing import NOT_ALLOWED, CaseRefused
from tipline.transitions import MoveRefused

SPAM: Final = "spam"
PROTECTED_BEFORE: Final = "protection"
"""How a protection case ended, whatever ended it."""
UMBRELLA_STEPS: Final = ("pursued", "reported", "transferred")
"""What must happen to an umbrella tip, each by its own day (R36)."""


def moved(case: CaseFile, body: Mapping[str, Any], who: str, today: date, clocks: Clocks) -> CaseFile:
    """A move by a member, as the table allows.

    Args:
        body: of a `move` statement: `desk`, `from`, `to`, `detail`, `reason`.

    Raises:
        CaseRefused: another state, no such move, something is missing, or it is another person's.
    """
    if case.state != body["from"] or case.paused_on is not None:
        raise CaseRefused(NOT_ALLOWED)
    try:
        move = find_move(case.state, state_named(body["to"]))
    except MoveRefused:
        raise CaseRefused(NOT_ALLOWED) from None
    if (move.reason_required and not body["reason"]) or set(body["detail"]) != _named(case, move):
        raise CaseRefused(NOT_ALLOWED)
    if move.another and who in case.decided_by:
        raise CaseRefused("another-person")
    if move.answered and not case.answered:
        raise CaseRefused("answer-first")
    if move.target is ProtectionState.ENDED and not may_end(case, today, clocks):
        raise CaseRefused(NOT_ALLOWED)
    if "form" in body["detail"] and not _suits(case, move, body["detail"]["form"]["item"]):
        raise CaseRefused(NOT_ALLOWED)
    after = _continued(case, _entered(case, move.target, today, clocks), today, clocks)
    decides = move.target in DECIDES or (case.state is TipState.REVIEW and after.has_ended)
    if decides:
        after = replace(after, decided_by=tuple(dict.fromkeys((*after.decided_by, who))))
    return _detailed(after, body["desk"], body["detail"])


def _named(case: CaseFile, move: CaseMove) -> set[str]:
    if move.needs == Needs.LETTER:
        return {"body", "number", "packet"}
    if approves(move) and not case.rests_on:
        return set()
    return {move.needs} if move.needs else set()


def approves(move: CaseMove) -> bool:
    """Whether a member says yes by it to what another proposed for a protection case."""
    return move.needs == FORM and move.another


def _suits(case: CaseFile, move: CaseMove, form: str) -> bool:
    """Whether a form carries a move: what was proposed an approval, and a new one any other move."""
    return form == case.rests_on if approves(move) else form not in case.forms


def _entered(case: CaseFile, state: CaseState, today: date, clocks: Clocks) -> CaseFile:
    """The case as a new state begins: a clock of its own, nothing missed yet."""
    ended = state in ENDED
    due = None if ended else clocks.due(state.value, today)
    clock = replace(case, since=today, due=due, paused_on=None, paused_days=0, level=0, level_on=None)
    entered = replace(clock, state=state, answered=False, heard=False, triage_due=None, triage_level=0)
    if isinstance(state, ProtectionState):
        # Whoever proposes an ending, or the plan that waits for its approval, is noted next.
        open_ended = replace(
            entered, decided_by=(), rests_on="", ending="" if not ended else PROTECTED_BEFORE
        )
        return unwatched(open_ended) if ended else open_ended
    if state is TipState.TRIAGE:  # it begins anew: what was found before no longer stands
        return replace(entered, outcome="", ending="", duplicate_of="", extended=False, decided_by=())
    if state in (TipState.OUTSIDE_REMIT, TipState.DUPLICATE):
        return replace(entered, ending=state.value)
    return entered


def _continued(case: CaseFile, after: CaseFile, today: date, clocks: Clocks) -> CaseFile:
    """The case after a move, its clock not wound up by asking: waiting for more only stops that of triage.

    Back by the desk's own move, the earlier due day goes on, later by the working days of waiting. Once
    something new from the reporter was read, triage begins anew.
    """
    ways = (case.state, after.state)
    if ways == (TipState.TRIAGE, TipState.NEED_MORE):
        return replace(after, triage_due=case.due, triage_level=case.level, paused_days=case.paused_days)
    if ways != (TipState.NEED_MORE, TipState.TRIAGE) or case.triage_due is None or case.heard:
        return after
    due = clocks.moved_on(TipState.TRIAGE.value, case.triage_due, case.since, today)
    told = today if case.triage_level else None
    return replace(after, due=due, level=case.triage_level, level_on=told, paused_days=case.paused_days)


def _detailed(case: CaseFile, desk: str, detail: Mapping[str, Any]) -> CaseFile:
    if "of" in detail:
        return replace(case, duplicate_of=detail["of"])
    if "outcome" in detail:
        outcome = Outcome(detail["outcome"]).value
        return replace(case, outcome=outcome, ending=outcome)
    if "number" in detail:
        return replace(case, letter=detail["number"], letter_desk=desk, body=detail["body"])
    if "form" in detail:
        form = detail["form"]["item"]
        return replace(case, forms=tuple(dict.fromkeys((*case.forms, form))), rests_on=form)
    return case


def may_end(case: CaseFile, today: date, clocks: Clocks) -> bool:
    """Whether the days have passed in which the protected person may object to the ending."""
    return clocks.due("protection-objection", case.since) < today


def closed_as_spam(case: CaseFile, who: str, today: date, clocks: Clocks) -> CaseFile:
    """One of many that are closed together; whoever closed them has decided.

    Raises:
        CaseRefused: it is further on, or its clock stands still.
    """
    if case.state not in SPAM_FROM or case.paused_on is not None:
        raise CaseRefused(NOT_ALLOWED)
    return replace(_entered(case, TipState.CLOSED, today, clocks), ending=SPAM, decided_by=(who,))


def may_pause(case: CaseFile, clocks: Clocks) -> bool:
    """Whether the clock runs, and has not stood still in this state for as long as it may."""
    running = case.due is not None and case.paused_on is None and not case.protects  # danger does not wait
    return running and _pause_left(case, clocks) > 0


def paused(case: CaseFile, today: date, clocks: Clocks) -> CaseFile:
    """The clock stands still, at most until `pause_ends`.

    Raises:
        CaseRefused: there is no clock, it stands still already, or did so for as long as it may.
    """
    if not may_pause(case, clocks):
        raise CaseRefused(NOT_ALLOWED)
    return replace(case, paused_on=today)


def resumed(case: CaseFile, today: date, clocks: Clocks) -> CaseFile:
    """The clock runs again; the due day is later by the days of the pause.

    Raises:
        CaseRefused: it was running.
    """
    if case.due is None or case.paused_on is None:
        raise CaseRefused(NOT_ALLOWED)
    due = clocks.moved_on(case.state.value, case.due, case.paused_on, today)
    stood = case.paused_days + clocks.calendar.between(case.paused_on, today)
    return replace(case, due=due, paused_on=None, paused_days=stood)


def pause_ends(case: CaseFile, clocks: Clocks) -> date | None:
    """The last day on which the clock may stand still; None while it runs."""
    return clocks.calendar.after(case.paused_on, _pause_left(case, clocks)) if case.paused_on else None


def is_pause_over(case: CaseFile, today: date, clocks: Clocks) -> bool:
    """Whether the clock has stood still for as long as it may."""
    ends = pause_ends(case, clocks)
    return ends is not None and ends < today


def after_pause(case: CaseFile, clocks: Clocks) -> CaseFile:
    """The clock runs again, as of the last day of the pause, however late that is noticed.

    Raises:
        CaseRefused: it was running.
    """
    return resumed(case, pause_ends(case, clocks) or case.since, clocks)


def _pause_left(case: CaseFile, clocks: Clocks) -> int:
    """For how many more working days the clock may stand still in this state."""
    return max(clocks.term("pause").days - case.paused_days, 0)


def extended(case: CaseFile, clocks: Clocks) -> CaseFile:
    """Verification gets more time, once.

    Raises:
        CaseRefused: it was extended before, or the tip is not being verified.
    """
    if case.state is not TipState.VERIFYING or case.extended or case.due is None:
        raise CaseRefused(NOT_ALLOWED)
    return replace(case, due=clocks.due("extension", case.due), extended=True, level=0, level_on=None)


def assigned(case: CaseFile, member: str) -> CaseFile:
    """Somebody has it now; nobody, when `member` is empty.

    Raises:
        CaseRefused: the tip was erased.
    """
    _require_kept(case)
    return replace(case, assignee=member)


def answered(case: CaseFile) -> CaseFile:
    """An answer went out to the reporter."""
    return replace(case, answered=True)


def heard(case: CaseFile) -> CaseFile:
    """Something new from the reporter was read."""
    return replace(case, heard=True)


def linked(case: CaseFile, other: str) -> CaseFile:
    """Another tip is on the same matter.

    Raises:
        CaseRefused: linked already, a protection case, or the tip was erased.
    """
    _require_kept(case)
    if case.protects or other in case.links:
        raise CaseRefused(NOT_ALLOWED)
    parted = {tip: by for tip, by in case.parted.items() if tip != other}
    return replace(case, links=tuple(sorted((*case.links, other))), parted=parted)


def unlinked(case: CaseFile, other: str, by: str) -> CaseFile:
    """Another tip is not on the same matter after all, says a member. Rewards ask who did (`parted`).

    Raises:
        CaseRefused: they were not linked.
    """
    if other not in case.links:
        raise CaseRefused(NOT_ALLOWED)
    links = tuple(link for link in case.links if link != other)
    return replace(case, links=links, parted={**case.parted, other: by})


def held(case: CaseFile, *, on: bool) -> CaseFile:
    """For a legal reason the tip must not be erased, or may be again.

    Raises:
        CaseRefused: it is so already, or the tip was erased.
    """
    _require_kept(case)
    if case.held is on:
        raise CaseRefused(NOT_ALLOWED)
    return replace(case, held=on)


def is_umbrella(case: CaseFile) -> bool:
    """Whether the three clocks of R36 were started."""
    return bool(case.umbrella)


def umbrella_begun(case: CaseFile, today: date, clocks: Clocks) -> CaseFile:
    """The three clocks of an umbrella tip start.

    Raises:
        CaseRefused: they run already, or the tip's way has ended.
    """
    if case.umbrella or case.has_ended or case.protects:
        raise CaseRefused(NOT_ALLOWED)
    steps = {step: clocks.due(f"umbrella-{step}", today).isoformat() for step in UMBRELLA_STEPS}
    return replace(case, umbrella=steps)


def umbrella_done(case: CaseFile, step: str, today: date) -> CaseFile:
    """One of the three has happened.

    Raises:
        CaseRefused: no such clock runs.
    """
    if case.umbrella.get(step, "+").startswith("+"):
        raise CaseRefused(NOT_ALLOWED)
    return replace(case, umbrella={**case.umbrella, step: f"+{today.isoformat()}"})


def umbrella_overdue(case: CaseFile, today: date) -> tuple[str, ...]:
    """The steps whose last day has passed."""
    return tuple(step for step, day in case.umbrella.items() if not day.startswith("+") and day < str(today))


def escalates(case: CaseFile, today: date, clocks: Clocks) -> int:
    """The level to which a missed deadline goes today; 0 when it goes nowhere."""
    late = case.is_overdue(today) or (bool(umbrella_overdue(case, today)) and not case.has_ended)
    return next_level(case.level, case.level_on, today, clocks, is_late=late)


def next_look(case: CaseFile, clocks: Clocks) -> str:
    """The first day whose passing must be noticed, ISO; "" when nothing more can be missed."""
    if case.has_ended:
        return ""
    running = case.due.isoformat() if case.due and not case.paused_on else ""
    silence = running if case.state is TipState.NEED_MORE else ""
    awaited = [day for day in (*case.umbrella.values(), running) if day and not day.startswith("+")]
    missing = noticed_on(min(awaited, default=""), case.level, case.level_on, clocks)
    unheard = case.watch_due.isoformat() if case.watch_due else ""
    unheard = noticed_on(unheard, case.watch_level, case.watch_level_on, clocks)
    ends = pause_ends(case, clocks)
    return min(filter(None, (silence, missing, unheard, ends.isoformat() if ends else "")), default="")


def missed(case: CaseFile, level: int, today: date) -> CaseFile:
    """A missed deadline went to somebody."""
    return replace(case, level=level, level_on=today)


def is_silent(case: CaseFile, today: date) -> bool:
    """Whether the reporter has not answered in time, which is no fault of theirs."""
    return case.state is TipState.NEED_MORE and case.is_overdue(today)


def after_silence(case: CaseFile, today: date, clocks: Clocks) -> CaseFile:
    """The desk goes on with what it has."""
    return _entered(case, TipState.TRIAGE, today, clocks)


def kept_until(case: CaseFile, clocks: Clocks) -> date | None:
    """The last day on which a closed tip is kept; None while it must not go."""
    if case.state is ProtectionState.ENDED and not case.held:
        return max(clocks.due("keep-protection", case.since), clocks.due("objection", case.since))
    if case.state is not TipState.CLOSED or case.held:
        return None
    name = f"keep-{case.ending}"
    if case.ending not in (SPAM, "outside-remit", "duplicate", Outcome.NOT_ESTABLISHED):
        name = "keep-other"
    days = [clocks.due(name, case.since), clocks.due("objection", case.since)]
    if is_umbrella(case):
        days.append(clocks.due("keep-umbrella", case.since))
    return max(days)


def erased(case: CaseFile, today: date, clocks: Clocks) -> CaseFile:
    """Nothing of the tip is kept any more but that there was one, and how it ended.

    Raises:
        CaseRefused: it must still be kept.
    """
    until = kept_until(case, clocks)
    if until is None or today <= until:
        raise CaseRefused(NOT_ALLOWED)
    gone = _entered(case, TipState.ERASED, today, clocks)
    bare = replace(gone, assignee="", links=(), parted={}, duplicate_of="", decided_by=())
    return replace(bare, forms=(), rests_on="")


def _require_kept(case: CaseFile) -> None:
    if case.state is TipState.ERASED:
        raise CaseRefused(NOT_ALLOWED)
