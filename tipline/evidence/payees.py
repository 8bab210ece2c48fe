"""Payments by name: each names the newest payee, whom a custodian let each of the two clerks see.

Newest is the payee that was asked for first after all others. Requests and decisions were checked before
(`disclosures`), the award and its sums are the books'; that both clerks name one payee is theirs, too.

Source: the keeper's own rule, tipline/keeper/disclosing/payees.py; docs/decisions/0010-rewards.md, "By name,
if wanted".
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crypto.statements import Entry
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.routes import Forbidden, require
from tipline.ids import PAYMENTS

_Payee = tuple[object, object]  # item and hash


@dataclass(frozen=True)
class _Asked:
    """A request at the pay clerks' desk: whom for, and who asked."""

    payee: _Payee
    by: str


class Payees:
    """Who was let see whom to pay, at one place of a log that is whole."""

    def __init__(self) -> None:
        self._asked: dict[int, _Asked] = {}
        self._approved: set[int] = set()
        self._of_tip: defaultdict[object, list[int]] = defaultdict(list)
        self._wishes: dict[object, tuple[object, int]] = {}  # by award: its tip, and where the wish stands

    def take(self, entry: Entry, index: int) -> None:
        """Check a done entry that everything else has let pass, and go on behind it.

        Raises:
            VerificationFailed: the keeper would have refused it.
        """
        body = entry.statement.body
        if body["type"] == "disclosure" and body["desk"] == PAYMENTS:
            self._asked[index] = _Asked(_named(body), str(body["by"][0]))
            self._of_tip[body["tip"]].append(index)
        elif body["type"] == "disclosure-decision" and body["approved"]:
            self._approved.add(body["request"])
        elif body["type"] == "reward-named":
            self._wishes[body["award"]] = (body["tip"], index)
        elif body["type"] == "pay-named":
            try:
                self._require(body)
            except Forbidden as forbidden:
                raise VerificationFailed(index, forbidden.sentence) from forbidden

    def _require(self, body: Mapping[str, Any]) -> None:
        tip, wished = self._wishes[body["award"]]
        asked = [index for index in self._of_tip[tip] if index > wished]
        payees = list(dict.fromkeys(self._asked[index].payee for index in asked))
        named = _named(body)
        require(named in payees, "nobody asked for the payee that it names")
        require(payees[-1] == named, "another payee was asked for since")
        own = (index for index in asked if self._asked[index] == _Asked(named, body["by"][0]))
        require(not self._approved.isdisjoint(own), "no custodian let this clerk see whom to pay")


def _named(body: Mapping[str, Any]) -> _Payee:
    return body.get("item"), body.get("hash")
