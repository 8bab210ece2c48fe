"""What a protection case begins with: for whom it is, what happened, and who else it hangs together with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

from tipline.words import mark


class Group(StrEnum):
    """Whom a case protects (R12)."""

    REPORTER = "reporter"
    WITNESS = "witness"
    OFFICER = "officer"
    RELATIVE = "relative"


class Harm(StrEnum):
    """What was done or is feared: open and hidden kinds, and what is done to officers."""

    THREAT = "threat"
    VIOLENCE = "violence"
    FOLLOWED = "followed"
    PROPERTY = "property"
    RUMOURS = "rumours"
    PAY = "pay"
    TRANSFER = "transfer"
    PROMOTION = "promotion"
    APPLICATIONS = "applications"
    FRAMING = "framing"
    COMPLAINTS = "complaints"
    INTERFERENCE = "interference"
    OTHER = "other"


HIDDEN: Final = (Harm.PAY, Harm.TRANSFER, Harm.PROMOTION, Harm.APPLICATIONS)
"""Retaliation that looks like everyday business."""

OFFICERS: Final = (Harm.FRAMING, Harm.COMPLAINTS, Harm.INTERFERENCE)
"""What is done to officers (R33)."""

GROUP_WORDS: Final[Mapping[Group, str]] = {
    Group.REPORTER: mark("Reporter"),
    Group.WITNESS: mark("Witness"),
    Group.OFFICER: mark("Officer"),
    Group.RELATIVE: mark("Relative"),
}

HARM_WORDS: Final[Mapping[Harm, str]] = {
    Harm.THREAT: mark("Threats"),
    Harm.VIOLENCE: mark("Violence"),
    Harm.FOLLOWED: mark("Being followed or watched"),
    Harm.PROPERTY: mark("Damage to house, field, car or shop"),
    Harm.RUMOURS: mark("Rumours, shaming, calls at night"),
    Harm.PAY: mark("Pay or allowance cut"),
    Harm.TRANSFER: mark("Moved to another post or place"),
    Harm.PROMOTION: mark("Promotion blocked"),
    Harm.APPLICATIONS: mark("Applications that do not move on"),
    Harm.FRAMING: mark("Framed with something made up"),
    Harm.COMPLAINTS: mark("Many complaints at once, to stop a case"),
    Harm.INTERFERENCE: mark("Somebody inside interferes with a case"),
    Harm.OTHER: mark("Something else"),
}


@dataclass(frozen=True)
class Asking:
    """What the first item of a case says beside its text.

    Attributes:
        of: of a relative's case, the case of the person it hangs together with (32 hex digits); "" for none.
            It stands in sealed items alone.
        agrees: whether the person agreed to being protected, when they asked themselves; None where somebody
            else asked, and they are still to be heard.
    """

    group: Group
    harms: tuple[Harm, ...] = ()
    of: str = ""
    agrees: bool | None = field(default=None)

    def to_fields(self) -> dict[str, Any]:
        """The same as an object; what is empty is left out."""
        fields: dict[str, Any] = {"group": self.group.value, "harms": [harm.value for harm in self.harms]}
        if self.of:
            fields["of"] = self.of
        if self.agrees is not None:
            fields["agrees"] = self.agrees
        return fields

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Self:
        """Read it from its object.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        agrees = fields.get("agrees")
        if agrees is not None and not isinstance(agrees, bool):
            raise TypeError("agrees")
        harms = tuple(map(Harm, fields["harms"]))
        return cls(Group(fields["group"]), harms, str(fields.get("of", "")), agrees)
