"""The log's keys change while both sites run on: what was signed before counts, and so does what follows."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.notes import NoteSigner, open_json, sign_json
from tests.admin.conftest import Office
from tests.clocks import FixedClock
from tests.world import ORIGIN, World
from tipline.commands.rotating import rotate
from tipline.directory.service import DirectoryBook, Pin
from tipline.mailbox.thread import find_mailbox, replies
from tipline.tips.models import Item

BEFORE, AFTER = "Said under the first key", "Said under the second key"


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock) -> Iterator[World]:
    with World.made(tmp_path, clock) as made:
        yield made


def test_what_was_said_before_and_after_a_change_of_the_logs_keys_is_shown(
    world: World, clock: FixedClock, tmp_path: Path
) -> None:
    with ExitStack() as closing:
        with world.keeper():
            office = Office(world, clock)
            office.start()
            closing.callback(office.services.database.dispose)
            closing.callback(office.services.keeper.close)
            tip, code = office.put_tip_with_code()
            reviewer = office.signed_in("reviewer-a")
            reviewer.get("/tips")
            assert reviewer.act(tip, reviewer.read(tip), message=BEFORE).status_code == 200
        rotate(world.settings, clock)
        with world.keeper():
            page = reviewer.read(tip)  # the same session of the same process
            assert BEFORE in page.text
            assert reviewer.act(tip, page, message=AFTER).status_code == 200
            page = reviewer.read(tip)
            assert BEFORE in page.text
            assert AFTER in page.text
            verified = office.signed_in("auditor", confirmed=True).post("/log/verify").text
            assert "log-bad" not in verified
            # The public site learns of it from the directory that the staff's site has published meanwhile.
            book = DirectoryBook(tmp_path / "public-directory", Pin.of(world.settings), world.database)
            with world.database.reading() as session:
                told = replies(session, find_mailbox(session, code), book.log_key)
            assert [each.text for each in told] == [BEFORE, AFTER]
            assert len(book.log_key.links) == 1

            # Whoever kept the old key signs nothing new with it, though every word of the record is right.
            with world.database.reading() as session:
                records = list(session.scalars(select(Item.record).where(Item.kind == "reply")))
            bodies = [open_json(record or b"", book.log_key) for record in records]
            last = max(range(2), key=lambda number: int(bodies[number]["index"]))
            forged = sign_json(bodies[last], NoteSigner(ORIGIN, world.log_key))
            office.change(
                "update items set record = :forged where record = :record",
                forged=forged,
                record=records[last],
            )
            with world.database.reading() as session:
                told = replies(session, find_mailbox(session, code), book.log_key)
            assert [each.text for each in told] == [BEFORE]
            assert AFTER not in reviewer.read(tip).text
