"""What a second sending of a form says that the first did not."""

from collections.abc import Sequence

from tipline.protection.asking import Asking
from tipline.sealing.items import SealedFile
from tipline.tips.answers import TipText
from tipline.tips.first import TipDraft


def difference(draft: TipDraft, first: TipText, fresh: Sequence[SealedFile]) -> str:
    """What is new, in words for the desk: the description as it is, answers by their field's name.

    Consent that is given now is no line: it is a message of its own. Consent that is missing now is one.
    """
    lines = [] if draft.description == first.description else [draft.description]
    answers = {
        "category": (draft.category.value, first.category.value),
        "unit": (draft.unit or "", first.unit),
        "official": (draft.official.value, first.official.value),
        "exclude": (", ".join(draft.exclude), ", ".join(first.exclude)),
        "exclude_text": (draft.exclude_text, first.exclude_text),
        "urgency": (draft.urgency.value, first.urgency.value),
        **_asked(draft.asking, first.asking),
    }
    lines += [
        f"{name}: {before or '-'} → {now or '-'}" for name, (now, before) in answers.items() if now != before
    ]
    lines += [f"+ {file.name}" for file in fresh]
    return "\n".join(lines)


def _asked(now: Asking | None, before: Asking | None) -> dict[str, tuple[str, str]]:
    """What a protection case asks for; of a tip nothing."""
    if now is None or before is None:
        return {}
    no_more = before.agrees is True and not now.agrees
    return {
        "group": (now.group.value, before.group.value),
        "harms": (", ".join(now.harms), ", ".join(before.harms)),
        "agrees": ("", "yes" if no_more else ""),
    }
