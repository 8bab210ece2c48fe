"""What the admin site asks without a statement. It is believed, but for the records, which are signed."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from itertools import islice
from typing import Final

from tipline.keeper_client.cases import read_expiring, read_standings, read_view
from tipline.keeper_client.connections import Connections
from tipline.keeper_client.errors import KeeperLied
from tipline.keeper_client.figures import LoggedFigures, read_figures
from tipline.keeper_client.log_keys import LogKeys
from tipline.keeper_client.types import ExpiringTips, TipView
from tipline.keeper_client.witnesses import (
    CosignedNote,
    Health,
    StampedHead,
    ask_cosignatures,
    ask_cosigned,
    ask_health,
    ask_stamps,
)

STATES_AT_ONCE: Final = 5_000


class Questions:
    """Questions that need no statement; see `AdminKeeper` for what they raise."""

    def __init__(self, connections: Connections, keys: LogKeys) -> None:
        self._connections = connections
        self._keys = keys

    def health(self) -> Health:
        """All alarms that every staff page must show, what the witnesses said; also of a stopped keeper."""
        return ask_health(self._connections)

    def cosigned(self) -> list[CosignedNote]:
        """The last countersigned note of each witness, not checked."""
        return ask_cosigned(self._connections)

    def cosignatures(self, witness: str, since: date, until: date) -> list[bytes]:
        """The notes that the keeper has of a witness for some days (UTC), not checked."""
        return ask_cosignatures(self._connections, witness, since, until)

    def stamps(self) -> list[StampedHead]:
        """The last heads that an outside service has stamped with a time."""
        return ask_stamps(self._connections)

    def states(self, tips: Iterable[str]) -> Mapping[str, TipView]:
        """Where tips (32 hex digits each) stand; those the keeper has never seen are left out."""
        views: dict[str, TipView] = {}
        remaining = iter(tips)
        while some := list(islice(remaining, STATES_AT_ONCE)):
            states = self._connections.ask({"op": "states", "tips": some}).get("states")
            if not isinstance(states, dict):
                raise KeeperLied("the answer holds no states")
            views |= {tip: read_view(state) for tip, state in states.items()}
        return views

    def standings(self, tips: Iterable[str]) -> Mapping[str, bytes]:
        """Records of tips as they stand now, for where the last one was lost; see `states`."""
        records: dict[str, bytes] = {}
        remaining = iter(tips)
        while some := list(islice(remaining, STATES_AT_ONCE)):
            answer = self._connections.ask({"op": "standings", "tips": some})
            records |= self._keys.following(partial(read_standings, answer, self._keys.verifier))
        return records

    def expiring(self, after: str = "") -> ExpiringTips:
        """Closed tips that may go today, from after a tip (32 hex digits) on."""
        return read_expiring(self._connections.ask({"op": "expiring", "after": [after] if after else []}))

    def next_letter(self, desk: str) -> str:
        """The number of a desk's next transfer, "year-count"."""
        number = self._connections.ask({"op": "letters", "desk": desk}).get("next")
        if not isinstance(number, str):
            raise KeeperLied("the answer names no number")
        return number

    def card_groups(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """Of every card group (32 hex digits) its desk, and the units that it excludes."""
        groups = self._connections.ask({"op": "groups"}).get("groups")
        try:
            return {
                group: (one["desk"], tuple(one["excluded"]))
                for group, one in groups.items()  # type: ignore[union-attr]  # checked by what follows
            }
        except (AttributeError, KeyError, TypeError) as error:
            raise KeeperLied("the answer names no card groups") from error

    def figures(self) -> LoggedFigures:
        """Counts of deadlines and outcomes, up to the end of last week."""
        return read_figures(self._connections.ask({"op": "figures"}))
