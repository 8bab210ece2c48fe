#!/usr/bin/env python3
"""Verify an export or an evidence pack of a tip line's access log, on any machine.

    python3 verify_log.py FILE --key 'NAME+ID+KEY'

One file; it needs Python 3.11, its standard library and `cryptography` 48 or newer, no network, and nothing
of the service. It prints what it proved and what it did not, and ends with code 0; when something does not
hold it says what, and ends with code 1.

Written from docs/formats.md, apart from the service's own verifier (`tipline log verify`), so that a mistake
in one is not a mistake in both. It reads as a list of checks, from the top: text and numbers, keys and notes,
the tree, entries, who may do what, exports, packs, and what is printed.

Not checked here: which duties may meet in one person, and whether a case moved as its rules say. The
service's own verifier checks the first; the second is what the entries themselves tell.
"""

import argparse
import base64
import binascii
import json
import re
import struct
import sys
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NoReturn
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

Json = dict[str, Any]
UTC = timezone.utc  # noqa: UP017  # older interpreters say so
HEX_32 = re.compile(r"[0-9a-f]{64}")
MAX_FILE = 64 * 1024 * 1024  # bytes of a pack
MAX_CHOSEN = 1000  # entries of a pack


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Failed(Exception):
    """Something does not hold; `index` is the entry that is to blame, None where no single one is."""

    def __init__(self, sentence: str, index: int | None = None) -> None:
        super().__init__(sentence if index is None else f"entry {index}: {sentence}")
        self.index = index


@contextmanager
def blaming(index: int) -> Iterator[None]:
    """Whatever does not hold in here is this entry's."""
    try:
        yield
    except Failed as error:
        raise Failed(str(error), index) from error


def fail(sentence: str, index: int | None = None) -> NoReturn:
    raise Failed(sentence, index)


def need(holds: object, sentence: str, index: int | None = None) -> None:
    """Fail with a sentence where something does not hold."""
    if not holds:
        fail(sentence, index)


# ------------------------------------------------------------------ text and numbers


def encode(value: object) -> bytes:
    """The one encoding of a value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def decode(data: bytes, what: str, depth: int = 8) -> Json:
    """Read canonical JSON: whatever is not the one encoding of an object is refused."""
    try:
        value = json.loads(data.decode("utf-8"))
        check_plain(value, depth, what)
        need(isinstance(value, dict) and encode(value) == data, f"{what} is not canonical")
    except (ValueError, RecursionError) as error:
        raise Failed(f"{what} is not JSON in UTF-8") from error
    return dict(value)


def check_plain(value: object, depth: int, what: str) -> None:
    """Text, whole numbers, truth values, lists and objects, and not nested too deeply."""
    if isinstance(value, (str, bool)):
        return
    if isinstance(value, int):
        need(abs(value) <= 2**53, f"{what} holds a number that is too large")
        return
    need(isinstance(value, (dict, list)) and depth > 0, f"{what} holds what does not belong there")
    for inner in value.values() if isinstance(value, dict) else value:  # type: ignore[attr-defined]
        check_plain(inner, depth - 1, what)


def number(value: object, what: str) -> int:
    need(type(value) is int and value >= 0, f"{what} is no number")
    return value  # type: ignore[return-value]


def text(value: object, what: str) -> str:
    need(isinstance(value, str) and value, f"{what} is no text")
    return value  # type: ignore[return-value]


def unhex(value: object, what: str, length: int = 32) -> bytes:
    need(isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{2 * length}}}", value), f"{what} is not hex")
    return bytes.fromhex(value)  # type: ignore[arg-type]


def unbase64(value: object, what: str) -> bytes:
    """Read padded base64, of which there is one form for its bytes."""
    try:
        data = base64.b64decode(text(value, what).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Failed(f"{what} is not base64") from error
    need(base64.b64encode(data).decode() == value, f"{what} is not base64")
    return data


def day_of(at: int) -> date:
    return datetime.fromtimestamp(at, UTC).date()


def read_day(value: object, what: str) -> date:
    try:
        day = date.fromisoformat(text(value, what))
    except ValueError as error:
        raise Failed(f"{what} is no day") from error
    need(day.isoformat() == value, f"{what} is no day")
    return day


# ------------------------------------------------------------------ keys, notes, checkpoints
# c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature

ED25519, COSIGNED_ED25519, COSIGNED_MLDSA = b"\x01", b"\x04", b"\x06"
P = 2**255 - 19
ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
SMALL_ORDER = frozenset((0, 1, P - 1, P, P + 1, ORDER_8, P - ORDER_8))  # libsodium: anybody signs under these


def check_ed25519(raw: bytes, signature: bytes, message: bytes) -> bool:
    if len(raw) != 32 or int.from_bytes(raw, "little") & (2**255 - 1) in SMALL_ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def check_mldsa(raw: bytes, signature: bytes, message: bytes) -> bool:
    try:
        MLDSA44PublicKey.from_public_bytes(raw).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class Key:
    """A key that signs notes: a name, a type, the raw public key."""

    def __init__(self, name: str, kind: bytes, raw: bytes) -> None:
        self.name, self.kind, self.raw = name, kind, raw
        self.id = sha256(name.encode() + b"\n" + kind + raw).digest()[:4]

    @classmethod
    def parse(cls, vkey: str) -> "Key":
        parts = vkey.strip().split("+", 2)
        need(len(parts) == 3, "a key is written name+id+key")
        blob = unbase64(parts[2], "the key")
        key = cls(parts[0], blob[:1], blob[1:])
        need(key.id.hex() == parts[1], "the id of the key is not that of its name and bytes")
        need(
            key.kind in (ED25519, COSIGNED_ED25519, COSIGNED_MLDSA),
            "the key is of a kind that is not known here",
        )
        return key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and (self.name, self.kind, self.raw) == (
            other.name,
            other.kind,
            other.raw,
        )

    def __hash__(self) -> int:
        return hash((self.name, self.kind, self.raw))

    def check(self, checkpoint: "Checkpoint", blob: bytes) -> int:
        """Check what stands in a signature line; the time of a cosignature, 0 where it says none."""
        if self.kind == ED25519:
            need(
                check_ed25519(self.raw, blob, checkpoint.text.encode()),
                f"the signature of {self.name} is wrong",
            )
            return 0
        need(len(blob) > 8, f"the signature of {self.name} is wrong")
        (at,) = struct.unpack(">Q", blob[:8])
        if self.kind == COSIGNED_ED25519:
            message = f"cosignature/v1\ntime {at}\n{checkpoint.text}".encode()
            right = at > 0 and check_ed25519(self.raw, blob[8:], message)
        else:
            message = (
                b"subtree/v1\n\x00" + named(self.name) + struct.pack(">Q", at) + named(checkpoint.origin)
            )
            message += struct.pack(">QQ", 0, checkpoint.size) + checkpoint.root
            right = check_mldsa(self.raw, blob[8:], message)
        need(right and at < 2**63, f"the signature of {self.name} is wrong")
        return int(at)


def named(name: str) -> bytes:
    data = name.encode()
    need(1 <= len(data) <= 255, "a name is too long")
    return bytes([len(data)]) + data


class Checkpoint:
    """What a log signed: its name, how many entries it has, their root; and the lines of who signed."""

    def __init__(self, note: bytes, what: str) -> None:
        try:
            whole = note.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Failed(f"{what} is not UTF-8") from error
        body, separator, tail = whole.rpartition("\n\n")
        lines = body.split("\n")
        need(separator and tail.endswith("\n") and len(lines) == 3, f"{what} is malformed")
        need(re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]), f"{what} has no size")
        self.origin, self.size, self.root = lines[0], int(lines[1]), unbase64(lines[2], what)
        need(self.origin and not re.search(r"[\x00-\x1f]", self.origin), f"{what} names no log")
        need(len(self.root) == 32, f"{what} has no root")
        self.text, self.what = body + "\n", what
        self.lines = [self._line(line) for line in tail[:-1].split("\n")]

    def _line(self, line: str) -> tuple[str, bytes, bytes]:
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "—" and parts[1], f"{self.what} has a line that is no signature")
        blob = unbase64(parts[2], self.what)
        need(len(blob) > 4, f"{self.what} has a line that is no signature")
        return parts[1], blob[:4], blob[4:]

    def open(self, must: Iterable[Key], may: Iterable[Key]) -> dict[Key, int]:
        """Check every line; each must be by a known key, and all of `must` must have signed."""
        must = list(must)
        known = {(key.name, key.id): key for key in (*must, *may)}
        signed: dict[Key, int] = {}
        for name, key_id, blob in self.lines:
            need((name, key_id) in known, f"{self.what} bears something that no known key covers")
            key = known[name, key_id]
            signed[key] = max(key.check(self, blob), signed.get(key, 0))
        need(set(must) <= signed.keys(), f"{self.what} is not signed by the log's key")
        return signed

    def same(self, other: "Checkpoint") -> bool:
        return (self.origin, self.size, self.root) == (other.origin, other.size, other.root)


# ------------------------------------------------------------------ the tree
# RFC 6962, section 2.1; RFC 9162, sections 2.1.3.2 and 2.1.4.2


def leaf_of(salt: bytes, entry: bytes) -> bytes:
    return sha256(b"\x00" + sha256(b"tipline-entry-v1\n" + salt + entry).digest()).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree, remembered by the roots of its complete subtrees."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        place = self.size
        while place & 1:
            leaf = node(self.peaks.pop(), leaf)
            place >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self.peaks:
            return sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node(peak, root)
        return root


def check_inclusion(leaf: bytes, index: int, head: Checkpoint, proof: list[bytes]) -> None:
    place, last, found = index, head.size - 1, leaf
    for sibling in proof:
        need(last, "its proof is too long", index)
        if place & 1 or place == last:
            found = node(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, sibling)
        place, last = place >> 1, last >> 1
    need(
        index < head.size and last == 0 and found == head.root, "it is not in the tree that was signed", index
    )


def check_consistency(old: Checkpoint, new: Checkpoint, proof: list[bytes]) -> None:
    wrong = f"the checkpoint of size {old.size} is of another log than the last one"
    need(0 < old.size <= new.size, wrong)
    if old.size == new.size:
        need(not proof and old.root == new.root, wrong)
        return
    path = [old.root, *proof] if old.size & (old.size - 1) == 0 else proof
    need(path, wrong)
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        need(last, wrong)
        if place & 1 or place == last:
            before, after = node(sibling, before), node(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node(after, sibling)
        place, last = place >> 1, last >> 1
    need(last == 0 and (before, after) == (old.root, new.root), wrong)


# ------------------------------------------------------------------ entries

MAX_ENTRY = 131_072  # bytes
MAX_TIME = 253_402_300_799  # the year 9999
STATEMENT_TAG = b"tipline-statement-v1\n"
ENTRY_LINE = re.compile(
    rb'\{"entry":(\{.*\}),"index":(0|[1-9][0-9]{0,18}),"leaf":"([0-9a-f]{64})","salt":"([0-9a-f]{64})"\}\n',
    re.S,
)
FORGOTTEN_LINE = re.compile(rb'\{"forgotten":true,"index":(0|[1-9][0-9]{0,18}),"leaf":"([0-9a-f]{64})"\}\n')
COMMON = {"v", "log", "type", "at", "nonce", "by"}


class Entry:
    """A statement as it was logged: when, whether it was done or refused, what it says, who signed."""

    def __init__(self, data: bytes, index: int) -> None:
        self.index, self.data = index, data
        need(len(data) <= MAX_ENTRY, "it is too long")
        value = decode(data, "the entry")
        fields = {"v", "at", "outcome", "reason", "withheld", "body", "signatures"}
        need(value.keys() - {"assertions"} == fields and type(value["v"]) is int, "it is malformed")
        self.at, self.outcome, self.reason = value["at"], value["outcome"], value["reason"]
        self.body: Json = value["body"]
        self.signatures: dict[str, str] = value["signatures"]
        self.assertions: dict[str, dict[str, str]] = value.get("assertions", {})
        self.done = self.outcome == "done"
        withheld = value["withheld"]
        right = (
            value["v"] == 1 and isinstance(withheld, list) and all(isinstance(one, str) for one in withheld)
        )
        need(
            right and len(set(withheld)) == len(withheld) and ("assertions" not in value or self.assertions),
            "it is malformed",
        )
        self._check_shape()

    def _check_shape(self) -> None:
        body = self.body
        need(isinstance(body, dict) and body.keys() >= COMMON and type(body["v"]) is int, "it is malformed")
        need(isinstance(self.signatures, dict) and isinstance(self.assertions, dict), "it is malformed")
        times = all(type(at) is int and 0 <= at <= MAX_TIME for at in (self.at, body["at"]))
        texts = all(isinstance(body[name], str) and body[name] for name in ("log", "type", "nonce"))
        need(
            body["v"] == 1 and times and texts and re.fullmatch("[0-9a-f]{32}", body["nonce"]),
            "it is malformed",
        )
        by = body["by"]
        signers = isinstance(by, list) and by and all(isinstance(one, str) and one for one in by)
        need(signers and len(set(by)) == len(by), "it has no signers")
        need({*self.signatures, *self.assertions} <= set(by), "somebody signed who is not named")
        for signature in self.signatures.values():
            need(len(unbase64(signature, "the entry")) == 64, "a signature is none")
        if self.done:
            need(self.reason == "", "it is malformed")
        else:
            right = self.outcome == "refused" and isinstance(self.reason, str)
            need(right and re.fullmatch("[a-z][a-z0-9-]{0,63}", self.reason), "it is malformed")

    @property
    def type(self) -> str:
        return str(self.body["type"])

    @property
    def signed(self) -> bytes:
        """What its signers signed."""
        return STATEMENT_TAG + encode(self.body)

    def check_signatures(self, roster: "Roster") -> None:
        """Everybody whom it names signed, under the key that they had at this place."""
        for signer in self.body["by"]:
            key = roster.log_keys[-1].raw if signer == "keeper" else roster.anybody(signer).key
            signature = (
                unbase64(self.signatures.get(signer), "a signature") if signer in self.signatures else b""
            )
            need(check_ed25519(key, signature, self.signed), f"the signature of {signer} is missing or wrong")


def read_line(line: bytes, expected: int | None) -> tuple[int, bytes, Entry | None]:
    """One line of an export or a pack: index, leaf, and the entry unless it was forgotten."""
    found = ENTRY_LINE.fullmatch(line)
    if found is None:
        gone = FORGOTTEN_LINE.fullmatch(line)
        if gone is None:
            fail("the line is not that of an entry", expected)
        index, leaf, entry = int(gone[1]), bytes.fromhex(gone[2].decode()), None
    else:
        index, leaf, salt = int(found[2]), bytes.fromhex(found[3].decode()), bytes.fromhex(found[4].decode())
        with blaming(index):
            need(leaf_of(salt, found[1]) == leaf, "it is not what its leaf commits to")
            entry = Entry(found[1], index)
    need(expected in (None, index), f"entry {index} stands where this one should stand", expected)
    return index, leaf, entry


# ------------------------------------------------------------------ passkeys
# W3C Web Authentication Level 2, sections 6.1, 5.8.1 and 7.2


def check_passkey(passkey: Json, said: Json, challenge: bytes) -> None:
    """A person was asked, by a device that no server controls, over exactly this statement."""
    wrong = "a signer's passkey did not answer over it"
    need(isinstance(said, dict) and said.keys() == {"authenticator_data", "client_data", "signature"}, wrong)
    data, client, signature = (
        unbase64(said[name], wrong) for name in ("authenticator_data", "client_data", "signature")
    )
    try:
        pairs = json.loads(client.decode("utf-8"), object_pairs_hook=list)
        answer = dict(pairs)
        origin = urlsplit(answer["origin"])
        host, port = origin.hostname or "", origin.port
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise Failed(wrong) from error
    rp = passkey["rp"]
    below = host == rp or host.endswith("." + rp)
    local = host == "localhost" or host.endswith(".localhost")
    plain = answer["origin"] == f"{origin.scheme}://{host}" + (f":{port}" if port is not None else "")
    expected = base64.urlsafe_b64encode(challenge).decode().rstrip("=")
    need(len(answer) == len(pairs) and answer.get("type") == "webauthn.get", wrong)
    need(answer.get("challenge") == expected and answer.get("crossOrigin", False) is False, wrong)
    need(plain and below and (origin.scheme == "https" or (origin.scheme == "http" and local)), wrong)
    need(len(data) == 37 or (len(data) > 37 and data[32] & 0xC0), wrong)
    need(data[:32] == sha256(rp.encode()).digest() and data[32] & 5 == 5, wrong)
    need(passkey_signed(passkey, signature, data + sha256(client).digest()), wrong)


def passkey_signed(passkey: Json, signature: bytes, message: bytes) -> bool:
    try:
        key = load_der_public_key(unbase64(passkey["key"], "a passkey"))
        kind = passkey["algorithm"]
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1) and kind == -7:
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 4096 and kind == -257:
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, Ed25519PublicKey) and kind == -8:
            return check_ed25519(key.public_bytes_raw(), signature, message)
        else:
            return False
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


# ------------------------------------------------------------------ who may do what
# docs/formats.md, "Statements and entries"

UNPROVEN = {"malformed", "too-large", "bad-signature", "unknown-member", "removed-member"}
FRESH, JOINT = 120, 3 * 24 * 3600  # seconds
ALONE = words("""
    read list card-group reply note tags sheets entry audit export audit-all evidence genesis unreadable
    log-key search report alert alert-review decoy
""")
SENSITIVE = words("""
    unit member member-unit grant regrant revoke remove role lead new-keys passkey desk calendar
    deadlines body unhold audit-all export evidence acknowledge witnesses alert-rules
""")
BY_HOLDERS = words("""
    list card-group read reply note tags move packet pause resume extend assign close-spam link unlink
    umbrella umbrella-step sheets entry search
""")
BY_A_HOLDER = {"route"}
BY_A_HOLDER_AND_ANOTHER = {"hold", "unhold"}
BY_AUDITORS = words("audit audit-all evidence alert-review decoy report")
BY_KEEPER = words("""
    export received missed silence pause-end unassign erase inventory forget alert
""")
BY_REGISTRAR_AND_ANOTHER = words("""
    unit member-unit lead new-keys calendar deadlines body witnesses
""")
BY_AUDITOR_AND_ANOTHER = {"acknowledge", "alert-rules"}


class Member:
    """Somebody who signs: keys, unit, what they hold."""

    def __init__(self, value: Json) -> None:
        self.id, self.unit = text(value["id"], "a member"), text(value["unit"], "a unit")
        self.key, self.past = unhex(value["signing_key"], "a key"), [unhex(value["signing_key"], "a key")]
        self.name_digest = text(value["name_digest"], "a name")
        self.desks, self.roles = set(value["desks"]), set(value["roles"])
        self.awaiting: set[str] = set()
        self.until: dict[str, str] = {}
        self.passkey: Json = {}
        self.active = True
        need(check_members(self), "a member is malformed")

    @property
    def settled(self) -> bool:
        return self.active and bool(self.desks or self.roles)

    @property
    def registrar(self) -> bool:
        return self.active and "registrar" in self.roles

    def holds(self, desk: str) -> bool:
        return self.active and desk in self.desks

    def leave(self, desks: Iterable[str]) -> None:
        for desk in list(desks):
            self.desks.discard(desk)
            self.awaiting.discard(desk)
            self.until.pop(desk, None)


def check_members(member: Member) -> bool:
    return bool(re.fullmatch("m[0-9a-f]{8}", member.id)) and bool(HEX_32.fullmatch(member.name_digest))


class Desk:
    """A desk and its keys, the present one last; stale when somebody who left knows it."""

    def __init__(self, value: Json, *, stale: bool) -> None:
        self.id, self.names, self.reads = text(value["id"], "a desk"), value["names"], value["reads"]
        self.epoch, self.keys, self.stale = value["epoch"], [value["recipient"]], stale


class Roster:
    """Who may do what at one place of the log, as replaying it gives; `apply` goes one statement on."""

    def __init__(self, entry: Entry) -> None:
        body = entry.body
        need(entry.type == "genesis" and body["by"] == ["keeper"] and entry.done, "the log does not begin so")
        try:
            self.origin, self.profile = body["log"], "settings" in body
            self.units = {text(unit["id"], "a unit"): unit for unit in body["units"]}
            self.desks = {desk["id"]: Desk(desk, stale=False) for desk in body["desks"]}
            self.members = {value["id"]: Member(value) for value in body["members"]}
            self.log_keys = [Key(self.origin, ED25519, unhex(body["log_key"], "the log's key"))]
            self.second = [self._second(body["log_key_pq"]) if "log_key_pq" in body else None]
        except (KeyError, TypeError) as error:
            raise Failed("the genesis is malformed") from error
        need(len(self.members) == len(body["members"]), "the genesis names somebody twice")
        self.since = [0]  # first entry that each of the log's keys stands for
        self.witnesses: list[tuple[str, list[Key]]] = []
        self.term = 1826  # days that a statement is kept
        self.rollbacks: list[tuple[int, list[str], Json, Json]] = []
        self.version = 0

    def _second(self, value: object) -> Key:
        key = Key(self.origin, COSIGNED_MLDSA, unbase64(value, "the log's second key"))
        need(len(key.raw) == 1312, "the log's second key is none")
        return key

    def anybody(self, member: str) -> Member:
        need(member in self.members, f"nobody is called {member}")
        return self.members[member]

    def keys_at(self, index: int) -> list[Key]:
        """The log's keys that sign for an entry, and for the checkpoint that ends with it."""
        place = max(place for place, since in enumerate(self.since) if since <= max(index, 0))
        second = self.second[place]
        return [self.log_keys[place], *([second] if second else [])]

    def witness_keys(self) -> list[Key]:
        return [key for _, keys in self.witnesses for key in keys]

    # --- rules

    def check(self, entry: Entry) -> None:
        """Who may state this at all."""
        body, kind = entry.body, entry.type
        need(body["log"] == self.origin, "it is for another log")
        if kind in BY_KEEPER | {"lapse", "log-key"}:
            need(body["by"] == ["keeper"], "the keeper alone states this")
            return
        signers = [self.anybody(signer) for signer in body["by"]]
        need(all(signer.active for signer in signers), "a signer was removed")
        desk = body.get("desk") if isinstance(body.get("desk"), str) else ""
        if kind in BY_HOLDERS:
            need(desk and all(one.holds(desk) for one in signers), "a signer does not hold the desk")
            self._reads(kind, desk)
        elif kind in BY_A_HOLDER | BY_A_HOLDER_AND_ANOTHER:
            need(desk and any(one.holds(desk) for one in signers), "no signer holds the desk")
            self._reads(kind, desk)
            if kind in BY_A_HOLDER_AND_ANOTHER:
                outside = [one for one in signers if one.settled and not one.holds(desk)]
                need(outside, "somebody from outside the desk must sign this too")
        elif kind in BY_AUDITORS:
            need(all(one.holds("auditors") for one in signers), "a signer is no auditor")
        elif kind in BY_AUDITOR_AND_ANOTHER:
            self._pair(signers, lambda one: one.holds("auditors"), lambda one: one.settled)
        elif kind in BY_REGISTRAR_AND_ANOTHER:
            self._pair(signers, lambda one: one.registrar, lambda one: one.settled)
        else:
            need(kind in CHANGES, f"nobody knows statements of the type {kind}")

    def _reads(self, kind: str, desk: str) -> None:
        if (kind, desk) == ("read", "auditors"):
            return  # reasons and searched words are sealed for them
        reads = desk in self.desks and self.desks[desk].reads
        need(reads and desk != "auditors", "the desk reads no tips")

    def check_passkeys(self, entry: Entry) -> None:
        """Where a signer of something grave has a passkey, it answered; and nobody else's did."""
        body, needed = entry.body, {}
        if entry.type in SENSITIVE or (entry.type == "route" and len(body["by"]) > 1):
            people = [self.anybody(signer) for signer in body["by"] if signer != "keeper"]
            needed = {one.id: one.passkey for one in people}
            if entry.type == "passkey" and body.get("member") in needed:
                needed[body["member"]] = body.get("passkey", {})
        needed = {signer: passkey for signer, passkey in needed.items() if passkey}
        need(needed.keys() == entry.assertions.keys(), "a passkey's answer is missing, or is nobody's")
        for signer, passkey in needed.items():
            check_passkey(passkey, entry.assertions[signer], sha256(entry.signed).digest())

    def apply(self, entry: Entry) -> None:
        """Go on behind a done statement."""
        if entry.type not in CHANGES:
            return
        self.version = entry.index
        try:
            CHANGES[entry.type](self, entry.body)
        except (KeyError, TypeError, AttributeError) as error:
            raise Failed("it is malformed") from error

    def _signers(self, body: Json) -> list[Member]:
        return [self.anybody(signer) for signer in body["by"]]

    def _pair(
        self, signers: list[Member], one: Callable[[Member], bool], other: Callable[[Member], bool]
    ) -> None:
        pairs = ((a, b) for a in signers for b in signers if a is not b)
        need(any(one(a) and other(b) for a, b in pairs), "two others must sign this")

    def _subject(self, body: Json) -> Member:
        member = self.anybody(text(body["member"], "a member"))
        need(member.active, "the member was removed")
        return member

    def _holders(self, desk: str) -> list[Member]:
        return [one for one in self.members.values() if one.holds(desk)]

    def _registrar_and_holder(self, body: Json, desk: str) -> None:
        holds = (lambda one: one.holds(desk)) if self._holders(desk) else (lambda one: one.settled)
        self._pair(self._signers(body), lambda one: one.registrar, holds)

    def _registrar(self, body: Json, member: Member, desks: Iterable[str]) -> None:
        """A registrar; with another where this empties a desk."""
        signers = self._signers(body)
        need(any(one.registrar for one in signers), "a registrar must sign this")
        if self.profile and any(self._holders(desk) == [member] for desk in desks):
            self._pair(signers, lambda one: one.registrar, lambda one: one.settled)

    def _new_key(self, value: object) -> bytes:
        key = unhex(value, "a key")
        known = {past for one in self.members.values() for past in one.past} | {
            key.raw for key in self.log_keys
        }
        need(key not in known, "somebody has, or had, this key already")
        return key

    def _left(self, member: Member, desks: Iterable[str]) -> None:
        gone = list(desks)
        for desk in gone:
            self.desks[desk].stale = True
        member.leave(gone)

    def unit(self, body: Json) -> None:
        self.units[text(body["unit"]["id"], "a unit")] = body["unit"]

    def member(self, body: Json) -> None:
        need(any(one.registrar for one in self._signers(body)), "a registrar must sign this")
        new = Member(body["member"])
        need(new.id not in self.members and not new.desks and not new.roles, "there is such a member")
        self._new_key(new.key.hex())
        self.members[new.id] = new

    def member_unit(self, body: Json) -> None:
        self._subject(body).unit = text(body["unit"], "a unit")

    def grant(self, body: Json) -> None:
        desk, member = text(body["desk"], "a desk"), self._subject(body)
        need(desk in self.desks, "there is no such desk")
        outside = any(one.registrar and not one.holds(desk) for one in self._signers(body))
        need(outside, "a registrar from outside the desk must sign this")
        self._registrar_and_holder(body, desk)
        need(not (self.profile and member.id in body["by"]), "nobody gives a desk to themselves")
        until = body.get("until", "")
        need(desk not in member.desks or until != member.until.get(desk, ""), "the member holds it already")
        member.leave([desk])
        member.desks.add(desk)
        if until:
            read_day(until, "a last day")
            member.until[desk] = until

    def revoke(self, body: Json) -> None:
        desk, member = text(body["desk"], "a desk"), self._subject(body)
        self._registrar(body, member, [desk])
        need(desk in member.desks | member.awaiting, "the member does not hold this desk")
        self._left(member, [desk])

    def remove(self, body: Json) -> None:
        member = self._subject(body)
        self._registrar(body, member, member.desks)
        need(member.id not in body["by"], "nobody removes themselves")
        self._left(member, member.desks | member.awaiting)
        member.roles, member.active = set(), False

    def lapse(self, body: Json) -> None:
        desk, member = text(body["desk"], "a desk"), self._subject(body)
        today = day_of(body["at"]).isoformat()
        need(member.until.get(desk, today) < today, "the member is no deputy whose day is over")
        self._left(member, [desk])

    def role(self, body: Json) -> None:
        signers, member, held = self._signers(body), self._subject(body), body["held"]
        need(any(one.registrar for one in signers), "a registrar must sign this")
        if held:
            self._pair(signers, lambda one: one.registrar, lambda one: one.settled)
        need(isinstance(held, bool) and held != (body["role"] in member.roles), "it is so already")
        alone = not held and body["role"] == "registrar" and member.id in body["by"]
        need(not alone, "no registrar takes the role from themselves")
        (member.roles.add if held else member.roles.remove)(text(body["role"], "a role"))

    def lead(self, body: Json) -> None:
        need(self._subject(body).holds(body["desk"]), "the lead of a desk holds it")

    def conflicts(self, body: Json) -> None:
        need(body["by"] == [self._subject(body).id], "the member states this alone")

    def desk(self, body: Json) -> None:
        new = Desk(body["desk"], stale=True)
        if new.id not in self.desks:
            self._pair(self._signers(body), lambda one: one.registrar, lambda one: one.settled)
            need(new.epoch == 1, "a new desk begins with its first key")
            self.desks[new.id] = new
            return
        self._registrar_and_holder(body, new.id)
        self._next_key(new)

    def rekey(self, body: Json) -> None:
        new, signers = Desk(body["desk"], stale=False), self._signers(body)
        old = self.desks[new.id]
        alone = len(signers) == 1 and signers[0].holds(new.id)
        need(alone and old.stale and (old.names, old.reads) == (new.names, new.reads), "this key is not due")
        self._next_key(new)

    def _next_key(self, new: Desk) -> None:
        old = self.desks[new.id]
        need(new.epoch == old.epoch + 1 and new.keys[0] not in old.keys, "it is not the desk's next key")
        new.keys, new.stale = [*old.keys, *new.keys], False
        self.desks[new.id] = new

    def new_keys(self, body: Json) -> None:
        member = self._subject(body)
        need(member.id not in body["by"], "nobody signs for keys of their own")
        key = self._new_key(body["signing_key"])
        for desk in member.desks:
            self.desks[desk].stale = True
        member.awaiting |= member.desks - member.until.keys()
        member.desks, member.until, member.passkey = set(), {}, {}
        member.key = key
        member.past.append(key)

    def regrant(self, body: Json) -> None:
        desk, member, signers = body["desk"], self._subject(body), self._signers(body)
        need(len(signers) == 1 and signers[0].holds(desk), "one holder of the desk gives it again")
        need(desk in member.awaiting, "the member does not wait for this desk")
        member.awaiting.remove(desk)
        member.desks.add(desk)

    def passkey(self, body: Json) -> None:
        member, signers, new = self._subject(body), self._signers(body), body["passkey"]
        if member.passkey:
            self._pair(signers, lambda one: one is member, lambda one: one.registrar)
        else:
            need(signers == [member] and new, "the member states this alone")
        need(not new or new.keys() == {"id", "key", "rp", "algorithm"}, "a passkey is none")
        member.passkey = new

    def deadlines(self, body: Json) -> None:
        self.term = number(body["days"].get("statement", 1826), "a term")

    def set_witnesses(self, body: Json) -> None:
        self.witnesses = [
            (text(one["name"], "a witness"), [Key.parse(key) for key in one["keys"]])
            for one in body["witnesses"]
        ]

    def acknowledge(self, body: Json) -> None:
        if body["what"] == "rollback" and body["lost"]:
            self.rollbacks.append((self.version, body["by"], body["lost"], body["found"]))

    def log_key(self, body: Json) -> None:
        old, new = self.log_keys[-1], self._new_key(body["log_key"])
        lines = ("tipline-log-key-v1", self.origin, old.raw.hex(), body["log_key"], body["log_key_pq"])
        proof = unhex(body["proof"], "the proof of the log's next key", 64)
        message = "".join(f"{line}\n" for line in lines).encode()
        need(check_ed25519(new, proof, message), "the log's next key does not prove itself")
        self.log_keys.append(Key(self.origin, ED25519, new))
        self.second.append(self._second(body["log_key_pq"]))
        self.since.append(self.version)

    def nothing(self, body: Json) -> None:
        """A change that nothing here depends on; who may make it was checked."""


CHANGES: dict[str, Callable[[Roster, Json], None]] = {
    "unit": Roster.unit,
    "member": Roster.member,
    "member-unit": Roster.member_unit,
    "grant": Roster.grant,
    "revoke": Roster.revoke,
    "remove": Roster.remove,
    "role": Roster.role,
    "lead": Roster.lead,
    "lapse": Roster.lapse,
    "conflicts": Roster.conflicts,
    "desk": Roster.desk,
    "rekey": Roster.rekey,
    "new-keys": Roster.new_keys,
    "regrant": Roster.regrant,
    "passkey": Roster.passkey,
    "calendar": Roster.nothing,
    "deadlines": Roster.deadlines,
    "body": Roster.nothing,
    "acknowledge": Roster.acknowledge,
    "log-key": Roster.log_key,
    "witnesses": Roster.set_witnesses,
    "alert-rules": Roster.nothing,
}
"""What changes the roster, and how."""


class Replay:
    """The entries of a log, one after the other, each under the roster of its place."""

    def __init__(self, origin: str, genesis: str, *, whole: bool) -> None:
        self.origin, self.genesis, self.whole = origin, genesis, whole
        self.state: Roster | None = None
        self.last_at = 0
        self.seen: set[bytes] = set()
        self.signatures = self.passkeys = 0

    @property
    def roster(self) -> Roster:
        if self.state is None:
            fail("the log has no first entry", 0)
        return self.state

    def take(self, entry: Entry) -> None:
        """Check one entry, and go on behind it."""
        with blaming(entry.index):
            self._take(entry)

    def _take(self, entry: Entry) -> None:
        if self.state is None:
            need(
                entry.index == 0 and sha256(entry.data).hexdigest() == self.genesis,
                "the first entry is not the one that the first line names",
            )
            self.state = Roster(entry)
            need(self.state.origin == self.origin, "the first entry is of another log")
            entry.check_signatures(self.state)
            need(not entry.assertions, "no passkey answers here")
        elif entry.done:
            self._done(self.state, entry)
        elif entry.reason not in UNPROVEN:
            entry.check_signatures(self.state)
        need(entry.at >= self.last_at, "its time lies before that of the entry before")
        self.last_at = entry.at
        self.signatures += len(entry.body["by"]) if entry.done or entry.reason not in UNPROVEN else 0
        self.passkeys += len(entry.assertions)

    def _done(self, roster: Roster, entry: Entry) -> None:
        entry.check_signatures(roster)
        self._fresh(entry)
        digest = sha256(encode(entry.body)).digest()
        need(digest not in self.seen, "its statement was done before")
        self.seen.add(digest)
        roster.check_passkeys(entry)
        roster.check(entry)
        roster.apply(entry)

    def _fresh(self, entry: Entry) -> None:
        if entry.type == "log-key":  # it is logged whenever the keeper starts again
            return
        joint = len(entry.body["by"]) > 1 and entry.type not in ALONE
        age, still = entry.at - entry.body["at"], entry.at == self.last_at or not self.whole
        right = age >= -FRESH and (still or age <= (JOINT if joint else FRESH))
        need(right, "its statement was not made when it was logged")


# ------------------------------------------------------------------ entries that were forgotten


class Missing:
    """What is missing so far, as runs of (first, last, when the next entry was logged)."""

    def __init__(self) -> None:
        self.count, self.open = 0, -1
        self.last = -1
        self.runs: list[tuple[int, int, int]] = []

    def miss(self, index: int) -> None:
        self.count, self.open, self.last = self.count + 1, index if self.open < 0 else self.open, index

    def stands(self, at: int) -> None:
        if self.open >= 0:
            self.runs.append((self.open, self.last, at))
            self.open = -1

    def forget(self, entry: Entry, term: int) -> None:
        """A statement that names what was forgotten: its time must have been over."""
        before = read_day(entry.body.get("before"), "a day")
        latest = day_of(entry.at) - timedelta(days=max(term, 365))
        need(before <= latest, "it forgets what was not old enough", entry.index)
        midnight = int(datetime(before.year, before.month, before.day, tzinfo=UTC).timestamp())
        ended, named_pairs = 0, entry.body.get("entries")
        need(isinstance(named_pairs, list), "it does not say what is forgotten", entry.index)
        for pair in named_pairs:  # type: ignore[union-attr]
            right = isinstance(pair, list) and len(pair) == 2 and all(type(end) is int for end in pair)
            need(
                right and ended < pair[0] <= pair[1] < entry.index,
                "it does not say what is forgotten",
                entry.index,
            )
            self._allow(pair[0], pair[1], midnight, entry.index)
            ended = pair[1]

    def _allow(self, first: int, last: int, midnight: int, index: int) -> None:
        start = stop = bisect_left(self.runs, first, key=lambda run: run[1])
        left: list[tuple[int, int, int]] = []
        while stop < len(self.runs) and self.runs[stop][0] <= last:
            begin, end, followed = self.runs[stop]
            need(followed < midnight, f"entry {index} forgets it before its time", max(first, begin))
            left += [(begin, first - 1, followed)] if begin < first else []
            left += [(last + 1, end, followed)] if end > last else []
            stop += 1
        self.runs[start:stop] = left

    def require_all(self) -> None:
        index = self.runs[0][0] if self.runs else self.open
        need(index < 0, "it is missing, and no later entry says that its time was over", index)


# ------------------------------------------------------------------ what is known from outside


class Pins:
    """What the reader of a file trusts: the log's key, its first entry, a checkpoint kept earlier."""

    def __init__(self, key: Key | None, genesis: str, earlier: Checkpoint | None) -> None:
        self.key, self.genesis, self.earlier = key, genesis, earlier

    @property
    def checked(self) -> bool:
        return self.key is not None or bool(self.genesis)

    def check(self, replay: Replay) -> None:
        need(
            not self.genesis or self.genesis == replay.genesis,
            "the first entry is another than the one given",
            0,
        )
        right = self.key is None or self.key in replay.roster.log_keys
        need(right, "no entry names the key of the log that was given", 0)


def changed(earlier: Checkpoint, roster: Roster) -> NoReturn:
    """Why an earlier checkpoint does not fit."""
    for index, by, lost, found in reversed(roster.rollbacks):
        if found["size"] < earlier.size <= lost["size"]:
            fail(
                f"the earlier checkpoint (size {earlier.size}, root {earlier.root.hex()}) covers entries "
                f"that are gone: the log was set back, and in entry {index} {' and '.join(by)} acknowledged "
                f"that it goes on from size {found['size']}, root {found['root']}, instead of size "
                f"{lost['size']}, root {lost['root']}"
            )
    fail(f"entries before {earlier.size} were changed or the tail was cut")


class Proved:
    """The sentences that are printed."""

    def __init__(self) -> None:
        self.yes: list[str] = []
        self.no: list[str] = []
        self.table: list[str] = []


# ------------------------------------------------------------------ exports


def verify_export(file: BinaryIO, pins: Pins, progress: Callable[[int], None]) -> Proved:
    """The whole log, from its first byte to its last."""
    first = file.readline(4096)
    header = decode(first.removesuffix(b"\n"), "the first line")
    right = header.keys() == {"format", "log", "genesis"} and header["format"] == "tipline-log/1"
    need(
        right and first.endswith(b"\n") and HEX_32.fullmatch(text(header["genesis"], "the first line")),
        "the first line is not that of an exported log",
    )
    replay = Replay(text(header["log"], "the log's name"), header["genesis"], whole=True)
    tree, missing, index, earlier = Tree(), Missing(), 0, pins.earlier
    while (line := file.readline(MAX_ENTRY + 256)) != b"--\n":
        need(line, "the file ends where this entry should stand", index)
        _, leaf, entry = read_line(line, index)
        if entry is None:
            _ = replay.roster
            missing.miss(index)
        else:
            replay.take(entry)
            missing.stands(entry.at)
            if entry.done and entry.type == "forget":
                missing.forget(entry, replay.roster.term)
        tree.append(leaf)
        index += 1
        if earlier and earlier.size == index:
            earlier.open(
                replay.roster.keys_at(index - 1)[:1],
                [*replay.roster.keys_at(index - 1)[1:], *replay.roster.witness_keys()],
            )
            if earlier.root != tree.root() or earlier.origin != replay.origin:
                changed(earlier, replay.roster)
        if index % 1000 == 0:
            progress(file.tell())
    roster = replay.roster
    pins.check(replay)
    missing.require_all()
    head = Checkpoint(file.read(), "the checkpoint")
    head.open(roster.keys_at(head.size - 1)[:1], [])
    need(
        (head.origin, head.size, head.root) == (replay.origin, tree.size, tree.root()),
        "the checkpoint is not that of these entries",
    )
    if earlier and not 0 < earlier.size <= tree.size:
        changed(earlier, roster)
    proved = told(replay, head, pins)
    proved.yes.insert(
        1, f"The file holds all {head.size} entries, none is left out, changed or out of order."
    )
    if missing.count:
        proved.yes.append(
            f"{missing.count} statements are gone; later entries name them, and their time was over."
        )
    if earlier:
        proved.yes.append(f"The {earlier.size} entries of the earlier checkpoint stand unchanged.")
    else:
        proved.no.append(
            "That the log was not rewritten as a whole by whoever holds its key: give --checkpoint."
        )
    return proved


def told(replay: Replay, head: Checkpoint, pins: Pins) -> Proved:
    """What is said of either kind of file."""
    proved = Proved()
    proved.yes.append(f"Log {replay.origin}: {head.size} entries, root {head.root.hex()}, signed by the log.")
    proved.yes.append(
        f"{replay.signatures} signatures are right, each under the key its signer had at that place."
    )
    if replay.passkeys:
        proved.yes.append(f"{replay.passkeys} answers of passkeys are right: those people were asked.")
    if pins.checked:
        proved.yes.append("The log is the one that you named.")
    else:
        proved.no.append(f"That this is the log you mean. Its first entry is {replay.genesis}; give --key.")
    proved.no.append(
        "That each step of a case was one the keeper allows: what a route opens, who is excluded from a tip, "
        "what follows on what. Of each entry the signatures are checked, and that its signers may state it."
    )
    return proved


# ------------------------------------------------------------------ packs

SIGNED = ("pack.jsonl", "READ-ME.txt", "report.en.html", "report.en.pdf", "report.zh.html", "report.zh.pdf")
FILES = (SIGNED[1], *SIGNED[2:], SIGNED[0], "proofs.jsonl", "manifest.json")
HEADER = {"format", "log", "genesis", "member", "day", "entries", "names", "report"}


def read_zip(data: bytes) -> dict[str, bytes]:
    """A zip of stored files without times; written again it must give the same bytes."""
    files: dict[str, bytes] = {}
    place = 0
    while data[place : place + 4] == b"PK\x03\x04" and place + 30 <= len(data):
        fields = struct.unpack_from("<4sHHHHHIIIHH", data, place)
        start = place + 30 + fields[9]
        files[data[place + 30 : start].decode("ascii", "replace")] = data[start : start + fields[7]]
        place = start + fields[7]
    local, central = b"", b""
    for name, content in files.items():
        raw = name.encode("ascii", "replace")
        common = (20, 0, 0, 0, 33, zlib.crc32(content), len(content), len(content), len(raw), 0)
        central += (
            struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, *common, 0, 0, 0, 0, len(local)) + raw
        )
        local += struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", *common) + raw + content
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, len(files), len(files), len(central), len(local), 0)
    need(local + central + end == data, "the file is no pack, or was changed")
    need(tuple(files) == FILES, "the pack holds other files than it should")
    return files


def verify_pack(data: bytes, pins: Pins) -> Proved:
    """Chosen entries, who chose them, and that they stand in the log."""
    need(len(data) <= MAX_FILE, "the file is too large for a pack")
    files = read_zip(data)
    listed = {name: sha256(files[name]).hexdigest() for name in SIGNED}
    manifest = decode(files["manifest.json"].removesuffix(b"\n"), "the manifest")
    need(
        manifest == {"files": listed, "format": "tipline-pack/1"} and files["manifest.json"].endswith(b"\n"),
        "a file of the pack is not the one that its manifest lists",
    )
    header, lines = read_pack_lines(files["pack.jsonl"])
    proofs, evidence, checkpoints = read_proofs(files["proofs.jsonl"])
    replay = Replay(header["log"], header["genesis"], whole=False)
    chosen = {index for first, last in header["entries"] for index in range(first, last + 1)}
    for _, _, entry in lines:
        replay.take(entry)
        is_change = entry.done and (entry.type in CHANGES or entry.type == "genesis")
        need(
            entry.index in chosen or is_change,
            "it was not chosen, and changes nothing in the roster",
            entry.index,
        )
    need(chosen <= {index for index, _, _ in lines}, "an entry that was chosen is not in the pack")
    check_evidence(evidence[2], header, sha256(files["manifest.json"]).hexdigest(), lines[-1][0], replay)
    pins.check(replay)
    check_names(header["names"], replay.roster)
    heads = [(Checkpoint(note, "a checkpoint"), proof) for note, proof in checkpoints]
    last, cosigned = heads[-1][0], dict[str, tuple[int, int]]()
    for head, proof in heads:
        note_cosigners(head, replay, cosigned)
        check_consistency(head, last, proof)
    standing = [*lines, evidence]
    need(
        [index for index, _, _ in standing] == [index for index, _ in proofs],
        "the proofs are those of other entries",
    )
    for (index, leaf, _), (_, proof) in zip(standing, proofs, strict=True):
        check_inclusion(leaf, index, last, proof)
    return told_of_pack(
        header, lines, chosen, evidence[2], replay, [head for head, _ in heads], cosigned, pins
    )


def read_pack_lines(data: bytes) -> tuple[Json, list[tuple[int, bytes, Entry]]]:
    first, *rest = data.splitlines(keepends=True)
    header = decode(first.removesuffix(b"\n"), "the first line")
    need(
        first.endswith(b"\n") and header.keys() == HEADER and header["format"] == "tipline-pack/1",
        "the first line is not that of a pack",
    )
    need(HEX_32.fullmatch(text(header["genesis"], "the first line")), "the first line names no first entry")
    text(header["report"], "the version of the reports")
    read_day(header["day"], "the day of the pack")
    need(isinstance(header["names"], dict), "the names are malformed")
    ended = -1
    need(isinstance(header["entries"], list) and header["entries"], "nothing was chosen")
    for pair in header["entries"]:
        right = isinstance(pair, list) and len(pair) == 2 and all(type(end) is int for end in pair)
        need(right and ended < pair[0] <= pair[1] < pair[0] + MAX_CHOSEN, "what was chosen is malformed")
        ended = pair[1] + 1
    count = sum(last - first + 1 for first, last in header["entries"])
    need(count <= MAX_CHOSEN, f"more than {MAX_CHOSEN} entries were chosen")
    found = [read_line(line, None) for line in rest]
    need(
        [index for index, _, _ in found] == sorted({index for index, _, _ in found}),
        "the entries are out of order",
    )
    lines: list[tuple[int, bytes, Entry]] = []
    for index, leaf, entry in found:
        if entry is None:
            fail("a pack holds no forgotten entry", index)
        lines.append((index, leaf, entry))
    need(lines and lines[0][0] == 0, "the pack lacks the first entry of its log")
    return header, lines


Proofs = list[tuple[int, list[bytes]]]


def read_proofs(data: bytes) -> tuple[Proofs, tuple[int, bytes, Entry], list[tuple[bytes, list[bytes]]]]:
    """Proofs, the evidence entry, its proof, checkpoints: in this order."""
    lines = data.splitlines(keepends=True)
    place = next((place for place, line in enumerate(lines) if line.startswith(b'{"entry":')), len(lines))
    need(place + 2 < len(lines), "the pack lacks its evidence entry or its checkpoint")
    index, leaf, entry = read_line(lines[place], None)
    if entry is None:
        fail("the pack lacks its evidence entry")
    proofs: Proofs = []
    for line in [*lines[:place], lines[place + 1]]:
        value = decode(line.removesuffix(b"\n"), "a proof")
        need(line.endswith(b"\n") and value.keys() == {"index", "proof"}, "a proof is malformed")
        proofs.append((number(value["index"], "an index"), read_hashes(value["proof"])))
    checkpoints = []
    for line in lines[place + 2 :]:
        value = decode(line.removesuffix(b"\n"), "a checkpoint")
        need(
            line.endswith(b"\n") and value.keys() == {"checkpoint", "consistency"},
            "a checkpoint is malformed",
        )
        checkpoints.append(
            (text(value["checkpoint"], "a checkpoint").encode(), read_hashes(value["consistency"]))
        )
    return proofs, (index, leaf, entry), checkpoints


def read_hashes(value: object) -> list[bytes]:
    need(isinstance(value, list), "a proof is malformed")
    return [unhex(one, "a hash") for one in value]  # type: ignore[attr-defined]


def check_evidence(entry: Entry, header: Json, manifest: str, last: int, replay: Replay) -> None:
    """The auditor whom the pack names stated exactly this pack, after all that it holds."""
    index = entry.index
    need(index > last, "the pack was stated before an entry that it holds", index)
    replay.take(entry)
    body = entry.body
    need(
        (entry.type, entry.done, body["by"]) == ("evidence", True, [header["member"]]),
        "the auditor who is named did not state this pack",
        index,
    )
    late = (day_of(entry.at) - read_day(header["day"], "the day of the pack")).days
    right = (body.get("entries"), body.get("hash")) == (header["entries"], manifest) and 0 <= late <= 1
    need(right, "the auditor stated another pack", index)


def check_names(names: Json, roster: Roster) -> None:
    for member, known in names.items():
        need(isinstance(known, dict) and known.keys() == {"name", "salt"}, "a name is malformed")
        salt = unhex(known["salt"], "a salt", len(str(known["salt"])) // 2)
        digest = sha256(salt + text(known["name"], "a name").encode("utf-8", "surrogatepass")).hexdigest()
        right = member in roster.members and roster.members[member].name_digest == digest
        need(right, f"{member} has another name in the log than in the pack")


def note_cosigners(head: Checkpoint, replay: Replay, cosigned: dict[str, tuple[int, int]]) -> None:
    """Open a checkpoint under the keys of its place; note whose witnesses' keys all signed it."""
    roster = replay.roster
    need(head.origin == replay.origin, "a checkpoint is of another log")
    signed = head.open(roster.keys_at(head.size - 1), roster.witness_keys())
    for name, keys in roster.witnesses:
        if keys and signed.keys() >= set(keys) and cosigned.get(name, (0, 0))[0] < head.size:
            cosigned[name] = (head.size, max(signed[key] for key in keys))


def told_of_pack(
    header: Json,
    lines: list[tuple[int, bytes, Entry]],
    chosen: set[int],
    evidence: Entry,
    replay: Replay,
    heads: list[Checkpoint],
    cosigned: dict[str, tuple[int, int]],
    pins: Pins,
) -> Proved:
    proved = told(replay, heads[-1], pins)
    names = {member: known["name"] for member, known in header["names"].items()}
    proved.yes.insert(1, f"{len(chosen)} chosen entries stand in that log as they are in the pack.")
    proved.yes.append(
        f"{names.get(header['member'], '')} {header['member']} took them out: entry {evidence.index} says "
        "so, and covers the reports and every other file of the pack.".strip()
    )
    if names:
        proved.yes.append(f"{len(names)} names are those that the log knows.")
    for name, (size, at) in cosigned.items():
        when = f" on {datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC" if at else ""
        proved.yes.append(f"The witness {name} countersigned the log at {size} entries{when}.")
    missing = [name for name, _ in replay.roster.witnesses if name not in cosigned]
    proved.no += [
        f"The witness {name} countersigned none of the checkpoints in the pack." for name in missing
    ]
    check_earlier(pins.earlier, heads, replay.roster, proved)
    proved.no.append(
        "That no change of who may do what was left out, and no other entry was worth choosing: "
        "an export of the whole log shows both."
    )
    proved.no.append("That the reports say in words what the entries say: compare them with the list below.")
    proved.table = [row(entry, names) for index, _, entry in lines if index in chosen]
    return proved


def check_earlier(
    earlier: Checkpoint | None, heads: list[Checkpoint], roster: Roster, proved: Proved
) -> None:
    if earlier is None:
        return
    if any(earlier.same(head) for head in heads):
        proved.yes.append(
            f"The earlier checkpoint (size {earlier.size}) is of the same log, which goes on from it."
        )
        return
    if any(earlier.size == head.size for head in heads) or earlier.size > heads[-1].size:
        changed(earlier, roster)
    fail(f"the pack holds no proof for the earlier checkpoint (size {earlier.size})")


def row(entry: Entry, names: dict[str, str]) -> str:
    who = ", ".join(f"{names.get(one, '')} {one}".strip() for one in entry.body["by"])
    about = [
        f"{name} {entry.body[name]}"
        for name in ("desk", "tip", "purpose", "from", "to", "member")
        if isinstance(entry.body.get(name), str) and entry.body[name]
    ]
    result = "done" if entry.done else f"refused: {entry.reason}"
    at = f"{datetime.fromtimestamp(entry.at, UTC):%Y-%m-%d %H:%M:%S}"
    return f"{entry.index:>8}  {at}  {who}  {entry.type}  {'; '.join(about)}  {result}"


# ------------------------------------------------------------------ what is printed


def checkpoint_in(path: Path) -> Checkpoint:
    """A checkpoint from a file of its own, or from the end of an older export."""
    data = path.read_bytes()
    if data.startswith(b'{"format":"tipline-log/'):
        data = data.rpartition(b"\n--\n")[2]
    return Checkpoint(data, "the earlier checkpoint")


def verify(path: Path, pins: Pins) -> Proved:
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        if start == b"PK\x03\x04":
            return verify_pack(file.read(MAX_FILE + 1), pins)
        total = path.stat().st_size

        def progress(done: int) -> None:
            if sys.stderr.isatty():
                print(f"\r{100 * done // total:>3} %", end="", file=sys.stderr)

        return verify_export(file, pins, progress)


def printable(line: str) -> str:
    """Without what could move the cursor, or write over other lines."""
    return "".join(one if one.isprintable() else "�" for one in line)


def show(proved: Proved) -> Iterator[str]:
    yield "PROVED"
    yield from (f"  + {sentence}" for sentence in proved.yes)
    if proved.no:
        yield "NOT PROVED"
        yield from (f"  - {sentence}" for sentence in proved.no)
    if proved.table:
        yield "THE CHOSEN ENTRIES (time in UTC)"
        yield from proved.table


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an export or an evidence pack of an access log.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", help="the log's key, name+id+key, from somebody you trust")
    parser.add_argument(
        "--genesis", default="", help="SHA-256 of the log's first entry, 64 hex digits, instead of a key"
    )
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint, or an older export, that you kept")
    given = parser.parse_args(arguments)
    try:
        key = Key.parse(given.key) if given.key else None
        earlier = checkpoint_in(given.checkpoint) if given.checkpoint else None
        proved = verify(given.file, Pins(key, given.genesis.lower(), earlier))
    except (Failed, OSError) as error:
        print(f"DOES NOT HOLD: {printable(str(error))}", file=sys.stderr)
        return 1
    print("\n".join(printable(line) for line in show(proved)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
