"""What stands inside a sealed identity: a name, a contact, what else shows who it is, and how to use it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from crypto.canonical import decode, encode
from crypto.errors import BadFormat
from tipline.identities.card_numbers import holds_card_number
from tipline.identities.errors import FieldTooLong, HoldsIdentityNumber, NothingLeft

FORMAT: Final = 1
MAX_FIELD_BYTES: Final = 3_000
"""One field, as UTF-8: all of them together stay below the size to which every text is padded."""

FIELDS: Final = ("name", "contact", "details", "safely")


@dataclass(frozen=True, repr=False)
class IdentityRecord:
    """Who somebody is, as far as they or staff wrote it down; what is empty was left out.

    `safely` says when and how to use the contact, and what not to say. `day` is the UTC day on which it was
    left. `details` is what else shows who it is: address, place of work, looks, other names.
    """

    name: str
    contact: str
    safely: str
    day: date
    details: str = ""

    @classmethod
    def checked(cls, typed: Mapping[str, str], day: date) -> Self:
        """What was typed, by the names in `FIELDS`, without white space around it.

        Raises:
            NothingLeft: only white space.
            FieldTooLong: a field is over MAX_FIELD_BYTES as UTF-8.
            HoldsIdentityNumber: a field holds the number of an identity card.
        """
        fields = {field: typed.get(field, "").strip() for field in FIELDS}
        if not any(fields.values()):
            raise NothingLeft
        for field, text in fields.items():
            if len(text.encode()) > MAX_FIELD_BYTES:
                raise FieldTooLong(field)
            if holds_card_number(text):
                raise HoldsIdentityNumber(field)
        return cls(**fields, day=day)

    def words(self) -> dict[str, str]:
        """The fields that say something, in their order."""
        found = ((field, getattr(self, field)) for field in FIELDS)
        return {field: text for field, text in found if text}

    def encode(self) -> bytes:
        """Canonical JSON; `details` is left out when it is empty."""
        fields = {"name": self.name, "contact": self.contact, "safely": self.safely}
        if self.details:
            fields["details"] = self.details
        return encode({"v": FORMAT, **fields, "day": self.day.isoformat()})

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a record.

        Raises:
            BadFormat: not an identity.
        """
        fields = {"details": ""} | decode(data)
        if fields.keys() != {"v", *FIELDS, "day"} or fields["v"] != FORMAT:
            raise BadFormat("an identity has other fields or an unknown version")
        if not all(isinstance(fields[field], str) for field in (*FIELDS, "day")):
            raise BadFormat("a field of an identity is not text")
        try:
            day = date.fromisoformat(fields["day"])
        except ValueError as error:
            raise BadFormat("an identity has no day") from error
        return cls(fields["name"], fields["contact"], fields["safely"], day, fields["details"])
