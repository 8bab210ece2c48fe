"""The interference register: what of it the statements alone must show.

    entry by anybody with a desk or a role ─▶ answers by the integrity desk, never by who filed it

Somebody else than who filed an entry must be able to read it; whoever is of a unit that it excludes neither
reads nor answers it; no item is named twice. The statements stay for ever, so a log that is whole has each
entry; of a pack only what is in it is compared.

Source: the keeper's own rules, tipline/keeper/rules/interference.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crypto.statements import Entry
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.routes import Forbidden, day_of, require
from tipline.ids import AUDITORS, INTEGRITY, NO_TIP
from tipline.interference.ways import ANSWER, INTERFERENCE
from tipline.roster import Member, Roster, RosterRefused


@dataclass(frozen=True)
class _Filed:
    """Who filed an entry, and the units that must not read it."""

    by: str
    excluded: frozenset[str]


class Register:
    """The entries at one place of a log, and which items hold them and their answers."""

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._filed: dict[int, _Filed] = {}
        self._items: dict[str, _Filed | None] = {}

    def take(self, roster: Roster, entry: Entry, index: int) -> None:
        """Check a done entry of the log under the roster that it was decided by, and go on behind it.

        Raises:
            VerificationFailed: the keeper would have refused it.
        """
        body = entry.statement.body
        try:
            if body["type"] == INTERFERENCE:
                self._file(roster, entry, index)
            elif body["type"] == ANSWER:
                self._answer(roster, entry)
            elif (body["type"], body.get("tip")) == ("read", NO_TIP.hex()):
                self._read(roster, entry)
        except Forbidden as forbidden:
            raise VerificationFailed(index, forbidden.sentence) from forbidden
        except RosterRefused as refused:
            raise VerificationFailed(index, f"the roster forbids it ({refused})") from refused

    def _file(self, roster: Roster, entry: Entry, index: int) -> None:
        body = entry.statement.body
        excluded = _units(body)
        require(excluded <= roster.units.keys(), "it excludes a unit that nobody knows")
        filed = _Filed(str(body["by"][0]), excluded)
        others = (one for one in roster.members.values() if one.active and one.id != filed.by)
        readers = (one for one in others if not one.desks.isdisjoint((AUDITORS, INTEGRITY)))
        somebody = any(not _is_kept_out(roster, entry, one, filed) for one in readers)
        require(somebody, "nobody else could read it")
        self._name(body, filed)
        self._filed[index] = filed

    def _answer(self, roster: Roster, entry: Entry) -> None:
        body = entry.statement.body
        about = body.get("entry")
        require(type(about) is int, "it names no entry of the register")
        filed = self._filed.get(about) if isinstance(about, int) else None
        require(filed is not None or not self._whole, "it names no entry of the register")
        if filed is not None:
            require(filed.by not in body["by"], "nobody answers what they filed")
            self._require_may_read(roster, entry, filed)
        self._name(body, filed)

    def _read(self, roster: Roster, entry: Entry) -> None:
        items = entry.statement.body.get("items")
        named = (
            [one.get("item") for one in items if isinstance(one, Mapping)] if isinstance(items, list) else []
        )
        for item in named:
            filed = self._items.get(str(item))
            if filed is not None:
                desk = entry.statement.body.get("desk")
                require(desk in (AUDITORS, INTEGRITY), "this desk does not read the register")
                self._require_may_read(roster, entry, filed)

    def _name(self, body: Mapping[str, Any], filed: _Filed | None) -> None:
        item = body.get("item")
        require(isinstance(item, str) and isinstance(body.get("hash"), str), "it names no item")
        require(item not in self._items, "its item was named before")
        self._items[str(item)] = filed

    def _require_may_read(self, roster: Roster, entry: Entry, filed: _Filed) -> None:
        people = [roster.member(one) for one in entry.statement.body["by"]]
        kept_out = any(_is_kept_out(roster, entry, one, filed) for one in people)
        require(not kept_out, "the register keeps a unit of theirs from this entry")


def _is_kept_out(roster: Roster, entry: Entry, member: Member, filed: _Filed) -> bool:
    return bool(filed.excluded) and roster.is_excluded(member.id, filed.excluded, day_of(entry.at))


def _units(body: Mapping[str, Any]) -> frozenset[str]:
    named = body.get("excluded")
    known = isinstance(named, list) and all(isinstance(one, str) for one in named)
    require(known, "it does not say who must not read it")
    return frozenset(named if isinstance(named, list) else ())
