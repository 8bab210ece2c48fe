"""What the digests of rows are of, and that a batch makes the same hashes as all of them anew."""

import hmac
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crypto.keys import Identity, derive
from tipline.database import Database
from tipline.keeper.digests.anew import take_anew
from tipline.keeper.digests.buckets import BucketHashes, Changed, read_hashes
from tipline.keeper.digests.errors import RowsChanged
from tipline.keeper.digests.rows import Rows
from tipline.keeper.digests.seal import NO_CHANGES, RowSeal, with_change
from tipline.keeper.digests.tables import ITEMS, LETTERS, digest_of
from tipline.keeper.migrations import upgrade


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty keeper's database."""
    database = Database(f"sqlite:///{tmp_path / 'keeper.db'}")
    upgrade(database.engine)
    yield database
    database.dispose()


def item(number: int, kind: str = "text") -> dict[str, Any]:
    return {"item": number.to_bytes(16, "big"), "tip": bytes(16), "digest": bytes(32), "kind": kind}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((b"1",), ("1",)),
        (("1",), (1,)),
        (("ab", "c"), ("a", "bc")),
        (("a",), ("a", "")),
        ((0.0,), (0,)),
        ((None,), ("",)),
    ],
    ids=repr,
)
def test_rows_that_differ_in_anything_have_other_digests(
    one: tuple[object, ...], other: tuple[object, ...]
) -> None:
    assert digest_of(one) != digest_of(other)


def test_a_digest_is_as_the_formats_say() -> None:
    packed = b"i" + (4).to_bytes(8, "big") + b"2026" + b"s" + (6).to_bytes(8, "big") + b"intake"
    assert LETTERS.place((2026, "intake")) == sha256(b"letters\0" + packed).digest()
    count = b"i" + (1).to_bytes(8, "big") + b"7"
    assert digest_of((2026, "intake", 7)) == sha256(packed + count).digest()
    empty = sha256(sha256(bytes(256 * 32)).digest() * 256).digest()
    assert BucketHashes().root == empty


def test_batches_make_the_hashes_that_all_rows_give_anew(database: Database) -> None:
    chance, hashes = Random(5), BucketHashes()
    for _ in range(4):
        with database.changing() as connection:
            rows = Rows(connection, hashes)
            some = {number: item(number, chance.choice("ab")) for number in chance.sample(range(500), 200)}
            rows.put(ITEMS, some.values())
            changed = rows.store()
        hashes.adopt(changed)
        with database.changing() as connection:
            assert read_hashes(connection).root == hashes.root
    with database.changing() as connection:
        anew = take_anew(connection)
        before = Rows(connection, hashes)
        with pytest.raises(RowsChanged):  # `row_counts` has a row since, of which `hashes` knows nothing
            before.count("decoys")
        assert Rows(connection, anew).count("decoys") == 0
        assert read_hashes(connection).root == anew.root
        pages, after = [], None
        while page := ITEMS.page(connection, after, 64):
            pages += page
            after = ITEMS.key_of(page[-1])
        Rows(connection, anew).check(ITEMS, pages)
    assert [row[0] for row in pages] == sorted({row[0] for row in pages})


def test_a_table_with_a_key_of_two_columns_is_paged_within_the_first(database: Database) -> None:
    years = [{"year": year, "desk": desk, "count": 1} for year in (2025, 2026) for desk in ("a", "b", "c")]
    with database.changing() as connection:
        Rows(connection, BucketHashes()).put(LETTERS, years)
        found, after = [], None
        while page := LETTERS.page(connection, after, 2):
            found += page
            after = LETTERS.key_of(page[-1])
    assert [row[:2] for row in found] == [(one["year"], one["desk"]) for one in years]


def test_a_row_that_is_gone_is_not_written_again_in_silence(database: Database) -> None:
    hashes = BucketHashes()
    with database.changing() as connection:
        rows = Rows(connection, hashes)
        rows.put(ITEMS, [item(1)])
        hashes.adopt(rows.store())
        connection.exec_driver_sql("delete from items")
        with pytest.raises(RowsChanged):
            Rows(connection, hashes).put(ITEMS, [item(1, "note")])


def test_a_seal_is_of_one_key_one_head_one_root_and_one_roster() -> None:
    keeper = Identity.generate()
    seal = RowSeal(keeper)
    roster = with_change(NO_CHANGES, 3, b"\2" * 32)
    made = seal.make(b"note", bytes(32), roster)
    message = b"tipline-rows-v1\n" + sha256(b"note").digest() + bytes(32) + roster
    assert made == hmac.digest(derive(keeper.seed, "tipline-rows-v1"), message, "sha256")
    assert roster == sha256(bytes(32) + (3).to_bytes(8, "big") + b"\2" * 32).digest()
    seal.check(made, b"note", bytes(32), roster)
    other = with_change(NO_CHANGES, 4, b"\2" * 32)
    wrong = [(b"other", bytes(32), roster), (b"note", b"\1" * 32, roster), (b"note", bytes(32), other)]
    for note, root, changes in wrong:
        with pytest.raises(RowsChanged):
            seal.check(made, note, root, changes)
    with pytest.raises(RowsChanged):
        RowSeal(Identity.generate()).check(made, b"note", bytes(32), roster)
    with pytest.raises(RowsChanged):
        seal.check(b"", b"note", bytes(32), roster)


def test_who_follows_rows_learns_each_that_was_written_and_when_that_is_too_long_ago(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tipline.keeper.digests.buckets.MOST_WRITTEN", 2)
    hashes = BucketHashes()
    written = [("awards", (bytes([number]),)) for number in range(5)]
    for one in written[:4]:
        hashes.adopt(Changed({}, {}, hashes.root, [one]))
    assert hashes.since(1) == written[1:4]
    assert hashes.since(hashes.turn) == []
    hashes.adopt(Changed({}, {}, hashes.root, [written[4]]))
    assert (hashes.turn, hashes.since(3), hashes.since(2)) == (5, written[3:], None)


def test_rows_that_were_written_meanwhile_are_no_moment(database: Database) -> None:
    hashes = BucketHashes()
    with database.reading() as session:
        rows = Rows(session.connection(), hashes, hashes.turn)
        rows.require_still()
        hashes.adopt(Changed({}, {}, hashes.root, [("awards", (b"1",))]))
        with pytest.raises(RowsChanged):
            rows.require_still()
