"""What leaves the keeper after a batch is durable: the entry with its proofs, and what was granted."""

from datetime import UTC, datetime
from typing import Any

from crypto.keys import Identity
from crypto.notes import NoteSigner, sign_json
from crypto.policies import Route
from tipline.keeper.asked import LIST, RELEASE
from tipline.keeper.batch import Done
from tipline.keeper.log import Log, Published
from tipline.keeper.release import open_card_key
from tipline.keeper_client.frames import to_text
from tipline.keeper_client.records import RECORDED, record_body


class Answers:
    """Builds answers; each belongs to the checkpoint that was signed last."""

    def __init__(self, log: Log, signer: NoteSigner, keeper: Identity) -> None:
        self._log = log
        self._signer = signer
        self._keeper = keeper

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
        elif done.statement.body["type"] in RECORDED:
            answer["record"] = to_text(self.record(done))
        return answer

    def head(self, published: Published, seen: int) -> dict[str, Any]:
        """A checkpoint, and that it continues the one of `seen` entries; nothing when that is larger."""
        proof = self._log.consistency(seen, published.size) if seen <= published.size else []
        return {"checkpoint": to_text(published.checkpoint), "consistency": hashes_to_text(proof)}

    def record(self, done: Done) -> bytes:
        """What both sites check instead of trusting a row of the main database."""
        day = datetime.fromtimestamp(done.at, UTC).date().isoformat()
        return sign_json(record_body(done.statement, done.logged.index, day), self._signer)

    def _groups(self, done: Done) -> list[dict[str, Any]]:
        groups = []
        for key in done.granted.card_keys:
            opened = open_card_key(key.slip, self._keeper)
            if opened is not None:  # otherwise it is under an older key of the keeper's
                inner = to_text(opened.inner)
                groups.append({"group": key.group.hex(), "excluded": list(key.excluded), "inner": inner})
        return groups


def _route(route: Route) -> dict[str, list[str]]:
    return {"desks": list(route.desks), "excluded": list(route.excluded)}


def hashes_to_text(hashes: list[bytes]) -> str:
    """A proof as it stands in a frame: its hashes one after the other."""
    return to_text(b"".join(hashes))
