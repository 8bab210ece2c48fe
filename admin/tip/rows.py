"""The rows of tips after a statement about them: they say what the log says."""

from collections.abc import Iterable, Mapping

from sqlalchemy.exc import SQLAlchemyError

from admin.tip.errors import LoggedButNotListed
from admin.tip.records import record_index
from admin.visit import Visit
from tipline.ids import TipId
from tipline.keeper_client import Appended, KeeperError, TipView
from tipline.tips.columns import write_case
from tipline.tips.models import Tip


def follow(visit: Visit, tips: Iterable[TipId], appended: Appended) -> None:
    """Bring the rows of these tips up to date after a statement.

    Of two members who act at once, one may write what it asked the keeper before the other's statement. So
    the keeper is asked again after each writing, until the rows hold what it says.

    Raises:
        LoggedButNotListed: the statement counts, only the rows are behind.
    """
    names = [tip.hex() for tip in tips]
    keeper = visit.services.keeper
    try:
        views = keeper.states(names)
        while True:
            _write(visit, views, appended.records)
            now = keeper.states(names)
            if now == views:
                return
            views = now
    except (KeeperError, SQLAlchemyError) as error:
        raise LoggedButNotListed from error


def _write(visit: Visit, views: Mapping[str, TipView], records: Mapping[str, bytes]) -> None:
    with visit.services.database.writing() as session:
        for name, view in views.items():
            row = session.get(Tip, bytes.fromhex(name))
            if row is not None:
                write_case(row, view, _newer(visit, row, records.get(name)))


def _newer(visit: Visit, row: Tip, record: bytes | None) -> bytes | None:
    """A record, unless the row has a later one already."""
    if record is None or row.state_record is None:
        return record
    log_key = visit.services.log_key
    later = record_index(row.state_record, log_key) > record_index(record, log_key)
    return None if later else record
