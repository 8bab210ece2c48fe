"""Collecting: the mint signs what was approved, for the reporter of that tip, and not a voucher more."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crypto.tracking_codes import TrackingCode
from tests.clocks import FixedClock
from tests.keeper.rewards.till import YEAR, Granted, Till, at_once, finished, mint_key, till
from tests.world import NOON, ORIGIN
from tipline.keeper.rewards import awards
from tipline.keeper.rewards.money import KeyRow, all_keys
from tipline.keeper.snapshots import look
from tipline.keeper.state import Draft
from tipline.keeper_client import KeeperUnavailable, Reason, Refused
from tipline.keeper_client.collecting import Collect
from tipline.keeper_client.public import KeeperPublic
from tipline.rewards.award import AwardState


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    with till(tmp_path_factory.mktemp("mint") / "world", FixedClock(NOON)) as made:
        yield made


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Till]:
    """One whose rows a test may spoil, or whose days it lets pass."""
    with till(tmp_path / "world", FixedClock(NOON)) as made:
        yield made


def refused(one: Till, collect: Collect, signature: bytes, proof: bytes) -> Reason:
    """The reason of a refusal, which leaves no voucher and no entry behind."""
    before, size = minted(one), one.seen.size()
    with pytest.raises(Refused) as why:
        one.public.mint(collect, signature, proof)
    assert (minted(one), one.seen.size()) == (before, size)
    assert why.value.index == -1
    return why.value.reason


def signed(granted: Granted, collect: Collect) -> tuple[Collect, bytes, bytes]:
    return collect, granted.sign(collect), granted.prove(collect)


def minted(one: Till) -> list[KeyRow]:
    return look(one.keeper.writer, one.keeper._database, all_keys)


def patient(ask: Callable[[], tuple[bytes, ...]]) -> tuple[bytes, ...]:
    """Ask again while others are being minted for."""
    while True:
        try:
            return ask()
        except KeeperUnavailable:
            time.sleep(0.02)


def test_nothing_is_minted_for_a_tip_without_an_award(one: Till) -> None:
    granted = one.granted()
    other = replace(granted, tip=one.tip())
    assert refused(one, *signed(other, other.request(one.world))) is Reason.UNKNOWN_AWARD


def test_nothing_is_minted_for_another_award_than_the_tip_has(one: Till) -> None:
    granted = one.granted()
    other = granted.request(one.world, award=granted.award.index + 1)
    assert refused(one, *signed(granted, other)) is Reason.UNKNOWN_AWARD


def test_nothing_is_minted_for_whoever_did_not_send_the_tip(one: Till) -> None:
    granted = one.granted()
    collect = granted.request(one.world)
    foreign = TrackingCode.generate().claim_key.sign(collect.message(ORIGIN))
    assert refused(one, collect, foreign, granted.prove(collect)) is Reason.CLAIM_SIGNATURE


def test_the_signature_of_one_collect_mints_no_other(one: Till) -> None:
    granted = one.granted(1_000)
    first = granted.request(one.world)
    seeds = granted.seeds(one.world)
    swapped = ((1_000, one.granted(1_000).seeds(one.world)[0].blinding.blinded),)
    assert len(seeds) == 1
    other = granted.request(one.world, blinded=swapped)
    assert refused(one, other, granted.sign(first), granted.prove(first)) is Reason.CLAIM_SIGNATURE


def test_nothing_is_minted_where_award_and_tip_name_different_reporters(one: Till) -> None:
    granted = one.granted()
    thief = TrackingCode.generate()
    changed = replace(granted.award, claim=thief.claim_key.public.raw.hex())
    one.settle(lambda draft: awards.put(draft.rows, changed))
    collect = granted.request(one.world)
    theirs = [thief.claim_key.sign(one) for one in (collect.message(ORIGIN), collect.proof(ORIGIN))]
    assert refused(one, collect, *theirs) is Reason.CLAIM_SIGNATURE
    assert refused(one, *signed(granted, collect)) is Reason.CLAIM_SIGNATURE


@pytest.mark.parametrize("state", ["proposed", "checked", "approved", "refused", "expired", "cancelled"])
def test_nothing_is_minted_before_the_grant_or_after_an_ending(one: Till, state: str) -> None:
    granted = one.granted()
    one.settle(lambda draft: awards.put(draft.rows, replace(granted.award, state=AwardState(state))))
    assert refused(one, *signed(granted, granted.request(one.world))) is Reason.NOT_ALLOWED


def test_nothing_is_minted_with_one_approval_where_two_are_needed(one: Till) -> None:
    granted = one.granted(60_000)
    waiting = replace(granted.award, state=AwardState.CHECKED, approvers=granted.award.approvers[:1])
    one.settle(lambda draft: awards.put(draft.rows, waiting))
    assert refused(one, *signed(granted, granted.request(one.world))) is Reason.NOT_ALLOWED


def test_another_sum_or_another_split_is_not_minted(one: Till) -> None:
    granted = one.granted(1_000)
    five = [seed for _ in range(3) for seed in one.granted(500).seeds(one.world)]
    numbers = tuple((500, seed.blinding.blinded) for seed in five)
    for blinded in (numbers[:1], numbers[:2], numbers):
        other = granted.request(one.world, blinded=blinded)
        assert refused(one, *signed(granted, other)) is Reason.WRONG_AMOUNT
    raised = granted.request(one.world, blinded=((5_000, numbers[0][1]),))
    assert refused(one, *signed(granted, raised)) is Reason.WRONG_AMOUNT


def test_a_number_that_the_key_cannot_sign_leaves_the_award_as_it_was(one: Till) -> None:
    granted = one.granted()
    for number in (bytes(384), b"\xff" * 384):
        collect = granted.request(one.world, blinded=((500, number),))
        assert refused(one, *signed(granted, collect)) is Reason.MALFORMED
    assert len(one.mint(granted)) == 1


def test_keys_of_another_year_mint_nothing(one: Till) -> None:
    granted = one.granted()
    for year in (YEAR - 1, YEAR + 1):
        collect = granted.request(one.world, year)
        assert refused(one, *signed(granted, collect)) is Reason.WRONG_DAY


def test_an_award_is_minted_in_its_split_and_each_voucher_verifies(one: Till) -> None:
    before = {key.value: key for key in minted(one)}
    vouchers = one.mint(one.granted(27_500))
    assert [voucher.value for voucher in vouchers] == [500, 1_000, 1_000, 5_000, 10_000, 10_000]
    after = {key.value: key for key in minted(one)}
    assert {value: after[value].minted - before[value].minted for value in after} == {
        500: 1,
        1_000: 2,
        5_000: 1,
        10_000: 2,
        50_000: 0,
    }
    assert {value: after[value].awards - before[value].awards for value in after} == {
        500: 1,
        1_000: 1,
        5_000: 1,
        10_000: 1,
        50_000: 0,
    }


def test_collecting_again_gives_the_same_signatures_and_counts_nothing(one: Till) -> None:
    granted = one.granted(1_500)
    first, before = one.mint(granted), minted(one)
    assert [voucher.signature for voucher in one.mint(granted)] == [voucher.signature for voucher in first]
    assert minted(one) == before


def test_another_set_after_the_first_is_refused(one: Till) -> None:
    granted = one.granted()
    one.mint(granted)
    other = granted.request(one.world, blinded=((500, one.granted().seeds(one.world)[0].blinding.blinded),))
    assert refused(one, *signed(granted, other)) is Reason.ALREADY_COLLECTED


def test_collecting_makes_no_entry(one: Till) -> None:
    granted = one.granted()
    size = one.seen.size()
    one.mint(granted)
    assert one.seen.size() == size


def test_fifty_at_once_with_the_same_request_have_the_same_vouchers_once(one: Till) -> None:
    granted = one.granted()
    collect, before = granted.request(one.world), minted(one)
    signature, proof = granted.sign(collect), granted.prove(collect)

    answers = at_once(one, 50, lambda public, _: patient(lambda: public.mint(collect, signature, proof)))
    assert len(set(answers)) == 1
    assert len(finished(granted.seeds(one.world), answers[0])) == 1
    assert sum(key.minted for key in minted(one)) == sum(key.minted for key in before) + 1


def test_fifty_at_once_with_different_blinded_values_have_one_set_between_them(one: Till) -> None:
    granted, before = one.granted(), minted(one)
    number = granted.seeds(one.world)[0].blinding.blinded
    numbers = [bytes(1) + number[1:-1] + bytes([place]) for place in range(50)]

    def ask(public: KeeperPublic, place: int) -> str:
        collect = granted.request(one.world, blinded=((500, numbers[place]),))
        try:
            return f"{len(patient(lambda: public.mint(*signed(granted, collect))))} voucher"
        except Refused as why:
            return why.reason

    answers = at_once(one, 50, ask)
    assert sorted(answers) == ["1 voucher", *["already-collected"] * 49]
    assert sum(key.minted for key in minted(one)) == sum(key.minted for key in before) + 1


def test_a_reporter_who_wants_to_be_paid_by_name_gets_no_voucher(one: Till) -> None:
    granted, before = one.granted(), minted(one)
    by_name = Collect(granted.tip.id, granted.award.index, YEAR, (), named=True)
    one.public.ask_by_name(by_name, granted.sign(by_name))
    one.public.ask_by_name(by_name, granted.sign(by_name))
    entry = one.seen.entry(one.seen.size() - 1).statement
    assert entry.body["type"] == "reward-named"
    granted.tip.code.claim_key.public.verify(bytes.fromhex(entry.body["signature"]), by_name.message(ORIGIN))
    assert one.seen.entry(one.seen.size() - 2).statement.body["type"] != "reward-named"
    assert refused(one, *signed(granted, granted.request(one.world))) is Reason.NOT_ALLOWED
    assert minted(one) == before


def test_whoever_collected_is_not_paid_by_name_too(one: Till) -> None:
    granted = one.granted()
    one.mint(granted)
    by_name = Collect(granted.tip.id, granted.award.index, YEAR, (), named=True)
    with pytest.raises(Refused, match="not-allowed"):
        one.public.ask_by_name(by_name, granted.sign(by_name))


@pytest.mark.parametrize(
    "change",
    [
        {"tip": "00"},
        {"award": "1"},
        {"year": True},
        {"blinded": {}},
        {"blinded": [[500, "00"]]},
        {"blinded": [["500", "00" * 384]]},
        {"blinded": [[1_000, "00" * 384], [500, "00" * 384]]},
        {"blinded": [[500, "00" * 384]] * 41},
        {"blinded": []},
        {"named": True},
        {"named": 0},
        {"signature": "00"},
        {"signature": "zz"},
        {"proof": "00"},
        {"proof": "zz"},
        {"proof": 5},
        {"proof": ""},
    ],
)
def test_a_request_of_another_form_is_refused(one: Till, change: dict[str, Any]) -> None:
    granted = one.granted()
    collect = granted.request(one.world)
    signatures = {"signature": granted.sign(collect).hex(), "proof": granted.prove(collect).hex()}
    request = {"op": "mint", **collect.to_fields(), **signatures}
    with pytest.raises(Refused, match="malformed"):
        one.public._connections.ask({**request, **change})


def test_the_public_site_may_ask_for_nothing_else(one: Till) -> None:
    for operation in ("append", "directory", "mint-keys", "pickup-prepare", "settle", "pay"):
        with pytest.raises(Refused, match="not-allowed"):
            one.public._connections.ask({"op": operation, "year": YEAR, "point": "bank"})


def test_the_award_with_most_vouchers_fits_the_public_socket(one: Till) -> None:
    vouchers = one.mint(one.granted(499_500))
    assert sum(voucher.value for voucher in vouchers) == 499_500
    assert len(vouchers) == 19


def test_an_award_is_minted_on_its_last_day_and_on_no_later_one(alone: Till) -> None:
    granted, late = alone.granted(), alone.granted()
    alone.pass_days((date.fromisoformat(granted.award.until) - alone.world.clock.today()).days)
    assert len(alone.mint(granted)) == 1
    alone.pass_days(1)
    assert refused(alone, *signed(late, late.request(alone.world))) is Reason.AWARD_EXPIRED


def test_a_year_without_keys_mints_nothing_until_they_are_made(alone: Till) -> None:
    alone.pass_days(304)
    assert alone.world.clock.today().year == YEAR + 1
    granted = alone.granted()
    collect = granted.request(alone.world, YEAR + 1)
    assert refused(alone, *signed(granted, collect)) is Reason.NO_MINT_KEYS
    alone.keys(YEAR + 1)
    assert len(alone.mint(granted, YEAR + 1)) == 1


def test_an_award_collected_in_an_earlier_year_is_signed_again_with_the_keys_of_that_year(
    alone: Till,
) -> None:
    granted = alone.granted()
    first = alone.mint(granted)
    alone.pass_days(304)
    assert [voucher.signature for voucher in alone.mint(granted)] == [each.signature for each in first]
    assert refused(alone, *signed(granted, granted.request(alone.world, YEAR + 1))) is (
        Reason.ALREADY_COLLECTED
    )


def test_an_approval_written_by_hand_stops_the_keeper_and_mints_nothing(alone: Till) -> None:
    granted = alone.granted()
    waiting = replace(granted.award, state=AwardState.APPROVED)
    alone.settle(lambda draft: awards.put(draft.rows, waiting))

    def by_hand(draft: Draft) -> None:
        file = draft.connection.execute(text("SELECT file FROM awards")).scalar_one()
        changed = file.replace(b'"approved","tier"', b'"granted","tier"')
        assert changed != file
        query = text("UPDATE awards SET file = :file, state = 'granted'")
        draft.connection.execute(query, {"file": changed})

    alone.settle(by_hand)
    collect = granted.request(alone.world)
    with pytest.raises(KeeperUnavailable):
        alone.public.mint(collect, granted.sign(collect), granted.prove(collect))
    assert alone.keeper.writer.stopped is not None


def test_a_key_file_that_is_gone_leaves_the_award_to_be_collected(alone: Till) -> None:
    granted = alone.granted()
    path = alone.world.keeper_folder.mint / f"{YEAR}-500.pem"
    path.rename(path.with_suffix(".away"))
    alone.keeper._cash.keys._keys.clear()
    collect = granted.request(alone.world)
    with pytest.raises(KeeperUnavailable, match="private key"):
        alone.public.mint(collect, granted.sign(collect), granted.prove(collect))
    path.with_suffix(".away").rename(path)
    assert minted(alone)[0].minted == 0
    assert len(alone.mint(granted)) == 1


def test_a_key_file_with_another_key_signs_nothing(alone: Till) -> None:
    granted = alone.granted()
    path = alone.world.keeper_folder.mint / f"{YEAR}-500.pem"
    path.write_bytes(mint_key(YEAR, 1_000).to_pem())
    alone.keeper._cash.keys._keys.clear()
    collect = granted.request(alone.world)
    with pytest.raises(KeeperUnavailable, match="private key"):
        alone.public.mint(collect, granted.sign(collect), granted.prove(collect))
    assert minted(alone)[0].minted == 0
