"""Which witnesses countersign the log, how many must, and what follows when they do not. Two people decide.

It stands in the log, so that a verifier reads from the log alone what was promised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from crypto.cosignatures import CosignatureVerifier, parse_vkey
from crypto.errors import BadFormat
from crypto.keys import VerifyKey
from tipline.roster import rules
from tipline.roster.bodies import BASE_FIELDS, listed, malformed, read_truth, require_fields, text
from tipline.roster.keys import known_keys
from tipline.roster.rules import not_allowed

if TYPE_CHECKING:
    from tipline.roster.replay import Roster

MAX_WITNESSES: Final = 16
MAX_KEYS: Final = 4
MAX_ALARM_HOURS: Final = 24 * 30
MAX_NAME: Final = 100
MAX_URL: Final = 200
POLICY_FIELDS: Final = ("witnesses", "quorum", "alarm_hours", "stop")
SCHEMES: Final = frozenset(("http", "https"))
"""http, too: an onion address or a private line brings no certificate, and a cosignature proves itself."""


@dataclass(frozen=True)
class Witness:
    """Who countersigns: the name in its keys, where it answers (without a slash at the end), all its keys.

    A checkpoint counts as countersigned by it when every key signed.
    """

    name: str
    url: str
    keys: tuple[CosignatureVerifier, ...]


@dataclass(frozen=True)
class WitnessPolicy:
    """Who countersigns, and what follows when too few did.

    `alarm_hours` after a witness's last cosignature every staff page says so. With `stop` nothing is read
    while fewer than `quorum` have countersigned in that time. `since` is when it was stated (Unix seconds).
    """

    witnesses: tuple[Witness, ...] = ()
    quorum: int = 0
    alarm_hours: int = 24
    stop: bool = False
    since: int = 0

    def find(self, name: str) -> Witness | None:
        """The witness of a name."""
        return next((one for one in self.witnesses if one.name == name), None)


NO_WITNESSES: Final = WitnessPolicy()


def set_witnesses(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Replace the policy: {"witnesses":[{"name","url","keys":[vkey…]}…],"quorum","alarm_hours","stop"}.

    Two sign: whoever alone could name the witnesses would name their own.
    """
    fields = require_fields(body, BASE_FIELDS.union(POLICY_FIELDS))
    rules.require_registrar_and_another(roster, body)
    policy = stated_policy(fields)
    _require_own_keys(roster, policy)
    return replace(roster, witnesses=policy)


def stated_policy(body: Mapping[str, Any]) -> WitnessPolicy:
    """The policy of a `witnesses` statement.

    Raises:
        RosterRefused: malformed.
    """
    policy = read_policy({name: body.get(name) for name in POLICY_FIELDS})
    return replace(policy, since=body["at"])


def read_policy(value: object) -> WitnessPolicy:
    """Read a policy's own fields.

    Raises:
        RosterRefused: malformed.
    """
    fields = require_fields(value, POLICY_FIELDS)
    witnesses = tuple(_read_witness(one) for one in listed(fields["witnesses"]))
    if len(witnesses) > MAX_WITNESSES or len({one.name for one in witnesses}) != len(witnesses):
        raise malformed("there are too many witnesses, or two of one name")
    quorum, hours, stop = fields["quorum"], fields["alarm_hours"], read_truth(fields["stop"])
    if type(quorum) is not int or not 0 <= quorum <= len(witnesses):
        raise malformed("the quorum is not a number of these witnesses")
    if type(hours) is not int or not 1 <= hours <= MAX_ALARM_HOURS:
        raise malformed("the alarm comes after 1 to 720 hours")
    if stop and not quorum:
        raise malformed("reading stops below a quorum, and there is none")
    return WitnessPolicy(witnesses, quorum, hours, stop)


def write_policy(policy: WitnessPolicy) -> dict[str, Any]:
    """Write a policy as it was read."""
    witnesses = [
        {"name": one.name, "url": one.url, "keys": [key.vkey for key in one.keys]} for one in policy.witnesses
    ]
    return {
        "witnesses": witnesses,
        "quorum": policy.quorum,
        "alarm_hours": policy.alarm_hours,
        "stop": policy.stop,
    }


def _read_witness(value: object) -> Witness:
    fields = require_fields(value, {"name", "url", "keys"})
    name = text(fields["name"])
    try:
        keys = tuple(parse_vkey(text(key)) for key in listed(fields["keys"]))
    except BadFormat as error:
        raise malformed("a witness's key is none") from error
    cosigners = tuple(key for key in keys if isinstance(key, CosignatureVerifier))
    if len(cosigners) != len(keys) or not 1 <= len(set(keys)) == len(keys) <= MAX_KEYS:
        raise malformed("a witness has one to four keys that countersign")
    if len(name) > MAX_NAME or not name.isprintable() or any(key.name != name for key in keys):
        raise malformed("a witness's keys bear its name")
    return Witness(name, _read_url(fields["url"]), cosigners)


def _read_url(value: object) -> str:
    url = text(value)
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise malformed("a witness's address is none") from error
    if (
        len(url) > MAX_URL
        or not url.isascii()
        or not url.isprintable()
        or any(sign in url for sign in ' @?#"\\')
        or parts.scheme not in SCHEMES
        or not parts.hostname
        or url.endswith("/")
    ):
        raise malformed("a witness's address is http(s)://host[:port][/path], without a slash at its end")
    return url


def _require_own_keys(roster: Roster, policy: WitnessPolicy) -> None:
    """Refuse a key that stands for two: a witness is nobody else, and has one name.

    Source: c2sp.org/tlog-cosignature (a key has one name: an Ed25519 cosignature does not say which).
    """
    raw = [key.raw for one in policy.witnesses for key in one.keys]
    before = replace(roster, witnesses=NO_WITNESSES)  # a witness may stay, with the key it had
    others = {key.raw for key in known_keys(before) if isinstance(key, VerifyKey)}
    second = [roster.log_key_pq, *(past.pq for past in roster.past_log_keys)]
    others |= {key.raw for key in second if key is not None}
    if len(set(raw)) != len(raw) or others.intersection(raw):
        raise not_allowed("a key of a witness is somebody else's")
