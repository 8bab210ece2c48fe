"""How an award ends that nobody collects, and that its tip is kept until then."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.clocks import FixedClock
from tests.keeper.rewards.board import Board, board, board_of
from tests.keeper.rewards.till import Granted, Till
from tests.world import NOON, SealedTip, World
from tipline.keeper_client import AdminKeeper, Reason, Refused
from tipline.rewards.award import AwardState
from tipline.rewards.records import AwardRecord, Told

DAY = 86_400


@pytest.fixture
def office(world: World, clock: FixedClock) -> Iterator[Board]:
    with board_of(world, clock) as made:
        made.budget(100_000)
        yield made


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """One whose clock stands still: for what is refused."""
    with board(tmp_path_factory.mktemp("ending") / "world", FixedClock(NOON)) as made:
        made.budget(100_000)
        yield made


@pytest.mark.parametrize("by", ["verifier", "reviewer-a", "clerk-1", "leader", "auditor"])
def test_only_an_approver_extends(lasting: Board, by: str) -> None:
    award = lasting.approved(lasting.found())
    assert lasting.seen.refused(lasting.extension(award, "2026-12-31", by)) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("until", ["2026-09-03", "2026-01-01", "2029-03-04"])
def test_an_extension_is_longer_and_at_most_three_years(lasting: Board, until: str) -> None:
    award = lasting.approved(lasting.found())
    assert lasting.seen.refused(lasting.extension(award, until)) is Reason.WRONG_DAY


@pytest.mark.parametrize("until", ["", "2026-02-30", "20261231", "soon"])
def test_an_extension_names_a_day(lasting: Board, until: str) -> None:
    award = lasting.approved(lasting.found())
    assert lasting.seen.refused(lasting.extension(award, until)) is Reason.MALFORMED


def test_what_is_not_granted_is_not_extended(lasting: Board) -> None:
    award = lasting.propose(lasting.found())
    assert lasting.seen.refused(lasting.extension(award, "2026-12-31")) is Reason.NOT_ALLOWED


@pytest.mark.parametrize(
    "by",
    [("approver", "clerk-1"), ("approver", "leader"), ("verifier", "reviewer-a"), ("approver", "auditor")],
    ids="+".join,
)
def test_other_pairs_cancel_nothing(lasting: Board, by: tuple[str, str]) -> None:
    award = lasting.approved(lasting.found())
    assert lasting.seen.refused(lasting.cancel(award, by)) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("by", ["approver", "verifier", "reviewer-a"])
def test_one_person_cancels_nothing(lasting: Board, by: str) -> None:
    award = lasting.approved(lasting.found())
    assert lasting.seen.refused(lasting.cancel(award, (by,))) is Reason.TWO_SIGNATURES


def test_what_is_over_is_not_cancelled_again(lasting: Board) -> None:
    award = lasting.approved(lasting.found())
    lasting.client.append(lasting.cancel(award))
    returned = lasting.budget_now().returned
    assert lasting.seen.refused(lasting.cancel(award)) is Reason.NOT_ALLOWED
    assert lasting.budget_now().returned == returned


@pytest.mark.parametrize("step", ["proposed", "checked"])
def test_nothing_returns_of_what_was_not_granted(lasting: Board, step: str) -> None:
    award = lasting.propose(lasting.found())
    if step == "checked":
        lasting.client.append(lasting.checked(award))
    before = lasting.budget_now()
    lasting.client.append(lasting.cancel(award))
    assert lasting.budget_now() == before


def test_a_collected_award_is_neither_cancelled_nor_extended(lasting: Board) -> None:
    tip = lasting.found()
    award = lasting.approved(tip)
    collect(lasting, tip, award)
    assert lasting.seen.refused(lasting.cancel(award)) is Reason.ALREADY_COLLECTED
    assert lasting.seen.refused(lasting.extension(award, "2026-12-31")) is Reason.NOT_ALLOWED
    again = lasting.proposal(tip)
    assert lasting.seen.refused(again) is Reason.SECOND_AWARD


def collect(office: Board, tip: SealedTip, award: int) -> None:
    """The reporter collects it."""
    till = Till(office.world, office.keeper)
    try:
        till.mint(Granted(tip, office.award(award)))
    finally:
        till.public.close()


def test_what_nobody_collects_expires_and_returns(office: Board) -> None:
    tip = office.found()
    award = office.approved(tip)
    office.clock.advance(184 * DAY)  # 3 September, its last day
    assert "reward-expired" not in office.look()
    office.clock.advance(DAY)
    assert office.look()["reward-expired"] == 1
    assert office.award(award).state is AwardState.EXPIRED
    assert office.budget_now().balance == 100_000
    assert "reward-expired" not in office.look()
    again = office.approved(tip, 1_000)
    assert office.award(again).state is AwardState.GRANTED


def test_an_extended_award_lasts_until_its_new_day(office: Board) -> None:
    award = office.approved(office.found())
    office.client.append(office.extension(award, "2029-03-03"))
    office.clock.advance(1_096 * DAY)  # 3 March 2029
    assert "reward-expired" not in office.look()
    office.clock.advance(DAY)
    assert office.look()["reward-expired"] == 1


class TestWhatAMailboxIsTold:
    def test_is_nothing_before_the_grant(self, lasting: Board) -> None:
        tip = lasting.found()
        award = lasting.propose(tip)
        assert tip.id.hex() not in lasting.client.rewards.records()
        lasting.client.append(lasting.cancel(award))
        assert tip.id.hex() not in lasting.client.rewards.records()

    def test_is_how_it_stands_and_the_same_bytes_until_that_changes(self, lasting: Board) -> None:
        tip = lasting.found()
        award = lasting.approved(tip)
        granted = told(lasting.client, tip)
        assert (granted.award, granted.amount, granted.state) == (award, 2_000, Told.GRANTED)
        assert (granted.granted, granted.until) == (date(2026, 3, 3), date(2026, 9, 3))
        note = lasting.client.rewards.records()[tip.id.hex()]
        lasting.propose(lasting.found())
        assert lasting.client.rewards.records()[tip.id.hex()] == note
        lasting.client.append(lasting.extension(award, "2026-12-31"))
        extended = told(lasting.client, tip)
        assert (extended.state, extended.until) == (Told.EXTENDED, date(2026, 12, 31))
        assert extended.since > granted.since
        lasting.client.append(lasting.cancel(award))
        assert told(lasting.client, tip).state is Told.CANCELLED

    def test_is_not_that_it_was_collected(self, lasting: Board) -> None:
        tip = lasting.found()
        award = lasting.approved(tip)
        note = lasting.client.rewards.records()[tip.id.hex()]
        collect(lasting, tip, award)
        assert lasting.client.rewards.records()[tip.id.hex()] == note


def told(client: AdminKeeper, tip: SealedTip) -> AwardRecord:
    """The record of a tip."""
    return AwardRecord.read(client.rewards.records()[tip.id.hex()], client.log_key, tip.id.hex())


class TestErasing:
    def test_waits_for_an_award_that_is_open(self, office: Board) -> None:
        tip = office.found()
        office.advance(tip, "closed")
        award = office.approved(tip)
        office.client.append(office.extension(award, "2029-03-03"))
        office.clock.advance(1_200 * DAY)
        assert tip.id.hex() not in leaving(office.client)
        with pytest.raises(Refused) as refused:
            office.client.erase([tip.id.hex()])
        assert refused.value.reason is Reason.NOT_ALLOWED
        office.client.append(office.cancel(award))
        assert tip.id.hex() in leaving(office.client)
        office.client.erase([tip.id.hex()])
        known = office.award(award)
        assert (known.state, known.claim, known.amount) == (AwardState.CANCELLED, "", 2_000)

    def test_waits_for_vouchers_that_its_mailbox_may_still_redeem(self, office: Board) -> None:
        tip = office.found()
        office.advance(tip, "closed")
        collect(office, tip, office.approved(tip))
        office.clock.advance(1_399 * DAY)  # 31 December 2029, the last day of its vouchers
        assert tip.id.hex() not in leaving(office.client)
        office.clock.advance(DAY)
        office.look()
        assert tip.id.hex() in leaving(office.client)
        office.client.erase([tip.id.hex()])

    def test_does_not_wait_for_a_refused_one(self, office: Board) -> None:
        tip = office.found()
        office.advance(tip, "closed")
        award = office.propose(tip)
        office.client.append(office.cancel(award))
        office.clock.advance(1_200 * DAY)
        assert tip.id.hex() in leaving(office.client)


def leaving(client: AdminKeeper) -> list[str]:
    """The tips that may go today."""
    return [tip for tip, _ in client.expiring("").tips]
