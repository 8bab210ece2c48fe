"""The identifiers of the domain, each a type of its own.

Random identifiers are 16 bytes from the system's source: they name nothing and
tell no order. In statements and addresses they are 32 lower-case hex digits.
"""

from typing import Final, NewType

from crypto.randomness import random_bytes

TipId = NewType("TipId", bytes)
ItemId = NewType("ItemId", bytes)
GroupId = NewType("GroupId", bytes)
MemberId = NewType("MemberId", str)
DeskId = NewType("DeskId", str)
UnitId = NewType("UnitId", str)

ID_BYTES = 16
MEMBER_ID_BYTES = 4
UNIT_ID_DIGITS = 8

INTAKE = DeskId("intake")
INTEGRITY = DeskId("integrity")
AUDITORS = DeskId("auditors")
CUSTODIANS = DeskId("custodians")
PROTECTION = DeskId("protection")
PAYMENTS = DeskId("payments")


NO_TIP: Final = TipId(bytes(16))
"""Named where what staff wrote is about no tip."""


def new_tip_id() -> TipId:
    """A fresh tip identifier."""
    return TipId(random_bytes(ID_BYTES))


def new_item_id() -> ItemId:
    """A fresh item identifier."""
    return ItemId(random_bytes(ID_BYTES))


def new_group_id() -> GroupId:
    """A fresh card group identifier."""
    return GroupId(random_bytes(ID_BYTES))


def new_member_id() -> MemberId:
    """A fresh member identifier: "m" and 8 hex digits."""
    return MemberId("m" + random_bytes(MEMBER_ID_BYTES).hex())


def new_unit_id() -> UnitId:
    """A fresh unit identifier: "u" and eight digits, by chance.

    Two registrars may propose a unit at the same time: by counting, both would propose the same one.
    """
    return UnitId(f"u{int.from_bytes(random_bytes(8)) % 10**UNIT_ID_DIGITS:0{UNIT_ID_DIGITS}}")


def tip_id_from_hex(text: str) -> TipId:
    """Read a tip identifier as an address or a statement shows it.

    Raises:
        ValueError: not 32 lower-case hex digits.
    """
    raw = bytes.fromhex(text)
    if len(raw) != ID_BYTES or raw.hex() != text:
        raise ValueError("a tip id is 32 lower-case hex digits")
    return TipId(raw)
