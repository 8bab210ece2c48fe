"""What a statement would do, in words: nobody signs what they cannot read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _

from admin.members.names import Names
from admin.pay_desk.sentences import SENTENCES as PAY_SENTENCES
from admin.queue.service import handle
from admin.rewards.sentences import SENTENCES as REWARD_SENTENCES
from admin.words import word
from crypto.errors import BadFormat
from crypto.keys import Recipient, VerifyKey, fingerprint
from tipline.alerts.rules import RULES, Rule, RuleBook
from tipline.ids import PROTECTION, UnitId


@dataclass(frozen=True)
class Said:
    """A statement in one sentence, what follows, the fingerprint of a key, and what it is about.

    That is a tip, or a protection case, by its id in hex.
    """

    sentence: str
    follows: str = ""
    fingerprint: str = ""
    tip: str = ""
    case: str = ""


Fields = Mapping[str, Any]
Sentence = Callable[[Fields, Names], Said]


def say(kind: str, fields: Fields, names: Names) -> Said:
    """What a statement of this kind with these fields says; unknown kinds say their name alone."""
    if kind in PAY_SENTENCES:
        return Said(*PAY_SENTENCES[kind](fields, names))
    sentence = _SENTENCES.get(kind)
    return sentence(fields, names) if sentence else Said(str(word("action", kind)))


def _member(fields: Fields, names: Names) -> Said:
    member = fields["member"]
    said = _(
        "%(name)s becomes a member, of unit: %(unit)s.",
        name=names.member(member["id"]),
        unit=names.unit(member["unit"]),
    )
    return Said(said, _("A member without a desk reads nothing yet."), _fingerprint(member))


def _move(fields: Fields, names: Names) -> Said:
    said = _(
        "%(name)s belongs to unit: %(unit)s.",
        name=names.member(fields["member"]),
        unit=names.unit(fields["unit"]),
    )
    others = names.units(fields["conflicts"]) or _("none")
    follows = _(
        "Other units whose tips they must not see: %(units)s. A unit that they leave counts five years more.",
        units=others,
    )
    return Said(said, follows)


def _grant(fields: Fields, names: Names) -> Said:
    name, desk = names.member(fields["member"]), names.desk(fields["desk"])
    if fields.get("until"):
        said = _(
            "%(name)s stands in at the desk “%(desk)s” until the end of %(day)s (UTC).",
            name=name,
            desk=desk,
            day=fields["until"],
        )
        return Said(said, _("They read what the desk reads. On the day after, their access ends by itself."))
    said = _("%(name)s joins the desk “%(desk)s”.", name=name, desk=desk)
    return Said(said, _("They read what the desk reads, from before as well."))


def _revoke(fields: Fields, names: Names) -> Said:
    said = _(
        "%(name)s leaves the desk “%(desk)s”.",
        name=names.member(fields["member"]),
        desk=names.desk(fields["desk"]),
    )
    return Said(
        said, _("Their access ends with their next click. The desk gets another key for what comes next.")
    )


def _suspend(fields: Fields, names: Names) -> Said:
    said = _("%(name)s leaves all desks.", name=names.member(fields["member"]))
    return Said(
        said, _("Their access ends with their next click. They stay a member, and can be given desks again.")
    )


def _remove(fields: Fields, names: Names) -> Said:
    said = _("%(name)s is no longer a member.", name=names.member(fields["member"]))
    return Said(said, _("Their access ends with their next click, for good. Their name stays in the log."))


def _role(fields: Fields, names: Names) -> Said:
    name, role = names.member(fields["member"]), str(word("role", fields["role"]))
    if fields["held"]:
        return Said(_("%(name)s gets the role “%(role)s”.", name=name, role=role))
    return Said(_("%(name)s gives up the role “%(role)s”.", name=name, role=role))


def _lead(fields: Fields, names: Names) -> Said:
    said = _(
        "%(name)s leads the desk “%(desk)s”.",
        name=names.member(fields["member"]),
        desk=names.desk(fields["desk"]),
    )
    return Said(said, _("Missed deadlines of the desk go to its lead first."))


def _disclosure(fields: Fields, names: Names) -> Said:
    said = _(
        "You ask for the name that is kept with %(handle)s, for %(hours)d hours. What for: %(ground)s.",
        handle=handle(fields["tip"]),
        hours=fields["hours"],
        ground=word("ground", fields["ground"]),
    )
    urgent = _("As an emergency: the auditors are alerted.") if fields["emergency"] else ""
    unit = fields.get("accused_unit", "")
    accused = _("The accused officer's unit: %(unit)s.", unit=names.unit(unit)) if unit else ""
    return Said(said, _sentences(str(word("told", fields["tell"])), urgent, accused))


def _disclosure_decision(fields: Fields, names: Names) -> Said:
    if fields["approved"]:
        said = _("You allow request %(number)d for a name.", number=fields["request"])
        return Said(said, _("Whoever asked can open the name within the window, and every look is logged."))
    return Said(_("You refuse request %(number)d for a name.", number=fields["request"]))


def _disclosure_view(fields: Fields, names: Names) -> Said:
    return Said(_("You look at the name that request %(number)d asked for.", number=fields["request"]))


def _new_keys(fields: Fields, names: Names) -> Said:
    said = _("%(name)s gets new keys.", name=names.member(fields["member"]))
    follows = _(
        "Their old password, second factor and passkey open nothing any more. "
        "A colleague at each of their desks gives them its key again."
    )
    return Said(said, follows, _fingerprint(fields))


def _calendar(fields: Fields, names: Names) -> Said:
    said = _(
        "The calendar of %(year)d: %(off)d weekdays off, %(worked)d weekend days worked.",
        year=fields["year"],
        off=len(fields["off"]),
        worked=len(fields["worked"]),
    )
    days = _("Off: %(off)s. Worked: %(worked)s.", off=_days(fields["off"]), worked=_days(fields["worked"]))
    return Said(said, days)


def _deadlines(fields: Fields, names: Names) -> Said:
    changed = "; ".join(f"{word('term', name)}: {days}" for name, days in sorted(fields["days"].items()))
    return Said(_("Deadlines in days: %(days)s.", days=changed or _("all as they were by default")))


def _passkey(fields: Fields, names: Names) -> Said:
    name = names.member(fields["member"])
    if fields["passkey"]:
        return Said(_("%(name)s gets another passkey.", name=name))
    follows = _("From then on they sign with password and one-time code, until they put in another.")
    return Said(_("%(name)s gives up their passkey.", name=name), follows)


def _body(fields: Fields, names: Names) -> Said:
    body = fields["body"]
    name, known = both_names(body["names"]), names.visit.roster.bodies.get(body["id"])
    before = _("Until now it is: %(name)s.", name=both_names(known.names)) if known else ""
    if not body["accepts"]:
        return Said(_("No tip is transferred to this body any more: %(name)s.", name=name), before)
    said = _("Tips may be transferred to this body: %(name)s.", name=name)
    if not body["recipient"]:
        return Said(said, _sentences(_("It has no key: packets go to it on paper."), before))
    key = _("Packets are sealed to its key: %(key)s", key=body["recipient"])
    if known and known.recipient and known.recipient.text != body["recipient"]:
        before = _sentences(before, _("Its key is another one from then on."))
    return Said(said, _sentences(before, key))


def _unit(fields: Fields, names: Names) -> Said:
    unit = fields["unit"]
    known = names.visit.roster.units.get(UnitId(unit["id"]))
    said = _unit_said(both_names(unit["names"]), unit["inside"])
    above = _above(unit["superior"], names)
    if known is None:
        return Said(said, above)
    was = _unit_said(both_names(known.names), known.inside)
    return Said(
        said,
        _sentences(above, _("Until now:"), was, _above(known.superior or "", names)),
    )


def _desk(fields: Fields, names: Names) -> Said:
    desk = fields["desk"]
    reads = _("It reads tips.") if desk["reads"] else _("It reads no tips.")
    if desk["id"] not in names.visit.roster.desks:
        said = _("There is a new desk: %(name)s.", name=both_names(desk["names"]))
        return Said(said, _sentences(reads, _("Nobody holds it yet.")))
    name, number = desk["names"][names.language], desk["epoch"]
    return Said(_("The desk “%(name)s” has key number %(number)d.", name=name, number=number), reads)


def _acknowledge(fields: Fields, names: Names) -> Said:
    found = fields["found"]
    said = {
        "rollback": _("The log was set back, and goes on from entry %(size)d.", size=found["size"]),
        "moved": _("The keeper goes on at another place, from entry %(size)d.", size=found["size"]),
        "unwitnessed": _("Reading goes on for three days, although too few witnesses countersigned."),
        "rows": _(
            "The rows of the keeper's database count as they are, at entry %(size)d.", size=found["size"]
        ),
    }
    return Said(said[fields["what"]], _("Root: %(root)s", root=found["root"]))


def _witnesses(fields: Fields, names: Names) -> Said:
    named = [
        _("%(name)s at %(url)s, keys %(keys)s", name=one["name"], url=one["url"], keys=_key_ids(one["keys"]))
        for one in fields["witnesses"]
    ]
    said = _("These bodies countersign the log: %(names)s.", names="; ".join(named) or _("none"))
    agreed = _(
        "It is an alarm when one has not done so for %(hours)d hours. %(quorum)d must have done so.",
        hours=fields["alarm_hours"],
        quorum=fields["quorum"],
    )
    then = _("With fewer nothing is read.") if fields["stop"] else _("Reading goes on with fewer, too.")
    return Said(said, _sentences(agreed, then))


def _key_ids(vkeys: list[str]) -> str:
    return " ".join(vkey.split("+")[1] for vkey in vkeys)


def _hold(fields: Fields, names: Names) -> Said:
    tip = fields["tip"]
    if fields.get("desk") == PROTECTION:
        held = _(
            "The protection case %(case)s is held: it is not erased when its time is over.", case=handle(tip)
        )
        return Said(held, case=tip)
    said = _("The tip %(tip)s is held: it is not erased when its time is over.", tip=handle(tip))
    return Said(said, tip=tip)


def _unhold(fields: Fields, names: Names) -> Said:
    tip = fields["tip"]
    if fields.get("desk") == PROTECTION:
        free = _("The protection case %(case)s is no longer held: its time may run out.", case=handle(tip))
        return Said(free, case=tip)
    said = _("The tip %(tip)s is no longer held: it is erased when its time is over.", tip=handle(tip))
    return Said(said, tip=tip)


def _route(fields: Fields, names: Names) -> Said:
    tip, desks = fields["tip"], ", ".join(names.desk(desk) for desk in fields["desks"])
    units = names.units(fields["excluded"]) or _("none")
    follows = _("Units that must not see it from then on: %(units)s.", units=units)
    if PROTECTION in fields["desks"]:
        lies = _("The protection case %(case)s lies at: %(desks)s.", case=handle(tip), desks=desks)
        return Said(lies, follows, case=tip)
    return Said(_("The tip %(tip)s lies at: %(desks)s.", tip=handle(tip), desks=desks), follows, tip=tip)


def both_names(by_language: Mapping[str, str]) -> str:
    """A name in both languages: whoever signs it signs both."""
    return f"{by_language['zh']} / {by_language['en']}"


def _unit_said(name: str, inside: bool) -> str:
    if inside:
        return _("A unit of the township: %(name)s.", name=name)
    return _("A unit outside the township: %(name)s.", name=name)


def _above(superior: str, names: Names) -> str:
    if not superior:
        return _("No unit stands above it.")
    return _("The unit above it: %(unit)s.", unit=names.unit(superior))


def _sentences(*said: str) -> str:
    return " ".join(filter(None, said))


def _audit_all(fields: Fields, names: Names) -> Said:
    if "filter" in fields:
        asked = fields["filter"]
        chosen = [
            *(names.member(asked[name]) for name in ("member",) if name in asked),
            *(names.desk(asked[name]) for name in ("desk",) if name in asked),
            *(handle(asked[name]) for name in ("tip",) if name in asked),
            *(str(word(kind, asked[name])) for name, kind in _FILTERED.items() if name in asked),
            *(asked[name] for name in ("from", "to") if name in asked),
        ]
        what = ", ".join(chosen) or _("everything")
        return Said(_("Entries of the log leave the service, as a spreadsheet: %(filter)s.", filter=what))
    if fields["act"] == "export":
        return Said(_("The whole log leaves the service, as an export."))
    return Said(_("This site gets the whole log, to verify it."))


def _days(days: list[str]) -> str:
    return ", ".join(days) or _("none")


def _fingerprint(fields: Fields) -> str:
    try:
        key = VerifyKey(bytes.fromhex(fields["signing_key"]))
        return fingerprint(Recipient.parse(fields["recipient"]), key)
    except (BadFormat, ValueError):
        return ""


_FILTERED: Final = {"type": "action", "purpose": "purpose", "outcome": "result"}
"""Fields of a filter that are codes, and the kind of word for each."""


def _alert_rules(fields: Fields, names: Names) -> Said:
    book = RuleBook.read(fields["rules"])
    changed = [_rule(rule, book) for rule in RULES if rule.value in book.changed]
    said = _("These rules raise alerts otherwise than by default: %(rules)s.", rules=_names_or_none(changed))
    return Said(said, _("What is not named here is as it is by default."))


def _rule(rule: Rule, book: RuleBook) -> str:
    if not book.is_on(rule):
        return _("%(rule)s (off)", rule=word("rule", rule))
    numbers = ", ".join(f"{word('threshold', name)}: {book.value(rule, name)}" for name in RULES[rule])
    return f"{word('rule', rule)} ({numbers})" if numbers else _("%(rule)s (on)", rule=word("rule", rule))


def _names_or_none(names: list[str]) -> str:
    return "; ".join(names) or _("none")


def _of_rewards(tell: Callable[[Fields, Names], tuple[str, str]]) -> Sentence:
    return lambda fields, names: Said(*tell(fields, names))


_SENTENCES: Final[Mapping[str, Sentence]] = {
    "member": _member,
    "member-unit": _move,
    "grant": _grant,
    "revoke": _revoke,
    "suspend": _suspend,
    "remove": _remove,
    "role": _role,
    "lead": _lead,
    "disclosure": _disclosure,
    "disclosure-decision": _disclosure_decision,
    "disclosure-view": _disclosure_view,
    "new-keys": _new_keys,
    "calendar": _calendar,
    "deadlines": _deadlines,
    "passkey": _passkey,
    "body": _body,
    "unit": _unit,
    "desk": _desk,
    "acknowledge": _acknowledge,
    "witnesses": _witnesses,
    "hold": _hold,
    "unhold": _unhold,
    "route": _route,
    "audit-all": _audit_all,
    "alert-rules": _alert_rules,
    **{kind: _of_rewards(tell) for kind, tell in REWARD_SENTENCES.items()},
}
