"""From a window of entries to alerts: pure functions, one for each rule.

A rule speaks when what it counts reaches its threshold through something new, so that a look over entries
that were looked at before finds nothing. What was stated already is left out where it is stated.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from tipline.alerts.rules import IDENTITY_REQUEST, Rule, RuleBook
from tipline.alerts.seen import Seen, Window
from tipline.alerts.turns import Turns
from tipline.deadlines import Calendar
from tipline.keeper_client.reasons import Reason
from tipline.tips.moves import TipState

NAMED: Final = 20
"""Entries that an alert names at most: the latest of those that it counted."""
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_PAUSE: Final = "pause"


@dataclass(frozen=True)
class Alert:
    """Something to look into. `count` is what the rule counted, `entries` the latest of it.

    `member` and `tip` are empty where it is about nobody, or about no one tip.
    """

    rule: Rule
    member: str
    desk: str
    tip: str
    day: str
    count: int
    entries: tuple[int, ...]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Two alerts of one key are one: of a rule, a member, a day and, where it is about one, a tip."""
        return self.rule.value, self.member, self.day, self.tip

    def to_fields(self) -> dict[str, Any]:
        """As an `alert` statement holds it."""
        return {
            "rule": self.rule.value,
            "member": self.member,
            "desk": self.desk,
            "tip": self.tip,
            "day": self.day,
            "count": self.count,
            "entries": list(self.entries),
        }


def find(window: Window, rules: RuleBook, calendar: Calendar) -> list[Alert]:
    """Every alert that the new entries raise, one for each key, in the order of the rules."""
    found: dict[tuple[str, str, str, str], Alert] = {}
    for rule, look in _LOOKS.items():
        for alert in look(window, rules, calendar) if rules.is_on(rule) else ():
            known = found.get(alert.key)
            if known is None or known.count <= alert.count:
                found[alert.key] = alert
    return list(found.values())


def find_again(alert: Alert, window: Window, rules: RuleBook, calendar: Calendar, last: int) -> Alert | None:
    """The same alert, where what lies behind entry `last` raises it alone; None where it does not."""
    behind = window.behind(last)
    same = (one for one in _LOOKS[alert.rule](behind, rules, calendar) if one.key == alert.key)
    return max(same, key=lambda one: one.count, default=None)


def read_before_exclusion(route: Seen, firsts: Sequence[Seen]) -> Alert:
    """The one alert of a route: first readings of those whom it excludes, and the route itself.

    It names the member where only one of them knew.
    """
    members = sorted({one.member for one in firsts})
    who = members[0] if len(members) == 1 else ""
    some = [*sorted(firsts, key=lambda one: one.index), route]
    return _alert(Rule.READ_BEFORE_EXCLUSION, some, len(members), member=who, tip=route.tip)


def decoy_opened(reading: Seen) -> Alert:
    """The alert of a reading of a planted tip."""
    return _alert(Rule.DECOY, [reading], 1, tip=reading.tip)


def opened_at_once(entries: tuple[int, int], member: str, desk: str, tip: str, at: int) -> Alert:
    """The alert of an identity that is opened in an emergency: request and yes, and who asked."""
    day = datetime.fromtimestamp(at, UTC).date().isoformat()
    return Alert(Rule.EMERGENCY, member, desk, tip, day, 1, entries)


def _burst(window: Window, rules: RuleBook, _calendar: Calendar) -> Iterator[Alert]:
    span = rules.value(Rule.BURST, "minutes") * _MINUTE
    for readings in _by_member(window, lambda one: one.is_reading).values():
        for count, recent in _densest(readings, span, window, lambda one: one.tip):
            if count >= rules.value(Rule.BURST, "count"):
                different = {one.tip: one for one in recent}
                yield _alert(Rule.BURST, [*different.values()], count, last=recent[-1])


def _odd_hours(window: Window, rules: RuleBook, calendar: Calendar) -> Iterator[Alert]:
    offset = timedelta(hours=rules.value(Rule.ODD_HOURS, "utc_offset"))
    hours = range(rules.value(Rule.ODD_HOURS, "from_hour"), rules.value(Rule.ODD_HOURS, "to_hour"))

    def local(one: Seen) -> datetime:
        return datetime.fromtimestamp(one.at, UTC) + offset

    def is_odd(one: Seen) -> bool:
        there = local(one)
        return one.is_reading and not (there.hour in hours and calendar.is_worked(there.date()))

    for readings in _by_member(window, is_odd).values():
        days = _grouped(readings, lambda one: local(one).date())
        yield from _counted(Rule.ODD_HOURS, days, rules, window)


def _outside(window: Window, rules: RuleBook, _calendar: Calendar) -> Iterator[Alert]:
    turns = Turns(window.turns)

    def is_anothers(one: Seen) -> bool:
        return one.is_reading and turns.is_anothers(one) and not turns.was_theirs(one)

    for readings in _by_member(window, is_anothers).values():
        for day in _grouped(readings, lambda one: one.day).values():
            different = {one.tip: one for one in day}
            if len(different) >= rules.value(Rule.OUTSIDE, "count") and _is_news(day, window):
                yield _alert(Rule.OUTSIDE, [*different.values()], len(different), last=day[-1])


def _own_unit(window: Window, rules: RuleBook, _calendar: Calendar) -> Iterator[Alert]:
    for refused in _by_member(window, lambda one: one.reason == Reason.EXCLUDED).values():
        yield from _counted(Rule.OWN_UNIT, _grouped(refused, lambda one: one.day), rules, window)


def _identity(window: Window, rules: RuleBook, _calendar: Calendar) -> Iterator[Alert]:
    span = rules.value(Rule.IDENTITY, "days") * _DAY
    for asked in _by_member(window, lambda one: one.type == IDENTITY_REQUEST).values():
        yield from _within(Rule.IDENTITY, asked, span, rules, window)


def _handed_over(window: Window, rules: RuleBook, _calendar: Calendar) -> Iterator[Alert]:
    grace = rules.value(Rule.HANDED_OVER, "hours") * _HOUR

    turns = Turns(window.turns)

    def is_late(one: Seen) -> bool:
        if not one.is_reading or not turns.is_anothers(one) or not turns.was_theirs(one):
            return False
        return one.at - turns.given_up_at(one) > grace

    for readings in _by_member(window, is_late).values():
        yield from _counted(Rule.HANDED_OVER, _grouped(readings, lambda one: one.day), rules, window)


def _dormant(window: Window, rules: RuleBook, _calendar: Calendar) -> Iterator[Alert]:
    rest = rules.value(Rule.DORMANT, "days") * _DAY
    last = dict(window.last_acts)
    for one in window.new:
        for member in one.signers:
            idle = one.at - last.get(member, one.at)
            if idle >= rest:
                yield _alert(Rule.DORMANT, [one], idle // _DAY, member=member)
            last[member] = one.at


def _refusals(window: Window, rules: RuleBook, _calendar: Calendar) -> Iterator[Alert]:
    span = rules.value(Rule.REFUSALS, "minutes") * _MINUTE
    for refused in _by_member(window, lambda one: bool(one.reason)).values():
        yield from _within(Rule.REFUSALS, refused, span, rules, window)


def _clock(window: Window, rules: RuleBook, _calendar: Calendar) -> Iterator[Alert]:
    """The keeper takes what one person signs only while it is fresh by its own clock.

    An entry never has an earlier time than the one before it. So where it is far later than its statement,
    the clock by which the statement was fresh stood behind the log.
    """
    limit = rules.value(Rule.CLOCK, "seconds")
    late = [
        one
        for one in window.new
        if one.signers and not one.joint and not one.reason and one.at - one.said >= limit
    ]
    for day in _grouped(late, lambda one: one.day).values():
        yield _alert(Rule.CLOCK, day, len(day), member="")


def _back_and_forth(window: Window, rules: RuleBook, _calendar: Calendar) -> Iterator[Alert]:
    yield from _repeated(Rule.BACK_AND_FORTH, lambda one: one.target == TipState.NEED_MORE, window, rules)


def _pauses(window: Window, rules: RuleBook, _calendar: Calendar) -> Iterator[Alert]:
    yield from _repeated(Rule.PAUSES, lambda one: one.type == _PAUSE, window, rules)


def _repeated(rule: Rule, counts: Callable[[Seen], bool], window: Window, rules: RuleBook) -> Iterator[Alert]:
    """Steps that a tip took too often within some days."""
    span = rules.value(rule, "days") * _DAY
    for tip, steps in sorted(window.steps.items()):
        counted = [one for one in steps if counts(one) and not one.reason]
        yield from _within(rule, counted, span, rules, window, tip=tip)


def _within(
    rule: Rule, some: Sequence[Seen], span: int, rules: RuleBook, window: Window, *, tip: str = ""
) -> Iterator[Alert]:
    for count, recent in _densest(some, span, window, lambda one: one.index):
        if count >= rules.value(rule, "count"):
            yield _alert(rule, recent, count, tip=tip)


def _counted(
    rule: Rule, groups: Mapping[Any, Sequence[Seen]], rules: RuleBook, window: Window
) -> Iterator[Alert]:
    for group in groups.values():
        if len(group) >= rules.value(rule, "count") and _is_news(group, window):
            yield _alert(rule, group, len(group))


def _densest(
    some: Sequence[Seen], span: int, window: Window, by: Callable[[Seen], Any]
) -> list[tuple[int, Sequence[Seen]]]:
    """For each day of something new, those `span` seconds with the most different ones that end on it.

    One pass, whatever the span holds: a flood of entries must not keep the keeper busy.
    """
    held: Counter[Any] = Counter()
    best: dict[date, tuple[int, int, int]] = {}
    first = 0
    for place, one in enumerate(some):
        held[by(one)] += 1
        while some[first].at <= one.at - span:
            held[by(some[first])] -= 1
            if not held[by(some[first])]:
                del held[by(some[first])]
            first += 1
        if _is_new(one, window) and len(held) >= best.get(one.day, (0, 0, 0))[0]:
            best[one.day] = (len(held), first, place + 1)
    return [(count, some[begin:end]) for count, begin, end in best.values()]


def _by_member(window: Window, counts: Callable[[Seen], bool]) -> dict[str, list[Seen]]:
    return _grouped(filter(counts, (*window.before, *window.new)), lambda one: one.member)


def _grouped(some: Iterable[Seen], by: Callable[[Seen], Any]) -> dict[Any, list[Seen]]:
    groups: dict[Any, list[Seen]] = {}
    for one in some:
        groups.setdefault(by(one), []).append(one)
    return groups


def _is_news(some: Sequence[Seen], window: Window) -> bool:
    return _is_new(some[-1], window)


def _is_new(one: Seen, window: Window) -> bool:
    return bool(window.new) and one.index >= window.new[0].index


def _alert(
    rule: Rule,
    some: Sequence[Seen],
    count: int,
    *,
    last: Seen | None = None,
    member: str | None = None,
    tip: str = "",
) -> Alert:
    latest = last or some[-1]
    who = latest.member if member is None else member
    entries = tuple(sorted(one.index for one in some)[-NAMED:])
    return Alert(rule, who, latest.desk, tip, latest.day.isoformat(), count, entries)


_LOOKS: Final[Mapping[Rule, Callable[[Window, RuleBook, Calendar], Iterator[Alert]]]] = {
    Rule.BURST: _burst,
    Rule.ODD_HOURS: _odd_hours,
    Rule.OUTSIDE: _outside,
    Rule.OWN_UNIT: _own_unit,
    Rule.IDENTITY: _identity,
    Rule.HANDED_OVER: _handed_over,
    Rule.DORMANT: _dormant,
    Rule.REFUSALS: _refusals,
    Rule.CLOCK: _clock,
    Rule.BACK_AND_FORTH: _back_and_forth,
    Rule.PAUSES: _pauses,
}
"""All but three, whose alerts come at once: a decoy's with the reading, that of who knew with the route, that
of an emergency with the yes."""
