"""Where a log's tips may be read, as far as its statements tell; who goes by it, and who may change it.

    nothing known ─ missed ─▶ desks known ─ route ─▶ desks and excluded units known ─ erase ─▶ gone

A tip's first route stands in its reporter's sealed item and in no statement. So a `route` is held against the
one before it from the second on; what the first one changed, the log does not tell.

Source: the keeper's own rules, tipline/keeper/rules/tips.py and cases.py.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from crypto.statements import Entry
from tipline.evidence.errors import VerificationFailed
from tipline.ids import AUDITORS, INTEGRITY, PAYMENTS, DeskId
from tipline.roster import Member, Roster, RosterRefused
from tipline.roster.freshness import FRESH_SECONDS
from tipline.roster.rules import is_settled

ROUTE: Final = "route"
MISSED: Final = "missed"
ERASE: Final = "erase"
UMBRELLA: Final = "umbrella"
DISCLOSURE: Final = "disclosure"
STEPS: Final = frozenset(
    (
        *("read", "reply", "note", "tags", "move", "packet", "pause", "resume", "extend", "hold", "unhold"),
        *("assign", "close-spam", "link", "unlink", UMBRELLA, "umbrella-step", ROUTE, "watch"),
        *(DISCLOSURE, "disclosure-view", "accused", "identity", "reward-proposal"),
    )
)
"""What members state about tips, each for a desk."""
_OF_PAYEES: Final = frozenset((DISCLOSURE, "disclosure-view"))

ONLY_INTEGRITY: Final = frozenset((INTEGRITY,))
TWO: Final = 2
LEAD: Final = 1  # of a missed deadline: it went to the lead of its desk


@dataclass(frozen=True)
class _Known:
    """What is known of a tip's route: None where nothing is. `at` is when it was last changed (Unix time)."""

    desks: frozenset[str] | None = None
    excluded: frozenset[str] | None = None
    at: int = 0
    erased: bool = False


_NOTHING: Final = _Known()


class Routes:
    """The routes at one place of a log.

    Of a log that is not `whole` (a pack) no route is held against the one before it.
    """

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._known: dict[str, _Known] = {}
        self._gaps = False

    @property
    def routed(self) -> int:
        """Of how many tips, not erased, a statement gave the route."""
        return sum(one.excluded is not None for one in self._known.values())

    def miss(self) -> None:
        """An entry is gone here: a missed deadline may have brought a tip to the integrity desk."""
        self._gaps = True

    def take(self, roster: Roster, entry: Entry, index: int) -> None:
        """Check a done entry under the roster that it was decided by, and go on behind it.

        Raises:
            VerificationFailed: the keeper would have refused it.
        """
        body, kind = entry.statement.body, entry.statement.body["type"]
        try:
            if kind in STEPS:
                self._check_step(roster, entry, body)
            if kind == ROUTE:
                self._reroute(roster, entry, body)
            elif kind == MISSED:
                self._escalate(entry, body)
            elif kind == ERASE:
                self._known.update((tip, _Known(erased=True)) for tip in tips_of(body))
        except Forbidden as forbidden:
            raise VerificationFailed(index, forbidden.sentence) from forbidden
        except RosterRefused as refused:
            raise VerificationFailed(index, f"the roster forbids it ({refused})") from refused

    def desks_of(self, tip: str) -> frozenset[str]:
        """The desks of a tip's route as far as it is known."""
        return self._of(tip).desks or frozenset()

    def require_open_to(
        self, roster: Roster, entry: Entry, tip: str, member: Member, desk: str | None = None
    ) -> None:
        """Check that a tip's route excludes no unit of a member's, and names a desk where one is given.

        Raises:
            Forbidden: it does not, or the tip was erased.
        """
        known = self._of(tip)
        require(not known.erased, "the tip was erased before")
        if desk is not None:
            self._require_desk(known, {"type": DISCLOSURE, "desk": desk})
        if known.excluded:
            _require_not_excluded(roster, [member], known.excluded, day_of(entry.at))

    def _of(self, tip: str) -> _Known:
        return self._known.get(tip, _NOTHING) if self._whole else _NOTHING

    def _check_step(self, roster: Roster, entry: Entry, body: Mapping[str, Any]) -> None:
        """A desk of the route, by people of whom it excludes nobody."""
        for tip in tips_of(body):
            known = self._of(tip)
            if known is _NOTHING:
                continue
            require(not known.erased, "the tip was erased before")
            self._require_desk(known, body)
            if known.excluded:
                _require_not_excluded(roster, _people(roster, body), known.excluded, day_of(entry.at))
            if body["type"] == UMBRELLA and known.desks is not None:
                require(known.desks == ONLY_INTEGRITY, "an umbrella tip is at the integrity desk alone")

    def _require_desk(self, known: _Known, body: Mapping[str, Any]) -> None:
        desk = body.get("desk")
        if known.desks is None or (body["type"], desk) == ("read", AUDITORS):
            return  # auditors read the reasons of every tip that does not exclude them
        if desk == PAYMENTS and body["type"] in _OF_PAYEES:
            return  # who is paid by name, which is held against the awards (`Disclosures`)
        perhaps = ONLY_INTEGRITY if self._gaps else frozenset[DeskId]()
        require(desk in known.desks | perhaps, "the tip's route does not name this desk")

    def _reroute(self, roster: Roster, entry: Entry, body: Mapping[str, Any]) -> None:
        """Whatever lets somebody in takes two; nobody buries a tip."""
        tip, desks, excluded = _one(body), _names(body.get("desks")), _names(body.get("excluded"))
        require(_knows(roster, desks, excluded), "the route names what the roster does not know")
        today = day_of(entry.at)
        require(_somebody_reads(roster, desks, excluded, today), "nobody could read the tip by this route")
        require(len(body["by"]) <= TWO, "more than two signed a route")
        known = self._of(tip)
        lifts = known.excluded is not None and not known.excluded <= excluded
        opens = known.desks is not None and not desks <= known.desks | ONLY_INTEGRITY
        if lifts or opens or _shuts_above(roster, entry, known, excluded):
            require(_are_two(roster, body), "it lets somebody in, or shuts the integrity desk out: two do so")
        if INTEGRITY in (known.desks or ()) and INTEGRITY not in desks:
            require(body["desk"] == INTEGRITY, "the integrity desk alone lets go of a tip")
        if lifts or opens:
            require(known.at <= body["at"], "it was proposed before the route that it changes")
        self._known[tip] = _Known(desks, excluded, entry.at)

    def _escalate(self, entry: Entry, body: Mapping[str, Any]) -> None:
        """A missed deadline names the tip's desks; of the second level it adds the integrity desk."""
        tip, desks, above = _one(body), _names(body.get("desks")), body.get("level") not in (0, LEAD)
        known = self._of(tip)
        added = ONLY_INTEGRITY if above else frozenset[DeskId]()
        if known.desks is not None:
            either = ONLY_INTEGRITY if self._gaps else added
            right = known.desks | added <= desks <= known.desks | either
            require(right, "a missed deadline brought the tip to another desk")
        require(added <= desks, "a missed deadline of the second level goes to the integrity desk")
        self._known[tip] = replace(known, desks=desks, at=entry.at if above else known.at)


class Forbidden(Exception):
    """The keeper's rules forbid it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def require(holds: bool, sentence: str) -> None:
    if not holds:
        raise Forbidden(sentence)


def tips_of(body: Mapping[str, Any]) -> Iterator[str]:
    """Every tip that a statement is about, and whose route it must keep."""
    several, detail = body.get("tips"), body.get("detail")
    named = [body.get("tip"), *(several if isinstance(several, list) else ())]
    if body["type"] in ("link", "unlink"):
        named.append(body.get("to"))
    if body["type"] == "move" and isinstance(detail, Mapping):
        named.append(detail.get("of"))
    yield from (tip for tip in named if isinstance(tip, str))


def _one(body: Mapping[str, Any]) -> str:
    tip = body.get("tip")
    if not isinstance(tip, str):
        raise Forbidden("it is about no tip")
    return tip


def _names(value: object) -> frozenset[str]:
    named = value if isinstance(value, list) else [None]
    require(all(isinstance(one, str) for one in named), "the route is malformed")
    return frozenset(named)


def _people(roster: Roster, body: Mapping[str, Any]) -> Sequence[Member]:
    """Who may all know of the tip: the signers, and to whom it is given."""
    taker = [body["to"]] if body["type"] == "assign" and body.get("to") else []
    return [roster.member(one) for one in (*body["by"], *taker)]


def _require_not_excluded(
    roster: Roster, people: Iterable[Member], excluded: Collection[str], day: date
) -> None:
    barred = any(roster.is_excluded(member.id, excluded, day) for member in people)
    require(not barred, "the tip's route excludes a unit of theirs")


def _knows(roster: Roster, desks: frozenset[str], excluded: frozenset[str]) -> bool:
    known = [roster.desks.get(DeskId(desk)) for desk in desks]
    reading = all(desk is not None and desk.reads and desk.id != AUDITORS for desk in known)
    return reading and bool(desks) and excluded <= roster.units.keys()


def _somebody_reads(roster: Roster, desks: Collection[str], excluded: Collection[str], day: date) -> bool:
    holders = (one for one in roster.members.values() if one.active and one.desks.intersection(desks))
    return any(not roster.is_excluded(one.id, excluded, day) for one in holders)


def _shuts_above(roster: Roster, entry: Entry, known: _Known, excluded: Collection[str]) -> bool:
    """Whether nobody at the integrity desk may read any more, where somebody might before.

    A keeper whose clock is behind its log decided on an earlier day than the entry bears, on which a unit
    that somebody left may still have counted as theirs: in doubt it is taken as the keeper took it.
    """
    if known.excluded is None:
        return False
    earliest = day_of(entry.statement.body["at"] - FRESH_SECONDS)
    before = _somebody_reads(roster, ONLY_INTEGRITY, known.excluded, earliest)
    return before and not _somebody_reads(roster, ONLY_INTEGRITY, excluded, day_of(entry.at))


def _are_two(roster: Roster, body: Mapping[str, Any]) -> bool:
    """Whether two people signed, one of them outside the desk, and each of them somebody."""
    signers = roster.signers(body)
    holders = [member for member in signers if member.holds(body["desk"])]
    return len(signers) == TWO and len(holders) == 1 and all(map(is_settled, signers))


def day_of(at: int) -> date:
    """The UTC day of a moment in Unix seconds."""
    return datetime.fromtimestamp(max(at, 0), UTC).date()
