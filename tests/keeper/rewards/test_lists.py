"""Codes for a bank: sealed to its key, handed out when two clerks have stated it, and nothing else stored."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from crypto import age
from crypto.errors import CryptoError
from crypto.statements import Statement
from tests.clocks import FixedClock
from tests.keeper.rewards.till import BANK, FIRST, OTHER, POINT, SECOND, YEAR, Till, till
from tests.world import NOON
from tipline.keeper import models
from tipline.keeper.rewards.money import LATE_DAYS
from tipline.keeper.state import Draft
from tipline.keeper_client import KeeperUnavailable, Reason, Refused
from tipline.keeper_client.paying import PreparedList
from tipline.rewards.rules import PICKUP_DAYS, last_day_of_vouchers


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    with till(tmp_path_factory.mktemp("lists") / "world", FixedClock(NOON)) as made:
        made.crowd(500, 7)
        yield made


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Till]:
    """One whose days a test lets pass, or whose rows it spoils."""
    with till(tmp_path / "world", FixedClock(NOON)) as made:
        yield made


def statement(one: Till, made: PreparedList, *by: str, **changes: str) -> Statement:
    fields = {"point": made.point, "day": made.day.isoformat(), "hash": made.digest}
    return one.world.sign("pickup-list", *(by or (FIRST, SECOND)), **(fields | changes))


def test_a_point_without_a_key_has_no_list(one: Till) -> None:
    for point in (POINT, "nowhere"):
        with pytest.raises(Refused, match="unknown-point"):
            one.client.paying.prepare_list(point)


def test_a_list_is_not_handed_out_before_two_clerks_stated_it(one: Till) -> None:
    made = one.client.paying.prepare_list(BANK)
    assert not made.stated
    with pytest.raises(Refused, match="not-allowed"):
        one.client.paying.list_file(BANK, made.digest)


def test_two_clerks_state_a_list_and_nobody_else(one: Till) -> None:
    made = one.client.paying.prepare_list(BANK)
    for by, reason in (
        ((FIRST,), Reason.TWO_SIGNATURES),
        ((FIRST, "approver"), Reason.NOT_ALLOWED),
        (("verifier", "approver"), Reason.NOT_ALLOWED),
        ((FIRST, SECOND, "clerk-3"), Reason.NOT_ALLOWED),
    ):
        assert one.seen.refused(statement(one, made, *by)) is reason
    with pytest.raises(Refused, match="not-allowed"):
        one.client.paying.list_file(BANK, made.digest)


def test_only_a_list_that_the_keeper_prepared_is_stated(one: Till) -> None:
    made = one.client.paying.prepare_list(BANK)
    for changes in ({"hash": "00" * 32}, {"point": OTHER}, {"day": "2026-03-02"}):
        assert one.seen.refused(statement(one, made, **changes)) is Reason.UNKNOWN_PICKUP


def test_the_bank_reads_its_good_codes_with_values_and_last_days_and_nobody_else_does(one: Till) -> None:
    vouchers = one.mint(one.granted(1_000)) + [v for _ in range(3) for v in one.mint(one.granted())]
    good, paid, elsewhere = vouchers[1], vouchers[2], vouchers[3]
    pickup = one.redeem(good, BANK)
    gone = one.redeem(paid, BANK)
    one.paid(gone)
    away = one.redeem(elsewhere, POINT)
    before = one.client.paying.prepare_list(BANK).count
    one.pass_days(1)
    made = one.client.paying.prepare_list(BANK)
    assert made.count == before + 1  # nobody learns the minute in which a voucher came back
    one.client.append(statement(one, made))
    sealed = one.client.paying.list_file(BANK, made.digest)
    written = age.unseal(sealed, [one.world.desks["rewards"]]).decode("utf-8")
    code = f"{pickup.code[:3]} {pickup.code[3:6]} {pickup.code[6:]}"
    assert f"{code}\t500\t{pickup.until}" in written
    for other in (gone, away):
        assert other.code[:3] + " " + other.code[3:6] not in written
    assert written.count("\t500\t") == made.count
    with pytest.raises(CryptoError):
        age.unseal(sealed, [one.world.desks["intake"]])
    assert [each.stated for each in one.client.paying.lists() if each.digest == made.digest] == [True]


def test_a_code_that_somebody_got_anew_today_is_on_no_list_of_today(alone: Till) -> None:
    """Its voucher came back long ago; the minute of the new code is nobody's to learn either."""
    voucher = alone.crowd(500, 7)[0]
    alone.pass_days(1)
    alone.redeem(voucher, POINT)
    alone.pass_days(PICKUP_DAYS + 1)
    alone.redeem(voucher, BANK)
    assert alone.client.paying.prepare_list(BANK).count == 0
    alone.pass_days(1)
    assert alone.client.paying.prepare_list(BANK).count == 1


def test_at_a_bank_a_code_has_all_its_days_so_that_a_list_knows_those_of_today(alone: Till) -> None:
    voucher, other, *_ = alone.crowd(500, 7)
    last = last_day_of_vouchers(YEAR) - timedelta(days=PICKUP_DAYS + LATE_DAYS)
    alone.pass_days((last - alone.world.clock.today()).days)
    alone.redeem(voucher, BANK)
    assert alone.client.paying.prepare_list(BANK).count == 0
    alone.pass_days(1)
    assert alone.client.paying.prepare_list(BANK).count == 1
    with pytest.raises(Refused, match="another-point"):
        alone.redeem(other, BANK)


def test_a_list_of_another_point_is_not_handed_out_under_its_digest(one: Till) -> None:
    made = one.client.paying.prepare_list(BANK)
    one.client.append(statement(one, made))
    for point, digest in ((OTHER, made.digest), (BANK, "00" * 32)):
        with pytest.raises(Refused, match="unknown-pickup"):
            one.client.paying.list_file(point, digest)


def test_a_list_is_in_no_table_and_its_codes_in_no_entry(one: Till) -> None:
    made = one.client.paying.prepare_list(BANK)
    one.client.append(statement(one, made))
    body = one.seen.entry(one.seen.size() - 1).statement.body
    assert {name for name in body if name not in ("v", "log", "type", "at", "nonce", "by")} == {
        *("point", "day", "hash")
    }
    assert not {name for name in models.metadata.tables if "list" in name}


def test_a_list_is_kept_for_three_days_and_then_prepared_anew(alone: Till) -> None:
    made = alone.client.paying.prepare_list(BANK)
    alone.pass_days(3)
    alone.client.append(statement(alone, made))
    assert alone.client.paying.list_file(BANK, made.digest)
    alone.pass_days(1)
    assert alone.client.paying.lists() == ()
    with pytest.raises(Refused, match="unknown-pickup"):
        alone.client.paying.list_file(BANK, made.digest)


def test_an_entry_put_in_by_hand_hands_out_nothing(alone: Till) -> None:
    made = alone.client.paying.prepare_list(BANK)
    other = alone.client.paying.prepare_list(BANK)
    alone.client.append(statement(alone, other))

    def by_hand(draft: Draft) -> None:
        table = models.entries
        row = draft.connection.execute(table.select().order_by(table.c.index.desc()).limit(1)).one()
        changed = row.entry.replace(other.digest.encode(), made.digest.encode())
        draft.connection.execute(delete(table).where(table.c.index == row.index))
        draft.connection.execute(table.insert().values({**row._mapping, "entry": changed}))

    alone.settle(by_hand)
    with pytest.raises(KeeperUnavailable):
        alone.client.paying.list_file(BANK, made.digest)
