"""Reasons of steps: sealed for the auditors, of whom alone a statement's hash is for.

Who judges an award reads no tip, so these reasons are sealed to no tip either.
"""

from collections.abc import Mapping
from typing import Any

from admin.disclosures.sealing import SealedReason
from admin.rewards.errors import NoReason, ReasonTooLong
from admin.visit import Visit
from crypto.statements import Statement
from tipline.ids import AUDITORS
from tipline.tips.answers import MAX_TEXT_BYTES


class Why:
    """The reason of a step that may have none; it goes again where its statement was not logged."""

    def __init__(
        self, visit: Visit, kind: str, about: Mapping[str, Any], words: str, *, needed: bool
    ) -> None:
        """Seal and store the words.

        Args:
            about: fields by which a statement of this kind is the same one.

        Raises:
            NoReason: a reason is needed, and there is none.
            ReasonTooLong: over `MAX_TEXT_BYTES`.
        """
        words = words.strip().replace("\r\n", "\n")
        if needed and not words:
            raise NoReason
        if len(words.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
            raise ReasonTooLong
        self._kept = SealedReason(visit, kind, about, words, AUDITORS) if words else None

    @property
    def named(self) -> dict[str, str]:
        """How a statement names it; empty for none."""
        return dict(self._kept.named) if self._kept else {}

    def sign(self, visit: Visit, kind: str, fields: Mapping[str, Any]) -> Statement:
        """The statement that names it.

        Raises:
            SecondLookNeeded: the member must be asked first; the same form then comes again.
        """
        if self._kept:
            return self._kept.sign(kind, fields)
        return visit.sign(kind, {**fields, "reason": {}})

    def drop(self) -> None:
        """Remove it: its statement was not logged."""
        if self._kept:
            self._kept.drop()
