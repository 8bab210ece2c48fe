"""What the forms of a transfer hold, read strictly. What is not asked for is not read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from admin.transfers.errors import (
    BadDay,
    NoKey,
    NoKind,
    NoSuchBody,
    ReferenceMissing,
    ReferenceTooLong,
    RemarkTooLong,
)
from tipline.roster import Body, Roster

SEALED, PAPER = "sealed", "paper"
LANGUAGES: Final = {"zh_Hans": "zh-CN", "en": "en-GB"}
"""The letter's languages, and their tags in documents."""
MAX_REMARK: Final = 2_000
MAX_REFERENCE: Final = 200


@dataclass(frozen=True)
class Order:
    """How a packet is to be made."""

    body: Body
    kind: str
    language: str
    remark: str = field(default="", repr=False)


def accepting(roster: Roster) -> list[Body]:
    """The bodies that take transfers, by id."""
    return [body for _, body in sorted(roster.bodies.items()) if body.accepts]


def read_order(form: Mapping[str, str], roster: Roster) -> Order:
    """Read what was chosen.

    Raises:
        TransferError: no such body, kind or language, or a remark that is too long.
    """
    body = roster.bodies.get(form.get("body", ""))
    if body is None or not body.accepts:
        raise NoSuchBody
    return read_kind(form, body, read_remark(form))


def read_kind(form: Mapping[str, str], body: Body, remark: str) -> Order:
    """Read how the packet travels and what its letter is written in.

    Raises:
        TransferError: there is no such choice.
    """
    kind, language = form.get("packet", ""), form.get("letter_language", "")
    if kind not in (SEALED, PAPER) or language not in LANGUAGES:
        raise NoKind
    if kind == SEALED and body.recipient is None:
        raise NoKey
    return Order(body, kind, language, remark)


def read_remark(form: Mapping[str, str]) -> str:
    """Read the remark; nothing when there is none.

    Raises:
        RemarkTooLong: over `MAX_REMARK` characters.
    """
    remark = form.get("remark", "").strip().replace("\r\n", "\n")
    if len(remark) > MAX_REMARK:
        raise RemarkTooLong
    return remark


@dataclass(frozen=True)
class Receipt:
    """What stands on a receipt: the body's own number, and its day."""

    reference: str = field(repr=False)
    day: date


def read_receipt(form: Mapping[str, str], since: date, today: date) -> Receipt:
    """Read a receipt of a transfer that began on a day.

    Raises:
        TransferError: no number, or no such day.
    """
    reference = " ".join(form.get("reference", "").split())
    if not reference:
        raise ReferenceMissing
    if len(reference) > MAX_REFERENCE:
        raise ReferenceTooLong
    try:
        day = date.fromisoformat(form.get("received_on", ""))
    except ValueError as error:
        raise BadDay from error
    if day.isoformat() != form["received_on"] or not since <= day <= today:
        raise BadDay
    return Receipt(reference, day)
