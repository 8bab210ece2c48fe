"""Somebody with stolen files, who tries every key they hold on everything that is sealed.

Written by `docs/formats.md` alone, with age, HKDF and AES-GCM, and none of the service's own ways to open: a
slip is an age file with 1,024 bytes of policy in front of the next one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from crypto import age
from crypto.boxes import open_box
from crypto.canonical import encode
from crypto.errors import CryptoError
from crypto.keys import Identity, MemberSeed, derive
from crypto.tracking_codes import TrackingCode
from tests.journeys.store import rows
from tests.journeys.trial import Trial

POLICY = 1_024
SEED = 32
CODE = 16
AGE = b"age-encryption.org/v1\n"
KEY_TEXT = re.compile(rb"AGE-SECRET-KEY-PQ-1[0-9A-Z]+")
HEX_KEY = re.compile(rb"\b[0-9a-f]{64}\b")
BOX_INFOS = (
    "tipline/card",
    "tipline/session/seed",
    "tipline/session/cards",
    "tipline/session/form",
    "tipline/mailbox/session",
    "tipline/report-form",
    "tipline/code/marker",
    "tipline/code/root",
    "tipline/account",
)


@dataclass(frozen=True)
class Box:
    """Something under AES-GCM, with what is bound to it."""

    data: bytes
    context: bytes


@dataclass
class Thief:
    """What was stolen, the keys in it, and what has opened: plaintext by the name of the sealed thing."""

    sealed: dict[str, bytes] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    opened: dict[str, bytes] = field(default_factory=dict)
    identities: dict[bytes, Identity] = field(default_factory=dict)
    box_keys: set[bytes] = field(default_factory=set)
    _tried: set[tuple[str, bytes]] = field(default_factory=set)

    def hold(self, seed: bytes) -> None:
        """Have a key, and everything that could be derived from it."""
        if seed not in self.identities:
            self.identities[seed] = Identity.from_seed(seed)
            self.box_keys |= {seed, *(derive(seed, info) for info in BOX_INFOS)}

    def hold_member(self, seed: bytes) -> None:
        """Have a member's unlocked seed."""
        self.hold(seed)
        self.hold(MemberSeed(seed).identity.seed)

    def guess(self, value: bytes) -> None:
        """Take any stolen bytes for a key: whole, their beginning or their end, or written in them."""
        for part in (value, value[:SEED], value[-SEED:]):
            if len(part) == SEED:
                self.hold(part)
        if len(value) == CODE:
            code = TrackingCode.from_bytes(value)
            self.hold(code.identity.seed)
            self.box_keys |= {derive(value, info) for info in BOX_INFOS} | {code.marker_key}
        for text in KEY_TEXT.findall(value):
            self.hold(Identity.parse(text.decode()).seed)
        for digits in HEX_KEY.findall(value):
            self.hold(bytes.fromhex(digits.decode()))

    def open_everything(self) -> Mapping[str, bytes]:
        """Try every key on everything; what opens may hold more keys and more sealed things."""
        while fresh := dict(self._round()):
            self.opened |= fresh
            for name, plaintext in fresh.items():
                self._look_inside(name, plaintext)
        return self.opened

    def _round(self) -> Iterator[tuple[str, bytes]]:
        for name, data in self.sealed.items():
            seeds = [seed for seed in self.identities if (name, seed) not in self._tried]
            if name in self.opened or not seeds:
                continue
            self._tried |= {(name, seed) for seed in seeds}
            try:
                yield name, age.unseal(data, [self.identities[seed] for seed in seeds])
            except CryptoError:
                continue
        for name, box in self.boxes.items():
            keys = [key for key in self.box_keys if (name, key) not in self._tried]
            self._tried |= {(name, key) for key in keys}
            if name not in self.opened:
                yield from _opened_box(name, box, keys)

    def _look_inside(self, name: str, plaintext: bytes) -> None:
        if plaintext[POLICY:].startswith(AGE):
            self.sealed[f"inside {name}"] = plaintext[POLICY:]
        elif len(plaintext) <= 4 * SEED:
            self.guess(plaintext)


def _opened_box(name: str, box: Box, keys: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    for key in keys:
        try:
            yield name, open_box(key, box.data, box.context)
        except CryptoError:
            continue
        return


def steal_database(thief: Thief, trial: Trial, tips: Iterable[bytes]) -> None:
    """The main database, cards included, and the sealed files. Of tips, only these, to keep it short."""
    for tip in tips:
        _steal_tip(thief, trial, tip)
    for desk, epoch, member, sealed in rows(trial, "SELECT desk, epoch, member_id, sealed FROM desk_seals"):
        thief.sealed[f"seal {desk} {epoch} {member}"] = sealed
    for name, salt, wrapped in rows(trial, "SELECT name, name_salt, wrapped FROM accounts"):
        # Version byte, salt, box: without password and key file there is only guessing.
        thief.boxes[f"account {name}"] = Box(wrapped[17:], wrapped[:17])
        thief.guess(salt)
        thief.guess(wrapped)
    accounts = dict(rows(trial, "SELECT member_id, wrapped FROM accounts"))
    query = "SELECT token_hash, member_id, started_at, wrapped, keys FROM staff_sessions"
    for token, member, started, wrapped, keys in rows(trial, query):
        at = datetime.fromisoformat(started).isoformat(timespec="seconds")
        account = sha256(accounts[member]).hexdigest()
        context = encode({"session": token.hex(), "member": member, "started": at, "account": account})
        thief.boxes[f"session {token.hex()}"] = Box(wrapped, context)
        thief.boxes[f"session keys {token.hex()}"] = Box(keys, context)
        thief.guess(token)
    for (note,) in rows(trial, "SELECT note FROM directory_notes"):
        thief.guess(note)


def _steal_tip(thief: Thief, trial: Trial, tip: bytes) -> None:
    query = "SELECT locator, card_group, card_version, card_box, marker, root FROM tips WHERE id = ?"
    [(locator, group, version, box, marker, root)] = rows(trial, query, tip)
    if box:
        context = encode({"tip": tip.hex(), "group": group.hex(), "version": version})
        thief.boxes[f"card {tip.hex()}"] = Box(box, context)
        thief.guess(group)
    thief.boxes[f"marker {tip.hex()}"] = Box(marker, b"tipline/marker\n" + tip)
    thief.boxes[f"root {tip.hex()}"] = Box(root, b"tipline/root\n" + tip)
    for value in (tip, locator):
        thief.guess(value)
    query = "SELECT id, kind, digest, sealed, claim_signature FROM items WHERE tip_id = ?"
    for item, kind, digest, sealed, signature in rows(trial, query, tip):
        path = trial.data / "files" / item.hex()[:2] / item.hex()
        thief.sealed[f"item {kind} {item.hex()}"] = sealed if sealed is not None else path.read_bytes()
        for value in (item, digest, signature):
            thief.guess(value)
        for desk, slip in rows(trial, "SELECT desk, slip FROM slips WHERE item_id = ?", item):
            thief.sealed[f"slip {kind} {desk} {item.hex()}"] = slip


def steal_folder(thief: Thief, folder: Path) -> None:
    """Files of a process: keys, memories, whatever they hold."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.endswith((".db", ".db-journal")):
            data = path.read_bytes()
            thief.guess(data)
            for start in range(0, min(len(data) - SEED, 3 * SEED) + 1, 8):
                thief.hold(data[start : start + SEED])


def steal_keeper(thief: Thief, trial: Trial) -> None:
    """The keeper's folder, with its database: the slips of card keys lie there."""
    steal_folder(thief, trial.data / "keeper")
    query = 'SELECT "group", desk, slip FROM card_groups'
    for group, desk, slip in rows(trial, query, database="keeper/keeper.db"):
        thief.sealed[f"slip card-key {desk} {group.hex()}"] = slip
