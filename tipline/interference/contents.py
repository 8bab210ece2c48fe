"""What stands inside the register's sealed items. Both are canonical JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from crypto.canonical import decode, encode
from crypto.errors import BadFormat
from tipline.interference.ways import Measure, Way

FORMAT: Final = 1


@dataclass(frozen=True, repr=False)
class Account:
    """What somebody met, in their own words.

    Attributes:
        who: the name of whoever interfered; `unit` and `position` as far as they are known.
        case: a letter's number, a tip's short code, or whatever the case is called.
        when: as it was written: a day, or "every Friday in March".
        happened: what happened; `did` what whoever files it did then.
    """

    who: str
    unit: str
    position: str
    case: str
    way: Way
    when: str
    happened: str
    did: str

    def encode(self) -> bytes:
        """Canonical JSON."""
        return encode({"v": FORMAT, **asdict(self)})

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read an account.

        Raises:
            BadFormat: it is none.
        """
        fields = decode(data)
        names = ("who", "unit", "position", "case", "when", "happened", "did")
        try:
            return cls(way=Way(fields["way"]), **{name: _text(fields, name) for name in names})
        except (KeyError, TypeError, ValueError) as error:
            raise BadFormat("not an account of interference") from error


@dataclass(frozen=True, repr=False)
class Answer:
    """What was done about it: measures, and words."""

    measures: tuple[Measure, ...]
    text: str

    def encode(self) -> bytes:
        """Canonical JSON."""
        return encode({"v": FORMAT, "measures": list(self.measures), "text": self.text})

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read an answer.

        Raises:
            BadFormat: it is none.
        """
        fields = decode(data)
        try:
            return cls(tuple(map(Measure, fields["measures"])), _text(fields, "text"))
        except (KeyError, TypeError, ValueError) as error:
            raise BadFormat("not an answer about interference") from error


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value
