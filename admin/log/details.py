"""What else stands in a statement, for the last column of the auditors' table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from admin.log.people import Person, person
from admin.queue.service import handle
from tipline.interference.ways import INTERFERENCE

Body = Mapping[str, Any]
Known = Mapping[str, Person]
Detail = tuple[str, str]
"""(kind of code, code): "text" stands as it is, "entries" and "hours" are counts, "request" is an index."""

SHORT: Final = 12
"""Hex digits of a hash that a line shows: enough to find the file again."""

ABOUT_MEMBERS: Final = frozenset(
    (
        *("member", "member-unit", "grant", "revoke", "remove", "role", "lead", "lapse"),
        *("conflicts", "new-keys", "regrant", "passkey"),
    )
)


def subject(body: Body, known: Known) -> list[Detail]:
    """Whom a statement about a member is about: by name, where the log knows the same name."""
    if body["type"] not in ABOUT_MEMBERS:
        return []
    member = body.get("member", "")
    return _named(str(member.get("id", "") if isinstance(member, dict) else member), known)


def details(body: Body, index: int, known: Known) -> Sequence[Detail]:
    """What else it says; `index` is where it stands in the log."""
    kind = body["type"]
    if kind in ("audit", "audit-all") and isinstance(body.get("filter"), dict):
        said = [("view", text(body, "view")), ("act", text(body, "act")), *_filter(body["filter"], known)]
        return [detail for detail in said if detail[1]]
    if kind == "audit":
        return _range(body, index)
    if kind == "audit-all":
        return [("act", text(body, "act")), ("text", f"0–{index}")]
    if kind == "alert":
        return [*_alert(body), *(_named(text(body, "member"), known) if text(body, "member") else [])]
    if kind == "assign":
        return _named(text(body, "to"), known) if text(body, "to") else []
    tell = _TELLING.get("member" if kind in ABOUT_MEMBERS else kind)
    return [detail for detail in tell(body) if detail[1]] if tell else []


def text(body: Body, name: str) -> str:
    """A field that is a text; empty where it is none."""
    value = body.get(name, "")
    return value if isinstance(value, str) else ""


def listed(body: Body, name: str) -> list[str]:
    """A field that is a list of texts; empty where it is none."""
    value = body.get(name, [])
    return [str(one) for one in value] if isinstance(value, list) else []


def _named(member: str, known: Known) -> list[Detail]:
    found = person(known, member)
    return [("text", found.name if found.trusted else member)]


def _move(body: Body) -> list[Detail]:
    way = [("state", text(body, "from")), ("text", "→"), ("state", text(body, "to"))]
    detail = body.get("detail")
    if not isinstance(detail, dict):
        return way
    other = handle(text(detail, "of")) if "of" in detail else ""
    return [*way, ("outcome", text(detail, "outcome")), ("text", other), ("text", text(detail, "number"))]


def _missed(body: Body) -> list[Detail]:
    return [
        ("state", text(body, "state")),
        ("text", text(body, "due")),
        ("level", str(body.get("level", ""))),
        *([("result", "check-in")] if body.get("check_in") is True else []),
    ]


def _about_member(body: Body) -> list[Detail]:
    units = [("unit", unit) for unit in listed(body, "add")]
    return [("text", text(body, "until")), ("role", text(body, "role")), *units]


def _terms(body: Body) -> list[Detail]:
    days = body.get("days")
    return [("term", str(name)) for name in days] if isinstance(days, dict) else []


def _range(body: Body, index: int) -> list[Detail]:
    first, count = body.get("first"), body.get("count")
    if not isinstance(first, int) or not isinstance(count, int):
        return []
    # One that asks for all entries names more than there were: it ends at itself.
    return [("text", f"{first}–{max(first, min(first + count - 1, index))}")]


def _filter(asked: Body, known: Known) -> list[Detail]:
    """What an auditor looked for."""
    member, tip = text(asked, "member"), text(asked, "tip")
    days = [text(asked, "from"), text(asked, "to")]
    return [
        *(_named(member, known) if member else []),
        ("desk", text(asked, "desk")),
        ("text", handle(tip) if tip else ""),
        ("action", text(asked, "type")),
        ("purpose", text(asked, "purpose")),
        ("result", text(asked, "outcome")),
        ("text", "–".join(days) if any(days) else ""),
    ]


def _inventory(body: Body) -> list[Detail]:
    """The day, how many are held; how many are missing, changed or strange; whether rows were altered."""
    wrong = [str(body.get(name, "")) for name in ("missing", "changed", "unvouched")]
    found = "" if wrong == ["0", "0", "0"] else "/".join(wrong)
    altered = [("held", "altered")] if body.get("altered") is True else []
    return [("text", text(body, "day")), ("text", str(body.get("count", ""))), ("text", found), *altered]


def _alert(body: Body) -> list[Detail]:
    return [("rule", text(body, "rule")), ("text", str(body.get("count", "")))]


def _disclosure(body: Body) -> list[Detail]:
    """What for, whose unit is accused, whether in an emergency, for how many hours, when they are told."""
    urgent = [("result", "emergency")] if body.get("emergency") is True else []
    accused = [("text", text(body, "letter")), ("unit", text(body, "accused_unit"))]
    hours = ("hours", str(body.get("hours", "")))
    return [("ground", text(body, "ground")), *accused, *urgent, hours, ("told", text(body, "tell"))]


def _of_request(body: Body) -> list[Detail]:
    """Which request it belongs to: its index in the log."""
    return [("request", str(body.get("request", "")))]


def _number(body: Body, name: str) -> Detail:
    return "text", str(body.get(name, ""))


def _kind_of_report(body: Body) -> list[Detail]:
    """Named where it is not an auditor's report of a month."""
    return [("report-kind", INTERFERENCE)] if body.get("kind") == INTERFERENCE else []


def _evidence(body: Body) -> list[Detail]:
    """How many entries were taken out, and the first digits of the file's hash."""
    value = body.get("entries")
    pairs = [pair for pair in value if isinstance(pair, list)] if isinstance(value, list) else []
    count = sum(pair[1] - pair[0] + 1 for pair in pairs if [type(end) for end in pair] == [int, int])
    return [("entries", str(count)), ("text", f"SHA-256 {text(body, 'hash')[:SHORT]}…")]


def _reward(*fields: str) -> Callable[[Body], list[Detail]]:
    """Index of the award, sums in yuan, years, days: as they stand."""

    def tell(body: Body) -> list[Detail]:
        return [("text", str(body[name])) for name in fields if type(body.get(name)) in (int, str)]

    return tell


def _day_of_vouchers(body: Body) -> list[Detail]:
    """The day, and how many vouchers were minted and presented on it."""
    minted = sum(row[-1] for row in _rows(body, "minted") if isinstance(row[-1], int))
    back = sum(len(row[-1]) for row in _rows(body, "presented") if isinstance(row[-1], list))
    return [("text", text(body, "day")), ("text", f"+{minted} −{back}")]


def _rows(body: Body, name: str) -> list[list[Any]]:
    value = body.get(name)
    return [row for row in value if isinstance(row, list) and row] if isinstance(value, list) else []


def _decided(*fields: str) -> Callable[[Body], list[Detail]]:
    """The same, and whether it was a yes."""

    def tell(body: Body) -> list[Detail]:
        yes = body.get("approved", body.get("confirmed")) is True
        return [*_reward(*fields)(body), ("result", "approved" if yes else "not-approved")]

    return tell


def _names(body: Body, field: str) -> list[str]:
    value = body.get(field)
    return list(value) if isinstance(value, dict) else []


_TELLING: Final[Mapping[str, Callable[[Body], list[Detail]]]] = {
    "move": _move,
    "silence": _move,
    "missed": _missed,
    "member": _about_member,
    "route": lambda body: [("desk", desk) for desk in listed(body, "desks")],
    "entry": lambda body: [("channel", text(body, "channel"))],
    **dict.fromkeys(("received", "checked-in"), lambda body: [("text", text(body, "day"))]),
    "watch": lambda body: [("every", str(body.get("every", "")))],
    "inventory": _inventory,
    "disclosure": _disclosure,
    "disclosure-decision": lambda body: [
        *_of_request(body),
        ("result", "approved" if body.get("approved") is True else "not-approved"),
    ],
    **dict.fromkeys(("disclosure-unlock", "disclosure-view", "disclosure-lapse"), _of_request),
    "alert-ask": lambda body: [_number(body, "alert")],
    "alert-answer": lambda body: [("text", str(body.get("alert", "")))],
    "alert-review": lambda body: [("found", text(body, "finding")), ("text", str(body.get("alert", "")))],
    "alert-rules": lambda body: [("rule", str(rule)) for rule in _names(body, "rules")],
    "interference-answer": lambda body: [_number(body, "entry")],
    "point": lambda body: [("text", str(_names(body, "point") and body["point"].get("id", "")))],
    "mint-keys": _reward("year"),
    "reward-budget": _reward("year", "amount"),
    "reward-proposal": lambda body: [("tier", text(body, "tier")), *_reward("amount")(body)],
    "reward-check": _decided("award"),
    "reward-approval": _decided("award", "amount"),
    **dict.fromkeys(("reward-grant", "reward-expired", "reward-named"), _reward("award", "amount")),
    "reward-extend": _reward("award", "until"),
    "reward-cancel": _reward("award"),
    "reward-open": _reward("year", "value"),
    "reward-day": _day_of_vouchers,
    "key-expired": _reward("year", "value", "returned"),
    "pay-look": _reward("point"),
    "pay": _reward("value", "point"),
    "pay-undo": _reward("value"),
    "pay-named": _reward("award", "amount"),
    "pickup-list": _reward("point", "day"),
    "report": lambda body: [("text", text(body, "period")), *_kind_of_report(body)],
    "evidence": _evidence,
    "forget": lambda body: [("text", f"< {text(body, 'before')}")],
    "umbrella-step": lambda body: [("umbrella", text(body, "step"))],
    "link": lambda body: [("text", handle(text(body, "to")))],
    "unlink": lambda body: [("text", handle(text(body, "to")))],
    "calendar": lambda body: [("text", str(body.get("year", "")))],
    "deadlines": _terms,
}
