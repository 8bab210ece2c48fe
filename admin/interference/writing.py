"""Filing an entry, and answering one: sealed and stored, then stated. Nothing is ever changed."""

from collections.abc import Mapping
from typing import Any

from admin.interference.errors import NobodyReads, explained
from admin.interference.forms import Filing
from admin.readings.errors import refusal
from admin.visit import Visit
from tipline.interference.contents import Answer
from tipline.interference.storing import drop_item, keep_item
from tipline.interference.ways import ANSWER, INTERFERENCE
from tipline.keeper_client import Reason, Refused


def file(visit: Visit, filing: Filing) -> int:
    """File an entry; its index in the log.

    Raises:
        NobodyReads: nobody else could read it.
        AdminError: the keeper refused it; the sentence says why.
        KeeperError: nothing was proved to be logged.
    """
    fields = {"excluded": list(filing.excluded)}
    try:
        return _state(visit, INTERFERENCE, filing.account.encode(), fields)
    except Refused as refused:
        raise NobodyReads if refused.reason is Reason.NOT_ALLOWED else refusal(refused.reason) from refused


def answer(visit: Visit, entry: int, said: Answer) -> int:
    """Answer an entry; the answer's index in the log.

    Raises:
        OwnEntry: whoever filed it.
        AdminError: as `file`.
        KeeperError: nothing was proved to be logged.
    """
    try:
        return _state(visit, ANSWER, said.encode(), {"entry": entry})
    except Refused as refused:
        raise explained(refused.reason) from refused


def _state(visit: Visit, kind: str, content: bytes, fields: Mapping[str, Any]) -> int:
    use = visit.services
    with use.database.writing() as session:
        item = keep_item(session, content, visit.directory, use.clock.today())
    named = {"item": item.id.hex(), "hash": item.digest.hex()}
    try:
        return use.keeper.append(visit.sign(kind, {**fields, **named})).index
    except Refused:
        with use.database.writing() as session:
            drop_item(session, item.id)
        raise
