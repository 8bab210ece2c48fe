"""What else a statement says, as names and values in words: nothing of any tip's content stands in a log.

A refused body may hold anything: what has not its proper form is left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from crypto.statements import Entry
from tipline.evidence.report_words import Words
from tipline.roster import Roster

Fact = tuple[str, str]
Body = Mapping[str, Any]


class Place(Protocol):
    """An entry, and the roster that it was decided under."""

    @property
    def entry(self) -> Entry:
        """The entry."""

    @property
    def roster(self) -> Roster:
        """The roster."""


def facts(place: Place, words: Words) -> list[Fact]:
    """Name and value of whatever is worth telling, in the order of the table below."""
    body, roster = place.entry.statement.body, place.roster
    found = [(words.say(name), tell(body, roster, words)) for name, tell in _TOLD.items()]
    told = [fact for fact in found if fact[1]]
    if place.entry.withheld:
        told.append((words.say("withheld"), str(len(place.entry.withheld))))
    if place.entry.at != body["at"]:
        told.append((words.say("stated"), f"{datetime.fromtimestamp(body['at'], UTC):%Y-%m-%d %H:%M:%S}"))
    if place.entry.statement.assertions:
        told.append((words.say("result"), words.say("passkey")))
    return told


def tips(body: Body) -> list[str]:
    """The tips that it names."""
    return [tip for tip in (_text(body, "tip"), *_listed(body, "tips")) if tip]


def _text(body: Body, name: str) -> str:
    value = body.get(name, "")
    return value if isinstance(value, str) else ""


def _listed(body: Body, name: str) -> Iterator[str]:
    value = body.get(name, [])
    yield from (str(one) for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _desks(body: Body, roster: Roster, words: Words) -> str:
    desk = body.get("desk")
    one = desk.get("id", "") if isinstance(desk, dict) else desk
    named = [one] if isinstance(one, str) and one else []
    return _named([*named, *_listed(body, "desks")], roster.desks, words)


def _kept_out(body: Body, roster: Roster, words: Words) -> str:
    return _named([*_listed(body, "excluded"), *_listed(body, "add")], roster.units, words)


def _named(codes: Sequence[str], known: Mapping[Any, Any], words: Words) -> str:
    return ", ".join(known[one].names[words.language] if one in known else one for one in codes)


def _unit(body: Body, roster: Roster, words: Words) -> str:
    unit = body.get("unit")
    return (
        unit["id"]
        if isinstance(unit, dict) and isinstance(unit.get("id"), str)
        else _unit_of(body, roster, words)
    )


def _unit_of(body: Body, roster: Roster, words: Words) -> str:
    named = _text(body, "unit")
    return _named([named], roster.units, words) if named else ""


def _about(body: Body, _roster: Roster, _words: Words) -> str:
    if body["type"] == "unreadable":
        return ", ".join(_listed(body, "members"))
    member = body.get("member", body.get("to") if body["type"] == "assign" else "")
    named = member.get("id", "") if isinstance(member, dict) else member
    return named if isinstance(named, str) else ""


def _moved(body: Body, _roster: Roster, words: Words) -> str:
    ends = [words.word("state", _text(body, name)) for name in ("from", "to")]
    return " → ".join(ends) if body["type"] in ("move", "silence") else ""


def _detail(name: str) -> Callable[[Body], str]:
    def tell(body: Body) -> str:
        detail = body.get("detail")
        return _text(detail, name) if isinstance(detail, dict) else _text(body, name)

    return tell


def _counted(body: Body, _roster: Roster, _words: Words) -> str:
    for name in ("items", "sheets"):
        if isinstance(body.get(name), list):
            return str(len(body[name]))
    return "1" if isinstance(body.get("item"), str) else ""


def _range(body: Body, _roster: Roster, _words: Words) -> str:
    if body["type"] == "audit" and isinstance(body.get("first"), int) and isinstance(body.get("count"), int):
        return f"{body['first']} … ({body['count']})"
    entries = body.get("entries")
    if not isinstance(entries, list) or not all(isinstance(one, list) and len(one) == 2 for one in entries):
        return ""
    return ", ".join(f"{first}–{last}" for first, last in entries)


def _counts(name: str) -> Callable[[Body, Roster, Words], str]:
    def tell(body: Body, _roster: Roster, _words: Words) -> str:
        value = body.get(name)
        return str(value) if type(value) is int else ""

    return tell


def _yuan(body: Body, roster: Roster, words: Words) -> str:
    """The sum of a step of a reward, the value of a voucher, what went back to a budget."""
    amounts = (_counts(name)(body, roster, words) for name in ("amount", "value", "returned"))
    return ", ".join(filter(None, amounts))


_NUMBER: Final = _detail("number")
_OUTCOME: Final = _detail("outcome")
_TOLD: Final[Mapping[str, Callable[[Body, Roster, Words], str]]] = {
    "desks": _desks,
    "purpose": lambda body, _, words: words.word("purpose", _text(body, "purpose")),
    "items": _counted,
    "moved": _moved,
    "outcome": lambda body, _, words: words.word("outcome", _OUTCOME(body)),
    "number": lambda body, _, __: _NUMBER(body),
    "about-member": _about,
    "role": lambda body, _, words: words.word("role", _text(body, "role")),
    "unit": _unit,
    "until": lambda body, _, __: _text(body, "until"),
    "kept-out": _kept_out,
    "range": _range,
    "award": _counts("award"),
    "amount": _yuan,
    "point": lambda body, _, __: _text(body, "point"),
}
