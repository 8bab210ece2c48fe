"""A file that came, lies sealed in staging, and waits for the last press of the button."""

from dataclasses import dataclass, replace
from typing import Any

from tipline.cleaning.types import HiddenData
from tipline.confined.types import Reason
from tipline.ids import ItemId, TipId
from tipline.sealing.items import SealedFile


@dataclass(frozen=True, repr=False)
class StagedUpload:
    """A sealed file, and what became of its hidden data.

    `reason` says why it remains; `named` that a page has told the visitor so.
    """

    file: SealedFile
    hidden: HiddenData
    reason: Reason | None = None
    named: bool = False

    @property
    def must_be_named(self) -> bool:
        """Whether the visitor has yet to be told that hidden data stayed in it."""
        return self.hidden is HiddenData.REMAINS and not self.named

    @property
    def to_send(self) -> SealedFile:
        """The sealed file as its tip names it: with what became of its hidden data."""
        return replace(self.file, hidden=self.hidden.value)

    def as_named(self) -> "StagedUpload":
        """The same file, after a page has listed it."""
        return replace(self, named=True)

    def fields(self) -> dict[str, Any]:
        """For the sealed state of a form. The tip is the form's."""
        return {
            "item": self.file.item.hex(),
            "key": self.file.key_seed.hex(),
            "digest": self.file.digest.hex(),
            "name": self.file.name,
            "size": self.file.size,
            "type": self.file.media_type,
            "hidden": self.hidden.value,
            "reason": self.reason.value if self.reason else "",
            "named": self.named,
        }

    @classmethod
    def of(cls, fields: dict[str, Any], tip: TipId) -> "StagedUpload":
        """Read it back from the state of a tip's form.

        Raises:
            KeyError, TypeError, ValueError: not what `fields` made.
        """
        file = SealedFile(
            item=ItemId(bytes.fromhex(fields["item"])),
            tip=tip,
            key_seed=bytes.fromhex(fields["key"]),
            digest=bytes.fromhex(fields["digest"]),
            name=str(fields["name"]),
            size=int(fields["size"]),
            media_type=str(fields["type"]),
        )
        reason = Reason(fields["reason"]) if fields["reason"] else None
        return cls(file, HiddenData(fields["hidden"]), reason, bool(fields["named"]))
