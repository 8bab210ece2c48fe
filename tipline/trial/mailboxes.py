"""Tracking codes of a few invented reporters, for whoever tries the trial: kept beside its passwords."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from crypto.tracking_codes import TrackingCode
from tipline.durably import replace_durably
from tipline.settings import Settings
from tipline.trial.credentials import TRIAL_FILE, read_trial_file

_KEPT: Final = "mailboxes"


@dataclass(frozen=True, repr=False)
class SampleMailbox:
    """A mailbox to look into: what stands in it, and its eight groups."""

    what: str
    code: str

    def __repr__(self) -> str:
        return f"SampleMailbox({self.what!r})"


def keep_mailboxes(data: Path, codes: Mapping[str, TrackingCode]) -> None:
    """Write down the codes of a trial whose story was told, by what stands in the mailbox."""
    path = data / TRIAL_FILE
    shown = [SampleMailbox(what, code.reveal()) for what, code in codes.items()]
    kept = json.loads(path.read_text(encoding="utf-8")) | {_KEPT: [asdict(one) for one in shown]}
    replace_durably(path, json.dumps(kept, indent=2).encode() + b"\n")


def read_mailboxes(settings: Settings) -> list[SampleMailbox]:
    """The mailboxes to look into; none in a trial without the sample tips.

    Raises:
        NotATrial: this instance is a real one.
        NoTrial: the file is gone or unreadable.
    """
    return read_trial_file(settings, lambda kept: [SampleMailbox(**one) for one in kept.get(_KEPT, [])])
