"""Which statements may be forgotten, and when: the keeper goes by it, and a verifier of what it forgot.

A forgotten entry keeps its place and its leaf hash; salt and statement are gone.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from tipline.deadlines import Clocks
from tipline.roster.changes import CHANGES
from tipline.tips.moves import TipState

KEPT_TYPES: Final = frozenset(
    (
        *CHANGES,
        *("genesis", "log-key", "witnesses", "acknowledge", "alert-rules"),
        *("card-group", "sheets", "route", "erase", "hold", "unhold", "forget", "inventory"),
        *("export", "audit-all", "evidence", "report"),
        *("disclosure", "disclosure-decision", "disclosure-unlock", "disclosure-view", "disclosure-lapse"),
        *("alert", "alert-review", "alert-ask", "alert-answer"),
        *("interference", "interference-answer"),
        *("reward-budget", "reward-proposal", "reward-check", "reward-approval", "reward-grant"),
        *("reward-extend", "reward-expired", "reward-cancel", "reward-open", "reward-named", "reward-day"),
        *("key-expired", "pay", "pay-undo", "pay-named", "pickup-list"),
    )
)
"""Roster, keys, sheets, routes, identities, interference, money, what was taken out of the log
or found in it.

Done or refused.
"""


_KEPT_MOVES: Final = frozenset(
    state.value for state in (TipState.TRANSFERRED, TipState.VERIFYING, TipState.OUTCOME, TipState.FEEDBACK)
)
"""Moves to these states say who got a tip, that they have it, what they found, and who confirmed it."""


def is_kept(body: Mapping[str, Any]) -> bool:
    """Whether a statement is never forgotten; of moves those that hand a tip on, or say what was found."""
    return body["type"] in KEPT_TYPES or (body["type"] == "move" and body.get("to") in _KEPT_MOVES)


def forgotten_before(clocks: Clocks, today: date) -> date:
    """What was logged before the first second of this day (UTC) may be forgotten today."""
    return today - timedelta(days=clocks.statement_days)
