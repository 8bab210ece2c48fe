"""What becomes of each element of an Office part."""

import re

from tipline.cleaning import office_rules as rules
from tipline.cleaning.markup import DROP, TEXT, Attributes, Decide, Decision, local
from tipline.cleaning.office_parts import Relations, is_dropped, is_outside
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason

_FILE_NAME = re.compile(r"\\|^(?:file:)?/|\.[A-Za-z][A-Za-z0-9]{1,4}$")
PATH = re.compile(r"(?i)file:/|(?<![a-z0-9/])[a-z]:[\\/]|\\\\[^\\\s]|^\.\.?\\")
_REMOVED = "file:///removed"
_RELATION_IDS = {"id", "embed", "link", "pict", "href", "relid"}
_PAGE_SETUP = "pageSetup"
_DEFINED_NAME = "definedName"
_COMMENT_TEXT = "t"


class OfficeMarkup:
    """The decisions for one file. Marks that tie parts together are numbered anew, the same in each part."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}
        self._authors: set[str] = set()

    def relations(self, name: str, attributes: Attributes) -> Decision:
        """Relations: those that are left out, and those that lead to somebody's disk or load something."""
        if local(name) != "Relationship":
            return None
        if is_dropped(attributes):
            return DROP
        if is_outside(attributes) and attributes.get("Target") != _REMOVED:
            return attributes | {"Target": _REMOVED}
        return None

    def part(self, relations: Relations, *, is_comments: bool) -> Decide:
        """A part with these relations."""
        dropped, unknown = relations.dropped, relations.unknown

        def decide(name: str, attributes: Attributes) -> Decision:
            plain = local(name)
            if plain in rules.DROPPED_ELEMENTS:
                return DROP
            if plain in rules.UNCLEANABLE_ELEMENTS:
                raise CannotRead(Reason.KIND)
            if not attributes:
                return TEXT if self._is_retold(name, is_comments) else None
            if dropped and plain != _PAGE_SETUP and _refers(attributes, dropped):
                return DROP
            if unknown and _refers(attributes, unknown):
                raise CannotRead(Reason.KIND)
            if plain == _DEFINED_NAME and attributes.get("name", "").startswith(rules.CUSTOM_VIEW_NAME):
                return DROP
            kept = self._attributes(plain, attributes, dropped)
            if kept != attributes:
                return kept
            return TEXT if self._is_retold(name, is_comments) else None

        return decide

    def retell(self, name: str, text: str) -> str:
        """The text of an element that names an author, or of a formula.

        Raises:
            CannotRead: KIND, a formula names a file on somebody's disk.
        """
        if name in rules.FORMULAS:
            if PATH.search(text):
                raise CannotRead(Reason.KIND)
            return text
        if local(name) == _COMMENT_TEXT:
            # A spreadsheet program puts the author's name before the comment.
            return "Author:" if text.strip().removesuffix(":") in self._authors else text
        if text.startswith(rules.LINKED_AUTHOR):
            return text
        if text:
            self._authors.add(text)
        return "Author" if text else text

    def _is_retold(self, name: str, is_comments: bool) -> bool:
        if name in rules.FORMULAS:
            return True
        return is_comments and local(name) in {*rules.TEXT_ELEMENTS, _COMMENT_TEXT}

    def _attributes(self, element: str, attributes: Attributes, dropped: frozenset[str]) -> Attributes:
        kept: Attributes = {}
        for name, value in attributes.items():
            prefix, _, plain = name.rpartition(":")
            if plain in rules.DROPPED_ATTRIBUTES or (
                prefix and plain in {rules.PREFIXED_DATE, rules.REVISION_IDS}
            ):
                continue
            if element == _PAGE_SETUP and prefix and value in dropped:
                continue
            kept[name] = self._value(element, plain, value)
        return kept

    def _value(self, element: str, name: str, value: str) -> str:
        if name in rules.SET_ATTRIBUTES:
            return rules.SET_ATTRIBUTES[name]
        if element in rules.PERSON_ELEMENTS and name in rules.PERSON_ATTRIBUTES:
            return rules.PERSON_ATTRIBUTES[name]
        if _names_a_file(element, name, value):
            return ""
        if name in rules.NUMBERED_ATTRIBUTES:
            return self._number(value)
        identifies = name in rules.IDENTIFYING_ATTRIBUTES or (
            element in rules.IDENTIFIED_ELEMENTS and name == "id"
        )
        if identifies and value.startswith("{"):
            return f"{{{self._number(value[1:])}-0000-0000-0000-000000000000}}"
        return value

    def _number(self, mark: str) -> str:
        return self._numbers.setdefault(mark, f"{len(self._numbers) + 1:08X}")


def _names_a_file(element: str, name: str, value: str) -> bool:
    """Whether a path stands there, or, with a picture, the name of the file it came from."""
    if element in rules.PICTURE_ELEMENTS and name in rules.PICTURE_ATTRIBUTES and _FILE_NAME.search(value):
        return True
    if name in rules.CODE_ATTRIBUTES or not ("\\" in value or ":/" in value):
        return False
    return value != _REMOVED and bool(PATH.search(value))


def _refers(attributes: Attributes, dropped: frozenset[str]) -> bool:
    """Whether an attribute of the relations' namespace, which has a prefix, names a dropped one."""
    return any(
        value in dropped and ":" in name and local(name) in _RELATION_IDS
        for name, value in attributes.items()
    )
