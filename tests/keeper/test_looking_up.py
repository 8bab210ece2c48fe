"""Auditors' questions: a filter finds what a plain pass over all entries finds, and nothing comes unasked."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.policies import Route
from crypto.statements import Entry, Statement
from tests.clocks import FixedClock
from tests.keeper.observed import Observed
from tests.world import NOON, World, member_id, name, request
from tipline.ids import NO_TIP
from tipline.keeper.state import GRANT_SECONDS
from tipline.keeper_client import KeeperLied, Reason, Refused
from tipline.keeper_client.looking_up import _require_asked_for
from tipline.lookups.facets import facets_of, tips_of
from tipline.lookups.filters import Filter
from tipline.lookups.groups import GROUPS
from tipline.lookups.views import By
from tipline.sealing.audience import Audience
from tipline.sealing.items import seal_item

TOP = 2**53


class Busy:
    """A log with readings, refusals, statements of two, and some days between them."""

    def __init__(self, world: World, clock: FixedClock) -> None:
        self.world, self.keeper, self.clock = world, Observed(world), clock
        self._entries: list[Entry] = []
        self.values: dict[str, list[str]] = {}
        self.tips = [world.seal_tip(), world.seal_tip(), world.seal_tip(excluded=["u2"])]
        chance = random.Random(5)
        for _ in range(4):
            for reader in ("reviewer-a", "reviewer-b"):
                for tip in self.tips:
                    self._read(reader, tip, chance.choice(("triage", "verification")))
            clock.advance(chance.randrange(3600, 40_000))
            self.keeper.refused(world.sign("audit", "integrity", first=0, count=1))
        clock.advance(86_400)
        fields = {"desk": "intake", "tips": sorted(tip.id.hex() for tip in self.tips[:2]), "to": ""}
        for signer in ("reviewer-a", "integrity"):  # the latter sits at another desk
            self._append(world.sign("assign", signer, **{**fields, "to": member_id("reviewer-b")}))
        leads = {"desk": "intake", "member": member_id("reviewer-b")}
        self._append(world.sign("lead", "registrar", "integrity", **leads))
        self._append(world.sign("conflicts", "reviewer-b", member=member_id("reviewer-b"), add=["u4"]))

    def _append(self, statement: Statement) -> None:
        try:
            self.keeper.client.append(statement)
        except Refused:
            return

    def _read(self, name: str, tip: Any, purpose: str) -> None:
        try:
            self.keeper.client.release(
                self.world.read(name, tip, purpose=purpose), [request(tip.item("text"))]
            )
        except Refused:
            return

    def entries(self) -> list[Entry]:
        known = len(self._entries)
        self._entries += [self.keeper.entry(index) for index in range(known, self.keeper.size())]
        return self._entries

    def audit(self, fields: dict[str, str], *, by: str = "auditor", **more: Any) -> Statement:
        asked = {"first": TOP, "count": 1000, "view": "list", "filter": fields}
        return self.world.sign("audit", by, **(asked | more))

    def logged(self, fields: dict[str, str], **more: Any) -> Statement:
        self.clock.advance(GRANT_SECONDS)  # within which an auditor gets some thousand entries
        statement = self.audit(fields, **more)
        self.keeper.client.append(statement)
        return statement


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Busy]:
    clock = FixedClock(NOON)
    folder: Path = tmp_path_factory.mktemp("busy")
    with World.made(folder, clock) as world, world.keeper():
        yield Busy(world, clock)


def values(busy: Busy, name: str) -> list[str]:
    """What a field of a filter may be here, and one thing that nothing is; the same at each call."""
    if name not in busy.values:
        busy.values[name] = _values(busy, name)
    return busy.values[name]


def _values(busy: Busy, name: str) -> list[str]:
    facets = [facets_of(entry) for entry in busy.entries()]
    days = sorted({datetime.fromtimestamp(entry.at, UTC).date().isoformat() for entry in busy.entries()})
    found = {
        "member": [*sorted({signer for one in facets for signer in one.signers}), "nobody"],
        "desk": [*sorted({one.desk for one in facets if one.desk}), "nowhere"],
        "tip": [*(tip.id.hex() for tip in busy.tips), "0" * 32],
        "type": [*sorted({one.type for one in facets}), *GROUPS, "nothing"],
        "purpose": ["triage", "verification", "audit"],
        "from": [*days, "2000-01-01", "2100-01-01"],
        "to": [*days, "2000-01-01", "2100-01-01"],
        "outcome": ["done", "refused", *sorted({one.reason for one in facets if one.reason}), "never"],
    }
    return found[name]


def fits_plainly(fields: dict[str, str], entry: Entry) -> bool:
    """The same question, answered without anything of `tipline.lookups`."""
    body = entry.statement.body
    day = datetime.fromtimestamp(entry.at, UTC).date().isoformat()
    desk = body.get("desk", "")
    tips = [body.get("tip"), *(body.get("tips", []) if entry.outcome == "done" else [])]
    roster = {"genesis", "lead", "conflicts"}
    kinds = {
        "all-joint": len(body["by"]) > 1,
        "all-roster": body["type"] in roster,
        "all-exports": False,
        "all-steps": False,
        "all-alerts": body["type"] == "alert",
    }
    answers: dict[str, Callable[[str], bool]] = {
        "member": lambda value: value in body["by"],
        "desk": lambda value: value == (desk["id"] if isinstance(desk, dict) else desk),
        "tip": lambda value: value in tips,
        "type": lambda value: kinds.get(value, body["type"] == value),
        "purpose": lambda value: body.get("purpose") == value,
        "from": lambda value: day >= value,
        "to": lambda value: day <= value,
        "outcome": lambda value: value in (entry.outcome, entry.reason),
    }
    return all(answers[name](value) for name, value in fields.items())


def found(busy: Busy, fields: dict[str, str]) -> list[int]:
    """What the keeper hands out for a filter; the question itself comes behind what is looked at."""
    last = busy.keeper.size() - 1
    page = busy.keeper.client.look_ups.find(busy.logged(fields, first=last), TOP, 1000)
    return [index for index, _, _ in page.rows]


def plainly(busy: Busy, fields: dict[str, str]) -> list[int]:
    entries = busy.entries()
    return [index for index in reversed(range(len(entries))) if fits_plainly(fields, entries[index])]


FIELDS = ("member", "desk", "tip", "type", "purpose", "from", "to", "outcome")


@pytest.mark.parametrize("name", FIELDS)
def test_each_filter_alone_finds_what_a_pass_over_all_entries_finds(busy: Busy, name: str) -> None:
    some = 0
    for value in values(busy, name):
        expected = plainly(busy, {name: value})
        assert found(busy, {name: value}) == expected, value
        some += bool(expected)
    assert some > (name == "purpose") + (name == "tip")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_filters_together_find_what_a_pass_over_all_entries_finds(busy: Busy, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(FIELDS), min_size=2, max_size=4, unique=True))
    fields = {name: data.draw(st.sampled_from(values(busy, name))) for name in names}
    expected = plainly(busy, fields)
    assert found(busy, fields) == expected


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_counts_are_those_of_a_pass_over_all_entries(busy: Busy, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(FIELDS), max_size=2, unique=True))
    fields = {name: data.draw(st.sampled_from(values(busy, name))) for name in names}
    audit = busy.logged(fields)
    entries = [entry for entry in busy.entries() if fits_plainly(fields, entry)]
    page = busy.keeper.client.look_ups.find(audit, TOP, 1)
    assert page.total == len(entries)
    for by in By:
        counted = Counter(_key(by, entry) for entry in entries)
        lines = busy.keeper.client.look_ups.count(audit, by)
        assert list(lines) == [(*key, number) for key, number in sorted(counted.items())], by


def _key(by: By, entry: Entry) -> tuple[Any, ...]:
    when, facets = datetime.fromtimestamp(entry.at, UTC), facets_of(entry)
    keys: dict[By, tuple[Any, ...]] = {
        By.DAY_DESK: (when.date().isoformat(), facets.desk),
        By.WEEKDAY_HOUR: (when.weekday(), when.hour),
        By.TYPE: (facets.type,),
        By.MEMBER: (facets.member, facets.type, facets.reason),
        By.OUTCOME: (facets.reason,),
    }
    return keys[by]


def test_nobody_but_an_auditor_looks_anything_up(busy: Busy) -> None:
    refused = busy.audit({}, by="reviewer-a")
    assert busy.keeper.refused(refused) is Reason.DESK_NOT_HELD
    with pytest.raises(Refused) as nothing:
        busy.keeper.client.look_ups.find(refused, TOP, 10)
    assert nothing.value.reason is Reason.NOT_ALLOWED
    with pytest.raises(Refused):
        busy.keeper.client.look_ups.count(refused, By.TYPE)


def test_an_audit_for_one_filter_answers_no_other(busy: Busy) -> None:
    mine = busy.logged({"type": "read"}, count=3)
    for index, _, data in busy.keeper.client.look_ups.find(mine, TOP, 1000).rows:
        assert Entry.decode(data).statement.body["type"] == "read", index
    assert len(busy.keeper.client.look_ups.find(mine, TOP, 1000).rows) == 3
    with pytest.raises(Refused):  # nor is it one for a range
        busy.keeper.client.entries(mine, 0, 1)
    plain = busy.world.sign("audit", "auditor", first=0, count=10)
    busy.keeper.client.append(plain)
    with pytest.raises(Refused):  # nor is that one for a filter
        busy.keeper.ask("look-up", statement=plain.digest, before=TOP, count=1, counted=0, seen=0)


def test_turning_a_page_goes_no_further_than_was_stated(busy: Busy) -> None:
    mine = busy.logged({"type": "read"}, count=3)
    look_ups = busy.keeper.client.look_ups
    first, second, third = (index for index, _, _ in look_ups.find(mine, TOP, 3).rows)
    assert [index for index, _, _ in look_ups.find(mine, second, 3).rows] == [third]
    assert look_ups.find(mine, third, 100).rows == ()
    assert first > second > third
    below = busy.logged({"type": "read"}, first=second, count=1000)
    assert look_ups.find(below, TOP, 1).rows[0][0] == second


def test_all_that_fits_comes_only_under_a_statement_for_all(busy: Busy) -> None:
    everything = busy.world.sign("audit-all", "auditor", act="export", filter={"type": "read"})
    busy.keeper.client.append(everything)
    page = busy.keeper.client.look_ups.find(everything, TOP, 100_000)
    assert [index for index, _, _ in page.rows] == plainly(busy, {"type": "read"})
    with pytest.raises(Refused):
        busy.keeper.client.entries(everything, 0, 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"filter": {"member": ""}},
        {"filter": {"colour": "red"}},
        {"filter": {"from": "2026-02-30"}},
        {"filter": {"tip": "12"}},
        {"filter": {"type": ["read"]}},
        {"filter": []},
        {"view": "elsewhere"},
        {"count": 1001},
    ],
    ids=str,
)
def test_a_question_of_another_form_is_refused(busy: Busy, fields: dict[str, Any]) -> None:
    assert busy.keeper.refused(busy.audit({}, **fields)) is Reason.MALFORMED


def test_view_and_filter_come_together(busy: Busy) -> None:
    for lacks in ("view", "filter"):
        asked: dict[str, Any] = {"first": 0, "count": 1, "view": "list", "filter": {}}
        del asked[lacks]
        assert busy.keeper.refused(busy.world.sign("audit", "auditor", **asked)) is Reason.MALFORMED


def test_entries_that_do_not_fit_are_not_taken_from_a_keeper(busy: Busy) -> None:
    rows = busy.keeper.client.look_ups.find(busy.logged({"type": "read"}), TOP, 2).rows
    for asked in (Filter(type="route"), Filter(outcome="stale"), Filter(since="2100-01-01")):
        with pytest.raises(KeeperLied):
            _require_asked_for(rows[0], asked, TOP)
    with pytest.raises(KeeperLied):
        _require_asked_for(rows[0], Filter(type="read"), rows[0][0])
    with pytest.raises(KeeperLied):  # nothing is left of it
        _require_asked_for((rows[0][0], bytes(32), b""), Filter(), TOP)


def test_the_roster_as_it_was_comes_from_proved_entries(busy: Busy) -> None:
    versions = list(busy.keeper.client.look_ups.rosters())
    assert [one.index for one in versions] == sorted(plainly(busy, {"type": "all-roster", "outcome": "done"}))
    assert versions[-1].roster == busy.keeper.client.roster()
    assert versions[0].roster.desks["intake"].lead is None
    assert versions[-1].roster.desks["intake"].lead == member_id("reviewer-b")


def test_a_tip_among_others_is_found_only_where_it_was_done(busy: Busy) -> None:
    together = [entry for entry in busy.entries() if entry.statement.body["type"] == "assign"]
    assert [(entry.outcome, len(tips_of(entry))) for entry in together] == [("done", 2), ("refused", 0)]


def test_only_a_desk_that_reads_searches_and_only_auditors_read_the_words(
    world: World, keeper: Observed
) -> None:
    route = Route(("auditors",), ())
    audience = Audience(
        keeper=world.keeper_identity.recipient,
        desks=world.desk_keys("auditors", "intake"),
        route=route,
        claim=bytes(32),
    )
    words = seal_item("reason", NO_TIP, b"{}", audience=audience)
    stated = {"desk": "intake", **name(words)}
    assert keeper.refused(world.sign("search", "integrity", **stated)) is Reason.DESK_NOT_HELD
    assert (
        keeper.refused(world.sign("search", "auditor", **{**stated, "desk": "auditors"}))
        is Reason.NOT_ALLOWED
    )
    asked = {"tip": NO_TIP.hex(), "purpose": "audit", "items": [name(words)]}
    unknown = world.sign("read", "auditor", desk="auditors", **asked)
    assert (
        keeper.refusal(lambda: keeper.client.release(unknown, [request(words, "auditors")]))
        is Reason.ITEM_MISMATCH
    )
    keeper.client.append(world.sign("search", "reviewer-a", **stated))
    assert keeper.refused(world.sign("search", "reviewer-a", **stated)) is Reason.ITEM_MISMATCH
    other = world.sign("read", "reviewer-a", desk="intake", **asked)
    assert keeper.refusal(lambda: keeper.client.release(other, [request(words)])) is Reason.NOT_ALLOWED
    mine = world.sign("read", "auditor", desk="auditors", **asked)
    assert len(keeper.client.release(mine, [request(words, "auditors")]).inner) == 1


def test_of_no_tip_nothing_is_read_but_words(world: World, keeper: Observed) -> None:
    sealed = world.seal_tip()
    item = sealed.item("text")
    keeper.client.release(world.read("reviewer-a", sealed), [request(item)])
    fields = {"tip": NO_TIP.hex(), "purpose": "audit", "items": [name(item)], "desk": "intake"}
    statement = world.sign("read", "reviewer-a", **fields)
    assert keeper.refusal(lambda: keeper.client.release(statement, [request(item)])) is Reason.NOT_ALLOWED
