"""The shape of asking for protection: what was typed, what is wrong with it, and the draft it makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from tipline.directory.types import Directory
from tipline.ids import UnitId
from tipline.protection.asking import OFFICERS, Asking, Group, Harm
from tipline.public.report.forms import NOT_IN_THE_LIST
from tipline.tips.answers import MAX_TEXT_BYTES
from tipline.tips.categories import Category, Official, Urgency
from tipline.tips.errors import NothingWritten, TextTooLong
from tipline.tips.submission import TipDraft
from tipline.words import mark

DESCRIPTION, MESSAGE = "description", "message"
"""What the main text is called: on a page of its own, and in a mailbox."""

SAY_WHO = mark("Please say who you are to the matter. You need not give a name.")
NOT_AN_OFFICER = mark("These kinds are for officers. Please choose above that you are one, or untick them.")

_GROUPS = frozenset(group.value for group in Group)
_HARMS = frozenset(harm.value for harm in Harm)
_OFFICERS = frozenset(harm.value for harm in OFFICERS)


@dataclass(frozen=True, repr=False)
class AskForm:
    """What somebody typed, as it came. `errors` maps a field to its sentence.

    `text_field` is the name of the main text, `group` a `Group` or what was sent for it.
    """

    text_field: str = DESCRIPTION
    group: str = ""
    text: str = ""
    danger: bool = False
    harms: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    agrees: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(
        cls, sent: MultiDict[str, str], directory: Directory, *, of: Group | None = None, asks: bool = True
    ) -> "AskForm":
        """Read and check what was sent.

        Args:
            of: whose case it will be, where that is no question: then the form is one of a mailbox.
            asks: whether it asks for a case, and not only tells what happened.
        """
        name = MESSAGE if of else DESCRIPTION
        typed = cls(
            text_field=name,
            group=of.value if of else sent.get("group", ""),
            text=sent.get(name, "").replace("\r\n", "\n").replace("\r", "\n"),
            danger="danger" in sent,
            harms=frozenset(sent.getlist("harms")),
            exclude=frozenset(sent.getlist("exclude") if asks else ()),
            agrees="agrees" in sent,
        )
        return typed.with_errors(_problems(typed, directory))

    def with_errors(self, errors: Mapping[str, str]) -> "AskForm":
        """The same answers with other errors."""
        return replace(self, errors=errors)

    @property
    def kinds(self) -> tuple[Harm, ...]:
        """The kinds of harm of a form without errors, in their order."""
        return tuple(harm for harm in Harm if harm.value in self.harms)

    def draft(self, language: str, *, of: str = "", for_another: bool = False) -> TipDraft:
        """The case that a form without errors begins.

        Args:
            of: the case of the person it hangs together with (hex).
            for_another: the one whose case it is has not been heard yet.
        """
        agrees = True if self.agrees and not for_another else None
        return TipDraft(
            description=self.text,
            category=Category.RETALIATION,
            unit=UnitId(""),
            official=Official.NOT_SAID,
            exclude=tuple(sorted(UnitId(unit) for unit in self.exclude)),
            exclude_text="",
            urgency=Urgency.DANGER if self.danger else Urgency.NORMAL,
            language=language,
            asking=Asking(Group(self.group), self.kinds, of, agrees),
        )


def _problems(typed: AskForm, directory: Directory) -> dict[str, str]:
    problems = {}
    if typed.group not in _GROUPS:
        problems["group"] = NOT_IN_THE_LIST if typed.group else SAY_WHO
    if not typed.text.strip():
        problems[typed.text_field] = NothingWritten.sentence
    elif len(typed.text.encode()) > MAX_TEXT_BYTES:
        problems[typed.text_field] = TextTooLong.sentence
    if not typed.harms <= _HARMS:
        problems["harms"] = NOT_IN_THE_LIST
    elif typed.harms & _OFFICERS and typed.group != Group.OFFICER:
        problems["officers"] = NOT_AN_OFFICER
    if not typed.exclude <= directory.units.keys():
        problems["exclude"] = NOT_IN_THE_LIST
    return problems
