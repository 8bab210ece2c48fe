"""Founding members and the first desk keys, before they stand in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from crypto.keys import Identity, MemberSeed, fingerprint
from tipline.accounts.passphrases import new_passphrase
from tipline.accounts.service import Accounts, name_digest, one_time_codes, otp_uri, seal_desk_seed
from tipline.ids import DeskId, MemberId, new_member_id
from tipline.instance.plan import DeskPlan, MemberPlan, Plan
from tipline.sealing.audience import DeskKey

FIRST_EPOCH = 1


@dataclass(frozen=True, repr=False)
class Founder:
    """A founding member with what only they may know: password and secret of the one-time codes (base32)."""

    id: MemberId
    plan: MemberPlan
    password: str
    otp_secret: str
    fingerprint: str

    @property
    def otp_uri(self) -> str:
        """What an authenticator app reads."""
        return otp_uri(self.otp_secret, self.plan.name)

    def __repr__(self) -> str:
        return f"Founder({self.plan.name!r})"


@dataclass(frozen=True)
class NewDesk:
    """A desk and its fresh key pair; the seed is sealed to the members and kept nowhere else."""

    plan: DeskPlan
    identity: Identity

    @property
    def key(self) -> DeskKey:
        """The public half, as a directory has it."""
        return DeskKey(DeskId(self.plan.id), FIRST_EPOCH, self.identity.recipient)

    def body(self) -> dict[str, Any]:
        """As the log's first entry holds it."""
        return {
            "id": self.plan.id,
            "names": self.plan.names,
            "epoch": FIRST_EPOCH,
            "recipient": self.identity.recipient.text,
            "reads": self.plan.reads,
        }


def open_accounts(
    session: Session, accounts: Accounts, plan: Plan, desks: Sequence[NewDesk]
) -> tuple[list[Founder], list[dict[str, Any]]]:
    """Make each founding member's account and seals; returns them and their bodies for the first entry."""
    founders, bodies = [], []
    keys = {desk.plan.id: desk for desk in desks}
    for member in plan.members:
        founder, body = _open_account(session, accounts, member, keys)
        founders.append(founder)
        bodies.append(body)
    return founders, bodies


def _open_account(
    session: Session, accounts: Accounts, plan: MemberPlan, desks: Mapping[str, NewDesk]
) -> tuple[Founder, dict[str, Any]]:
    identifier, seed, password = new_member_id(), MemberSeed.generate(), new_passphrase()
    account, secret = accounts.create(session, identifier, plan.name, password, seed)
    recipient, signing_key = seed.identity.recipient, seed.signing_key.public
    for desk in plan.desks:
        seal_desk_seed(session, desks[desk].key, desks[desk].identity.seed, identifier, recipient)
    body = {
        "id": identifier,
        "name_digest": name_digest(account.name_salt, plan.name),
        "signing_key": signing_key.raw.hex(),
        "recipient": recipient.text,
        "unit": plan.unit,
        "past_units": [{"unit": unit, "until": until} for unit, until in plan.past_units],
        "conflicts": list(plan.conflicts),
        "roles": list(plan.roles),
        "desks": list(plan.desks),
    }
    secret_text = one_time_codes(secret).secret
    return Founder(identifier, plan, password, secret_text, fingerprint(recipient, signing_key)), body
