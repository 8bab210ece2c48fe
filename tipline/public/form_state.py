"""What earlier screens of a form were told, and the files that wait: sealed, in a hidden field.

Nothing of it is stored. The key of a waiting file exists here alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crypto.canonical import decode, encode
from crypto.errors import BadFormat
from tipline.ids import TipId
from tipline.public.uploads.staged import StagedUpload

FORMAT = 1


@dataclass(frozen=True, repr=False)
class FormState:
    """Answers (what canonical JSON holds) and waiting files."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    uploads: tuple[StagedUpload, ...] = ()

    def encode(self) -> bytes:
        """Canonical JSON.

        Raises:
            BadFormat: an answer is of another type, or half a surrogate pair.
        """
        uploads = [upload.fields() for upload in self.uploads]
        return encode({"v": FORMAT, "answers": dict(self.answers), "uploads": uploads})

    @classmethod
    def decode(cls, data: bytes, tip: TipId) -> "FormState":
        """Read the state of a tip's form.

        Raises:
            BadFormat: not one of this version.
        """
        fields = decode(data)
        if fields.get("v") != FORMAT:
            raise BadFormat("the state has another version")
        try:
            uploads = tuple(StagedUpload.of(each, tip) for each in fields["uploads"])
            return cls(dict(fields["answers"]), uploads)
        except (KeyError, TypeError, ValueError) as error:
            raise BadFormat("not the state of a form") from error
