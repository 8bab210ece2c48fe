"""What leaves the keeper after a batch is durable: the entry with its proofs, and what was granted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from crypto.keys import Identity
from crypto.merkle import leaf_hash
from crypto.notes import NoteSigner, sign_json
from crypto.policies import Route
from crypto.windows import Window
from tipline.keeper.asked import LIST, RELEASE, UNLOCK, VIEW
from tipline.keeper.batch import Done, Looked
from tipline.keeper.log import Log, Published, Row
from tipline.keeper.pins import Standing
from tipline.keeper.release import open_card_key
from tipline.keeper_client.frames import to_text
from tipline.keeper_client.records import (
    RECORDED,
    STANDING_TYPES,
    record_body,
    restated_body,
    standing_body,
)

_PROOFS: Final = 64
"""Proofs that are kept: the answers of one batch mostly begin and end at the same checkpoints."""


class Answers:
    """Builds answers; each belongs to the checkpoint that was signed last."""

    def __init__(self, log: Log, signer: NoteSigner, keeper: Identity) -> None:
        self._log = log
        self._signer = signer
        self._keeper = keeper
        # By the checkpoint, not by its size alone: a log that was set back has other trees of that size.
        self._continues = lru_cache(maxsize=_PROOFS)(self._proof)

    def done(self, op: str, done: Done, published: Published, seen: int) -> dict[str, Any]:
        """A done statement: its entry and proofs, its record, and what `op` hands out."""
        logged = done.logged
        answer: dict[str, Any] = {
            "index": logged.index,
            "salt": to_text(logged.salt),
            "entry": to_text(logged.data),
            "proof": hashes_to_text(self._log.inclusion(logged.index, published.size)),
            **self.head(published, seen),
        }
        if op == RELEASE:
            answer["inner"] = [to_text(inner) for _, inner in done.granted.inner]
            answer["route"] = _route(done.granted.routes[0])
        elif op == LIST:
            answer["inner"] = {item: to_text(inner) for item, inner in done.granted.inner}
            answer["groups"] = self._groups(done)
            items = (item for item, _ in done.granted.inner)
            answer["routes"] = dict(zip(items, map(_route, done.granted.routes), strict=True))
        elif op in (UNLOCK, VIEW):
            [(_, inner)] = done.granted.inner
            answer |= {"inner": to_text(inner), "window": _window(done.granted.window)}
        elif done.granted.pickup is not None:
            answer |= done.granted.pickup
        elif done.granted.told is not None:
            told = done.granted.told
            note = sign_json(told.to_body(self._signer.name, done.logged.index), self._signer)
            answer |= {"told": to_text(note), "tip": told.tip}
        elif done.statement.body["type"] in RECORDED:
            answer["record"] = to_text(self.record(done))
        if done.statement.body["type"] in STANDING_TYPES:
            answer["records"] = self.records(done)
        return answer

    def looked(self, looked: Looked) -> dict[str, Any]:
        """What the keeper stated by itself: entries of each kind, and the records of tips that changed."""
        kinds = Counter(str(done.statement.body["type"]) for done in looked.done)
        records = {tip: note for done in looked.done for tip, note in self.records(done).items()}
        return {"stated": dict(kinds), "records": records}

    def records(self, done: Done) -> dict[str, str]:
        """For each tip that a statement changed, what its reporter may know of it now."""
        return {
            tip: to_text(
                sign_json(
                    standing_body(done.statement, done.logged.index, _day(done.at), tip, case), self._signer
                )
            )
            for tip, case in done.granted.cases
        }

    def restated(self, standings: Mapping[bytes, Standing], index: int, today: date) -> dict[str, str]:
        """For each tip what its reporter may know of it now, when the log has reached an entry."""
        log, day = self._signer.name, today.isoformat()
        bodies = {
            tip.hex(): restated_body(log, index, day, tip.hex(), standing.case)
            for tip, standing in standings.items()
        }
        return {tip: to_text(sign_json(body, self._signer)) for tip, body in bodies.items()}

    def head(self, published: Published, seen: int) -> dict[str, Any]:
        """A checkpoint, and that it continues the one of `seen` entries; nothing when that is larger.

        Also that it continues the one published before it: whoever asks many questions at once has taken
        that one over meanwhile.
        """
        return {
            "checkpoint": to_text(published.checkpoint),
            "consistency": self._continues(seen, published),
            "before": published.before,
            "step": self._continues(published.before, published),
        }

    def _proof(self, old: int, published: Published) -> str:
        return hashes_to_text(self._log.consistency(old, published.size) if old <= published.size else [])

    def record(self, done: Done) -> bytes:
        """What both sites check instead of trusting a row of the main database."""
        return sign_json(record_body(done.statement, done.logged.index, _day(done.at)), self._signer)

    def _groups(self, done: Done) -> list[dict[str, Any]]:
        groups = []
        for key in done.granted.card_keys:
            opened = open_card_key(key.slip, self._keeper)
            if opened is not None:  # otherwise it is under an older key of the keeper's
                named = {"group": key.group.hex(), "excluded": list(key.excluded)}
                groups.append({**named, "epoch": opened.policy.epoch, "inner": to_text(opened.inner)})
        return groups


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _window(window: Window | None) -> dict[str, Any]:
    return asdict(window) if window is not None else {}


def _route(route: Route) -> dict[str, list[str]]:
    return {"desks": list(route.desks), "excluded": list(route.excluded)}


def plain_rows(rows: list[Row]) -> list[dict[str, Any]]:
    """Entries as they stand in a frame, without proofs; of a forgotten one the leaf hash."""
    return [
        {"index": index, "salt": to_text(salt), "entry": to_text(entry)}
        if entry
        else {"index": index, "leaf": to_text(leaf_hash(salt))}
        for index, salt, entry in rows
    ]


def hashes_to_text(hashes: list[bytes]) -> str:
    """A proof as it stands in a frame: its hashes one after the other."""
    return to_text(b"".join(hashes))
