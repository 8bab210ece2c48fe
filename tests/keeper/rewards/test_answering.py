"""What the admin site is told of rewards: what stands in the log, and of the rest only days that are over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from tests.clocks import FixedClock
from tests.keeper.rewards.board import Board, board
from tests.keeper.rewards.known import lines_of
from tests.keeper.rewards.till import FIRST, POINT, SECOND, Granted, Till
from tests.world import NOON, SealedTip, member_id
from tipline.directory.types import Crowd, open_directory
from tipline.keeper.rewards.crowds import Pooled, crowds
from tipline.keeper.rewards.money import KeyRow, VoucherRow
from tipline.keeper_client.rewards import KeyState
from tipline.rewards.award import Award, AwardState
from tipline.rewards.lines import Kind
from tipline.rewards.pools import Pool
from tipline.roster import Roster

DAY = 86_400


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with board(tmp_path_factory.mktemp("answering") / "world", FixedClock(NOON)) as made:
        made.budget(500_000)
        yield made


@pytest.fixture(scope="module")
def till(office: Board) -> Iterator[Till]:
    """The same with points."""
    made = Till(office.world, office.keeper)
    made.points()
    yield made
    made.public.close()


def granted(office: Board, amount: int = 500) -> tuple[SealedTip, int]:
    tip = office.found()
    return tip, office.approved(tip, amount)


def key(office: Board, value: int = 500) -> KeyState:
    return next(one for one in office.known().keys if one.value == value)


def test_an_award_is_told_as_collected_when_the_day_is_over(office: Board, till: Till) -> None:
    tip, award = granted(office)
    before = office.known()
    till.mint(Granted(tip, office.award(award)))
    assert office.known() == before
    office.clock.advance(DAY)
    told = office.award(award)
    assert (told.state, told.collected, told.year) == (AwardState.COLLECTED, "2026-03-03", 2026)
    assert (told.digest, told.proof) == ("", "")
    assert (key(office).minted, key(office).awards) == (1, 1)


def came_back(office: Board) -> list[tuple[str, str, int, str]]:
    """What the ledger by day says of vouchers that came back: day, kind, how many, where."""
    found = lines_of(office.client.rewards, member_id("auditor")).lines
    return [
        (one.day, one.kind.value, one.count, one.point)
        for one in found
        if one.kind in (Kind.PRESENTED, Kind.PAID)
    ]


def test_a_voucher_is_told_when_the_day_is_over_or_a_clerk_confirms_it(office: Board, till: Till) -> None:
    made = [granted(office) for _ in range(8)]
    vouchers = [till.mint(Granted(tip, office.award(award)))[0] for tip, award in made]
    office.clock.advance(DAY)
    before, lines, day = office.known(), came_back(office), office.clock.today().isoformat()
    pickup = till.redeem(vouchers[0])
    till.redeem(vouchers[1])
    assert (office.known(), came_back(office)) == (before, lines)
    till.pay(pickup, FIRST)
    assert came_back(office) == [(day, "presented", 1, ""), *lines]
    assert key(office).presented == 1
    till.pay(pickup, SECOND)
    paid = (day, "paid", 1, POINT)
    assert came_back(office) == [(day, "presented", 1, ""), paid, *lines]
    office.clock.advance(DAY)
    assert came_back(office) == [(day, "presented", 2, ""), paid, *lines]
    office.clock.advance(40 * DAY)
    lines = came_back(office)
    till.redeem(vouchers[1], "market")  # another code, another point
    assert came_back(office) == lines


def test_nothing_in_an_answer_is_a_hash_a_code_or_a_key(office: Board, till: Till) -> None:
    tip, award = granted(office)
    till.mint(Granted(tip, office.award(award)))
    office.clock.advance(DAY)
    wanted = {"size": -1, "kind": "", "year": "", "value": "", "since": "", "until": ""}
    answer = office.seen.ask("reward-lines", member=member_id("auditor"), start=0, count=5_000, **wanted)
    assert {name for one in answer["lines"] for name in one} == {
        *("day", "kind", "amount", "award", "year", "value", "count", "point"),
    }
    listed = office.seen.ask("reward-list", state="", beyond=-1, newest=False, count=100, member="")
    assert all(one["award"]["digest"] == "" for one in listed["awards"])
    assert office.seen.ask("rewards").keys() == {
        *("budgets", "keys", "totals", "months", "differences", "different"),
    }


def test_the_crowds_change_with_the_day_alone(office: Board, till: Till) -> None:
    world = office.world

    def size() -> Crowd:
        found = open_directory(
            office.client.directory(), world.verifier, world.settings.origin, world.settings.genesis
        )
        return found.crowds[2026, 1_000]

    assert size() is Crowd.FEW
    made = [granted(office, 1_000) for _ in range(6)]
    for tip, award in made:
        till.mint(Granted(tip, office.award(award)))
    assert size() is Crowd.FEW
    till.point("another")  # another version of the same day
    assert size() is Crowd.FEW
    office.clock.advance(DAY)
    assert size() is Crowd.ENOUGH


def pools(
    awards: list[Award], vouchers: list[VoucherRow], roster: Roster, today: date
) -> dict[tuple[int, int], Pool]:
    """The pools of these, each of which is one of its own."""
    pooled = Pooled()
    pooled.take(
        {place.to_bytes(16, "big"): award for place, award in enumerate(awards)},
        {place.to_bytes(32, "big"): voucher for place, voucher in enumerate(vouchers)},
    )
    pooled.count_until(today, {year: [value for value, _ in keys] for year, keys in roster.mint_keys.items()})
    return pooled.pools(roster)


def test_many_are_four_times_enough(office: Board) -> None:
    roster = office.client.roster()
    award = office.award(granted(office, 1_000)[1])
    one = award.minted(date(2026, 3, 3), 2026, "", "00" * 64)

    def size(number: int) -> str:
        found = crowds(pools([one] * number, [], roster, date(2026, 3, 4)), [], roster, date(2026, 3, 4))
        return next(str(each["size"]) for each in found if each["value"] == 1_000)

    assert [size(number) for number in (0, 5, 6, 19, 20)] == ["few", "few", "enough", "enough", "many"]


def test_the_directory_names_points_keys_and_its_day(office: Board, till: Till) -> None:
    world = office.world
    found = open_directory(
        office.client.directory(), world.verifier, world.settings.origin, world.settings.genesis
    )
    assert found.day == office.clock.today().isoformat()
    assert [value for value, _ in found.mint[2026]] == [500, 1_000, 5_000, 10_000, 50_000]
    counter = next(point for point in found.points if point.id == POINT)
    assert (counter.inside, counter.open, counter.bank) == (False, True, False)
    assert next(point for point in found.points if point.id == "bank").bank


def test_words_tell_how_many_may_have_a_voucher_out_and_not_how_many_ever_had(
    office: Board, till: Till
) -> None:
    roster = office.client.roster()
    award = office.award(granted(office, 1_000)[1]).minted(date(2026, 3, 3), 2026, "", "00" * 64)
    double = replace(award, amount=4_000)
    back = VoucherRow(b"", 2026, 1_000, 0, b"", "", "", "", "", "", "", "2026-03-05")

    def size(
        awards: list[Award], presented: int, today: date = date(2026, 3, 6), *, opened: int = 0, day: str = ""
    ) -> str:
        keys, row = [KeyRow(2026, 1_000, opened=opened)], back._replace(day=day or back.day)
        found = crowds(pools(awards, [row] * presented, roster, today), keys, roster, today)
        return next(str(each["size"]) for each in found if each["value"] == 1_000)

    assert size([award] * 7, 1) == "enough"
    assert size([award] * 7, 2) == "few"
    assert size([award] * 7, 2, opened=1) == "enough"
    assert size([award] * 7, 3, opened=1) == "thin"
    assert size([award] * 7, 7, date(2026, 3, 5)) == "enough"  # what came back today does not count
    assert size([award] * 6 + [double], 6) == "few"  # four vouchers, and all of them may be one person's
    over = date(2027, 1, 1)
    assert size([award] * 7, 2, over) == "enough"
    assert size([award] * 7, 3, over) == "thin"
    assert size([award] * 7, 7, date(2027, 5, 1), day="2027-01-02") == "enough"  # each of these fits each
