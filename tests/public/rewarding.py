"""An instance with a mint behind the keeper's socket, points to fetch cash at, and awards that were told."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from crypto.blind_rsa import MintKey
from crypto.notes import NoteSigner, sign_json
from crypto.pickup_codes import PickupCode
from crypto.tracking_codes import TrackingCode
from tests.public.instance import MOMENT, ORIGIN, Instance
from tests.public.visitor import Visitor, code_on
from tipline.ids import TipId
from tipline.keeper_client import frames
from tipline.keeper_client.collecting import Collect
from tipline.mailbox.thread import find_mailbox
from tipline.rewards.records import AwardRecord, Told

TODAY: Final = MOMENT.date()
YEAR: Final = TODAY.year
VALUES: Final = (500, 1_000, 5_000)
REWARD: Final = "/mailbox/notice"
SHOW: Final = f"{REWARD}/vouchers"
REDEEM: Final = "/redeem"
PICKUP_KEY: Final = b"p" * 32
POINTS: Final = [
    {
        "id": point,
        "names": {"zh": f"网点{point}", "en": f"Counter {point}"},
        "places": {"zh": "东街1号", "en": "1 East Street, 9 to 12"},
        "inside": inside,
        "open": is_open,
        "bank": bank,
    }
    for point, inside, is_open, bank in (
        ("near", True, True, False),
        ("far", False, True, False),
        ("bank", False, True, True),
        ("shut", False, False, False),
    )
]


@lru_cache(maxsize=2)
def mint_key(number: int = 0) -> MintKey:
    """A key for every value: what differs between keys is tested where keys are."""
    return MintKey.generate()


class Mint(socketserver.ThreadingUnixStreamServer):
    """The keeper's public socket, as far as its answers go: who may do what is tested where it is."""

    daemon_threads = True

    def __init__(self, path: Path, signer: NoteSigner) -> None:
        self.signer = signer
        self.asked: list[dict[str, Any]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        """By operation: what is answered instead."""
        self.key = mint_key()
        self.years = {YEAR}
        """Those under whose keys an award is collected; of any other it says that it was already."""
        super().__init__(str(path), _Answers)

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What the keeper answers."""
        self.asked.append(dict(request))
        if (kind := request["op"]) in self.answers:
            return self.answers[kind]
        if kind == "redeem":
            return {"ok": self._pickup(request)}
        collect = Collect.from_fields(request)
        if collect.named:
            return {"ok": {"named": True, "record": self._note(collect)}}
        if collect.year not in self.years:
            return refusal("already-collected")
        return {"ok": {"signatures": [self.key.blind_sign(blinded).hex() for _, blinded in collect.blinded]}}

    def _note(self, collect: Collect) -> str:
        granted, until = TODAY - timedelta(days=2), date(YEAR, 9, 1)
        record = AwardRecord(collect.tip.hex(), collect.award, 6_500, Told.NAMED, granted, until, 40)
        return frames.to_text(sign_json(record.to_body(ORIGIN, 40), self.signer))

    def _pickup(self, request: Mapping[str, Any]) -> dict[str, Any]:
        message = bytes.fromhex(request["message"])
        self.key.public.verify(message, bytes.fromhex(request["signature"]))
        spent = sha256(message).digest()
        code = PickupCode.derive(PICKUP_KEY, spent, 0).reveal().replace(" ", "")
        until = (TODAY + timedelta(days=31)).isoformat()
        again = sum(one.get("message") == request["message"] for one in self.asked) > 1
        return {
            "code": code,
            "point": request["point"],
            "until": until,
            "value": request["value"],
            "again": again,
        }


class _Answers(socketserver.BaseRequestHandler):
    server: Mint

    def handle(self) -> None:
        while True:
            try:
                request = frames.receive(self.request)
            except (frames.ConnectionEnded, OSError):
                return
            frames.send(self.request, self.server.answer(request))


def refusal(reason: str) -> dict[str, Any]:
    """The keeper says no."""
    return {"refused": reason, "index": -1}


AWAY: Final = {"unavailable": "It is away."}


@contextmanager
def minting(instance: Instance) -> Iterator[Mint]:
    """A mint that answers at the instance's socket."""
    with Mint(instance.settings.public_socket, instance.signer) as mint:
        thread = threading.Thread(target=mint.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield mint
        mint.shutdown()
        thread.join()


def with_rewards(instance: Instance, version: int = 2, **more: object) -> Instance:
    """The instance with a directory of keys, points and crowds."""
    modulus = mint_key().public.n_hex
    years = (YEAR - 1, YEAR)
    body: dict[str, object] = {
        "mint": [{"year": year, "keys": [{"value": one, "n": modulus} for one in VALUES]} for year in years],
        "points": POINTS,
        "crowds": [
            {"year": YEAR, "value": value, "size": size}
            for value, size in zip(VALUES, ("few", "enough", "many"), strict=True)
        ],
    }
    instance.publish(version, **(body | more))
    return instance


class Rewarded:
    """A reporter whose tip has a reward."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.code = code_on(Visitor(instance.app).report())
        with instance.database.reading() as session:
            self.tip: TipId = find_mailbox(session, TrackingCode.parse(self.code)).tip

    def told(self, signer: Any = None, **changes: Any) -> bytes:
        """Store what the keeper says of the award; by default granted two days ago."""
        fields: dict[str, Any] = {
            "tip": self.tip.hex(),
            "award": 11,
            "amount": 6_500,
            "state": Told.GRANTED,
            "granted": TODAY - timedelta(days=2),
            "until": date(YEAR, 9, 1),
            "since": 20,
        }
        record = AwardRecord(**(fields | changes))
        return self.put(sign_json(record.to_body(ORIGIN, 30), signer or self.instance.signer))

    def put(self, note: bytes) -> bytes:
        """Store a note by hand."""
        self.instance.change("delete from awards_told")
        sql = "insert into awards_told (tip, record) values (:tip, :note)"
        self.instance.change(sql, tip=self.tip, note=note)
        return note

    def inside(self, language: str = "en") -> Visitor:
        """Somebody who has opened the mailbox."""
        visitor = Visitor(self.instance.app, language=language)
        visitor.sign_in(self.code)
        return visitor

    def collect(self) -> None:
        """Press "Collect", in a visit that ends."""
        visitor = self.inside()
        answer = press(visitor, REWARD)
        assert answer.status_code == 303, answer.text
        visitor.get("/leave")

    def rows(self) -> list[bytes]:
        """What is stored of what was collected."""
        return [row[0] for row in self.instance.rows("select sealed from collected")]


def press(visitor: Visitor, path: str, **typed: object) -> Any:
    """Send a form of the mailbox with the token of its session."""
    token = visitor.hidden(REWARD)["csrf_token"]
    return visitor.post(path, {"csrf_token": token, **typed})
