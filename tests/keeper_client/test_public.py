"""What the public site is answered, and the requests it makes: whatever has another form is thrown away."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from crypto.errors import BadFormat
from tests.keeper_client.liar import lying
from tests.world import World
from tipline.keeper_client import KeeperLied, KeeperUnavailable
from tipline.keeper_client.collecting import MAX_VOUCHERS, Collect
from tipline.keeper_client.public import KeeperPublic, Paid, Pickup

ONE = Collect(bytes(16), 3, 2026, ((500, bytes(384)),))
NAMED = Collect(bytes(16), 3, 2026, (), named=True)
CODE = {"code": "1234567894", "point": "bank", "until": "2026-04-02", "value": 500, "again": False}

Ask = Callable[[dict[str, Any]], KeeperPublic]


@pytest.fixture
def answering(world: World) -> Iterator[Ask]:
    """A client whose every question is answered alike."""
    said: dict[str, Any] = {}
    path = world.settings.ram / "liar"
    public = KeeperPublic(path)

    def answer(with_this: dict[str, Any]) -> KeeperPublic:
        said.update({"ok": with_this})
        return public

    with lying(world.settings.public_socket, path, lambda _request, _answer: said):
        yield answer
        public.close()


@pytest.mark.parametrize(
    "signatures",
    [
        None,
        "00" * 384,
        [],
        ["00" * 384] * 2,
        ["00" * 383],
        ["zz" * 384],
        [5],
    ],
)
def test_other_than_one_signature_for_each_voucher_is_a_lie(answering: Ask, signatures: object) -> None:
    answer = {"signatures": signatures} if signatures is not None else {"named": True}
    with pytest.raises(KeeperLied):
        answering(answer).mint(ONE, bytes(64), bytes(64))


def test_signatures_come_in_the_order_of_the_blinded_values(answering: Ask) -> None:
    two = Collect(bytes(16), 3, 2026, ((500, bytes(384)), (1_000, bytes(384))))
    answer = {"signatures": ["01" * 384, "02" * 384]}
    assert answering(answer).mint(two, bytes(64), bytes(64)) == (b"\1" * 384, b"\2" * 384)


@pytest.mark.parametrize("answer", [{}, {"named": 1}, {"named": True}, {"signatures": []}])
def test_a_payment_by_name_that_nobody_confirms_is_a_lie(answering: Ask, answer: dict[str, Any]) -> None:
    with pytest.raises(KeeperLied):
        answering(answer).ask_by_name(NAMED, bytes(64))


@pytest.mark.parametrize(
    "change",
    [
        {"code": "123456789"},
        {"code": 1234567894},
        {"code": "12345678 4"},
        {"until": "soon"},
        {"until": 5},
        {"value": "much"},
        {"again": 1},
        {"paid": "never"},
        {"paid": False},
    ],
)
def test_a_pickup_code_of_another_form_is_a_lie(answering: Ask, change: dict[str, Any]) -> None:
    with pytest.raises(KeeperLied):
        answering({**CODE, **change}).redeem(2026, 500, bytes(32), bytes(384), "bank")


@pytest.mark.parametrize("missing", sorted(CODE))
def test_a_pickup_code_without_all_that_goes_with_it_is_a_lie(answering: Ask, missing: str) -> None:
    answer = {name: value for name, value in CODE.items() if name != missing}
    with pytest.raises(KeeperLied):
        answering(answer).redeem(2026, 500, bytes(32), bytes(384), "bank")


def test_a_code_or_the_day_of_payment_is_read(answering: Ask) -> None:
    pickup = answering(CODE).redeem(2026, 500, bytes(32), bytes(384), "bank")
    assert pickup == Pickup("1234567894", "bank", date(2026, 4, 2), 500, again=False)
    assert "1234567894" not in repr(pickup)
    paid = answering({"paid": "2026-03-03"}).redeem(2026, 500, bytes(32), bytes(384), "bank")
    assert paid == Paid(date(2026, 3, 3))


def test_a_keeper_that_is_away_is_unavailable(world: World) -> None:
    public = KeeperPublic(world.settings.ram / "nowhere")
    with pytest.raises(KeeperUnavailable):
        public.mint(ONE, bytes(64), bytes(64))


@pytest.mark.parametrize(
    "fields",
    [
        {"blinded": ()},
        {"named": True},
        {"blinded": ((1_000, bytes(384)), (500, bytes(384)))},
        {"blinded": ((500, bytes(384)),) * (MAX_VOUCHERS + 1)},
    ],
)
def test_nothing_else_than_vouchers_or_a_name_is_asked_for(fields: dict[str, Any]) -> None:
    given = {"tip": bytes(16), "award": 3, "year": 2026, "blinded": ONE.blinded, "named": False}
    with pytest.raises(BadFormat):
        Collect(**{**given, **fields})


def test_a_request_is_read_as_it_was_written() -> None:
    for collect in (ONE, NAMED):
        assert Collect.from_fields(collect.to_fields()) == collect


def test_every_field_is_signed() -> None:
    others = [
        Collect(b"\1" * 16, 3, 2026, ONE.blinded),
        Collect(bytes(16), 4, 2026, ONE.blinded),
        Collect(bytes(16), 3, 2027, ONE.blinded),
        Collect(bytes(16), 3, 2026, ((1_000, bytes(384)),)),
        Collect(bytes(16), 3, 2026, ((500, b"\1" * 384),)),
        NAMED,
    ]
    digests = {each.digest("log") for each in (ONE, *others)} | {ONE.digest("another log")}
    assert len(digests) == len(others) + 2
