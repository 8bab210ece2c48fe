"""The log's keys, one after the other: each names its successor in a `log-key` statement.

    genesis key ──signs──▶ statement ──▶ next key ──signs──▶ statement ──▶ …

Whoever knows the first key follows the chain and needs nobody's word. The entry of a statement divides the
log: what rests on an earlier entry was signed by the old key, this entry's own checkpoint and all later
ones by the new one. So a key that was stolen after it had gone signs for nothing that comes after.

Source: docs/decisions/0006-the-access-log.md; docs/formats.md, log-key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from crypto import canonical
from crypto.errors import BadFormat, BadSignature
from crypto.keys import SIGNATURE_LENGTH, SigningKey, VerifyKey
from crypto.mldsa import MldsaVerifyKey
from crypto.note_lines import Verifier, from_base64, split_note, to_base64
from crypto.notes import NoteVerifier, open_json, read_json
from crypto.statements import Statement

LOG_KEY: Final = "log-key"
KEEPER: Final = "keeper"
CHAIN: Final = "log_keys"
"""The field of a signed directory that holds the chain."""

_TAG: Final = "tipline-log-key-v1"
_FIELDS: Final = frozenset(("v", "log", "type", "at", "nonce", "by", "log_key", "log_key_pq", "proof"))
_BEFORE_ALL: Final = -1


@dataclass(frozen=True)
class KeyPair:
    """The two public keys that a log has at one time; one from before there were two has no second."""

    key: VerifyKey
    pq: MldsaVerifyKey | None


@dataclass(frozen=True)
class Link:
    """A `log-key` statement and where it stands in the log."""

    index: int
    statement: Statement

    def to_fields(self) -> dict[str, Any]:
        """As it stands in a directory."""
        return {"index": self.index, "statement": self.statement.parts()}

    @classmethod
    def read(cls, value: object) -> Self:
        """Read it back.

        Raises:
            BadFormat: another form.
        """
        if not isinstance(value, dict) or value.keys() != {"index", "statement"}:
            raise BadFormat("a link of the chain of keys has other fields")
        index = value["index"]
        if type(index) is not int or index < 1:
            raise BadFormat("a link of the chain of keys stands nowhere")
        if not isinstance(value["statement"], dict):
            raise BadFormat("a link of the chain of keys is no statement")
        return cls(index, Statement.decode(canonical.encode(value["statement"])))


def key_proof(origin: str, old: VerifyKey, fields: Mapping[str, Any]) -> bytes:
    """What the new key signs to show that it is held: lines of tag, log, old key, and both new ones."""
    lines = (_TAG, origin, old.raw.hex(), fields["log_key"], fields["log_key_pq"])
    return "".join(line + "\n" for line in lines).encode("utf-8")


def next_key_fields(origin: str, old: VerifyKey, new: SigningKey, pq: MldsaVerifyKey) -> dict[str, Any]:
    """The fields of the statement that brings new keys, with the new key's proof."""
    fields = {"type": LOG_KEY, "log_key": new.public.raw.hex(), "log_key_pq": to_base64(pq.raw)}
    return {**fields, "proof": new.sign(key_proof(origin, old, fields)).hex()}


def read_next_keys(origin: str, old: VerifyKey, body: Mapping[str, Any]) -> KeyPair:
    """The keys that a statement brings after an old one. Who signed the statement is not asked here.

    Raises:
        BadFormat: another form, another log, or no new key.
        BadSignature: the new key does not prove itself.
    """
    if body.keys() != _FIELDS or (body["type"], body["log"], list(body["by"])) != (LOG_KEY, origin, [KEEPER]):
        raise BadFormat("not a statement of this log's next key")
    if not all(isinstance(body[name], str) for name in ("log_key", "log_key_pq", "proof")):
        raise BadFormat("a key of the log is text")
    new, proof = VerifyKey(_hex(body["log_key"])), _hex(body["proof"])
    if new == old or len(proof) != SIGNATURE_LENGTH:
        raise BadFormat("the log's next key is none")
    pair = KeyPair(new, MldsaVerifyKey(from_base64(body["log_key_pq"])))
    new.verify(proof, key_proof(origin, old, body))
    return pair


def follow_key(origin: str, old: VerifyKey, statement: Statement) -> KeyPair:
    """The keys after an old one, by a statement that the old one signed and the new one proves.

    Raises:
        BadFormat: not such a statement.
        BadSignature: one of both did not sign.
    """
    pair = read_next_keys(origin, old, statement.body)
    statement.verify({KEEPER: old})
    return pair


@dataclass(frozen=True)
class _Span:
    """A key, and the first place of the log that it signs for."""

    since: int
    verifier: NoteVerifier


class LogVerifier(NoteVerifier):
    """The log's key that settings pin, and its successors as far as they are known.

    It stands wherever a single key may. What is signed must be signed by the key that was in force at its
    place: a checkpoint's last entry, a note's "index" or "version". A note without a place is taken under
    the present key only. One object serves all threads.
    """

    def __init__(self, name: str, key: VerifyKey) -> None:
        super().__init__(name, key)
        first = _Span(_BEFORE_ALL, NoteVerifier(name, key))
        self._known: tuple[tuple[Link, ...], tuple[_Span, ...]] = ((), (first,))

    @classmethod
    def of(cls, verifier: NoteVerifier) -> "LogVerifier":
        """The verifier itself where it is one, otherwise one that begins with its key."""
        return verifier if isinstance(verifier, LogVerifier) else cls(verifier.name, verifier.key)

    @property
    def links(self) -> tuple[Link, ...]:
        """The statements by which the keys are known, the oldest first."""
        return self._known[0]

    @property
    def present(self) -> NoteVerifier:
        """The last key that is known."""
        return self._known[1][-1].verifier

    @property
    def keys(self) -> tuple[Verifier, ...]:
        """All keys that are known, the first one first."""
        return tuple(span.verifier for span in self._known[1])

    def extended(self, links: Sequence[Link]) -> "LogVerifier":
        """Another verifier, which knows these links too; itself where they bring nothing.

        Raises:
            BadFormat, BadSignature: they do not go on from what is known here.
        """
        known, spans = self._known
        if tuple(links[: len(known)]) != known[: len(links)]:
            raise BadSignature("this is another chain of keys than the one that is known")
        if len(links) <= len(known):
            return self
        further = LogVerifier(self.name, self.key)
        further._known = (tuple(links), _follow(self.name, spans, links[len(known) :]))
        return further

    def follow(self, links: Sequence[Link]) -> None:
        """Learn successors, for whoever holds this object.

        Raises:
            BadFormat, BadSignature: they do not go on from what is known here.
        """
        further = self.extended(links)
        if len(further.links) > len(self.links):  # otherwise another thread has learned as much meanwhile
            self._known = further._known

    def check_place(self, signed: tuple[Verifier, ...], place: int | None) -> None:
        """Check that whichever of the log's keys signed was in force at a place; None is the present.

        Raises:
            BadSignature: another one was.
        """
        spans = self._known[1]
        for number, span in enumerate(spans):
            last = number == len(spans) - 1
            if place is None:
                in_force = last
            else:
                in_force = span.since <= place and (last or place < spans[number + 1].since)
            if span.verifier in signed and not in_force:
                raise BadSignature("another of the log's keys was in force there")


def open_following(note: bytes, verifier: LogVerifier) -> dict[str, Any]:
    """Check and read a note that brings the chain of keys with it, and learn from it.

    Raises:
        BadFormat: not a note of one canonical line, or a malformed chain.
        BadSignature: it is not signed by a key that the known ones lead to.
    """
    text, _ = split_note(note)
    chain = read_json(text).get(CHAIN, [])
    if not isinstance(chain, list):
        raise BadFormat("a chain of keys is a list")
    # What is learned rests on the statements' own signatures: nothing is believed of a note not yet checked.
    further = verifier.extended([Link.read(link) for link in chain])
    body = open_json(note, further)
    verifier.follow(further.links)
    return body


def _follow(origin: str, spans: tuple[_Span, ...], links: Sequence[Link]) -> tuple[_Span, ...]:
    for link in links:
        last = spans[-1]
        if link.index <= last.since:
            raise BadFormat("the log's keys follow one another")
        pair = follow_key(origin, last.verifier.key, link.statement)
        if any(pair.key == span.verifier.key for span in spans):
            raise BadFormat("a key of the log came back")
        spans = (*spans, _Span(link.index, NoteVerifier(origin, pair.key)))
    return spans


def _hex(text: str) -> bytes:
    try:
        data = bytes.fromhex(text)
    except ValueError as error:
        raise BadFormat("not hex") from error
    if data.hex() != text:
        raise BadFormat("not hex")
    return data
