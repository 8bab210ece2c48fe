"""Whose signatures a site would follow to a log that was set back: the members it knew before.

The roster of the log that is found must not say who may vouch for it: somebody who was removed in what is
lost would be a member again, and a passkey that was brought there would not be asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from crypto.assertions import Passkey
from crypto.errors import BadFormat, BadSignature
from crypto.keys import VerifyKey
from crypto.statements import Statement
from tipline.ids import AUDITORS
from tipline.keeper_client.errors import KeeperLied, KeeperRolledBack
from tipline.roster import Member, Roster


@dataclass(frozen=True)
class KnownSigners:
    """Active members with a desk or a role, and their keys (hex); the auditors; what was acknowledged.

    `passkeys` are those of the members who have one.
    """

    members: Mapping[str, str]
    auditors: tuple[str, ...]
    acknowledged: tuple[str, ...]
    passkeys: Mapping[str, Passkey] = field(default_factory=dict)

    @classmethod
    def of(cls, roster: Roster) -> Self:
        """Those of a roster."""
        settled = [one for one in roster.members.values() if one.active and (one.desks or one.roles)]
        return cls(
            {one.id: one.signing_key.raw.hex() for one in settled},
            tuple(sorted(one.id for one in settled if one.holds(AUDITORS))),
            roster.acknowledged,
            {one.id: one.passkey for one in settled if one.passkey is not None},
        )

    @classmethod
    def read(cls, fields: Mapping[str, Any]) -> Self:
        """Take them up again from the site's file.

        Raises:
            KeeperLied: the file is damaged.
        """
        try:
            members = {str(member): str(key) for member, key in fields["members"].items()}
            said = fields.get("passkeys", {})  # files from before have none; the next roster brings them
            passkeys = {str(member): Passkey.read(one) for member, one in said.items()}
            return cls(members, tuple(fields["auditors"]), tuple(fields["acknowledged"]), passkeys)
        except (AttributeError, KeyError, TypeError, BadFormat) as error:
            raise KeeperLied("the file of what was seen is damaged; restore or remove it") from error

    def to_fields(self) -> dict[str, Any]:
        """As the site's file holds them."""
        return {
            "members": dict(self.members),
            "auditors": list(self.auditors),
            "acknowledged": list(self.acknowledged),
            "passkeys": {member: passkey.fields() for member, passkey in self.passkeys.items()},
        }

    def knows(self, member: Member) -> bool:
        """Whether somebody of another roster is known under the same key, and with the passkey if any."""
        passkey = self.passkeys.get(member.id, member.passkey)
        return self.members.get(member.id) == member.signing_key.raw.hex() and passkey == member.passkey

    def require_signed(self, statement: Statement) -> None:
        """Check that two known people, one of them an auditor, signed an acknowledgement that is new.

        Their passkeys answered, too. One that only the log that is found knows was checked with its roster.

        Raises:
            KeeperRolledBack: they did not.
        """
        signers = statement.signers
        if statement.body["nonce"] in self.acknowledged:
            raise KeeperRolledBack("this rollback was acknowledged before")
        if len(set(signers)) < 2 or not set(signers) & set(self.auditors):
            raise KeeperRolledBack("no two members, one of them an auditor, acknowledged the rollback")
        try:
            keys = {signer: VerifyKey(bytes.fromhex(self.members[signer])) for signer in signers}
            statement.verify(keys)
        except (KeyError, ValueError, BadFormat, BadSignature) as error:
            raise KeeperRolledBack("somebody unknown acknowledged the rollback") from error
        self._require_answers(statement)

    def _require_answers(self, statement: Statement) -> None:
        """An acknowledgement is sensitive, whatever the log that is found knows of passkeys.

        Source: tipline/roster/sensitive.py.
        """
        needed = {one: self.passkeys[one] for one in statement.signers if one in self.passkeys}
        try:
            for signer, passkey in needed.items():
                passkey.verify(statement.assertions[signer], statement.challenge)
        except (KeyError, BadFormat, BadSignature) as error:
            raise KeeperRolledBack("a signer's passkey did not answer over the acknowledgement") from error
