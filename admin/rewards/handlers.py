"""What follows what two people of the reward office have signed."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from crypto.statements import Statement
from tipline.awards.storing import keep_records
from tipline.keeper_client import AdminKeeper, Appended, KeeperError
from tipline.proposals.service import Followed

BUDGET: Final = "reward-budget"
CANCEL: Final = "reward-cancel"
OPEN: Final = "reward-open"


def reward_handlers(keeper: AdminKeeper) -> Mapping[str, Followed]:
    """What follows each of them: mailboxes tell how awards stand now."""

    def follow(session: Session, _statement: Statement, appended: Appended) -> None:
        try:
            records = keeper.rewards.records(since=appended.index)
        except KeeperError:
            return  # it is in the log; the hourly look brings the mailboxes what it means
        keep_records(session, records)

    return dict.fromkeys((BUDGET, CANCEL, OPEN), follow)
