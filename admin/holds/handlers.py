"""What follows a hold that two people have signed."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from crypto.statements import Statement
from tipline.keeper_client import Appended
from tipline.proposals.service import Followed

HOLD, UNHOLD = "hold", "unhold"


def _nothing(_session: Session, _statement: Statement, _appended: Appended) -> None:
    """No column remembers a hold: the keeper alone is asked before a tip goes."""


HANDLERS: Final[Mapping[str, Followed]] = {HOLD: _nothing, UNHOLD: _nothing}
