"""When a window is open, what is put back for it, when its reporter is told, and rows that somebody wrote."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crypto.errors import CryptoError
from crypto.identities import make_identity_slip, put_back
from crypto.keys import Identity
from crypto.notes import open_json
from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.disclosing import AGREES, ASKS, DAY, HOUR, LIFE, NAME, Ceremony, changed, identity_of
from tests.keeper.edited import said
from tests.keeper.observed import Observed
from tests.keeper.test_alerts import look, stated
from tests.keeper.test_cases import stated as case_stated
from tests.keeper.test_witnesses import policy
from tests.keeper.worked import Stored, stored_of
from tests.witness.running import running
from tests.world import World, member_id, member_seed, request
from tipline.disclosures.grounds import Ground
from tipline.disclosures.records import DisclosureRecord
from tipline.keeper_client import KeeperStopped, Reason

TUESDAY, WEDNESDAY = date(2026, 3, 3), date(2026, 3, 4)


@pytest.fixture
def ceremony(world: World, keeper: Observed) -> Ceremony:
    return Ceremony.of(world, keeper)


def refusal(ceremony: Ceremony, call: Callable[[], object]) -> Reason:
    """Why it is refused; the refusal stands in the log."""
    return ceremony.keeper.refusal(call)


# ------------------------------------------------------------------- its edges


@pytest.mark.parametrize("hours", [1, 72])
def test_a_window_is_open_to_its_last_second_and_not_longer(
    ceremony: Ceremony, clock: FixedClock, hours: int
) -> None:
    index, sealed = ceremony.running(hours=hours)
    clock.advance(hours * HOUR - 1)
    assert ceremony.opened(ceremony.viewed(index, sealed)) == NAME
    clock.advance(1)
    assert refusal(ceremony, lambda: ceremony.viewed(index, sealed)) is Reason.WINDOW_CLOSED
    assert refusal(ceremony, lambda: ceremony.unlocked(index)) is Reason.WINDOW_CLOSED


def test_a_clock_that_is_set_back_opens_no_window_again(ceremony: Ceremony, clock: FixedClock) -> None:
    index, sealed = ceremony.running(hours=1)
    clock.advance(HOUR)
    assert refusal(ceremony, lambda: ceremony.viewed(index, sealed)) is Reason.WINDOW_CLOSED
    clock.leap(-HOUR // 2)
    assert refusal(ceremony, lambda: ceremony.viewed(index, sealed)) is Reason.WINDOW_CLOSED
    assert refusal(ceremony, lambda: ceremony.unlocked(index)) is Reason.WINDOW_CLOSED


def test_a_window_that_is_over_opens_by_no_new_yes_and_by_no_new_unlock(
    ceremony: Ceremony, clock: FixedClock
) -> None:
    index, sealed = ceremony.running()
    clock.advance(2 * HOUR)
    assert refusal(ceremony, lambda: ceremony.decided(index)) is Reason.ALREADY_DECIDED
    assert refusal(ceremony, lambda: ceremony.decided(index, "custodian-2")) is Reason.ALREADY_DECIDED
    again, _ = ceremony.running()
    assert refusal(ceremony, lambda: ceremony.viewed(again, sealed)) is Reason.POLICY_MISMATCH


def test_whoever_is_told_first_has_until_the_next_day(ceremony: Ceremony, clock: FixedClock) -> None:
    """Noon on Tuesday: the window is from midnight on, for as long as was asked."""
    index, sealed = ceremony.running(tell="first", hours=3)
    clock.advance(12 * HOUR - 1)
    assert refusal(ceremony, lambda: ceremony.viewed(index, sealed)) is Reason.WINDOW_NOT_BEGUN
    (own,) = ceremony.keeper.client.disclosures.of_member(member_id(ASKS))
    assert own.stands == "waiting"
    clock.advance(1)
    assert ceremony.opened(ceremony.viewed(index, sealed)) == NAME
    clock.advance(3 * HOUR)
    assert refusal(ceremony, lambda: ceremony.viewed(index, sealed)) is Reason.WINDOW_CLOSED
    (own,) = ceremony.keeper.client.disclosures.of_member(member_id(ASKS))
    assert own.stands == "over"


def test_a_window_outlives_the_keepers_process(world: World) -> None:
    with world.keeper():
        ceremony = Ceremony.of(world, Observed(world))
        index, sealed = ceremony.running()
    with world.keeper():
        again = replace(ceremony, keeper=Observed(world))
        assert again.opened(again.viewed(index, sealed)) == NAME


def test_below_the_quorum_of_witnesses_nothing_opens(
    ceremony: Ceremony, tmp_path: Path, clock: FixedClock
) -> None:
    index, sealed = ceremony.running(hours=72)
    with running(tmp_path / "county", ceremony.world, clock) as county:
        stop = policy(ceremony.world, county.fields(), stop=True, alarm_hours=1)
        ceremony.keeper.client.append(stop)
        assert ceremony.opened(ceremony.viewed(index, sealed)) == NAME
        clock.advance(HOUR + 1)
        assert refusal(ceremony, lambda: ceremony.viewed(index, sealed)) is Reason.UNWITNESSED
        assert refusal(ceremony, lambda: ceremony.unlocked(index)) is Reason.UNWITNESSED


# ------------------------------------------------------------------- what is put back

FORGED: dict[str, Any] = {
    "item": "0f" * 16,
    "digest": "0f" * 32,
    "tip": "0f" * 16,
    "desk": "integrity",
    "epoch": 2,
    "requester": member_id("reviewer-b"),
    "request": 1,
    "until": 2_000_000_000,
}


@pytest.mark.parametrize("field", FORGED)
def test_a_forged_block_is_refused(ceremony: Ceremony, field: str) -> None:
    index = ceremony.asked()
    ceremony.decided(index)
    unlocked = ceremony.unlocked(index)
    forged = ceremony.put_back(unlocked, **{field: FORGED[field]})
    assert refusal(ceremony, lambda: ceremony.viewed(index, forged)) is Reason.POLICY_MISMATCH
    assert ceremony.opened(ceremony.viewed(index, ceremony.put_back(unlocked))) == NAME


def test_whoever_forges_a_block_has_nothing_to_put_behind_it(ceremony: Ceremony) -> None:
    """The right block around a lock for somebody else: the keeper hands it out, and it opens for nobody."""
    world, index = ceremony.world, ceremony.asked()
    ceremony.decided(index)
    window = changed(ceremony.unlocked(index).window)
    decoy = Ceremony.of(world, ceremony.keeper)
    theirs = decoy.asked()
    decoy.decided(theirs)
    inner = decoy.unlocked(theirs).inner
    forged = put_back(window, inner, member_seed(ASKS).identity.recipient, world.keeper_identity.recipient)
    viewed = ceremony.viewed(index, forged)
    with pytest.raises(CryptoError):
        ceremony.opened(viewed)


def test_what_was_put_back_for_one_is_nothing_for_another(ceremony: Ceremony) -> None:
    index, sealed = ceremony.running()
    theirs = ceremony.asked("reviewer-b")
    ceremony.decided(theirs)
    assert refusal(ceremony, lambda: ceremony.viewed(index, sealed, "reviewer-b")) is Reason.ANOTHER_PERSON
    call = lambda: ceremony.viewed(theirs, sealed, "reviewer-b")  # noqa: E731
    assert refusal(ceremony, call) is Reason.POLICY_MISMATCH


def test_a_slip_in_place_of_what_was_put_back_is_refused(ceremony: Ceremony) -> None:
    index, _ = ceremony.running()
    for stored in (request(ceremony.item).slip, b"", b"x" * 5_000):
        assert refusal(ceremony, lambda: ceremony.viewed(index, stored)) is Reason.POLICY_MISMATCH  # noqa: B023


def test_another_slip_than_the_requests_is_not_unlocked(ceremony: Ceremony) -> None:
    index = ceremony.asked()
    ceremony.decided(index)
    assert refusal(ceremony, lambda: ceremony.unlocked(index, desk="integrity")) is Reason.POLICY_MISMATCH
    other = replace(ceremony, item=identity_of(ceremony.world, ceremony.tip))
    assert refusal(ceremony, lambda: other.unlocked(index)) is Reason.POLICY_MISMATCH


def test_a_slip_for_another_of_the_desks_keys_is_not_unlocked(ceremony: Ceremony) -> None:
    """Anybody can make a slip: only one like the request's is taken."""
    world, index = ceremony.world, ceremony.asked()
    ceremony.decided(index)
    policy = replace(world.policy(ceremony.tip, ceremony.item), epoch=2)
    desk, custodians = world.desks["intake"].recipient, world.desks["custodians"].recipient
    key = Identity.generate()
    slip = make_identity_slip(policy, key, world.keeper_identity.recipient, custodians, desk)
    statement = world.sign("disclosure-unlock", AGREES, request=index)
    made = replace(request(ceremony.item), slip=slip)
    call = lambda: ceremony.keeper.client.disclosures.unlock(statement, made)  # noqa: E731
    assert refusal(ceremony, call) is Reason.POLICY_MISMATCH


# ------------------------------------------------------------------- what nobody decided


def test_a_request_that_nobody_decides_in_five_working_days_lapses(
    ceremony: Ceremony, clock: FixedClock
) -> None:
    """From Tuesday to the Tuesday after: a weekend lies between."""
    index, client = ceremony.asked(), ceremony.keeper.client
    clock.advance(7 * DAY)
    look(ceremony.keeper)
    assert stated(ceremony.keeper, "disclosure-lapse") == []
    (waiting,) = client.disclosures.for_custodian(member_id(AGREES))
    assert waiting.due == date(2026, 3, 10)
    clock.advance(DAY)
    assert refusal(ceremony, lambda: ceremony.decided(index)) is Reason.LAPSED
    assert client.disclosures.for_custodian(member_id(AGREES)) == ()
    assert client.look_at_clocks([], [], []).stated == {"disclosure-lapse": 1}
    look(ceremony.keeper)
    (lapse,) = stated(ceremony.keeper, "disclosure-lapse")
    assert (lapse["request"], lapse["by"]) == (index, ["keeper"])
    assert refusal(ceremony, lambda: ceremony.decided(index)) is Reason.LAPSED
    assert refusal(ceremony, lambda: ceremony.unlocked(index)) is Reason.NOT_APPROVED
    assert [own.stands for own in client.disclosures.of_member(member_id(ASKS))] == ["lapsed"]
    assert ceremony.asked() > index


# ------------------------------------------------------------------- what the reporter is told


def told(ceremony: Ceremony) -> list[int]:
    return [number for _, number, _ in ceremony.keeper.client.disclosures.records().records]


def test_a_reporter_is_told_first_by_the_yes_itself(ceremony: Ceremony) -> None:
    index = ceremony.asked(tell="first", ground="reward", hours=5)
    assert told(ceremony) == []
    decided = ceremony.decided(index)
    record = DisclosureRecord.read(decided.record, ceremony.world.verifier, ceremony.tip.id.hex())
    assert record == DisclosureRecord(
        tip=ceremony.tip.id.hex(),
        request=index,
        decided_index=decided.index,
        asked=TUESDAY,
        decided=TUESDAY,
        ground=Ground.REWARD,
        hours=5,
        opens=WEDNESDAY,
        emergency=False,
    )
    notes = ceremony.keeper.client.disclosures.records().records
    assert notes == ((ceremony.tip.id.hex(), index, decided.record),)


def test_no_record_names_a_member_or_a_desk(ceremony: Ceremony) -> None:
    decided = ceremony.decided(ceremony.asked(tell="first"))
    text = str(open_json(decided.record, ceremony.world.verifier))
    for hidden in (member_id(ASKS), member_id(AGREES), "intake", "custodians", ceremony.item.id.hex()):
        assert hidden not in text


@pytest.mark.parametrize("changes", [{"tell": "after", "hours": 24}, LIFE], ids=["after", "emergency"])
def test_who_was_not_told_first_is_told_when_the_window_has_closed(
    ceremony: Ceremony, clock: FixedClock, changes: dict[str, Any]
) -> None:
    index = ceremony.asked(**changes)
    assert ceremony.decided(index).record == b""
    clock.advance(24 * HOUR - 1)
    assert told(ceremony) == []
    clock.advance(1)
    assert told(ceremony) == [index]


def test_who_is_told_at_the_end_is_told_when_the_tip_is_closed(ceremony: Ceremony, clock: FixedClock) -> None:
    index = ceremony.asked(tell="closing")
    ceremony.decided(index)
    clock.advance(90 * DAY)
    assert told(ceremony) == []
    ceremony.keeper.client.append(case_stated(ceremony.world, "close-spam", ASKS, ceremony.tip))
    assert told(ceremony) == [index]


def test_nobody_is_told_of_what_was_refused_or_lapsed(ceremony: Ceremony, clock: FixedClock) -> None:
    ceremony.decided(ceremony.asked(tell="first"), approved=False)
    ceremony.asked(tell="first")
    clock.advance(9 * DAY)
    look(ceremony.keeper)
    ceremony.keeper.client.append(case_stated(ceremony.world, "close-spam", ASKS, ceremony.tip))
    assert told(ceremony) == []


def test_records_come_page_by_page(ceremony: Ceremony, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tipline.keeper.disclosing.answering.AT_ONCE", 2)
    all_told = []
    for number in range(3):
        index = ceremony.asked(tell="first")
        ceremony.decided(index, approved=number != 1)
        all_told += [index] if number != 1 else []
    found, last = [], -1
    while True:
        page = ceremony.keeper.client.disclosures.records(last)
        found += [number for _, number, _ in page.records]
        if page.last == -1:
            break
        last = page.last
    assert found == all_told


# ------------------------------------------------------------------- rows that somebody wrote

BY_HAND: dict[str, str] = {
    "a yes": (
        "update disclosures set state = 'approved', decided = 3, approver = '{approver}', until = 2000000000"
    ),
    "an open one again": "update disclosures set state = 'open'",
    "another requester": "update disclosures set requester = '{other}'",
    "a longer window": "update disclosures set until = until + 100000",
    "a row that is gone": "delete from disclosures",
}


def by_hand(stored: Stored, deed: str) -> None:
    stored.by_hand(BY_HAND[deed].format(approver=member_id(AGREES), other=member_id("reviewer-b")))


@pytest.mark.parametrize("deed", BY_HAND)
def test_an_approval_that_somebody_wrote_by_hand_stops_the_keeper(ceremony: Ceremony, deed: str) -> None:
    index = ceremony.asked()
    sealed = b""
    if deed != "a yes":
        ceremony.decided(index)
        sealed = ceremony.put_back(ceremony.unlocked(index))
    by_hand(stored_of(ceremony.world), deed)
    attempt = ceremony.unlocked if deed == "a yes" else lambda index: ceremony.viewed(index, sealed)
    with pytest.raises(KeeperStopped):
        attempt(index)
    assert ceremony.keeper.client.health().alarms[0] == "rows-changed"


CHANGED = "update disclosures set letter = '2026-1'"
GONE = BY_HAND["a row that is gone"]


@pytest.mark.parametrize(
    ("question", "deed"),
    [("for", GONE), ("for", CHANGED), ("records", GONE), ("records", CHANGED), ("of", CHANGED)],
)
def test_a_request_that_somebody_took_out_or_changed_is_missed_by_whoever_asks(
    ceremony: Ceremony, question: str, deed: str
) -> None:
    ceremony.asked()
    stored_of(ceremony.world).by_hand(deed)
    ask = ceremony.keeper.client.disclosures
    asks: dict[str, Callable[[], object]] = {
        "for": lambda: ask.for_custodian(member_id(AGREES)),
        "of": lambda: ask.of_member(member_id(ASKS)),
        "records": ask.records,
    }
    with pytest.raises(KeeperStopped):
        asks[question]()


def test_what_two_people_take_for_right_is_still_no_signature(ceremony: Ceremony) -> None:
    """A yes by hand, and rows acknowledged as they stand: nobody has signed it, so it opens nothing."""
    world, index = ceremony.world, ceremony.asked()
    by_hand(stored_of(world), "a yes")
    with pytest.raises(KeeperStopped):
        ceremony.unlocked(index)
    ceremony.keeper.client.acknowledge(said(world))
    assert refusal(ceremony, lambda: ceremony.unlocked(index)) is Reason.NOT_APPROVED
    other = Ceremony.of(world, ceremony.keeper)
    number, sealed = other.running()
    assert other.opened(other.viewed(number, sealed)) == NAME


def test_a_no_that_somebody_turns_into_a_yes_is_still_no_signature(ceremony: Ceremony) -> None:
    """Row and entry by hand, and the rows acknowledged: what the custodian signed was a no."""
    world, index = ceremony.world, ceremony.asked()
    decided = ceremony.decided(index, approved=False).index
    entry = ceremony.keeper.entry(decided)
    turned = Statement({**entry.statement.body, "approved": True}, entry.statement.signatures)
    forged = replace(entry, statement=turned).encode()
    stored = stored_of(world)
    stored.by_hand('update entries set entry = ? where "index" = ?', forged, decided)
    stored.by_hand("update disclosures set state = 'approved', until = 2000000000")
    with pytest.raises(KeeperStopped):
        ceremony.unlocked(index)
    ceremony.keeper.client.acknowledge(said(world))
    assert refusal(ceremony, lambda: ceremony.unlocked(index)) is Reason.NOT_APPROVED
