"""Where an award stands, as one frozen value, and every step that it can take.

    proposed ─▶ checked ─▶ approved ─▶ granted ─▶ collected
        │          │       (waits for     ├─▶ named ─▶ settled
        ▼          ▼        budget)       ├─▶ expired
      refused   refused        │          └─▶ cancelled
                               └─▶ cancelled
Source: docs/decisions/0010-rewards.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from crypto import canonical
from crypto.errors import BadFormat
from tipline.rewards.amounts import is_amount
from tipline.rewards.rules import COLLECT_MONTHS, EXTENDED_MONTHS, RewardRules, months_after
from tipline.rewards.scoring import Tier


class AwardState(StrEnum):
    """Where an award stands."""

    PROPOSED = "proposed"
    CHECKED = "checked"
    APPROVED = "approved"
    """Enough approvers said yes; it waits for the budget."""
    GRANTED = "granted"
    COLLECTED = "collected"
    """Its vouchers are minted: what becomes of them nobody can tell."""
    NAMED = "named"
    """The reporter wants to be paid by name."""
    SETTLED = "settled"
    """Paid by name."""
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


OVER: Final = frozenset((AwardState.REFUSED, AwardState.EXPIRED, AwardState.CANCELLED))
"""After these a tip may be proposed anew."""
UNDECIDED: Final = frozenset((AwardState.PROPOSED, AwardState.CHECKED))
"""Before enough approvers said yes."""
OWED: Final = frozenset((AwardState.GRANTED, AwardState.NAMED))
"""The budget has set the amount aside, and nothing has been minted or paid for it."""


class AwardRefused(Exception):
    """A step that an award cannot take now; `reason` is one of the keeper's."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Award:
    """One award.

    Attributes:
        index: the proposal's place in the log; it names the award.
        tip: 32 hex digits; `claim` the reporter's claim key, 64 hex digits.
        amount: in yuan: as proposed, then as approved.
        share: of a tip that added facts, the tip that came first (32 hex digits); "" otherwise.
        proposer, verifier: member ids. `approvers` those who said yes, in order.
        proposed, checked, approved, granted, ended: UTC days, ISO; "" before.
        until: the last day for collecting; "" before the grant.
        collected: the day on which the vouchers were minted, `year` that of their keys, `digest` SHA-256 of
            what the reporter signed for them (hex), `proof` their signature for the log (128 hex digits).
        approval: the last approval's place in the log: in this order the budget is given out.
        told: the place of the last statement that its reporter is told of; 0 before the grant.
        clerk: the pay clerk who confirmed first that it was paid by name, and on which day; "" before.
        payee: the hash (64 hex digits) of the item that says whom this clerk meant; "" before.
    """

    index: int
    tip: str
    claim: str
    desk: str
    tier: Tier
    amount: int
    share: str
    proposer: str
    proposed: str
    state: AwardState = AwardState.PROPOSED
    verifier: str = ""
    checked: str = ""
    approvers: tuple[str, ...] = ()
    approved: str = ""
    granted: str = ""
    until: str = ""
    collected: str = ""
    year: int = 0
    digest: str = ""
    proof: str = ""
    ended: str = ""
    approval: int = 0
    told: int = 0
    clerk: str = ""
    clerk_day: str = ""
    payee: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the tip may be proposed anew."""
        return self.state in OVER

    @property
    def people(self) -> frozenset[str]:
        """Everybody who took a step of it."""
        return frozenset((self.proposer, *self.approvers, *([self.verifier] if self.verifier else [])))

    def verified(self, by: str, day: date, *, confirmed: bool) -> "Award":
        """A verifier, who did not propose it, confirms the outcome from the liaison's record, or refuses.

        Raises:
            AwardRefused: not-allowed; another-person.
        """
        self._require(AwardState.PROPOSED)
        self._require_another(by)
        if not confirmed:
            return replace(self, verifier=by, state=AwardState.REFUSED, ended=day.isoformat())
        return replace(self, verifier=by, checked=day.isoformat(), state=AwardState.CHECKED)

    def decided(
        self, by: str, day: date, amount: int, rules: RewardRules, *, approved: bool, index: int = 0
    ) -> "Award":
        """An approver, who took no step of it, picks the amount within the tier, or refuses.

        Above the limit a second approver says yes to the same amount. `index` is the statement's place in
        the log.

        Raises:
            AwardRefused: not-allowed; another-person; wrong-amount, outside the tier or another than the
                first approver's.
        """
        self._require(AwardState.CHECKED)
        self._require_another(by)
        if not approved:
            return replace(self, state=AwardState.REFUSED, ended=day.isoformat())
        low, high = rules.bounds[self.tier]
        low = 0 if self.share else low
        if not is_amount(amount) or not low <= amount <= high or (self.approvers and amount != self.amount):
            raise AwardRefused("wrong-amount")
        approvers = (*self.approvers, by)
        decided = replace(self, amount=amount, approvers=approvers)
        if len(approvers) < approvers_needed(amount, rules):
            return decided
        return replace(decided, approved=day.isoformat(), approval=index, state=AwardState.APPROVED)

    def without_approvers_gone(self, stays: Callable[[str], bool]) -> "Award":
        """The same without those who are approvers no longer: what they said counts no more."""
        return replace(self, approvers=tuple(filter(stays, self.approvers)))

    def without_clerk_gone(self, stays: Callable[[str], bool]) -> "Award":
        """The same, and a pay clerk who confirmed first and is none any longer did not."""
        return self if stays(self.clerk) else replace(self, clerk="", clerk_day="")

    def set_aside(self, day: date) -> "Award":
        """The budget has room for it: the reporter can collect from now on.

        Raises:
            AwardRefused: not-allowed.
        """
        self._require(AwardState.APPROVED)
        until = months_after(day, COLLECT_MONTHS).isoformat()
        return replace(self, granted=day.isoformat(), until=until, state=AwardState.GRANTED)

    def minted(self, day: date, year: int, digest: str, proof: str) -> "Award":
        """The reporter collected it; the same again changes nothing, and the first proof stays.

        Raises:
            AwardRefused: not-allowed; award-expired; already-collected, with other vouchers.
        """
        if self.state is AwardState.COLLECTED:
            if (self.year, self.digest) != (year, digest):
                raise AwardRefused("already-collected")
            return self
        self._require_collectable(day)
        collected = day.isoformat()
        taken = replace(self, collected=collected, year=year, digest=digest, proof=proof)
        return replace(taken, state=AwardState.COLLECTED)

    def by_name(self, day: date) -> "Award":
        """The reporter wants to be paid by name: no voucher is minted for it any more.

        Raises:
            AwardRefused: not-allowed; award-expired.
        """
        if self.state is AwardState.NAMED:
            return self
        self._require_collectable(day)
        return replace(self, collected=day.isoformat(), state=AwardState.NAMED)

    def paid_by_name(self, by: str, day: date, amount: int, payee: str) -> "Award":
        """A pay clerk confirms that it was paid by name; another one's word on the same day settles it.

        Args:
            payee: whom this clerk means, as the attribute.

        Raises:
            AwardRefused: not-allowed; wrong-amount; another-person, for whoever took a step of it;
                not-approved, where the first one meant another payee.
        """
        self._require(AwardState.NAMED)
        self._require_another(by)
        if amount != self.amount:
            raise AwardRefused("wrong-amount")
        if self.clerk_day != day.isoformat():
            return replace(self, clerk=by, clerk_day=day.isoformat(), payee=payee)
        if by == self.clerk:
            raise AwardRefused("another-person")
        if payee != self.payee:
            raise AwardRefused("not-approved")
        return self.settled(day)

    def settled(self, day: date) -> "Award":
        """It was paid by name.

        Raises:
            AwardRefused: not-allowed.
        """
        self._require(AwardState.NAMED)
        return replace(self, ended=day.isoformat(), state=AwardState.SETTLED)

    def extended(self, until: date) -> "Award":
        """It can be collected for longer.

        Raises:
            AwardRefused: not-allowed; wrong-day, not later than now, or too late.
        """
        self._require(AwardState.GRANTED)
        latest = months_after(date.fromisoformat(self.granted), EXTENDED_MONTHS)
        if not date.fromisoformat(self.until) < until <= latest:
            raise AwardRefused("wrong-day")
        return replace(self, until=until.isoformat())

    def is_expired(self, today: date) -> bool:
        """Whether its last day has passed before anybody collected it."""
        return self.state is AwardState.GRANTED and self.until < today.isoformat()

    def expired(self, today: date) -> "Award":
        """Nobody collected it in time.

        Raises:
            AwardRefused: not-allowed.
        """
        if not self.is_expired(today):
            raise AwardRefused("not-allowed")
        return replace(self, ended=today.isoformat(), state=AwardState.EXPIRED)

    def cancelled(self, day: date) -> "Award":
        """A counter-entry takes it back, before it was collected.

        Raises:
            AwardRefused: not-allowed; already-collected.
        """
        if self.state in (AwardState.COLLECTED, AwardState.SETTLED):
            raise AwardRefused("already-collected")
        if self.state in OVER:
            raise AwardRefused("not-allowed")
        return replace(self, ended=day.isoformat(), state=AwardState.CANCELLED)

    def forgotten(self) -> "Award":
        """The same after its tip was erased: nothing tells any more whose code it had."""
        return replace(self, claim="")

    def encode(self) -> bytes:
        """Canonical JSON, as the keeper stores and sends it."""
        return canonical.encode(self.to_fields())

    def to_fields(self) -> dict[str, Any]:
        """The same as an object."""
        fields = asdict(self)
        return {
            **fields,
            "tier": self.tier.value,
            "state": self.state.value,
            "approvers": list(self.approvers),
        }

    @classmethod
    def decode(cls, data: bytes) -> "Award":
        """Read a stored award.

        Raises:
            BadFormat: it is none.
        """
        return cls.from_fields(canonical.decode(data))

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> "Award":
        """Read an award from its object.

        Raises:
            BadFormat: it is none.
        """
        try:
            known = {**fields, "tier": Tier(fields["tier"]), "state": AwardState(fields["state"])}
            return cls(**{**known, "approvers": tuple(map(str, fields["approvers"]))})
        except (KeyError, TypeError, ValueError) as error:
            raise BadFormat("not an award") from error

    def _require(self, state: AwardState) -> None:
        if self.state is not state:
            raise AwardRefused("not-allowed")

    def _require_another(self, member: str) -> None:
        if member in self.people:
            raise AwardRefused("another-person")

    def _require_collectable(self, day: date) -> None:
        self._require(AwardState.GRANTED)
        if self.is_expired(day):
            raise AwardRefused("award-expired")


def approvers_needed(amount: int, rules: RewardRules) -> int:
    """How many people must approve an amount."""
    return 2 if amount > rules.limit else 1
