"""When the witnesses of a month countersigned: their notes from the keeper, each checked here."""

from collections.abc import Iterator, Sequence
from typing import Any

from admin.reports.asking import all_fitting
from admin.visit import Visit
from crypto.cosignatures import UNTIMED
from crypto.errors import CryptoError
from tipline.lookups.filters import Filter
from tipline.reports.countersigned import BEFORE, Stated, countersigned
from tipline.reports.monthly import Month
from tipline.roster import Roster
from tipline.roster.cosigning import signed_at
from tipline.roster.witnesses import Witness, stated_policy


def witnesses_of(visit: Visit, month: Month) -> list[dict[str, Any]]:
    """The witnesses' figures of a month; asking for their policies is an entry.

    Raises:
        AuditRefused: this member may not see them.
        KeeperError: the keeper does not answer.
    """
    found, _total = all_fitting(visit, Filter(type="witnesses", outcome="done"))
    policies = [Stated(one.entry.at, stated_policy(one.entry.statement.body)) for one in found]
    named: dict[str, list[Witness]] = {}
    for stated in policies:
        for witness in stated.policy.witnesses:
            named.setdefault(witness.name, []).append(witness)
    since, until = month.first - BEFORE, month.last
    times: dict[str, list[int]] = {}
    for name, witnesses in named.items():
        notes = visit.services.keeper.cosignatures(name, since, until)
        times[name] = sorted(at for note in notes for at in _times(note, visit.roster, witnesses))
    return countersigned(month, policies, times)


def _times(note: bytes, roster: Roster, witnesses: Sequence[Witness]) -> Iterator[int]:
    """When a note was signed under the keys that the witness had by one of the policies."""
    for witness in dict.fromkeys(witnesses):
        try:
            _, at = signed_at(note, roster, witness)
        except CryptoError:  # it proves nothing: whoever holds the keeper's database writes what they like
            continue
        if at != UNTIMED:
            yield at
