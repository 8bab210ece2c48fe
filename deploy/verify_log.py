#!/usr/bin/env python3
"""Verify an export or an evidence pack of a tip line's access log, on any machine.

    python3 verify_log.py FILE --key 'NAME+ID+KEY'

One file; it needs Python 3.11, its standard library and `cryptography` 48 or newer, no network, and nothing
of the service. It prints what it proved and what it did not, and ends with code 0; when something does not
hold it says what, and ends with code 1.

Written from docs/formats.md, apart from the service's own verifier (`tipline log verify`), so that a mistake
in one is not a mistake in both. It reads as a list of checks, from the top: text and numbers, keys and notes,
the tree, entries, who may do what, exports, packs, and what is printed.

Not checked here: which duties may meet in one person, which the service's own verifier checks; whether a
case moved as its rules say; and the route that a tip came with, which no statement tells.
"""

import argparse
import base64
import binascii
import json
import os
import re
import signal
import struct
import sys
import zlib
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime, timedelta, timezone
from functools import cached_property, lru_cache
from hashlib import sha256
from multiprocessing import get_context
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
        if error.index is not None:  # it names its entry
            raise
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
        if type(inner) is not str:  # most are
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


@lru_cache(maxsize=1024)
def ed25519_key(raw: bytes) -> Ed25519PublicKey | None:
    """None for what is no key, or one under which anybody could sign."""
    if len(raw) != 32 or int.from_bytes(raw, "little") & (2**255 - 1) in SMALL_ORDER:
        return None
    return Ed25519PublicKey.from_public_bytes(raw)


def check_ed25519(raw: bytes, signature: bytes, message: bytes) -> bool:
    try:
        key = ed25519_key(raw)
        if key is None:
            return False
        key.verify(signature, message)
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

    @cached_property
    def signed(self) -> bytes:
        """What its signers signed."""
        return STATEMENT_TAG + encode(self.body)

    def signatures_under(self, roster: "Roster") -> list["Signed"]:
        """What everybody whom it names must have signed, under the key that they had at this place."""
        found: list[Signed] = []
        for signer in self.body["by"]:
            key = roster.log_keys[-1].raw if signer == "keeper" else roster.anybody(signer).key
            wrong = f"the signature of {signer} is missing or wrong"
            need(signer in self.signatures, wrong)
            signature = unbase64(self.signatures[signer], "a signature")
            found.append((self.index, wrong, key, signature, self.signed))
        return found


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


# ------------------------------------------------------------------ signatures, on all cores
# Most of the work is here. Of a long log, other processes check them while this one reads on.

FEW, BATCH = 4000, 500  # signatures: to start other processes takes as long as to check the first of them
Signed = tuple[int, str, bytes, bytes, bytes]  # entry, what to say, key, signature, what was signed


def first_wrong(batch: list[Signed]) -> tuple[int, str] | None:
    """The first entry with a wrong signature, and what to say of it."""
    for index, wrong, key, signature, message in batch:
        if not check_ed25519(key, signature, message):
            return index, wrong
    return None


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """^C reaches all processes of a terminal. Those that start in here ignore it; this one ends them."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Signatures:
    """Takes signatures in the order of the log; left as a context, it has found all of them right.

    The first wrong one is the same however many processes looked, and none of them stays.
    """

    def __init__(self) -> None:
        self.count, self.cores = 0, os.cpu_count() or 1
        self.batch: list[Signed] = []
        self.under_way: deque[tuple[list[Signed], Future[tuple[int, str] | None]]] = deque()
        self.pool: ProcessPoolExecutor | None = None
        self.wrong: tuple[int, str] | None = None

    def __enter__(self) -> "Signatures":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None or issubclass(kind, Failed):  # what was taken before comes before what failed
                self.hand_over()
                self.collect(0)
        finally:
            if self.pool is not None:
                self.pool.shutdown(cancel_futures=True)

    def take(self, signed: list[Signed]) -> None:
        self.batch += signed
        if len(self.batch) >= BATCH:
            self.hand_over()

    def hand_over(self) -> None:
        batch, self.batch = self.batch, []
        self.count += len(batch)
        if self.cores == 1 or self.count <= FEW:
            self.note(first_wrong(batch))
            return
        if self.pool is None:
            self.pool = ProcessPoolExecutor(self.cores, get_context("spawn"))
            with interrupts_ignored():
                for _ in range(self.cores):  # each starts one, while none is idle yet
                    self.pool.submit(first_wrong, [])
        try:
            self.under_way.append((batch, self.pool.submit(first_wrong, batch)))
        except BrokenProcessPool:  # they cannot run here, or were killed
            self.collect(0)
            self.note(first_wrong(batch))
        self.collect(2 * self.cores)

    def collect(self, most: int) -> None:
        while len(self.under_way) > most:
            batch, found = self.under_way.popleft()
            try:
                wrong = found.result()
            except BrokenProcessPool:
                wrong = first_wrong(batch)
            self.note(wrong)

    def note(self, wrong: tuple[int, str] | None) -> None:
        self.wrong = self.wrong or wrong
        if self.wrong is not None:
            fail(self.wrong[1], self.wrong[0])


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
    log-key search report alert alert-review alert-ask alert-answer decoy
    disclosure disclosure-decision disclosure-unlock disclosure-view disclosure-lapse accused identity
    interference interference-answer
    reward-proposal reward-check reward-approval reward-grant reward-extend reward-expired reward-named
    reward-day key-expired pay-look pay pay-named
""")
SENSITIVE = words("""
    unit member member-unit grant regrant revoke remove role lead new-keys passkey desk calendar
    deadlines body unhold audit-all export evidence acknowledge witnesses alert-rules
    disclosure disclosure-decision disclosure-view
    reward-rules point reward-budget reward-approval reward-extend reward-cancel reward-open pay-undo
""")
BY_HOLDERS = words("""
    list card-group read reply note tags move packet pause resume extend assign close-spam link unlink
    umbrella umbrella-step sheets entry search disclosure disclosure-view accused identity watch
    reward-proposal
""")
BY_A_HOLDER = {"route"}
BY_A_HOLDER_AND_ANOTHER = {"hold", "unhold"}
BY_AUDITORS = words("audit audit-all evidence alert-review alert-ask decoy report")
BY_ONE_MEMBER = {"alert-answer", "interference"}
BY_INTEGRITY = {"interference-answer"}
BY_A_CUSTODIAN = {"disclosure-decision", "disclosure-unlock"}
BY_KEEPER = words("""
    export received checked-in missed silence pause-end unassign erase inventory forget alert
    disclosure-lapse mint-keys reward-grant reward-expired reward-named reward-day key-expired
""")
BY_REGISTRAR_AND_ANOTHER = words("""
    unit member-unit lead new-keys calendar deadlines body witnesses point
""")
BY_AUDITOR_AND_ANOTHER = {"acknowledge", "alert-rules"}
BY_ONE_WITH_A_ROLE = {
    "reward-proposal": {"proposer"},
    "reward-check": {"verifier"},
    "reward-approval": {"approver"},
    "reward-extend": {"approver"},
    "pay-look": {"pay-clerk", "verifier"},
    "pay": {"pay-clerk"},
    "pay-named": {"pay-clerk"},
}
BY_TWO_WITH_ROLES = {
    "reward-rules": ({"registrar"}, {"approver"}),
    "reward-budget": ({"approver"}, {"leader", "verifier", "approver"}),
    "reward-cancel": ({"approver"}, {"proposer", "verifier", "approver"}),
    "reward-open": ({"approver"}, {"verifier", "approver"}),
    "pay-undo": ({"approver"}, {"pay-clerk", "verifier"}),
    "pickup-list": ({"pay-clerk"}, {"pay-clerk"}),
}


class Member:
    """Somebody who signs: keys, unit, what they hold."""

    def __init__(self, value: Json) -> None:
        self.id, self.unit = text(value["id"], "a member"), text(value["unit"], "a unit")
        self.key, self.past = unhex(value["signing_key"], "a key"), [unhex(value["signing_key"], "a key")]
        self.name_digest = text(value["name_digest"], "a name")
        self.desks, self.roles = set(value["desks"]), set(value["roles"])
        self.conflicts = set(value["conflicts"])
        self.past_units = [(pair["unit"], pair["until"]) for pair in value["past_units"]]
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

    def on(self, day: date) -> "Member":
        """The same on a day: no deputy any more where their last day lies before it."""
        over = [desk for desk, until in self.until.items() if until < day.isoformat()]
        if not over:
            return self
        later = copy(self)
        later.desks, later.awaiting, later.until = set(self.desks), set(self.awaiting), dict(self.until)
        later.leave(over)
        return later

    def units_on(self, day: date) -> set[str]:
        """What they stand for: their unit, those that they left in the five years before, and conflicts."""
        last = min(day.day, 28) if day.month == 2 else day.day
        since = day.replace(year=day.year - 5, day=last).isoformat()
        return {self.unit, *self.conflicts, *(unit for unit, until in self.past_units if until >= since)}

    def has_one_of(self, roles: set[str]) -> bool:
        return self.active and bool(self.roles & roles)

    def leave(self, desks: Iterable[str]) -> None:
        for desk in list(desks):
            self.desks.discard(desk)
            self.awaiting.discard(desk)
            self.until.pop(desk, None)


def check_head(head: Json, names: set[str]) -> None:
    """A head as an acknowledgement names it."""
    need(isinstance(head, dict) and head.keys() == names, "a head is malformed")
    need(type(head["size"]) is int and 0 < head["size"] <= 2**40, "a head has no such size")
    need(all(HEX_32.fullmatch(text(head[name], "a root")) for name in names - {"size"}), "a root is none")


def check_members(member: Member) -> bool:
    return bool(re.fullmatch("m[0-9a-f]{8}", member.id)) and bool(HEX_32.fullmatch(member.name_digest))


class RewardRules:
    """What is set for rewards; without a statement, as the service begins."""

    def __init__(self, value: Json | None = None) -> None:
        rules: Json = value or {
            "values": [500, 1_000, 5_000, 10_000, 50_000],
            "bounds": {
                "ordinary": [500, 5_000],
                "evil-force": [10_000, 30_000],
                "organised": [30_000, 100_000],
                "exceptional": [100_000, 500_000],
                "umbrella": [5_000, 30_000],
            },
            "limit": 50_000,
            "crowd": 5,
            "share": 50,
        }
        self.values, self.bounds = [yuan(one) for one in rules["values"]], rules["bounds"]
        self.limit, self.crowd, self.share = (number(rules[name], "a rule") for name in RULES)
        need(500 in self.values and self.crowd > 1, "the rules of rewards are malformed")


RULES = ("limit", "crowd", "share")
FACTORS = {"result", "originality", "completeness", "risk", "help"}
MAJOR = words("organised evil-force umbrella serious weapons election wide")


def yuan(value: object) -> int:
    """An amount that can be made of vouchers."""
    amount = number(value, "an amount")
    need(0 < amount <= 500_000 and amount % 500 == 0, "an amount is none")
    return amount


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
        need(len(self._had()) == len(self.members) + 1, "two in the genesis have one key")
        self.since = [0]  # first entry that each of the log's keys stands for
        self.witnesses: list[tuple[str, list[Key]]] = []
        self.term = 1826  # days that a statement is kept
        self.off, self.worked = set[date](), set[date]()  # days that are otherwise than the week says
        self.rollbacks: list[tuple[int, list[str], Json, Json]] = []
        self.lost = 0  # entries that all rollbacks together took
        self.reward_rules, self.points = RewardRules(), set[str]()
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

    def reads(self, desks: frozenset[str], excluded: frozenset[str], at: int) -> bool:
        """Whether somebody at these desks may read what excludes these units."""
        holders = [one for one in self.members.values() if one.active and one.desks & desks]
        return any(not one.units_on(day_of(at)) & excluded for one in holders)

    def are_two(self, body: Json) -> bool:
        """Whether two signed, one of them outside the desk, and each of them somebody."""
        signers = self._signers(body)
        holders = [one for one in signers if one.holds(body["desk"])]
        return len(signers) == 2 and len(holders) == 1 and all(one.settled for one in signers)

    def check(self, entry: Entry) -> None:
        """Who may state this at all."""
        body, kind = entry.body, entry.type
        need(body["log"] == self.origin, "it is for another log")
        if kind in BY_KEEPER | {"lapse", "log-key"}:
            need(body["by"] == ["keeper"], "the keeper alone states this")
            return
        signers = self._signers(body)
        need(all(signer.active for signer in signers), "a signer was removed")
        named_desk = body.get("desk")
        desk: str = named_desk if isinstance(named_desk, str) else ""
        self._check_roles(kind, signers)
        if kind in BY_HOLDERS:
            need(desk and all(one.holds(desk) for one in signers), "a signer does not hold the desk")
            self._reads(kind, desk)
        elif kind in BY_A_HOLDER | BY_A_HOLDER_AND_ANOTHER:
            need(desk and any(one.holds(desk) for one in signers), "no signer holds the desk")
            self._reads(kind, desk)
            if kind in BY_A_HOLDER_AND_ANOTHER:
                outside = [one for one in signers if one.settled and not one.holds(desk)]
                need(outside, "somebody from outside the desk must sign this too")
        elif kind in BY_INTEGRITY or (kind, body.get("kind")) == ("report", "interference"):
            need(len(signers) == 1 and signers[0].holds("integrity"), "the integrity desk alone states this")
        elif kind in BY_AUDITORS:
            need(all(one.holds("auditors") for one in signers), "a signer is no auditor")
        elif kind in BY_A_CUSTODIAN:
            need(len(signers) == 1 and signers[0].holds("custodians"), "a custodian alone states this")
        elif kind in BY_ONE_MEMBER:
            need(len(signers) == 1, "one member alone states this")
            need(kind == "alert-answer" or signers[0].settled, "whoever states this holds a desk or a role")
        elif kind in BY_AUDITOR_AND_ANOTHER:
            self._pair(signers, lambda one: one.holds("auditors"), lambda one: one.settled)
        elif kind in BY_REGISTRAR_AND_ANOTHER:
            self._pair(signers, lambda one: one.registrar, lambda one: one.settled)
        else:
            known = kind in CHANGES or kind in BY_ONE_WITH_A_ROLE or kind in BY_TWO_WITH_ROLES
            need(known, f"nobody knows statements of the type {kind}")

    def _check_roles(self, kind: str, signers: list[Member]) -> None:
        """Rewards go by roles: one person with one of them, or two people with two."""
        if kind in BY_ONE_WITH_A_ROLE:
            right = len(signers) == 1 and signers[0].has_one_of(BY_ONE_WITH_A_ROLE[kind])
            need(right, "one person with the role for it states this alone")
        if kind in BY_TWO_WITH_ROLES:
            need(len(signers) <= 2, "two people sign this, and no third")
            one, other = BY_TWO_WITH_ROLES[kind]
            self._pair(signers, lambda each: each.has_one_of(one), lambda each: each.has_one_of(other))

    def _reads(self, kind: str, desk: str) -> None:
        if kind == "read" and desk in ("auditors", "custodians"):
            return  # reasons and searched words are sealed for auditors, reasons of requests for custodians
        if kind in ("disclosure", "disclosure-view", "read") and desk == "payments":
            return  # who is paid by name, and the answers to requests for it
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
        """Who signed, with the desks that they held on the day of their statement."""
        day = day_of(max(body["at"], 0))
        return [self.anybody(signer).on(day) for signer in body["by"]]

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
        known = self._had() | {one.raw for one in self.witness_keys()}
        need(key not in known, "somebody has, or had, this key already")
        return key

    def _had(self) -> set[bytes]:
        """Signing keys of the log and of all members, past ones too."""
        past = {past for one in self.members.values() for past in one.past}
        return past | {key.raw for key in self.log_keys}

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
        member, unit = self._subject(body), text(body["unit"], "a unit")
        member.past_units += [(pair["unit"], pair["until"]) for pair in body["past_units"]]
        if unit != member.unit:
            member.past_units.append((member.unit, day_of(body["at"]).isoformat()))
        member.unit, member.conflicts = unit, set(body["conflicts"])

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
        member = self._subject(body)
        need(body["by"] == [member.id], "the member states this alone")
        member.conflicts |= set(body["add"])

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
            self._pair(signers, lambda one: one.id == member.id, lambda one: one.registrar)
        else:
            need([one.id for one in signers] == [member.id] and new, "the member states this alone")
        need(not new or new.keys() == {"id", "key", "rp", "algorithm"}, "a passkey is none")
        member.passkey = new

    def calendar(self, body: Json) -> None:
        for name in ("off", "worked"):
            days = {read_day(day, "a day") for day in body[name]}
            other_years = {day for day in getattr(self, name) if day.year != body["year"]}
            setattr(self, name, other_years | days)

    def days_later(self, day: date, count: int) -> date:
        """The day that is so many working days later."""
        while count:
            day += timedelta(days=1)
            count -= day in self.worked or (day.weekday() < 5 and day not in self.off)
        return day

    def deadlines(self, body: Json) -> None:
        self.term = number(body["days"].get("statement", 1826), "a term")

    def set_witnesses(self, body: Json) -> None:
        self.witnesses = [
            (text(one["name"], "a witness"), [Key.parse(key) for key in one["keys"]])
            for one in body["witnesses"]
        ]
        keys = [key.raw for key in self.witness_keys()]
        others = self._had() | {key.raw for key in self.second if key}
        need(
            len(set(keys)) == len(keys) and not others.intersection(keys),
            "a key of a witness is somebody else's",
        )

    def acknowledge(self, body: Json) -> None:
        what, lost, found = body["what"], body["lost"], body["found"]
        need(what in ("rollback", "moved", "unwitnessed", "rows"), "nobody knows what is acknowledged")
        check_head(found, {"size", "root", "rows"} if what == "rows" else {"size", "root"})
        if lost != {}:
            need(what == "rollback", "the heads do not fit what is acknowledged")
            check_head(lost, {"size", "root"})
            self.lost += max(0, lost["size"] - found["size"])
            need(self.lost <= 2**52, "more entries are lost than a log could have")
            self.rollbacks.append((self.version, body["by"], lost, found))

    def log_key(self, body: Json) -> None:
        old, new = self.log_keys[-1], self._new_key(body["log_key"])
        lines = ("tipline-log-key-v1", self.origin, old.raw.hex(), body["log_key"], body["log_key_pq"])
        proof = unhex(body["proof"], "the proof of the log's next key", 64)
        message = "".join(f"{line}\n" for line in lines).encode()
        need(check_ed25519(new, proof, message), "the log's next key does not prove itself")
        self.log_keys.append(Key(self.origin, ED25519, new))
        second = self._second(body["log_key_pq"])
        taken = {key.raw for key in (*self.second, *self.witness_keys()) if key}
        need(second is None or second.raw not in taken, "somebody has, or had, this key already")
        self.second.append(second)
        self.since.append(self.version)

    def set_reward_rules(self, body: Json) -> None:
        self.reward_rules = RewardRules(body["rules"])

    def set_point(self, body: Json) -> None:
        need(body["point"]["unit"] in self.units, "the point lies nowhere")
        self.points.add(text(body["point"]["id"], "a point"))

    def set_mint_keys(self, body: Json) -> None:
        moduli = [int.from_bytes(unhex(key["n"], "a mint key", 384)) for key in body["keys"]]
        right = all(one.bit_length() == 3072 and one & 1 for one in moduli)
        need(right and len(set(moduli)) == len(moduli), "a mint key is none")

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
    "calendar": Roster.calendar,
    "deadlines": Roster.deadlines,
    "body": Roster.nothing,
    "acknowledge": Roster.acknowledge,
    "log-key": Roster.log_key,
    "witnesses": Roster.set_witnesses,
    "alert-rules": Roster.nothing,
    "reward-rules": Roster.set_reward_rules,
    "point": Roster.set_point,
    "mint-keys": Roster.set_mint_keys,
}
"""What changes the roster, and how."""


# ------------------------------------------------------------------ where tips may be read
# docs/formats.md, "Routes"

STEPS = words("""
    read reply note tags move packet pause resume extend hold unhold assign close-spam link unlink umbrella
    umbrella-step route disclosure disclosure-view accused identity watch reward-proposal
""")
INTEGRITY = frozenset(("integrity",))
NOWHERE: frozenset[str] = frozenset()


class Route:
    """What is known of a tip's route: None where nothing is; `at` is when it last changed."""

    def __init__(self, desks: frozenset[str] | None, excluded: frozenset[str] | None, at: int) -> None:
        self.desks, self.excluded, self.at = desks, excluded, at
        self.erased = False


class Routes:
    """Each tip's route, from the first statement on that tells it. Its reporter's item told it before.

    Of a pack, which is not `whole`, nobody knows what stands between two entries.
    """

    def __init__(self, *, whole: bool) -> None:
        self.whole, self.gaps = whole, False
        self.known: dict[str, Route] = {}

    @property
    def routed(self) -> int:
        """Of how many tips, not erased, the route is known."""
        return sum(one.excluded is not None for one in self.known.values())

    def take(self, roster: Roster, entry: Entry) -> None:
        """Hold a done statement against the routes, and go on behind it."""
        kind, body = entry.type, entry.body
        if kind in STEPS:
            for tip in about(body):
                self._check_step(roster, entry, self._of(tip))
        if kind == "route":
            self._reroute(roster, entry)
        elif kind == "missed":
            self._escalate(entry)
        elif kind == "erase":
            for tip in about(body):
                self.known[tip] = Route(None, None, 0)
                self.known[tip].erased = True

    def check_open(self, roster: Roster, entry: Entry, tip: str, member: Member) -> None:
        """Nothing that is known of a tip's route shuts a member out."""
        known = self._of(tip)
        need(not known.erased, "the tip was erased before")
        barred = known.excluded and member.units_on(day_of(entry.at)) & known.excluded
        need(not barred, f"the tip's route excludes a unit of {member.id}")

    def desks_of(self, tip: str) -> frozenset[str]:
        """The desks of a tip's route, as far as they are known."""
        return self._of(tip).desks or NOWHERE

    def _of(self, tip: str) -> Route:
        return (self.known.get(tip) if self.whole else None) or Route(None, None, 0)

    def _check_step(self, roster: Roster, entry: Entry, known: Route) -> None:
        """A desk of the route, by people of whom it excludes nobody."""
        body, desk = entry.body, entry.body.get("desk")
        need(not known.erased, "the tip was erased before")
        reason = (entry.type, desk) == ("read", "auditors")  # they read those of every tip
        payee = desk == "payments" and entry.type in ("disclosure", "disclosure-view")  # see `Disclosures`
        if known.desks is not None and not reason and not payee:
            there = known.desks | (INTEGRITY if self.gaps else NOWHERE)
            need(desk in there, "the tip's route does not name this desk")
            alone = entry.type != "umbrella" or known.desks == INTEGRITY
            need(alone, "an umbrella tip is at the integrity desk alone")
        taker = [body["to"]] if entry.type == "assign" and body.get("to") else []
        for one in (*body["by"], *taker) if known.excluded else ():
            units = roster.anybody(one).units_on(day_of(entry.at))
            need(not units & (known.excluded or NOWHERE), f"the tip's route excludes a unit of {one}")

    def _reroute(self, roster: Roster, entry: Entry) -> None:
        """Whatever lets somebody in takes two; nobody buries a tip."""
        body = entry.body
        tip, desks, excluded = text(body.get("tip"), "a tip"), names(body, "desks"), names(body, "excluded")
        reading = {one.id for one in roster.desks.values() if one.reads and one.id != "auditors"}
        right = desks and desks <= reading and excluded <= roster.units.keys()
        need(right, "the route names what nobody knows")
        need(roster.reads(desks, excluded, entry.at), "nobody could read the tip by this route")
        need(len(body["by"]) <= 2, "more than two signed a route")
        known = self._of(tip)
        had, barred = known.desks or NOWHERE, known.excluded or NOWHERE
        lifts, opens = not barred <= excluded, known.desks is not None and not desks <= had | INTEGRITY
        if lifts or opens or self._shuts_above(roster, entry, known, excluded):
            need(roster.are_two(body), "it lets somebody in, or shuts the integrity desk out: two do so")
        need(not had & INTEGRITY or desks & INTEGRITY or body["desk"] in INTEGRITY, "that desk alone lets go")
        newer = known.at <= body["at"] or not (lifts or opens)
        need(newer, "it was proposed before the route that it changes")
        self.known[tip] = Route(desks, excluded, entry.at)

    def _shuts_above(self, roster: Roster, entry: Entry, known: Route, excluded: frozenset[str]) -> bool:
        """Whether nobody at the integrity desk may read any more, where somebody might before.

        The keeper's clock may have been behind the log; in doubt it is taken as the keeper took it.
        """
        if known.excluded is None or roster.reads(INTEGRITY, excluded, entry.at):
            return False
        return roster.reads(INTEGRITY, known.excluded, max(entry.body["at"] - FRESH, 0))

    def _escalate(self, entry: Entry) -> None:
        """A missed deadline names the tip's desks; of the second level it adds the integrity desk."""
        body = entry.body
        tip, desks, above = (
            text(body.get("tip"), "a tip"),
            names(body, "desks"),
            body.get("level") not in (0, 1),
        )
        known, added = self._of(tip), INTEGRITY if above else NOWHERE
        if known.desks is not None:
            most = known.desks | (INTEGRITY if self.gaps else added)
            need(known.desks | added <= desks <= most, "a missed deadline brought the tip to another desk")
        need(added <= desks, "a missed deadline of the second level goes to the integrity desk")
        self.known[tip] = Route(desks, known.excluded, entry.at if above else known.at)


OF_TIPS = words("""
    tags accused packet pause resume pause-end extend close-spam link unlink umbrella umbrella-step silence
    reward-proposal reward-grant reward-expired reward-named
""")
OF_CASES = words("watch checked-in")
OF_BOTH = words("integrity auditors custodians")
READ_FOR = {"protection": True, "triage": False, "verification": False}
CASE_STATES = words("asked assessing planning approving protected ending ended")


class Kinds:
    """What each id is: a protection case (True), or a tip. No tip ever becomes a case, and no case a tip."""

    def __init__(self) -> None:
        self.known: dict[str, bool] = {}

    def take(self, entry: Entry) -> None:
        if entry.type not in STEPS | OF_TIPS | OF_CASES | {"entry", "missed"}:
            return  # of both together the keeper alone speaks: who came, who is nobody's, who goes
        tips = [tip for tip in about(entry.body) if tip != "0" * 32]
        said = {self.known[tip] for tip in tips if tip in self.known} | kinds_said(entry.type, entry.body)
        need(len(said) < 2, "a tip and a protection case are taken for one another")
        for kind in said:
            self.known.update(dict.fromkeys(tips, kind))


def kinds_said(kind: str, body: Json) -> set[bool]:
    """What a statement says its ids are, once for each way in which it says so."""
    said: set[bool] = set()
    if kind in OF_TIPS | OF_CASES:
        said.add(kind in OF_CASES)
    if kind in STEPS and body.get("desk") not in OF_BOTH:
        said.add(body.get("desk") == "protection")
    if kind == "entry" and body.get("desk") == "protection":
        said.add(True)
    if kind == "read" and str(body.get("purpose")) in READ_FOR:
        said.add(READ_FOR[str(body["purpose"])])
    if kind in ("move", "missed"):
        states = [body.get(name) for name in (("from", "to") if kind == "move" else ("state",))]
        said.update(str(state) in CASE_STATES for state in states)
    if kind in ("route", "missed"):
        desks = names(body, "desks")
        said.add("protection" in desks)
        if "protection" in desks and not desks <= {"protection", "integrity"}:
            said.add(False)  # no tip shares a route with a case
    return said


def about(body: Json) -> list[str]:
    """The tips that a statement names."""
    several, detail = body.get("tips"), body.get("detail")
    named_tips = [body.get("tip"), *(several if isinstance(several, list) else ())]
    if body["type"] in ("link", "unlink"):
        named_tips.append(body.get("to"))
    if body["type"] == "move" and isinstance(detail, dict):
        named_tips.append(detail.get("of"))
    return [tip for tip in named_tips if isinstance(tip, str)]


def names(body: Json, name: str) -> frozenset[str]:
    value = body.get(name)
    need(isinstance(value, list) and all(isinstance(one, str) for one in value), "the route is malformed")
    return frozenset(value)  # type: ignore[arg-type]


# ------------------------------------------------------------------ identities that two people open
# docs/formats.md, "Disclosures"

GROUNDS, TELLS = words("reward protection testimony life wish decision"), words("first after closing")
HOUR, DAY = 3600, 86_400  # seconds


class Request:
    """A request for an identity, and what came of it; `approver` is empty before a yes."""

    def __init__(self, entry: Entry, key: bytes, due: date) -> None:
        self.body, self.by, self.key, self.due = entry.body, entry.body["by"][0], key, due
        self.index = entry.index
        self.open, self.approver, self.approver_key = True, "", b""
        self.begins = self.ends = 0  # of the window, in Unix seconds

    def approve(self, entry: Entry, key: bytes) -> None:
        self.approver, self.approver_key = entry.body["by"][0], key
        self.begins = (entry.at // DAY + 1) * DAY if self.body["tell"] == "first" else 0
        self.ends = (self.begins or entry.at) + self.body["hours"] * HOUR


class Disclosures:
    """Every request, each yes or no, and what was opened; of a pack, what it holds of them."""

    def __init__(self, routes: Routes, rewards: "Rewards", *, whole: bool) -> None:
        self.routes, self.rewards, self.whole = routes, rewards, whole
        self.requests: dict[int, Request] = {}
        self.written: dict[object, object] = {}  # an identity that staff stated: its tip and hash
        self.owed: Entry | None = None  # a yes in an emergency: its alert is the next entry

    def take(self, roster: Roster, entry: Entry) -> None:
        """Hold a done statement against them."""
        self._check_alert(entry)
        body = entry.body
        if (entry.type, body.get("desk")) == ("read", "custodians"):
            need(body.get("tip") == "0" * 32, "custodians read reasons, and nothing of a tip")
        if entry.type == "identity":
            self.written[body.get("item")] = (body.get("tip"), body.get("hash"))
        if not entry.type.startswith("disclosure"):
            return
        need(len(body["by"]) == 1, "one alone states this")
        if entry.type == "disclosure":
            self._ask(roster, entry)
            return
        index = number(body.get("request"), "a request")
        need(index in self.requests or not self.whole, "it names a request that was not made")
        if index in self.requests:
            self._go_on(roster, entry, self.requests[index])

    def end(self) -> None:
        """What stands here is no done entry."""
        if self.owed is not None:
            fail("no alert followed the yes in an emergency", self.owed.index)

    def _check_alert(self, entry: Entry) -> None:
        if self.owed is None:
            return
        request, said = self.owed.body["request"], entry.body
        asked = self.requests[request]
        right = (entry.type, said.get("rule")) == ("alert", "emergency-disclosure")
        right = right and said.get("entries") == [request, self.owed.index]
        whose = [said.get(name) for name in ("member", "desk", "tip")]
        if not right or whose != [asked.by, asked.body["desk"], asked.body["tip"]]:
            self.end()
        self.owed = None

    def _ask(self, roster: Roster, entry: Entry) -> None:
        body, member = entry.body, roster.anybody(entry.body["by"][0])
        for name in ("tip", "desk", "item", "hash"):
            text(body.get(name), "what is asked for")
        named = (body["tip"], body["hash"])
        need(self.written.get(body["item"], named) == named, "it is another identity than was written down")
        ground, hours, tell, urgent = (body.get(name) for name in ("ground", "hours", "tell", "emergency"))
        need(ground in GROUNDS and tell in TELLS and isinstance(urgent, bool), "it is malformed")
        need(type(hours) is int and 1 <= hours <= 72, "the window has no such length")
        check_reason(body)
        with_letter = {body.get(name) != "" for name in ("body", "letter")}
        need(with_letter == {ground == "decision"}, "it lacks the letter for its ground")
        unit = body.get("accused_unit", "")  # older requests do without
        need(
            isinstance(unit, str) and (ground == "decision" or not unit),
            "it names an officer's unit for another ground",
        )
        is_urgent = (ground, hours) == ("life", 24) and tell != "first"
        need(is_urgent or not urgent, "it is no emergency")
        check_no_custodian(member)
        check_apart(roster, entry, body, member)
        self._check_pay_clerk(body, member)
        day = day_of(min(entry.at, body["at"] + FRESH))  # the keeper's clock may have been behind its log
        self.requests[entry.index] = Request(entry, member.key, roster.days_later(day, 5))
        if body["desk"] == "payments":
            self.rewards.asked.setdefault(body["tip"], []).append(self.requests[entry.index])

    def _go_on(self, roster: Roster, entry: Entry, request: Request) -> None:
        if entry.type == "disclosure-decision":
            self._decide(roster, entry, request)
        elif entry.type == "disclosure-lapse":
            need(request.open and request.due < day_of(entry.at), "the request could still be decided")
            request.open = False
        elif self.whole or not request.open:
            need(request.approver, "nobody had said yes")
            self._open(roster, entry, request)

    def _decide(self, roster: Roster, entry: Entry, request: Request) -> None:
        body, approver = entry.body, roster.anybody(entry.body["by"][0])
        check_reason(body)
        need(isinstance(body.get("approved"), bool), "it is neither a yes nor a no")
        need(request.open, "the request was decided before, or had lapsed")
        need(day_of(max(body["at"] - FRESH, 0)) <= request.due, "the time for a decision was over")
        self._check_approver(roster, entry, request, approver)
        request.open = False
        if body["approved"]:
            self._check_requester(roster, entry, request)
            request.approve(entry, approver.key)
            self.owed = entry if request.body["emergency"] and self.whole else None

    def _open(self, roster: Roster, entry: Entry, request: Request) -> None:
        """A lock comes off: by the right one of the two, within the window, and both still stand."""
        body = entry.body
        if entry.type == "disclosure-unlock":
            need(body["by"] == [request.approver], "another than who said yes took the lock off")
        else:
            need(body["by"] == [request.by], "another than who asked looked at it")
            same = all(body.get(name) == request.body[name] for name in ("tip", "desk", "item", "hash"))
            need(same, "it is another identity than the one that was asked for")
            need(min(entry.at, body["at"] + FRESH) >= request.begins, "the window had not begun")
        need(entry.at < request.ends, "the window was over")
        approver = roster.anybody(request.approver)
        self._check_requester(roster, entry, request)
        self._check_approver(roster, entry, request, approver)
        keys = roster.anybody(request.by).key, approver.key
        need(keys == (request.key, request.approver_key), "one of the two who agreed has other keys now")

    def _check_requester(self, roster: Roster, entry: Entry, request: Request) -> None:
        member, desk, tip = roster.anybody(request.by), request.body["desk"], request.body["tip"]
        need(member.holds(desk), "one of the two who agreed could not do so any more")
        check_no_custodian(member)
        check_apart(roster, entry, request.body, member)
        self._check_pay_clerk(request.body, member)
        desks, perhaps = self.routes.desks_of(tip), INTEGRITY if self.routes.gaps else NOWHERE
        there = not desks or desk in desks | perhaps or desk == "payments"
        need(there, "the tip's route does not name this desk")
        self.routes.check_open(roster, entry, tip, member)

    def _check_approver(self, roster: Roster, entry: Entry, request: Request, member: Member) -> None:
        need(member.id != request.by, "nobody agrees to what they asked for")
        need(member.holds("custodians"), "one of the two who agreed could not do so any more")
        check_apart(roster, entry, request.body, member)
        self._check_paid_by_name(request.body, member)
        tip = request.body["tip"]
        reading = self.routes.desks_of(tip) | {request.body["desk"]}
        need(not (member.desks | member.awaiting) & reading, "who agreed holds a desk that reads the tip")
        self.routes.check_open(roster, entry, tip, member)

    def _check_pay_clerk(self, body: Json, member: Member) -> None:
        """Whoever asks at the pay clerks' desk is one, and asks whom to pay."""
        if body["desk"] == "payments":
            need(member.has_one_of({"pay-clerk"}), "somebody asks whom to pay who is no pay clerk")
            self._check_paid_by_name(body, member)

    def _check_paid_by_name(self, body: Json, member: Member) -> None:
        if body["desk"] != "payments":
            return
        need(body["ground"] == "reward", "pay clerks ask for a name for another ground")
        if self.whole:
            people = self.rewards.payees(body["tip"])
            need(people is not None, "nobody is to be paid by name for this tip")
            need(member.id not in (people or ()), "one of the two took a step of the award that is paid")


def check_no_custodian(member: Member) -> None:
    need("custodians" not in member.desks | member.awaiting, "a custodian asks for no identity")


def check_apart(roster: Roster, entry: Entry, body: Json, member: Member) -> None:
    """Nobody of a framed officer's unit, of one above it in the township or of one beneath it."""
    accused = body.get("accused_unit", "")
    line = upwards(roster, accused) | {one for one in roster.units if accused in upwards(roster, one)}
    apart = not member.units_on(day_of(entry.at)) & line
    need(apart, "one of the two is of the accused officer's unit, or of one in its line")


def upwards(roster: Roster, unit: str) -> set[str]:
    """A unit and everything above it inside the township."""
    found: set[str] = set()
    while unit in roster.units and unit not in found and (not found or roster.units[unit]["inside"]):
        found.add(unit)
        unit = roster.units[unit]["superior"]
    return found


def check_reason(body: Json) -> None:
    reason = body.get("reason")
    need(isinstance(reason, dict) and reason.keys() == {"item", "hash"}, "it gives no reason")
    for part in dict(reason or {}).values():
        text(part, "a reason")


# ------------------------------------------------------------------ alerts that a member is asked about


class Questions:
    """Whom each open alert is about, who was asked about theirs, and whose answer is still to come."""

    def __init__(self) -> None:
        self.about: dict[int, object] = {}
        self.asked, self.waiting = set[int](), set[int]()

    def take(self, entry: Entry) -> None:
        """An alert is explained by whom it is about, once, when an auditor asked, and before its review."""
        kind, body = entry.type, entry.body
        if kind == "alert":
            self.about[entry.index] = body.get("member")
        if kind not in ("alert-review", "alert-ask", "alert-answer"):
            return
        alert = number(body.get("alert"), "an alert")
        need(alert in self.about, "it is about no alert that is open")
        if kind == "alert-review":
            del self.about[alert]
        elif kind == "alert-ask":
            again = alert in self.asked or self.about[alert] in body["by"]
            need(not again, "that was asked before, or of oneself")
            self.asked.add(alert)
            self.waiting.add(alert)
        else:
            right = alert in self.waiting and body["by"] == [self.about[alert]]
            need(right, "nobody asked this member about the alert")
            self.waiting.discard(alert)


# ------------------------------------------------------------------ the interference register
# docs/formats.md, "Interference"


class Filed:
    """An entry of the register: who filed it, and the units that must not read it."""

    def __init__(self, body: Json) -> None:
        self.by, self.excluded = body["by"][0], names(body, "excluded")

    def keeps_out(self, entry: Entry, member: Member) -> bool:
        return bool(member.units_on(day_of(entry.at)) & self.excluded)


class Register:
    """Every entry of the register, and the items of entries and answers; of a pack, what it holds of them."""

    def __init__(self, *, whole: bool) -> None:
        self.whole = whole
        self.filed: dict[int, Filed] = {}
        self.items: dict[str, Filed | None] = {}

    def take(self, roster: Roster, entry: Entry) -> None:
        """Hold a done statement against them."""
        body = entry.body
        if entry.type == "interference":
            self._file(roster, entry)
        elif entry.type == "interference-answer":
            self._answer(roster, entry)
        elif (entry.type, body.get("tip")) == ("read", "0" * 32):
            items = body.get("items")
            for one in items if isinstance(items, list) else []:
                filed = self.items.get(str(one.get("item"))) if isinstance(one, dict) else None
                if filed is not None:
                    right = body.get("desk") in ("auditors", "integrity")
                    need(right, "this desk does not read the register")
                    self._check_reader(roster, entry, filed)

    def _file(self, roster: Roster, entry: Entry) -> None:
        filed = Filed(entry.body)
        need(filed.excluded <= roster.units.keys(), "it excludes a unit that nobody knows")
        others = [one for one in roster.members.values() if one.active and one.id != filed.by]
        readers = [one for one in others if one.desks & {"auditors", "integrity"}]
        need(any(not filed.keeps_out(entry, one) for one in readers), "nobody else could read it")
        self._name(entry.body, filed)
        self.filed[entry.index] = filed

    def _answer(self, roster: Roster, entry: Entry) -> None:
        filed = self.filed.get(number(entry.body.get("entry"), "an entry"))
        need(filed is not None or not self.whole, "it names no entry of the register")
        if filed is not None:
            need(filed.by not in entry.body["by"], "nobody answers what they filed")
            self._check_reader(roster, entry, filed)
        self._name(entry.body, filed)

    def _name(self, body: Json, filed: Filed | None) -> None:
        item = text(body.get("item"), "an item")
        text(body.get("hash"), "a hash")
        need(item not in self.items, "its item was named before")
        self.items[item] = filed

    def _check_reader(self, roster: Roster, entry: Entry, filed: Filed) -> None:
        for one in entry.body["by"]:
            kept_out = filed.keeps_out(entry, roster.anybody(one))
            need(not kept_out, "the register keeps a unit of theirs from this entry")


# ------------------------------------------------------------------ rewards
# docs/formats.md, "Rewards"


UNDECIDED = ("proposed", "checked")


class Award:
    """A reward for one tip, and how far it came."""

    def __init__(self, entry: Entry) -> None:
        body = entry.body
        self.tip, self.tier, self.share = body["tip"], body["tier"], body["share"]
        self.amount, self.state, self.people = yuan(body["amount"]), "proposed", {body["by"][0]}
        self.approvers: list[str] = []
        self.claim = self.until = self.clerk = ""
        self.clerk_day, self.payee = date.min, ""  # of the first word for a payment by name
        self.wished = -1  # where the reporter's wish for one stands
        self.granted, self.latest = date.max, date.max  # its day, and that to which it could be extended

    def go(self, before: str, after: str, person: str = "") -> None:
        """A step, by somebody who took none of it before."""
        need(self.state == before, "the reward cannot take this step")
        need(person not in self.people, "one person took two steps of one reward")
        self.state = after
        if person:
            self.people.add(person)


class MintKey:
    """What was minted, presented and given back under the key of one value and year."""

    def __init__(self) -> None:
        self.minted = self.presented = self.returned = 0
        self.sizes: list[int] = []  # of each reward that was collected under it: how many vouchers
        self.open, self.over = False, False

    def left(self, more: int) -> int:
        """How many rewards can still have a voucher out, at the fewest, once so many more came back."""
        out, rewards = self.minted - self.presented - more, 0
        for size in sorted(self.sizes, reverse=True):
            if out > 0:
                rewards, out = rewards + 1, out - size
        return rewards


class Payment:
    """What one clerk confirmed for a pickup code, and perhaps another."""

    def __init__(self, body: Json, day: date) -> None:
        self.value, self.point, self.first, self.day = body["value"], body["point"], body["by"][0], day
        self.second, self.undone = "", False

    @property
    def paid(self) -> bool:
        return bool(self.second) and not self.undone


class Found:
    """What was found out about a tip: letter, outcome, and whether another person confirmed it."""

    def __init__(self) -> None:
        self.number = self.outcome = ""
        self.confirmed = False


class Rewards:
    """Awards, budgets, mint keys and payments, from the first entry on; not asked of a pack."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.found: dict[object, Found] = {}
        self.entered: dict[object, object] = {}  # tips that staff wrote down: the key that claims a reward
        self.awards: dict[int, Award] = {}
        self.latest: dict[object, int] = {}  # by tip, its last award: no earlier one can be open
        self.budgets: dict[int, list[int]] = {}  # set, granted, returned
        self.mint: dict[tuple[int, int], MintKey] = {}
        self.spent: dict[str, int] = {}  # hash of each voucher that came back: its value
        self.payments: dict[str, Payment] = {}
        self.covered = date.min  # last day that was told to its end
        self.parts: list[Json] = []  # `reward-day` of a day that has no last one yet
        self.crowd = 0  # how many rewards must stay behind in a key, as of the last statement
        self.crowds: list[tuple[date, int]] = []  # earlier numbers: each was asked for until that day
        self.links: dict[str, dict[str, set[str]]] = {}  # tips that were linked, and who unlinked them
        self.claimed: dict[int, int] = {}  # by value: payments that expired keys had
        self.granted = self.paid_by_name = 0
        self.asked: dict[object, list[Request]] = {}  # by tip: what pay clerks asked about whom to pay

    def payees(self, tip: object) -> set[str] | None:
        """Who took a step of the award that is to be paid by name for a tip; None where there is none."""
        one = self.awards.get(self.latest.get(tip, -1))
        return one.people if one and one.state == "named" else None

    def take(self, roster: Roster, entry: Entry) -> None:
        """Hold a done statement against all that was stated before."""
        rule = REWARDS.get(entry.type)
        if rule is not None:
            if self.crowd not in (0, roster.reward_rules.crowd):
                self.crowds.append((day_of(entry.at), self.crowd))
            self.crowd = roster.reward_rules.crowd
            try:
                rule(self, roster, entry)
            except (KeyError, TypeError, ValueError) as error:
                raise Failed("it is malformed") from error

    # --- what came before a reward

    def move(self, _: Roster, entry: Entry) -> None:
        body, found = entry.body, self.found.setdefault(entry.body["tip"], Found())
        detail, to = body["detail"], body["to"]
        if to in ("triage", "verifying"):
            found.outcome, found.confirmed = "", False
        found.number, found.outcome = detail.get("number", found.number), detail.get("outcome", found.outcome)
        found.confirmed = found.confirmed or to == "feedback"

    def enter(self, _: Roster, entry: Entry) -> None:
        self.entered[entry.body["tip"]] = entry.body["claim"]

    def link(self, _: Roster, entry: Entry) -> None:
        self._link(entry.body["tip"], entry.body["to"], set())

    def unlink(self, _: Roster, entry: Entry) -> None:
        here, there = entry.body["tip"], entry.body["to"]
        if there in self.links.get(here, {}):
            self._link(here, there, set(entry.body["by"]))

    def _link(self, here: str, there: str, gone: set[str]) -> None:
        self.links.setdefault(here, {})[there] = gone
        self.links.setdefault(there, {})[here] = gone

    def erase(self, _: Roster, entry: Entry) -> None:
        for tip in entry.body["tips"]:
            self.links.pop(tip, None)

    def miss(self) -> None:
        """An entry is gone here: it may have removed a link."""
        self.links.clear()

    # --- an award

    def propose(self, roster: Roster, entry: Entry) -> None:
        body, rules = entry.body, roster.reward_rules
        self._check_found(body["tip"])
        need(self._live(body["tip"]) is None, "the tip has a reward already")
        need(body["major"] and set(body["major"]) <= MAJOR, "the lead is no major one")
        need(body["duty"] == "none", "it was the reporter's duty to report")
        known = body["novelty"] == ("added" if body["share"] else "new")
        need(known, "the facts were known, or rewarded before")
        scored = body["scores"].keys() == FACTORS
        need(
            scored and all(number(one, "a score") <= 3 for one in body["scores"].values()), "it is malformed"
        )
        award = Award(entry)
        self._check_amount(award, award.amount, rules)
        self.awards[entry.index] = award
        self.latest[award.tip] = entry.index
        self._check_first(award, ())

    def verify(self, roster: Roster, entry: Entry) -> None:
        body, award = entry.body, self._award(entry)
        self._check_readers(roster, entry, award)
        need(isinstance(body["confirmed"], bool), "it is neither a yes nor a no")
        award.go("proposed", "checked" if body["confirmed"] else "refused", body["by"][0])
        if body["confirmed"]:
            found = self._check_found(award.tip)
            said = (body["outcome"], body["number"])
            need(said == (found.outcome, found.number), "the verifier confirmed another outcome")
            self._check_first(award, UNDECIDED)

    def approve(self, roster: Roster, entry: Entry) -> None:
        body, award, rules = entry.body, self._award(entry), roster.reward_rules
        self._check_readers(roster, entry, award)
        gone = {one for one in award.approvers if not roster.anybody(one).has_one_of({"approver"})}
        award.approvers = [one for one in award.approvers if one not in gone]
        award.people -= gone
        need(isinstance(body["approved"], bool), "it is neither a yes nor a no")
        award.go("checked", "checked" if body["approved"] else "refused", body["by"][0])
        if not body["approved"]:
            return
        amount = yuan(body["amount"])
        self._check_found(award.tip)
        self._check_amount(award, amount, rules)
        if award.share:
            first = self._live(award.share)
            decided = first is not None and first.state not in UNDECIDED
            need(decided, "it has a share of what nobody approved")
        need(not award.approvers or amount == award.amount, "two approved two amounts")
        award.amount, award.approvers = amount, [*award.approvers, body["by"][0]]
        if len(award.approvers) > (amount > rules.limit):
            award.state = "approved"
        self._check_first(award, UNDECIDED)

    def grant(self, _: Roster, entry: Entry) -> None:
        body, award, day = entry.body, self._award(entry), day_of(entry.at)
        self._check_same(body, award)
        self._check_found(award.tip)
        claim = self.entered.get(award.tip, body["claim"])
        need(body["claim"] == claim and HEX_32.fullmatch(claim), "it names another key than the reporter's")
        need(day <= read_day(body["until"], "a day") <= months_later(day, 6), "nobody has so long to collect")
        award.go("approved", "granted")
        award.claim, award.until, award.latest = claim, body["until"], months_later(day, 36)
        award.granted = day
        budget = self._budget(body["year"], day)
        budget[1] += award.amount
        need(budget[1] <= budget[0] + budget[2], "it grants more than the budget has")
        self.granted += 1

    def extend(self, _: Roster, entry: Entry) -> None:
        award, until = self._award(entry), entry.body["until"]
        right = award.until < read_day(until, "a day").isoformat() <= award.latest.isoformat()
        need(right, "it was extended to a day that it cannot have")
        award.go("granted", "granted")
        award.until = until

    def expire(self, _: Roster, entry: Entry) -> None:
        award, day = self._award(entry), day_of(entry.at)
        self._check_same(entry.body, award)
        need(award.until < day.isoformat(), "the reward could still be collected")
        award.go("granted", "expired")
        self._budget(entry.body["year"], day)[2] += award.amount

    def cancel(self, _: Roster, entry: Entry) -> None:
        award, day = self._award(entry), day_of(entry.at)
        over = award.state in ("collected", "settled", "refused", "expired", "cancelled")
        need(not over, "the reward cannot be cancelled any more")
        if award.state in ("granted", "named"):
            self._budget(day.year, day)[2] += award.amount
        award.state = "cancelled"

    def name(self, roster: Roster, entry: Entry) -> None:
        body, award, day = entry.body, self._award(entry), day_of(entry.at)
        self._check_same(body, award)
        need(day.isoformat() <= award.until, "the reward had expired")
        award.go("granted", "named")
        award.wished = entry.index
        asked = {"v": 1, "type": "collect", "log": roster.origin, "tip": award.tip, "award": body["award"]}
        asked |= {"year": day.year, "blinded": [], "named": True}
        signature = unhex(body["signature"], "a signature", 64)
        right = check_ed25519(bytes.fromhex(award.claim), signature, encode(asked))
        need(right, "the reporter did not sign that they want to be paid by name")

    def pay_by_name(self, roster: Roster, entry: Entry) -> None:
        body, award, clerk, day = entry.body, self._award(entry), entry.body["by"][0], day_of(entry.at)
        self._check_readers(roster, entry, award)
        if award.clerk_day != day or not roster.anybody(award.clerk).has_one_of({"pay-clerk"}):
            award.clerk = ""
        need(award.state == "named" and body["amount"] == award.amount, "that is not to be paid by name")
        need(clerk not in award.people | {award.clerk}, "one person took two steps of one reward")
        need(not award.clerk or award.payee == body["hash"], "the two clerks mean two payees")
        self._check_payee(award, clerk, (body["item"], body["hash"]))
        if award.clerk:
            award.state = "settled"
            self.paid_by_name += award.amount
        award.clerk, award.clerk_day, award.payee = award.clerk or clerk, day, body["hash"]

    def _check_payee(self, award: Award, clerk: str, named: tuple[object, object]) -> None:
        """Nobody asked for another payee after this one, and a custodian let this clerk see it."""
        asked = [one for one in self.asked.get(award.tip, []) if one.index > award.wished]
        payees = [(one.body["item"], one.body["hash"]) for one in asked]
        need(named in payees, "nobody asked for the payee that it names")
        first = payees.index(named)
        need(set(payees[first:]) <= {named, *payees[:first]}, "another payee was asked for since")
        let = any(
            one.by == clerk and one.approver
            for one, payee in zip(asked, payees, strict=True)
            if payee == named
        )
        need(let, "no custodian let this clerk see whom to pay")

    # --- money

    def budget(self, _: Roster, entry: Entry) -> None:
        year, amount = entry.body["year"], number(entry.body["amount"], "an amount")
        need(any(key[0] == year for key in self.mint), "the year has no mint keys")
        budget = self.budgets.setdefault(year, [0, 0, 0])
        budget[0] = amount
        need(budget[1] <= amount + budget[2], "the budget is below what was granted")

    def make_keys(self, roster: Roster, entry: Entry) -> None:
        year, values = number(entry.body["year"], "a year"), [key["value"] for key in entry.body["keys"]]
        need(not any(key[0] == year for key in self.mint), "the year has its mint keys already")
        need(values == sorted(roster.reward_rules.values), "the mint keys have other values")
        self.mint |= {(year, value): MintKey() for value in values}

    def change_rules(self, _: Roster, entry: Entry) -> None:
        crowd = number(entry.body["rules"]["crowd"], "a number")
        if crowd != self.crowd:
            self.crowds.append((day_of(entry.at), self.crowd))
        self.crowd = crowd

    def open_key(self, _: Roster, entry: Entry) -> None:
        key = self._key(entry.body["year"], entry.body["value"])
        need(not key.open and not key.over, "the key was opened before, or has expired")
        key.open = True

    def close_day(self, roster: Roster, entry: Entry) -> None:
        """A day may have several of these; all of it counts when the last one is there."""
        body, day = entry.body, read_day(entry.body["day"], "a day")
        need(self.covered < day < day_of(entry.at), "the day was not over, or was told before")
        need(all(one["day"] == body["day"] for one in self.parts), "another day was told in part")
        need(isinstance(body["last"], bool), "it is neither the last one nor another")
        for index, signature in body["collected"]:
            self._check_collected(roster, index, signature, day)
        self.parts.append(body)
        if body["last"]:
            parts, self.parts = self.parts, []
            self._count_day(parts, day)

    def _check_collected(self, roster: Roster, index: object, signature: object, day: date) -> None:
        """The key that the grant names signed that this reward is collected, in the year of the day."""
        need(index in self.awards, "there is no such reward")
        award = self.awards[number(index, "a reward")]
        said = {"v": 1, "type": "collected", "log": roster.origin, "tip": award.tip, "award": index}
        told, key = encode(said | {"year": day.year}), bytes.fromhex(award.claim)
        signed = bool(key) and check_ed25519(key, unhex(signature, "a signature", 64), told)
        need(signed, "the reporter did not sign that the reward is collected")

    def _count_day(self, parts: list[Json], day: date) -> None:
        came = [
            (year, value, one) for body in parts for year, value, back in body["presented"] for one in back
        ]
        need(came == sorted(set(came)), "what came back is malformed")
        back: dict[tuple[int, int], list[str]] = {}
        for year, value, one in came:
            back.setdefault((year, value), []).append(one)
        for (year, value), some in back.items():
            self._check_pool(self._key(year, value), year, len(some), day)
        collected = [index for body in parts for index, _ in body["collected"]]
        self._count_minted(collected, [one for body in parts for one in body["minted"]], day)
        for (year, value), some in back.items():
            self._count_presented(self._key(year, value), year, value, some)
        paid = self._paid_up_to(day)
        for value in set(paid):
            # An expired key pays nothing any more: it has paid what it said, and what it gave back is gone.
            good = sum(key.presented for (_, of), key in self.mint.items() if of == value and not key.over)
            most = good + self.claimed.get(value, 0)
            need(paid.count(value) <= most, "more vouchers were paid than came back")
        self.covered = day

    def _check_pool(self, key: MintKey, year: int, count: int, day: date) -> None:
        """Who collected on that very day is not among those who stay behind. After its year a key empties."""
        least = min([self.crowd, *(crowd for until, crowd in self.crowds if day <= until)])
        right = key.open or day.year > year or key.left(count) >= least
        need(right, "too few rewards could still have a voucher out under the key")

    def _count_minted(self, collected: list[int], minted: list[Json], day: date) -> None:
        """What was minted is what the awards that were collected come to, in as few vouchers as can be."""
        values = sorted((value for year, value in self.mint if year == day.year), reverse=True)
        due: dict[int, list[int]] = {}
        need(collected == sorted(set(collected)), "the rewards collected are malformed")
        for index in collected:
            award = self.awards[index]
            need(self.covered.isoformat() < award.until, "the reward had expired")
            need(award.granted <= day, "the reward was collected before its grant")
            award.go("granted", "collected")
            rest = award.amount
            for value in values:
                due.setdefault(value, []).extend([rest // value] if rest >= value else [])
                rest %= value
            need(rest == 0, "no vouchers make this amount")
        right = [[day.year, value, sum(due[value])] for value in sorted(due) if due[value]]
        need(minted == right, "other vouchers were minted than the rewards collected come to")
        for value, counts in due.items():
            key = self._key(day.year, value)
            need(not (key.over and counts), "vouchers were minted under a key that had expired")
            key.minted, key.sizes = key.minted + sum(counts), key.sizes + counts

    def _count_presented(self, key: MintKey, year: int, value: int, back: list[str]) -> None:
        need(all(HEX_32.fullmatch(one) for one in back), "what came back is malformed")
        need(not self.spent.keys() & set(back), "a voucher came back twice")
        need(self.covered < date(year + 3, 12, 31) and not key.over, "a voucher came back after its last day")
        self.spent |= dict.fromkeys(back, value)
        key.presented += len(back)
        need(key.presented <= key.minted, "more vouchers came back than were minted")

    def expire_key(self, _: Roster, entry: Entry) -> None:
        body, day = entry.body, day_of(entry.at)
        year, value, paid = body["year"], body["value"], number(body["paid"], "a number")
        key = self._key(year, value)
        need(date(year + 3, 12, 31) < day and not key.over, "the key's vouchers are good still")
        need(body["minted"] == key.minted and paid <= key.presented, "the key counts other vouchers")
        self.claimed[value] = self.claimed.get(value, 0) + paid
        all_paid = self._paid_up_to(date.max).count(value)
        need(self.claimed[value] <= all_paid, "expired keys count more payments than there were")
        need(body["returned"] == (key.minted - paid) * value, "another sum goes back than was not paid")
        key.over, key.returned = True, body["returned"]
        self._budget(body["to"], day)[2] += key.returned

    def hand_over(self, roster: Roster, entry: Entry) -> None:
        need(entry.body["point"] in roster.points, "nobody knows the point")

    def pay(self, roster: Roster, entry: Entry) -> None:
        body, day = entry.body, day_of(entry.at)
        new = Payment(body, day)
        need(new.point in roster.points, "nobody knows the point")
        good = (of for (_, of), key in self.mint.items() if not key.over)
        need(new.value in good, "no voucher that is good has this value")
        known = self.payments.get(body["pickup"])
        need(known is None or not known.second, "this code was paid before")
        if known is None or known.day < day or not roster.anybody(known.first).has_one_of({"pay-clerk"}):
            # Meanwhile the code may have gone to another point.
            self.payments[body["pickup"]] = new
            return
        same = (known.value, known.point) == (new.value, new.point)
        need(same, "the second clerk confirmed something else than the first")
        need(known.first != new.first, "one clerk confirmed a payment twice")
        known.second = new.first

    def undo(self, _: Roster, entry: Entry) -> None:
        body = entry.body
        known = self.payments.get(body["pickup"])
        if known is None or not known.paid:
            fail("it takes back what was not paid")
        need(known.value == body["value"], "it takes back another value than was paid")
        others = not {known.first, known.second} & set(body["by"])
        need(others and len(body["by"]) == 2, "whoever confirmed a payment does not take it back")
        known.undone = True
        left = self._paid_up_to(date.max).count(known.value)
        need(self.claimed.get(known.value, 0) <= left, "it takes back what an expired key has paid")

    # --- what the rules share

    def _award(self, entry: Entry) -> Award:
        index = number(entry.body["award"], "a reward")
        need(index in self.awards, "there is no such reward")
        return self.awards[index]

    def _live(self, tip: object) -> Award | None:
        over = ("refused", "expired", "cancelled")
        one = self.awards.get(self.latest.get(tip, -1))
        return one if one and one.state not in over else None

    def _check_found(self, tip: object) -> Found:
        found = self.found.get(tip, Found())
        right = found.confirmed and found.outcome in ("true", "partly-true")
        need(right, "nobody confirmed that the tip was true")
        return found

    def _check_first(self, award: Award, undecided: tuple[str, ...]) -> None:
        """Of tips on one matter one is the first; a link that somebody with a step there removed counts."""
        if award.share or award.state == "refused" or award.tip not in self.links:
            return
        near = {tip: self._live(tip) for tip in self._around(award.tip, None)}
        people = set().union(*(one.people for one in near.values() if one))
        for tip in self._around(award.tip, people) - {award.tip}:
            other = near[tip]
            first = other is not None and not other.share and other.state not in undecided
            need(not first, "another tip on the same matter is rewarded as the first")

    def _around(self, tip: str, people: set[str] | None) -> set[str]:
        """A tip and all on its matter; with all that were ever linked, where nobody is named."""
        found, waiting = {tip}, [tip]
        while waiting:
            for other, gone in self.links.get(waiting.pop(), {}).items():
                if other not in found and (people is None or not gone or gone & people):
                    found.add(other)
                    waiting.append(other)
        return found

    def _check_amount(self, award: Award, amount: int, rules: RewardRules) -> None:
        low, high = rules.bounds[award.tier]
        need((0 if award.share else low) <= amount <= high, "the amount lies outside the tier")
        if award.share:
            first = self._live(award.share)
            right = first is not None and not first.share and amount * 100 <= first.amount * rules.share
            need(right, "it has too large a share, or of no reward")

    def _check_same(self, body: Json, award: Award) -> None:
        need((body["tip"], body["amount"]) == (award.tip, award.amount), "it is another reward")

    def _check_readers(self, roster: Roster, entry: Entry, award: Award) -> None:
        for one in entry.body["by"]:
            self.routes.check_open(roster, entry, award.tip, roster.anybody(one))

    def _budget(self, year: object, day: date) -> list[int]:
        need(year == day.year, "it names the budget of another year")
        return self.budgets.setdefault(day.year, [0, 0, 0])

    def _key(self, year: int, value: int) -> MintKey:
        need((year, value) in self.mint, "there is no such mint key")
        return self.mint[year, value]

    def _paid_up_to(self, day: date) -> list[int]:
        return [one.value for one in self.payments.values() if one.paid and one.day <= day]

    def tell(self, proved: "Proved") -> None:
        """What was proved of the money, and what no log shows."""
        if not self.awards and not self.budgets:
            return
        states = [(one.state, one.amount) for one in self.awards.values()]
        given = sum(budget[1] for budget in self.budgets.values())
        aside = sum(amount for state, amount in states if state in ("granted", "named"))
        paid = sum(self._paid_up_to(date.max)) + self.paid_by_name
        minted = sum(key.minted * value for (_, value), key in self.mint.items())
        out = minted - sum(key.returned for key in self.mint.values()) - sum(self._paid_up_to(date.max))
        left = sum(budget[0] - budget[1] + budget[2] for budget in self.budgets.values())
        total = sum(budget[0] for budget in self.budgets.values())
        need(total == left + aside + out + paid, "the budgets are not what is left, set aside, out and paid")
        proved.yes += [
            f"{self.granted} rewards were granted, {given} yuan. Of each the tip was found true or partly "
            "true and another person confirmed that; proposer, verifier and approvers are different people "
            "with these roles; the amount lies within its tier, and was in the year's budget.",
            f"{sum(key.minted for key in self.mint.values())} vouchers were minted: what the rewards "
            "collected come to, and no other. Each of these rewards its reporter's key signed for. "
            f"{len(self.spent)} came back, none twice.",
            f"{len(self._paid_up_to(date.max))} pickup codes were paid, each confirmed by two pay clerks on "
            "one day, none twice, and never more than vouchers had come back. "
            f"{sum(one.undone for one in self.payments.values())} payments were taken back, each by two "
            "others.",
            f"Budgets of {total} yuan are: {left} left, {aside} set aside, {out} in vouchers, {paid} paid.",
        ]
        proved.no.append(
            "Which voucher a payment was for, and whose it was: that stands nowhere; sums by value and day "
            "do."
        )


REWARDS: dict[str, Callable[[Rewards, Roster, Entry], None]] = {
    "move": Rewards.move,
    "entry": Rewards.enter,
    "link": Rewards.link,
    "unlink": Rewards.unlink,
    "erase": Rewards.erase,
    "reward-proposal": Rewards.propose,
    "reward-check": Rewards.verify,
    "reward-approval": Rewards.approve,
    "reward-grant": Rewards.grant,
    "reward-extend": Rewards.extend,
    "reward-expired": Rewards.expire,
    "reward-cancel": Rewards.cancel,
    "reward-named": Rewards.name,
    "pay-named": Rewards.pay_by_name,
    "reward-budget": Rewards.budget,
    "mint-keys": Rewards.make_keys,
    "reward-open": Rewards.open_key,
    "reward-rules": Rewards.change_rules,
    "reward-day": Rewards.close_day,
    "key-expired": Rewards.expire_key,
    "pickup-list": Rewards.hand_over,
    "pay": Rewards.pay,
    "pay-undo": Rewards.undo,
}


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    first = date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


# ------------------------------------------------------------------ the entries, one after the other


class Replay:
    """The entries of a log, one after the other, each under the roster of its place."""

    def __init__(self, origin: str, genesis: str, checked: Signatures, *, whole: bool) -> None:
        self.origin, self.genesis, self.whole, self.checked = origin, genesis, whole, checked
        self.state: Roster | None = None
        self.routes, self.kinds = Routes(whole=whole), Kinds()
        self.rewards = Rewards(self.routes)
        self.disclosures = Disclosures(self.routes, self.rewards, whole=whole)
        self.questions = Questions()
        self.register = Register(whole=whole)
        self.rows: list[Entry] = []  # by which two people let changed rows of the keeper's database count
        self.last_at = 0
        self.seen: set[bytes] = set()
        self.signatures = self.passkeys = 0

    @property
    def roster(self) -> Roster:
        if self.state is None:
            fail("the log has no first entry", 0)
        return self.state

    def miss(self) -> None:
        """An entry is gone here; a missed deadline may have brought a tip to the integrity desk."""
        _ = self.roster
        self.routes.gaps = True
        self.rewards.miss()
        self.disclosures.end()

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
            self.checked.take(entry.signatures_under(self.state))
            need(not entry.assertions, "no passkey answers here")
        elif entry.done:
            self._done(self.state, entry)
        else:
            self.disclosures.end()
            if self._is_proven(entry):
                self.checked.take(entry.signatures_under(self.state))
                self._check_named(self.state, entry)
        need(entry.at >= self.last_at, "its time lies before that of the entry before")
        self.last_at = entry.at
        self.signatures += len(entry.body["by"]) if self._is_proven(entry) else 0
        self.passkeys += len(entry.assertions)

    def _is_proven(self, entry: Entry) -> bool:
        """Whether the signatures must be right; what the keeper logs as a digest, it signs by itself."""
        own = entry.type == "unreadable" and entry.body["by"] == ["keeper"]
        return entry.done or own or entry.reason not in UNPROVEN

    def _check_named(self, roster: Roster, entry: Entry) -> None:
        """Members whom the keeper names beside a digest were there to sign."""
        if entry.type == "unreadable" and entry.body["by"] == ["keeper"]:
            members = entry.body.get("members", [])
            need(isinstance(members, list), "it is malformed")
            there = all(roster.anybody(text(one, "a member")).active for one in members)
            need(there, "it names members whom the roster does not know")

    def _done(self, roster: Roster, entry: Entry) -> None:
        self.checked.take(entry.signatures_under(roster))
        self._fresh(entry)
        digest = sha256(entry.signed).digest()
        need(digest not in self.seen, "its statement was done before")
        self.seen.add(digest)
        roster.check_passkeys(entry)
        roster.check(entry)
        self.routes.take(roster, entry)
        self.kinds.take(entry)
        self.disclosures.take(roster, entry)
        if self.whole:
            self.questions.take(entry)
            self.rewards.take(roster, entry)
        self.register.take(roster, entry)
        roster.apply(entry)
        if (entry.type, entry.body.get("what")) == ("acknowledge", "rows"):
            self.rows.append(entry)

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
    header = read_header(file.readline(4096))
    with Signatures() as checked:
        export = Export(
            Replay(text(header["log"], "the log's name"), header["genesis"], checked, whole=True), pins
        )
        while (line := file.readline(MAX_ENTRY + 256)) != b"--\n":
            need(line, "the file ends where this entry should stand", export.tree.size)
            export.take(line)
            if export.tree.size % 1000 == 0:
                progress(file.tell())
        head = export.end(file.read())
    return export.told(head)


def read_header(first: bytes) -> Json:
    header = decode(first.removesuffix(b"\n"), "the first line")
    right = header.keys() == {"format", "log", "genesis"} and header["format"] == "tipline-log/1"
    need(
        right and first.endswith(b"\n") and HEX_32.fullmatch(text(header["genesis"], "the first line")),
        "the first line is not that of an exported log",
    )
    return header


class Export:
    """What is known at one place of an export."""

    def __init__(self, replay: Replay, pins: Pins) -> None:
        self.replay, self.pins = replay, pins
        self.tree, self.missing = Tree(), Missing()

    def take(self, line: bytes) -> None:
        """Check the next line, and go on behind it."""
        _, leaf, entry = read_line(line, self.tree.size)
        if entry is None:
            self.replay.miss()
            self.missing.miss(self.tree.size)
        else:
            self.replay.take(entry)
            self.missing.stands(entry.at)
            if entry.done and entry.type == "forget":
                self.missing.forget(entry, self.replay.roster.term)
        self.tree.append(leaf)
        self._compare()

    def _compare(self) -> None:
        """Where the earlier checkpoint ends: the key of that place signed it, and the tree is the same."""
        earlier, roster = self.pins.earlier, self.replay.roster
        if earlier is None or earlier.size != self.tree.size:
            return
        first, *others = roster.keys_at(self.tree.size - 1)
        earlier.open([first], [*others, *roster.witness_keys()])
        if earlier.root != self.tree.root() or earlier.origin != self.replay.origin:
            changed(earlier, roster)

    def end(self, note: bytes) -> Checkpoint:
        """The checkpoint at the end is that of these entries, and nothing is missing that may not be."""
        roster, earlier, tree = self.replay.roster, self.pins.earlier, self.tree
        self.pins.check(self.replay)
        self.missing.require_all()
        self.replay.disclosures.end()
        head = Checkpoint(note, "the checkpoint")
        head.open(roster.keys_at(head.size - 1)[:1], [])
        need(
            (head.origin, head.size, head.root) == (self.replay.origin, tree.size, tree.root()),
            "the checkpoint is not that of these entries",
        )
        if earlier and not 0 < earlier.size <= tree.size:
            changed(earlier, roster)
        return head

    def told(self, head: Checkpoint) -> Proved:
        """What was proved, and what was not."""
        proved, earlier, gone = told(self.replay, head, self.pins), self.pins.earlier, self.missing.count
        tell_routes(self.replay.routes, proved)
        self.replay.rewards.tell(proved)
        whole = f"The file holds all {head.size} entries, none is left out, changed or out of order."
        proved.yes.insert(1, whole)
        if gone:
            proved.yes.append(
                f"{gone} statements are gone; later entries name them, and their time was over."
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
    for entry in replay.rows:
        who = " and ".join(entry.body["by"])
        proved.no.append(
            f"In entry {entry.index}, of {day_of(entry.at)}, {who} acknowledged that changed rows of the "
            "keeper's database count as they were found: what had been changed, no statement tells."
        )
    if pins.checked:
        proved.yes.append("The log is the one that you named.")
    else:
        proved.no.append(f"That this is the log you mean. Its first entry is {replay.genesis}; give --key.")
    return proved


def tell_routes(routes: Routes, proved: Proved) -> None:
    """What an export tells of who may read a tip, and what it cannot."""
    proved.yes.append(
        f"Of {routes.routed} tips a statement gave the route. From there on nobody stated anything about "
        "them at a desk that the route does not name, or from a unit that it excludes; and whatever let "
        "somebody in was signed by two, one from outside the desk."
    )
    proved.no.append(
        "Who was excluded from a tip before its first `route`, and what that one changed: the route that a "
        "tip came with stands in its reporter's sealed item, and in no statement."
    )
    proved.no.append(CASES_NOT_CHECKED)


CASES_NOT_CHECKED = "That each step of a case was one the keeper allows: what follows on what, and by when."


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


Line = tuple[int, bytes, Entry]  # index, leaf, entry
Proofs = list[tuple[int, list[bytes]]]  # index, inclusion proof


def verify_pack(data: bytes, pins: Pins) -> Proved:
    """Chosen entries, who chose them, and that they stand in the log."""
    files, manifest = read_pack(data)
    header, lines = read_pack_lines(files["pack.jsonl"])
    proofs, evidence, checkpoints = read_proofs(files["proofs.jsonl"])
    with Signatures() as checked:
        replay = Replay(header["log"], header["genesis"], checked, whole=False)
        chosen = replay_chosen(header, lines, replay)
        check_evidence(evidence[2], header, manifest, lines[-1][0], replay)
        pins.check(replay)
        check_names(header["names"], replay.roster)
        heads, cosigned = check_heads(checkpoints, replay)
        check_proofs([*lines, evidence], proofs, heads[-1])
        proved = told_of_pack(header, lines, chosen, evidence[2], replay, heads, cosigned, pins)
    return proved


def read_pack(data: bytes) -> tuple[dict[str, bytes], str]:
    """The files of a pack, which are those that its manifest lists; and the manifest's SHA-256."""
    need(len(data) <= MAX_FILE, "the file is too large for a pack")
    files = read_zip(data)
    listed = {name: sha256(files[name]).hexdigest() for name in SIGNED}
    manifest = decode(files["manifest.json"].removesuffix(b"\n"), "the manifest")
    need(
        manifest == {"files": listed, "format": "tipline-pack/1"} and files["manifest.json"].endswith(b"\n"),
        "a file of the pack is not the one that its manifest lists",
    )
    return files, sha256(files["manifest.json"]).hexdigest()


def replay_chosen(header: Json, lines: list[Line], replay: Replay) -> set[int]:
    """Every entry was chosen, or changes the roster; the indices of those that were chosen."""
    chosen = {index for first, last in header["entries"] for index in range(first, last + 1)}
    for _, _, entry in lines:
        replay.take(entry)
        is_change = entry.done and (entry.type in CHANGES or entry.type == "genesis")
        right = entry.index in chosen or is_change
        need(right, "it was not chosen, and changes nothing in the roster", entry.index)
    need(chosen <= {index for index, _, _ in lines}, "an entry that was chosen is not in the pack")
    return chosen


def check_heads(
    checkpoints: list[tuple[bytes, list[bytes]]], replay: Replay
) -> tuple[list[Checkpoint], dict[str, tuple[int, int]]]:
    """Checkpoints under the keys of their places, each leading to the last; and who countersigned what."""
    heads = [(Checkpoint(note, "a checkpoint"), proof) for note, proof in checkpoints]
    last, cosigned = heads[-1][0], dict[str, tuple[int, int]]()
    for head, proof in heads:
        note_cosigners(head, replay, cosigned, both=head is last)
        check_consistency(head, last, proof)
    return [head for head, _ in heads], cosigned


def check_proofs(standing: list[Line], proofs: Proofs, last: Checkpoint) -> None:
    """Each entry stands in the tree of the last checkpoint."""
    right = [index for index, _, _ in standing] == [index for index, _ in proofs]
    need(right, "the proofs are those of other entries")
    for (index, leaf, _), (_, proof) in zip(standing, proofs, strict=True):
        check_inclusion(leaf, index, last, proof)


def read_pack_lines(data: bytes) -> tuple[Json, list[Line]]:
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
    lines: list[Line] = []
    for index, leaf, entry in found:
        if entry is None:
            fail("a pack holds no forgotten entry", index)
        lines.append((index, leaf, entry))
    need(lines and lines[0][0] == 0, "the pack lacks the first entry of its log")
    return header, lines


def read_proofs(data: bytes) -> tuple[Proofs, Line, list[tuple[bytes, list[bytes]]]]:
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


def note_cosigners(
    head: Checkpoint, replay: Replay, cosigned: dict[str, tuple[int, int]], *, both: bool
) -> None:
    """Open a checkpoint under the keys of its place; note whose witnesses' keys all signed it.

    The last one bears both signatures of its log. An earlier one, from which the last is proved to go on, may
    be what a court kept on paper, with the first alone.
    """
    roster = replay.roster
    need(head.origin == replay.origin, "a checkpoint is of another log")
    first, *second = roster.keys_at(head.size - 1)
    must, may = ([first, *second], []) if both else ([first], second)
    signed = head.open(must, [*may, *roster.witness_keys()])
    for name, keys in roster.witnesses:
        if keys and signed.keys() >= set(keys) and cosigned.get(name, (0, 0))[0] < head.size:
            cosigned[name] = (head.size, max(signed[key] for key in keys))


def told_of_pack(
    header: Json,
    lines: list[Line],
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
        "Whom a tip's route excluded when somebody stated something about it, and whether a `route` that "
        "lifts an exclusion was signed by two: an export shows both, from a tip's first `route` on."
    )
    proved.no.append(CASES_NOT_CHECKED)
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
