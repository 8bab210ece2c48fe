"""What takes two words takes two people who may say it when the second does. And two people are two keys."""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.clocks import FixedClock
from tests.keeper.rewards.board import Board, board
from tests.keeper.rewards.payees import agreed, paying, sit_down, word
from tests.keeper.rewards.test_pay import refused
from tests.keeper.rewards.till import FIRST, SECOND, YEAR, Till, till
from tests.keeper.rewards.till import words as reason
from tests.world import NOON, member_body, member_id
from tipline.keeper.rewards.money import find_key, put_key
from tipline.keeper.state import Draft
from tipline.keeper_client import Reason
from tipline.keeper_client.public import Pickup
from tipline.rewards.award import AwardState

THIRD = "clerk-3"


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    with till(tmp_path_factory.mktemp("words") / "world", FixedClock(NOON)) as made:
        made.crowd(500)
        yield made


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    with board(tmp_path_factory.mktemp("words") / "office", FixedClock(NOON)) as made:
        yield made


def give_up(one: Till | Board, who: str, role: str, *, back: bool = False) -> None:
    """Somebody loses a role; or has it back."""
    fields = {"member": member_id(who), "role": role, "held": back}
    by = ("registrar", "registrar-2") if back else ("registrar",)
    one.client.append(one.world.sign("role", *by, **fields))


def leaver(one: Till | Board, who: str, role: str) -> str:
    """Somebody new with a role, whom a test may remove."""
    one.client.append(one.world.sign("member", "registrar", member=member_body(who, "u9")))
    give_up(one, who, role, back=True)
    return who


def remove(one: Till | Board, who: str) -> None:
    one.client.append(one.world.sign("remove", "registrar", member=member_id(who)))


def fresh(one: Till) -> Pickup:
    [voucher] = one.mint(one.granted())
    return one.redeem(voucher)


def test_the_word_of_a_first_clerk_who_lost_the_role_counts_no_more(one: Till) -> None:
    pickup = fresh(one)
    one.pay(pickup, FIRST)
    give_up(one, FIRST, "pay-clerk")
    assert one.look(pickup.code, SECOND).first == ""
    assert one.pay(pickup, SECOND).paid is None
    assert one.look(pickup.code, THIRD).first == member_id(SECOND)
    assert one.pay(pickup, THIRD).paid == one.world.clock.today()
    give_up(one, FIRST, "pay-clerk", back=True)


def test_the_word_of_a_first_clerk_who_was_removed_counts_no_more(one: Till) -> None:
    pickup, gone = fresh(one), leaver(one, "clerk-9", "pay-clerk")
    one.pay(pickup, gone)
    remove(one, gone)
    assert one.pay(pickup, SECOND).paid is None
    assert one.pay(pickup, THIRD).paid == one.world.clock.today()


def test_the_word_of_a_first_clerk_who_has_the_role_again_counts(one: Till) -> None:
    pickup = fresh(one)
    one.pay(pickup, FIRST)
    give_up(one, FIRST, "pay-clerk")
    give_up(one, FIRST, "pay-clerk", back=True)
    assert refused(one, pickup, FIRST) is Reason.ANOTHER_PERSON
    assert one.pay(pickup, SECOND).paid == one.world.clock.today()


def test_nobody_is_paid_by_name_after_a_first_clerk_who_lost_the_role(one: Till) -> None:
    sit_down(one, FIRST, SECOND, THIRD)
    ceremony, granted = paying(one, 1_500)
    agreed(ceremony, FIRST, SECOND, THIRD)
    says = partial(word, one, granted, payee=ceremony.item)
    one.client.append(says(FIRST))
    give_up(one, FIRST, "pay-clerk")
    one.client.append(says(SECOND))
    assert one.seen.refused(says(SECOND)) is Reason.ANOTHER_PERSON
    one.client.append(says(THIRD))
    give_up(one, FIRST, "pay-clerk", back=True)
    assert one.seen.refused(says(FIRST)) is Reason.NOT_ALLOWED


@pytest.mark.parametrize("removed", [False, True], ids=["lost the role", "was removed"])
def test_the_word_of_a_first_approver_who_is_one_no_longer_does_not_count(
    office: Board, removed: bool
) -> None:
    heavy = office.propose(office.found(), tier="organised", amount=60_000, major=["organised"])
    office.client.append(office.checked(heavy))
    gone = leaver(office, f"approver-{office.seen.size()}", "approver")
    office.client.append(office.approval(heavy, gone, amount=60_000))
    if removed:
        remove(office, gone)
    else:
        give_up(office, gone, "approver")
    office.client.append(office.approval(heavy, "approver", amount=70_000))
    award = office.award(heavy)
    assert (award.state, award.approvers) == (AwardState.CHECKED, (member_id("approver"),))
    other = office.approval(heavy, "approver-2", amount=60_000)
    assert office.seen.refused(other) is Reason.WRONG_AMOUNT
    office.client.append(office.approval(heavy, "approver-2", amount=70_000))
    assert office.award(heavy).state is AwardState.APPROVED


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("reward-budget", {"year": YEAR, "amount": 500}),
        ("reward-cancel", {"award": 1}),
        ("reward-open", {"year": YEAR, "value": 500}),
        ("pay-undo", {"pickup": "00" * 16, "value": 500}),
    ],
    ids=["budget", "cancel", "open", "undo"],
)
def test_what_takes_two_people_takes_no_third(one: Till, kind: str, fields: dict[str, object]) -> None:
    by = ("approver", "verifier", "clerk-1" if kind == "pay-undo" else "approver-2")
    if kind != "pay-undo" and member_id("approver-2") not in one.client.roster().members:
        leaver(one, "approver-2", "approver")
    statement = one.world.sign(kind, *by, **fields, reason=reason())
    assert one.seen.refused(statement) is Reason.NOT_ALLOWED


def test_an_expired_key_pays_nothing(one: Till) -> None:
    """Also where the days would let it: what was not paid has gone back to a budget."""
    pickup = fresh(one)

    def expire(expired: int) -> None:
        def change(draft: Draft) -> None:
            row = find_key(draft.rows, YEAR, 500)
            put_key(draft.rows, row._replace(expired=expired))

        one.settle(change)

    expire(1)
    assert refused(one, pickup, FIRST) is Reason.PICKUP_OVER
    expire(0)
    one.pay(pickup, FIRST)
    expire(1)
    assert refused(one, pickup, SECOND) is Reason.PICKUP_OVER
    expire(0)


@pytest.mark.parametrize("role", ["proposer", "approver", "pay-clerk"])
def test_nobody_is_two_people_by_having_one_signing_key_twice(one: Till, role: str) -> None:
    """Neither proposer and approver, nor two clerks: the roster takes no key that somebody has or had."""
    known = {"proposer": "reviewer-a", "approver": "approver", "pay-clerk": FIRST}[role]
    twin = member_body(f"twin-of-{known}", "u9") | {"signing_key": member_body(known, "u9")["signing_key"]}
    assert one.seen.refused(one.world.sign("member", "registrar", member=twin)) is Reason.NOT_ALLOWED
