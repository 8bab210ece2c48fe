"""What the keeper states by itself: tips that came, deadlines that passed, tips that are nobody's, that go.

It needs no member and no key of a desk. Each statement is signed with the log's key.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, Final

from sqlalchemy import select

from crypto.policies import Route
from tipline.ids import INTEGRITY, MemberId
from tipline.keeper import models
from tipline.keeper.asked import Asked
from tipline.keeper.disclosing.lapsing import lapse
from tipline.keeper.errors import Refusal
from tipline.keeper.pins import Standing
from tipline.keeper.rewards import awards
from tipline.keeper.rules.case import Granted, may_have
from tipline.keeper.rules.reading import MESSAGE_KIND, first_sight, pin_seen, require_pinned
from tipline.keeper.shapes import MAX_TIPS
from tipline.keeper.state import Draft
from tipline.keeper_client.reasons import Reason
from tipline.roster import Roster
from tipline.tips import cases
from tipline.tips.case_file import ABOVE, LEAD, CaseFile
from tipline.tips.check_ins import checked_in, missed_check_in, unheard
from tipline.tips.moves import STARTS
from tipline.tips.refusing import CaseRefused

AT_ONCE: Final = 200
"""What one look states of deadlines at most; the next goes on."""

Stated = tuple[Mapping[str, Any], Granted]
"""The fields of a statement, and what becomes of the tips that it names."""


def look(asked: Asked, draft: Draft) -> Iterator[Stated]:
    """Take in what came, or find what is overdue. The draft is changed on the way.

    Not both at once: nothing is overdue before all that came was handed over.
    """
    if asked.slips:
        yield from _taken_in(asked, draft)
        yield from _checked_in(asked, draft)
        return
    yield from lapse(draft)
    yield from _let_go(asked.walked, draft)
    late = draft.connection.scalars(_passed(draft.today)).all()
    stated = (
        each
        for tip in dict.fromkeys((*asked.tips, *asked.walked, *late))
        for each in _overdue(tip, asked, draft)
    )
    yield from islice(stated, AT_ONCE)


def unassigned(before: Roster, draft: Draft) -> Iterator[Stated]:
    """Take tips from whoever may no longer have them, after a change of the roster.

    The statement names the tips alone: why somebody may not have one is told to nobody.
    """
    members = draft.roster.members
    changed = [name for name, member in members.items() if before.members.get(name) != member]
    yield from _let_go(draft.pins.assigned_to(changed), draft)


def _let_go(tips: Iterable[bytes], draft: Draft) -> Iterator[Stated]:
    members, gone = draft.roster.members, []
    for tip in tips:
        standing = draft.pins.tip(tip)
        if standing is None or not standing.case.assignee:
            continue
        if may_have(draft, members[MemberId(standing.case.assignee)], standing.route):
            continue
        draft.pins.put_tip(tip, standing.with_case(cases.assigned(standing.case, "")))
        gone.append(tip.hex())
    gone.sort()
    for start in range(0, len(gone), MAX_TIPS):
        yield {"type": "unassign", "tips": gone[start : start + MAX_TIPS]}, Granted()


def erase(asked: Asked, draft: Draft) -> Iterator[Stated]:
    """Let tips go whose time is over: all that are named, or none.

    Raises:
        Refusal: not-allowed; one of them must still be kept. unknown-tip: one was never seen.
    """
    if not asked.tips:
        raise Refusal(Reason.MALFORMED)
    gone = []
    for tip in asked.tips:
        standing = draft.pins.tip(tip)
        if standing is None:
            raise Refusal(Reason.UNKNOWN_TIP)
        try:
            after = cases.erased(standing.case, draft.today, draft.roster.clocks)
        except CaseRefused as refused:
            raise Refusal(Reason(refused.reason)) from refused
        if awards.keeps(awards.of_tip(draft.rows, tip), draft.today):
            raise Refusal(Reason.NOT_ALLOWED)
        gone.append((tip, standing.forgotten(after)))
    for tip, standing in gone:
        draft.pins.put_tip(tip, standing)
        awards.forget(draft.rows, tip)
    yield {"type": "erase", "tips": sorted(tip.hex() for tip, _ in gone)}, _granted(gone)


def _taken_in(asked: Asked, draft: Draft) -> Iterator[Stated]:
    """One statement for the tips of each day, in the order of their ids, which tells nothing."""
    found: dict[date, list[str]] = {}
    for slip, day in zip(asked.slips, asked.arrived, strict=True):
        if slip is None or day > draft.today or draft.pins.tip(bytes.fromhex(slip.policy.tip)) is not None:
            continue
        try:
            standing = first_sight(draft, [slip], day)
            require_pinned(draft, standing, slip)
        except Refusal:
            continue  # nobody vouches for it: a reading will say so
        pin_seen(draft, standing, [slip])
        found.setdefault(day, []).append(slip.policy.tip)
    for day, tips in sorted(found.items()):
        yield {"type": "received", "day": day.isoformat(), "tips": sorted(tips)}, Granted()


def _checked_in(asked: Asked, draft: Draft) -> Iterator[Stated]:
    """One statement for the cases whose people were heard on a day, later than they were heard before.

    A message counts for the day for which the person signed it, however often and late a site hands it over.
    That day must be over, so that no entry tells an hour.
    """
    found: dict[date, dict[bytes, Standing]] = {}
    handed = zip(asked.arrived, asked.slips, strict=True)
    for day, slip in sorted(((day, slip) for day, slip in handed if slip), key=lambda one: one[0]):
        tip = bytes.fromhex(slip.policy.tip)
        standing = draft.pins.tip(tip)
        if slip.policy.kind != MESSAGE_KIND or slip.day != day or day >= draft.today or standing is None:
            continue
        after = standing.with_case(checked_in(standing.case, day))
        if after == standing:
            continue
        try:
            require_pinned(draft, standing, slip)
        except Refusal:
            continue  # nobody vouches for it: a reading will say so
        pin_seen(draft, after, [slip])
        draft.pins.put_tip(tip, after)
        found.setdefault(day, {})[tip] = after
    for day, heard in found.items():
        fields = {"type": "checked-in", "day": day.isoformat(), "tips": sorted(tip.hex() for tip in heard)}
        yield fields, _granted(heard.items())


def _passed(today: date) -> Any:
    table = models.tips
    late = (table.c.due != "") & (table.c.due < today.isoformat())
    # No limit: of some nothing is stated, after a change of the calendar, and they must hide no others.
    return select(table.c.tip).where(late).order_by(table.c.due, table.c.tip)


def _overdue(tip: bytes, asked: Asked, draft: Draft) -> Iterator[Stated]:
    # What this very batch has changed is read from the draft.
    standing = draft.pins.tip(tip)
    if standing is None:
        return
    case, today, clocks = standing.case, draft.today, draft.roster.clocks
    if cases.is_pause_over(case, today, clocks):
        after = standing.with_case(cases.after_pause(case, clocks))
        draft.pins.put_tip(tip, after)
        yield {"type": "pause-end", "tip": tip.hex()}, _granted([(tip, after)])
        return
    if cases.is_silent(case, today):
        after = standing.with_case(cases.after_silence(case, today, clocks))
        draft.pins.put_tip(tip, after)
        fields = {"type": "silence", "tip": tip.hex(), "from": case.state, "to": after.case.state}
        yield fields, _granted([(tip, after)])
        return
    level = cases.escalates(case, today, clocks)
    if tip in asked.tips and (case.state in STARTS or case.protects) and case.level < ABOVE:
        level = ABOVE  # its hour has passed, and somebody's life may be in danger: it waits for nobody
    if level:
        yield _missed(tip, standing.with_case(cases.missed(case, level, today)), level, case.due, draft)
    level = unheard(case, today, clocks)
    if level:
        standing = draft.pins.tip(tip) or standing
        silent = standing.with_case(missed_check_in(standing.case, level, today))
        stated, granted = _missed(tip, silent, level, case.watch_due, draft)
        yield {**stated, "check_in": True}, granted


def _missed(tip: bytes, standing: Standing, level: int, due: date | None, draft: Draft) -> Stated:
    """A missed deadline, or a missed check-in, with the day by which it was due."""
    if level > LEAD:
        desks = tuple(sorted({*standing.route.desks, INTEGRITY}))
        standing = standing.rerouted(Route(desks, standing.route.excluded), draft.growth.next_index)
    draft.pins.put_tip(tip, standing)
    fields = {
        "type": "missed",
        "tip": tip.hex(),
        "state": standing.case.state.value,
        "due": due.isoformat() if due else "",
        "level": level,
        "desks": list(standing.route.desks),
    }
    return fields, _granted([(tip, standing)])


def _granted(rows: Iterable[tuple[bytes, Standing]]) -> Granted:
    found: list[tuple[str, CaseFile]] = [(tip.hex(), standing.case) for tip, standing in rows]
    return Granted(cases=tuple(found))
