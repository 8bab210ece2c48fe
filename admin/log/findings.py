"""Where the main database disagrees with the log.

The log is the truth and the database a store, so a row written by hand changes
nothing that staff or reporters may do; here the auditor sees that it was written.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import LargeBinary, cast, func, select
from sqlalchemy.orm import Session

from admin.directories import check_keys
from admin.exclusions.handlers import KEPT_ROUTE
from admin.log.entries import LoggedEntry
from admin.log.people import people
from admin.queue.service import handle
from admin.readings.sealed import RECORDED, REPORTED, check_record, digest_of, sealed_item
from admin.tip.records import check_returned
from crypto.errors import BadSignature
from crypto.notes import NoteVerifier
from crypto.policies import IDENTITY
from crypto.statements import DONE
from tipline.accounts.models import Account, DeskSeal
from tipline.directory.errors import BadDirectory
from tipline.directory.models import DirectoryNote
from tipline.directory.types import open_directory
from tipline.disclosures.reasons import DisclosureReason
from tipline.files.errors import NoSuchFile
from tipline.files.store import FileStore
from tipline.ids import AUDITORS, INTEGRITY, NO_TIP, ItemId
from tipline.interference.models import InterferenceItem
from tipline.interference.ways import ANSWER, INTERFERENCE
from tipline.keeper_client import AdminKeeper, KeeperLied, TipView
from tipline.roster import Roster
from tipline.sheets.errors import SheetError
from tipline.sheets.models import Sheet
from tipline.sheets.numbers import SheetNumber
from tipline.sheets.service import find_sheet
from tipline.tips.columns import NOTHING_DUE
from tipline.tips.models import Item, Slip, Tip
from tipline.tips.moves import STARTS, TipState

BATCH: Final = 500
_COLUMNS: Final = (
    *(Tip.id, Tip.desk, Tip.state, Tip.state_record, Tip.card_group),
    *(Tip.due_on, Tip.assignee, Tip.level, Tip.paused),
)


class Disagreement(StrEnum):
    """What can disagree; the sentences stand in `admin.words`."""

    DESK = "desk"
    STATE = "state"
    CASE = "case"
    STATE_RECORD = "state-record"
    NOT_ERASED = "not-erased"
    TIP_MISSING = "tip-missing"
    ITEM_MISSING = "item-missing"
    ITEM_CHANGED = "item-changed"
    WORDS = "words"
    DIGEST = "digest"
    RECORD = "record"
    ENTRY = "entry"
    SHEET = "sheet"
    SHEET_ROW = "sheet-row"
    SLIP_DESK = "slip-desk"
    SLIP_ROUTE = "slip-route"
    ROUTE_RECORDS = "route-records"
    CARD_GROUP = "card-group"
    DIRECTORY = "directory"
    NAME = "name"
    ACCOUNT = "account"
    DESK_SEAL = "desk-seal"


@dataclass(frozen=True)
class Finding:
    """One disagreement, and what it is about."""

    what: Disagreement
    subject: str


@dataclass
class LoggedFacts:
    """What done entries say of tips and items."""

    tips: set[str] = field(default_factory=set)
    items: dict[str, tuple[str, str]] = field(default_factory=dict)  # item -> (tip or "", hash)
    routes: Counter[str] = field(default_factory=Counter)  # tip -> how often its route was changed
    groups: dict[str, tuple[str, frozenset[str]]] = field(
        default_factory=dict
    )  # card group -> desk, excluded
    sheets: set[str] = field(default_factory=set)  # hashes of those that were printed
    entries: dict[str, str] = field(default_factory=dict)  # tip that was entered -> hash of its sheet, or ""
    words: dict[str, tuple[int, str]] = field(default_factory=dict)  # item of no tip -> (entry, hash)

    def take(self, logged: LoggedEntry) -> None:
        """Remember what an entry names; of a forgotten one nothing is left."""
        if not logged.data:
            return
        entry = logged.entry
        body = entry.statement.body
        tip = body.get("tip", "")
        if entry.outcome != DONE or tip == NO_TIP.hex():  # its texts were named by statements of their own
            return
        if tip:
            self.tips.add(tip)
        self.tips.update(body.get("tips", ()))
        if body["type"] == "route":
            self.routes[tip] += 1
        if body["type"] == "card-group":
            self.groups[body["group"]] = (body["desk"], frozenset(body["excluded"]))
        if body["type"] == "sheets":
            self.sheets.update(body["sheets"])
        if body["type"] == "entry":
            self.entries[tip] = body["sheet"]
        named = list(body.get("items", [])) if body["type"] in ("read", "list", "entry") else []
        if body["type"] in ("reply", "note", "tags", "accused", "identity"):
            named.append({"item": body["item"], "hash": body["hash"]})
        named += self._texts(body, logged.index)
        for one in named:
            if one["item"] not in entry.withheld:
                self.items[one["item"]] = (tip, one["hash"])

    def _texts(self, body: Mapping[str, Any], index: int) -> list[Mapping[str, str]]:
        """A reason that is kept with a tip; those of disclosures, and the register, are kept apart for good.

        That of an alert about no tip is kept apart, too, and goes when its time is over.
        """
        reason, kind = body.get("reason"), body["type"]
        apart = reason if kind in ("disclosure", "disclosure-decision") else None
        apart = body if kind in (INTERFERENCE, ANSWER) else apart
        if apart is not None:
            self.words[apart["item"]] = (index, apart["hash"])
            return []
        if not isinstance(reason, dict) or not reason or (kind == "alert-review" and not body["tip"]):
            return []
        return [reason]


@dataclass(frozen=True)
class Inspection:
    """What is compared with what."""

    session: Session
    roster: Roster
    keeper: AdminKeeper
    log_key: NoteVerifier
    genesis: str
    files: FileStore

    def findings(self, facts: LoggedFacts) -> list[Finding]:
        """Every disagreement, tips first."""
        checks: Iterable[Iterator[Finding]] = (
            self._tips(facts),
            self._items(facts),
            self._words(facts),
            self._route_records(facts),
            self._sheets(facts),
            self._slips(facts),
            self._directories(),
            self._accounts(),
        )
        return [finding for check in checks for finding in check]

    def _tips(self, facts: LoggedFacts) -> Iterator[Finding]:
        seen = set()
        tips = self.session.execute(select(*_COLUMNS).order_by(Tip.id)).all()
        for start in range(0, len(tips), BATCH):
            batch = tips[start : start + BATCH]
            views = self.keeper.states([tip.id.hex() for tip in batch])
            for tip in batch:
                seen.add(tip.id.hex())
                for what in self._tip(facts, tip, views.get(tip.id.hex())):
                    yield Finding(what, handle(tip.id.hex()))
        for name in sorted(facts.tips - seen):
            yield Finding(Disagreement.TIP_MISSING, handle(name))

    def _tip(self, facts: LoggedFacts, tip: Any, view: TipView | None) -> Iterator[Disagreement]:
        if view and tip.desk not in view.desks:
            yield Disagreement.DESK
        if tip.state != view.state if view else tip.state not in STARTS:
            yield Disagreement.STATE
        elif not _case_fits(tip, view):
            yield Disagreement.CASE
        elif not self._is_recorded_standing(tip, view):
            yield Disagreement.STATE_RECORD
        if tip.card_group and not _group_fits(facts, tip.card_group.hex(), tip.desk, view):
            yield Disagreement.CARD_GROUP

    def _is_recorded_standing(self, tip: Any, view: TipView | None) -> bool:
        if tip.state_record is None:  # nothing that a reporter may know was stated yet
            return view is None or (view.state in STARTS and not view.case.told)
        if view is None:
            return False
        wanted = {"type": "standing", "tip": tip.id.hex(), **view.case.standing()}
        try:
            check_returned(tip.state_record, self.log_key, wanted)
        except KeeperLied:
            return False
        return True

    def _items(self, facts: LoggedFacts) -> Iterator[Finding]:
        seen, about_tips = set(), set()
        for item in self.session.scalars(select(Item).order_by(Item.tip_id).execution_options(yield_per=50)):
            name, about = item.id.hex(), handle(item.tip_id.hex())
            seen.add(name)
            about_tips.add(item.tip_id.hex())
            digest = self._digest(item)
            if name in facts.items and not _is_as_logged(item, digest, *facts.items[name]):
                yield Finding(Disagreement.ITEM_CHANGED, about)
            elif digest != item.digest.hex():
                yield Finding(Disagreement.DIGEST, about)
            if item.kind in RECORDED and not self._is_recorded(item):
                yield Finding(Disagreement.RECORD, about)
            if item.kind == IDENTITY and not item.claim_signature and not self._is_recorded(item):
                yield Finding(Disagreement.RECORD, about)  # staff wrote it down
            if item.kind in REPORTED and not item.claim_signature and not self._is_entered(item, facts):
                yield Finding(Disagreement.ENTRY, about)
        erased = self._erased()
        for name in sorted(facts.items.keys() - seen):
            tip = facts.items[name][0]
            # A list names no tip: an item that only lists named may have gone with one that was erased.
            if tip not in erased and (tip or not erased):
                yield Finding(Disagreement.ITEM_MISSING, handle(tip) if tip else name[:8])
        for tip in sorted(erased & about_tips):
            yield Finding(Disagreement.NOT_ERASED, handle(tip))

    def _words(self, facts: LoggedFacts) -> Iterator[Finding]:
        """Texts of no tip, each by the entry that names it."""
        stored: dict[str, str] = {}
        for table in (DisclosureReason, InterferenceItem):
            # SQLite takes text in place of bytes, too.
            sealed = cast(table.sealed, LargeBinary)
            query = select(table.item_id, sealed).execution_options(yield_per=50)
            for raw, data in self.session.execute(query):
                stored[raw.hex()] = hashlib.sha256(data).hexdigest()
        for item, (index, digest) in sorted(facts.words.items(), key=lambda one: one[1]):
            if stored.get(item) != digest:
                yield Finding(Disagreement.WORDS, str(index))

    def _erased(self) -> frozenset[str]:
        """Tips that the log calls erased."""
        tips = self.session.scalars(select(Tip.id)).all()
        views = self.keeper.states(tip.hex() for tip in tips)
        return frozenset(tip for tip, view in views.items() if view.state is TipState.ERASED)

    def _digest(self, item: Item) -> str:
        if item.sealed is not None:
            return hashlib.sha256(item.sealed).hexdigest()
        try:
            with self.files.open(ItemId(item.id)) as source:
                return digest_of(source)
        except NoSuchFile:
            return ""

    def _is_recorded(self, item: Item) -> bool:
        try:
            check_record(sealed_item(item, b""), self.log_key)
        except BadSignature:
            return False
        return True

    def _is_entered(self, item: Item, facts: LoggedFacts) -> bool:
        """Whether an item that bears no reporter's signature is one that the log says was entered."""
        return item.tip_id.hex() in facts.entries and item.id.hex() in facts.items

    def _sheets(self, facts: LoggedFacts) -> Iterator[Finding]:
        for tip, sheet in sorted(facts.entries.items()):
            if sheet and sheet not in facts.sheets:
                yield Finding(Disagreement.SHEET, handle(tip))
        for number in self.session.scalars(select(Sheet.number).where(Sheet.used.is_(False))):
            try:
                find_sheet(self.session, SheetNumber(number), self.log_key)
            except SheetError:
                yield Finding(Disagreement.SHEET_ROW, number)

    def _route_records(self, facts: LoggedFacts) -> Iterator[Finding]:
        """Only the reporter opens route records, so what can be compared here is how many there are."""
        query = (
            select(Item.tip_id, func.count())
            .where(Item.kind.in_(("route", KEPT_ROUTE)))
            .group_by(Item.tip_id)
        )
        stored = {tip.hex(): int(count) for tip, count in self.session.execute(query)}
        for tip in sorted((stored.keys() | facts.routes.keys()) - self._erased()):
            if stored.get(tip, 0) != facts.routes[tip]:
                yield Finding(Disagreement.ROUTE_RECORDS, handle(tip))

    def _slips(self, facts: LoggedFacts) -> Iterator[Finding]:
        query = (
            select(Item.tip_id, Slip.desk, (Item.kind == "reason").label("reason"))
            .join(Item, Item.id == Slip.item_id)
            .distinct()
            .order_by(Item.tip_id)
        )
        rows = self.session.execute(query).all()
        views = self.keeper.states(dict.fromkeys(row.tip_id.hex() for row in rows))
        for row in rows:
            tip = row.tip_id.hex()
            # The first route of a tip is known to the log while no other has followed it.
            routed = views[tip].desks if tip in views and tip not in facts.routes else None
            what = self._slip_finding(row.desk, routed, reason=bool(row.reason))
            if what:
                yield Finding(what, f"{handle(tip)} · {row.desk}")

    def _slip_finding(
        self, desk: str, routed: Collection[str] | None, *, reason: bool
    ) -> Disagreement | None:
        if desk not in self.roster.desks:
            return Disagreement.SLIP_DESK
        if (desk == AUDITORS) != reason:
            return Disagreement.SLIP_ROUTE
        if not reason and routed is not None and desk not in (*routed, INTEGRITY):
            return Disagreement.SLIP_ROUTE
        return None

    def _directories(self) -> Iterator[Finding]:
        for row in self.session.scalars(select(DirectoryNote)):
            try:
                directory = open_directory(row.note, self.log_key, self.roster.origin, self.genesis)
                check_keys(directory, self.roster)
            except BadDirectory:
                yield Finding(Disagreement.DIRECTORY, str(row.version))
                continue
            # One that is ahead of the roster rests on no statement: the log key alone signed it.
            if directory.version != row.version or directory.version > self.roster.directory_version:
                yield Finding(Disagreement.DIRECTORY, str(row.version))

    def _accounts(self) -> Iterator[Finding]:
        known = people(self.session, self.roster)
        for account in self.session.scalars(select(Account).order_by(Account.member_id)):
            if account.member_id not in self.roster.members:
                yield Finding(Disagreement.ACCOUNT, account.member_id)
            elif not known[account.member_id].trusted:
                yield Finding(Disagreement.NAME, account.member_id)
        for seal in self.session.scalars(select(DeskSeal)):
            member = self.roster.members.get(seal.member_id)
            if seal.desk not in self.roster.desks or member is None or seal.desk not in member.desks:
                yield Finding(Disagreement.DESK_SEAL, f"{seal.member_id} · {seal.desk}")


def _case_fits(tip: Any, view: TipView | None) -> bool:
    """Whether the columns that a list sorts by say what the log says."""
    if view is None:
        return (tip.assignee, tip.level, tip.paused) == ("", 0, False)
    case = view.case
    logged = (case.due or NOTHING_DUE, case.assignee, case.told, case.paused_on is not None)
    return (tip.due_on, tip.assignee, tip.level, tip.paused) == logged


def _group_fits(facts: LoggedFacts, group: str, desk: str, view: TipView | None) -> bool:
    """Whether the log made a card group for this desk, and for the units that the latest route excludes."""
    made_for, excluded = facts.groups.get(group, ("", frozenset()))
    return made_for == desk and (view is None or excluded == frozenset(view.excluded))


def _is_as_logged(item: Item, digest: str, tip: str, logged: str) -> bool:
    # A list names no tip.
    return digest == logged and tip in ("", item.tip_id.hex())
