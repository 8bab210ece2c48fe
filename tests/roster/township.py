"""A small township for tests: units, desks, members with known keys, and statements by them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from crypto.keys import Identity, MemberSeed, SigningKey
from crypto.statements import Statement
from tipline.roster import Roster

ORIGIN = "test.tipline.example/log"
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
START = int(NOON.timestamp())
TODAY = date(2025, 3, 1)

LOG_KEY = SigningKey.from_seed(sha256(b"log").digest())
KEEPER = Identity.from_seed(sha256(b"keeper").digest())

REGISTRAR, REVIEWER_A, REVIEWER_B = "m00000001", "m00000002", "m00000003"
INTEGRITY, AUDITOR, REGISTRAR_2 = "m00000004", "m00000005", "m00000006"
NEWCOMER = "m00000007"  # not in the genesis

OFFICE, POLICE, JUSTICE, COUNTY, CITY = "u1", "u2", "u3", "u4", "u5"


def seed(member: str) -> MemberSeed:
    return MemberSeed(sha256(member.encode()).digest())


def recipient(name: str) -> str:
    return Identity.from_seed(sha256(name.encode()).digest()).recipient.text


def unit(identifier: str, superior: str = "", *, inside: bool = True) -> dict[str, Any]:
    names = {"zh": f"单位{identifier}", "en": f"Unit {identifier}"}
    return {"id": identifier, "names": names, "superior": superior, "inside": inside}


def desk(identifier: str, *, reads: bool = True, epoch: int = 1) -> dict[str, Any]:
    return {
        "id": identifier,
        "names": {"zh": f"组{identifier}", "en": f"Desk {identifier}"},
        "epoch": epoch,
        "recipient": recipient(f"{identifier}-{epoch}"),
        "reads": reads,
    }


def member(
    identifier: str, unit: str, *, desks: Sequence[str] = (), roles: Sequence[str] = (), **more: Any
) -> dict[str, Any]:
    keys = seed(identifier)
    return {
        "id": identifier,
        "name_digest": sha256(identifier.encode()).hexdigest(),
        "signing_key": keys.signing_key.public.raw.hex(),
        "recipient": keys.identity.recipient.text,
        "unit": unit,
        "past_units": [],
        "conflicts": [],
        "roles": list(roles),
        "desks": list(desks),
        **more,
    }


def body(kind: str, by: Sequence[str], *, at: int = START, number: int = 0, **fields: Any) -> dict[str, Any]:
    """A statement's body; its nonce follows from everything else and `number`."""
    nonce = sha256(repr((kind, by, at, number, fields)).encode()).hexdigest()[:32]
    return {"v": 1, "log": ORIGIN, "type": kind, "at": at, "nonce": nonce, "by": list(by), **fields}


def genesis(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "keeper": KEEPER.recipient.text,
        "log_key": LOG_KEY.public.raw.hex(),
        "mint": [],
        "units": [
            unit(OFFICE),
            unit(POLICE, OFFICE),
            unit(JUSTICE, POLICE),
            unit(COUNTY, CITY, inside=False),
            unit(CITY, inside=False),
        ],
        "desks": [desk("intake"), desk("integrity"), desk("auditors", reads=False)],
        "members": [
            member(REGISTRAR, OFFICE, roles=["registrar"]),
            member(REVIEWER_A, POLICE, desks=["intake"]),
            member(REVIEWER_B, JUSTICE, desks=["intake"]),
            member(INTEGRITY, COUNTY, desks=["integrity"]),
            member(AUDITOR, COUNTY, desks=["auditors"]),
            member(REGISTRAR_2, OFFICE, roles=["registrar"]),
        ],
    }
    return body("genesis", ["keeper"], **{**fields, **changes})


def township() -> Roster:
    return Roster.from_genesis(genesis())


def key_of(signer: str) -> SigningKey:
    return LOG_KEY if signer == "keeper" else seed(signer).signing_key


def signed(statement: dict[str, Any]) -> Statement:
    """The statement with the right signatures of all who must sign it."""
    return Statement.signed(statement, {signer: key_of(signer) for signer in statement["by"]})
