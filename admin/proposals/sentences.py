"""What a statement would do, in words: nobody signs what they cannot read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _

from admin.members.names import Names
from admin.queue.service import handle
from admin.words import word
from crypto.errors import BadFormat
from crypto.keys import Recipient, VerifyKey, fingerprint


@dataclass(frozen=True)
class Said:
    """A statement in one sentence, what follows, the fingerprint of a key, and the tip (hex) it is about."""

    sentence: str
    follows: str = ""
    fingerprint: str = ""
    tip: str = ""


Fields = Mapping[str, Any]
Sentence = Callable[[Fields, Names], Said]


def say(kind: str, fields: Fields, names: Names) -> Said:
    """What a statement of this kind with these fields says; unknown kinds say their name alone."""
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
    name = body["names"][names.language]
    if not body["accepts"]:
        return Said(_("No tip is transferred to this body any more: %(name)s.", name=name))
    said = _("Tips may be transferred to this body: %(name)s.", name=name)
    if not body["recipient"]:
        return Said(said, _("It has no key: packets go to it on paper."))
    return Said(said, _("Packets are sealed to its key: %(key)s", key=body["recipient"]))


def _unit(fields: Fields, names: Names) -> Said:
    unit = fields["unit"]
    name = unit["names"][names.language]
    if unit["inside"]:
        return Said(_("A unit of the township: %(name)s.", name=name))
    return Said(_("A unit outside the township: %(name)s.", name=name))


def _desk(fields: Fields, names: Names) -> Said:
    desk = fields["desk"]
    name, number = desk["names"][names.language], desk["epoch"]
    said = _("The desk “%(name)s” has key number %(number)d.", name=name, number=number)
    return Said(said, _("It reads tips.") if desk["reads"] else "")


def _hold(fields: Fields, names: Names) -> Said:
    tip = fields["tip"]
    said = _("The tip %(tip)s is held: it is not erased when its time is over.", tip=handle(tip))
    return Said(said, tip=tip)


def _unhold(fields: Fields, names: Names) -> Said:
    tip = fields["tip"]
    said = _("The tip %(tip)s is no longer held: it is erased when its time is over.", tip=handle(tip))
    return Said(said, tip=tip)


def _route(fields: Fields, names: Names) -> Said:
    tip, desks = fields["tip"], ", ".join(names.desk(desk) for desk in fields["desks"])
    said = _("The tip %(tip)s lies at: %(desks)s.", tip=handle(tip), desks=desks)
    units = names.units(fields["excluded"]) or _("none")
    return Said(said, _("Units that must not see it from then on: %(units)s.", units=units), tip=tip)


def _days(days: list[str]) -> str:
    return ", ".join(days) or _("none")


def _fingerprint(fields: Fields) -> str:
    try:
        key = VerifyKey(bytes.fromhex(fields["signing_key"]))
        return fingerprint(Recipient.parse(fields["recipient"]), key)
    except (BadFormat, ValueError):
        return ""


_SENTENCES: Final[Mapping[str, Sentence]] = {
    "member": _member,
    "member-unit": _move,
    "grant": _grant,
    "revoke": _revoke,
    "suspend": _suspend,
    "remove": _remove,
    "role": _role,
    "lead": _lead,
    "new-keys": _new_keys,
    "calendar": _calendar,
    "deadlines": _deadlines,
    "passkey": _passkey,
    "body": _body,
    "unit": _unit,
    "desk": _desk,
    "hold": _hold,
    "unhold": _unhold,
    "route": _route,
}
