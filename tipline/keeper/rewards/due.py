"""What the daily look has to look at: found in memory before its batch, read from the rows in it.

The batch must not read all rows: meanwhile nothing else is logged. So it is handed the tips and vouchers that
may matter, and adds those that were written since they were looked for. Each counts as its row says.
"""

from collections.abc import Iterable

from tipline.keeper.asked import Due
from tipline.keeper.digests.tables import AWARDS, VOUCHERS, Guarded
from tipline.keeper.rewards import awards
from tipline.keeper.rewards.money import VoucherRow
from tipline.keeper.state import Draft
from tipline.rewards.award import Award


def is_known(due: Due, draft: Draft) -> bool:
    """Whether these are the rows that it is of; the next look finds others."""
    return due.rows is draft.rows.hashes and due.rows.since(due.turn) is not None


def awards_due(due: Due, draft: Draft) -> list[Award]:
    """The latest awards of those tips, in the order of their proposals.

    Raises:
        RowsChanged: a row is not as it was written, or is gone.
    """
    found = awards.of_tips(draft.rows, _with_written(AWARDS, due.tips, due, draft))
    return sorted(found.values(), key=lambda award: award.index)


def vouchers_due(due: Due, draft: Draft) -> list[VoucherRow]:
    """Those vouchers, by their hashes.

    Raises:
        RowsChanged: a row is not as it was written, or is gone.
    """
    wanted = [(spent,) for spent in _with_written(VOUCHERS, due.vouchers, due, draft)]
    return sorted(VoucherRow(*row) for row in draft.rows.find({VOUCHERS: wanted})[VOUCHERS].values())


def _with_written(table: Guarded, keys: Iterable[bytes], due: Due, draft: Draft) -> list[bytes]:
    since = [*(due.rows.since(due.turn) or ()), *draft.rows.written]
    return list(dict.fromkeys([*keys, *(key[0] for name, key in since if name == table.name)]))
