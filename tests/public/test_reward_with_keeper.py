"""The pages and the real keeper: from the grant in the mailbox to the cash, and nothing twice."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.clocks import FixedClock
from tests.keeper.rewards.till import OTHER, POINT, Granted, Till, till
from tests.public.rewarding import REDEEM, REWARD, press
from tests.public.test_redeem import begin, choose, code_of, said
from tests.public.visitor import Visitor
from tipline.awards.storing import keep_told
from tipline.directory.service import Pin, publish_directory
from tipline.directory.types import open_directory
from tipline.public.app import create_app
from tipline.public.services import EXTENSION

AMOUNT = 1_500
CROWD = 5


@pytest.fixture(scope="module")
def paying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    folder: Path = tmp_path_factory.mktemp("paying")
    with till(folder, FixedClock(datetime(2026, 3, 3, 9, tzinfo=UTC))) as made:
        yield made


@pytest.fixture(scope="module")
def granted(paying: Till) -> Granted:
    """An award whose mailbox is in the main database, told there as the keeper says it."""
    found = paying.granted(AMOUNT)
    paying.world.put_in(found.tip)
    assert keep_told(paying.world.database, paying.client) == 1
    return found


@pytest.fixture(scope="module")
def app(paying: Till, granted: Granted) -> Iterator[Flask]:
    note, settings = paying.client.directory(), paying.world.settings
    pin = Pin.of(settings)
    version = open_directory(note, pin.log_key, pin.origin, pin.genesis).version
    with paying.world.database.writing() as session:
        publish_directory(session, version, note)
    site = create_app(settings, paying.world.clock)
    yield site
    site.extensions[EXTENSION].keeper.close()
    site.extensions[EXTENSION].database.dispose()


def test_a_reward_goes_from_the_mailbox_to_the_cash(app: Flask, paying: Till, granted: Granted) -> None:
    code = granted.tip.code.reveal()
    inside, stranger = Visitor(app), Visitor(app, "192.0.2.9")
    inside.sign_in(code)
    assert "A reward of 1,500 yuan was granted." in inside.get(REWARD).text
    assert press(inside, REWARD).status_code == 303
    assert press(inside, REWARD).status_code == 303  # the same again
    assert "You collected vouchers for 1,500 yuan" in inside.get(REWARD).text
    inside.get("/leave")
    assert "Please come another day" in said(begin(stranger, code=code))

    paying.pass_days(1)
    page = begin(stranger, code=code)
    alone = choose(stranger, page, point=POINT)
    assert "your voucher stays good until" in said(alone)
    paying.hidden(AMOUNT, CROWD + 1)
    paying.pass_days(1)
    page = begin(stranger, code=code)
    shown = choose(stranger, page, point=POINT)
    pickup = code_of(shown)
    assert code_of(choose(stranger, begin(stranger, code=code), point=OTHER)) == pickup  # it moves along

    found = re.findall("Point ([a-z]+)", choose(stranger, page, point=POINT).text)
    assert found[0] == POINT
    answer = paying.look(pickup.replace(" ", ""))
    assert (answer.value, answer.point) == (500, POINT)
    for clerk in ("clerk-1", "clerk-2"):
        fields = {"pickup": answer.pickup, "point": POINT, "value": 500}
        paying.client.paying.pay(paying.world.sign("pay", clerk, **fields), pickup.replace(" ", ""))
    refused = choose(stranger, begin(stranger, code=code), point=POINT)
    assert refused.status_code == 422
    assert "was paid out on Thursday, March 5, 2026" in said(refused)
    assert code_of(choose(stranger, refused, "1", POINT)) != pickup


def test_the_mailbox_knows_nothing_of_the_payment(app: Flask, granted: Granted) -> None:
    inside = Visitor(app, "192.0.2.10")
    inside.sign_in(granted.tip.code.reveal())
    for path in ("/mailbox", "/mailbox/messages", REWARD):
        assert not re.search(r"paid|fetched on|spent", inside.get(path).text)
    assert inside.get(REDEEM).status_code == 409
