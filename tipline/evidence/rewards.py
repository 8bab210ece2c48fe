"""Rewards: no grant without its people, its outcome and its budget; no payment without a voucher.

The sums and the order of the steps are the books' (`tipline.rewards.ledger`). Here they are held against
what else the log says: that the outcome was found and another person confirmed it, that nobody whom the tip's
route excludes took a step, that no other tip on the matter is the first, whose claim key the grant names, and
that this key signed that the award is collected, or asked for payment by name.

All of these statements stay for ever, so a log that is whole has each; of a pack nothing is compared.

Source: docs/decisions/0010-rewards.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from crypto import canonical
from crypto.errors import CryptoError
from crypto.keys import VerifyKey
from crypto.statements import Entry
from tipline.evidence.errors import VerificationFailed
from tipline.evidence.matters import Matters
from tipline.evidence.routes import Forbidden, Routes, day_of, require
from tipline.rewards.award import Award, AwardState
from tipline.rewards.days import DAY, proof_of
from tipline.rewards.errors import LedgerBroken
from tipline.rewards.ledger import Ledger
from tipline.roster import Roster, RosterRefused
from tipline.tips.moves import Outcome, TipState

PROPOSAL: Final = "reward-proposal"
CHECK: Final = "reward-check"
APPROVAL: Final = "reward-approval"
GRANT: Final = "reward-grant"
NAMED: Final = "reward-named"
PAID_BY_NAME: Final = "pay-named"

_FOUND: Final = frozenset((Outcome.TRUE.value, Outcome.PARTLY_TRUE.value))
_UNFOUND: Final = frozenset((TipState.TRIAGE.value, TipState.VERIFYING.value))


@dataclass
class _Found:
    """What moves said of a tip: the letter it went out with, the outcome, whether another confirmed that."""

    number: str = ""
    outcome: str = ""
    confirmed: bool = False


class Rewards:
    """The books at one place of a log."""

    def __init__(self, routes: Routes, *, whole: bool) -> None:
        self.ledger = Ledger()
        self._routes = routes
        self._whole = whole
        self._matters = Matters()
        self._found: dict[str, _Found] = {}
        self._claims: dict[str, str] = {}  # tips that staff entered: their reporter's claim key

    def take(self, roster: Roster, entry: Entry, index: int) -> None:
        """Check a done entry under the roster that it was decided by, and go on behind it.

        Raises:
            VerificationFailed: the keeper would have refused it.
        """
        if not self._whole:
            return
        body = entry.statement.body
        try:
            self._hold(roster, entry, body)
            self.ledger.take(index, day_of(entry.at), body, roster.reward_rules)
            self._matters.take(body)
            if body["type"] in (PROPOSAL, CHECK, APPROVAL):
                award = self.ledger.awards[index if body["type"] == PROPOSAL else body["award"]]
                self._matters.require_first(award, self.ledger.awards.values())
            elif body["type"] == GRANT:
                self._require_found(body["tip"])
            elif body["type"] == DAY:
                self._require_collected(roster, body)
        except (Forbidden, LedgerBroken) as forbidden:
            raise VerificationFailed(index, forbidden.sentence) from forbidden
        except RosterRefused as refused:
            raise VerificationFailed(index, f"the roster forbids it ({refused})") from refused

    def miss(self) -> None:
        """An entry is gone here."""
        self._matters.miss()

    def payees(self, tip: str) -> frozenset[str] | None:
        """Who took a step of the award that is to be paid by name for a tip; None where there is none."""
        one = self.ledger.live_award_of(tip)
        return one.people if one is not None and one.state is AwardState.NAMED else None

    def _hold(self, roster: Roster, entry: Entry, body: Mapping[str, Any]) -> None:
        kind = body["type"]
        if kind == "move":
            self._move(body)
        elif kind == "entry":
            self._claims[str(body.get("tip"))] = str(body.get("claim"))
        elif kind == PROPOSAL:
            self._require_found(str(body.get("tip")))
        elif kind in (CHECK, APPROVAL, PAID_BY_NAME):
            self._step(roster, entry, body)
        elif kind == GRANT:
            claim = self._claims.get(str(body.get("tip")), body.get("claim"))
            require(body.get("claim") == claim, "it grants to another key than the reporter's")
        elif kind == NAMED:
            self._require_wish(roster, entry, body)
        elif kind in ("pay", "pickup-list"):
            require(body.get("point") in roster.points, "nobody knows the point")

    def _move(self, body: Mapping[str, Any]) -> None:
        found = self._found.setdefault(str(body.get("tip")), _Found())
        state, detail = body.get("to"), body.get("detail")
        if not isinstance(detail, Mapping):
            return
        found.number = str(detail.get("number", found.number))
        found.confirmed = state == TipState.FEEDBACK or (found.confirmed and state not in _UNFOUND)
        found.outcome = str(detail.get("outcome", "" if state in _UNFOUND else found.outcome))

    def _step(self, roster: Roster, entry: Entry, body: Mapping[str, Any]) -> None:
        award = self._award(body.get("award"))
        for member in roster.signers(body):
            self._routes.require_open_to(roster, entry, award.tip, member)
        if body["type"] == APPROVAL and body.get("approved"):
            self._require_found(award.tip)
        if body["type"] == CHECK and body.get("confirmed"):
            found = self._require_found(award.tip)
            told = (body.get("outcome"), body.get("number"))
            require(told == (found.outcome, found.number), "the verifier confirmed another outcome")

    def _require_wish(self, roster: Roster, entry: Entry, body: Mapping[str, Any]) -> None:
        """The reporter's claim key signed that they want to be paid by name."""
        award = self._award(body.get("award"))
        asked = {
            "v": 1,
            "type": "collect",
            "log": roster.origin,
            "tip": award.tip,
            "award": award.index,
            "year": day_of(entry.at).year,
            "blinded": [],
            "named": True,
        }
        signed = _has_signed(award, body.get("signature"), canonical.encode(asked))
        require(signed, "the reporter did not sign that they want to be paid by name")

    def _require_collected(self, roster: Roster, body: Mapping[str, Any]) -> None:
        """Of each award that was collected the reporter's claim key signed that, for the year of the day."""
        try:
            year = date.fromisoformat(body["day"]).year
            collected = [(self._award(index), proof) for index, proof in body["collected"]]
        except (KeyError, TypeError, ValueError) as error:
            raise Forbidden("it is malformed") from error
        for award, proof in collected:
            signed = _has_signed(award, proof, proof_of(roster.origin, award.tip, award.index, year))
            require(signed, "the reporter did not sign that the award is collected")

    def _award(self, index: object) -> Award:
        award = self.ledger.awards.get(index) if type(index) is int else None
        if award is None:
            raise Forbidden("there is no such award")
        return award

    def _require_found(self, tip: str) -> _Found:
        found = self._found.get(tip, _Found())
        require(found.confirmed and found.outcome in _FOUND, "nobody confirmed that the tip was true")
        return found


def _has_signed(award: Award, signature: object, message: bytes) -> bool:
    """Whether the claim key that the grant names signed this; nobody's did before the grant."""
    try:
        raw = bytes.fromhex(str(signature))
        VerifyKey(bytes.fromhex(award.claim)).verify(raw, message)
    except (CryptoError, ValueError):
        return False
    return raw.hex() == signature


def told(ledger: Ledger) -> tuple[str, ...]:
    """What was proved of the rewards, in words that claim no more; nothing where there are none."""
    sheet, payments = ledger.sheet(), ledger.tills.payments.values()
    if not ledger.awards and not ledger.budgets:
        return ()
    granted = [one.amount for one in ledger.awards.values() if one.granted]
    minted = sum(totals.minted for totals in ledger.tills.keys.values())
    undone = sum(one.undone for one in payments)
    return (
        f"{len(granted)} rewards were granted, {sum(granted)} yuan. Of each the tip was found true or partly "
        "true and another person confirmed that; proposer, verifier and approvers are different people with "
        "these roles; the amount lies within its tier, and was in the year's budget.",
        f"{minted} vouchers were minted: what the rewards collected come to, and no other. Each of these "
        f"rewards its reporter's key signed for. {len(ledger.tills.spent)} came back, none twice.",
        f"{sum(one.is_paid for one in payments)} pickup codes were paid, each confirmed by two pay clerks on "
        f"one day, none twice, and never more than vouchers had come back. {undone} payments were taken "
        "back, each by two others.",
        f"Budgets of {sheet.budget} yuan are: {sheet.balance} left, {sheet.set_aside} set aside, {sheet.out} "
        f"in vouchers, {sheet.paid} paid.",
    )
