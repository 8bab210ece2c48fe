"""The states of a protection case and the moves between them: the one table, drawn in docs/protection.md.

    Asked ─▶ Assessing ─▶ Planning ─▶ Approving ─▶ Protected ─▶ Ending ─▶ Ended ─▶ Erased
      │          ▲ │          ▲           │           │ ▲ │        │ │      │
      │          │ │          └───────────┘           │ └─┘        │ │      │
      │          │ │          └───────────────────────┘            │ │      │
      │          └─┼──────────────────────────┘────────────────────┘ │      │
      └────────────┴──────────────────────────────────────────▶ Ending      │
                 ▲──────────────────────────────────────────────────────────┘

Asking begins the case; a danger is met by a measure the same day, papers come after. A review leaves it where
it is and winds its clock up again. Whatever ends it waits for an objection first.
Source: docs/domain, "Protection".
"""

from enum import StrEnum
from typing import Final

from tipline.transitions import Move, MoveTable


class ProtectionState(StrEnum):
    """Where a protection case stands. No value is one of a tip's."""

    ASKED = "asked"
    ASSESSING = "assessing"
    PLANNING = "planning"
    APPROVING = "approving"
    PROTECTED = "protected"
    ENDING = "ending"
    ENDED = "ended"


FORM: Final = "form"
"""What a move names: the filled-in form that it rests on, a note of the case, each for one move alone.

A move by another member names the form that was proposed: whoever approves says what. Where an ending was
proposed by a reason alone, there is none to name."""

_S = ProtectionState

PROTECTION_MOVES: Final = MoveTable(
    start=_S.ASKED,
    moves=(
        Move(_S.ASKED, _S.ASSESSING, needs=FORM),
        Move(_S.ASKED, _S.ENDING, reason_required=True),
        Move(_S.ASSESSING, _S.PLANNING, needs=FORM),
        Move(_S.ASSESSING, _S.ENDING, reason_required=True),
        Move(_S.PLANNING, _S.APPROVING, needs=FORM),
        Move(_S.PLANNING, _S.ENDING, reason_required=True),
        Move(_S.APPROVING, _S.PROTECTED, needs=FORM, another=True),
        Move(_S.APPROVING, _S.PLANNING, reason_required=True),
        Move(_S.PROTECTED, _S.PROTECTED, needs=FORM),
        Move(_S.PROTECTED, _S.ASSESSING, reason_required=True),
        Move(_S.PROTECTED, _S.PLANNING, reason_required=True),
        Move(_S.PROTECTED, _S.ENDING, needs=FORM),
        Move(_S.ENDING, _S.ENDED, needs=FORM, another=True, answered=True),
        Move(_S.ENDING, _S.ASSESSING, reason_required=True),
        Move(_S.ENDED, _S.ASSESSING, reason_required=True),
    ),
)
"""`ended` leads to a tip's `erased` by itself, five years on."""

DECIDES: Final = frozenset((_S.APPROVING, _S.ENDING))
"""Whoever proposes a plan, or an ending, is not the one who approves it."""

WATCHED: Final = frozenset((_S.ASSESSING, _S.PLANNING, _S.APPROVING, _S.PROTECTED, _S.ENDING))
"""States in which check-ins may be agreed."""
