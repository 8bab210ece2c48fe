"""Writing down a name or a contact that somebody gave in person: under three locks, and kept nowhere else."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from admin.disclosures.errors import (
    CardNumber,
    FieldTooLong,
    NoCustodians,
    NothingToKeep,
    NotKept,
    TipClosed,
    explained,
)
from admin.disclosures.place import Place
from admin.tip.records import check_returned
from admin.visit import Visit
from crypto.policies import IDENTITY
from tipline.identities import errors
from tipline.identities.record import FIELDS, IdentityRecord
from tipline.ids import new_item_id
from tipline.keeper_client import Refused
from tipline.mailbox.identity import custodians_of
from tipline.routing import Route
from tipline.sealing.items import NewItem, seal_identity
from tipline.tips.first import audience_under
from tipline.tips.storing import next_position, store_items

FIELD_OF: Final = {field: f"identity_{field}" for field in FIELDS}
"""What the form calls each part of a record."""


def write_down(visit: Visit, place: Place, form: Mapping[str, str]) -> None:
    """Seal what was typed, state it, and store it.

    Of what staff write the newest counts; what the reporter left stands beside it.

    Raises:
        DisclosureError: it was not kept; the sentence says why.
        KeeperError: nothing was proved to be logged, and nothing was stored.
    """
    record = _read(visit, form)
    if place.case.has_ended:
        raise TipClosed
    item = _sealed(visit, place, record)
    named = {"item": item.id.hex(), "hash": item.digest.hex()}
    services, tip = visit.services, place.id.hex()
    try:
        statement = visit.sign(IDENTITY, {"tip": tip, "desk": place.desk, **named})
        note = services.keeper.append(statement).record
    except Refused as refused:
        raise explained(refused.reason) from refused
    check_returned(note, services.log_key, {"kind": IDENTITY, "tip": tip, **named})
    try:
        with services.database.writing() as session:
            position = next_position(session, place.id)
            store_items(session, [item], first_position=position, day=record.day, record=note)
    except SQLAlchemyError as error:
        raise NotKept from error


def _read(visit: Visit, form: Mapping[str, str]) -> IdentityRecord:
    typed = {field: form.get(name, "").replace("\r\n", "\n") for field, name in FIELD_OF.items()}
    try:
        return IdentityRecord.checked(typed, visit.services.clock.today())
    except errors.NothingLeft as error:
        raise NothingToKeep from error
    except errors.HoldsIdentityNumber as error:
        raise CardNumber(FIELD_OF[error.field]) from error
    except errors.FieldTooLong as error:
        raise FieldTooLong(FIELD_OF[error.field]) from error


def _sealed(visit: Visit, place: Place, record: IdentityRecord) -> NewItem:
    custodians = custodians_of(visit.directory)
    if custodians is None:
        raise NoCustodians
    route = Route(place.view.desks, place.view.excluded)
    audience = audience_under(route, visit.directory, place.view.claim)
    content, key = record.encode(), custodians.key.recipient
    return seal_identity(new_item_id(), place.id, content, audience=audience, custodians=key)
