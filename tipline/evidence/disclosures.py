"""Identities that two people open: what of it the statements alone must show.

    request ─ yes of another member, a custodian ─▶ window ─ unlock by who said yes ─▶ views by who asked
       ├── no
       └── nobody in time ─▶ lapse

Both people are asked for anew at the yes, at the unlock and at each view: active, at their desks, and not of
a unit that the tip's route excludes, by the roster of that entry. The statements stay for ever, so a log that
is whole has each request; of a pack only what is in it is compared.

Source: the keeper's own rules, tipline/keeper/disclosing/.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from crypto.policies import IDENTITY
from crypto.statements import Entry
from tipline.alerts.rules import Rule
from tipline.disclosures.grounds import GROUNDS, Ground
from tipline.disclosures.telling import TELLS, Tell
from tipline.disclosures.terms import DECIDED_WITHIN, EMERGENCY_HOURS, LEAST_HOURS, MOST_HOURS
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.routes import Forbidden, Routes, day_of, require
from tipline.ids import CUSTODIANS, NO_TIP, PAYMENTS
from tipline.roster import Member, Roster, RosterRefused
from tipline.roster.freshness import FRESH_SECONDS
from tipline.roster.lines import line_of
from tipline.roster.types import PAY_CLERK

Payees = Callable[[str], frozenset[str] | None]
"""Of a tip whose award is to be paid by name: who took a step of it; None for any other."""

_HOUR: Final = 3_600
_DAY: Final = 86_400
_NO_ALERT: Final = "no alert followed the yes in an emergency"
_CHANGED_SIDES: Final = "one of the two who agreed could not do so any more"


@dataclass(frozen=True)
class _Asked:
    """A request, and what came of it. Moments are Unix seconds; keys are those that signed.

    `approver` is empty before a yes; `until` and `opens` are 0 then.
    """

    body: Mapping[str, Any]
    key: bytes
    due: date
    is_open: bool = True
    approver: str = ""
    approver_key: bytes = b""
    opens: int = 0
    until: int = 0

    @property
    def requester(self) -> str:
        return str(self.body["by"][0])

    def approved(self, approver: str, key: bytes, at: int) -> "_Asked":
        opens = (at // _DAY + 1) * _DAY if self.body["tell"] == Tell.FIRST else at
        until = opens + self.body["hours"] * _HOUR
        return replace(self, is_open=False, approver=approver, approver_key=key, opens=opens, until=until)


class Disclosures:
    """The requests at one place of a log."""

    def __init__(self, routes: Routes, payees: Payees, *, whole: bool) -> None:
        self._routes = routes
        self._payees = payees
        self._whole = whole
        self._asked: dict[int, _Asked] = {}
        self._written: dict[str, tuple[object, object]] = {}  # item that staff stated: its tip and hash
        self._owed: tuple[int, int] | None = None  # request and yes whose alert comes next

    def take(self, roster: Roster, entry: Entry, index: int) -> None:
        """Check a done entry under the roster that it was decided by, and go on behind it.

        Raises:
            VerificationFailed: the keeper would have refused it.
        """
        body = entry.statement.body
        try:
            self._require_alert(body)
            if body["type"] == IDENTITY:
                self._written[str(body.get("item"))] = (body.get("tip"), body.get("hash"))
            elif body["type"] == "disclosure":
                self._request(roster, entry, index)
            elif body["type"] == "disclosure-decision":
                self._decide(roster, entry, index)
            elif body["type"] == "disclosure-unlock":
                self._unlock(roster, entry)
            elif body["type"] == "disclosure-view":
                self._view(roster, entry)
            elif body["type"] == "disclosure-lapse":
                self._lapse(entry)
            elif (body["type"], body.get("desk")) == ("read", CUSTODIANS):
                require(body.get("tip") == NO_TIP.hex(), "custodians read reasons, and nothing of a tip")
        except Forbidden as forbidden:
            raise VerificationFailed(index, forbidden.sentence) from forbidden
        except RosterRefused as refused:
            raise VerificationFailed(index, f"the roster forbids it ({refused})") from refused

    def end(self) -> None:
        """No done entry stands here: the log ends, or one was refused, or is gone.

        Raises:
            VerificationFailed: a yes in an emergency stood before it, which its alert must follow.
        """
        if self._owed is not None:
            raise VerificationFailed(self._owed[1], _NO_ALERT)

    def _require_alert(self, body: Mapping[str, Any]) -> None:
        if self._owed is None:
            return
        asked = self._asked[self._owed[0]]
        named = {name: body.get(name) for name in ("type", "rule", "entries", "member", "desk", "tip")}
        wanted = {"type": "alert", "rule": Rule.EMERGENCY.value, "entries": list(self._owed)}
        about = {"member": asked.requester, **{name: asked.body[name] for name in ("desk", "tip")}}
        if named != wanted | about:
            self.end()
        self._owed = None

    def _request(self, roster: Roster, entry: Entry, index: int) -> None:
        body = entry.statement.body
        _require_sound(body)
        named = (body["tip"], body["hash"])
        require(
            self._written.get(body["item"], named) == named, "it is another identity than was written down"
        )
        member = _alone(roster, body)
        _require_no_custodian(member)
        _require_apart(roster, entry, body, member)
        self._require_pay_clerk(body, member)
        # By the keeper's clock, which may be behind the log: never later than either.
        day = day_of(min(entry.at, body["at"] + FRESH_SECONDS))
        due = roster.clocks.calendar.after(day, DECIDED_WITHIN)
        self._asked[index] = _Asked(body, member.signing_key.raw, due)

    def _decide(self, roster: Roster, entry: Entry, index: int) -> None:
        body = entry.statement.body
        require(isinstance(body.get("approved"), bool), "it is neither a yes nor a no")
        require(_is_item(body.get("reason")), "it gives no reason")
        asked = self._of(body)
        if asked is None:
            return
        require(asked.is_open, "the request was decided before, or had lapsed")
        earliest = day_of(body["at"] - FRESH_SECONDS)
        require(earliest <= asked.due, "the time for a decision was over")
        approver = _alone(roster, body)
        self._require_approver(roster, entry, asked, approver)
        if not body["approved"]:
            self._asked[body["request"]] = replace(asked, is_open=False)
            return
        self._require_requester(roster, entry, asked)
        self._asked[body["request"]] = asked.approved(approver.id, approver.signing_key.raw, entry.at)
        if asked.body["emergency"] and self._whole:
            self._owed = (body["request"], index)

    def _unlock(self, roster: Roster, entry: Entry) -> None:
        asked = self._approved(entry.statement.body)
        if asked is not None:
            same = _alone(roster, entry.statement.body).id == asked.approver
            require(same, "another than who said yes took the lock off")
            self._require_both(roster, entry, asked)

    def _view(self, roster: Roster, entry: Entry) -> None:
        body = entry.statement.body
        asked = self._approved(body)
        if asked is None:
            return
        require(_alone(roster, body).id == asked.requester, "another than who asked looked at it")
        named = ("tip", "desk", "item", "hash")
        same = all(body.get(name) == asked.body.get(name) for name in named)
        require(same, "it is another identity than the one that was asked for")
        begun = min(entry.at, body["at"] + FRESH_SECONDS) >= asked.opens
        require(asked.body["tell"] != Tell.FIRST or begun, "the window had not begun")
        self._require_both(roster, entry, asked)

    def _lapse(self, entry: Entry) -> None:
        body = entry.statement.body
        asked = self._of(body)
        if asked is not None:
            require(asked.is_open and asked.due < day_of(entry.at), "the request could still be decided")
            self._asked[body["request"]] = replace(asked, is_open=False)

    def _of(self, body: Mapping[str, Any]) -> _Asked | None:
        """The request that a statement names; None where a pack does not have it."""
        request = body.get("request")
        require(type(request) is int, "it names no request")
        found = self._asked.get(request) if isinstance(request, int) else None
        require(found is not None or not self._whole, "it names a request that was not made")
        return found

    def _approved(self, body: Mapping[str, Any]) -> _Asked | None:
        """The same, where somebody has said yes."""
        found = self._of(body)
        if found is None or (found.is_open and not self._whole):
            return None
        require(bool(found.approver), "nobody had said yes")
        return found

    def _require_both(self, roster: Roster, entry: Entry, asked: _Asked) -> None:
        """The window is not over, and both could agree now as they did, under the keys that they had."""
        require(entry.at < asked.until, "the window was over")
        approver = roster.member(asked.approver)
        self._require_requester(roster, entry, asked)
        self._require_approver(roster, entry, asked, approver)
        keys = (roster.member(asked.requester).signing_key.raw, approver.signing_key.raw)
        require(keys == (asked.key, asked.approver_key), "one of the two who agreed has other keys now")

    def _require_requester(self, roster: Roster, entry: Entry, asked: _Asked) -> None:
        member, desk = roster.member(asked.requester), str(asked.body["desk"])
        require(member.active and member.holds(desk), _CHANGED_SIDES)
        _require_no_custodian(member)
        _require_apart(roster, entry, asked.body, member)
        self._require_pay_clerk(asked.body, member)
        self._routes.require_open_to(roster, entry, str(asked.body["tip"]), member, desk)

    def _require_approver(self, roster: Roster, entry: Entry, asked: _Asked, member: Member) -> None:
        require(member.id != asked.requester, "nobody agrees to what they asked for")
        require(member.active and member.holds(CUSTODIANS), _CHANGED_SIDES)
        _require_apart(roster, entry, asked.body, member)
        self._require_paid_by_name(asked.body, member)
        tip = str(asked.body["tip"])
        held = (member.desks | member.awaiting).intersection(
            self._routes.desks_of(tip) | {asked.body["desk"]}
        )
        require(not held, "who agreed holds a desk that reads the tip")
        self._routes.require_open_to(roster, entry, tip, member)

    def _require_pay_clerk(self, body: Mapping[str, Any], member: Member) -> None:
        """Whoever asks at the pay clerks' desk is one, and asks whom to pay; of any other desk nothing."""
        if body["desk"] == PAYMENTS:
            require(PAY_CLERK in member.roles, "somebody asks whom to pay who is no pay clerk")
            self._require_paid_by_name(body, member)

    def _require_paid_by_name(self, body: Mapping[str, Any], member: Member) -> None:
        if body["desk"] != PAYMENTS:
            return
        require(body["ground"] == Ground.REWARD, "pay clerks ask for a name for another ground")
        if self._whole:
            people = self._payees(str(body["tip"]))
            require(people is not None, "nobody is to be paid by name for this tip")
            require(member.id not in (people or ()), "one of the two took a step of the award that is paid")


def _require_sound(body: Mapping[str, Any]) -> None:
    """A ground with what it takes, hours within their bounds, and no emergency that is none."""
    ground, hours, tell, emergency = (body.get(name) for name in ("ground", "hours", "tell", "emergency"))
    known = ground in GROUNDS and tell in TELLS and isinstance(emergency, bool)
    texts = all(isinstance(body.get(name), str) for name in ("tip", "desk", "item", "hash", "body", "letter"))
    require(known and texts and _is_item(body.get("reason")), "it does not say for what, or whether to tell")
    require(type(hours) is int and LEAST_HOURS <= hours <= MOST_HOURS, "the window has no such length")
    by_letter = ground == Ground.DECISION
    require(by_letter == bool(body["letter"]) == bool(body["body"]), "it lacks the letter for its ground")
    unit = body.get("accused_unit", "")  # for this ground alone; older requests do without
    require(
        isinstance(unit, str) and (by_letter or not unit), "it names an officer's unit for another ground"
    )
    urgent = (ground, hours, tell != Tell.FIRST) == (Ground.LIFE, EMERGENCY_HOURS, True)
    require(not emergency or urgent, "it is no emergency")


def _require_apart(roster: Roster, entry: Entry, body: Mapping[str, Any], member: Member) -> None:
    """Of a framed officer's unit, of one above it in the township or beneath it, nobody has a part in it."""
    line = line_of(roster.units, str(body.get("accused_unit", "")))
    apart = not roster.is_excluded(member.id, line, day_of(entry.at))
    require(apart, "one of the two is of the accused officer's unit, or of one in its line")


def _is_item(value: object) -> bool:
    if not isinstance(value, Mapping) or value.keys() != {"item", "hash"}:
        return False
    return all(isinstance(one, str) and one for one in value.values())


def _alone(roster: Roster, body: Mapping[str, Any]) -> Member:
    require(len(body["by"]) == 1, "one member alone states this")
    return roster.member(body["by"][0])


def _require_no_custodian(member: Member) -> None:
    require(CUSTODIANS not in member.desks | member.awaiting, "a custodian asks for no identity")
