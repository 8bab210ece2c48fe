"""The log's own keys: a pair comes after another by a statement that the old one signs.

Source: `crypto.log_keys`; docs/decisions/0006-the-access-log.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crypto.cosignatures import MldsaCosignatureVerifier
from crypto.errors import BadFormat, BadSignature
from crypto.keys import VerifyKey
from crypto.log_keys import KeyPair, read_next_keys
from crypto.mldsa import MldsaVerifyKey
from crypto.note_lines import from_base64
from crypto.notes import NoteVerifier
from tipline.roster import rules
from tipline.roster.bodies import malformed, text
from tipline.roster.keys import known_keys
from tipline.roster.rules import not_allowed

if TYPE_CHECKING:
    from tipline.roster.replay import Roster


@dataclass(frozen=True)
class PastLogKey:
    """A pair that signed for all entries before `until`."""

    key: VerifyKey
    pq: MldsaVerifyKey | None
    until: int


def set_log_key(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Give the log its next keys: the old one signs this, the new one proves itself."""
    rules.require_keeper(roster, body)
    try:
        pair = read_next_keys(roster.origin, roster.log_key, body)
    except BadFormat as error:
        raise malformed("the log's next key is none") from error
    except BadSignature as error:
        raise not_allowed("the log's next key does not prove itself") from error
    if known_keys(roster).intersection((pair.key, pair.pq)) or pair.pq in _second_keys(roster):
        raise not_allowed("the log, a member or a witness has, or had, this key already")
    return replace(roster, log_key=pair.key, log_key_pq=pair.pq)


def with_past(before: Roster, after: Roster, index: int) -> Roster:
    """The roster after an entry, with the log's keys among the past ones where the entry replaced them."""
    if after.log_key == before.log_key:
        return after
    gone = PastLogKey(before.log_key, before.log_key_pq, index)
    return replace(after, past_log_keys=(*after.past_log_keys, gone))


def log_keys_at(roster: Roster, index: int) -> KeyPair:
    """The keys that sign for an entry and for the checkpoint that ends with it."""
    for past in roster.past_log_keys:
        if index < past.until:
            return KeyPair(past.key, past.pq)
    return KeyPair(roster.log_key, roster.log_key_pq)


def log_vkeys(roster: Roster) -> list[str]:
    """The log's present keys as a witness or a verifier needs them (types 0x01 and 0x06)."""
    keys = [NoteVerifier(roster.origin, roster.log_key).vkey]
    if roster.log_key_pq is not None:
        keys.append(MldsaCosignatureVerifier(roster.origin, roster.log_key_pq).vkey)
    return keys


def read_second_key(value: object) -> MldsaVerifyKey:
    """Read the log's second key, base64 of 1,312 bytes."""
    try:
        return MldsaVerifyKey(from_base64(text(value)))
    except BadFormat as error:
        raise malformed("the log's second key is none") from error


def _second_keys(roster: Roster) -> frozenset[MldsaVerifyKey | None]:
    return frozenset((roster.log_key_pq, *(past.pq for past in roster.past_log_keys)))
