"""The sample tips as they stand in tips.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tipline.ids import UnitId
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.submission import TipDraft
from tipline.trial.samples.cases import SampleCase, read_cases
from tipline.trial.samples.stories import STORIES, Step

_FILE = Path(__file__).with_name("tips.toml")


@dataclass(frozen=True)
class SampleTip:
    """A tip that came so many days ago, and what became of it; `name` is what cases and rewards call it."""

    name: str
    days: int
    draft: TipDraft
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Samples:
    """All that is told. Replies and messages stand by name and language, reasons by what they are for."""

    tips: tuple[SampleTip, ...]
    cases: tuple[SampleCase, ...]
    replies: Mapping[str, Mapping[str, str]]
    messages: Mapping[str, Mapping[str, str]]
    reasons: Mapping[str, str]

    @property
    def days(self) -> int:
        """How many days ago the first of them came."""
        return max(*(tip.days for tip in self.tips), *(case.days for case in self.cases))


def read_samples() -> Samples:
    """Read them."""
    with _FILE.open("rb") as file:
        told = tomllib.load(file)
    tips = tuple(map(_tip, told["tips"]))
    return Samples(tips, read_cases(), told["replies"], told["messages"], told["reasons"])


def _tip(told: Mapping[str, Any]) -> SampleTip:
    draft = TipDraft(
        description=told["text"],
        category=Category(told.get("category", "")),
        unit=UnitId(told.get("unit", "")),
        official=Official(told.get("official", "no")),
        exclude=(),
        exclude_text="",
        urgency=Urgency(told.get("urgency", "normal")),
        language=told.get("language", "zh-Hans"),
    )
    return SampleTip(told.get("name", ""), told["days"], draft, STORIES[told["story"]])
