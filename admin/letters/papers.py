"""What has gone out of a case, and what is still waited for: applications, requests for backing, referrals.

A form that is filled in again for the same letter says how it went on: the last one counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from admin.letters.kinds import Kind
from admin.protection.form_shown import Filled
from tipline.protection.asking import Asking, Group


@dataclass(frozen=True)
class Paper:
    """The newest form of one letter or request.

    Attributes:
        to: a competent body's id, or whoever was written down.
        number: empty for what has none.
        sent: ISO day; `answered` is empty while nothing has come back.
        says: the answer, or the number of the receipt.
    """

    kind: str
    item: str
    to: str
    number: str
    sent: str
    answered: str
    by: str
    says: str

    @property
    def has_letter(self) -> bool:
        """Whether a letter is made from it."""
        return self.kind in tuple(Kind)


_READ: Final[Mapping[str, tuple[str, ...]]] = {
    "application": ("body", "number", "sent", "answered", "", "answer"),
    "referral": ("body", "number", "sent", "receipt_on", "", "receipt"),
    "backing": ("to", "", "asked", "on", "by", "answer"),
    "clearing": ("by", "number", "on", "on", "", "where"),
}
"""Which fields of each form hold recipient, number, day, day and author of the answer, and what it says."""

_SAME: Final[Mapping[str, Callable[[Paper], tuple[str, str, str]]]] = {
    "backing": lambda paper: (paper.kind, paper.to, paper.sent),
}


def papers_of(forms: Sequence[Filled]) -> list[Paper]:
    """The papers of a case, the newest first.

    Args:
        forms: the newest first.
    """
    found: dict[tuple[str, str, str], Paper] = {}
    for filled in forms:
        if filled.form.id in _READ:
            paper = _paper(filled)
            same = _SAME.get(paper.kind, _by_number)(paper)
            found.setdefault(same, paper)
    return list(found.values())


def harms_of(asking: Asking | None, forms: Sequence[Filled]) -> list[str]:
    """What was done to an officer, each once: as the case began, and by the incidents since.

    For the others it stands inside the case alone.

    Args:
        asking: None for a case that was not opened.
    """
    if asking is None or asking.group is not Group.OFFICER:
        return []
    since = [harm for filled in forms for harm in filled.answers.get("incident_kinds", "").split()]
    return list(dict.fromkeys([harm.value for harm in asking.harms] + since))


def _by_number(paper: Paper) -> tuple[str, str, str]:
    return paper.kind, paper.to, paper.number


def _paper(filled: Filled) -> Paper:
    kind, answers = filled.form.id, filled.answers
    read = [answers.get(f"{kind}_{name}", "") if name else "" for name in _READ[kind]]
    return Paper(kind, filled.entry.item.hex(), *read)
