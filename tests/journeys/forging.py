"""Rows of the main database written by hand, by somebody who knows all formats and public keys."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crypto import age, padding
from crypto.keys import Identity, MemberSeed, Recipient, SigningKey, VerifyKey
from crypto.notes import NoteVerifier, open_json
from crypto.policies import POLICY_LENGTH, Route
from tests.journeys.store import change, rows
from tests.journeys.trial import Trial
from tipline.directory.types import Directory, open_directory
from tipline.ids import DeskId, ItemId, TipId
from tipline.sealing.audience import Audience, claim_message, write_slips
from tipline.sealing.items import FLOORS, ItemHeader


@dataclass(frozen=True)
class ForgedItem:
    """An item that somebody else than the reporter or the service made."""

    id: bytes
    kind: str
    sealed: bytes
    digest: bytes
    claim_signature: bytes
    slips: dict[str, bytes]


def public_keys(trial: Trial) -> Directory:
    """The signed directory: every public key there is."""
    site = json.loads((trial.data / "site.json").read_text())
    notes = rows(trial, "SELECT note FROM directory_notes ORDER BY version DESC")
    return open_directory(notes[0][0], NoteVerifier.parse(site["log_key"]), site["origin"], site["genesis"])


def log_key(trial: Trial) -> NoteVerifier:
    """The key that the keeper signs with."""
    return NoteVerifier.parse(json.loads((trial.data / "site.json").read_text())["log_key"])


def forge(
    trial: Trial,
    kind: str,
    tip: bytes,
    item: bytes,
    content: bytes,
    *,
    recipients: Sequence[Recipient] = (),
    claim: SigningKey | None = None,
    desks: Sequence[str] = (),
    route: Route = Route(("intake",), ()),  # noqa: B008  it holds nothing that changes
) -> ForgedItem:
    """Seal an item of a tip, with slips for desks, and the route in them that the forger wants."""
    directory, key, mine = public_keys(trial), Identity.generate(), claim or SigningKey.generate()
    header = ItemHeader(kind, TipId(tip), ItemId(item)).encode()
    sealed = age.seal(
        padding.pad(header + content, FLOORS.get(kind, padding.TEXT_FLOOR)), [key.recipient, *recipients]
    )
    digest = hashlib.sha256(sealed).digest()
    audience = Audience(directory.keeper, directory.desk_keys(*map(DeskId, desks)), route, mine.public.raw)
    slips = write_slips(TipId(tip), ItemId(item), kind, digest, key, audience)
    signature = mine.sign(claim_message(TipId(tip), ItemId(item), digest, kind))
    return ForgedItem(item, kind, sealed, digest, signature, {slip.desk: slip.slip for slip in slips})


def slip_again(trial: Trial, item: bytes, key: Identity, claim: VerifyKey, desk: str, route: Route) -> None:
    """Write another slip for a true item, by somebody who kept its key after a reading."""
    query = "SELECT tip_id, kind, digest FROM items WHERE id = ?"
    [(tip, kind, digest)] = rows(trial, query, item)
    directory = public_keys(trial)
    audience = Audience(directory.keeper, directory.desk_keys(DeskId(desk)), route, claim.raw)
    for slip in write_slips(TipId(tip), ItemId(item), kind, digest, key, audience):
        change(trial, "INSERT OR REPLACE INTO slips VALUES (?, ?, 1, ?)", item, slip.desk, slip.slip)


def item_key(trial: Trial, item: bytes, desk: str, member: str, seed: MemberSeed) -> Identity:
    """The key of an item, as a reading at a desk leaves it in the reader's hands."""
    [(slip,)] = rows(trial, "SELECT slip FROM slips WHERE item_id = ? AND desk = ?", item, desk)
    query = "SELECT sealed FROM desk_seals WHERE desk = ? AND member_id = ?"
    [(sealed,)] = rows(trial, query, desk, member)
    keeper = Identity.parse((trial.data / "keeper" / "keeper.key").read_text().strip())
    inner = age.unseal(slip, [keeper])[POLICY_LENGTH:]
    desk_key = Identity.from_seed(age.unseal(sealed, [seed.identity]))
    return Identity.parse(age.unseal(inner, [desk_key]).decode())


def put_in(trial: Trial, tip: bytes, forged: ForgedItem, *, record: bytes = b"") -> None:
    """Add a row."""
    [(last,)] = rows(trial, "SELECT max(position) FROM items WHERE tip_id = ?", tip)
    fields: dict[str, Any] = {
        "id": forged.id,
        "tip_id": tip,
        "position": last + 1,
        "kind": forged.kind,
        "day": date.today().isoformat(),  # noqa: DTZ011  any day will do
        "digest": forged.digest,
        "sealed": forged.sealed,
        "claim_signature": b"" if record else forged.claim_signature,
        "record": record,
    }
    marks = ", ".join("?" for _ in fields)
    change(trial, f"INSERT INTO items ({', '.join(fields)}) VALUES ({marks})", *fields.values())
    put_slips(trial, forged)


def put_over(trial: Trial, forged: ForgedItem) -> None:
    """Put a forged item in the place of the one whose name it has."""
    change(
        trial,
        "UPDATE items SET sealed = ?, digest = ?, claim_signature = ? WHERE id = ?",
        forged.sealed,
        forged.digest,
        forged.claim_signature,
        forged.id,
    )
    put_slips(trial, forged)


def put_slips(trial: Trial, forged: ForgedItem) -> None:
    """Put a forged item's slips in, over others."""
    for desk, slip in forged.slips.items():
        change(trial, "INSERT OR REPLACE INTO slips VALUES (?, ?, 1, ?)", forged.id, desk, slip)


def route_record(trial: Trial, tip: bytes, reporter: Identity) -> bytes:
    """The keeper's record of a tip's route, which its reporter alone can open."""
    [(sealed,)] = rows(trial, "SELECT sealed FROM items WHERE tip_id = ? AND kind = 'route'", tip)
    record = padding.unpad(age.unseal(sealed, [reporter])).partition(b"\n")[2]
    if open_json(record, log_key(trial))["tip"] != tip.hex():
        raise AssertionError("the record is of another tip")
    return record
