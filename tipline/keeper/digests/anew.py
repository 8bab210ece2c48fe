"""Taking the digests of all rows anew, from the rows as they are: two members have said that they count."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from tipline.ids import PAYMENTS
from tipline.keeper import models
from tipline.keeper.alerting.models import OPEN
from tipline.keeper.digests.buckets import LEAF, BucketHashes
from tipline.keeper.digests.rows import bucket_of, hash_of
from tipline.keeper.digests.tables import (
    ALERTS,
    AWARDS,
    BUDGETS,
    CARD_GROUPS,
    DECOYS,
    DISCLOSURES,
    GUARDED,
    INTERFERENCE,
    MINT_KEYS,
    OPEN_ALERTS,
    ROW_COUNTS,
    TIPS,
    VOUCHERS,
    Guarded,
    Values,
    digest_of,
)
from tipline.keeper.disclosing import standing
from tipline.keeper.heads import Stop, Stopped
from tipline.keeper.prepared import Prepared

_PAGE: Final = 5_000
_NEW_BUCKET: Final = Prepared(insert(models.row_digests))


def take_anew(connection: Connection) -> BucketHashes:
    """Forget all digests, count anew what is counted, and take every row for what it is.

    A row with words where bytes belong gets none: nobody can make anything of it. Needs 64 bytes of memory
    for each row.
    """
    connection.execute(delete(models.row_digests))
    connection.execute(delete(models.row_counts))
    connection.execute(
        insert(models.row_counts), [{"of": of, "count": count} for of, count in _counts(connection)]
    )
    hashes = {}
    for bucket, leaves in _buckets(connection):
        hashes[bucket] = hash_of(leaves)
        _NEW_BUCKET.run(connection, {"bucket": bucket, "hash": hashes[bucket], "leaves": leaves})
    return BucketHashes(hashes.items())


def with_rows(stopped: Stopped, connection: Connection) -> Stopped:
    """Why the keeper stopped, with the root over the rows as they are just now, where it is about rows.

    Two people let those rows count that they were shown. The root is that of `take_anew`; nothing is written.
    """
    if stopped.what is not Stop.ROWS:
        return stopped
    hashes = BucketHashes((bucket, hash_of(leaves)) for bucket, leaves in _buckets(connection))
    return replace(stopped, rows=hashes.root.hex())


def _buckets(connection: Connection) -> Iterator[tuple[int, bytes]]:
    """Each bucket that has leaves, with them; how many rows there are is counted, and not read."""
    leaves: defaultdict[int, bytearray] = defaultdict(bytearray)
    for table in GUARDED:
        for row in _counts(connection) if table is ROW_COUNTS else _rows(connection, table):
            place = table.place(table.key_of(row))
            if table.has_form(row):
                leaves[bucket_of(place)] += place + digest_of(row)
    for bucket, unsorted in leaves.items():
        yield (
            bucket,
            b"".join(sorted(bytes(unsorted[at : at + LEAF]) for at in range(0, len(unsorted), LEAF))),
        )


def _rows(connection: Connection, table: Guarded) -> Iterator[Values]:
    after = None
    while rows := table.page(connection, after, _PAGE):
        yield from rows
        after = table.key_of(rows[-1])


def _counts(connection: Connection) -> list[Values]:
    """The rows of `row_counts` as they should be."""
    groups, requests = CARD_GROUPS.table, DISCLOSURES.table
    found = connection.execute(select(groups.c.desk, func.count()).group_by(groups.c.desk)).all()
    counts: list[Values] = [(f"{CARD_GROUPS.name}/{desk}", number) for desk, number in found]
    payees = select(requests.c.tip, func.count()).where(requests.c.desk == PAYMENTS).group_by(requests.c.tip)
    asked = [(tip, number) for tip, number in connection.execute(payees) if isinstance(tip, bytes)]
    counts += [(standing.count_of_payee(tip), number) for tip, number in asked]
    states = select(AWARDS.table.c.state, func.count()).group_by(AWARDS.table.c.state)
    counts += [(f"{AWARDS.name}/{state}", number) for state, number in connection.execute(states)]
    all_of = select(func.count())
    for of, query in (
        (TIPS.name, all_of.select_from(TIPS.table)),
        (DECOYS.name, all_of.select_from(DECOYS.table)),
        (INTERFERENCE.name, all_of.select_from(INTERFERENCE.table)),
        *((table.name, all_of.select_from(table.table)) for table in (AWARDS, BUDGETS, MINT_KEYS, VOUCHERS)),
        (OPEN_ALERTS, all_of.where(ALERTS.table.c.review == OPEN)),
        (standing.ALL, all_of.select_from(requests)),
        (standing.UNDECIDED, all_of.where(requests.c.state == standing.OPEN)),
    ):
        counts.append((of, connection.scalar(query) or 0))
    return counts
