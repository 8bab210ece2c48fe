"""Which parts of an Office file are kept: those that lead from its root to what one sees.

Names of parts are compared in small letters (ECMA-376 part 2, 6.2.2.3).
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from tipline.cleaning.markup import Attributes, local, read_elements
from tipline.cleaning.office_rules import DROPPED_RELATIONS, KEPT_RELATIONS, UNCLEANABLE_RELATIONS
from tipline.confined.errors import CannotRead
from tipline.confined.types import Reason

_PUBLIC_TARGET = re.compile(r"(?i)(?:https?|mailto|tel):|#")

CONTENT_TYPES = "[content_types].xml"
ROOT = ""


@dataclass(frozen=True)
class Relations:
    """What one part refers to: the parts, and the names of the relations that are left out.

    Those of an unknown kind are left out only where nothing in the part names them.
    """

    targets: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()


def relations_name(part: str) -> str:
    """Where the relations of a part stand; ROOT has some too."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def read_relations(part: str, text: bytes) -> Relations:
    """What stands in the relations of this part.

    Raises:
        CannotRead: no relations, or one to a part of a KIND that nothing here cleans.
        Dangerous: entities, or elements without end.
    """
    targets, dropped, unknown = set(), set(), set()
    for name, attributes in read_elements(text):
        if local(name) != "Relationship":
            continue
        if _last_word(attributes) in UNCLEANABLE_RELATIONS:
            raise CannotRead(Reason.KIND)
        if _last_word(attributes) in DROPPED_RELATIONS:
            dropped.add(attributes.get("Id", ""))
        elif is_dropped(attributes):
            unknown.add(attributes.get("Id", ""))
        elif attributes.get("TargetMode") != "External":
            targets.add(_target(part, attributes.get("Target", "")))
    return Relations(frozenset(targets), frozenset(dropped), frozenset(unknown))


def is_dropped(relation: Attributes) -> bool:
    """Whether this relation leads to something that is left out."""
    return _last_word(relation) not in KEPT_RELATIONS


def is_outside(relation: Attributes) -> bool:
    """Whether it leads out of the file, and not to what anybody may know."""
    if relation.get("TargetMode") != "External":
        return False
    is_link = _last_word(relation) == "hyperlink"
    return not (is_link and _PUBLIC_TARGET.match(relation.get("Target", "")))


def _last_word(relation: Attributes) -> str:
    return relation.get("Type", "").rpartition("/")[2]


def kept_parts(relations: Mapping[str, Relations]) -> list[str]:
    """The parts that are reached from the root, nearest first. Nobody would see the others."""
    reached: dict[str, None] = {}
    waiting = [ROOT]
    while waiting:
        part = waiting.pop(0)
        for target in sorted(relations[part].targets if part in relations else ()):
            if target not in reached:
                reached[target] = None
                waiting.append(target)
    return list(reached)


def _target(part: str, target: str) -> str:
    path = unquote(target.partition("#")[0]).lower()
    if path.startswith("/"):
        return posixpath.normpath(path).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), path))
