"""How two people take a log as it stands: after a rollback, at another place, or without its witnesses.

`rows` says that the rows of the keeper's other tables shall count as they are: those of which `found` names
the root.

A log that was set back has entries anew where others stood, so what counts entries up would count down.
`lost` is added to it: the version of a directory then still only goes up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tipline.roster import rules
from tipline.roster.bodies import BASE_FIELDS, malformed, require_fields

if TYPE_CHECKING:
    from tipline.roster.replay import Roster

ACKNOWLEDGE: Final = "acknowledge"
ROLLBACK: Final = "rollback"
MOVED: Final = "moved"
UNWITNESSED: Final = "unwitnessed"
ROWS: Final = "rows"
KINDS: Final = frozenset((ROLLBACK, MOVED, UNWITNESSED, ROWS))
MAX_SIZE: Final = 2**40
"""Entries of a log that anybody could have had."""
MAX_LOST: Final = 2**52
"""Entries that all rollbacks together took: the version of a directory stays a number that JSON holds."""
_ROOT = re.compile(r"[0-9a-f]{64}")


def acknowledge(roster: Roster, body: Mapping[str, Any]) -> Roster:
    """Take over what two people, one an auditor, say of the log. Whether it is so, the keeper knows."""
    fields = require_fields(body, BASE_FIELDS | {"what", "lost", "found", "reason"})
    rules.require_auditor_and_another(roster, body)
    if fields["what"] not in KINDS:
        raise malformed("nobody knows what is acknowledged")
    lost, found = _size(fields["lost"]), _size(fields["found"], with_rows=fields["what"] == ROWS)
    if not found or (lost and fields["what"] != ROLLBACK):
        raise malformed("the heads do not fit what is acknowledged")
    known = replace(roster, acknowledged=(*roster.acknowledged, body["nonce"]))
    if fields["what"] == UNWITNESSED:
        return replace(known, unwitnessed_since=body["at"])
    if not lost:
        return known
    heads, gone = roster.lost_heads | {(lost, fields["lost"]["root"])}, roster.lost + max(0, lost - found)
    if gone > MAX_LOST:
        raise malformed("more entries are lost than a log could have")
    return replace(known, lost=gone, lost_heads=heads)


def _size(head: object, *, with_rows: bool = False) -> int:
    """How many entries a head has; 0 where there is none. `with_rows`: it names the root of the rows, too."""
    if head == {}:
        return 0
    fields = require_fields(head, {"size", "root"} | ({"rows"} if with_rows else set()))
    size, root = fields["size"], fields["root"]
    if type(size) is not int or not 0 < size <= MAX_SIZE:
        raise malformed("a head has a size")
    if not isinstance(root, str) or not _ROOT.fullmatch(root):
        raise malformed("a head has a root")
    if with_rows and not (isinstance(fields["rows"], str) and _ROOT.fullmatch(fields["rows"])):
        raise malformed("rows have a root")
    return size
