"""Competent bodies: whom tips are transferred to, outside this service, and the key a packet is sealed to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from crypto.age_x25519 import X25519Recipient
from crypto.errors import BadFormat
from crypto.keys import Recipient
from tipline.roster import rules
from tipline.roster.bodies import BASE_FIELDS, LANGUAGES, malformed, require_fields, text

if TYPE_CHECKING:
    from tipline.roster.replay import Roster

MAX_NAME: Final = 200
"""Characters of a body's name: it stands in the first line of a letter."""

_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")
# Wrapped to see whether it can be: a packet for a key that takes none would be found out when a tip waits.
_TRIAL_KEY: Final = bytes(16)


@dataclass(frozen=True)
class Body:
    """An organ that tips may be transferred to.

    `names` has "zh" and "en". `recipient` is the key of its own `age` program: of the hybrid kind, or of
    plain age, or None for a body that takes paper alone. One that no longer `accepts` stays for old letters.
    """

    id: str
    names: Mapping[str, str]
    recipient: Recipient | X25519Recipient | None
    accepts: bool


def set_body(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Add a competent body, or replace what is known of one: {"body": {"id","names","recipient","accepts"}}.

    Two sign, since whoever alone could put in a key of their own would be sent what only an organ may read.
    """
    fields = require_fields(body, BASE_FIELDS | {"body"})
    rules.require_registrar_and_another(roster, body)
    added = read_body(fields["body"])
    return replace(roster, bodies={**roster.bodies, added.id: added})


def read_body(value: object) -> Body:
    """Read {"id","names","recipient","accepts"}.

    Raises:
        RosterRefused: malformed.
    """
    fields = require_fields(value, {"id", "names", "recipient", "accepts"})
    if not isinstance(fields["accepts"], bool):
        raise malformed("a truth value of the statement is none")
    names = {language: text(name) for language, name in require_fields(fields["names"], LANGUAGES).items()}
    if not all(len(name) <= MAX_NAME and name.isprintable() for name in names.values()):
        raise malformed("a body's name is one line of at most 200 characters")
    return Body(text(fields["id"], _ID), names, _read_key(fields["recipient"]), fields["accepts"])


def write_body(body: Body) -> dict[str, Any]:
    """Write a body as it was read."""
    return {
        "id": body.id,
        "names": dict(body.names),
        "recipient": body.recipient.text if body.recipient else "",
        "accepts": body.accepts,
    }


def parse_key(written: str) -> Recipient | X25519Recipient:
    """Read a recipient of either kind, as `age-keygen` prints it.

    Raises:
        BadFormat: neither kind, or a key to which nothing can be sealed.
    """
    kind = Recipient if written.startswith("age1pq1") else X25519Recipient
    recipient = kind.parse(written)
    recipient.wrap(_TRIAL_KEY)
    return recipient


def _read_key(value: object) -> Recipient | X25519Recipient | None:
    if value == "":
        return None
    try:
        return parse_key(text(value))
    except BadFormat as error:
        raise malformed("a recipient is not a key") from error
