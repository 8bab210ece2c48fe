"""A log of a million entries on an instance of its own: what the measurements of a grown log need.

The entries are written as rows: having as many statements signed and logged would take twenty minutes.
Their signatures are none, so this is a log for those who count, search and hash, and no keeper runs on it.
Made once for all measurements of a run.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select

from crypto.randomness import random_bytes
from crypto.statements import DONE, REFUSED, SALT_LENGTH, VERSION, Entry, Statement
from tipline.bench.operations.grown_log import AT_ONCE, UNSIGNED, grown_log
from tipline.bench.stage import Stage
from tipline.instance.founding import make_instance
from tipline.keeper import models
from tipline.keeper.prepared import Prepared
from tipline.lookups.facets import HOUR
from tipline.settings import Settings
from tipline.trial.service import township

LENGTH: Final = 1_000_000
YEARS: Final = timedelta(days=730)
"""Over how long a time the entries are spread, from the first one on."""
FOLDER: Final = "long-log"
MEMBERS: Final = 40
TIPS: Final = 5_000
ENTRIES_TO_AN_ITEM: Final = 10
"""An item is read, answered and listed so often."""

_AT: Final = 1_234_567_890
_NONCE, _TIP = "0" * 31 + "1", "0" * 31 + "2"
_NEW_ITEM: Final = Prepared(insert(models.items))


@dataclass(frozen=True)
class _Kind:
    """Entries of one kind by one member: their text with places for time, nonce and tip; their columns."""

    text: bytes
    columns: dict[str, Any]
    has_tip: bool

    def row(self, index: int, at: int, salt: bytes) -> dict[str, Any]:
        tip = index * 7919 % TIPS
        values = (at, at, index, tip) if self.has_tip else (at, at, index)
        entry = self.text % values
        named = tip.to_bytes(16, "big") if self.has_tip else b""
        places = {"index": index, "at": at, "hour": at // HOUR}
        return {**self.columns, **places, "tip": named, "salt": salt, "entry": entry}


def long_log(stage: Stage) -> Settings:
    """The instance with the long log; made when it is first asked for."""
    data = stage.settings.data.parent / FOLDER
    environment = {"TIPLINE_DATA": str(data), "TIPLINE_RAM": str(stage.settings.ram)}
    if not (data / "site.json").exists():
        stage.tell(f"Making a log of {LENGTH:,} entries …")
        settings = make_instance(
            environment, township(), stage.clock, trial=True, keep=lambda _: None, tell=lambda _: None
        )
        lengthen(settings, LENGTH, items=LENGTH // ENTRIES_TO_AN_ITEM)
    return Settings.from_mapping(environment)


def lengthen(settings: Settings, length: int, *, items: int = 0) -> None:
    """Write entries after those that are there, until there are so many, and pin items."""
    with grown_log(settings) as log:
        begin = log.connection.scalar(select(func.max(models.entries.c.at))) or 0
        for rows in _batches(settings.origin, range(log.tree.size, length), begin):
            log.add(rows, rows)
        _pin_items(log.connection, items)


def _pin_items(connection: Connection, count: int) -> None:
    ids = random_bytes(16 * count)
    rows = (
        {
            "item": ids[16 * place : 16 * place + 16],
            "tip": (place % TIPS).to_bytes(16, "big"),
            "digest": bytes(32),
            "kind": "text",
        }
        for place in range(count)
    )
    _NEW_ITEM.run(connection, list(rows))


def _batches(origin: str, indices: range, begin: int) -> Iterator[list[dict[str, Any]]]:
    kinds = _kinds(origin)
    step = YEARS.total_seconds() / indices.stop
    for start in range(0, len(indices), AT_ONCE):
        some = indices[start : start + AT_ONCE]
        salts = random_bytes(SALT_LENGTH * len(some))
        yield [
            kinds[index % len(kinds)].row(index, begin + int(index * step), salts[at : at + SALT_LENGTH])
            for at, index in zip(range(0, len(salts), SALT_LENGTH), some, strict=True)
        ]


def _kinds(origin: str) -> list[_Kind]:
    """A mixture as a working office has it: mostly readings and lists, some refused."""
    item = {"item": "0" * 32, "hash": "1" * 64}
    reading = {"desk": "intake", "tip": _TIP, "items": [item, item]}
    move = {"desk": "intake", "tip": _TIP, "from": "received", "to": "screening", "detail": {}, "reason": {}}
    listing = {"desk": "intake", "items": [item]}
    return [
        _kind(origin, member, *kind)
        for member in (f"m{number:08x}" for number in range(MEMBERS))
        for kind in (
            ("read", {**reading, "purpose": "triage"}, ""),
            ("list", listing, ""),
            ("read", {**reading, "purpose": "verification"}, ""),
            ("reply", {"desk": "intake", "tip": _TIP, **item}, ""),
            ("read", {**reading, "purpose": "triage"}, "not-allowed"),
            ("audit", {"first": 0, "count": 1}, ""),
            ("move", move, ""),
            ("list", listing, ""),
        )
    ]


def _kind(origin: str, member: str, kind: str, fields: dict[str, Any], reason: str) -> _Kind:
    common = {"v": VERSION, "log": origin, "type": kind, "at": _AT, "nonce": _NONCE, "by": [member]}
    outcome = REFUSED if reason else DONE
    statement = Statement({**common, **fields}, {member: UNSIGNED})
    text = Entry(_AT, outcome, reason, statement).encode()
    places = ((str(_AT), b"%d"), (_NONCE, b"%032x"), (_TIP, b"%032x"))
    for mark, place in places:
        text = text.replace(mark.encode(), place)
    facets = {
        "member": member,
        "also": "",
        "desk": fields.get("desk", ""),
        "purpose": fields.get("purpose", ""),
    }
    columns = {"type": kind, "actor": member, "outcome": outcome, "reason": reason, **facets}
    return _Kind(text, columns, _TIP in json.dumps(fields))
