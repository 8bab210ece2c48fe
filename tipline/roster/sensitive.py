"""Statements that a stolen session must not be able to make, and whose passkey answers for them.

A member's passkey is in the roster. A sensitive statement by a member who has one carries what the
passkey said over its digest, so that an admin host in strange hands, which has the keys of whoever is signed
in, still cannot make it. The keeper, the copies of the roster and the verifier all ask for it.

Source: docs/decisions/0005-triage-and-people.md; docs/threat-model.md (an admin host that was taken over).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from crypto.assertions import Passkey
from crypto.errors import CryptoError
from crypto.statements import Statement
from tipline.roster.errors import RosterRefused
from tipline.roster.rules import KEEPER

if TYPE_CHECKING:
    from tipline.roster.replay import Roster

PASSKEY: Final = "passkey"
PASSKEY_NEEDED: Final = "passkey-needed"

SENSITIVE: Final = frozenset(
    (
        *("unit", "member", "member-unit", "grant", "regrant", "revoke", "remove", "role", "lead"),
        *("new-keys", "regrant", PASSKEY),
        *("desk", "calendar", "deadlines", "body"),
        *("disclosure", "disclosure-decision", "disclosure-view"),
        *("unhold", "audit-all", "export", "evidence", "acknowledge", "witnesses", "alert-rules"),
        *("reward-rules", "point", "reward-budget", "reward-approval", "reward-extend", "reward-cancel"),
        *("reward-open", "pay-undo"),
    )
)
"""What changes who may do what, lets go of what was held, lets much out at once, or shows who somebody is.

A custodian's unlock gives nothing that their yes has not given already.
"""

SENSITIVE_OF_TWO: Final = frozenset(("route",))
"""What is as sensitive where two sign it.

A `route` of two lifts an exclusion or lets a desk in; one person's only shuts out, and must be quick.
"""

PLAIN_CHANGES: Final = frozenset(("conflicts", "rekey", "lapse", "log-key", "mint-keys"))
"""Changes of the roster that ask for no second look.

`conflicts` only takes from whoever signs it; `rekey` follows by itself when somebody left a desk, and gives
nobody anything; `lapse`, `log-key` and `mint-keys` are the keeper's.
"""


def is_sensitive(body: Mapping[str, Any]) -> bool:
    """Whether a statement asks its signers for a second look: by its type, or by that and their number."""
    return body["type"] in SENSITIVE or (body["type"] in SENSITIVE_OF_TWO and len(body["by"]) > 1)


def passkeys_needed(roster: Roster, statement: Statement) -> dict[str, Passkey]:
    """The passkeys that must answer over a statement, by signer.

    Over a statement that brings a passkey, the new one answers: none stands in the roster that does not work.

    Raises:
        RosterRefused: a signer is unknown.
        BadFormat: the statement brings a passkey that is none.
    """
    body = statement.body
    if not is_sensitive(body):
        return {}
    signers = (roster.member(signer) for signer in statement.signers if signer != KEEPER)
    needed = {member.id: member.passkey for member in signers}
    if body["type"] == PASSKEY and body.get("member") in needed:
        # Whoever gives up a passkey may have lost it; the registrar who signs beside them has their own.
        new = body.get("passkey")
        needed[body["member"]] = Passkey.read(new) if new else None
    return {signer: passkey for signer, passkey in needed.items() if passkey is not None}


def require_assertions(roster: Roster, statement: Statement) -> None:
    """Check that the passkeys of a statement's signers answered, where they must, and no others.

    Raises:
        RosterRefused: passkey-needed, when one did not, or unknown-member.
    """
    try:
        statement.verify_assertions(passkeys_needed(roster, statement))
    except CryptoError as error:
        raise RosterRefused(PASSKEY_NEEDED, "a signer's passkey must answer over this statement") from error
