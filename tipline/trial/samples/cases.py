"""The protection cases as they stand in cases.toml."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from tipline.ids import UnitId
from tipline.protection.asking import Asking, Group, Harm
from tipline.protection.states import ProtectionState
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.submission import TipDraft

_FILE: Final = Path(__file__).with_name("cases.toml")
_DAY: Final = "@"


@dataclass(frozen=True)
class CaseStep:
    """One thing that somebody does: the desk moves, fills in, writes or agrees; the person says something.

    Attributes:
        days: when, counted from the day of asking; a negative one counts back from the present.
        typed: what is filled in, as a browser sends it; a day in it is counted from the step's.
        every: after how many days the person is to be heard again; 0 for a step that agrees on nothing.
        says: what a message of the person's is about, "" for a step of the desk.
    """

    days: tuple[int, ...]
    move: str = ""
    form: str = ""
    typed: Mapping[str, str | Sequence[str]] | None = None
    reply: str = ""
    every: int = 0
    says: str = ""
    text: str = ""
    answers: Mapping[str, str] | None = None

    @property
    def approves(self) -> bool:
        """Whether it confirms what somebody else proposed: a plan, an ending."""
        return self.move in (ProtectionState.PROTECTED, ProtectionState.ENDED) and not self.form

    def filled_in(self, today: date) -> dict[str, list[str]]:
        """What a browser would send on a day."""
        return {
            name: [_dated(value, today)] if isinstance(value, str) else list(value)
            for name, value in (self.typed or {}).items()
        }


@dataclass(frozen=True)
class SampleCase:
    """A case that was asked for so many days ago, and what became of it.

    Attributes:
        of: the name of the earlier case that it hangs together with, or "".
        asking: what the draft asks for, before it says with which case it hangs together.
        tip: the name of the tip whose reporter asks out of its mailbox, or "" for somebody without one.
    """

    name: str
    days: int
    of: str
    tip: str
    asking: Asking
    draft: TipDraft
    steps: tuple[CaseStep, ...]


def read_cases() -> tuple[SampleCase, ...]:
    """Read them."""
    with _FILE.open("rb") as file:
        return tuple(map(_case, tomllib.load(file)["cases"]))


def _case(told: Mapping[str, Any]) -> SampleCase:
    asking = Asking(Group(told["group"]), tuple(map(Harm, told["harms"])), agrees=told.get("agrees"))
    draft = TipDraft(
        description=told["text"],
        category=Category.RETALIATION,
        unit=UnitId(""),
        official=Official.NOT_SAID,
        exclude=(),
        exclude_text="",
        urgency=Urgency(told.get("urgency", "normal")),
        language=told.get("language", "zh-Hans"),
        asking=asking,
    )
    steps = tuple(map(_step, told.get("steps", ())))
    of, tip = told.get("of", ""), told.get("tip", "")
    return SampleCase(told["name"], told["days"], of, tip, asking, draft, steps)


def _step(told: Mapping[str, Any]) -> CaseStep:
    answers = {name: told[name] for name in ("agrees",) if name in told}
    if "harms" in told:
        answers["harms"] = " ".join(told["harms"])
    return CaseStep(
        days=tuple(told["days"]) if "days" in told else (told["day"],),
        move=told.get("move", ""),
        form=told.get("form", ""),
        typed=told.get("typed"),
        reply=told.get("reply", ""),
        every=told.get("watch", 0),
        says=told.get("says", ""),
        text=told.get("text", ""),
        answers=answers,
    )


def _dated(value: str, today: date) -> str:
    if not value.startswith(_DAY):
        return value
    return (today + timedelta(days=int(value.removeprefix(_DAY)))).isoformat()
